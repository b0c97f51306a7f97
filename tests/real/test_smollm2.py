"""Builds with a real model, in the process and at llama.cpp's server: calls, ledger, resume, truncation, schemas, doctor."""

import asyncio
import json
import shutil
import subprocess
import time
from dataclasses import replace

import pytest

from qagen.asking.dialogue import request_for
from qagen.asking.labels import read_labels
from qagen.engines.embedded.engine import serving
from qagen.engines.probing.probe import keeps_to_schema, schema_trial
from qagen.engines.probing.server_info import ask_server_info
from qagen.engines.server.engine import ServerEngine
from qagen.errors import NoAnswer
from qagen.ledger.ledger import Ledger
from qagen.prompts import load_prompt
from qagen.prompts.rubric import KINDS, NO_FAULT
from qagen.records import Message
from qagen.settings import AskSettings, EmbeddedSettings
from tests.command import ENVIRONMENT, QAGEN, build, hashes, qagen
from tests.conftest import EXAMPLES
from tests.real.conftest import NAME, written_toml

PAPER = EXAMPLES / "interlayer.pdf"
SAMPLE = ("--judge", "auto", "--sample", 2)


def entries(work):
    (path,) = work.glob("papers/*/*/calls.jsonl")
    return list(Ledger(path).entries())


def accounted(report):
    """Every answer of the pairs' dialogues is a response of the report, usable or not, and every pair a record or a rejection."""
    asked = sum(int(attempts) * chunks for attempts, chunks in report["attempts"].items())
    return asked == sum(report["responses"].values()) and not report["unanswered"]


@pytest.fixture(scope="module")
def built(weights, tmp_path_factory):
    """One build in the process; the folder, its workspace and its report."""
    place = tmp_path_factory.mktemp("embedded")
    config = written_toml(place)
    arguments = ("--config", config, "--engine", "embedded", "--model", weights, *SAMPLE)
    code, report = build(PAPER, place / "d", place / "w", *arguments)
    return place, arguments, code, report


def test_a_build_in_the_process_accounts_for_every_answer_and_takes_the_short_prompt(built):
    place, _, code, report = built
    assert (code, report["engine"], report["model"], report["prompt"]) == (0, "embedded", NAME, "short-qa")
    assert (
        report["prompt_reason"] == f"{NAME} has 135 million parameters; short-qa is for fewer than 3 billion"
    )
    assert accounted(report)
    kept = entries(place / "w")
    assert len(kept) == report["calls"]["made"] >= 2
    assert sum(entry.completion.prompt_tokens for entry in kept) == report["calls"]["prompt_tokens"] > 0
    assert all(entry.completion.served_model.startswith(f"embedded/{NAME}@") for entry in kept)


def test_the_same_build_again_and_offline_asks_nothing_and_makes_the_same_bytes(built, tmp_path):
    place, arguments, *_ = built
    for out, more in (("again", ()), ("offline", ("--offline",))):
        code, report = build(PAPER, tmp_path / out, place / "w", *arguments, *more)
        assert (code, report["calls"]["made"], report["prompt"]) == (0, 0, "short-qa")
        assert hashes(tmp_path / out) == hashes(place / "d")


def test_a_plan_without_the_weights_takes_the_same_prompt(built):
    place, arguments, *_ = built
    config = arguments[1]
    run = qagen(
        "plan", PAPER, "--work", place / "w", "--config", config, "--engine", "embedded", "--model", NAME, *SAMPLE,
        "--sections", "rules", "--offline", "--json",
    )  # fmt: skip
    plan = json.loads(run.stdout)
    assert (plan["prompt"], plan["calls"]["to_make"], plan["calls"]["left"]) == ("short-qa", 0, 0)


def test_a_build_that_was_killed_keeps_what_was_answered_and_asks_only_the_rest(built, tmp_path):
    place, arguments, _, report = built
    work = tmp_path / "w"
    shutil.copytree(place / "w" / "papers", work / "papers", ignore=shutil.ignore_patterns("calls.jsonl"))
    command = ["build", PAPER, "--out", tmp_path / "d", "--work", work, "--sections", "rules", *arguments]
    with subprocess.Popen(
        [*QAGEN, *map(str, command)], env=ENVIRONMENT, stderr=subprocess.DEVNULL
    ) as process:
        until = time.monotonic() + 600
        while not list(work.glob("papers/*/*/calls.jsonl")) and time.monotonic() < until:
            time.sleep(0.05)
        process.kill()
    before = {entry.key for entry in entries(work)}
    code, after = build(PAPER, tmp_path / "d", work, *arguments)
    assert (code, after["calls"]["made"]) == (0, len(entries(work)) - len(before))
    assert before <= {entry.key for entry in entries(work)}
    assert after["chunks"] == report["chunks"]


def test_llama_cpp_s_server_is_known_says_the_model_s_size_and_gets_the_short_prompt(
    llama_server, weights, tmp_path, toml
):
    async def facts():
        async with ServerEngine(AskSettings(base_url=(llama_server,))) as engine:
            return await ask_server_info(engine.hosts[0].http, llama_server, "smol")

    told = asyncio.run(facts())
    assert (told.kind, told.context, told.slots) == ("llama.cpp", 4096, 2)
    assert 130e6 < told.parameters < 140e6
    arguments = (
        "--config",
        toml(),
        "--engine",
        "server",
        "--base-url",
        llama_server,
        "--model",
        "smol",
        *SAMPLE,
    )
    code, report = build(PAPER, tmp_path / "d", tmp_path / "w", *arguments)
    assert (code, report["prompt"], accounted(report)) == (0, "short-qa", True)
    assert report["prompt_reason"].startswith("smol has 135 million parameters")
    code, again = build(PAPER, tmp_path / "again", tmp_path / "w", *arguments, "--offline")
    assert (code, again["calls"]["made"], again["prompt"]) == (0, 0, "short-qa")
    assert hashes(tmp_path / "again") == hashes(tmp_path / "d")


def test_an_answer_that_is_cut_off_is_listed_as_that(weights, tmp_path, toml):
    config = toml(max_tokens=12, attempts=1)
    arguments = ("--config", config, "--engine", "embedded", "--model", weights, "--sample", 1)
    code, report = build(PAPER, tmp_path / "d", tmp_path / "w", *arguments)
    assert (code, report["responses"]) == (0, {"truncated": 1})
    (entry,) = entries(tmp_path / "w")
    assert (entry.completion.finish_reason, entry.completion.completion_tokens) == ("length", 12)


def test_a_prompt_that_does_not_fit_is_refused_by_llama_cpp_in_its_own_words(weights, tmp_path, toml):
    prompt = tmp_path / "long.md"
    prompt.write_text(
        f"---\nname: long\ndescription: More than 1,024 tokens.\n---\n{'Ice floats. ' * 600}\n{{{{ chunk }}}}\n"
    )
    config = toml(f"prompt = {json.dumps(str(prompt))}", context=1024)
    run = qagen(
        "build", PAPER, "--out", tmp_path / "d", "--work", tmp_path / "w", "--sections", "rules", "--config", config, "--engine",
        "embedded", "--model", weights, "--sample", 1,
    )  # fmt: skip
    assert run.returncode == 1
    assert "prompt and answer do not fit the model's context" in run.stderr
    assert "exceeds the available context size (1024 tokens)" in run.stderr
    assert not (tmp_path / "d").exists()


def served(weights, work):
    async def ask(url):
        settings = AskSettings(base_url=(url,), max_tokens=250)
        async with ServerEngine(settings) as engine:
            return await work(engine, settings)

    with serving(weights, NAME, EmbeddedSettings(slots=1, context=4096, threads=1)) as (url, _):
        return asyncio.run(ask(url))


def test_llama_cpp_holds_pairs_and_verdicts_to_their_schemas(weights):
    pairs = [
        {"id": name, "question": "Why does ice float?", "answer": "It is lighter."}
        for name in ("0a1b", "c2d3")
    ]
    names = {"chunk": "Ice floats on water.", "section": [], "pairs": pairs, "fence": "ff", "problem": ""}
    turns = load_prompt("judge", "judge").turns(names)
    assert isinstance(turns[0], Message)

    async def work(engine, settings):
        judged = replace(
            request_for(turns, NAME, settings, 1),
            response_format="labels",
            label_ids=("0a1b", "c2d3"),
            temperature=0.0,
        )
        host = engine.hosts[0]
        verdicts = [await host.complete(replace(judged, seed=seed), 300) for seed in (1, 2)]
        return await host.complete(schema_trial(settings, NAME), 300), verdicts

    trial, verdicts = served(weights, work)
    assert keeps_to_schema(trial) or trial.finish_reason == "length"
    for verdict in verdicts:
        if verdict.finish_reason == "length":  # a model this small may ramble in its `why`
            continue
        said = json.loads(verdict.text)["labels"]
        assert len(said) == 2
        assert {one["id"] for one in said} <= {"0a1b", "c2d3"}
        assert all(one["fault"] in (*KINDS, NO_FAULT) and 1 <= one["accuracy"] <= 5 for one in said)
        reading = read_labels(verdict, ["0a1b", "c2d3"])
        assert set(reading.found) | set(reading.problems) == {"0a1b", "c2d3"}


def test_what_llama_cpp_cannot_take_is_an_error_with_its_words(weights):
    async def work(engine, settings):
        request = request_for((Message("user", "word " * 9000),), NAME, settings, 1)
        with pytest.raises(NoAnswer) as told:
            await engine.hosts[0].complete(request, 300)
        return str(told.value)

    assert "do not fit the model's context" in served(weights, work)


def test_doctor_tries_the_model_and_says_what_it_found(weights, tmp_path, toml):
    run = qagen(
        "doctor",
        "--engine",
        "embedded",
        "--model",
        weights,
        "--work",
        tmp_path / "w",
        "--config",
        toml(),
        "--json",
    )
    findings = {one["what"]: one for one in json.loads(run.stdout)["findings"]}
    assert {
        "engine",
        "server",
        "model",
        "context",
        "prompts",
        "tokens",
        "thoughts",
        "schema",
        "slots",
        "speed",
    } <= set(findings)
    assert "llama.cpp" in findings["server"]["detail"]
    assert findings["tokens"]["ok"]
    assert findings["schema"]["detail"].startswith(("is enforced", "is not enforced", "cannot be enforced"))
