"""What is to be built from what, and how its records are to be made: the model resolved, the sample chosen."""

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.building.sample import Sample
from qagen.asking.examples import load_examples
from qagen.asking.nearness import ChunkVectors
from qagen.asking.recipe import Recipe
from qagen.engines import event_loop
from qagen.engines.embedded.weights import name_of
from qagen.engines.presets import sampling
from qagen.engines.probing.model_size import SMALL, in_words, parameters_of
from qagen.errors import SettingsError
from qagen.grounding.grounder import Grounder
from qagen.ledger.models import ModelRegistry
from qagen.papers.shard import Shard
from qagen.pipeline.replay import longest_prompt
from qagen.prompts import Prompt, load_prompt
from qagen.records import Paper
from qagen.settings import API_KEY_VARIABLE, AUTO, Settings
from qagen.workspace import Workspace

if TYPE_CHECKING:
    from qagen.engines.opening import Chosen, Opened
    from qagen.engines.probing.truncation_guard import TruncationGuard


@dataclass(frozen=True)
class Subset:
    """Which papers and chunks of those found: the first `limit` papers, of these a `shard`, `sample` chunks; None for all."""

    limit: int | None = None
    sample: int | None = None
    shard: Shard | None = None

    def of(self, papers: Sequence[Paper]) -> Sequence[Paper]:
        """The papers of those found."""
        shard = self.shard
        first = papers[: self.limit]
        return first if shard is None else tuple(paper for paper in first if shard.holds(paper.sha256))


EVERYTHING = Subset()
"""All papers and all chunks."""


@dataclass(frozen=True)
class BuildJob:
    """What is to be built from what."""

    papers: Sequence[Paper]
    workspace: Workspace
    settings: Settings
    subset: Subset
    offline: bool
    grounder: Grounder | None = None
    vectors: ChunkVectors | None = None


def settings_for(settings: Settings, *, offline: bool) -> Settings:
    """The settings of a build that fetches nothing where it is offline."""
    if not offline:
        return settings
    return settings.model_copy(update={"convert": settings.convert.model_copy(update={"download": False})})


def recipe_of(job: BuildJob) -> Recipe:
    """How the records of a job are to be made; asks a server which model it has, where the settings leave that open.

    Raises:
        QagenError: where the build could not begin.
    """
    chosen = None
    if needs_engine(job):
        from qagen.engines.opening import choose

        chosen = event_loop.run(choose(job.settings, os.environ.get(API_KEY_VARIABLE)))
    return resolve_recipe(job, chosen)


def sample_of(job: BuildJob, recipe: Recipe) -> Sample | None:
    """The sample of chunks that the job wants, out of the papers that are converted; None where it wants all."""
    if job.subset.sample is None:
        return None
    return Sample(job.papers, job.workspace, recipe, job.subset.sample)


def needs_engine(job: BuildJob) -> bool:
    """Whether the job makes calls."""
    return job.settings.ask.engine != "extractive" and not job.offline


def open_engine(job: BuildJob, note: Callable[[str], None]) -> "AbstractAsyncContextManager[Opened]":
    """The engine that the settings choose, opened, with the key from the environment; `note` tells a person how it fares."""
    from qagen.engines.opening import open_engine

    return open_engine(job.settings, os.environ.get(API_KEY_VARIABLE), note)


async def digests_of(engine: "Opened") -> list[str | None]:
    """What each server says of the weights that it has under the model's name; None where it does not say."""
    from qagen.engines.probing.identity import digest_of

    if engine.chosen.engine != "server":  # its answers themselves say which bytes the model is made of
        return []
    key, model = os.environ.get(API_KEY_VARIABLE), engine.chosen.model
    return [await digest_of(host.url, model, api_key=key) for host in engine.server.hosts]


def truncation_guard(engine: "Opened", recipe: Recipe, note: Callable[[str], None]) -> "TruncationGuard":
    """The engine with an eye on whether the prompts of a recipe arrive whole."""
    from qagen.engines.probing.truncation_guard import TruncationGuard

    model = engine.chosen.model
    return TruncationGuard(engine.server, recipe.settings.ask, model, longest_prompt(recipe), note)


def resolve_recipe(job: BuildJob, chosen: "Chosen | None") -> Recipe:
    """With the model resolved before anything is converted, so that a wrong name or sampling costs nothing.

    Args:
        job: what is to be built.
        chosen: the engine that is asked; None where none is.

    Raises:
        QagenError: for a prompt or a model that cannot be used.
    """
    ask = job.settings.ask
    if ask.engine == "extractive":
        refuse_models(job.settings)
        return Recipe(job.settings, "extractive", grounder=job.grounder)
    prompts = replace(_prompts(job.settings), grounder=job.grounder, vectors=job.vectors)
    if chosen is not None:
        sampling(ask, chosen.model)
        if prompts.judge_model is not None:
            sampling(ask, prompts.judge_model)
        return _with_prompt(
            replace(prompts, engine=chosen.engine, model=chosen.model), job, chosen.parameters
        )
    if ask.model is None:
        raise SettingsError(
            "--offline cannot ask a server which model it has",
            remedy="name the model whose answers are in the ledger with --model",
        )
    engine = "embedded" if ask.engine == "embedded" else "server"
    model = ask.model if ask.engine == "server" else name_of(ask.model)
    return _with_prompt(replace(prompts, engine=engine, model=model), job, None)


def _with_prompt(recipe: Recipe, job: BuildJob, said: int | None) -> Recipe:
    """With the prompt that the settings leave open: by the size in the model's name, else as known in the workspace, else as said now.

    So a replay and a plan take the same one as the build before them.
    """
    if job.settings.ask.prompt != AUTO:
        return recipe
    model = recipe.model or ""
    size = parameters_of(model) or ModelRegistry(job.workspace).size(model, said)
    small = size is not None and size < SMALL
    told = (
        f"{model} has {in_words(size)} parameters" if size else f"nobody says how many parameters {model} has"
    )
    reason = f"{told}; short-qa is for fewer than {in_words(SMALL)}"
    prompt = load_prompt("short-qa" if small else "deep-qa")
    return replace(recipe, settings=_formed(job.settings, small), prompt=prompt, prompt_reason=reason)


def _formed(settings: Settings, small: bool) -> Settings:
    """With the form of answers that the settings leave open: a small model keeps to none by itself, so its server holds it to one."""
    if not small or settings.ask.response_format != AUTO:
        return settings
    return settings.model_copy(update={"ask": settings.ask.model_copy(update={"response_format": "json"})})


def refuse_models(settings: Settings) -> None:
    """Refuse settings that want a model where the engine has none.

    Raises:
        SettingsError: for a judge, sections chosen by a model, traces, or questions over several places.
    """
    if settings.ask.groups_chunks:
        name = "places" if settings.ask.places else "across_papers"
        raise SettingsError(
            f"the extractive engine asks about one sentence at a time, and `{name}` in [ask] is {getattr(settings.ask, name)}",
            remedy="leave it out, or take another engine",
        )
    if settings.chunk.sections == "model":
        raise SettingsError(
            "the extractive engine has no model that could choose sections",
            remedy="take `--sections rules`, or another engine",
        )
    if settings.judge.mode not in ("auto", "off"):
        raise SettingsError(
            f"the extractive engine has no model that could judge (`mode` in [judge] is {settings.judge.mode!r})",
            remedy='set it to "off", or take another engine',
        )
    if "reasoning" in settings.dataset.configs:
        raise SettingsError(
            "the extractive engine has no model that could reason",
            remedy="leave 'reasoning' out of `configs` in [dataset], or take another engine",
        )


def _prompts(settings: Settings) -> Recipe:
    """The recipe of an engine with a model, but for the model."""
    judge = settings.judge
    judges = judge.mode != "off"

    def one(name: str, wanted: bool, use: str | None = None) -> Prompt | None:
        return load_prompt(name, use=use or name) if wanted else None

    return Recipe(
        settings,
        "server",
        prompt=None if settings.ask.prompt == AUTO else load_prompt(settings.ask.prompt),
        rules=tuple(load_prompt(rule.prompt) for rule in settings.rules),
        sections=one("sections", settings.chunk.sections != "rules"),
        judge=one("judge", judges and judge.labels),
        round_trip=one("round-trip", judges and judge.round_trip),
        answering=one("round-trip", judges and any(each.is_unanswerable for each in settings.ask.wanted)),
        judge_model=judge.model if judges else None,
        examples=load_examples(settings.ask.examples) if settings.ask.examples else None,
        places=one("places", settings.ask.places > 0),
        across=one("across", settings.ask.across_papers > 0, use="places"),
        reasoning=one("reasoning", "reasoning" in settings.dataset.configs, use="round-trip"),
    )
