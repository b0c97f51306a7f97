"""The run of a build: opens the engine, converts, chooses the sample, asks."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from builder.building.assemble import split_of
from builder.building.base import Base
from builder.building.job import (
    BuildJob,
    digests_of,
    needs_engine,
    open_engine,
    resolve_recipe,
    sample_of,
    truncation_guard,
)
from builder.building.vectors import open_chunk_embedder
from builder.folder import splits
from builder.folder.provenance import BuildProvenance
from qagen import convert
from qagen.asking.recipe import Recipe
from qagen.engines.probing.model_size import parameters_of
from qagen.errors import ConversionError, EngineError
from qagen.ledger import refresh
from qagen.ledger.models import ModelRegistry
from qagen.ledger.refresh import Refreshes
from qagen.pipeline.run import Converter, Run
from qagen.pipeline.stats import RunStats
from qagen.progress import Watch
from qagen.records import Document, Paper

if TYPE_CHECKING:
    from qagen.engines.opening import Opened
    from qagen.engines.probing.truncation_guard import TruncationGuard

ModelChange = Literal["stop", "accept", "refresh"]


class BuildRun:
    """The run of one build; `stats` says at any moment what has been done so far, also of a run that was interrupted."""

    def __init__(
        self,
        job: BuildJob,
        watch: Watch,
        model_change: ModelChange,
        base: Base | None,
        failed: Mapping[str, ConversionError] | None = None,
        gone: EngineError | None = None,
    ) -> None:
        """Prepare a run.

        Args:
            job: what is to be built.
            watch: is told how far it is.
            model_change: what to do where another model answers under the name than before.
            base: the version before.
            failed: papers that were tried just now and would be tried again, as the workspace does not keep why: they are not.
            gone: why nobody can be asked; then what has no answer is listed.
        """
        self._job, self._watch, self._model_change, self._base = job, watch, model_change, base
        self._failed, self._gone = failed or {}, gone
        self._run: Run | None = None

    @property
    def stats(self) -> RunStats:
        """What has been done so far."""
        return self._run.stats if self._run is not None else RunStats()

    async def fill(self) -> Recipe:
        """Convert and ask.

        Returns:
            How the records are to be made.

        Raises:
            QagenError: where nothing can be done, or the model is another than before.
        """
        job, watch = self._job, self._watch
        async with AsyncExitStack() as stack:
            engine = (
                await stack.enter_async_context(open_engine(job, watch.note))
                if needs_engine(job) and self._gone is None
                else None
            )
            recipe = resolve_recipe(job, engine.chosen if engine else None)
            # Whatever ends a run, the converter's processes end first: a thread that waits for one would hold up the exit.
            converter = stack.enter_context(convert.Converter(job.settings.convert))
            served = ModelRegistry(job.workspace, accept=self._model_change == "accept")
            if engine is not None:
                recipe = await self._expect(engine, recipe, served)
            embed = (
                None if engine is None else await stack.enter_async_context(open_chunk_embedder(job, watch))
            )
            known = _KnownFailures(self._failed, converter)
            run = self._run = Run(job.workspace, recipe, known, watch, served, embed)
            if self._gone is not None:
                await run.list_unanswered(job.papers, self._gone)
                return recipe
            asked = None if engine is None else truncation_guard(engine, recipe, watch.note)
            return await self._worked(run, recipe, asked)

    async def _expect(self, engine: "Opened", recipe: Recipe, served: ModelRegistry) -> Recipe:
        """Prepare for the model that is asked: look whether it is the one of before, or forget that one."""
        job = self._job
        if recipe.judge_model is not None:
            await engine.server.resolve_model(recipe.judge_model)
        if self._model_change == "refresh":
            self._set_aside(recipe, served)
            recipe = resolve_recipe(job, engine.chosen)  # the model may be of another size now
        served.expect(engine.chosen.model, await digests_of(engine))
        if recipe.prompt_reason and parameters_of(engine.chosen.model) is None:
            served.keep_size(engine.chosen.model, engine.chosen.parameters)
        return recipe

    async def _worked(self, run: Run, recipe: Recipe, asked: "TruncationGuard | None") -> Recipe:
        job, papers = self._job, self._job.papers
        required = job.settings.dataset.require_splits
        if asked is None or job.subset.sample is not None or required:
            await run.convert_all(papers)
        if required:
            about = provenance_of(recipe, run.stats, self._base)
            converted = [paper for paper in about.papers if paper.sha256 not in run.stats.failures]
            splits.require(converted, split_of(about, job.settings), required)
        if (sample := sample_of(job, recipe)) is not None:
            while asked is not None and (undecided := sample.undecided()):
                await run.choose_bodies(undecided, asked)
                sample.decide(undecided)
            recipe = replace(recipe, sample=sample.chunks())
            papers = [paper for paper in papers if recipe.looks_at(paper.sha256)]
        if asked is not None:
            await run.fill(papers, asked, recipe.sample)
        return recipe

    def _set_aside(self, recipe: Recipe, served: ModelRegistry) -> None:
        """Set the answers aside that are asked for anew; an earlier refresh that was stopped goes on."""
        job, watch = self._job, self._watch
        refreshes = Refreshes(job.workspace)
        for model in models_of(recipe):
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


class _KnownFailures:
    """A converter that does not try again what was tried just now."""

    def __init__(self, failed: Mapping[str, ConversionError], converter: Converter) -> None:
        self._failed, self._converter = failed, converter

    def convert(self, paper: Paper, folder: Path) -> Document:
        """Convert a paper, or raise why it could not be converted."""
        if (error := self._failed.get(paper.sha256)) is not None:
            raise error
        return self._converter.convert(paper, folder)


def models_of(recipe: Recipe) -> list[str]:
    """The models that a recipe asks, each once."""
    return list(dict.fromkeys(model for model in (recipe.model, recipe.judge_model) if model))


def provenance_of(recipe: Recipe, run_stats: RunStats, base: Base | None) -> BuildProvenance:
    """What the folder tells of how its records are made."""
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
        grounding=recipe.grounder.as_manifest if recipe.grounder else None,
        examples_sha256=recipe.examples.sha256 if recipe.examples else None,
        converter=", ".join(sorted(converters)) or None,
        base=base.name if base else None,
        assigned=base.assigned if base else {},
        reviews=recipe.reviews,
    )
