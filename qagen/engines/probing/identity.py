"""What a server says of a model's weights apart from its answers: a name such as `latest` may stand for others tomorrow.

Ollama       GET /api/tags       {"models": [{"name": "r1:32b", "digest": ...}]}; its answers say nothing of the weights
llama.cpp    GET /v1/models      {"data": [{"id": ..., "meta": {"n_params": ..., "size": ..., "n_vocab": ..., "n_embd": ...}}]}
vLLM, SGLang GET /v1/models      {"data": [{"id": ..., "root": where the weights were loaded from}]}
"""

import asyncio
import json
from collections.abc import Mapping

import httpx

from qagen.engines.server.http_client import NOTHING_READ, checked_key, checked_url, guard, open_client
from qagen.records import canonical_json, encodable, sha256

_SECONDS = 10.0
_MOST_BYTES = 2**23
_META = ("n_params", "size", "n_vocab", "n_embd")


async def digest_of(
    base_url: str,
    model: str,
    *,
    api_key: str | None = None,
    http_client: httpx.AsyncClient | None = None,
) -> str | None:
    """The digest of the weights that a server has under a name, or None where it does not say.

    Whether the server is there at all is not this question: where nobody answers, nothing is said.

    Args:
        base_url: the server, up to /v1.
        model: the model's name there.
        api_key: goes into the Authorization header and nowhere else.
        http_client: instead of one of our own; it is taken over and closed.

    Raises:
        SettingsError: for an address or a key that cannot be used.
    """
    url, key = checked_url(base_url), checked_key(api_key)
    async with http_client or open_client(url) as client:
        guard(client, key)
        listed = _named(await _read(client, f"{str(url).rstrip('/')}/models"), "data", "id", model)
        meta, root = listed.get("meta"), listed.get("root")
        numbers = [meta.get(name) if isinstance(meta, dict) else None for name in _META]
        numbers = [number if type(number) is int else None for number in numbers]
        if any(number is not None for number in numbers):
            return sha256(canonical_json(numbers))
        if isinstance(root, str) and root != model:
            return sha256(encodable(root))
        tagged = _named(await _read(client, str(url.copy_with(path="/api/tags"))), "models", "name", model)
    digest = tagged.get("digest")
    return digest if isinstance(digest, str) and digest else None


async def _read(client: httpx.AsyncClient, url: str) -> Mapping[str, object]:
    """What is there as a JSON object; an empty one for everything else."""
    try:
        async with asyncio.timeout(_SECONDS), client.stream("GET", url, timeout=_SECONDS) as response:
            body = b""
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > _MOST_BYTES:
                    return {}
        value = json.loads(body) if response.status_code == httpx.codes.OK else {}
    except (*NOTHING_READ, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _named(value: Mapping[str, object], listing: str, name: str, model: str) -> Mapping[str, object]:
    """The entry of a model in a list; Ollama leaves `:latest` out where it can."""
    entries = value.get(listing)
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and entry.get(name) in (model, f"{model}:latest"):
            return entry
    return {}
