"""llama.cpp in this very process: a GGUF is loaded and served on a random port of the loopback interface.

The server engine then asks it like any other server, so that nothing but this module knows where the model runs. Leaving the
context frees the model's memory, its threads and the port.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from qagen.engines.embedded.gguf import ModelFile, read_gguf
from qagen.engines.embedded.memory import total_memory, usable_cores
from qagen.errors import EngineError, InputError
from qagen.records import EMBEDDED, sha256
from qagen.settings import EmbeddedSettings

if TYPE_CHECKING:
    import xllamacpp

CONTEXT = 12288
"""Tokens of one slot: a prompt of the longest kind, and an answer with its thoughts."""
_MOST_SLOTS = 4
_SPARE = 2**30
"""Bytes that are left for everything but the model."""
_SAMPLE = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Plan:
    """How a model will be loaded.

    Attributes:
        context: tokens of one slot; llama.cpp is given `context * slots`, since it divides what it is given.
        slots: answers that are generated at one time.
        threads: for generating; prompts are read with all cores.
    """

    context: int
    slots: int
    threads: int


def plan_for(model: ModelFile, settings: EmbeddedSettings, memory: int | None, cores: int) -> Plan:
    """As many slots as the memory holds beside the weights, and no more than the cores can feed.

    Args:
        model: its header.
        settings: what the user fixed.
        memory: bytes; None where it is not known, which leaves one slot.
        cores: that may be used.
    """
    context = settings.context or min(CONTEXT, model.context or CONTEXT)
    slots = settings.slots
    if slots is None:
        left = (memory or 0) - model.size - _SPARE
        per_slot = context * (model.cache_bytes or 0)
        fitting = left // per_slot if per_slot else 1
        slots = max(1, min(fitting, _MOST_SLOTS, cores))
    return Plan(context=context, slots=slots, threads=settings.threads or cores)


def served_name(model: ModelFile, name: str) -> str:
    """The name that the model is served under: that of its file, and which bytes they are.

    Of a file of many gigabytes only the first and last 4 MiB and the size are hashed: they hold the header with the names and places
    of all tensors, and a part of the weights.
    """
    with model.path.open("rb") as file:
        head = file.read(_SAMPLE)
        file.seek(max(0, model.size - _SAMPLE))
        tail = file.read(_SAMPLE)
    return f"{EMBEDDED}{name}@{sha256(head + tail + str(model.size).encode())[:12]}"


@contextmanager
def serving(path: Path, name: str, settings: EmbeddedSettings) -> Iterator[tuple[str, Plan]]:
    """Load a model and serve it; gives the base URL of its server and how it was loaded.

    Args:
        path: a GGUF file.
        name: the model's name in records.
        settings: what the user fixed of context, slots, threads and layers on the GPU.

    Raises:
        InputError: where the file is not there, is no GGUF, is not whole, or has no chat template.
        EngineError: where llama.cpp is not installed, or cannot load it.
    """
    model = read_gguf(path)
    if not model.chat:
        raise InputError(
            f"the model file {str(path)!r} has no chat template, so it was not trained to follow instructions",
            remedy="take an instruct or reasoning model",
        )
    plan = plan_for(model, settings, total_memory(), usable_cores())
    server = _load(model, served_name(model, name), plan, settings)
    try:
        yield f"{server.listening_address}/v1", plan
    finally:
        del server  # the one reference: llama.cpp stops its threads and frees the model before this returns


def require_llama_cpp() -> None:
    """Say what to install where llama.cpp is not.

    Raises:
        EngineError: where it is not.
    """
    if find_spec("xllamacpp") is None:
        raise EngineError(
            "the engine 'embedded' needs llama.cpp, which is not installed",
            remedy="install it with: pip install 'qagen[embedded]'",
        )


def _load(model: ModelFile, served: str, plan: Plan, settings: EmbeddedSettings) -> "xllamacpp.Server":
    require_llama_cpp()
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model.path)
    params.model_alias = {served}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = plan.context * plan.slots
    params.n_parallel = plan.slots
    params.kv_unified = False
    params.cpuparams.n_threads = plan.threads
    params.cpuparams_batch.n_threads = max(plan.threads, usable_cores())
    params.n_threads_http = plan.slots + 4
    if settings.gpu_layers is not None:
        params.n_gpu_layers = settings.gpu_layers
    params.endpoint_props = True
    params.endpoint_metrics = True
    params.ui = False
    params.cache_ram_mib = 0  # else up to 8 GiB for prompts that never come back
    params.verbosity = -1
    try:
        server = xllamacpp.Server(params)
        # Goes through its queue: a server that is freed before its loop has begun waits for that loop for ever.
        server.handle_metrics()
        return server
    except RuntimeError as error:
        raise EngineError(
            f"llama.cpp cannot load {str(model.path)!r} ({error}), a model of the architecture {model.architecture!r} and "
            f"{model.size / 2**30:.1f} GiB with {plan.slots} x {plan.context} tokens of context",
            remedy="it may be too large for the "
            "memory (lower context or slots in [embedded]) or too new for this llama.cpp (pip install -U xllamacpp)",
        ) from None
