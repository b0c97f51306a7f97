"""A fifth of all tries goes wrong in every way but silence: no answer is lost, none is paid for twice, the ledger says the truth."""

import asyncio
import json
import random
import threading
from collections import Counter
from dataclasses import replace

import pytest

from qagen.engines.server import ServerEngine
from qagen.errors import NoAnswer
from qagen.ledger import Ledger
from qagen.records import Message, Request
from qagen.settings import AskSettings
from tests.scripted_server import Reply, ScriptedServer

CALLS = 120
RETRIES = 2
REQUEST = Request("r1", (Message("user", "Ask."),), temperature=0.6, top_p=0.95, max_tokens=100, seed=0)
FAULTS = [
    Reply(status=429),
    Reply(status=429, headers={"Retry-After": "5"}),
    Reply(status=500, body="oops"),
    Reply(status=503, body='{"error": "Loading model"}'),
    Reply(drop="before"),
    Reply("half of it", drop="in body"),
    Reply(body='{"choices": [{"mess'),
    Reply(extra={"choices": []}),
]
ANSWERS = [Reply("Because."), Reply(None), Reply("Becau", finish_reason="length")]


def script(seed: int) -> dict[int, list[Reply]]:
    """What each call meets, try by try: faults, then an answer, or faults alone."""
    dice = random.Random(seed)
    tries = {}
    for call in range(CALLS):
        faults = []
        while dice.random() < 0.2:
            faults.append(dice.choice(FAULTS))
        if call == 0:
            faults = [FAULTS[0]] * (RETRIES + 1)
        tries[call] = [*faults, dice.choices(ANSWERS, [8, 1, 1])[0]][: RETRIES + 1]
    return tries


async def without_waiting(seconds: float) -> None:
    await asyncio.sleep(0)


@pytest.mark.parametrize("seed", range(2))
async def test_every_call_ends_as_the_script_says_with_no_request_more_than_it_needs(tmp_path, seed):
    tries = script(seed)
    seen: Counter[int] = Counter()
    log = []
    lock = threading.Lock()

    def reply(request, nth):
        with lock:
            call = request["seed"]
            given = tries[call][seen[call]]
            seen[call] += 1
            if given in ANSWERS:
                log.append((call, given.payload(request, nth).decode()))
        return given

    ledger = Ledger(tmp_path / "calls.jsonl")
    unanswered = set()
    with ScriptedServer(reply=reply) as server:
        settings = AskSettings(base_url=server.base_url, retries=RETRIES, concurrency=32)
        async with ServerEngine(settings, sleep=without_waiting) as engine:

            async def ask(call: int) -> None:
                request = replace(REQUEST, seed=call)
                try:
                    ledger.append(request, await engine.ask(request))
                except NoAnswer:
                    unanswered.add(call)

            await asyncio.gather(*map(ask, range(CALLS)))

    assert unanswered == {call for call, replies in tries.items() if replies[-1] not in ANSWERS}
    assert dict(seen) == {call: len(replies) for call, replies in tries.items()}
    kept = [(entry.request.seed, entry.completion) for entry in Ledger(ledger.path).entries()]
    assert sorted((call, completion.raw) for call, completion in kept) == sorted(log)
    assert {call: (completion.text, completion.finish_reason) for call, completion in kept} == {
        call: (replies[-1].text or "", replies[-1].finish_reason)
        for call, replies in tries.items()
        if call not in unanswered
    }
    lines = ledger.path.read_bytes().splitlines()
    assert Counter(json.loads(line)["request"]["seed"] for line in lines) == Counter(call for call, _ in log)
