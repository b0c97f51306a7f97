"""Fill a workspace for a part of the papers: what `qagen build` does before the pure stages, for one machine of many."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from builder.building.build_run import BuildRun, ModelChange, models_of
from builder.building.counts import RejectedPaper
from builder.building.job import BuildJob, Subset, recipe_of, settings_for
from builder.building.kept_runs import keep, of_interrupted, told_interrupted
from builder.building.report import Unanswered, calls_told
from builder.building.sides import refuse_across
from builder.sharding import receipt
from builder.sharding.report import ShardReport
from qagen.asking.nearness import open_chunk_vectors
from qagen.checks import refuse_unknown
from qagen.engines import event_loop
from qagen.errors import InputError, ModelChanged
from qagen.grounding.grounder import open_grounder
from qagen.ledger.refresh import Refreshes
from qagen.papers.papers import find_papers
from qagen.papers.shard import Shard
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

    Raises:
        InputError: where the settings want something that only all papers together tell, such as questions across them.
        QagenError: where nothing can be done.
    """
    refuse_unknown(settings.checks)
    refuse_across(settings)
    found = find_papers(paths)
    papers = Subset(limit=limit, shard=shard).of(found)
    workspace = Workspace(work)
    settings = settings_for(settings, offline=offline)
    alone = settings.model_copy(
        update={"dataset": settings.dataset.model_copy(update={"require_splits": {}})}
    )  # which splits there are is a matter of all papers
    with (
        workspace.locked(),
        progress() as watch,
        open_grounder(settings.grounding, workspace.root) as grounder,
        open_chunk_vectors(settings, [workspace.root]) as vectors,
    ):
        watch.converting(0, len(papers))
        part = Subset(limit=limit, shard=shard)
        job = BuildJob(papers, workspace, alone, part, offline, grounder, vectors)
        run = BuildRun(job, watch, model_change, None)
        began = time.monotonic()
        try:
            recipe = event_loop.run(run.fill()) if papers else recipe_of(job)
        except KeyboardInterrupt:
            keep(workspace, of_interrupted(job, run.stats, time.monotonic() - began))
            watch.note(told_interrupted(work, run.stats))
            raise
        except ModelChanged:
            Refreshes(workspace).drop()
            raise
        made = receipt.receipt_of(shard, (paper.sha256 for paper in papers), recipe, run.stats)
        report = _report(made, run.stats, papers, work, len(found[:limit]), time.monotonic() - began)
        keep(workspace, asdict(report))
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
