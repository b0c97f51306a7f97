"""Makes weights that are here known to an Ollama that runs on this machine, by its own protocol."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from qagen.engines.embedded.deadlines import Clock, pace
from qagen.engines.embedded.weights import Kept
from qagen.engines.server.responses import complaint_of
from qagen.errors import ServerRefused, ServerUnreachable

ADDRESS = "http://127.0.0.1:11434"
_TIMEOUT = httpx.Timeout(600.0, connect=5.0)
"""Seconds; Ollama reads the whole file before it answers."""
_REQUEST_SECONDS = 1200.0
"""Seconds that one request may take in all, besides those that its data needs."""


def hand_over(model: Kept, context: int, address: str = ADDRESS, clock: Clock = time.monotonic) -> str:
    """Copy a model's weights into Ollama under the model's name, with a context that is long enough; gives the name there.

    Args:
        model: weights that are here.
        context: tokens that Ollama is to give each slot: it cuts longer prompts without a word.
        address: where Ollama listens.
        clock: seconds that pass.

    Raises:
        ServerUnreachable: where no Ollama listens.
        ServerRefused: where it turns the model down.
    """
    digest = f"sha256:{model.sha256 or _sha256(model.path)}"
    blob = f"{address}/api/blobs/{digest}"
    name = model.name.lower()
    try:
        with httpx.Client(timeout=_TIMEOUT, trust_env=False) as client:
            pace(client, _REQUEST_SECONDS, clock)
            if client.head(blob).status_code != httpx.codes.OK:
                size = {"Content-Length": str(model.size)}
                _accepted(client.post(blob, content=_pieces(model.path), headers=size), name)
            recipe = {
                "model": name,
                "files": {model.path.name: digest},
                "parameters": {"num_ctx": context},
                "stream": False,
            }
            _accepted(client.post(f"{address}/api/create", json=recipe), name)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise ServerUnreachable(
            f"no Ollama answers at {address!r} ({error})",
            remedy="start it (`ollama serve`), and pull again: the weights are here already",
        ) from None
    return name


def _accepted(response: httpx.Response, name: str) -> None:
    if response.is_error:
        raise ServerRefused(
            f"Ollama turns {name!r} down (HTTP {response.status_code}: {complaint_of(response.content)})",
            remedy="see its log, or update it",
        )


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while data := file.read(2**20):
            yield data


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    for data in _pieces(path):
        digest.update(data)
    return digest.hexdigest()
