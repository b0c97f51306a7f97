"""A run against a server that fails now and then in every way that servers do: nothing is lost, none is paid for twice, the ledger
says the truth, and every chunk ends with records or with the right reason."""

import asyncio
import json
import random
import threading
from collections import Counter
from dataclasses import replace

import pytest

from qagen import convert
from qagen.convert.store import Conversion, save
from qagen.engines.server.engine import ServerEngine
from qagen.ledger.ledger import Ledger
from qagen.pipeline.replay import Recipe, paper_results
from qagen.pipeline.run import Run
from qagen.prompts import load_prompt
from qagen.reasons import Reason
from qagen.records import Paper, Record
from qagen.settings import AskSettings, ChunkSettings, Settings
from qagen.workspace import Workspace
from tests.documents import document
from tests.scripted_server import Reply, ScriptedServer

PAPERS, CHUNKS = 6, 20
RETRIES = 2
HANG = Reply("never sent", gate=threading.Event())
FAULTS = [
    Reply(status=429),
    Reply(status=429, headers={"Retry-After": "5"}),
    Reply(status=500, body="oops"),
    Reply(status=503, body='{"error": "Loading model"}'),
    Reply(drop="before"),
    Reply("half of it", drop="in body"),
    Reply(body='{"choices": [{"mess'),
    Reply(extra={"choices": []}),
    HANG,
]
SENTENCE = "Warm brine thins the ice of lagoon {} from below because salt lowers its freezing point."
PAIR = f"###QUESTION: Why does brine thin the ice of lagoon {{}}?\n###ANSWER: {SENTENCE}\n------\n"
ANSWERS = {"good": 8, "slow": 1, "empty": 1, "length": 1}
REASONS = {"empty": Reason.EMPTY, "length": Reason.TRUNCATED}


def script(seed):
    """What each chunk meets, try by try: faults, then an answer, or faults alone."""
    dice = random.Random(seed)
    tries = {}
    for lagoon in range(PAPERS * CHUNKS):
        faults = []
        while dice.random() < 0.2:
            faults.append(dice.choice(FAULTS))
        if lagoon < len(FAULTS):
            faults = [FAULTS[lagoon]] * (RETRIES + 1)
        answer = dice.choices([*ANSWERS], [*ANSWERS.values()])[0]
        if lagoon > PAPERS * CHUNKS - 9:
            answer = "good"  # there are others to come while a slow one is under way
        tries[lagoon] = [*faults, answer][: RETRIES + 1]
    return tries


class Serving:
    """The script, played: what each chunk has met, and the log of the answers that were sent."""

    def __init__(self, tries, expire):
        self.tries = tries
        self.expire = expire
        self.seen = Counter()
        self.log = []
        self.slow = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, request, nth):
        lagoon = int(request["messages"][-1]["content"].rpartition("ice of lagoon ")[2].split()[0])
        with self._lock:
            given = self.tries[lagoon][self.seen[lagoon]]
            self.seen[lagoon] += 1
            self.slow.set()
            if isinstance(given, Reply):
                if given is HANG:
                    self.expire(request["seed"])
                return given
            reply = self._answer(given, lagoon)
            self.log.append((request["seed"], reply.payload(request, nth).decode()))
        return reply

    def _answer(self, kind, lagoon):
        if kind == "empty":
            return Reply(None)
        if kind == "length":
            return Reply("###QUESTION: Why does brine thin the i", finish_reason="length")
        if kind == "slow":
            self.slow = threading.Event()  # until another call comes
            return Reply(PAIR.format(lagoon, lagoon), gate=self.slow)
        return Reply(PAIR.format(lagoon, lagoon))


class Deadlines:
    """Time-outs that pass when the server says that it will never answer, and never else."""

    def __init__(self):
        self.running = {}
        self.loop = None

    def expire(self, seed):
        self.loop.call_soon_threadsafe(lambda: self.running[seed].reschedule(self.loop.time()))

    def __call__(self, seconds):
        self.loop = asyncio.get_running_loop()
        made = asyncio.timeout(None)
        self.running[asyncio.current_task().get_name()] = made
        return made


class Named(ServerEngine):
    """Tells the deadlines which request a task is about."""

    async def ask(self, request, *, held=False):
        asyncio.current_task().set_name(request.seed)
        return await super().ask(request, held=held)


class Converted:
    """All is converted already."""


class Silent:
    def converting(self, done, total):
        """Nothing to see."""

    def asking(self, now):
        """Nothing to see."""

    def note(self, text):
        raise AssertionError(text)


async def without_waiting(seconds):
    await asyncio.sleep(0)


def papers(tmp_path, workspace, settings):
    for number in range(PAPERS):
        paper = Paper(f"{number:064x}", tmp_path / f"{number}.pdf", f"{number}.pdf")
        lagoons = range(number * CHUNKS, (number + 1) * CHUNKS)
        parts = [part for n in lagoons for part in (("##", f"Results {n}"), ("Text", SENTENCE.format(n)))]
        made = replace(document(("#", "Lagoons"), *parts), paper_sha256=paper.sha256)
        save(workspace.conversion(paper.sha256, convert.fingerprint(settings.convert)), Conversion(made))
        yield paper


@pytest.mark.parametrize(("seed", "concurrency"), [(0, 32), (1, 4)])
async def test_every_chunk_ends_as_the_script_says_with_no_request_more_than_it_needs(
    tmp_path, seed, concurrency
):
    tries, deadlines = script(seed), Deadlines()
    serving = Serving(tries, lambda seed: deadlines.expire(str(seed)))
    with ScriptedServer(reply=serving) as server:
        ask = AskSettings(base_url=server.base_url, retries=RETRIES, concurrency=concurrency, attempts=1)
        settings = Settings(ask=ask, chunk=ChunkSettings(chars=200, overlap=0, min_chars=20))
        workspace = Workspace(tmp_path / "work")
        recipe = Recipe(settings, "server", "r1", load_prompt("deep-qa"))
        made = list(papers(tmp_path, workspace, settings))
        async with Named(ask, sleep=without_waiting, within=deadlines) as engine:
            run = Run(workspace, recipe, Converted(), Silent())
            await run.fill(made, engine)

    ends = {lagoon: met[-1] for lagoon, met in tries.items()}
    unanswered = {lagoon for lagoon, end in ends.items() if isinstance(end, Reply)}
    assert {int(sha, 16) * CHUNKS + index for sha, (index,) in run.stats.unanswered} == unanswered
    assert dict(serving.seen) == {lagoon: len(met) for lagoon, met in tries.items()}
    kept = [entry for paper in made for entry in Ledger(workspace.calls(paper.sha256)).entries()]
    assert sorted((entry.request.seed, entry.completion.raw) for entry in kept) == sorted(serving.log)
    lines = [line for paper in made for line in workspace.calls(paper.sha256).read_bytes().splitlines()]
    assert sorted(json.loads(line)["raw"] for line in lines) == sorted(raw for _, raw in serving.log)
    results = [
        result for paper in made for result in paper_results(paper, workspace, recipe, run.stats.failures)
    ]
    outcome = {
        int(result.paper.sha256, 16) * CHUNKS + result.chunk.index: None
        if isinstance(result, Record)
        else result.reason
        for result in results
    }
    assert outcome == {
        lagoon: Reason.NO_ANSWER if lagoon in unanswered else REASONS.get(end) for lagoon, end in ends.items()
    }
