"""Workspaces that were filled part by part become one dataset: what a build makes behind its answers, of all of them together."""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from types import MappingProxyType

from builder.building.base import Base
from builder.building.build import Filled, make_dataset
from builder.building.job import BuildJob, Subset, resolve_recipe
from builder.building.kept_runs import keep
from builder.building.report import BuildReport
from builder.building.reviews import read_reviews
from builder.building.sides import refuse_across
from builder.folder.replace import check_target
from builder.sharding import receipt
from builder.sharding.merging import MergedWorkspace
from builder.sharding.receipt import Receipt
from qagen import convert
from qagen.asking.nearness import open_chunk_vectors
from qagen.asking.recipe import Recipe
from qagen.checks import refuse_unknown
from qagen.engines import event_loop
from qagen.errors import SettingsError, WorkspaceError
from qagen.grounding.grounder import open_grounder
from qagen.ledger.models import FILE as MODELS
from qagen.papers.papers import find_papers
from qagen.papers.shard import Shard
from qagen.pipeline.run import Run
from qagen.pipeline.stats import ReplayStats, RunStats
from qagen.progress import Watch, progress
from qagen.records import Document, Paper
from qagen.settings import Settings
from qagen.workspace import Workspace

_MOST_NAMED = 3


def assemble_dataset(
    paths: Sequence[Path],
    out: Path,
    *,
    settings: Settings,
    works: Sequence[Path],
    limit: int | None = None,
    base: Path | None = None,
    accept_model_change: bool = False,
    names: Sequence[str] = (),
    sums: Mapping[Path, str] = MappingProxyType({}),
) -> BuildReport:
    """Make the dataset of papers whose documents and answers lie in workspaces; converts nothing, and asks no model about a paper.

    The folder is byte for byte what one build of all papers makes of the same answers.

    Args:
        paths: all PDFs of the dataset, and folders of them.
        out: the dataset folder; one that is there already is replaced as a whole, at the end.
        settings: as for the parts; those of `[select]` and `[dataset]` may be others.
        works: workspace folders, in any order.
        limit: only so many papers.
        base: the version before.
        accept_model_change: go on where answers of several models stand under one name.
        names: how a person knows the workspaces; those of their folders where it is empty.
        sums: the sha256 of PDFs that is known without reading them.

    Raises:
        InputError: where the settings ask across papers.
        WorkspaceError: where a part is missing, or was filled by another plan; names it. Nothing is written.
        QagenError: where nothing can be made.
    """
    return assemble_papers(
        find_papers(paths, sums)[:limit],
        out,
        settings=settings,
        works=works,
        limit=limit,
        base=base,
        accept_model_change=accept_model_change,
        names=names,
    )


def assemble_papers(
    papers: Sequence[Paper],
    out: Path,
    *,
    settings: Settings,
    works: Sequence[Path],
    limit: int | None = None,
    base: Path | None = None,
    accept_model_change: bool = False,
    names: Sequence[str] = (),
) -> BuildReport:
    """As `assemble_dataset`, of papers that are found already.

    Args:
        papers: all of the dataset, sorted by sha256.
        out: the dataset folder.
        settings: as there.
        works: workspace folders.
        limit: how many papers were to be found.
        base: the version before.
        accept_model_change: as there.
        names: as there.

    Raises:
        QagenError: as there.
    """
    refuse_unknown(settings.checks)
    refuse_across(settings)
    with ExitStack() as stack:
        workspaces = _opened(works, stack)
        check_target(out, workspaces[0].root)
        watch = stack.enter_context(progress())
        receipts = [one for workspace in workspaces for one in receipt.read(workspace)]
        settings = _with_model(settings, receipts)
        scratch = stack.enter_context(tempfile.TemporaryDirectory(dir=workspaces[0].root, prefix="merging-"))
        merged = MergedWorkspace(workspaces, Path(scratch))
        grounder = stack.enter_context(open_grounder(settings.grounding, merged.root))
        roots = [workspace.root for workspace in workspaces]
        roots += [unit for root in roots for unit in sorted(root.glob("units/*"))]
        vectors = stack.enter_context(open_chunk_vectors(settings, roots))
        job = BuildJob(papers, merged, settings, Subset(limit=limit), False, grounder, vectors)
        recipe = replace(resolve_recipe(job, None), reviews=read_reviews(workspaces, watch.note))
        mine = _of_plan(receipts, recipe, papers, names or list(map(str, works)))
        if limit is None:
            _tell_of_others(mine, papers, watch)
        began = time.monotonic()
        before = Base.of(base) if base else None
        run_stats = event_loop.run(_read(job, recipe, mine, watch))
        filled = Filled(job, recipe, run_stats, before, accept=accept_model_change)
        made = make_dataset(filled, out, watch, lambda seen: _refuse_missing(seen, mine))
        report = made.report(out, workspaces[0].root, filled, time.monotonic() - began)
        keep(workspaces[0], asdict(report))
        return report


def _opened(works: Sequence[Path], stack: ExitStack) -> list[Workspace]:
    """The workspaces, each held by this process, in an order of their own; the first is one that knows a model, where any does."""
    named = sorted({work.resolve() for work in works}, key=lambda work: (not (work / MODELS).exists(), work))
    for work in named:
        if not work.is_dir():
            raise WorkspaceError(
                f"there is no workspace {str(work)!r}", remedy="check the spelling of --work"
            )
        stack.enter_context(Workspace(work).locked())
    return [Workspace(work) for work in named]


def _with_model(settings: Settings, receipts: Sequence[Receipt]) -> Settings:
    """With the model that filled the workspaces, where the settings leave it open."""
    ask = settings.ask
    if ask.engine == "extractive" or ask.model is not None:
        return settings
    models = sorted({one.model for one in receipts if one.model is not None})
    if len(models) != 1:
        raise SettingsError(
            f"the workspaces have answers of {' and '.join(map(repr, models)) or 'no model'}",
            remedy="name the model with --model",
        )
    return settings.model_copy(update={"ask": ask.model_copy(update={"model": models[0]})})


def _of_plan(
    receipts: Sequence[Receipt], recipe: Recipe, papers: Sequence[Paper], works: Sequence[str]
) -> list[Receipt]:
    """The receipts of the plan that the settings make; together they have all papers.

    Raises:
        WorkspaceError: where a part is missing or of another plan.
    """
    wanted = receipt.planned_settings(recipe)
    mine = [one for one in receipts if one.plan == receipt.plan_id(wanted)]
    there = {paper for one in mine for paper in one.papers}
    missing = [paper for paper in papers if paper.sha256 not in there]
    if not missing:
        return mine
    counts = sorted({one.part.count for one in mine or receipts})
    parts = {Shard.of(paper.sha256, counts[0]) for paper in missing} if len(counts) == 1 else set()
    if parts:
        part = min(parts)
        of_part = [paper for paper in missing if Shard.of(paper.sha256, part.count) == part]
        raise _refused(part, of_part, receipts, wanted, works)
    raise WorkspaceError(
        f"{_papers(len(missing))}, {missing[0].file!r} the first, {'are' if len(missing) > 1 else 'is'} in no receipt for this plan "
        f"of {_listed(works)}",
        remedy="fill a workspace for them with `qagen build --shard I/N`, and name it with --work",
    )


def _tell_of_others(receipts: Sequence[Receipt], papers: Sequence[Paper], watch: Watch) -> None:
    """Tell a person of papers that parts were filled with and that are not named now: the dataset is the smaller for them."""
    others = frozenset[str]().union(*(one.papers for one in receipts)) - {paper.sha256 for paper in papers}
    if others:
        watch.note(
            f"{_papers(len(others))} of these parts {'is' if len(others) == 1 else 'are'} not named here, and left out "
            f"({min(others)[:12]}...)"
        )


def _refused(
    part: Shard,
    missing: Sequence[Paper],
    receipts: Sequence[Receipt],
    wanted: Mapping[str, object],
    works: Sequence[str],
) -> WorkspaceError:
    """Why the papers of a part are missing."""
    theirs = [list(_differences(one.settings, wanted)) for one in receipts if one.part == part]
    if not theirs:
        return WorkspaceError(
            f"shard {part} is missing: none of {_listed(works)} has its receipt for this plan ({_papers(len(missing))})",
            remedy=f"run `qagen build --shard {part}` to its end, and name its workspace with --work",
        )
    nearest = min(theirs, key=len)  # a workspace keeps the receipts of all plans that it was filled with
    if nearest:
        return WorkspaceError(
            f"shard {part} was filled by another plan: {nearest[0]}",
            remedy="run it again with the settings of this command, or give this one its settings",
        )
    return WorkspaceError(
        f"shard {part} was filled without {_papers(len(missing))} of this dataset, {missing[0].file!r} the first",
        remedy=f"run `qagen build --shard {part}` again with all papers: it converts and asks what is missing",
    )


def _papers(count: int) -> str:
    return f"{count:,} paper{'' if count == 1 else 's'}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMED])
    return shown if len(names) <= _MOST_NAMED else f"{shown} and {len(names) - _MOST_NAMED} more"


def _differences(theirs: Mapping[str, object], ours: Mapping[str, object]) -> Iterator[str]:
    """The settings in which two plans differ, and how."""
    for name in sorted({*theirs, *ours}):
        one, other = theirs.get(name), ours.get(name)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            for key in sorted({*one, *other}):
                if key not in one:
                    yield f"{key} in [{name}] is of a newer version of qagen than filled it"
                elif one[key] != other.get(key):
                    yield f"{key} in [{name}] is {one[key]!r} there and {other.get(key)!r} here"
        elif one != other:
            yield f"{name} is {one!r} there and {other!r} here"


async def _read(job: BuildJob, recipe: Recipe, receipts: Sequence[Receipt], watch: Watch) -> RunStats:
    """What one run over all papers would have counted."""
    kept = _KeptConversions(receipts)
    run = Run(job.workspace, recipe, kept, watch)
    await run.convert_all(job.papers)
    return replace(
        run.stats,
        unanswered=receipt.unanswered_of(receipts),
        truncated=receipt.unanswered_of(receipts, cut=True),
    )


class _KeptConversions:
    """Stands where a converter does, and converts nothing: a paper that is not converted is one that could not be."""

    def __init__(self, receipts: Sequence[Receipt]) -> None:
        self._receipts, self._failures = receipts, receipt.failures_of(receipts)

    def convert(self, paper: Paper, folder: Path) -> Document:
        """Say why there is no document.

        Raises:
            ConversionError: that the part which was to convert it has had.
            WorkspaceError: where nobody knows of any.
        """
        found = convert.load(folder, paper.sha256)
        if isinstance(found, Document):
            return found
        error = found or self._failures.get(paper.sha256)
        if error is None:
            part = next(one.shard for one in self._receipts if paper.sha256 in one.papers)
            raise WorkspaceError(
                f"the document of {paper.file!r} is gone or damaged: shard {part} has converted it, and no workspace has it whole",
                remedy=f"run `qagen build --shard {part}` again: it converts what is missing",
            )
        raise error


def _refuse_missing(replay_stats: ReplayStats, receipts: Sequence[Receipt]) -> None:
    """Refuse answers that are missing though a receipt says that all was answered.

    Raises:
        WorkspaceError: where there are some.
    """
    known = frozenset[str]().union(*(one.lacking for one in receipts))
    for paper, count in sorted(replay_stats.open.items()):
        if paper not in known:
            part = next(one.shard for one in receipts if paper in one.papers)
            raise WorkspaceError(
                f"shard {part} lacks {count} answer{'' if count == 1 else 's'} about the paper {paper[:12]}, which its receipt does "
                "not know of: the ledger was changed, or these settings ask for more than it was filled with",
                remedy=f"run `qagen build --shard {part}` again with the settings of this command: it asks only what is missing",
            )
