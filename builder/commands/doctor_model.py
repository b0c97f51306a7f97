"""What `qagen doctor` finds out about the engine: which one it is, and by a few trial questions how its model answers."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from builder.commands.findings import Finding
from qagen.asking.recipe import Recipe
from qagen.engines.opening import Chosen, Opened, open_engine
from qagen.engines.presets import preset_of, sampling
from qagen.engines.probing.probe import (
    CHARS_PER_TOKEN,
    Reach,
    characters,
    keeps_to_schema,
    probe_head,
    prompt_tokens,
    schema_trial,
    speed_of,
    thoughts_of,
    trial,
)
from qagen.engines.probing.server_info import ServerInfo, ask_server_info
from qagen.engines.probing.truncation_guard import remedy
from qagen.engines.server.host import MODELS_SECONDS, Failed, Host
from qagen.engines.server.parsers import parser_remedy
from qagen.errors import EngineError, ModelMissing, QagenError, ServerRefused, ServerUnreachable
from qagen.pipeline.replay import longest_prompt
from qagen.prompts import Prompt, load_prompt
from qagen.records import Completion, Request
from qagen.settings import API_KEY_VARIABLE, Settings

Waiting = Callable[[str], None]
TRIAL_SECONDS = 600.0
"""How long one trial answer may take: some servers load a model of many gigabytes when it is first asked."""


def examine_engine(
    settings: Settings,
    prompts: Sequence[Prompt],
    *,
    quick: bool = False,
    waiting: Waiting = lambda _: None,
) -> Iterator[Finding]:
    """Open the engine that a build with these settings would ask, and try it; the trial questions hold nothing of any paper.

    Args:
        settings: those of the build.
        prompts: the one for everything, then those of the rules.
        quick: ask the model nothing.
        waiting: is told what is waited for, and how long at most.
    """
    found = _findings(settings, prompts, _Trial(quick, waiting))

    async def following() -> Finding | None:
        return await anext(found, None)

    with asyncio.Runner() as runner:
        try:
            while (finding := runner.run(following())) is not None:
                yield finding
        finally:
            runner.run(found.aclose())


@dataclass(frozen=True)
class _Trial:
    """How much is tried, and who is told what is waited for."""

    quick: bool
    waiting: Waiting


async def _findings(
    settings: Settings, prompts: Sequence[Prompt], trial: _Trial
) -> AsyncGenerator[Finding, None]:
    limit = min(MODELS_SECONDS, settings.ask.timeout)
    if settings.ask.engine != "embedded":
        trial.waiting(f"the models of {', '.join(settings.ask.base_url)}, at most {limit:g} s a try")
    try:
        async with open_engine(settings, os.environ.get(API_KEY_VARIABLE)) as engine:
            yield _engine(engine.chosen, settings)
            for host in engine.server.hosts:
                try:
                    async for finding in _examine(host, engine, settings, prompts, trial):
                        yield finding
                except (Failed, EngineError) as error:  # the next server may be there
                    yield _bad(error)
    except QagenError as error:
        yield _bad(error)


def _bad(error: Failed | QagenError) -> Finding:
    return _failure(_part(error), error, "see docs/servers.md")


def _failure(what: str, error: Failed | QagenError, remedy: str) -> Finding:
    """What was looked at and failed, with the error's own remedy, or one that mostly helps where it has none."""
    if isinstance(error, Failed):
        return Finding(what, ok=False, detail=error.what, remedy=remedy)
    return Finding(what, ok=False, detail=error.message, remedy=error.remedy or remedy)


def _part(error: Failed | QagenError) -> str:
    if isinstance(error, ServerUnreachable | ServerRefused | Failed):
        return "server"
    return "model" if isinstance(error, ModelMissing) else "engine"


def _engine(chosen: Chosen, settings: Settings) -> Finding:
    if chosen.weights is not None:
        return Finding(
            "engine", ok=True, detail=f"embedded: llama.cpp in this process, {chosen.weights.path}"
        )
    return Finding("engine", ok=True, detail=f"server: {', '.join(settings.ask.base_url)}")


@dataclass(frozen=True)
class _ServerUnderTest:
    """One server, and what is known of it so far."""

    host: Host
    model: str
    settings: Settings
    facts: ServerInfo
    longest: int
    waiting: Waiting

    @property
    def room(self) -> int:
        return sampling(self.settings.ask, self.model).max_tokens

    @property
    def prompt(self) -> int:
        return round(self.longest / CHARS_PER_TOKEN)

    def remedy(self, tokens: int | None = None) -> str:
        return remedy(self.facts.kind, tokens or self.prompt, self.room)

    async def ask(self, request: Request, *, whole: bool = False) -> Completion:
        seconds = min(TRIAL_SECONDS, self.settings.ask.timeout)
        self.waiting(
            f"an answer of {self.model} at {self.host.url}, at most {seconds:g} s; --quick asks for none"
        )
        return await self.host.complete(request, seconds, whole=whole)


async def _examine(
    host: Host, engine: Opened, settings: Settings, prompts: Sequence[Prompt], how_much: _Trial
) -> AsyncIterator[Finding]:
    model = engine.chosen.model
    offered = await host.models(settings.ask.timeout)
    judges = settings.judge.mode != "off" and settings.judge.labels
    judge = load_prompt("judge", "judge") if judges else None
    recipe = Recipe(settings, engine.chosen.engine, model, prompts[0], rules=tuple(prompts[1:]), judge=judge)
    facts = await ask_server_info(host.http, host.url, model)
    kind = " ".join(filter(None, (facts.kind or "a server of an unknown kind", facts.version)))
    yield Finding("server", ok=True, detail=f"{kind} at {host.url}; models offered: {_listed(offered)}")
    how = sampling(settings.ask, model)
    yield Finding(
        "model",
        ok=True,
        detail=f"{model}; sampled as {preset_of(model).family}: temperature {how.temperature:g}, top_p {how.top_p:g}, "
        f"at most {how.max_tokens:,} tokens",
    )
    patient = _ServerUnderTest(host, model, settings, facts, longest_prompt(recipe), how_much.waiting)
    if how_much.quick:
        yield _context(patient)
        yield _slots(patient)
        return
    began = time.monotonic()
    try:
        answer = await patient.ask(trial(settings.ask, model))
    except (Failed, EngineError) as error:
        yield _failure("answer", error, "see the server's log, then run doctor again")
        return
    seconds = time.monotonic() - began
    # Ollama loads a model when it is first asked, and only then says how much context it gives it.
    facts = await ask_server_info(host.http, host.url, model)
    patient = replace(patient, facts=facts)
    yield _context(patient)
    yield await _prompts(patient)
    yield _counting(answer, trial(settings.ask, model))
    yield _thoughts(answer, facts)
    yield await _schema(patient)
    yield _slots(patient)
    speed = speed_of(answer, seconds)
    told = (
        f"{speed:,.1f} tokens/s, one call alone" if speed else "not known: the server does not count tokens"
    )
    yield Finding("speed", ok=True, detail=told)


def _thoughts(answer: Completion, facts: ServerInfo) -> Finding:
    if answer.is_thoughts_only:
        detail = "all of the answer stands in the field for reasoning, and its text is empty"
        return Finding("thoughts", ok=False, detail=detail, remedy=parser_remedy(facts.kind))
    return Finding("thoughts", ok=True, detail=str(thoughts_of(answer)))


def _context(patient: _ServerUnderTest) -> Finding:
    facts = patient.facts
    need = f"a prompt of up to {patient.prompt:,} and an answer of up to {patient.room:,}"
    if facts.context is None:
        return Finding("context", ok=True, detail=f"the server does not say; needed are {need} tokens")
    detail = f"{facts.context:,} tokens for each call ({facts.told_by}); needed are {need}"
    if facts.context < patient.prompt + patient.room:
        return Finding("context", ok=False, detail=detail, remedy=patient.remedy())
    return Finding("context", ok=True, detail=detail)


async def _prompts(patient: _ServerUnderTest) -> Finding:
    if patient.facts.refuses_long_prompts:
        detail = f"{patient.facts.kind} refuses a prompt that does not fit, and cuts none"
        return Finding("prompts", ok=True, detail=detail)
    try:
        arrival = await probe_head(patient.ask, patient.settings.ask, patient.model, patient.longest)
    except (Failed, EngineError) as error:
        return _failure("prompts", error, patient.remedy())
    said = "it does not count" if arrival.counted is None else f"it counts {arrival.counted:,}"
    length = f"a prompt of {arrival.characters:,} characters, about {arrival.expected:,} tokens"
    if arrival.reach is Reach.CUT:
        detail = f"{length}, is cut without a word: its beginning is lost, {said}"
        return Finding("prompts", ok=False, detail=detail, remedy=patient.remedy(arrival.expected))
    if arrival.reach is Reach.UNCLEAR:
        return Finding(
            "prompts",
            ok=True,
            detail=f"{length}: the model does not say back its code word, but {said} tokens",
        )
    return Finding("prompts", ok=True, detail=f"{length}, arrives whole")


def _counting(answer: Completion, request: Request) -> Finding:
    found = prompt_tokens(answer)
    if found is None:
        detail = "the server does not count them, so that a cut in mid-run would show by nothing"
        return Finding(
            "tokens",
            ok=False,
            detail=detail,
            remedy="use a server that sends `usage`, or give it more context than it needs",
        )
    size = characters(request)
    return Finding(
        "tokens", ok=True, detail=f"counted: {found} for {size:,} characters, {size / max(found, 1):.1f} each"
    )


async def _schema(patient: _ServerUnderTest) -> Finding:
    wanted = patient.settings.ask.response_format == "json"
    todo = 'set response_format = "text" in [ask]: it is read tolerantly' if wanted else ""
    try:
        answer = await patient.ask(schema_trial(patient.settings.ask, patient.model), whole=True)
    except (Failed, EngineError) as error:
        return Finding("schema", ok=not wanted, detail=f"cannot be enforced: {error}", remedy=todo)
    if not keeps_to_schema(answer):
        cut = ", or its thoughts took all the room of the trial" if answer.finish_reason == "length" else ""
        return Finding(
            "schema",
            ok=not wanted,
            detail=f"is not enforced: the answer is no JSON of pairs{cut}",
            remedy=todo,
        )
    thinks = thoughts_of(answer).value.startswith("in ")
    detail = (
        "is enforced after the thoughts"
        if thinks
        else "is enforced, and the model gives no thoughts before it"
    )
    return Finding("schema", ok=True, detail=detail)


def _slots(patient: _ServerUnderTest) -> Finding:
    slots = patient.facts.slots
    if slots is None:
        return Finding("slots", ok=True, detail="the server does not say; --concurrency auto finds out")
    return Finding("slots", ok=True, detail=f"{slots} calls at a time")


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
