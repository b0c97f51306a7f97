"""The parts that marker's own modes need beside the program: models in servers of their own, and where each can come from."""

import glob
import http.client
import importlib.util
import json
import os
import queue
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from qagen.convert.options import surya_defaults

WITH_MARKER = 'pip install "qagen[marker]"'
"""The command that installs marker and what it needs."""
WEIGHTS_LICENSE = (
    "the weights' licence, a modified OpenRAIL-M, is free for research, personal use and companies below 5 million "
    "US dollars of funding or revenue"
)
"""Of marker's and surya's models, as both packages say of themselves; the code is Apache-2.0."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PATIENCE = 3.0
"""Seconds that a server which was named has to answer."""


@dataclass(frozen=True)
class Part:
    """One of marker's models, in a server of its own.

    Attributes:
        kind: as the program that keeps its server calls it.
        what: its name for a person.
        url: the setting with the address of a server that runs already.
        autostart: the setting that lets marker start one by itself, which would outlive the run.
        checkpoint: the setting with its weights.
    """

    kind: Literal["layout", "readability", "inference"]
    what: str
    url: str
    autostart: str
    checkpoint: str


LAYOUT = Part(
    "layout",
    "weights of marker's layout model",
    "FAST_LAYOUT_SERVER_URL",
    "FAST_LAYOUT_SERVER_AUTOSTART",
    "FAST_LAYOUT_MODEL_CHECKPOINT",
)
READABILITY = Part(
    "readability",
    "weights of marker's model for garbled text",
    "OCR_ERROR_SERVER_URL",
    "OCR_ERROR_SERVER_AUTOSTART",
    "OCR_ERROR_MODEL_CHECKPOINT",
)
INFERENCE = Part(
    "inference",
    "server with marker's vision model",
    "SURYA_INFERENCE_URL",
    "SURYA_INFERENCE_AUTOSTART",
    "SURYA_MODEL_CHECKPOINT",
)
PARTS = (LAYOUT, READABILITY, INFERENCE)


def has_gpu() -> bool:
    """Whether there is an NVIDIA card, without asking torch, which takes seconds."""
    return Path("/dev/nvidia0").exists() or shutil.which("nvidia-smi") is not None


def has_marker() -> bool:
    """Whether marker and its models' package are installed, without importing them."""
    return all(importlib.util.find_spec(name) for name in ("marker", "surya"))


class Surroundings:
    """What of marker's parts can be had here.

    Args:
        surya: settings of marker's models that come before those of the environment.
        download: whether weights that are not here may be fetched, and so count as had.
        environment: the environment's variables; None for those of this process.
        gpu: whether there is a card; None where it is to be found out.
        marker: whether marker is installed; None where it is to be found out.
    """

    def __init__(
        self,
        surya: Mapping[str, object],
        *,
        download: bool = False,
        environment: Mapping[str, str] | None = None,
        gpu: bool | None = None,
        marker: bool | None = None,
    ) -> None:
        self.environment = dict(os.environ if environment is None else environment)
        self.environment.update({name: str(value) for name, value in surya.items()})
        self.download = download
        self.gpu = gpu
        self.marker = has_marker() if marker is None else marker

    def setting(self, name: str) -> str:
        """A setting of surya's: as given, else its default; empty where it has none."""
        return self.environment.get(name) or str(surya_defaults().get(name) or "")

    def missing(self, part: Part) -> str:
        """Why a part cannot be had, with what to do; empty where it can."""
        url = self.setting(part.url)
        if url:
            return _unanswered(part, url, self.setting(part.checkpoint))
        if part is INFERENCE:
            return self._no_inference()
        checkpoint = self.setting(part.checkpoint)
        if self.download or self._has_weights(checkpoint):
            return ""
        return (
            f"the {part.what} ({checkpoint}) are not here: fetch them with --download ({WEIGHTS_LICENSE}), "
            f"or name a running server in {part.url}"
        )

    def _no_inference(self) -> str:
        backend = self.setting("SURYA_INFERENCE_BACKEND") or (
            "vllm" if (self.gpu if self.gpu is not None else has_gpu()) else "llamacpp"
        )
        program = "docker" if backend == "vllm" else self.setting("LLAMA_CPP_BINARY")
        if shutil.which(program, path=self.environment.get("PATH")) is None:
            return (
                f"there is no {INFERENCE.what}, and no program {program!r} to start one: install it, or start a server "
                f"elsewhere and name it in {INFERENCE.url}"
            )
        if self.download or self._has_inference_weights(backend):
            return ""
        repo = self.setting("SURYA_MODEL_CHECKPOINT" if backend == "vllm" else "SURYA_GGUF_REPO")
        return (
            f"the weights of marker's vision model ({repo}) are not here: fetch them with --download ({WEIGHTS_LICENSE}), "
            f"or name a running server in {INFERENCE.url}"
        )

    def _has_inference_weights(self, backend: str) -> bool:
        if backend == "vllm":
            return self._in_hub_cache(self.setting("SURYA_MODEL_CHECKPOINT"), "*.safetensors")
        local = [self.setting(f"SURYA_GGUF_LOCAL_{name}_PATH") for name in ("MODEL", "MMPROJ")]
        if all(local):
            return all(Path(name).is_file() for name in local)
        files = [self.setting(f"SURYA_GGUF_{name}_FILE") for name in ("MODEL", "MMPROJ")]
        return all(self._in_hub_cache(self.setting("SURYA_GGUF_REPO"), name) for name in files)

    def _has_weights(self, checkpoint: str) -> bool:
        if checkpoint.startswith("s3://"):
            import platformdirs  # as surya does, and with it

            cache = self.environment.get("MODEL_CACHE_DIR") or str(
                Path(platformdirs.user_cache_dir("datalab")) / "models"
            )
            return (Path(cache) / checkpoint.removeprefix("s3://") / "config.json").is_file()
        if checkpoint.startswith("hf://"):
            owner, name, *below = checkpoint.removeprefix("hf://").split("/")
            return self._in_hub_cache(f"{owner}/{name}", *below, "config.json")
        return (Path(checkpoint) / "config.json").is_file()

    def _in_hub_cache(self, repo: str, *below: str) -> bool:
        given = self.environment
        home = given.get("HF_HOME") or str(Path(given.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface")
        cache = given.get("HF_HUB_CACHE") or str(Path(home) / "hub")
        snapshots = Path(cache).expanduser() / f"models--{repo.replace('/', '--')}" / "snapshots"
        return bool(glob.glob(str(Path(glob.escape(str(snapshots)), "*", *below))))


def is_remote(url: str) -> bool:
    """Whether a server is on another machine, for all one can tell."""
    return urlsplit(url).hostname not in _LOOPBACK


def _unanswered(part: Part, url: str, checkpoint: str) -> str:
    """Why a server that was named cannot be used; empty where it can."""
    try:
        health = _get(url.rstrip("/").removesuffix("/v1") + "/health")
        models = _get(url.rstrip("/") + "/models")
        found = json.loads(models[1])["data"][0]["id"]
    except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError) as error:
        return f"{part.url} names {url!r}, which does not answer as marker's server does ({error}): start it, or name another"
    if health[0] != 200:
        return f"{part.url} names {url!r}, which answers {health[0]} to /health: wait until it is ready"
    if found != checkpoint:
        return f"{part.url} names {url!r}, which serves {found!r} and not {checkpoint!r}: start the right one, or set {part.checkpoint}"
    return ""


def _get(url: str) -> tuple[int, bytes]:
    """Status and body, within twice `_PATIENCE` in all; asks the server itself, whatever proxies the environment names."""
    found: queue.SimpleQueue[tuple[int, bytes] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(_asked(url))
        except Exception as error:  # noqa: BLE001 -- raised again below, in the thread that waits
            found.put(error)

    # The connection's own limit begins anew with every byte that comes; so it is left behind in a thread that ends with it.
    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = found.get(timeout=2 * _PATIENCE)
    except queue.Empty:
        raise TimeoutError(f"no whole answer within {2 * _PATIENCE:g} s") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _asked(url: str) -> tuple[int, bytes]:
    place = urlsplit(url)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    connection = kind(place.hostname or "", place.port, timeout=_PATIENCE)
    try:
        connection.request("GET", place.path)
        answer = connection.getresponse()
        return answer.status, answer.read(2**20)
    finally:
        connection.close()
