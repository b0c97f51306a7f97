"""`qagen doctor` on every kind of server: what a person reads, with a remedy in each bad line."""

import re

import pytest

from builder.commands.doctor_model import examine_engine
from builder.commands.findings import finding_text
from qagen.pipeline.replay import Recipe, longest_prompt
from qagen.prompts import load_prompt
from qagen.settings import AskSettings, EmbeddedSettings, Settings
from tests.personalities import EVERY, LLAMA_CPP, LM_STUDIO, NAME, OLLAMA, SGLANG, UNKNOWN, VLLM
from tests.scripted_server import Reply, ScriptedServer
from tests.tiny_model import THINKING_TEMPLATE, write_model


def table(url: str, **ask) -> list[str]:
    ask = {"base_url": (url,), "model": NAME, "retries": 0, **ask}
    return lines_about(Settings(ask=AskSettings(**ask)))


def lines_about(settings: Settings) -> list[str]:
    findings = list(examine_engine(settings, [load_prompt("deep-qa")]))
    width = max(len(finding.what) for finding in findings)
    return [line for finding in findings for line in finding_text(finding, width).splitlines()]


LENGTH = longest_prompt(
    Recipe(Settings(), "server", NAME, load_prompt("deep-qa"), judge=load_prompt("judge", "judge"))
)
TOKENS = round(LENGTH / 4)
CONTEXT = -(-(TOKENS + 8192) // 1024) * 1024
NEED = f"needed are a prompt of up to {TOKENS:,} and an answer of up to 8,192"
MODEL = f"ok   model     {NAME}; sampled as DeepSeek R1: temperature 0.6, top_p 0.95, at most 8,192 tokens"
LONG = f"a prompt of {LENGTH:,} characters, about {TOKENS:,} tokens"
COUNTED = "ok   tokens    counted: 520 for 2,185 characters, 4.2 each"


def good(kind, context, prompts, thoughts, schema, slots):
    return [
        "ok   engine    server: {url}",
        f"ok   server    {kind} at {{url}}; models offered: {NAME}",
        MODEL,
        f"ok   context   {context}",
        f"ok   prompts   {prompts}",
        COUNTED,
        f"ok   thoughts  {thoughts}",
        f"ok   schema    {schema}",
        f"ok   slots     {slots}",
    ]


ENFORCED = "is enforced after the thoughts"
UNSAID = "the server does not say; --concurrency auto finds out"
WELL = {
    OLLAMA.kind: good(
        "Ollama 0.12.3",
        f"16,384 tokens for each call (/api/ps); {NEED}",
        f"{LONG}, arrives whole",
        "in the field reasoning",
        ENFORCED,
        UNSAID,
    ),
    VLLM.kind: good(
        "vLLM 0.11.0",
        f"16,384 tokens for each call (/v1/models); {NEED}",
        "vLLM refuses a prompt that does not fit, and cuts none",
        "in the field reasoning",
        ENFORCED,
        UNSAID,
    ),
    SGLANG.kind: good(
        "SGLang 0.5.3",
        f"16,384 tokens for each call (/v1/models); {NEED}",
        "SGLang refuses a prompt that does not fit, and cuts none",
        "in the field reasoning_content",
        ENFORCED,
        "48 calls at a time",
    ),
    LM_STUDIO.kind: good(
        "LM Studio",
        f"16,384 tokens for each call (/api/v0/models); {NEED}",
        f"{LONG}, arrives whole",
        "in the field reasoning_content",
        "is not enforced: the answer is no JSON of pairs",
        UNSAID,
    ),
    LLAMA_CPP.kind: good(
        "llama.cpp b6700-a1b2c3",
        f"16,384 tokens for each call (/props); {NEED}",
        "llama.cpp refuses a prompt that does not fit, and cuts none",
        "in the text, before </think> without an opening tag",
        ENFORCED,
        "4 calls at a time",
    ),
    UNKNOWN.kind: good(
        "a server of an unknown kind",
        f"the server does not say; {NEED} tokens",
        f"{LONG}, arrives whole",
        "in the field reasoning_content",
        ENFORCED,
        UNSAID,
    ),
}


@pytest.mark.parametrize("personality", EVERY, ids=lambda one: one.kind)
def test_a_server_that_is_well_gets_a_line_for_each_thing_that_was_looked_at(personality):
    with personality.server(16384) as server:
        lines = table(server.base_url)
    assert lines[:-1] == [line.format(url=server.base_url) for line in WELL[personality.kind]]
    assert lines[-1].startswith("ok   speed     ")


REMEDIES = {
    "Ollama": f"start it as `OLLAMA_CONTEXT_LENGTH={CONTEXT} ollama serve`, or lower max_tokens or --chunk-chars",
    "vLLM": f"start it with `--max-model-len {CONTEXT}`, or lower max_tokens or --chunk-chars",
    "SGLang": f"start it with `--context-length {CONTEXT}`, or lower max_tokens or --chunk-chars",
    "LM Studio": f"load the model with a context length of {CONTEXT}, or lower max_tokens or --chunk-chars",
    "llama.cpp": f"start it with `-c {CONTEXT}` times the slots of `-np`, or [embedded] context = {CONTEXT}, or lower max_tokens or "
    "--chunk-chars",
}


@pytest.mark.parametrize("personality", EVERY[:-1], ids=lambda one: one.kind)
def test_a_context_that_is_too_short_is_bad_and_the_remedy_is_that_servers_own(personality):
    with personality.server(4096) as server:
        lines = table(server.base_url)
    bad = [place for place, line in enumerate(lines) if line.startswith("BAD")]
    assert [lines[place].split()[1] for place in bad] == ["context"]
    assert lines[bad[0] + 1].split("-> ")[1] == REMEDIES[personality.kind]


def test_a_cut_prompt_is_bad_and_says_how_much_context_it_takes():
    with OLLAMA.server(1500) as server:
        lines = table(server.base_url)
    place = next(place for place, line in enumerate(lines) if line.startswith("BAD  prompts"))
    assert re.match(rf"BAD  prompts   a prompt of {LENGTH:,} characters, about 2,[345]", lines[place])
    assert lines[place].endswith(" tokens, is cut without a word: its beginning is lost, it counts 750")
    assert f"-> start it as `OLLAMA_CONTEXT_LENGTH={CONTEXT} ollama serve`" in lines[place + 1]


def test_a_prompt_that_is_refused_is_bad_where_the_server_might_have_cut_it():
    with LM_STUDIO.server(1500) as server:
        lines = table(server.base_url)
    place = next(place for place, line in enumerate(lines) if line.startswith("BAD  prompts"))
    assert "do not fit the model's context" in lines[place]
    assert "-> give the server a longer one" in lines[place + 1]


def test_a_schema_that_is_wanted_and_not_enforced_is_bad():
    with LM_STUDIO.server(16384) as server:
        lines = table(server.base_url, response_format="json")
    place = next(place for place, line in enumerate(lines) if line.startswith("BAD"))
    assert lines[place] == "BAD  schema    is not enforced: the answer is no JSON of pairs"
    assert lines[place + 1].endswith('-> set response_format = "text" in [ask]: it is read tolerantly')


def test_a_server_that_counts_no_tokens_is_bad():
    with ScriptedServer(trial=lambda *_: Reply("quillhaven-7302", usage=None)) as server:
        lines = table(server.base_url, model="r1")
    place = next(place for place, line in enumerate(lines) if line.startswith("BAD"))
    assert lines[place].startswith("BAD  tokens    the server does not count them")
    assert "-> use a server that sends `usage`" in lines[place + 1]


@pytest.mark.parametrize(
    ("models", "model", "line", "todo"),
    [
        (
            ["r1"],
            "r2",
            "BAD  model  the server at '{url}' does not have the model 'r2', but 'r1'",
            "choose one of",
        ),
        ([], None, "BAD  model  the server at '{url}' offers no model at all", "load a model into it"),
        (
            Reply(status=401, body="{}"),
            "r1",
            "BAD  server  the server at '{url}' turns the request down",
            "put a key",
        ),
    ],
)
def test_a_server_without_the_model_or_that_wants_a_key_is_bad(models, model, line, todo):
    with ScriptedServer(models=models) as server:
        lines = table(server.base_url, model=model)
    assert lines[-2].startswith(line.format(url=server.base_url))
    assert f"-> {todo}" in lines[-1]


def test_a_real_llama_cpp_in_the_process_is_told_as_it_is(tmp_path):
    script = ["Let me see.\n", "</think>", "\n\n", "###QUESTION: Why?\n", "###ANSWER: Because.\n"]
    path = write_model(tmp_path / "Tiny-R1.gguf", script, template=THINKING_TEMPLATE)
    settings = Settings(
        ask=AskSettings(engine="embedded", model=str(path)),
        embedded=EmbeddedSettings(context=4096, slots=2, threads=1),
    )
    lines = lines_about(settings)
    said = {line[5:14].strip(): (line[:3], line[15:]) for line in lines if not line.startswith("     ")}
    assert said["engine"] == ("ok ", f"embedded: llama.cpp in this process, {path}")
    assert said["server"][1].startswith("llama.cpp ")
    assert said["context"] == ("BAD", f"4,096 tokens for each call (/props); {NEED}")
    assert said["prompts"] == ("ok ", "llama.cpp refuses a prompt that does not fit, and cuts none")
    assert said["thoughts"] == ("ok ", "in the field reasoning_content")
    assert said["schema"] == ("ok ", "is enforced after the thoughts")
    assert said["slots"] == ("ok ", "2 calls at a time")


def test_each_line_is_there_as_soon_as_it_is_found_and_what_is_waited_for_is_said_before():
    said = []
    with LLAMA_CPP.server(16384) as server:
        ask = AskSettings(base_url=(server.base_url,), model=NAME, retries=0)
        for finding in examine_engine(Settings(ask=ask), [load_prompt("deep-qa")], waiting=said.append):
            said.append(finding.what)
    first = f"the models of {server.base_url}, at most 30 s a try"
    answer = f"an answer of {NAME} at {server.base_url}, at most 600 s; --quick asks for none"
    assert said[:6] == [first, "engine", "server", "model", answer, "context"]


def test_quick_asks_the_model_nothing():
    with LLAMA_CPP.server(16384) as server:
        ask = AskSettings(base_url=(server.base_url,), model=NAME, retries=0)
        found = list(examine_engine(Settings(ask=ask), [load_prompt("deep-qa")], quick=True))
    assert [finding.what for finding in found] == ["engine", "server", "model", "context", "slots"]
    assert server.requests == server.trials == []


def test_of_two_servers_of_which_one_is_gone_the_other_is_examined_all_the_same():
    with LLAMA_CPP.server(16384) as server:
        urls = ("http://127.0.0.1:9/v1", server.base_url)
        ask = AskSettings(base_url=urls, model=NAME, retries=0, reconnect_timeout=0.0)
        found = list(examine_engine(Settings(ask=ask), [load_prompt("deep-qa")], quick=True))
    assert [(finding.what, finding.ok) for finding in found] == [
        ("engine", True), ("server", False), ("server", True), ("model", True), ("context", True), ("slots", True)
    ]  # fmt: skip


def test_an_answer_that_is_all_thoughts_names_the_servers_option():
    def lost(request, nth):
        return Reply("", "the code word is ... and this is the answer", finish_reason="stop")

    for person, option in ((LLAMA_CPP, "--reasoning-format"), (VLLM, "--reasoning-parser")):
        with person.server(16384) as server:
            server._trial = lost
            lines = table(server.base_url)
        place = next(n for n, line in enumerate(lines) if line.startswith("BAD  thoughts"))
        assert option in lines[place + 1]


def test_a_remedy_is_the_errors_own_whatever_semicolons_its_message_has():
    complaint = Reply(status=404, body='{"error": "no model; no luck: try; again"}')
    with ScriptedServer(models=complaint) as server:
        lines = table(server.base_url, model="r1")
    assert lines[-2] == (
        f"BAD  server  the server at {server.base_url!r} turns the request down "
        "(HTTP 404: no model; no luck: try; again)"
    )
    assert lines[-1].startswith("             -> see whether the model's name (--model) and the address")
