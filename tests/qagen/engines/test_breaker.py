"""A server that goes away and comes back: waited for, told of, nothing lost, nothing asked twice that had answered."""

import asyncio
import threading
from collections import Counter
from dataclasses import replace

import httpx
import pytest

from qagen.engines.server.breaker import Breaker
from qagen.engines.server.engine import ServerEngine
from qagen.errors import NoAnswer, ServerUnreachable
from qagen.records import Message, Request
from qagen.settings import AskSettings
from tests.scripted_server import Reply, ScriptedServer

REQUEST = Request("r1", (Message("user", "Ask."),), temperature=0.6, top_p=0.95, max_tokens=100, seed=0)


class Clock:
    """Passes only while somebody sleeps; `then` maps a time to what happens when it is reached."""

    def __init__(self, then=None):
        self.now = 0.0
        self.then = dict(then or {})

    async def sleep(self, seconds):
        await asyncio.sleep(0)
        self.now += seconds
        for time in sorted(time for time in self.then if time <= self.now):
            self.then.pop(time)()


class Remote:
    """A model server without a network: up or down, in front of it perhaps a gateway; counts."""

    def __init__(self, *, up=True, down=lambda request: httpx.ConnectError("refused", request=request)):
        self.up = up
        self.down = down
        self.asked = []
        self.answered = []
        self.listed = 0
        self.models = ["r1"]
        self.more = asyncio.Event()
        self.faults = {}

    async def __call__(self, request):
        if not self.up:
            fault = self.down(request)
            if isinstance(fault, Exception):
                raise fault
            return fault
        if request.method == "GET":
            self.listed += 1
            return httpx.Response(200, json={"data": [{"id": name} for name in self.models]})
        seed = httpx.Response(200, content=request.content).json()["seed"]
        self.asked.append(seed)
        self.more.set()
        await asyncio.sleep(0)
        if not self.up:
            raise httpx.ReadError("reset", request=request)
        if faults := self.faults.get(seed):
            fault = faults.pop(0)
            if isinstance(fault, Exception):
                raise fault
            return fault
        self.answered.append(seed)
        return httpx.Response(200, json={"choices": [{"message": {"content": str(seed)}}]})

    async def reached(self, asked):
        while len(self.asked) < asked:
            self.more.clear()
            await self.more.wait()


class Net(httpx.AsyncBaseTransport):
    """Several remotes by host name."""

    def __init__(self, **remotes):
        self.remotes = remotes

    async def handle_async_request(self, request):
        response = await self.remotes[request.url.host](request)
        return httpx.Response(
            response.status_code, headers=response.headers, stream=response.stream, request=request
        )


def engine_of(clock, notes, **remotes):
    settings = {
        name: remotes.pop(name) for name in ("concurrency", "retries", "reconnect_timeout") if name in remotes
    }
    urls = [f"http://{name}/v1" for name in remotes]
    return ServerEngine(
        AskSettings(base_url=urls, **{"concurrency": 4, "retries": 2, **settings}),
        http_client=httpx.AsyncClient(transport=Net(**remotes)),
        note=notes.append,
        clock=lambda: clock.now,
        sleep=clock.sleep,
        jitter=lambda: 0.0,
    )


async def ask_all(engine, calls):
    answers = await asyncio.gather(
        *(engine.ask(replace(REQUEST, seed=seed)) for seed in range(calls)), return_exceptions=True
    )
    return [answer if isinstance(answer, Exception) else answer.text for answer in answers]


async def test_a_server_that_comes_back_after_a_minute_answers_all_and_is_asked_nothing_again_that_it_answered():
    remote, notes = Remote(), []

    def back():
        remote.up = True

    clock = Clock({60.0: back})
    async with engine_of(clock, notes, a=remote) as engine:
        assert await ask_all(engine, 10) == [str(seed) for seed in range(10)]
        calls = [asyncio.ensure_future(engine.ask(replace(REQUEST, seed=seed))) for seed in range(10, 30)]
        await remote.reached(14)
        remote.up = False
        assert [completion.text for completion in await asyncio.gather(*calls)] == [
            str(seed) for seed in range(10, 30)
        ]
    assert Counter(remote.answered) == dict.fromkeys(range(30), 1)
    assert {seed: times for seed, times in Counter(remote.asked).items() if times > 1} == dict.fromkeys(
        range(10, 14), 2
    )
    assert 60.0 <= clock.now <= 75.0
    assert notes == [
        "the server at 'http://a/v1' is gone (refused); waiting up to 900 s for it to come back",
        "the server at 'http://a/v1' answers again; going on",
    ]


async def test_an_outage_costs_a_call_none_of_its_tries():
    remote, notes = Remote(up=False), []
    clock = Clock({300.0: lambda: setattr(remote, "up", True)})
    async with engine_of(clock, notes, a=remote, retries=0) as engine:
        assert await ask_all(engine, 9) == [str(seed) for seed in range(9)]


async def test_a_server_that_does_not_come_back_in_time_ends_the_asking():
    remote, notes, clock = Remote(up=False), [], Clock()
    async with engine_of(clock, notes, a=remote, reconnect_timeout=100.0) as engine:
        answers = await ask_all(engine, 5)
        await engine.idle()
        with pytest.raises(ServerUnreachable):
            await engine.ask(REQUEST)
    assert {str(answer) for answer in answers} == {"the server at 'http://a/v1' is gone (refused)"}
    assert {type(answer) for answer in answers} == {ServerUnreachable}
    assert clock.now == 100.0
    assert len(notes) == 1


async def test_without_patience_a_server_that_is_gone_ends_the_asking_at_once():
    clock, notes = Clock(), []
    async with engine_of(clock, notes, a=Remote(up=False), reconnect_timeout=0.0) as engine:
        with pytest.raises(ServerUnreachable):
            await engine.ask(REQUEST)
    assert (clock.now, notes) == (0.0, ["the server at 'http://a/v1' is gone (refused)"])


@pytest.mark.parametrize(
    "down",
    [
        lambda request: httpx.Response(502, text="bad gateway"),
        lambda request: httpx.Response(503, text="Loading model"),
        lambda request: httpx.ReadError("reset", request=request),
    ],
    ids=["a gateway without it", "a model that is loading", "a tunnel without an end"],
)
async def test_what_stands_before_a_server_that_is_gone_hides_nothing(down):
    remote, notes = Remote(down=down), []
    clock = Clock({200.0: lambda: setattr(remote, "up", True)})
    async with engine_of(clock, notes, a=remote, concurrency=8, retries=5) as engine:
        await ask_all(engine, 8)
        remote.up = False
        answers = await asyncio.gather(*(engine.ask(replace(REQUEST, seed=seed)) for seed in range(8, 40)))
    assert [answer.text for answer in answers] == [str(seed) for seed in range(8, 40)]
    assert notes[0].startswith("the server at 'http://a/v1' is gone (")
    assert notes[1:] == ["the server at 'http://a/v1' answers again; going on"]


async def test_a_server_that_lists_its_models_but_answers_nothing_yet_costs_no_chunk():
    loading = [httpx.Response(503, text="Loading model") for _ in range(6)]
    remote, notes, clock = Remote(), [], Clock()
    remote.faults = {seed: list(loading) for seed in range(8)}
    async with engine_of(clock, notes, a=remote, concurrency=8, retries=3) as engine:
        assert await ask_all(engine, 8) == [str(seed) for seed in range(8)]


async def test_an_answer_that_was_under_way_when_its_server_was_taken_to_be_gone_leaves_it_waited_for():
    """It comes before the wait begins, and after it nobody knows any more since when the server is gone."""
    clock, back = Clock(), asyncio.Event()
    async with engine_of(clock, [], a=Remote()) as engine:
        (host,) = engine.hosts
        breaker = Breaker(
            60, hosts=engine.hosts, changed=back.set, note=None, clock=lambda: clock.now, sleep=clock.sleep
        )
        breaker.mark_gone(host, "HTTP 503")
        breaker.note_answer(host)
        back.clear()
        await asyncio.wait_for(back.wait(), 10)
        await breaker.close()
    assert (host.gone, host.dead) == (None, False)


async def test_a_prompt_that_crashes_the_server_each_time_is_given_up_and_the_others_are_answered():
    remote, notes, clock = Remote(), [], Clock()
    request = httpx.Request("POST", "http://a/v1")
    remote.faults = {3: [httpx.ReadError("reset", request=request) for _ in range(99)]}
    async with engine_of(clock, notes, a=remote, retries=2) as engine:
        answers = await ask_all(engine, 9)
    assert [type(answer) for answer in answers] == [str] * 3 + [NoAnswer] + [str] * 5
    assert (remote.asked.count(3), notes) == (3, [])


async def test_a_server_that_comes_back_without_the_model_is_not_back():
    remote, notes = Remote(), []

    def back(models):
        remote.up, remote.models = True, models

    clock = Clock({30.0: lambda: back([]), 90.0: lambda: back(["r1"])})
    async with engine_of(clock, notes, a=remote) as engine:
        await engine.resolve_model()
        remote.up = False
        assert await ask_all(engine, 3) == ["0", "1", "2"]
    assert clock.now >= 90.0
    assert Counter(remote.asked) == {0: 1, 1: 1, 2: 1}


# ---- several servers


async def test_calls_go_to_the_server_with_the_smallest_share_of_its_places_taken():
    gate = threading.Event()
    with ScriptedServer(reply=lambda request, nth: Reply("A", gate=gate)) as one:
        with ScriptedServer(reply=lambda request, nth: Reply("B", gate=gate)) as other:
            settings = AskSettings(base_url=[one.base_url, other.base_url], concurrency=3)
            async with ServerEngine(settings) as engine:
                calls = [asyncio.ensure_future(engine.ask(replace(REQUEST, seed=n))) for n in range(8)]
                assert await asyncio.to_thread(one.wait_for_requests, 3)
                assert await asyncio.to_thread(other.wait_for_requests, 3)
                assert engine.limit == 6
                gate.set()
                await asyncio.gather(*calls)
    assert (one.peak, other.peak, len(one.requests) + len(other.requests)) == (3, 3, 8)


async def test_a_call_that_failed_goes_to_another_server_and_one_that_is_gone_is_done_without():
    bad, good, notes, clock = Remote(), Remote(), [], Clock()
    bad.faults = {seed: [httpx.Response(500) for _ in range(5)] for seed in range(20)}
    async with engine_of(clock, notes, bad=bad, good=good) as engine:
        assert await ask_all(engine, 8) == [str(seed) for seed in range(8)]
        assert not set(bad.answered)
        bad.up = False
        assert await ask_all(engine, 20) == [str(seed) for seed in range(20)]
        assert engine.limit == 4
    assert len(good.answered) == 28


async def test_a_server_that_does_not_answer_at_the_beginning_joins_when_it_does():
    late, there, notes = Remote(up=False), Remote(), []
    clock = Clock({5.0: lambda: setattr(late, "up", True)})
    async with engine_of(clock, notes, late=late, there=there) as engine:
        assert await engine.resolve_model() == "r1"
        while clock.now < 20.0:
            await clock.sleep(1.0)
        assert await ask_all(engine, 40) == [str(seed) for seed in range(40)]
    assert late.answered
    assert notes[0] == (
        "the server at 'http://late/v1' is gone (it does not answer); waiting up to 900 s for it to come back; meanwhile 'http://there/v1' goes on"
    )


async def test_a_call_that_is_called_off_while_it_waits_takes_no_place():
    remote, clock = Remote(), Clock()
    async with engine_of(clock, [], a=remote, concurrency=1) as engine:
        first, second, third = (
            asyncio.ensure_future(engine.ask(replace(REQUEST, seed=seed))) for seed in range(3)
        )
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(first, third)
        assert engine.hosts[0].under_way == 0
    assert remote.answered == [0, 2]
