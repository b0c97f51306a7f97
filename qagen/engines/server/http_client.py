"""The HTTP client below the openai client: what leaves this machine, by which way, and how much may come back."""

import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from enum import IntEnum
from importlib.util import find_spec
from ipaddress import ip_address
from typing import Any, Literal
from urllib.request import getproxies, proxy_bypass

import httpx

from qagen.engines.schema import json_labels, json_pairs
from qagen.engines.server.responses import one_line
from qagen.errors import SettingsError
from qagen.records import Request
from qagen.redaction import learn, learn_url, redact, redact_bytes
from qagen.settings import API_KEY_VARIABLE, DEFAULT_BASE_URL

MAX_BODY = 32 * 2**20
"""The most bytes of a reply; the longest answers of reasoning models are below 1 MB."""
CONNECT_SECONDS = 10.0
_PLAIN: Literal[False] = False
_IDLE_SECONDS = 3.0
"""How long an idle connection is kept: less than the 5 s after which uvicorn closes it, perhaps while a request is on its way."""
_ALIVE = [
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    *(
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
        if hasattr(socket, name)
    ),
]
"""A machine that was unplugged closes no connection; so the system asks now and then whether it is still there."""

_SENT = ("host", "connection", "content-type", "content-length", "accept")


class BadBody(Exception):
    """A reply's body that is not read on; the text says why."""


NOTHING_READ = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, BadBody, OSError)
"""What asking may end with besides a reply: a server's, the network's or the system's fault, TimeoutError among them."""


def checked_url(base_url: str) -> httpx.URL:
    """The address of a server, fit to be shown in messages.

    Raises:
        SettingsError: where it is no http address, or holds what does not belong there, such as a password.
    """
    learn_url(base_url)
    shown = "the server's address" if "@" in base_url else f"the server's address {base_url!r}"
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise SettingsError(
            f"{shown} is not valid ({redact(str(error))})", remedy=f"for instance {DEFAULT_BASE_URL}"
        ) from None
    if url.userinfo or url.query or url.fragment:
        raise SettingsError(
            f"{shown} holds a user, a password, a query or a fragment",
            remedy=f"leave it out, and put a key into the environment variable {API_KEY_VARIABLE}",
        )
    if url.scheme not in ("http", "https") or not url.host:
        raise SettingsError(
            f"{shown} does not begin with http:// or https://", remedy=f"for instance {DEFAULT_BASE_URL}"
        )
    if url.port is not None and not 0 < url.port < 65536:
        raise SettingsError(
            f"{shown} has the port {url.port}, which there is not", remedy="ports go up to 65535"
        )
    return url


def checked_key(key: str | None) -> str | None:
    """The key without blanks around it, or None where there is none.

    Raises:
        SettingsError: where it holds what no HTTP header may hold; the key itself is not shown.
    """
    key = (key or "").strip()
    if not all("!" <= character <= "~" for character in key):
        raise SettingsError(
            f"the key in {API_KEY_VARIABLE} holds a character that no key can have", remedy="set it again"
        )
    return key or None


def is_local(url: httpx.URL) -> bool:
    """Whether the address is this very machine."""
    host = url.host.rstrip(".")
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def open_client(
    url: httpx.URL, *, aiohttp: bool = find_spec("httpx_aiohttp") is not None
) -> httpx.AsyncClient:
    """A client that keeps its connections open, and uses no proxy to reach this very machine.

    Args:
        url: the server.
        aiohttp: whether aiohttp carries the requests, at half the cost of httpx's own transport; there are interpreters
            without it.

    Raises:
        SettingsError: for a proxy variable that cannot be used.
    """
    local = is_local(url)
    try:
        proxy = None if local else _proxy(url)
        context = httpx.create_ssl_context() if url.scheme == "https" else _PLAIN
        transport = (_aiohttp if aiohttp else _httpx)(proxy, context)
    except (httpx.InvalidURL, ValueError, ImportError) as error:
        raise SettingsError(
            f"a proxy variable of the environment cannot be used ({redact(str(error))})",
            remedy="mend or unset HTTP_PROXY, HTTPS_PROXY, ALL_PROXY",
        ) from None
    return httpx.AsyncClient(transport=transport, trust_env=False)


def _proxy(url: httpx.URL) -> httpx.Proxy | None:
    proxies = getproxies()
    named = proxies.get(url.scheme) or proxies.get("all")
    if not named or proxy_bypass(url.host):
        return None
    named = named if "://" in named else f"http://{named}"
    learn_url(named)
    return httpx.Proxy(named)


def _aiohttp(proxy: httpx.Proxy | None, context: ssl.SSLContext | Literal[False]) -> httpx.AsyncBaseTransport:
    from aiohttp import ClientSession, TCPConnector
    from httpx_aiohttp import AiohttpTransport

    if proxy and proxy.url.scheme not in ("http", "https"):
        raise ValueError(f"{proxy.url.scheme!r} is no kind of proxy that is supported")

    def session() -> ClientSession:
        def connection(address: tuple[Any, ...]) -> socket.socket:
            made = socket.socket(*address[:3])
            for option in _ALIVE:
                made.setsockopt(*option)
            return made

        # 0 is no limit here: how many calls there may be is decided elsewhere.
        connector = TCPConnector(
            limit=0, ssl=context or True, keepalive_timeout=_IDLE_SECONDS, socket_factory=connection
        )
        return ClientSession(connector=connector)

    return _Told(AiohttpTransport(verify=context, proxy=proxy, client=session))


class _Told(httpx.AsyncBaseTransport):
    """aiohttp's transport, with httpx's errors for those that it leaves as they are, for instance for what is no HTTP."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        with _told():
            response = await self._transport.handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _ToldStream(response.stream)
        return response

    async def aclose(self) -> None:
        await self._transport.aclose()


class _ToldStream(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _told():
            async for piece in self._stream:
                yield piece

    async def aclose(self) -> None:
        with _told():
            await self._stream.aclose()


@contextmanager
def _told() -> Iterator[None]:
    from aiohttp import ClientError
    from aiohttp.http_exceptions import HttpProcessingError

    try:
        yield
    except (ClientError, HttpProcessingError, ValueError) as error:
        raise httpx.RemoteProtocolError(one_line(str(error)) or type(error).__name__) from error


def _httpx(proxy: httpx.Proxy | None, context: ssl.SSLContext | Literal[False]) -> httpx.AsyncBaseTransport:
    limits = httpx.Limits(max_connections=None, keepalive_expiry=_IDLE_SECONDS)
    return httpx.AsyncHTTPTransport(verify=context, proxy=proxy, limits=limits, socket_options=_ALIVE)


def describe_break(error: BaseException) -> tuple[str, bool]:
    """What broke a connection, for a person, and whether there was none at all.

    Args:
        error: what the client raised; what the system said is among its causes, in other wrappings for each transport.
    """
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None and cause not in causes:
        causes.append(cause)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _untrusted(getattr(cause, "certificate_error", cause)), True
        if isinstance(cause, ssl.SSLError):
            return one_line(f"no secure connection: {getattr(cause, 'reason', None) or cause}"), True
        if isinstance(cause, socket.gaierror):
            return "there is no host of that name", True
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused", True
    names = {type(cause).__name__ for cause in causes}
    if "ConnectError" in names:
        return one_line(str(error)) or "no connection", True
    # aiohttp's transport calls a lost connection a ConnectTimeout too.
    if names & {"ConnectTimeout", "ConnectionTimeoutError"} and not names & {
        "ServerDisconnectedError",
        "ClientOSError",
    }:
        return f"no connection within {CONNECT_SECONDS:g} s", True
    return "the connection broke", False


def _untrusted(error: Exception) -> str:
    why = one_line(getattr(error, "verify_message", "") or str(error))
    return (
        f"its certificate is not trusted, {why}: name the file with its authority's certificate in the environment variable "
        "SSL_CERT_FILE, and the server as the certificate does"
    )


def guard(client: httpx.AsyncClient, key: str | None) -> None:
    """Let a client follow no redirect, say nothing about this machine, and read no more than `MAX_BODY`, without a secret in it.

    The openai client adds headers of its own (platform, versions) and others from the environment (organisation, project,
    OPENAI_CUSTOM_HEADERS); only those that HTTP needs are sent. The key comes in here and nowhere else, so that it
    stands in no object that a log or a traceback could show. A server may send back what it was sent: whatever secret of this process
    stands in a reply is replaced before anybody reads it.
    """
    learn(key)

    async def clean(request: httpx.Request) -> None:
        kept = {name: request.headers[name] for name in _SENT if name in request.headers}
        request.headers = httpx.Headers({**kept, "user-agent": "qagen", "accept-encoding": "identity"})
        if key:
            request.headers["authorization"] = f"Bearer {key}"

    async def bound(response: httpx.Response) -> None:
        encoding = response.headers.get("content-encoding", "identity")
        if encoding != "identity":
            # A few bytes of it could become gigabytes, and it was not asked for.
            raise BadBody(f"a compressed reply ({encoding[:20]!r}), which was not asked for")
        response.headers = httpx.Headers(
            [(redact_bytes(name), redact_bytes(value)) for name, value in response.headers.raw]
        )
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Bounded(response.stream)

    client.follow_redirects = False
    client.event_hooks = {"request": [clean], "response": [bound]}


class Aid(IntEnum):
    """How much of what only helps is asked of a server that may not know it: verdicts and pairs are read without, too."""

    NONE = 0
    SCHEMA = 1
    SCHEMA_AND_BUDGET = 2


def fields(request: Request, aid: Aid = Aid.SCHEMA_AND_BUDGET) -> dict[str, object]:
    """The body of a request for `/chat/completions`; a schema and a judge's budget only with so much aid."""
    judges = request.response_format == "labels"
    schema = json_labels(request.label_ids) if judges and aid else None
    schema = json_pairs(request.most_pairs) if request.response_format == "json" and aid else schema
    return {
        "model": request.model,
        "messages": [{"role": turn.role, "content": turn.content} for turn in request.messages],
        "temperature": request.temperature,
        "top_p": request.top_p,
        # Deprecated at OpenAI, but the one name that every local server knows.
        "max_tokens": request.max_tokens,
        "seed": request.seed,
        "stream": False,
        **({"response_format": schema} if schema else {}),
        **further(request, budget=aid is Aid.SCHEMA_AND_BUDGET or not judges),
    }


def further(request: Request, *, budget: bool = True) -> dict[str, object]:
    """The fields of a request beyond the OpenAI protocol, under the names that servers know; others pass over them.

    Without `budget` thoughts are not limited. A budget of thoughts is `thinking_budget_tokens` at llama.cpp,
    `thinking_token_budget` at vLLM, and an argument of the chat
    template at SGLang.
    """
    more: dict[str, object] = dict(request.optional)
    more.pop("label_ids", None)
    more.pop("most_pairs", None)
    most = more.pop("thinking_budget", None)
    if not budget:
        more.pop("reasoning_effort", None)
    elif most is not None:
        more["thinking_budget_tokens"] = more["thinking_token_budget"] = most
        more["chat_template_kwargs"] = {"thinking_budget": most}
    return more


class _Bounded(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces: list[bytes] = []  # in one piece, since a secret may stand across two
        size = 0
        async for piece in self._stream:
            size += len(piece)
            if size > MAX_BODY:
                raise BadBody(f"a reply of more than {MAX_BODY // 2**20} MB")
            pieces.append(piece)
        yield redact_bytes(b"".join(pieces))

    async def aclose(self) -> None:
        await self._stream.aclose()
