"""A receipt: for which papers and which plan a workspace has been filled, and what could not be had.

    WORK/receipts/<plan>/2-of-7.json

A plan is all that decides which documents and answers a dataset needs: the settings but for those that only the pure stages behind it
read, the model, the prompts, the converter. A receipt is written when all of its papers have been gone through; where a run was stopped
before, there is none.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from builder.folder.provenance import settings_snapshot
from qagen import convert
from qagen.asking.recipe import ExcerptKey, Recipe
from qagen.convert.store import RETRIED, reason_of
from qagen.errors import ConversionError, WorkspaceError
from qagen.papers.shard import Shard
from qagen.pipeline.stats import RunStats
from qagen.records import canonical_json, sha256
from qagen.workspace import Workspace, read_file, write_atomically

FORMAT = 1
_PURE = frozenset({"select", "dataset"})
"""Tables of the settings that only stages behind the answers read; where one of them asks something after all, its answer is missed."""


@dataclass(frozen=True, slots=True)
class FailedConversion:
    """Why a paper was not converted, where the next run would try again, so that the workspace does not keep it."""

    paper: str
    reason: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A chunk, or several asked about together, without an answer; `cut` where the server cut its prompt."""

    paper: str
    chunks: tuple[int, ...]
    detail: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a workspace has been filled for.

    Attributes:
        format: of the file.
        plan: the beginning of a hash over `settings`.
        settings: what decides which documents and answers there have to be, table by table.
        engine, model: that answered; the model None where none did.
        shard: the part, as in `2/7`.
        papers: sha256 of the papers of the part, ascending.
        failures: those that were not converted, and would be tried again.
        unanswered: chunks without an answer.
        undecided: papers whose main body the rules chose, since the model gave no answer.
    """

    format: int
    plan: str
    settings: Mapping[str, object]
    engine: str
    model: str | None
    shard: str
    papers: tuple[str, ...]
    failures: tuple[FailedConversion, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()
    undecided: tuple[str, ...] = ()

    @property
    def part(self) -> Shard:
        """The part.

        Raises:
            ValueError: where the file says something else.
        """
        return Shard.parse(self.shard)

    @property
    def complete(self) -> bool:
        """Whether a next run would find nothing to try again."""
        return not (self.failures or self.unanswered or self.undecided)

    @property
    def lacking(self) -> frozenset[str]:
        """The papers about which some question has no answer, and everybody knows."""
        return frozenset({one.paper for one in self.unanswered} | set(self.undecided))


_RECEIPT: TypeAdapter[Receipt] = TypeAdapter(Receipt)


def receipt_of(shard: Shard, papers: Iterable[str], recipe: Recipe, run_stats: RunStats) -> Receipt:
    """The receipt of a run that has ended.

    Args:
        shard: the part.
        papers: their sha256.
        recipe: how records are made of what the run found.
        run_stats: of the run.
    """
    settings = planned_settings(recipe)
    return Receipt(
        FORMAT,
        plan_id(settings),
        settings,
        recipe.engine,
        recipe.model,
        str(shard),
        tuple(sorted(papers)),
        tuple(
            FailedConversion(paper, str(error.reason), error.message, error.remedy)
            for paper, error in sorted(run_stats.failures.items())
            if error.reason in RETRIED
        ),
        tuple(
            Unanswered(paper, chunks, detail, cut=(paper, chunks) in run_stats.truncated)
            for (paper, chunks), detail in sorted(run_stats.unanswered.items())
        ),
        tuple(sorted(run_stats.undecided)),
    )


def planned_settings(recipe: Recipe) -> dict[str, object]:
    """All that decides which documents and answers a dataset needs, table by table."""
    settings = recipe.settings
    tables = {name: table for name, table in settings_snapshot(settings).items() if name not in _PURE}
    prompts = [recipe.prompt, *recipe.rules, *recipe.further_prompts]
    by_vectors = settings.ask.groups_chunks and settings.select.embedding_model is not None
    return {
        **tables,
        **({"embedding_model": settings.select.embedding_model} if by_vectors else {}),
        "engine": "extractive" if recipe.engine == "extractive" else "a model",
        "model": recipe.model if recipe.engine != "extractive" else None,
        "prompts": sorted([prompt.name, prompt.sha256] for prompt in prompts if prompt is not None),
        "converter": convert.fingerprint(settings.convert),
    }


def plan_id(settings: Mapping[str, object]) -> str:
    """Sixteen hex digits for a plan."""
    return sha256(canonical_json(dict(settings)))[:16]


def find(workspace: Workspace, plan: str, shard: Shard) -> Receipt | None:
    """The receipt of a part; None where there is none.

    Raises:
        WorkspaceError: where it is damaged, or a newer qagen wrote it.
    """
    place = _place(workspace, plan, shard)
    data = read_file(place)
    return None if data is None else _read(place, data)


def _place(workspace: Workspace, plan: str, shard: Shard) -> Path:
    return workspace.root / "receipts" / plan / f"{shard.index}-of-{shard.count}.json"


def write(workspace: Workspace, receipt: Receipt) -> Path:
    """Keep a receipt.

    Raises:
        WorkspaceError: where it cannot be written.
    """
    place = _place(workspace, receipt.plan, receipt.part)
    write_atomically(place, json.dumps(asdict(receipt), indent=1) + "\n")
    return place


def read(workspace: Workspace) -> Iterator[Receipt]:
    """All receipts of a workspace.

    Raises:
        WorkspaceError: where one is damaged, or a newer qagen wrote it.
    """
    for place in sorted((workspace.root / "receipts").glob("*/*-of-*.json")):
        data = read_file(place)
        if data is not None:
            yield _read(place, data)


def _read(place: Path, data: bytes) -> Receipt:
    try:
        value = json.loads(data)
        if type(value["format"]) is int and value["format"] > FORMAT:
            raise WorkspaceError(
                f"{str(place)!r} has the format {value['format']}, and this version reads up to {FORMAT}",
                remedy="update qagen",
            )
        found = _RECEIPT.validate_python(value)
        if found.plan != plan_id(found.settings) or not all(map(found.part.holds, found.papers)):
            raise ValueError
        for failure in found.failures:
            reason_of(failure.reason)
    except (ValueError, LookupError, TypeError, RecursionError):
        raise WorkspaceError(
            f"the receipt {str(place)!r} is damaged",
            remedy="remove it and run that part again: it asks only what has no answer",
        ) from None
    return found


def failures_of(receipts: Sequence[Receipt]) -> dict[str, ConversionError]:
    """Why papers were not converted, where workspaces do not keep it; by the paper's sha256."""
    return {
        one.paper: ConversionError(reason_of(one.reason), one.message, one.remedy)
        for receipt in receipts
        for one in receipt.failures
    }


def unanswered_of(receipts: Sequence[Receipt], *, cut: bool = False) -> dict[ExcerptKey, str]:
    """The chunks without an answer, with why; or those of them whose prompts were cut."""
    return {
        (one.paper, one.chunks): one.detail
        for receipt in receipts
        for one in receipt.unanswered
        if one.cut or not cut
    }
