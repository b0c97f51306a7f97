"""Fill a workspace for a part of the papers: what `qagen build` does before the pure stages, for one machine of many."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

from builder.building.build_run import BuildRun, ModelChange, models_of
from builder.building.counts import RejectedPaper
from builder.building.job import BuildJob, Subset, recipe_of, settings_for
from builder.building.kept_runs import keep, of_asking, of_interrupted, told_interrupted
from builder.building.report import Unanswered, calls_told
from builder.building.sides import refuse_across
from builder.sharding import receipt
from builder.sharding.report import ShardReport
from qagen.asking.nearness import open_chunk_vectors
from qagen.asking.recipe import Recipe
from qagen.checks import refuse_unknown
from qagen.engines import event_loop
from qagen.errors import ConversionError, EngineError, InputError, ModelChanged
from qagen.grounding.grounder import open_grounder
from qagen.ledger.refresh import Refreshes
from qagen.papers.papers import find_papers
from qagen.papers.shard import Shard
from qagen.pipeline.run import Converter, Run
from qagen.pipeline.stats import RunStats
from qagen.progress import progress
from qagen.records import Paper
from qagen.settings import Settings
from qagen.workspace import Workspace


def fill_shard(
    paths: Sequence[Path],
    shard: Shard,
    *,
    settings: Settings,
    work: Path,
    limit: int | None = None,
    offline: bool = False,
    model_change: ModelChange = "stop",
    sums: Mapping[Path, str] = MappingProxyType({}),
) -> ShardReport:
    """Convert and ask what a dataset needs of a part of its papers; what an earlier run has paid for is not done again.

    Args:
        paths: all PDFs of the dataset, and folders of them.
        shard: the part.
        settings: as for the whole dataset.
        work: the workspace folder, which no other process uses meanwhile.
        limit: only so many of all papers.
        offline: make no call: take answers from the ledger only.
        model_change: as for a build.
        sums: the sha256 of PDFs that is known without reading them.

    Raises:
        InputError: where the settings want something that only all papers together tell, such as questions across them.
        QagenError: where nothing can be done.
    """
    refuse_unknown(settings.checks)
    refuse_across(settings)
    found = find_papers(paths, sums)[:limit]
    part = Part(shard, Subset(shard=shard).of(found), len(found))
    workspace = Workspace(work)
    with workspace.locked():
        return fill_part(
            part, workspace, settings, limit=limit, offline=offline, model_change=model_change, caches=work
        )


_OFFLINE = EngineError("an offline build asks nobody", remedy="run again without --offline")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the papers.

    Attributes:
        shard: which one.
        papers: that are in it, sorted by sha256.
        found: how many there are in all parts.
    """

    shard: Shard
    papers: Sequence[Paper]
    found: int


def convert_part(part: Part, workspace: Workspace, settings: Settings, converter: Converter) -> RunStats:
    """The first half of filling: convert what is not converted yet; asks nobody.

    Args:
        part: the papers.
        workspace: held by this process.
        settings: as for the whole dataset.
        converter: of these settings; several parts may share it.
    """
    with progress() as watch:
        watch.converting(0, len(part.papers))
        run = Run(workspace, Recipe(settings, "extractive"), converter, watch)
        event_loop.run(run.convert_all(part.papers))
        return run.stats


def fill_part(
    part: Part,
    workspace: Workspace,
    settings: Settings,
    *,
    caches: Path,
    limit: int | None = None,
    offline: bool = False,
    model_change: ModelChange = "stop",
    failed: Mapping[str, ConversionError] | None = None,
    gone: EngineError | None = None,
) -> ShardReport:
    """Convert what is not converted yet and ask what is not answered yet, and leave the receipt; arguments as of `fill_shard`.

    Args:
        part: the papers.
        workspace: held by this process.
        settings: as for the whole dataset.
        caches: the folder for what may be computed again.
        limit: how many of all papers were to be found.
        offline: make no call.
        model_change: as for a build.
        failed: what a first half has tried in vain just now.
        gone: why nobody can be asked; the receipt then lists what has no answer.
    """
    shard, papers = part.shard, part.papers
    if offline and settings.ask.engine != "extractive":
        gone = _OFFLINE
    settings = settings_for(settings, offline=offline)
    alone = settings.model_copy(
        update={"dataset": settings.dataset.model_copy(update={"require_splits": {}})}
    )  # which splits there are is a matter of all papers
    with (
        progress() as watch,
        open_grounder(settings.grounding, caches) as grounder,
        open_chunk_vectors(settings, list(dict.fromkeys([caches, workspace.root]))) as vectors,
    ):
        watch.converting(0, len(papers))
        job = BuildJob(papers, workspace, alone, Subset(limit=limit, shard=shard), offline, grounder, vectors)
        run = BuildRun(job, watch, model_change, None, failed, gone)
        began = time.monotonic()
        try:
            recipe = event_loop.run(run.fill()) if papers else recipe_of(job)
        except KeyboardInterrupt:
            keep(workspace, of_interrupted(job, run.stats, time.monotonic() - began))
            watch.note(told_interrupted(workspace.root, run.stats))
            raise
        except ModelChanged:
            Refreshes(workspace).drop()
            raise
        made = receipt.receipt_of(shard, (paper.sha256 for paper in papers), recipe, run.stats)
        report = _report(made, run.stats, papers, workspace.root, part.found, time.monotonic() - began)
        keep(workspace, {**asdict(report), **of_asking(run.stats)})
        if not (offline or report.unanswered or made.undecided):
            Refreshes(workspace).end((paper.sha256 for paper in papers), models_of(recipe))
        receipt.write(workspace, made)
        return report


def refuse_whole(*, sample: int | None, base: Path | None, out: Path | None) -> None:
    """Refuse what only all papers together can have.

    Raises:
        InputError: where something of it is asked for.
    """
    for name, value in (("--out", out), ("--sample", sample), ("--base", base)):
        if value is not None:
            raise InputError(
                f"{name} is for the whole dataset, and --shard fills a workspace for a part of its papers",
                remedy=f"leave {name} out here"
                + ("" if name == "--sample" else ", and name it for `qagen assemble`"),
            )


def _report(
    made: receipt.Receipt,
    run_stats: RunStats,
    papers: Sequence[Paper],
    work: Path,
    found: int,
    seconds: float,
) -> ShardReport:
    files = {paper.sha256: paper.file for paper in papers}
    return ShardReport(
        work=str(work),
        shard=made.shard,
        plan=made.plan,
        engine=made.engine,
        model=made.model,
        papers={
            "found": found,
            "of_shard": len(papers),
            "converted": run_stats.converted,
            "reused": run_stats.reused,
            "rejected": len(run_stats.failures),
        },
        calls=calls_told(run_stats, run_stats.calls_reused),
        rejected_papers=[
            RejectedPaper(files[paper], paper, str(error.reason), error.detail)
            for paper, error in sorted(run_stats.failures.items())
        ],
        unanswered=[
            Unanswered(files[paper], chunks[0], detail)
            for (paper, chunks), detail in sorted(run_stats.unanswered.items())
        ],
        seconds=round(seconds, 3),
    )
