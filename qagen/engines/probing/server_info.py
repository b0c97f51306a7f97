"""What a model server says of itself, in its own way: which one it is, how long its context is, how many calls it serves at a time.

| server | told by | context of one call | slots |
| --- | --- | --- | --- |
| llama.cpp | `/props` | `default_generation_settings.n_ctx` | `total_slots` |
| Ollama | `/api/version` | `/api/ps` `context_length` of the loaded model, else `num_ctx` in `/api/show`; trained for: `/api/show` `model_info` | not told |
| vLLM | `owned_by` in `/v1/models` | `max_model_len` there | not told |
| SGLang | `owned_by` in `/v1/models` | `max_model_len` there, else `/get_server_info` | `/get_server_info` `max_running_requests` |
| LM Studio | `/api/v0/models` | `loaded_context_length` there | not told |

How many parameters a model has llama.cpp says in `/v1/models` (`meta.n_params`) and Ollama in `/api/show` (`details.parameter_size`).
Nothing of all that is asked of the model; each is one small request. What a server does not know it answers with 404, or worse.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import httpx

from qagen.engines.probing.model_size import parameters_of
from qagen.engines.server.http_client import NOTHING_READ

_SECONDS = 5.0
_REFUSING = frozenset({"llama.cpp", "vLLM", "SGLang"})


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """What a server says of itself; None where it does not.

    Attributes:
        kind: llama.cpp, Ollama, vLLM, SGLang, LM Studio, or None for any other.
        context: tokens of prompt and answer that one call may have.
        told_by: where the context was read.
        trained: tokens that the model could have, were it given them.
        slots: calls that are served at one time.
        parameters: of the model.
    """

    kind: str | None = None
    version: str | None = None
    context: int | None = None
    told_by: str | None = None
    trained: int | None = None
    slots: int | None = None
    parameters: int | None = None

    @property
    def refuses_long_prompts(self) -> bool:
        """Whether a prompt that does not fit is known to be an error, and never cut."""
        return self.kind in _REFUSING


async def ask_server_info(
    http: httpx.AsyncClient,
    base_url: str,
    model: str | None,
    *,
    within: Callable[[float], AbstractAsyncContextManager[object]] = asyncio.timeout,
) -> ServerInfo:
    """Find out which server answers at an address and what it says of a model; an answer that makes no sense counts as none.

    Args:
        http: the client that asks it for answers too, with its key.
        base_url: the address, up to /v1.
        model: whose context it is; None for the first that it has.
        within: ends a question that takes more than so many seconds in all, with TimeoutError.
    """
    asked = _Asked(http, base_url.rstrip("/").removesuffix("/v1"), within)
    props = await asked.get("/props")
    if isinstance(props.get("default_generation_settings"), dict):
        return _llama_cpp(props, _entry(await asked.get("/v1/models"), model))
    if _text((version := await asked.get("/api/version")).get("version")):
        return await _ollama(asked, version, model)
    entry = _entry(await asked.get("/v1/models"), model)
    owner = str(entry.get("owned_by", "")).lower()
    if owner == "vllm":
        told = await asked.get("/version")
        return ServerInfo(
            "vLLM", _text(told.get("version")), _count(entry.get("max_model_len")), "/v1/models"
        )
    if owner == "sglang":
        return _sglang(entry, await asked.get("/get_server_info"))
    studio = _entry(await asked.get("/api/v0/models"), model)
    if studio:
        loaded, most = _count(studio.get("loaded_context_length")), _count(studio.get("max_context_length"))
        return ServerInfo("LM Studio", context=loaded, told_by="/api/v0/models", trained=most)
    context = _count(entry.get("max_model_len")) or _count(_part(entry, "meta").get("n_ctx"))
    return ServerInfo(context=context, told_by="/v1/models" if context else None)


def _llama_cpp(props: Mapping[str, object], entry: Mapping[str, object]) -> ServerInfo:
    meta = _part(entry, "meta")
    return ServerInfo(
        kind="llama.cpp",
        version=_text(props.get("build_info")),
        context=_count(_part(props, "default_generation_settings").get("n_ctx")) or _count(meta.get("n_ctx")),
        told_by="/props",
        trained=_count(meta.get("n_ctx_train")),
        slots=_count(props.get("total_slots")),
        parameters=_count(meta.get("n_params")),
    )


async def _ollama(asked: "_Asked", version: Mapping[str, object], model: str | None) -> ServerInfo:
    running = await asked.get("/api/ps")
    names = (model, f"{model}:latest")
    models = _list(running.get("models"))
    loaded = next(
        (one for one in models if model is None or one.get("name") in names or one.get("model") in names), {}
    )
    shown = await asked.post("/api/show", {"model": model}) if model else {}
    info = _part(shown, "model_info")
    trained = _count(info.get(f"{info.get('general.architecture')}.context_length"))
    fixed = re.search(r"^\s*num_ctx\s+(\d{1,9})\s*$", str(shown.get("parameters", "")), re.MULTILINE)
    context, told_by = _count(loaded.get("context_length")), "/api/ps"
    if context is None and fixed:
        context, told_by = int(fixed[1]), "/api/show"
    return ServerInfo(
        "Ollama",
        _text(version.get("version")),
        context,
        told_by if context else None,
        trained,
        parameters=_count(info.get("general.parameter_count"))
        or parameters_of(str(_part(shown, "details").get("parameter_size"))),
    )


def _sglang(entry: Mapping[str, object], server: Mapping[str, object]) -> ServerInfo:
    context = _count(entry.get("max_model_len"))
    return ServerInfo(
        kind="SGLang",
        version=_text(server.get("version")),
        context=context or _count(server.get("context_length")),
        told_by="/v1/models" if context else "/get_server_info",
        slots=_count(server.get("max_running_requests")),
    )


class _Asked:
    """Small questions to one server; whatever is no JSON object with status 200 is an empty one."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        root: str,
        within: Callable[[float], AbstractAsyncContextManager[object]],
    ) -> None:
        self._http = http
        self._root = root
        self._within = within

    async def get(self, path: str) -> Mapping[str, object]:
        return await self._send("GET", path, None)

    async def post(self, path: str, value: object) -> Mapping[str, object]:
        return await self._send("POST", path, value)

    async def _send(self, method: str, path: str, value: object) -> Mapping[str, object]:
        try:
            # In all: the client's own limit begins anew with every byte that comes.
            async with self._within(_SECONDS):
                reply = await self._http.request(method, f"{self._root}{path}", json=value, timeout=_SECONDS)
            found = json.loads(reply.content) if reply.status_code == httpx.codes.OK else {}
        except (*NOTHING_READ, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


def _entry(listing: Mapping[str, object], model: str | None) -> Mapping[str, object]:
    entries = _list(listing.get("data"))
    names = (model, f"{model}:latest")
    return next(
        (one for one in entries if model is None or one.get("id") in names), entries[0] if entries else {}
    )


def _list(value: object) -> list[dict[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _part(value: Mapping[str, object], key: str) -> Mapping[str, object]:
    part = value.get(key)
    return part if isinstance(part, dict) else {}


def _count(value: object) -> int | None:
    return value if type(value) is int and value > 0 else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
