"""Papers in, dataset folder out: a run that fills the workspace, then the pure stages, the selection and the assembly."""

import asyncio
import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

from builder.building import stamp
from builder.building.assemble import assemble, split_of
from builder.building.base import Base, refuse_hub
from builder.building.coverage import Coverage
from builder.building.job import (
    EVERYTHING,
    BuildJob,
    Subset,
    digests_of,
    needs_engine,
    open_engine,
    resolve_recipe,
    sample_of,
    truncation_guard,
)
from builder.building.report import BuildReport, BuildScope, ResultCounts, make_report, unable_judge
from builder.building.spool import Notes, Spool
from builder.building.vectors import vectors_of
from builder.folder import splits
from builder.folder.manifest import BuildProvenance
from builder.folder.replace import check_target
from qagen import __version__, convert
from qagen.asking.recipe import Recipe
from qagen.checks import refuse_unknown
from qagen.engines.probing.model_size import parameters_of
from qagen.errors import ModelChanged
from qagen.grounding.grounder import open_grounder
from qagen.ledger import refresh
from qagen.ledger.models import ModelRegistry
from qagen.ledger.refresh import Refreshes
from qagen.papers.papers import find_papers
from qagen.pipeline import ReplayStats, paper_results
from qagen.progress import Watch, progress
from qagen.reasons import Reason
from qagen.records import Paper, Record, Rejection
from qagen.redaction import redact
from qagen.run import Run, RunStats
from qagen.select import select, within_quotas
from qagen.settings import Settings
from qagen.workspace import Workspace, write_atomically

ModelChange = Literal["stop", "accept", "refresh"]
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

    Raises:
        QagenError: where nothing can be done.
    """
    if offline:
        settings = settings.model_copy(
            update={"convert": settings.convert.model_copy(update={"download": False})}
        )
    papers = find_papers(paths)[: subset.limit]
    refuse_unknown(settings.checks)
    check_target(out, work)
    workspace = Workspace(work)
    if base:
        refuse_hub(base, offline=offline)
    with (
        workspace.locked(),
        progress() as watch,
        open_grounder(settings.grounding, workspace.root) as grounder,
    ):
        watch.converting(0, len(papers))
        run_stats = RunStats()
        asked = stamp.inputs(papers, settings, asdict(subset), base)
        before = Base.of(base, offline=offline) if base else None
        done = stamp.load_stamped_report(workspace, out, asked, papers, settings.convert)
        if done is not None and model_change != "refresh" and not _may_unlock(done, settings):
            watch.note(f"nothing has changed since {str(out)!r} was built; every file in it is as it was")
            return done
        began = time.monotonic()
        job = BuildJob(papers, workspace, settings, subset, offline, grounder)
        try:
            recipe = asyncio.run(_fill(job, run_stats, watch, model_change, before))
            seconds = time.monotonic() - began
            found = stamp.inputs_hash(papers, settings.convert, workspace)
            with Spool(workspace.root) as spool, Notes(workspace.root) as notes:
                incumbents = before.ids if before else frozenset()
                recipe, replay_stats, unable = _spooled(spool, job, recipe, run_stats, incumbents, watch)
                seen = ResultCounts(Coverage(replay_stats.bodies))
                about = _about(recipe, run_stats, before)
                served = ModelRegistry(workspace, accept=model_change == "accept")
                last_word = partial(_last_word, seen, run_stats, replay_stats, served, out)
                split_by_paper = split_of(about, settings)
                with vectors_of(spool, job, watch) as vectors:
                    chosen = select(
                        spool, settings.select, split_by_paper, incumbents, vectors, notes, recipe.wanted
                    )
                    results = _guarded(_written(seen.watched(chosen), spool.length, watch), last_word)
                    assembled = assemble(results, out, about=about, settings=settings, seen=replay_stats)
        except KeyboardInterrupt:
            _keep(workspace, _of_interrupted(job, run_stats, time.monotonic() - began))
            watch.note(_interrupted(work, run_stats))
            raise
        except ModelChanged:
            Refreshes(workspace).drop()
            raise
        for remark in seen.remarks(replay_stats):
            watch.note(remark)
        ends = BuildScope(out, work, recipe, len(papers), unable)
        report = make_report(ends, run_stats, replay_stats, seen, assembled, seconds)
        _keep(workspace, asdict(report))
        if not (offline or report.unanswered or report.sections.get("unanswered")):
            Refreshes(workspace).end((paper.sha256 for paper in papers), _models(recipe))
        if not (offline and unable):  # with a server the next build has the pairs judged
            stamp.write(workspace, out, (asked, found), report, assembled)
    return report


def _may_unlock(report: BuildReport, settings: Settings) -> bool:
    """Whether a PDF wanted a password, and there are some to try."""
    locked = any(paper.reason == Reason.ENCRYPTED for paper in report.rejected_papers)
    return locked and bool(convert.passwords(settings.convert))


async def _fill(
    job: BuildJob, run_stats: RunStats, watch: Watch, model_change: ModelChange, before: Base | None
) -> Recipe:
    """Convert and ask; returns how the records are to be made."""
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(open_engine(job, watch.note)) if needs_engine(job) else None
        recipe = resolve_recipe(job, engine.chosen if engine else None)
        # Whatever ends a run, the converter's processes end first: a thread that waits for one would hold up the exit.
        converter = stack.enter_context(convert.Converter(job.settings.convert))
        served = ModelRegistry(job.workspace, accept=model_change == "accept")
        if engine is not None and recipe.judge_model is not None:
            await engine.server.resolve_model(recipe.judge_model)
        if model_change == "refresh" and engine is not None:
            _set_aside(job, recipe, served, watch)
            recipe = resolve_recipe(job, engine.chosen)  # the model may be of another size now
        if engine is not None:
            served.expect(engine.chosen.model, await digests_of(engine))
            if recipe.prompt_reason and parameters_of(engine.chosen.model) is None:
                served.keep_size(engine.chosen.model, engine.chosen.parameters)
        run_stats.model = recipe.model
        run = Run(job.workspace, recipe, converter, watch, run_stats, served)
        asked = None if engine is None else truncation_guard(engine, recipe, watch.note)
        papers = job.papers
        required = job.settings.dataset.require_splits
        if asked is None or job.subset.sample is not None or required:
            await run.convert_all(papers)
        if required:
            about = _about(recipe, run_stats, before)
            converted = [paper for paper in about.papers if paper.sha256 not in run_stats.failures]
            splits.require(converted, split_of(about, job.settings), required)
        if (sample := sample_of(job, recipe)) is not None:
            while asked is not None and (undecided := sample.undecided()):
                await run.choose_bodies(undecided, asked)
                sample.decide(undecided)
            run.recipe = replace(recipe, sample=sample.chunks())
            papers = [paper for paper in papers if run.recipe.looks_at(paper.sha256)]
        if asked is not None:
            await run.fill(papers, asked)
        return run.recipe


def _set_aside(job: BuildJob, recipe: Recipe, served: ModelRegistry, watch: Watch) -> None:
    """Set the answers aside that are asked for anew; an earlier refresh that was stopped goes on."""
    refreshes = Refreshes(job.workspace)
    for model in _models(recipe):
        moved, goes_on = refreshes.begin((paper.sha256 for paper in job.papers), model)
        if goes_on:
            watch.note(
                f"a refresh of {model!r} that was stopped goes on: what was asked since then is kept; to begin it anew, remove "
                f"{str(job.workspace.root / refresh.FILE)!r}"
            )
        else:
            served.forget(model)
        if moved or not goes_on:
            watch.note(f"{moved} answers of {model!r} are set aside, and asked for anew")


def _models(recipe: Recipe) -> list[str]:
    return list(dict.fromkeys(model for model in (recipe.model, recipe.judge_model) if model))


def _spooled(
    spool: Spool,
    job: BuildJob,
    recipe: Recipe,
    run_stats: RunStats,
    incumbents: Collection[str],
    watch: Watch,
) -> tuple[Recipe, ReplayStats, str]:
    """All results before the selection; once more without a judge, where it proves unable and the settings leave it open.

    Returns:
        How they were made, what was seen on the way, and what a person is to be told of a judge that judged nothing.
    """
    unable = ""
    while True:
        replay_stats = ReplayStats()
        results = _results(job.papers, job.workspace, recipe, run_stats, replay_stats, watch)
        spool.fill(within_quotas(results, job.settings.select.max_per_section, incumbents, recipe.wanted))
        said = unable_judge(recipe, replay_stats, run_stats, offline=job.offline)
        if not said:
            return recipe, replay_stats, unable
        unable, recipe = said, recipe.without_judge()
        spool.clear()


def _results(
    papers: Sequence[Paper],
    workspace: Workspace,
    recipe: Recipe,
    run_stats: RunStats,
    replay_stats: ReplayStats,
    watch: Watch,
) -> Iterator[Record | Rejection]:
    for number, paper in enumerate(papers):
        watch.phase("checking papers", number, len(papers))
        yield from paper_results(
            paper, workspace, recipe, run_stats.failures, replay_stats, run_stats.truncated
        )


def _written(results: Iterator[Record | Rejection], total: int, watch: Watch) -> Iterator[Record | Rejection]:
    """The same results, with how many of them are written."""
    for number, result in enumerate(results):
        if number % _STEP == 0:
            watch.phase("writing rows", number, total)
        yield result


def _guarded(
    results: Iterator[Record | Rejection], last_word: Callable[[], None]
) -> Iterator[Record | Rejection]:
    """The same results; `last_word` may raise when all have passed and nothing is published yet."""
    yield from results
    last_word()


def _last_word(
    seen: ResultCounts, run_stats: RunStats, replay_stats: ReplayStats, served: ModelRegistry, out: Path
) -> None:
    """Refuse to publish what should not be; also offline, where nobody was asked which model it is."""
    seen.refuse_empty_result(run_stats, replay_stats, out)
    for declared, one in sorted(replay_stats.served, key=str):
        served.check_kept(declared, one)


def _about(recipe: Recipe, run_stats: RunStats, before: Base | None) -> BuildProvenance:
    converters = {paper.converter for paper in run_stats.papers.values() if paper.converter}
    return BuildProvenance(
        papers=tuple(run_stats.papers.values()),
        engine=recipe.engine,
        model=recipe.model,
        prompt=recipe.prompt.name if recipe.prompt else None,
        prompt_sha256=recipe.prompt.sha256 if recipe.prompt else None,
        prompt_text=recipe.prompt.text if recipe.prompt else None,
        rule_prompts=tuple((prompt.name, prompt.sha256, prompt.text) for prompt in recipe.rules),
        further_prompts=tuple((prompt.name, prompt.sha256, prompt.text) for prompt in recipe.further_prompts),
        judge_model=(recipe.judge_model or recipe.model) if recipe.judges else None,
        grounding=recipe.grounder.told if recipe.grounder else None,
        examples_sha256=recipe.examples.sha256 if recipe.examples else None,
        converter=", ".join(sorted(converters)) or None,
        base=before.name if before else None,
        assigned=before.assigned if before else {},
    )


def _of_interrupted(job: BuildJob, run_stats: RunStats, seconds: float) -> dict[str, Any]:
    """What is kept of a run that was stopped: enough for `qagen plan` to know how fast the model is."""
    calls = {
        "made": run_stats.calls_made,
        "reused": run_stats.calls_reused,
        "prompt_tokens": run_stats.prompt_tokens,
        "completion_tokens": run_stats.completion_tokens,
    }
    return {
        "interrupted": True,
        "model": run_stats.model,
        "calls": calls,
        "by_prompt": {label: asdict(spent) for label, spent in sorted(run_stats.by_prompt.items())},
        "attempts": {},
        "seconds": round(seconds, 3),
        "papers": {"found": len(job.papers), "converted": run_stats.converted, "reused": run_stats.reused},
    }


def _keep(workspace: Workspace, report: Mapping[str, Any]) -> None:
    """Write what the run did into the workspace; the dataset folder itself knows no clock."""
    now = datetime.now(UTC)
    said = {"finished": now.isoformat(timespec="seconds"), "qagen": __version__, **report}
    stem = f"{now:%Y%m%dT%H%M%S}.{now.microsecond:06d}Z"
    place = workspace.runs / f"{stem}.json"
    while place.exists():  # a clock that was set back
        stem += "-"
        place = workspace.runs / f"{stem}.json"
    write_atomically(place, redact(json.dumps(said, indent=1)) + "\n")


def _interrupted(work: Path, run_stats: RunStats) -> str:
    return (
        f"{run_stats.converted} conversions and {run_stats.calls_made} answers of this run are kept in {str(work)!r}, "
        "and the same command goes on from there"
    )
