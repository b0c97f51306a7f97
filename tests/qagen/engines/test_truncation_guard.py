"""Prompts that a server cuts without a word: found before the run and in it, and never taken for answers."""

import asyncio
import json

import pytest

from qagen.engines.probing.probe import (
    CODE_WORD,
    Reach,
    Thoughts,
    characters,
    is_alarming,
    keeps_to_schema,
    probe_head,
    prompt_tokens,
    thoughts_of,
    trial,
)
from qagen.engines.probing.server_info import ServerInfo, ask_server_info
from qagen.engines.probing.truncation_guard import TruncationGuard
from qagen.engines.server.engine import ServerEngine
from qagen.engines.server.responses import read_completion
from qagen.errors import NoAnswer, PromptTruncated
from qagen.records import Completion, Message, Request
from qagen.settings import AskSettings
from tests.personalities import EVERY, LLAMA_CPP, LM_STUDIO, NAME, OLLAMA, SGLANG, UNKNOWN, VLLM
from tests.scripted_server import Reply, ScriptedServer

ASK = AskSettings()
LONG = 12_000


def request(length: int = LONG) -> Request:
    return Request(NAME, (Message("user", "x" * length),), 0.6, 0.95, max_tokens=100, seed=1)


def ask_all(server: ScriptedServer, *requests: Request, longest: int = LONG) -> tuple[list, list[str]]:
    """The answers or errors one after another, and what was noted."""
    notes: list[str] = []

    async def asked() -> list:
        settings = AskSettings(base_url=(server.base_url,), retries=0)
        answers = []
        async with ServerEngine(settings) as engine:
            watched = TruncationGuard(engine, settings, NAME, longest, notes.append)
            for one in requests:
                try:
                    answers.append(await watched.ask(one))
                except (NoAnswer, PromptTruncated) as error:
                    answers.append(error)
        return answers

    return asyncio.run(asked()), notes


def test_ollama_with_a_short_context_stops_the_run_before_its_first_question():
    with OLLAMA.server(2048) as server:
        (error,), notes = ask_all(server, request())
        url, asked = server.base_url, server.requests
    assert isinstance(error, PromptTruncated)
    assert str(error).startswith(f"the server at {url!r} cuts prompts without a word: of one of about 2,")
    assert "did not see the beginning, and the server read 1,024; start it as `OLLAMA_CONTEXT_LENGTH=" in str(
        error
    )
    assert asked == []
    assert len(notes) == 1
    assert notes[0].startswith(
        f"the server at {url!r} gives a call 2,048 tokens, and a prompt of about 3,000 with"
    )


@pytest.mark.parametrize("personality", EVERY, ids=lambda one: one.kind)
def test_a_context_that_is_long_enough_is_asked_in_peace(personality):
    with personality.server(32768) as server:
        answers, notes = ask_all(server, request(), request())
        tried = len(server.trials)
    assert all(isinstance(answer, Completion) for answer in answers)
    assert notes == []
    assert tried == (1 if personality is UNKNOWN else 0)  # the others say that it is long enough


@pytest.mark.parametrize("personality", [VLLM, SGLANG, LM_STUDIO, LLAMA_CPP], ids=lambda one: one.kind)
def test_a_server_that_refuses_what_does_not_fit_gives_no_answer_and_its_shape_is_known(personality):
    with personality.server(2048) as server:
        (error,), _ = ask_all(server, request())
    assert isinstance(error, NoAnswer)
    assert str(error).startswith("prompt and answer do not fit the model's context at ")


def cutting_later(context: int):
    """An Ollama whose context shrinks after the first trial, as when another program has it load the model anew."""
    sizes = iter([32768])

    def trial_of(request, nth):
        return OLLAMA.answer(request, next(sizes, context))

    return ScriptedServer(
        lambda request, nth: OLLAMA.answer(request, context), models=(NAME,), trial=trial_of
    )


def test_a_cut_in_mid_run_is_an_alarm_and_what_the_trial_confirms_is_no_answer():
    with cutting_later(2048) as server:
        (error,), _ = ask_all(server, request())
        tried = len(server.trials)
    assert isinstance(error, PromptTruncated)
    assert tried == 3  # before the run; at the alarm; and a short one, which shows that the model can do it


def test_an_alarm_that_the_trial_does_not_confirm_is_raised_once():
    """Some servers do not count what they had in their cache."""

    def reply(request, nth):
        return Reply("fine", usage=(7, 1))

    with ScriptedServer(reply, models=(NAME,)) as server:
        answers, notes = ask_all(server, *[request()] * 5)
        tried = len(server.trials)
    assert [answer.text for answer in answers] == ["fine"] * 5
    assert (tried, notes) == (2, [])


def test_a_cut_after_a_false_alarm_is_found_where_the_server_counts_clearly_less_than_then():
    counts = iter([1500, 1500, 1024])

    def trial(request, nth):
        return OLLAMA.answer(request, 32768 if nth <= 2 else 2048)

    with ScriptedServer(
        lambda *_: Reply("fine", usage=(next(counts), 1)), models=(NAME,), trial=trial
    ) as server:
        answers, _ = ask_all(server, *[request()] * 3)
        tried = len(server.trials)
    assert [type(answer) for answer in answers] == [Completion, Completion, PromptTruncated]
    assert tried == 4  # before the run; at the first alarm; at the third answer, with a short one


def test_where_neither_a_word_nor_a_count_tells_the_run_goes_on_and_says_so():
    def fine(*_):
        return Reply("fine", usage=None)

    def mute(*_):
        return Reply("hm", usage=None)

    with ScriptedServer(fine, models=(NAME,), trial=mute) as server:
        answers, notes = ask_all(server, request())
    assert [answer.text for answer in answers] == ["fine"]
    assert len(notes) == 1
    assert "could not say back a code word" in notes[0]


def test_a_trial_without_an_answer_stops_nothing():
    broken = Reply(status=500, body="{}")
    with ScriptedServer(lambda *_: "fine", models=(NAME,), trial=lambda *_: broken) as server:
        answers, notes = ask_all(server, request())
    assert [answer.text for answer in answers] == ["fine"]
    assert "whole is not known: HTTP 500" in notes[0]


def said(word: bool, tokens: int | None) -> Completion:
    return Completion(CODE_WORD if word else "hm", prompt_tokens=tokens)


@pytest.mark.parametrize(
    ("long", "short", "reach"),
    [
        (said(True, 100), None, Reach.WHOLE),
        (said(True, None), None, Reach.WHOLE),
        (said(False, 1024), said(True, 540), Reach.CUT),
        (said(False, 2400), said(True, 540), Reach.CUT),
        (said(False, 2950), said(True, 540), Reach.UNCLEAR),
        (said(False, 2400), said(False, 540), Reach.UNCLEAR),
        (said(False, 1024), said(False, 540), Reach.CUT),
        (said(False, None), said(True, None), Reach.CUT),
        (said(False, None), said(False, None), Reach.UNCLEAR),
    ],
)
async def test_a_lost_word_counts_where_a_short_prompt_keeps_it_or_the_count_is_low(long, short, reach):
    answers = iter([long, short])
    sent = []

    async def ask(one: Request) -> Completion:
        sent.append(one)
        return next(answers)

    arrival = await probe_head(ask, ASK, NAME, LONG)
    assert arrival.reach is reach
    assert abs(characters(sent[0]) - LONG) < 10
    assert len(sent) == (1 if short is None else 2)


@pytest.mark.parametrize(
    ("usage", "timings", "tokens"),
    [
        ({"prompt_tokens": 605, "prompt_tokens_details": {"cached_tokens": 604}}, {}, 605),
        ({"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": 600}}, {}, 605),
        ({"prompt_tokens": 1}, {"prompt_n": 1, "cache_n": 604}, 605),
        ({"prompt_tokens": 605, "prompt_tokens_details": None}, {"prompt_n": "x"}, 605),
        ({}, {}, None),
    ],
)
def test_tokens_that_a_server_had_in_its_cache_are_counted_in(usage, timings, tokens):
    reply = {"choices": [{"message": {"content": ""}}], "usage": usage, "timings": timings}
    assert prompt_tokens(read_completion(json.dumps(reply).encode())) == tokens


def test_less_than_six_tenths_of_the_tokens_that_we_expect_are_an_alarm():
    assert is_alarming(request(4000), said(False, 599))
    assert not is_alarming(request(4000), said(False, 600))
    assert not is_alarming(request(4000), said(False, None))


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ({"content": "a", "reasoning_content": "b"}, Thoughts.CONTENT_FIELD),
        ({"content": "a", "reasoning": "b"}, Thoughts.FIELD),
        ({"content": "<think>b</think>a"}, Thoughts.INLINE),
        ({"content": "b</think>a"}, Thoughts.CLOSING_TAG),
        ({"content": "a", "reasoning": None}, Thoughts.NONE),
    ],
)
def test_thoughts_are_found_where_they_stand(message, place):
    reply = json.dumps({"choices": [{"message": message}]}).encode()
    assert thoughts_of(read_completion(reply)) is place


def test_an_answer_keeps_to_the_schema_or_not():
    pair = {"question": "q", "answer": "a"}
    assert keeps_to_schema(Completion("t</think>" + json.dumps({"pairs": [pair]})))
    for text in ("", "[]", "{}", '{"pairs": [{}]}', '{"pairs": 1}', "###QUESTION: q", "[" * 99_999):
        assert not keeps_to_schema(Completion(text))


def test_a_trial_holds_nothing_of_any_paper_and_is_sampled_as_the_model_wants_it():
    one = trial(ASK, "qwq")
    assert (one.temperature, one.top_p, one.top_k, one.max_tokens) == (0.6, 0.95, 20, 768)
    assert [message.role for message in one.messages] == ["user"]


async def facts(server: ScriptedServer) -> ServerInfo:
    async with ServerEngine(AskSettings(base_url=(server.base_url,))) as engine:
        host = engine.hosts[0]
        return await ask_server_info(host.http, host.url, NAME)


async def test_each_kind_of_server_is_told_by_what_it_says_of_itself():
    found = {}
    for personality in EVERY:
        with personality.server(4096) as server:
            found[personality.kind] = await facts(server)
    assert found == {
        "Ollama": ServerInfo("Ollama", "0.12.3", 4096, "/api/ps", 131072, None),
        "vLLM": ServerInfo("vLLM", "0.11.0", 4096, "/v1/models", None, None),
        "SGLang": ServerInfo("SGLang", "0.5.3", 4096, "/v1/models", None, 48),
        "LM Studio": ServerInfo("LM Studio", None, 4096, "/api/v0/models", 131072, None),
        "llama.cpp": ServerInfo("llama.cpp", "b6700-a1b2c3", 4096, "/props", 131072, 4),
        UNKNOWN.kind: ServerInfo(),
    }


async def test_an_ollama_that_has_not_loaded_the_model_tells_what_its_modelfile_fixes():
    pages = {
        "/api/version": {"version": "0.12.3"},
        "/api/ps": {"models": []},
        "/api/show": {"parameters": "temperature 0.6\nnum_ctx 8192", "model_info": {}},
    }
    with ScriptedServer(models=(NAME,), pages=pages) as server:
        assert await facts(server) == ServerInfo("Ollama", "0.12.3", 8192, "/api/show")


@pytest.mark.parametrize(
    "page", [{"default_generation_settings": 1}, {"data": [1, {"id": []}]}, {"models": "x"}, {"version": 3}]
)
async def test_what_makes_no_sense_is_not_known(page):
    from tests.scripted_server import KIND_PATHS

    with ScriptedServer(models=(NAME,), pages=dict.fromkeys(KIND_PATHS, page)) as server:
        found = await facts(server)
    assert (found.context, found.slots, found.version) == (None, None, None)
