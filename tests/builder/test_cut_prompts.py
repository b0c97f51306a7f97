"""A build against a server that cuts prompts: stopped with the remedy, its answer kept nowhere."""

import json

from tests.command import qagen, rows
from tests.conftest import EXAMPLES
from tests.personalities import OLLAMA
from tests.scripted_server import Reply, ScriptedServer, paired


def build(server, out, work, tmp_path):
    toml = tmp_path / "qagen.toml"
    toml.write_text("[ask]\nattempts = 1\nconcurrency = 1\n[dataset]\nplots = false\n")
    paper = EXAMPLES / "interlayer.pdf"
    return qagen(
        "build",
        paper,
        "--out",
        out,
        "--work",
        work,
        "--config",
        toml,
        "--base-url",
        server.base_url,
        "--sections",
        "rules",  # the calls are counted
        "--judge",
        "off",
        "--json",
    )


def test_a_cut_that_is_found_before_the_first_question_is_one_line_and_nothing_is_built(work, tmp_path):
    with OLLAMA.server(600) as server:
        run = build(server, tmp_path / "d", work, tmp_path)
        asked = server.requests
    *_, error = run.stderr.splitlines()
    assert (run.returncode, run.stdout, asked) == (1, "", [])
    assert error.startswith(
        f"error: the server at {server.base_url!r} cuts prompts without a word: of one of about 8"
    )
    assert "start it as `OLLAMA_CONTEXT_LENGTH=" in error
    assert not (tmp_path / "d").exists()
    assert list(work.glob("papers/*/*/calls.jsonl")) == []


def test_a_cut_in_mid_build_keeps_what_was_answered_and_names_the_chunk(work, tmp_path):
    """The context shrinks after two answers, as when another program has the server load the model anew."""
    cut = []

    def reply(request, nth):
        if nth == 3:
            cut.append(True)
            return Reply(paired(request).text, usage=(100, 50))
        return Reply(paired(request).text, usage=(1000, 50))

    def trial(request, nth):
        return OLLAMA.answer(request, 600 if cut else 32768)

    with ScriptedServer(reply, trial=trial) as server:
        run = build(server, tmp_path / "d", work, tmp_path)
        asked = len(server.requests)
    report = json.loads(run.stdout)
    # While the trial is made, the next call may go out; of all that were answered only the cut one is thrown away.
    assert (run.returncode, asked - report["calls"]["made"]) == (3, 1), run.stderr
    assert asked < report["chunks"]
    assert "cuts prompts without a word" in run.stderr
    (chunk,) = [row for row in rows(tmp_path / "d", "rejected") if row["reason"] == "prompt_truncated"]
    assert (chunk["kind"], chunk["paper"]["file"]) == ("chunk", "interlayer.pdf")
    assert "give it a context of" in chunk["detail"]
    assert report["records"] > 0
    (ledger,) = work.glob("papers/*/*/calls.jsonl")
    assert len(ledger.read_text().splitlines()) == asked - 1
