"""The server engine over real HTTP: answers come whole, failures are tried again or named, and nothing leaks."""

import asyncio
import gzip
import json
import logging
import re
import socket
import threading
from dataclasses import replace

import httpx
import pytest

from qagen.engines.server.engine import ServerEngine
from qagen.engines.server.http_client import checked_url, is_local
from qagen.engines.server.responses import (
    Unusable,
    complaint_of,
    one_line,
    read_completion,
    read_models,
    retry_after,
)
from qagen.errors import ModelMissing, NoAnswer, ServerRefused, ServerUnreachable, SettingsError
from qagen.records import Completion, Message, Request
from qagen.settings import AskSettings
from tests.scripted_server import Reply, ScriptedServer

REQUEST = Request(
    model="r1",
    messages=(Message("system", "Be deep."), Message("user", "Ask about α.")),
    temperature=0.6,
    top_p=0.95,
    max_tokens=100,
    seed=7,
)
ANSWER = Completion(
    text="Because.", finish_reason="stop", prompt_tokens=100, completion_tokens=50, served_model="r1"
)
KEY = "sk-very-secret"


class Asking:
    """An engine whose waits are written down instead of waited."""

    def __init__(self, server, *, key=None, jitter=0.0, **settings):
        self.pauses = []
        self.notes = []
        self.now = 0.0
        url = server if isinstance(server, str) else server.base_url
        values = {"base_url": url, "retries": 2, "timeout": 20.0, **settings}
        self.engine = ServerEngine(
            AskSettings(**values),
            api_key=key,
            note=self.notes.append,
            clock=lambda: self.now,
            sleep=self._sleep,
            jitter=lambda: jitter,
        )

    async def _sleep(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds

    async def __aenter__(self):
        await self.engine.__aenter__()
        return self

    async def __aexit__(self, *error):
        await self.engine.__aexit__(*error)

    async def failure(self, kind, call=None):
        with pytest.raises(kind) as caught:
            await (call() if call else self.engine.ask(REQUEST))
        return str(caught.value)


def after(*faults):
    """Those faults first, then the answer."""
    return lambda request, nth: faults[nth - 1] if nth <= len(faults) else "Because."


@pytest.fixture
def dead_url():
    """An address at which nobody listens, and nobody else can begin to."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/v1"


# ---- what is sent and what comes back


async def test_a_request_is_sent_in_standard_fields_and_its_answer_comes_back_with_the_body():
    with ScriptedServer(
        reply=lambda request, nth: Reply("Because.", extra={"system_fingerprint": "b1"})
    ) as server:
        async with Asking(server) as asking:
            completion = await asking.engine.ask(REQUEST)
    assert server.requests == [
        {
            "model": "r1",
            "messages": [
                {"role": "system", "content": "Be deep."},
                {"role": "user", "content": "Ask about α."},
            ],
            "temperature": 0.6,
            "top_p": 0.95,
            "max_tokens": 100,
            "seed": 7,
            "stream": False,
        }
    ]
    assert completion == replace(ANSWER, fingerprint="b1")
    assert json.loads(completion.raw)["choices"][0]["message"]["content"] == "Because."


async def test_where_json_is_asked_for_the_server_is_given_the_schema_of_pairs():
    with ScriptedServer(reply=after()) as server:
        async with Asking(server) as asking:
            await asking.engine.ask(replace(REQUEST, response_format="json"))
    pair = {
        "type": "object",
        "properties": {"question": {"type": "string"}, "answer": {"type": "string"}},
        "required": ["question", "answer"],
        "additionalProperties": False,
    }
    schema = {
        "type": "object",
        "properties": {"pairs": {"type": "array", "items": pair}},
        "required": ["pairs"],
        "additionalProperties": False,
    }
    assert server.requests[0]["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "pairs", "strict": True, "schema": schema},
    }


async def test_pairs_are_asked_for_without_the_schema_where_the_server_turns_it_down_and_then_no_more_with_it():
    def reply(request, nth):
        return Reply(status=400, body="no schemas here") if "response_format" in request else "Because."

    with ScriptedServer(reply=reply) as server:
        async with Asking(server) as asking:
            for seed in (1, 2):
                wanted = replace(REQUEST, response_format="json", seed=seed)
                assert (await asking.engine.ask(wanted)).text == "Because."
    assert ["response_format" in request for request in server.requests] == [True, False, False]


async def test_the_environment_neither_leads_elsewhere_nor_adds_a_header(monkeypatch, dead_url):
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "from-the-environment")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Own: 1\nAuthorization: Bearer other")
    for name in ("OPENAI_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, dead_url)
    with ScriptedServer(reply=after()) as server:
        async with Asking(server) as asking:
            await asking.engine.ask(REQUEST)
        host = server.base_url.removeprefix("http://").removesuffix("/v1")
    (headers,) = server.headers
    length = headers.pop("content-length")
    assert length.isdigit()
    assert headers == {
        "host": host,
        "connection": "keep-alive",
        "content-type": "application/json",
        "accept": "application/json",
        "user-agent": "qagen",
        "accept-encoding": "identity",
    }


async def test_the_key_is_sent_and_shows_in_no_log_and_no_error(caplog):
    caplog.set_level(logging.DEBUG)
    refusal = Reply(status=401, body=json.dumps({"error": {"message": f"Incorrect API key: {KEY}"}}))
    with ScriptedServer(reply=lambda request, nth: refusal) as server:
        async with Asking(server, key=f" {KEY}\n") as asking:
            message = await asking.failure(ServerRefused)
            assert KEY not in repr([asking.engine.hosts, vars(asking.engine.hosts[0].client)])
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert message == (
        f"the server at {server.base_url!r} turns the request down (HTTP 401: Incorrect API key: ***); put a key that it "
        "accepts into the environment variable QAGEN_API_KEY"
    )
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"content": "A.", "reasoning_content": "Hm."}, ("A.", "Hm.")),
        ({"content": "A.", "reasoning": "Hm."}, ("A.", "Hm.")),
        ({"content": "A.", "reasoning_content": None, "reasoning": "Hm."}, ("A.", "Hm.")),
        ({"content": "<think>Hm.</think>A.", "reasoning_content": ""}, ("<think>Hm.</think>A.", None)),
        ({"content": None, "reasoning": "Hm."}, ("", "Hm.")),
        ({"content": [{"type": "text", "text": "A"}, {"type": "text", "text": "."}, 3]}, ("A.", None)),
        ({}, ("", None)),
        ({"content": "\ud800\x00\u2028"}, ("\ud800\x00\u2028", None)),
    ],
)
def test_text_and_reasoning_are_found_where_each_server_puts_them(message, expected):
    completion = read_completion(json.dumps({"choices": [{"message": message}]}).encode())
    assert completion == Completion(text=expected[0], reasoning=expected[1])


@pytest.mark.parametrize(
    "usage", [None, 3, {}, {"prompt_tokens": "7", "completion_tokens": -1}, {"prompt_tokens": True}]
)
def test_a_usage_that_says_nothing_is_no_fault(usage):
    body = json.dumps({"choices": [{"message": {"content": "A."}}], "usage": usage}).encode()
    assert read_completion(body) == Completion(text="A.")


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "an empty reply"),
        (b" \n", "an empty reply"),
        (b'{"choices": [{"mess', "a reply that is no JSON"),
        (b'{"choices": "\xff"}', "a reply that is no JSON"),
        (b"[" * 100_000, "a reply that is no JSON"),
        (b"[]", "a reply that is no JSON object"),
        (b"{}", "a reply without choices"),
        (b'{"choices": null}', "a reply without choices"),
        (
            b'{"choices": [], "error": {"message": "model crashed"}}',
            "a reply without choices, only model crashed",
        ),
        (b'{"choices": [7]}', "a reply whose choice has no message"),
        (b'{"choices": [{"message": null}]}', "a reply whose choice has no message"),
        (b'{"choices": [{"message": {"content": 7}}]}', "a reply whose content is no text"),
    ],
)
def test_a_reply_that_is_no_answer_says_what_it_is(body, what):
    with pytest.raises(Unusable) as caught:
        read_completion(body)
    assert str(caught.value) == what


# ---- trying again


BUSY = json.dumps({"error": {"message": "busy", "code": 429}})


@pytest.mark.parametrize(
    "fault",
    [
        Reply(status=408),
        Reply(status=409),
        Reply(status=429, body=BUSY),
        Reply(status=500, body="<html>oops</html>"),
        Reply(status=503, body='{"error": {"message": "Loading model"}}'),
        Reply(drop="before"),
        Reply("Because.", drop="in body"),
        Reply(body=b'{"choices": [{"mess'),
        Reply(body=b""),
        Reply(extra={"choices": []}),
        Reply(headers={"Content-Encoding": "gzip"}, body=gzip.compress(b"0" * 10**6, mtime=0)),
        Reply(headers={"Content-Type": "text/html"}, body="<html>login</html>"),
    ],
    ids=[
        "408",
        "409",
        "429",
        "500",
        "503",
        "dropped",
        "half a body",
        "half a JSON",
        "no body",
        "no choices",
        "compressed",
        "page",
    ],
)
async def test_a_call_that_got_nothing_is_sent_again_once(fault):
    with ScriptedServer(reply=after(fault)) as server:
        async with Asking(server) as asking:
            assert await asking.engine.ask(REQUEST) == ANSWER
    assert (len(server.requests), asking.pauses) == (2, [0.25])
    assert server.requests[0] == server.requests[1]


async def test_the_waits_double_and_are_spread_and_bounded():
    for jitter, expected in ((0.0, 1.0), (0.5, 1.5)):
        with ScriptedServer(reply=after(*[Reply(status=503)] * 9)) as server:
            async with Asking(server, retries=9, jitter=jitter) as asking:
                await asking.engine.ask(REQUEST)
        assert asking.pauses == [expected * pause for pause in (0.25, 0.5, 1, 2, 4, 8, 15, 15, 15)]


async def test_the_server_is_asked_again_when_it_wants_to_be_but_within_reason():
    faults = [Reply(status=429, headers={"Retry-After": wait}) for wait in ("7", "86400")]
    with ScriptedServer(reply=after(*faults)) as server:
        async with Asking(server, jitter=0.5) as asking:
            await asking.engine.ask(REQUEST)
    assert asking.pauses == [7.25, 120.25]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "٣"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:09 GMT"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:09 GMT", "date": "Wed, 21 Oct 2015 07:28:00 GMT"}, 9.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:27:00 GMT", "date": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:27:00", "date": "Wed, 21 Oct 2015 07:28:00 GMT"}, None),
    ],
)
def test_a_wish_to_be_asked_later_is_understood_in_both_its_forms(headers, seconds):
    assert retry_after(headers) == seconds


async def test_a_call_that_never_gets_an_answer_says_what_happened_each_time():
    with ScriptedServer(
        reply=lambda request, nth: Reply(status=429 if nth > 1 else 500, body=BUSY)
    ) as server:
        async with Asking(server) as asking:
            message = await asking.failure(NoAnswer)
    assert message == (
        f"the model 'r1' at {server.base_url!r} gave no answer in 3 tries: HTTP 500: busy; HTTP 429: busy (2 times); "
        "the next run asks again"
    )
    assert len(server.requests) == 3


async def test_a_server_that_does_not_answer_in_time_is_given_up_and_the_place_is_free_again():
    held = Reply("Late.", gate=threading.Event())
    with ScriptedServer(reply=lambda request, nth: held if request["seed"] == 0 else "Because.") as server:
        async with Asking(server, retries=0, timeout=0.1, concurrency=1) as asking:
            message = await asking.failure(NoAnswer, lambda: asking.engine.ask(replace(REQUEST, seed=0)))
        async with Asking(server, retries=0, concurrency=1) as patient:
            assert await patient.engine.ask(REQUEST) == ANSWER
    assert "gave no answer in 1 try: no answer within 0.1 s;" in message


async def test_a_reply_without_an_end_is_given_up_at_a_bound():
    with ScriptedServer(reply=after(Reply(body=b" " * 2**20, drop="endless"))) as server:
        async with Asking(server, retries=0) as asking:
            message = await asking.failure(NoAnswer)
            assert await asking.engine.ask(REQUEST) == ANSWER
    assert "gave no answer in 1 try: a reply of more than 32 MB;" in message


async def test_a_broken_connection_at_a_server_that_is_there_costs_one_call():
    with ScriptedServer(reply=lambda request, nth: Reply(drop="before")) as server:
        async with Asking(server) as asking:
            message = await asking.failure(NoAnswer)
    assert "gave no answer in 3 tries: the connection broke (3 times);" in message
    assert (len(server.requests), server.paths[-1]) == (3, "GET /v1/models")


@pytest.mark.parametrize("models", [Reply(status=503), Reply(status=401)])
async def test_a_server_that_is_busy_or_wants_a_key_is_not_gone(models):
    with ScriptedServer(reply=lambda request, nth: Reply(drop="before"), models=models) as server:
        async with Asking(server) as asking:
            await asking.failure(NoAnswer)


async def test_a_server_that_is_gone_stops_the_run():
    with ScriptedServer(
        reply=lambda request, nth: Reply(drop="before"), models=Reply(drop="before")
    ) as server:
        async with Asking(server) as asking:
            message = await asking.failure(ServerUnreachable)
    assert message == f"the server at {server.base_url!r} is gone (the connection broke)"
    assert asking.notes == [f"{message}; waiting up to 900 s for it to come back"]
    assert sum(asking.pauses[2:]) == 900.0


# ---- refusals


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (400, "see the server's log, or change the setting that it names"),
        (403, "put a key that it accepts into the environment variable QAGEN_API_KEY"),
        (
            404,
            "see whether the model's name (--model) and the address (--base-url, mostly ending in /v1) are right",
        ),
        (422, "see the server's log, or change the setting that it names"),
    ],
)
async def test_a_request_that_is_turned_down_is_not_sent_again_and_the_remedy_is_named(status, remedy):
    with ScriptedServer(
        reply=lambda request, nth: Reply(status=status, body='{"error": "no\\nsuch\\tthing"}')
    ) as server:
        async with Asking(server) as asking:
            message = await asking.failure(NoAnswer if status in (400, 422) else ServerRefused)
    assert (
        message
        == f"the server at {server.base_url!r} turns the request down (HTTP {status}: no such thing); {remedy}"
    )
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (
            400,
            {
                "code": 400,
                "message": "request (9412 tokens) exceeds the available context size (8192 tokens), try increasing it",
                "type": "exceed_context_size_error",
            },
        ),
        (500, {"message": "the request exceeds the available context size. try increasing the context size"}),
        (
            400,
            {
                "message": "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens"
            },
        ),
        (
            400,
            {"message": "The decoder prompt (length 8357) is longer than the maximum model length of 8192."},
        ),
        (
            400,
            {"message": "The input (9000 tokens) is longer than the model's context length (4096 tokens)."},
        ),
        (
            400,
            "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with",
        ),
        (413, "Payload Too Large"),
    ],
)
async def test_a_prompt_that_is_too_long_costs_its_chunk_and_not_the_run(status, error):
    with ScriptedServer(
        reply=lambda request, nth: Reply(status=status, body=json.dumps({"error": error}))
    ) as server:
        async with Asking(server) as asking:
            message = await asking.failure(NoAnswer)
    assert message.startswith("prompt and answer do not fit the model's context")
    assert "OLLAMA_CONTEXT_LENGTH" in message
    assert len(server.requests) == 1


async def test_what_one_of_several_servers_cannot_take_is_asked_of_the_others_once_each():
    short = Reply(status=400, body='{"error": {"message": "exceeds the available context size"}}')
    with ScriptedServer(reply=lambda request, nth: short) as one, ScriptedServer(reply=after()) as other:
        async with Asking(one, base_url=[one.base_url, other.base_url], concurrency=8) as asking:
            answers = await asyncio.gather(*(asking.engine.ask(REQUEST) for _ in range(8)))
            assert {answer.text for answer in answers} == {"Because."}
    assert (0 < len(one.requests) <= 8, len(other.requests)) == (True, 8)
    with ScriptedServer(reply=lambda request, nth: short) as one, ScriptedServer(lambda *_: short) as other:
        async with Asking(one, base_url=[one.base_url, other.base_url], concurrency=8) as asking:
            assert "do not fit the model's context" in await asking.failure(NoAnswer)
    assert (len(one.requests), len(other.requests)) == (1, 1)


@pytest.mark.parametrize("status", [300, 301, 304, 307])
async def test_a_redirect_that_leads_nowhere_is_a_refusal_like_any_other(status):
    with ScriptedServer(reply=lambda request, nth: Reply(status=status, body=b"")) as server:
        async with Asking(server) as asking:
            message = await asking.failure(ServerRefused)
    assert f"turns the request down (HTTP {status}: nothing further said); it redirects to" in message


async def test_a_redirect_is_named_and_not_followed():
    with ScriptedServer() as elsewhere:
        target = f"{elsewhere.base_url}/chat/completions"
        moved = Reply(status=307, headers={"Location": target}, body=b"")
        with ScriptedServer(reply=lambda request, nth: moved) as server:
            async with Asking(server, key=KEY) as asking:
                message = await asking.failure(ServerRefused)
    assert f"it redirects to {target!r}; name that with --base-url if papers may go there" in message
    assert elsewhere.paths == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error": {"message": "a"}}', "a"),
        (b'{"error": "a"}', "a"),
        (b'{"object": "error", "message": "a"}', "a"),
        (b'{"detail": "a"}', "a"),
        (b'{"detail": [{"msg": "a"}]}', '{"detail": [{"msg": "a"}]}'),
        (b"plain \x1b[31m words\n", "plain [31m words"),
        (b"\xff", "\ufffd"),
        (b"", "nothing further said"),
    ],
)
def test_a_complaint_is_found_where_each_server_puts_it(body, words):
    assert complaint_of(body) == words


def test_a_long_complaint_is_cut():
    assert one_line("long " * 10**6) == ("long " * 60)[:299] + "…"


# ---- models


@pytest.mark.parametrize(
    ("offered", "wanted", "resolved"),
    [(["a"], None, "a"), (["a", "b"], "b", "b"), (["r1:latest", "r1:8b"], "r1", "r1")],
)
async def test_the_model_is_the_declared_one_or_the_only_one(offered, wanted, resolved):
    with ScriptedServer(models=offered) as server:
        async with Asking(server, model=wanted) as asking:
            assert await asking.engine.resolve_model() == resolved
            assert await asking.engine.models() == tuple(offered)


@pytest.mark.parametrize(
    ("offered", "wanted", "expected"),
    [
        ([], None, "offers no model at all; load a model into it (Ollama: `ollama pull NAME`)"),
        ([], "r1", "offers no model at all; load the model 'r1' into it (Ollama: `ollama pull NAME`)"),
        (["a", "b"], None, "offers 'a', 'b'; choose one with --model"),
        (
            ["a\n"],
            "r1",
            "does not have the model 'r1', but 'a'; choose one of these with --model, or load it (Ollama: `ollama pull r1`)",
        ),
        ([f"m{i}" for i in range(12)], None, "'m8', 'm9' and 2 more; choose one with --model"),
        (["r1:8b"], "r1", "does not have the model 'r1', but 'r1:8b'"),
    ],
)
async def test_a_model_that_is_not_there_is_named_with_those_that_are(offered, wanted, expected):
    with ScriptedServer(models=offered) as server:
        async with Asking(server, model=wanted) as asking:
            assert expected in await asking.failure(ModelMissing, asking.engine.resolve_model)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b'{"object": "list", "data": null}', ()),
        (b'{"data": [{"id": "a"}, {"id": 3}, "b", {"id": ""}], "models": [{"name": "a"}]}', ("a",)),
    ],
)
def test_a_list_of_models_may_be_null_or_have_foreign_things_in_it(body, names):
    assert read_models(body) == names


async def test_a_server_that_is_not_running_is_said_at_once(dead_url):
    async with Asking(dead_url) as asking:
        message = await asking.failure(ServerUnreachable, asking.engine.resolve_model)
    assert message == (
        f"no model server answers at {dead_url!r} (connection refused); start one (`ollama serve`), or name it "
        "with --base-url"
    )
    assert asking.pauses == []


async def test_a_server_that_is_getting_ready_is_waited_for():
    with ScriptedServer(models=lambda nth: Reply(status=503) if nth < 3 else ["r1"]) as server:
        async with Asking(server) as asking:
            assert await asking.engine.resolve_model() == "r1"
    assert asking.pauses == [0.25, 0.5]


@pytest.mark.parametrize(
    ("models", "kind", "expected"),
    [
        (
            Reply(status=503, body="Loading"),
            ServerUnreachable,
            "does not say which models it has, in 3 tries: HTTP 503: Loading",
        ),
        (
            Reply(body="<html>router</html>"),
            ServerUnreachable,
            "is no model server (a reply that is no JSON)",
        ),
        (Reply(body="{}"), ServerUnreachable, "is no model server (a reply that is no list of models)"),
        (
            Reply(body='{"data": "r1"}'),
            ServerUnreachable,
            "is no model server (a reply that is no list of models)",
        ),
        (Reply(status=401, body="who?"), ServerRefused, "(HTTP 401: who?); put a key that it accepts into"),
        (Reply(status=404, body="?"), ServerRefused, "mostly ending in /v1) are right"),
    ],
)
async def test_what_is_no_ready_model_server_is_named_as_what_it_is(models, kind, expected):
    with ScriptedServer(models=models) as server:
        async with Asking(server) as asking:
            assert expected in await asking.failure(kind, asking.engine.resolve_model)


# ---- many at a time


async def test_no_more_requests_are_in_flight_than_concurrency_allows_and_all_are_answered():
    gate = threading.Event()
    with ScriptedServer(reply=lambda request, nth: Reply(str(request["seed"]), gate=gate)) as server:
        async with Asking(server, concurrency=3) as asking:
            calls = [
                asyncio.ensure_future(asking.engine.ask(replace(REQUEST, seed=seed))) for seed in range(9)
            ]
            assert await asyncio.to_thread(server.wait_for_requests, 3)
            gate.set()
            texts = [completion.text for completion in await asyncio.gather(*calls)]
    assert texts == [str(seed) for seed in range(9)]
    assert (server.peak, len(server.requests)) == (3, 9)


async def test_a_call_that_is_called_off_gives_its_place_back():
    with ScriptedServer(reply=after(Reply(gate=threading.Event()))) as server:
        async with Asking(server, concurrency=1) as asking:
            call = asyncio.ensure_future(asking.engine.ask(REQUEST))
            assert await asyncio.to_thread(server.wait_for_requests, 1)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert await asking.engine.ask(REQUEST) == ANSWER


async def test_a_client_that_was_handed_over_is_used_and_closed():
    reply = {"choices": [{"message": {"content": "Because."}}]}
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(200, json=reply)))
    async with ServerEngine(AskSettings(), http_client=client) as engine:
        assert await engine.ask(REQUEST) == Completion(text="Because.")
    assert client.is_closed


# ---- addresses and keys


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("127.0.0.1:11434/v1", "'127.0.0.1:11434/v1'"),
        ("localhost:11434/v1", "does not begin with http:// or https://"),
        ("ftp://localhost/v1", "does not begin with http:// or https://"),
        ("http:///v1", "does not begin with http:// or https://"),
        ("http://localhost:port/v1", "is not valid"),
        ("http://localhost:99999/v1", "has the port 99999, which there is not"),
        ("http://localhost/v1?key=secret", "holds a user, a password, a query or a fragment"),
        ("http://me:secret@localhost/v1", "the server's address holds a user, a password"),
    ],
)
def test_an_address_that_cannot_be_used_is_a_wrong_setting(url, expected):
    with pytest.raises(SettingsError, match=re.escape(expected)) as caught:
        checked_url(url)
    assert "@" not in str(caught.value)


def test_a_proxy_variable_that_cannot_be_used_is_a_wrong_setting(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "socks9://x")
    with pytest.raises(
        SettingsError,
        match=r"^a proxy variable of the environment cannot be used \(.*\); mend or unset HTTP_PROXY",
    ):
        ServerEngine(AskSettings(base_url="http://192.168.1.5/v1"))


def test_a_key_that_no_header_can_hold_is_a_wrong_setting_and_is_not_shown():
    with pytest.raises(SettingsError) as caught:
        ServerEngine(AskSettings(), api_key="sk-ä")
    assert (
        str(caught.value) == "the key in QAGEN_API_KEY holds a character that no key can have; set it again"
    )


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:11434/v1", True),
        ("http://api.localhost./v1", True),
        ("http://127.0.0.53/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://0.0.0.0:11434/v1", True),
        ("http://192.168.1.5/v1", False),
        ("http://localhost.example.org/v1", False),
        ("https://api.openai.com/v1", False),
    ],
)
def test_only_this_very_machine_is_local(url, local):
    assert is_local(checked_url(url)) is local


# ---- the scripted server itself


async def test_the_scripted_server_answers_with_ten_pairs_that_stand_word_for_word_in_the_chunk():
    metals = [
        "Copper",
        "Nickel",
        "Cobalt",
        "Chromium",
        "Titanium",
        "Vanadium",
        "Tungsten",
        "Niobium",
        "Zinc",
        "Iron",
    ]
    sentences = [
        f"{metal} lost half of its mass at {300 + i} K in dry air." for i, metal in enumerate(metals)
    ]
    chunk = "4.2 Findings\n\n" + " ".join(sentences[:7]) + "\n\n" + " ".join(sentences[7:])
    prompt = "Write pairs. Each must be deep and full of detail for its readers.\n\nExcerpt:\n" + chunk
    with ScriptedServer() as server:
        async with Asking(server) as asking:
            completion = await asking.engine.ask(replace(REQUEST, messages=(Message("user", prompt),)))
    thoughts, _, final = completion.text.partition("</think>")
    answers = re.findall(r"^###ANSWER: (.+)$", final, re.MULTILINE)
    questions = re.findall(r"^###QUESTION: (.+\?)$", final, re.MULTILINE)
    assert (bool(thoughts), answers, len(set(questions))) == (True, sentences, 10)


def test_the_scripted_server_tells_the_test_when_its_script_is_wrong():
    server = ScriptedServer(reply=lambda request, nth: 1 // 0)
    with pytest.raises(ZeroDivisionError), server:
        httpx.post(f"{server.base_url}/chat/completions", json={}, trust_env=False)


def test_the_scripted_server_has_no_other_pages():
    with ScriptedServer() as server, httpx.Client(base_url=server.base_url, trust_env=False) as client:
        assert [client.get("nothing").status_code, client.post("nothing", json={}).status_code] == [404, 404]
