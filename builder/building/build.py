"""Papers in, dataset folder out: a run that fills the workspace, then the pure stages, the selection and the assembly."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from builder.building import stamp
from builder.building.assemble import Assembled, assemble, split_of
from builder.building.base import Base, refuse_hub
from builder.building.build_run import BuildRun, ModelChange, models_of, provenance_of
from builder.building.counts import ResultCounts, count_results
from builder.building.job import EVERYTHING, BuildJob, Subset, settings_for
from builder.building.kept_runs import keep, of_interrupted, told_interrupted
from builder.building.notes import Notes
from builder.building.report import (
    BuildReport,
    BuildScope,
    make_report,
    refuse_empty_result,
    remarks,
    unable_judge,
)
from builder.building.reviews import Standing, read_reviews, review_remarks
from builder.building.sides import OnOneSide, papers_joined, refuse_too_few
from builder.building.spool import Spool
from builder.building.vectors import vectors_of
from builder.folder.replace import check_target
from qagen import convert
from qagen.asking.nearness import open_chunk_vectors
from qagen.asking.recipe import Recipe
from qagen.checks import refuse_unknown
from qagen.engines import event_loop
from qagen.errors import ModelChanged
from qagen.grounding.grounder import open_grounder
from qagen.ledger.models import ModelRegistry
from qagen.ledger.refresh import Refreshes
from qagen.papers.papers import find_papers
from qagen.pipeline.across import Across, read_across
from qagen.pipeline.replay import Results, paper_results
from qagen.pipeline.stats import Counted, ReplayStats, RunStats, Sum
from qagen.progress import Watch, progress
from qagen.reasons import Reason
from qagen.records import Record, Rejection
from qagen.select import select, within_quotas
from qagen.settings import Settings
from qagen.workspace import Workspace

_STEP = 100
"""Rows between two looks at how many are written."""


def build_dataset(
    paths: Sequence[Path],
    out: Path,
    *,
    settings: Settings,
    work: Path,
    subset: Subset = EVERYTHING,
    base: Path | None = None,
    offline: bool = False,
    model_change: ModelChange = "stop",
    sums: Mapping[Path, str] = MappingProxyType({}),
) -> BuildReport:
    """Build a dataset folder from PDFs; what an earlier run has paid for is not done again.

    Args:
        paths: PDFs, and folders of PDFs.
        out: the dataset folder; one that is there already is replaced as a whole, at the end.
        settings: all that can change the result.
        work: the workspace folder.
        subset: which papers and chunks.
        base: the version before, a dataset folder or `name/dataset@revision`: its records win over newcomers, its splits stay.
        offline: make no call: take answers from the ledger only.
        model_change: what to do where another model answers under the name than before: `stop`, `accept` both, or
            `refresh`: set the model's answers aside and ask anew.
        sums: the sha256 of PDFs that is known without reading them.

    Raises:
        QagenError: where nothing can be done.
    """
    settings = settings_for(settings, offline=offline)
    papers = subset.of(find_papers(paths, sums))
    refuse_unknown(settings.checks)
    check_target(out, work)
    workspace = Workspace(work)
    if base:
        refuse_hub(base, offline=offline)
    with (
        workspace.locked(),
        progress() as watch,
        open_grounder(settings.grounding, workspace.root) as grounder,
        open_chunk_vectors(settings, [workspace.root]) as vectors,
    ):
        watch.converting(0, len(papers))
        reviews = read_reviews([workspace], watch.note)
        asked = stamp.inputs(papers, settings, asdict(subset), base, reviews)
        before = Base.of(base, offline=offline) if base else None
        done = stamp.load_stamped_report(workspace, out, asked, papers, settings.convert)
        if done is not None and model_change != "refresh" and not _may_unlock(done, settings):
            watch.note(f"nothing has changed since {str(out)!r} was built; every file in it is as it was")
            return done
        began = time.monotonic()
        job = BuildJob(papers, workspace, settings, subset, offline, grounder, vectors)
        run = BuildRun(job, watch, model_change, before)
        try:
            recipe = replace(event_loop.run(run.fill()), reviews=reviews)
            seconds = time.monotonic() - began
            found = stamp.inputs_hash(papers, settings.convert, workspace)
            filled = Filled(job, recipe, run.stats, before, accept=model_change == "accept")
            made = make_dataset(filled, out, watch)
        except KeyboardInterrupt:
            keep(workspace, of_interrupted(job, run.stats, time.monotonic() - began))
            watch.note(told_interrupted(work, run.stats))
            raise
        except ModelChanged:
            Refreshes(workspace).drop()
            raise
        report = made.report(out, work, filled, seconds)
        keep(workspace, asdict(report))
        if not (offline or report.unanswered or report.sections.get("unanswered")):
            Refreshes(workspace).end((paper.sha256 for paper in papers), models_of(made.recipe))
        if not (offline and made.unable):  # with a server the next build has the pairs judged
            stamp.write(workspace, out, (asked, found), report, made.assembled)
    return report


@dataclass(frozen=True)
class Filled:
    """A workspace that has what a dataset needs.

    Attributes:
        job: what the dataset is of.
        recipe: how its records are made.
        run_stats: of the run that filled it.
        base: the version before.
        accept: whether another model may have answered under the same name.
    """

    job: BuildJob
    recipe: Recipe
    run_stats: RunStats
    base: Base | None = None
    accept: bool = False


@dataclass(frozen=True)
class Made:
    """A dataset that was made: how its records were, what was seen on the way, and what came of it.

    Attributes:
        recipe: how the records were made; without a judge where that proved unable.
        unable: what a person is to be told of such a judge.
        replay_stats: what the stages saw.
        counts: of the results.
        assembled: the folder.
    """

    recipe: Recipe
    unable: str
    replay_stats: ReplayStats
    counts: ResultCounts
    assembled: Assembled

    def report(self, out: Path, work: Path, filled: Filled, seconds: float) -> BuildReport:
        """The report of the build.

        Args:
            out: the dataset folder.
            work: the workspace folder, as it was named.
            filled: what it was made of.
            seconds: that converting and asking took.
        """
        ends = BuildScope(out, work, self.recipe, len(filled.job.papers), self.unable)
        return make_report(ends, filled.run_stats, self.replay_stats, self.counts, self.assembled, seconds)


def make_dataset(
    filled: Filled,
    out: Path,
    watch: Watch,
    refuse: Callable[[ReplayStats], None] = lambda _: None,
) -> Made:
    """The pure stages, the selection and the assembly, of what a workspace has.

    Args:
        filled: the workspace.
        out: the dataset folder; one that is there already is replaced as a whole, at the end.
        watch: is told how far it is.
        refuse: may raise when all papers have been gone through, before anything is written.

    Raises:
        QagenError: where nothing can be made; the folder is left as it was.
    """
    job, run_stats, before = filled.job, filled.run_stats, filled.base
    workspace, settings = job.workspace, job.settings
    with Spool(workspace.root) as spool, Notes(workspace.root) as notes:
        standing = Standing.of(before, filled.recipe.reviews)
        recipe, replay_stats, unable = _spooled(spool, job, filled.recipe, run_stats, standing, watch)
        refuse(replay_stats)
        about = replace(provenance_of(recipe, run_stats, before), joined=papers_joined(spool))
        served = ModelRegistry(workspace, accept=filled.accept)
        guard = partial(_refuse, run_stats, replay_stats, served, out)
        split_by_paper = split_of(about, settings)
        refuse_too_few(about, run_stats, split_by_paper, settings)
        on_one_side = OnOneSide(spool, split_by_paper)
        with vectors_of(on_one_side, job, watch) as vectors:
            chosen = select(
                on_one_side,
                settings.select,
                split_by_paper,
                standing.incumbents,
                vectors,
                notes,
                recipe.wanted,
                standing.held,
            )
            written = _written(chosen, spool.length, watch)
            results = Counted(_guarded(count_results(written, replay_stats.bodies), guard))
            assembled = assemble(results, out, about=about, settings=settings, seen=replay_stats)
    for remark in (*remarks(replay_stats), *review_remarks(assembled.contents.reviews)):
        watch.note(remark)
    return Made(recipe, unable, replay_stats, results.counts, assembled)


def _may_unlock(report: BuildReport, settings: Settings) -> bool:
    """Whether a PDF wanted a password, and there are some to try."""
    locked = any(paper.reason == Reason.ENCRYPTED for paper in report.rejected_papers)
    return locked and bool(convert.passwords(settings.convert))


def _spooled(
    spool: Spool,
    job: BuildJob,
    recipe: Recipe,
    run_stats: RunStats,
    standing: Standing,
    watch: Watch,
) -> tuple[Recipe, ReplayStats, str]:
    """All results before the selection; once more without a judge, where it proves unable and the settings leave it open.

    Returns:
        How they were made, what was seen on the way, and what a person is to be told of a judge that judged nothing.
    """
    unable = ""
    across = read_across(job.papers, job.workspace, recipe, run_stats.failures)
    while True:
        results = Counted(_results(job, recipe, run_stats, across, watch))
        most = job.settings.select.max_per_section
        spool.fill(within_quotas(results, most, standing.incumbents, recipe.wanted, standing.held))
        replay_stats = results.counts
        said = unable_judge(recipe, replay_stats, run_stats, offline=job.offline)
        if not said:
            return recipe, replay_stats, unable
        unable, recipe = said, recipe.without_judge()
        spool.clear()


def _results(job: BuildJob, recipe: Recipe, run_stats: RunStats, across: Across, watch: Watch) -> Results:
    seen, failures, truncated = Sum(ReplayStats()), run_stats.failures, run_stats.truncated
    for number, paper in enumerate(job.papers):
        watch.phase("checking papers", number, len(job.papers))
        seen.add((yield from paper_results(paper, job.workspace, recipe, failures, truncated, across)))
    return seen.total()


def _written(results: Iterator[Record | Rejection], total: int, watch: Watch) -> Iterator[Record | Rejection]:
    """The same results, with how many of them are written."""
    for number, result in enumerate(results):
        if number % _STEP == 0:
            watch.phase("writing rows", number, total)
        yield result


def _guarded(
    results: Generator[Record | Rejection, None, ResultCounts], refuse: Callable[[ResultCounts], None]
) -> Generator[Record | Rejection, None, ResultCounts]:
    """The same results; `refuse` may raise when all have passed and nothing is published yet."""
    counts = yield from results
    refuse(counts)
    return counts


def _refuse(
    run_stats: RunStats, replay_stats: ReplayStats, served: ModelRegistry, out: Path, counts: ResultCounts
) -> None:
    """Refuse to publish what should not be; also offline, where nobody was asked which model it is."""
    refuse_empty_result(counts, run_stats, replay_stats, out)
    for declared, one in sorted(replay_stats.served, key=str):
        served.check_kept(declared, one)
