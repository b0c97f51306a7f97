"""Replies that no server should give, byte by byte over a real socket: each ends in an answer or in one harmless line, in bounded time."""

import asyncio
import gzip
import json
import ssl
from contextlib import asynccontextmanager

import aiohttp
import httpx
import openai
import pytest
from aiohttp import http_exceptions

from qagen.engines.probing.identity import digest_of
from qagen.engines.probing.server_info import ServerInfo, ask_server_info
from qagen.engines.server.engine import ServerEngine
from qagen.engines.server.http_client import NOTHING_READ, BadBody, _told, describe_break
from qagen.errors import EngineError
from qagen.records import Completion, Message, Request
from qagen.settings import AskSettings

KEY = "sekrit/Plus+4711=zz"
REQUEST = Request("r1", (Message("user", "Why?"),), temperature=0.0, top_p=1.0, max_tokens=10, seed=1)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ANSWER = {"choices": [{"message": {"content": "Because."}, "finish_reason": "stop"}], "data": [{"id": "r1"}]}
BODY = json.dumps(ANSWER).encode()
SLOW, ENDLESS, CLOSE = "a byte now and then", "for ever", "close"


def sized(body, *headers, length=None):
    more = b"".join(header + b"\r\n" for header in headers)
    return OK + more + b"Content-Length: %d\r\n\r\n" % (len(body) if length is None else length) + body


def status(code, body=b"no", *headers):
    more = b"".join(header + b"\r\n" for header in headers)
    return b"HTTP/1.1 %d Odd\r\n%sContent-Length: %d\r\n\r\n%s" % (code, more, len(body), body)


BOMB = gzip.compress(gzip.compress(bytes(2**24)))
REPLIES = {
    "nothing at all": (CLOSE,),
    "a reset in the status line": (b"HTTP/1.1 20", CLOSE),
    "HTTP/0.9": (BODY, CLOSE),
    "HTTP/0.9 html": (b"<html>hello</html>\r\n\r\n", CLOSE),
    "HTTP/9.9": (sized(BODY).replace(b"HTTP/1.1", b"HTTP/9.9"),),
    "SSH": (b"SSH-2.0-OpenSSH_9.9\r\n", CLOSE),
    "SMTP": (b"220 mail ESMTP\r\n", CLOSE),
    "TLS alert": (bytes([21, 3, 1, 0, 2, 2, 70]), CLOSE),
    "zeros": (bytes(4096), CLOSE),
    "no status": (b"HTTP/1.1\r\n\r\n", CLOSE),
    "a status of letters": (b"HTTP/1.1 abc OK\r\n\r\n", CLOSE),
    "status 99": (status(99),),
    "status 1000": (status(1000),),
    "status 0": (status(0),),
    "status 100 for ever": (b"HTTP/1.1 100 Continue\r\n\r\n", ENDLESS),
    "status 101": (status(101),),
    "status 204 with a body": (status(204, BODY),),
    "status 206": (status(206, BODY),),
    "status 304": (status(304),),
    "status 418": (status(418),),
    "status 451 with ESC": (status(451, b"\x1b]0;owned\x07\x1b[2J" + "\u202e".encode()),),
    "status 500 with a JSON string": (status(500, b'"oops"'),),
    "status 500 with a JSON number": (status(500, b"17"),),
    "status 500 with a JSON list": (status(500, b'[{"error": 1}]'),),
    "status 500 with null": (status(500, b'{"error": null}'),),
    "status 500 with nested errors": (status(500, b'{"error": {"message": {"error": []}}}'),),
    "status 999": (status(999),),
    "a redirect to itself": (status(302, b"", b"Location: /v1/models"),),
    "a redirect to nowhere": (status(307, b""),),
    "a redirect to a file": (status(301, b"", b"Location: file:///etc/passwd"),),
    "a redirect to no URL": (status(308, b"", b"Location: http://[::1"),),
    "a redirect with the key": (status(302, b"", b"Location: http://x/?k=" + KEY.encode()),),
    "the key in a refusal": (status(403, b'{"error": "Bearer ' + KEY.replace("/", "\\/").encode() + b'"}'),),
    "the key as a reason": (b"HTTP/1.1 401 " + KEY.encode() + b"\r\nContent-Length: 0\r\n\r\n",),
    "the key behind blanks": (status(500, b" " * 11_990 + b"x" + KEY.encode()),),
    "headers for ever": (OK + b"X-A: b\r\n", b"X-A: b\r\n" * 1000, ENDLESS),
    "a header of megabytes": (OK + b"X-A: " + b"a" * 2**21, CLOSE),
    "a header without a colon": (OK + b"nonsense\r\n\r\n" + BODY, CLOSE),
    "a header with zeros": (OK + b"X: \x00\x00\r\n\r\n" + BODY, CLOSE),
    "two lengths": (sized(BODY, b"Content-Length: 3"),),
    "a negative length": (sized(BODY, length=-1),),
    "a length of letters": (OK + b"Content-Length: many\r\n\r\n" + BODY, CLOSE),
    "a length too long": (sized(BODY, length=10**6), CLOSE),
    "a length too short": (sized(BODY, length=10),),
    "a giant length": (sized(BODY, length=10**30), CLOSE),
    "no length, closed": (OK + b"\r\n" + BODY, CLOSE),
    "chunks with a wrong size": (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + BODY, CLOSE),
    "chunks without an end": (OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{", CLOSE),
    "chunks for ever": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", ENDLESS),
    "chunks and a length": (sized(BODY, b"Transfer-Encoding: chunked"), CLOSE),
    "an unknown transfer": (sized(BODY, b"Transfer-Encoding: magic"), CLOSE),
    "gzip": (sized(gzip.compress(BODY), b"Content-Encoding: gzip"),),
    "gzip of gzip": (sized(BOMB, b"Content-Encoding: gzip, gzip"),),
    "gzip without saying so": (sized(gzip.compress(BODY)),),
    "no gzip that says it is": (sized(BODY, b"Content-Encoding: gzip"),),
    "br": (sized(b"\x00" * 99, b"Content-Encoding: br"),),
    "megabytes without an end": (OK + b"\r\n", b" " * 2**20, ENDLESS),
    "a slow status line": (b"H", SLOW),
    "slow headers": (OK + b"X", SLOW),
    "a slow body": (sized(b"{", length=10**6), SLOW),
    "a body that stands still": (sized(b"{", length=10**6),),
    "UTF-16": (sized(json.dumps(ANSWER).encode("utf-16")),),
    "Latin-1": (sized(b'{"choices": [{"message": {"content": "\xe9"}}]}'),),
    "deep JSON": (sized(b"[" * 100_000),),
    "NaN": (sized(b'{"choices": NaN, "data": NaN}'),),
    "a JSON string": (sized(b'"choices"'),),
    "half JSON": (sized(BODY[:-9]),),
    "JSON twice": (sized(BODY + BODY),),
    "huge numbers": (sized(b'{"choices": ' + b"9" * 10_000 + b', "data": 1}'),),
    "cookies": (sized(BODY, b"Set-Cookie: a=b; Max-Age=x; Expires=\x01"),),
    "retry after ages": (status(503, b"busy", b"Retry-After: 999999999"),),
    "retry after nonsense": (status(429, b"busy", b"Retry-After: \x1b[2J"),),
}


@asynccontextmanager
async def serving(*pieces):
    """A server that sends these pieces for each request, whatever was asked."""

    async def send(writer):
        for number, piece in enumerate(pieces):
            if piece == CLOSE:
                return False
            if isinstance(piece, bytes):
                writer.write(piece)
                await writer.drain()
            while piece in (SLOW, ENDLESS):
                writer.write(b" " if piece == SLOW else pieces[number - 1])
                await writer.drain()
                await asyncio.sleep(0.01 if piece == SLOW else 0)
        return True

    async def handle(reader, writer):
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                if not await send(writer):
                    return
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()


def soon(seconds):
    """The limit of a request, a hundred times as short."""
    return asyncio.timeout(min(seconds, 30.0) / 100)


@asynccontextmanager
async def engine_of(url, **settings):
    ask = AskSettings(base_url=(url,), retries=0, reconnect_timeout=0.0, **settings)
    async with ServerEngine(ask, api_key=KEY, within=soon) as engine:
        yield engine


async def ended(call):
    try:
        return await call()
    except EngineError as error:
        return error


def harmless(error):
    text = str(error)
    assert text.isprintable(), text
    assert 10 < len(text) < 1000
    assert KEY not in text
    assert "4711" not in text
    return True


@pytest.mark.parametrize("reply", REPLIES)
async def test_a_hostile_reply_is_an_answer_or_one_harmless_line(reply):
    async with serving(*REPLIES[reply]) as url, engine_of(url) as engine:
        for call in (engine.resolve_model, lambda: engine.ask(REQUEST)):
            found = await ended(call)
            assert found == "r1" or isinstance(found, Completion) or harmless(found)
        assert isinstance(await ask_server_info(engine.hosts[0].http, url, "r1", within=soon), ServerInfo)


async def test_a_reply_with_a_byte_order_mark_is_read():
    async with serving(sized("\ufeff".encode() + BODY)) as url, engine_of(url) as engine:
        assert await engine.resolve_model() == "r1"
        assert (await engine.ask(REQUEST)).text == "Because."


async def test_a_key_that_a_reply_gives_back_is_nowhere_in_the_answer():
    echo = {"echo": {"Authorization": f"Bearer {KEY}"}, "model": KEY, "system_fingerprint": KEY}
    message = {"content": f"Your key is {KEY}.", "reasoning_content": KEY.replace("/", "%2F")}
    body = json.dumps({"choices": [{"message": message, "finish_reason": KEY}], **echo})
    async with serving(sized(body.encode())) as url, engine_of(url) as engine:
        answer = await engine.ask(REQUEST)
    assert answer.text == "Your key is ***."
    assert "4711" not in repr((answer, answer.raw))
    assert json.loads(answer.raw)["echo"] == {"Authorization": "Bearer ***"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    x509 = pytest.importorskip("cryptography.x509", reason="makes the certificate")
    from datetime import UTC, datetime, timedelta

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(begin).not_valid_after(begin + timedelta(days=36500))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    place = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    place.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return place


async def test_a_certificate_that_is_not_trusted_is_one_line_with_a_remedy(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    async with AsServer(server):
        async with ServerEngine(AskSettings(base_url=(url,), reconnect_timeout=0.0)) as engine:
            with pytest.raises(
                EngineError, match=r"certificate is not trusted, self.signed.*SSL_CERT_FILE"
            ) as caught:
                await engine.models()
            assert harmless(caught.value)
            assert await ask_server_info(engine.hosts[0].http, url, "r1") == ServerInfo()
        assert await digest_of(url, "r1") is None


class AsServer:
    def __init__(self, server):
        self.server = server

    async def __aenter__(self):
        return self.server

    async def __aexit__(self, *error):
        self.server.close()


def subclasses(kind):
    """A kind and those below it, but for what other libraries derive from it."""
    below = [sub for sub in kind.__subclasses__() if sub.__module__.partition(".")[0] != "huggingface_hub"]
    return [kind, *(found for sub in below for found in subclasses(sub))]


def made(kind):
    """An error of a kind, in whatever way it is made; None where nobody outside its library can."""
    key = aiohttp.client_reqrep.ConnectionKey("host", 1, True, True, None, None, None)
    info = aiohttp.RequestInfo(httpx.URL("http://host"), "GET", {}, httpx.URL("http://host"))
    request = httpx.Request("GET", "http://host")
    if issubclass(kind, aiohttp.ClientResponseError):
        return kind(info, ())
    for arguments in (
        ("what broke",), (), (key, OSError(5, "what broke")), (key, ssl.SSLError("what broke")),
        (key, "what broke"), (b"a", b"b", b"c"), ("a", "b"), ("a", "b", "c", "d"),
    ):  # fmt: skip
        try:
            return kind(*arguments)
        except (TypeError, AttributeError):
            continue
    for named in ({"message": "what broke", "request": request}, {"request": request}):
        try:
            return kind(**named)
        except TypeError:
            continue
    return None


ERRORS = [
    kind
    for base in (aiohttp.ClientError, httpx.HTTPError, httpx.StreamError, http_exceptions.HttpProcessingError, ssl.SSLError, ConnectionError)
    for kind in dict.fromkeys(subclasses(base))
]  # fmt: skip


class Breaking(httpx.AsyncBaseTransport):
    def __init__(self, error):
        self.error = error

    async def handle_async_request(self, request):
        with _told():
            raise self.error


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__qualname__)
async def test_every_error_of_the_transport_ends_in_one_line(kind):
    error = made(kind)
    if error is None:
        pytest.skip(f"{kind.__name__} cannot be made here")
    client = httpx.AsyncClient(transport=Breaking(error))
    ask = AskSettings(base_url=("http://host/v1",), retries=0, reconnect_timeout=0.0)
    async with ServerEngine(ask, http_client=client) as engine:
        for call in (engine.models(), engine.ask(REQUEST)):
            with pytest.raises(EngineError) as caught:
                await call
            assert harmless(caught.value)
        assert await ask_server_info(client, "http://host/v1", "r1") == ServerInfo()
    assert isinstance(describe_break(error)[0], str)


def test_almost_all_errors_can_be_made_here():
    assert sum(made(kind) is None for kind in ERRORS) <= 3


def test_what_a_request_may_end_with_covers_httpx():
    assert all(issubclass(kind, NOTHING_READ) for kind in subclasses(httpx.HTTPError))
    assert issubclass(BadBody, NOTHING_READ)
    assert issubclass(openai.APIConnectionError, openai.OpenAIError)
