"""Papers in, dataset folder out: a run that fills the workspace, then the pure stages, the selection and the assembly."""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from builder.assemble import Assembled, assemble
from builder.manifest import About
from qagen import __version__, convert
from qagen.errors import SettingsError
from qagen.papers import find_papers
from qagen.pipeline import ChunkKey, Recipe, Tally, body_chunks, is_asked, paper_results
from qagen.progress import Bars, Lines, progress
from qagen.prompts import load_prompt
from qagen.reasons import Kind, Reason
from qagen.records import Document, Paper, Record, Rejection, sha256
from qagen.run import Engine, Filled, Run
from qagen.select import select
from qagen.settings import API_KEY_VARIABLE, Settings
from qagen.workspace import Workspace, write_atomically

EXIT_DONE, EXIT_INCOMPLETE = 0, 3


@dataclass(frozen=True)
class RejectedPaper:
    """A paper that gave no document, or no text to ask about."""

    file: str
    sha256: str
    reason: str
    detail: str


@dataclass(frozen=True)
class Unanswered:
    """A chunk without an answer, with why, if this run was told."""

    file: str
    chunk: int
    detail: str


@dataclass(frozen=True)
class BuildReport:
    """What a build did; `qagen build --json` prints it with these keys.

    Attributes:
        papers: found, converted, reused, rejected.
        calls: made, reused, prompt_tokens, completion_tokens.
        responses: usable, and each reason for a response without pairs; together all responses.
        attempts: how many attempts chunks took -> how many chunks.
        splits: config -> split -> rows.
        rejections: kind -> reason -> how many.
    """

    out: str
    work: str
    engine: str
    model: str | None
    papers: dict[str, int]
    chunks: int
    calls: dict[str, int]
    responses: dict[str, int]
    attempts: dict[str, int]
    records: int
    splits: dict[str, dict[str, int]]
    rejections: dict[str, dict[str, int]]
    rejected_papers: list[RejectedPaper] = field(default_factory=list)
    unanswered: list[Unanswered] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 when all is done, 3 when papers were rejected or chunks have no answer."""
        return EXIT_INCOMPLETE if self.rejected_papers or self.unanswered else EXIT_DONE


@dataclass(frozen=True)
class Choice:
    """Which papers and chunks of those found: the first `limit` papers, `sample` chunks; None for all."""

    limit: int | None = None
    sample: int | None = None


def build_dataset(
    paths: Sequence[Path],
    out: Path,
    *,
    settings: Settings,
    work: Path,
    choice: Choice = Choice(),
    offline: bool = False,
) -> BuildReport:
    """Build a dataset folder from PDFs; what an earlier run has paid for is not done again.

    Args:
        paths: PDFs, and folders of PDFs.
        out: the dataset folder; one that is there already is replaced as a whole, at the end.
        settings: all that can change the result.
        work: the workspace folder.
        choice: which papers and chunks.
        offline: make no call: take answers from the ledger only.

    Raises:
        QagenError: where nothing can be done.
    """
    papers = find_papers(paths)[: choice.limit]
    workspace = Workspace(work)
    with workspace.locked(), progress() as watch:
        filled = Filled()
        try:
            recipe = asyncio.run(_fill(_Order(papers, workspace, settings, choice, offline), filled, watch))
            tally, seen = Tally(), _Seen()
            results = seen.watched(select(_results(papers, workspace, recipe, filled, tally)))
            assembled = assemble(results, out, about=_about(recipe, filled), settings=settings)
        except KeyboardInterrupt:
            watch.note(_interrupted(work, filled))
            raise
        report = _report(_Ends(out, work, recipe, len(papers)), filled, tally, seen, assembled)
        _keep(workspace, report)
    return report


@dataclass(frozen=True)
class _Order:
    papers: Sequence[Paper]
    workspace: Workspace
    settings: Settings
    choice: Choice
    offline: bool


async def _fill(order: _Order, filled: Filled, watch: Bars | Lines) -> Recipe:
    """Convert and ask; returns how the records are to be made."""
    async with AsyncExitStack() as stack:
        server = None
        recipe = await _recipe_without_server(order)
        if recipe is None:
            server, recipe = await _server(order.settings, stack)
        # Whatever ends a run, the converter's processes end first: a thread that waits for one would hold up the exit.
        converter = stack.enter_context(convert.Converter(order.settings.convert))
        run = Run(order.workspace, recipe, converter, watch, filled)
        if server is None or order.choice.sample is not None:
            await run.convert_all(order.papers)
            run.recipe = recipe = replace(recipe, sample=_sample(order, recipe))
        if server is not None:
            await run.fill(order.papers, server)
        return recipe


async def _recipe_without_server(order: _Order) -> Recipe | None:
    ask = order.settings.ask
    if ask.engine == "extractive":
        return Recipe(order.settings, "extractive")
    if not order.offline:
        return None
    if ask.model is None:
        raise SettingsError(
            "--offline cannot ask a server which model it has; name the model whose answers are in the ledger with --model"
        )
    return Recipe(order.settings, "server", ask.model, load_prompt(ask.prompt))


async def _server(settings: Settings, stack: AsyncExitStack) -> tuple[Engine, Recipe]:
    """The server, its model resolved before anything is converted, so that a wrong name costs nothing."""
    from qagen.engines.server import ServerEngine

    prompt = load_prompt(settings.ask.prompt)
    engine = await stack.enter_async_context(
        ServerEngine(settings.ask, api_key=os.environ.get(API_KEY_VARIABLE))
    )
    return engine, Recipe(settings, "server", await engine.resolve_model(), prompt)


def _sample(order: _Order, recipe: Recipe) -> frozenset[ChunkKey] | None:
    """The chunks whose hash is smallest: the same ones for every prompt and model, whatever the order of the papers."""
    if order.choice.sample is None:
        return None
    fingerprint = convert.fingerprint(order.settings.convert)
    ranked = []
    for paper in order.papers:
        document = convert.load(order.workspace.conversion(paper.sha256, fingerprint), paper.sha256)
        if isinstance(document, Document):
            ranked += [
                (sha256(f"{paper.sha256} {chunk.text}"), (paper.sha256, chunk.index))
                for chunk in body_chunks(document, order.settings)
                if is_asked(chunk, paper, recipe)
            ]
    return frozenset(key for _, key in sorted(ranked)[: order.choice.sample])


def _results(
    papers: Sequence[Paper], workspace: Workspace, recipe: Recipe, filled: Filled, tally: Tally
) -> Iterator[Record | Rejection]:
    for paper in papers:
        yield from paper_results(paper, workspace, recipe, filled.failures, tally)


@dataclass
class _Seen:
    """Counts what passes by on its way into the dataset."""

    rejections: dict[str, Counter[str]] = field(default_factory=dict)
    rejected_papers: list[RejectedPaper] = field(default_factory=list)
    unanswered: list[tuple[str, ChunkKey, str]] = field(default_factory=list)

    def watched(self, results: Iterable[Record | Rejection]) -> Iterator[Record | Rejection]:
        for result in results:
            if isinstance(result, Rejection):
                self._count(result)
            yield result

    def _count(self, rejection: Rejection) -> None:
        self.rejections.setdefault(str(rejection.kind), Counter())[str(rejection.reason)] += 1
        paper = rejection.paper
        if rejection.kind is Kind.PAPER:
            self.rejected_papers.append(
                RejectedPaper(paper.file, paper.sha256, str(rejection.reason), rejection.detail)
            )
        elif rejection.reason is Reason.NO_ANSWER and rejection.chunk:
            key = (paper.sha256, rejection.chunk.index)
            self.unanswered.append((paper.file, key, rejection.detail))


def _about(recipe: Recipe, filled: Filled) -> About:
    converters = {paper.converter for paper in filled.papers.values() if paper.converter}
    return About(
        papers=tuple(filled.papers.values()),
        engine=recipe.engine,
        model=recipe.model,
        prompt=recipe.prompt.name if recipe.prompt else None,
        prompt_sha256=recipe.prompt.sha256 if recipe.prompt else None,
        prompt_text=recipe.prompt.text if recipe.prompt else None,
        converter=", ".join(sorted(converters)) or None,
    )


@dataclass(frozen=True)
class _Ends:
    out: Path
    work: Path
    recipe: Recipe
    papers: int


def _report(ends: _Ends, filled: Filled, tally: Tally, seen: _Seen, assembled: Assembled) -> BuildReport:
    rows = assembled.contents.rows
    return BuildReport(
        out=str(ends.out),
        work=str(ends.work),
        engine=ends.recipe.engine,
        model=ends.recipe.model,
        papers={
            "found": ends.papers,
            "converted": filled.converted,
            "reused": filled.reused,
            "rejected": len(seen.rejected_papers),
        },
        chunks=tally.chunks,
        calls={
            "made": filled.calls_made,
            "reused": filled.calls_reused,
            "prompt_tokens": filled.prompt_tokens,
            "completion_tokens": filled.completion_tokens,
        },
        responses=dict(sorted(tally.responses.items())),
        attempts={str(attempts): chunks for attempts, chunks in sorted(tally.attempts.items())},
        records=assembled.contents.records,
        splits={config: dict(counts) for config, counts in rows.items()},
        rejections={kind: dict(sorted(reasons.items())) for kind, reasons in sorted(seen.rejections.items())},
        rejected_papers=seen.rejected_papers,
        unanswered=[
            Unanswered(file, key[1], filled.unanswered.get(key, detail))
            for file, key, detail in seen.unanswered
        ],
    )


def _keep(workspace: Workspace, report: BuildReport) -> None:
    """Write what the run did into the workspace; the dataset folder itself knows no clock."""
    now = datetime.now(UTC)
    said = {"finished": now.isoformat(timespec="seconds"), "qagen": __version__, **asdict(report)}
    name = f"{now:%Y%m%dT%H%M%S}.{now.microsecond:06d}Z.json"
    write_atomically(workspace.runs / name, json.dumps(said, indent=1) + "\n")


def _interrupted(work: Path, filled: Filled) -> str:
    return (
        f"interrupted; {filled.converted} conversions and {filled.calls_made} answers of this run are kept in {str(work)!r}, "
        "and the same command goes on from there"
    )
