"""The run over a converter and an engine that are functions; the real ones have tests of their own."""

import asyncio
import gc
from dataclasses import replace

import pytest

from qagen import convert
from qagen.convert.store import Conversion, save, save_failure
from qagen.errors import ConversionError, EngineError, NoAnswer, ServerRefused, ServerUnreachable
from qagen.pipeline.replay import Recipe, paper_results
from qagen.pipeline.run import Run
from qagen.prompts import load_prompt
from qagen.reasons import Kind, Reason
from qagen.records import Completion, Document, Paper, Record, Rejection, sha256
from qagen.settings import AskSettings, ChunkSettings, ConvertSettings, Settings
from qagen.workspace import Workspace
from tests.documents import document

SENTENCES = [
    "Warm brine thins the ice of the {} lagoon from below because salt lowers its freezing point.",
    "Snow on the {} lagoon keeps its ice thin since it insulates it from the cold air of the winter.",
    "Wind packs the snow of the {} lagoon into drifts, which raises the temperature of the ice below.",
]
SETTINGS = Settings(
    convert=ConvertSettings(converter="rules"),
    ask=AskSettings(pairs=3, attempts=2, enough=1),
    chunk=ChunkSettings(chars=200, overlap=0, min_chars=50),
)


def a_document(paper: Paper):
    body = " ".join(sentence.format(paper.file) for sentence in SENTENCES)
    return replace(
        document(
            ("#", f"The {paper.file} lagoon"),
            ("##", "Results"),
            ("Text", body),
            ("##", "References"),
            ("Text", body),
        ),
        paper_sha256=paper.sha256,
    )


class Converting:
    """Converts as `a_document` says, but for the papers that fail; counts."""

    def __init__(self, failures=None):
        self.failures = failures or {}
        self.converted = []

    def convert(self, paper, folder):
        self.converted.append(paper.file)
        if paper.file in self.failures:
            error = ConversionError(self.failures[paper.file], "as told")
            save_failure(folder, error)
            raise error
        made = a_document(paper)
        save(folder, Conversion(made))
        return made


class Answering:
    """Answers with one pair from the chunk, unless told an error for the n-th call; counts, and knows its peak of calls."""

    def __init__(self, errors=None):
        self.errors = errors or {}
        self.requests = []
        self.under_way = self.peak = 0
        self.limit = 3
        self.places = asyncio.Semaphore(3)

    def mark_persisted(self):
        pass

    async def idle(self):
        await self.places.acquire()
        self.places.release()

    async def ask(self, request, *, held=False):
        self.requests.append(request)
        error = self.errors.get(len(self.requests))
        async with self.places:
            self.under_way += 1
            self.peak = max(self.peak, self.under_way)
            await asyncio.sleep(0)
            self.under_way -= 1
        if error:
            raise error
        chunk = (
            request.messages[0]
            .content.rpartition("Excerpt:\n")[2]
            .partition("\n\nThis is the end of the excerpt.")[0]
        )
        answer = chunk.partition(". ")[0].rstrip(".") + "."
        named = "".join(chr(ord("a") + int(digit, 16)) for digit in sha256(chunk)[:8])
        question = f"What happens to the ice at the lagoon of the {named} shore?"
        return Completion(
            f"###QUESTION: {question}\n###ANSWER: {answer}\n", prompt_tokens=10, completion_tokens=5
        )


class Watching:
    def __init__(self):
        self.notes = []

    def converting(self, done, total):
        """Nothing to see."""

    def asking(self, now):
        """Nothing to see."""

    def note(self, text):
        self.notes.append(text)


@pytest.fixture
def papers(tmp_path):
    return [Paper(letter * 64, tmp_path / f"{letter}.pdf", letter) for letter in "abcdef"]


@pytest.fixture
def recipe():
    return Recipe(SETTINGS, "server", "r1", load_prompt("deep-qa"))


def fill(tmp_path, papers, recipe, converter, engine):
    watch = Watching()
    run = Run(Workspace(tmp_path / "work"), recipe, converter, watch)
    asyncio.run(run.fill(papers, engine))
    return run.stats, watch


def replay(tmp_path, papers, recipe, filled):
    workspace = Workspace(tmp_path / "work")
    return [result for paper in papers for result in paper_results(paper, workspace, recipe, filled.failures)]


def test_every_chunk_of_every_paper_is_asked_once_with_no_more_calls_at_a_time_than_allowed(
    tmp_path, papers, recipe
):
    engine = Answering()
    filled, _ = fill(tmp_path, papers, recipe, Converting(), engine)
    assert (filled.converted, filled.reused, filled.calls.made, filled.calls_reused) == (6, 0, 12, 0)
    assert (filled.calls.prompt_tokens, filled.calls.completion_tokens) == (120, 60)
    assert len({request.key for request in engine.requests}) == 12
    assert engine.peak <= 3


def test_converting_waits_for_no_answer_and_few_documents_are_in_memory_at_a_time(tmp_path, recipe):
    papers = [Paper(f"{number:064x}", tmp_path / f"{number}.pdf", str(number)) for number in range(120)]
    converted, alive = asyncio.Event(), []

    class Seeing(Watching):
        def converting(self, done, total):
            if done == total:
                converted.set()

    class Waiting(Answering):
        async def ask(self, request, *, held=False):
            await converted.wait()
            if not alive:
                alive.append(sum(type(each) is Document for each in gc.get_objects()))
            return await super().ask(request, held=held)

    before = sum(type(each) is Document for each in gc.get_objects())
    run, engine = (
        Run(Workspace(tmp_path / "work"), recipe, Converting(), Seeing()),
        Waiting(),
    )
    asyncio.run(asyncio.wait_for(run.fill(papers, engine), 60))
    assert len(engine.requests) == run.stats.calls.made >= len(papers)
    assert max(alive) - before <= 10, (before, alive)


def test_a_second_run_converts_nothing_and_asks_nothing_and_gives_the_same(tmp_path, papers, recipe):
    first, _ = fill(tmp_path, papers, recipe, Converting(), Answering())
    before = replay(tmp_path, papers, recipe, first)
    converter, engine = Converting(), Answering()
    filled, _ = fill(tmp_path, papers, recipe, converter, engine)
    assert (converter.converted, engine.requests, filled.reused, filled.calls_reused) == ([], [], 6, 12)
    assert replay(tmp_path, papers, recipe, filled) == before
    assert [type(result) for result in before] == [Record] * 12


def test_a_paper_that_cannot_be_converted_is_a_rejection_and_the_others_are_built(tmp_path, papers, recipe):
    converter = Converting({"b": Reason.DAMAGED, "c": Reason.TIMED_OUT})
    filled, watch = fill(tmp_path, papers, recipe, converter, Answering())
    results = replay(tmp_path, papers, recipe, filled)
    assert [(result.paper.file, result.reason) for result in results if isinstance(result, Rejection)] == [
        ("b", Reason.DAMAGED),
        ("c", Reason.TIMED_OUT),
    ]
    assert sum(isinstance(result, Record) for result in results) == 8
    assert sorted(watch.notes) == ["b: damaged: as told", "c: timed_out: as told"]


def test_what_failed_for_the_hour_is_tried_again_and_what_failed_for_good_is_not(tmp_path, papers, recipe):
    failures = {"b": Reason.DAMAGED, "c": Reason.TIMED_OUT, "d": Reason.CRASHED, "e": Reason.OUT_OF_MEMORY}
    fill(tmp_path, papers, recipe, Converting(failures), Answering())
    again = Converting()
    filled, _ = fill(tmp_path, papers, recipe, again, Answering())
    assert sorted(again.converted) == ["c", "d", "e"]
    assert {sha[0]: failure.reason for sha, failure in filled.failures.items()} == {"b": Reason.DAMAGED}


def test_a_chunk_without_an_answer_is_listed_and_asked_by_the_next_run(tmp_path, papers, recipe):
    first, _ = fill(
        tmp_path, papers, recipe, Converting(), Answering({5: NoAnswer("the server hung up five times")})
    )
    assert list(first.unanswered.values()) == ["the server hung up five times"]
    lost = [result for result in replay(tmp_path, papers, recipe, first) if isinstance(result, Rejection)]
    assert [(result.kind, result.reason) for result in lost] == [(Kind.CHUNK, Reason.NO_ANSWER)]
    engine = Answering()
    second, _ = fill(tmp_path, papers, recipe, Converting(), engine)
    assert (len(engine.requests), second.calls_reused, second.unanswered) == (1, 11, {})


def test_a_server_that_goes_away_stops_the_asking_and_keeps_what_it_answered(tmp_path, papers, recipe):
    gone = ServerUnreachable("no model server answers at 'http://x'")
    filled, watch = fill(tmp_path, papers, recipe, Converting(), Answering(dict.fromkeys(range(5, 99), gone)))
    assert (filled.calls.made, len(filled.unanswered)) == (4, 8)
    assert watch.notes == [
        "no model server answers at 'http://x'; what was answered is kept, the next run goes on from there"
    ]


def test_a_server_that_was_never_there_is_an_error(tmp_path, papers, recipe):
    with pytest.raises(ServerUnreachable):
        fill(
            tmp_path,
            papers,
            recipe,
            Converting(),
            Answering({n: ServerUnreachable("nobody") for n in range(1, 99)}),
        )


def test_a_run_in_which_nothing_ever_gets_an_answer_ends_early(tmp_path, recipe):
    many = [Paper(f"{number:064}", tmp_path / f"{number}.pdf", str(number)) for number in range(120)]
    engine = Answering({n: NoAnswer("no such field") for n in range(1, 999)})
    with pytest.raises(
        EngineError, match=r"^none of the first 20 chunks got an answer; the last one: no such field$"
    ):
        fill(tmp_path, many, recipe, Converting(), engine)
    assert len(engine.requests) <= 20 + 3


def test_a_server_that_refuses_ends_the_run(tmp_path, papers, recipe):
    with pytest.raises(ServerRefused, match="no such key"):
        fill(tmp_path, papers, recipe, Converting(), Answering({3: ServerRefused("no such key")}))


def test_a_response_without_pairs_is_asked_again_with_a_follow_up(tmp_path, papers, recipe):
    class Silent(Answering):
        async def ask(self, request, *, held=False):
            return Completion("") if request.attempt == 1 else await super().ask(request)

    engine = Silent()
    filled, _ = fill(tmp_path, papers[:1], recipe, Converting(), engine)
    records = [
        result for result in replay(tmp_path, papers[:1], recipe, filled) if isinstance(result, Record)
    ]
    assert [request.attempt for request in engine.requests] == [2, 2]
    assert filled.calls.made == 4
    assert [record.generation.attempt for record in records] == [2, 2]


def test_the_order_in_which_papers_come_changes_no_result(tmp_path, papers, recipe):
    one, _ = fill(tmp_path / "1", papers, recipe, Converting(), Answering())
    other, _ = fill(tmp_path / "2", papers[::-1], recipe, Converting(), Answering())
    assert replay(tmp_path / "1", papers, recipe, one) == replay(tmp_path / "2", papers, recipe, other)


def test_a_conversion_that_is_there_is_found_by_its_fingerprint(tmp_path, papers):
    folder = Workspace(tmp_path).conversion(papers[0].sha256, convert.fingerprint(SETTINGS.convert))
    save(folder, Conversion(a_document(papers[0])))
    assert convert.load(folder, papers[0].sha256) == a_document(papers[0])


def test_short_chunks_and_papers_without_body_are_listed(tmp_path, papers, recipe):
    class Thin(Converting):
        def convert(self, paper, folder):
            body = "A thin body of a few words." if paper.file == "a" else ""
            made = replace(
                document(("#", "Thin"), ("##", "Results"), ("Text", body)), paper_sha256=paper.sha256
            )
            save(folder, Conversion(made))
            return made

    engine = Answering()
    filled, _ = fill(tmp_path, papers[:2], recipe, Thin(), engine)
    results = replay(tmp_path, papers[:2], recipe, filled)
    assert engine.requests == []
    assert [(result.kind, result.reason, result.detail) for result in results] == [
        (Kind.CHUNK, Reason.TOO_SHORT, "27 characters; asked about from 50 on"),
        (
            Kind.PAPER,
            Reason.NO_BODY_TEXT,
            "no section of the main body has text; see `qagen convert` for what was read",
        ),
    ]


def test_a_block_that_nobody_can_read_is_listed_and_not_asked_about(tmp_path, papers, recipe):
    clear = "S arrivals were harder to find than P arrivals because the coda of the P wave hides them."

    class Garbled(Converting):
        def convert(self, paper, folder):
            made = document(("##", "Results"), ("Text", clear), ("Equation", "F0 ? ( ) = ="))
            blocks = (*made.blocks[:-1], replace(made.blocks[-1], quality=0.25))
            made = replace(made, paper_sha256=paper.sha256, blocks=blocks)
            save(folder, Conversion(made))
            return made

    engine = Answering()
    filled, _ = fill(tmp_path, papers[:1], recipe, Garbled(), engine)
    results = replay(tmp_path, papers[:1], recipe, filled)
    assert [
        request.messages[0]
        .content.rpartition("Excerpt:\n")[2]
        .partition("\n\nThis is the end of the excerpt.")[0]
        for request in engine.requests
    ] == [clear]
    assert [(r.reason, r.detail) for r in results if isinstance(r, Rejection)] == [
        (Reason.GARBLED, "text quality 0.25; asked about from 0.5 on")
    ]


def test_the_extractive_engine_asks_nobody_and_says_where_it_finds_nothing(tmp_path, papers):
    cause = "S arrivals were harder to find than P arrivals because the coda of the P wave hides them."
    nothing = "The boat of the station was painted green by two men of the town on a quiet day."

    class Two(Converting):
        def convert(self, paper, folder):
            made = document(("##", "Results"), ("Text", cause), ("##", "Site"), ("Text", nothing))
            save(folder, Conversion(replace(made, paper_sha256=paper.sha256)))
            return made

    recipe = Recipe(SETTINGS, "extractive")
    run = Run(Workspace(tmp_path / "work"), recipe, Two(), Watching())
    asyncio.run(run.convert_all(papers[:1]))
    record, rejection = replay(tmp_path, papers[:1], recipe, run.stats)
    assert (record.question, record.answer) == ("Why were S arrivals harder to find than P arrivals?", cause)
    assert (record.generation.engine, record.generation.model) == ("extractive", None)
    assert (rejection.kind, rejection.reason) == (Kind.CHUNK, Reason.NOTHING_TO_ASK)
