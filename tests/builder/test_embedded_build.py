"""A build with llama.cpp in the process, from the command to the rows, and what is left of it when it ends."""

import asyncio
import os

import pytest

from qagen.engines.opening import choose
from qagen.errors import ModelMissing, ServerUnreachable
from qagen.settings import AskSettings, Settings
from tests.command import build, hashes, rows
from tests.conftest import EXAMPLES
from tests.scripted_server import ScriptedServer
from tests.tiny_model import THINKING_TEMPLATE, write_model

PAPER = EXAMPLES / "interlayer.pdf"
QUESTION = "How does heating change the critical current density of cells without an interlayer at 5 MPa?"
ANSWER = (
    "Raising the temperature from 25 to 60 °C doubled the critical current density of cells without an interlayer at 5 MPa, "
    "from 0.7 to 1.4 mA cm−2."
)
SCRIPT = [
    "Let me see.\n",
    "</think>",
    "\n\n",
    f"------\n###QUESTION: {QUESTION}\n",
    f"###ANSWER: {ANSWER}\n------\n",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("models")
    repo = place / "org" / "Tiny-GGUF"
    repo.mkdir(parents=True)
    write_model(repo / "Tiny-R1.gguf", SCRIPT, template=THINKING_TEMPLATE)
    return place


@pytest.fixture
def toml(tmp_path):
    path = tmp_path / "qagen.toml"
    prompt = tmp_path / "short.md"
    prompt.write_text("---\nname: short\ndescription: x\n---\nAsk about {{ chunk }}\n")
    path.write_text(
        f"[ask]\nattempts = 1\nprompt = '{prompt}'\n\n[embedded]\nslots = 2\nthreads = 1\n\n[dataset]\nplots = false\n"
    )
    return path


@pytest.mark.slow
def test_a_build_with_the_embedded_engine_gives_records_and_the_next_one_asks_nothing(
    work, folder, toml, tmp_path
):
    path = folder / "org" / "Tiny-GGUF" / "Tiny-R1.gguf"
    arguments = ("--config", toml, "--engine", "embedded", "--model", path)
    code, report = build(PAPER, tmp_path / "d", work, *arguments)
    assert (code, report["engine"], report["model"]) == (0, "embedded", "Tiny-R1")
    left_out = report["rejections"].get("chunk", {})
    assert set(left_out) <= {"too_short", "garbled"}
    assert (
        report["calls"]["made"] == report["responses"]["usable"] == report["chunks"] - sum(left_out.values())
    )
    (record,) = [row for row in rows(tmp_path / "d") if row["answer"] == ANSWER]
    made = record["generation"]
    assert (made["engine"], made["model"], made["temperature"], made["max_tokens"]) == (
        "embedded",
        "Tiny-R1",
        0.6,
        8192,
    )
    assert record["paper"]["file"] == "interlayer.pdf"
    code, again = build(PAPER, tmp_path / "again", work, *arguments, "--offline")
    assert (code, again["calls"]["made"]) == (0, 0)
    assert hashes(tmp_path / "again") == hashes(tmp_path / "d")


def test_auto_prefers_a_server_that_has_a_model_then_weights_that_are_here_and_never_extractive(
    folder, monkeypatch
):
    def chosen(url: str, usual: str, **ask) -> tuple[str, str]:
        settings = Settings(ask=AskSettings(base_url=(url,), retries=0, **ask))
        made = asyncio.run(choose(settings, None, usual))
        return made.engine, made.model

    monkeypatch.setenv("QAGEN_MODELS", str(folder))
    with ScriptedServer(models=("qwen3:8b",)) as server:
        url = server.base_url
        assert chosen(url, url) == ("server", "qwen3:8b")
        assert chosen(url, url, model="Tiny-R1") == ("embedded", "Tiny-R1")
        with pytest.raises(ModelMissing):  # who names a server means it
            chosen(url, "http://127.0.0.1:1/v1", model="Tiny-R1")
    assert chosen(url, url) == ("embedded", "Tiny-R1")
    monkeypatch.setenv("QAGEN_MODELS", os.devnull)
    with pytest.raises(ServerUnreachable, match=r"start one .* `qagen models pull`, or ask without a model"):
        chosen(url, url)


def test_weights_that_are_not_here_are_not_fetched(monkeypatch):
    monkeypatch.setenv("QAGEN_MODELS", os.devnull)
    with pytest.raises(ModelMissing) as told:
        asyncio.run(choose(Settings(ask=AskSettings(engine="embedded", model="r1-7b")), None))
    assert str(told.value) == (
        "the weights of 'r1-7b' are not on this machine; fetch them with `qagen models pull r1-7b`, or name a GGUF file or one of "
        "`qagen models list` with --model"
    )
