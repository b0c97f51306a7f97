"""Which engine answers, and opening it: a server that is there, or llama.cpp in this process; never one that needs a download."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Literal

from qagen.engines.embedded.engine import require_llama_cpp, serving
from qagen.engines.embedded.gguf import read_gguf
from qagen.engines.embedded.weights import Kept, find, folder, installed_models
from qagen.engines.presets import sampling
from qagen.engines.probing.model_size import parameters_of
from qagen.engines.probing.server_info import ask_server_info
from qagen.engines.server.engine import ServerEngine
from qagen.errors import EngineError, InputError, ModelMissing, ServerUnreachable
from qagen.redaction import learn_environment
from qagen.settings import AUTO, DEFAULT_BASE_URL, AskSettings, Settings

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Chosen:
    """An engine and a model that are there.

    Attributes:
        model: the name that stands in requests and records.
        weights: the model's file, for the embedded engine.
        parameters: of the model, as its server or its file says; None where that was not asked, or it does not say.
    """

    engine: Literal["server", "embedded"]
    model: str
    weights: Kept | None = None
    parameters: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """An engine that can be asked, and what it was chosen for."""

    chosen: Chosen
    server: ServerEngine


@asynccontextmanager
async def open_engine(settings: Settings, key: str | None, note: Note | None = None) -> AsyncIterator[Opened]:
    """Choose an engine and open it; on leaving it is closed, and what llama.cpp held is free again.

    Args:
        settings: those of the build; `extractive` is no engine that is asked.
        key: for a server.
        note: tells a person how the servers fare.

    Raises:
        EngineError: where no engine is there that the settings allow.
        QagenError: where a setting, an address or a file is wrong.
    """
    learn_environment()
    async with AsyncExitStack() as stack:
        server: ServerEngine | None = None
        if settings.ask.engine != "embedded":
            server = await stack.enter_async_context(ServerEngine(settings.ask, api_key=key, note=note))
        chosen = await _chosen(settings.ask, server)
        sampling(settings.ask, chosen.model)
        if chosen.weights is not None:
            url, plan = stack.enter_context(serving(chosen.weights.path, chosen.model, settings.embedded))
            own = {"base_url": (url,), "concurrency": plan.slots + 1}  # one more, so that no slot ever idles
            server = await stack.enter_async_context(
                ServerEngine(settings.ask.model_copy(update=own), note=note)
            )
        assert server is not None
        yield Opened(chosen, server)


async def choose(settings: Settings, key: str | None, usual: str = DEFAULT_BASE_URL) -> Chosen:
    """Which engine and model a build with these settings would ask; loads nothing.

    Args:
        settings: those of the build.
        key: for a server.
        usual: the address that is asked where none is named. Who names one means that server and no other engine.

    Raises:
        EngineError: where no engine is there that the settings allow.
    """
    if settings.ask.engine == "embedded":
        return _only_embedded(settings.ask)
    async with ServerEngine(settings.ask, api_key=key) as server:
        return await _chosen(settings.ask, server, usual)


async def _chosen(ask: AskSettings, server: ServerEngine | None, usual: str = DEFAULT_BASE_URL) -> Chosen:
    if server is None:
        return _only_embedded(ask)
    try:
        model = await server.resolve_model()
        return Chosen("server", model, parameters=await _parameters(ask, server, model))
    except (ServerUnreachable, ModelMissing) as error:
        if ask.engine == "server" or ask.base_url != (usual,):
            raise
        try:
            return _embedded(ask)
        except ModelMissing:
            raise _neither(error) from None


def _only_embedded(ask: AskSettings) -> Chosen:
    """The embedded engine where no other may answer; nobody is sent to fetch gigabytes of weights that nothing here could run."""
    try:
        return _embedded(ask)
    except ModelMissing:
        require_llama_cpp()
        raise


def _embedded(ask: AskSettings) -> Chosen:
    """The embedded engine with the model that is named, or the only one whose weights are here.

    Raises:
        ModelMissing: where it is not here, or there is a choice.
        InputError: where a path names no file.
    """
    if ask.model is not None:
        weights = find(ask.model)
        return _with_weights(weights)
    here = installed_models()
    if len(here) == 1:
        return _with_weights(here[0])
    if not here:
        raise ModelMissing(
            f"no model's weights are in {str(folder())!r}",
            remedy="fetch some with `qagen models pull`, or name a GGUF file with --model",
        )
    raise ModelMissing(
        f"the weights of {', '.join(repr(one.name) for one in here)} are here",
        remedy="choose one with --model",
    )


async def _parameters(ask: AskSettings, server: ServerEngine, model: str) -> int | None:
    """How many parameters a server's model has, where the prompt depends on it and the name does not say."""
    if ask.prompt != AUTO or parameters_of(model) is not None:
        return None
    for host in server.hosts:
        facts = await ask_server_info(host.http, host.url, model)
        if facts.parameters is not None:
            return facts.parameters
    return None


def _with_weights(weights: Kept) -> Chosen:
    """The embedded engine; a file that cannot be read is complained of where it is loaded."""
    with suppress(InputError):
        return Chosen("embedded", weights.name, weights, read_gguf(weights.path).parameters)
    return Chosen("embedded", weights.name, weights)


def _neither(error: EngineError) -> EngineError:
    hint = "or fetch weights that need no server: `qagen models pull`, or ask without a model: --engine extractive"
    return type(error)(f"{error}; {hint}")
