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
    Choice,
    Order,
    digests_of,
    needs_engine,
    opened_engine,
    resolved_recipe,
    sample_of,
    watched,
)
from builder.building.report import BuildReport, Ends, Seen, make_report, unable_judge
from builder.building.spool import Notes, Spool
from builder.building.vectors import vectors_of
from builder.folder import splits
from builder.folder.manifest import About
from builder.folder.replace import check_target
from qagen import __version__, convert
from qagen.asking.recipe import Recipe
from qagen.checks import refuse_unknown
from qagen.engines.probing.model_size import parameters_of
from qagen.errors import ModelChanged
from qagen.grounding.grounder import opened_grounder
from qagen.ledger import refresh
from qagen.ledger.models import ServedModels
from qagen.ledger.refresh import Refreshes
from qagen.papers.papers import find_papers
from qagen.pipeline import Tally, paper_results
from qagen.progress import Watch, progress
from qagen.reasons import Reason
from qagen.records import Paper, Record, Rejection
from qagen.redaction import redact
from qagen.run import Filled, Run
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
    choice: Choice = EVERYTHING,
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
        choice: which papers and chunks.
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
    papers = find_papers(paths)[: choice.limit]
    refuse_unknown(settings.checks)
    check_target(out, work)
    workspace = Workspace(work)
    if base:
        refuse_hub(base, offline=offline)
    with (
        workspace.locked(),
        progress() as watch,
        opened_grounder(settings.grounding, workspace.root) as grounder,
    ):
        watch.converting(0, len(papers))
        filled = Filled()
        asked = stamp.inputs(papers, settings, asdict(choice), base)
        before = Base.of(base, offline=offline) if base else None
        done = stamp.read(workspace, out, asked, papers, settings.convert)
        if done is not None and model_change != "refresh" and not _may_unlock(done, settings):
            watch.note(f"nothing has changed since {str(out)!r} was built; every file in it is as it was")
            return done
        began = time.monotonic()
        order = Order(papers, workspace, settings, choice, offline, grounder)
        try:
            recipe = asyncio.run(_fill(order, filled, watch, model_change, before))
            seconds = time.monotonic() - began
            found = stamp.kept(papers, settings.convert, workspace)
            with Spool(workspace.root) as spool, Notes(workspace.root) as notes:
                incumbents = before.ids if before else frozenset()
                recipe, tally, unable = _spooled(spool, order, recipe, filled, incumbents, watch)
                seen = Seen(Coverage(tally.bodies))
                about = _about(recipe, filled, before)
                served = ServedModels(workspace, accept=model_change == "accept")
                last_word = partial(_last_word, seen, filled, tally, served, out)
                split_by_paper = split_of(about, settings)
                with vectors_of(spool, order, watch) as vectors:
                    chosen = select(spool, settings.select, split_by_paper, incumbents, vectors, notes)
                    results = _guarded(_written(seen.watched(chosen), spool.length, watch), last_word)
                    assembled = assemble(results, out, about=about, settings=settings, seen=tally)
        except KeyboardInterrupt:
            _keep(workspace, _of_interrupted(order, filled, time.monotonic() - began))
            watch.note(_interrupted(work, filled))
            raise
        except ModelChanged:
            Refreshes(workspace).drop()
            raise
        for remark in seen.remarks(tally):
            watch.note(remark)
        ends = Ends(out, work, recipe, len(papers), unable)
        report = make_report(ends, filled, tally, seen, assembled, seconds)
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
    order: Order, filled: Filled, watch: Watch, model_change: ModelChange, before: Base | None
) -> Recipe:
    """Convert and ask; returns how the records are to be made."""
    async with AsyncExitStack() as stack:
        engine = (
            await stack.enter_async_context(opened_engine(order, watch.note)) if needs_engine(order) else None
        )
        recipe = resolved_recipe(order, engine.chosen if engine else None)
        # Whatever ends a run, the converter's processes end first: a thread that waits for one would hold up the exit.
        converter = stack.enter_context(convert.Converter(order.settings.convert))
        served = ServedModels(order.workspace, accept=model_change == "accept")
        if engine is not None and recipe.judge_model is not None:
            await engine.server.resolve_model(recipe.judge_model)
        if model_change == "refresh" and engine is not None:
            _set_aside(order, recipe, served, watch)
            recipe = resolved_recipe(order, engine.chosen)  # the model may be of another size now
        if engine is not None:
            served.expect(engine.chosen.model, await digests_of(engine))
            if recipe.prompt_reason and parameters_of(engine.chosen.model) is None:
                served.keep_size(engine.chosen.model, engine.chosen.parameters)
        filled.model = recipe.model
        run = Run(order.workspace, recipe, converter, watch, filled, served)
        asked = None if engine is None else watched(engine, recipe, watch.note)
        papers = order.papers
        required = order.settings.dataset.require_splits
        if asked is None or order.choice.sample is not None or required:
            await run.convert_all(papers)
        if required:
            about = _about(recipe, filled, before)
            converted = [paper for paper in about.papers if paper.sha256 not in filled.failures]
            splits.require(converted, split_of(about, order.settings), required)
        if (sample := sample_of(order, recipe)) is not None:
            while asked is not None and (undecided := sample.undecided()):
                await run.choose_bodies(undecided, asked)
                sample.decide(undecided)
            run.recipe = replace(recipe, sample=sample.chunks())
            papers = [paper for paper in papers if run.recipe.looks_at(paper.sha256)]
        if asked is not None:
            await run.fill(papers, asked)
        return run.recipe


def _set_aside(order: Order, recipe: Recipe, served: ServedModels, watch: Watch) -> None:
    """Set the answers aside that are asked for anew; an earlier refresh that was stopped goes on."""
    refreshes = Refreshes(order.workspace)
    for model in _models(recipe):
        moved, goes_on = refreshes.begin((paper.sha256 for paper in order.papers), model)
        if goes_on:
            watch.note(
                f"a refresh of {model!r} that was stopped goes on: what was asked since then is kept; to begin it anew, remove "
                f"{str(order.workspace.root / refresh.FILE)!r}"
            )
        else:
            served.forget(model)
        if moved or not goes_on:
            watch.note(f"{moved} answers of {model!r} are set aside, and asked for anew")


def _models(recipe: Recipe) -> list[str]:
    return list(dict.fromkeys(model for model in (recipe.model, recipe.judge_model) if model))


def _spooled(
    spool: Spool, order: Order, recipe: Recipe, filled: Filled, incumbents: Collection[str], watch: Watch
) -> tuple[Recipe, Tally, str]:
    """All results before the selection; once more without a judge, where it proves unable and the settings leave it open.

    Returns:
        How they were made, what was seen on the way, and what a person is to be told of a judge that judged nothing.
    """
    unable = ""
    while True:
        tally = Tally()
        results = _results(order.papers, order.workspace, recipe, filled, tally, watch)
        spool.fill(within_quotas(results, order.settings.select.per_section, incumbents))
        said = unable_judge(recipe, tally, filled, offline=order.offline)
        if not said:
            return recipe, tally, unable
        unable, recipe = said, recipe.without_judge()
        spool.clear()


def _results(
    papers: Sequence[Paper], workspace: Workspace, recipe: Recipe, filled: Filled, tally: Tally, watch: Watch
) -> Iterator[Record | Rejection]:
    for number, paper in enumerate(papers):
        watch.phase("checking papers", number, len(papers))
        yield from paper_results(paper, workspace, recipe, filled.failures, tally, filled.truncated)


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


def _last_word(seen: Seen, filled: Filled, tally: Tally, served: ServedModels, out: Path) -> None:
    """Refuse to publish what should not be; also offline, where nobody was asked which model it is."""
    seen.refuse_nothing(filled, tally, out)
    for declared, one in sorted(tally.served, key=str):
        served.check_kept(declared, one)


def _about(recipe: Recipe, filled: Filled, before: Base | None) -> About:
    converters = {paper.converter for paper in filled.papers.values() if paper.converter}
    return About(
        papers=tuple(filled.papers.values()),
        engine=recipe.engine,
        model=recipe.model,
        prompt=recipe.prompt.name if recipe.prompt else None,
        prompt_sha256=recipe.prompt.sha256 if recipe.prompt else None,
        prompt_text=recipe.prompt.text if recipe.prompt else None,
        rule_prompts=tuple((prompt.name, prompt.sha256, prompt.text) for prompt in recipe.rules),
        further_prompts=tuple((prompt.name, prompt.sha256, prompt.text) for prompt in recipe.further_prompts),
        judge_model=(recipe.judge_model or recipe.model) if recipe.judges else None,
        grounding=recipe.grounder.told if recipe.grounder else None,
        converter=", ".join(sorted(converters)) or None,
        base=before.name if before else None,
        assigned=before.assigned if before else {},
    )


def _of_interrupted(order: Order, filled: Filled, seconds: float) -> dict[str, Any]:
    """What is kept of a run that was stopped: enough for `qagen plan` to know how fast the model is."""
    calls = {
        "made": filled.calls_made,
        "reused": filled.calls_reused,
        "prompt_tokens": filled.prompt_tokens,
        "completion_tokens": filled.completion_tokens,
    }
    return {
        "interrupted": True,
        "model": filled.model,
        "calls": calls,
        "by_prompt": {label: asdict(spent) for label, spent in sorted(filled.by_prompt.items())},
        "attempts": {},
        "seconds": round(seconds, 3),
        "papers": {"found": len(order.papers), "converted": filled.converted, "reused": filled.reused},
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


def _interrupted(work: Path, filled: Filled) -> str:
    return (
        f"{filled.converted} conversions and {filled.calls_made} answers of this run are kept in {str(work)!r}, "
        "and the same command goes on from there"
    )
