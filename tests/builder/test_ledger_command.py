"""`qagen ledger`, and a model that changes under its name: over a workspace that a real build has filled."""

import json
import shutil

import pytest

from qagen.errors import WorkspaceError
from qagen.ledger.maintenance import set_aside
from qagen.ledger.refresh import Refreshes
from qagen.workspace import Workspace
from tests.command import build, qagen
from tests.conftest import EXAMPLES
from tests.scripted_server import Reply, ScriptedServer, paired

PAPER = EXAMPLES / "interlayer.pdf"


def answers(fingerprint):
    def reply(request, nth):
        made = paired({"messages": request["messages"][:1]})
        return type(made)(made.text, extra={"system_fingerprint": fingerprint})

    return reply


@pytest.fixture(scope="module")
def filled(converted_examples, tmp_path_factory):
    root = tmp_path_factory.mktemp("filled")
    shutil.copytree(converted_examples / "papers", root / "work/papers")
    with ScriptedServer(answers("a")) as server:
        _, report = build(PAPER, root / "d", root / "work", "--model", "r1", "--base-url", server.base_url)
    return root, report["calls"]["made"]


@pytest.fixture
def workspace(filled, tmp_path):
    shutil.copytree(filled[0] / "work", tmp_path / "work")
    return tmp_path / "work"


def ledgers(work):
    return {path.parent.name: path.read_bytes() for path in work.glob("papers/*/*/calls.jsonl")}


def counts(work):
    return json.loads(qagen("ledger", "show", "--work", work, "--json").stdout)


def test_answers_and_tokens_are_counted_by_model_and_prompt(workspace, filled):
    calls = filled[1]
    found = counts(workspace)
    assert (found["calls"], found["papers"], found["torn"], found["repeated"]) == (calls, 1, 0, 0)
    assert found["models"] == {"r1": calls}
    assert [name.partition("@")[0] for name in found["prompts"]] == ["deep-qa"]
    assert found["completion_tokens"] == {"r1": 50 * calls}
    assert found["size"] == sum(map(len, ledgers(workspace).values()))
    text = qagen("ledger", "show", "--work", workspace).stdout
    assert (
        f"model       r1: {calls} answers, {100 * calls:,} prompt and {50 * calls:,} completion tokens"
        in text
    )


def test_export_gives_every_answer_that_counts_as_a_line(workspace, filled):
    lines = [json.loads(line) for line in qagen("ledger", "export", "--work", workspace).stdout.splitlines()]
    assert len({line["key"] for line in lines}) == len(lines) == filled[1]
    assert all(line["completion"]["text"].count("###ANSWER") for line in lines)
    assert {line["request"]["model"] for line in lines} == {"r1"}


def test_prune_says_first_and_deletes_only_when_told_so(workspace, filled):
    before = ledgers(workspace)
    said = qagen("ledger", "prune", "--prompt", "deep-qa", "--work", workspace)
    assert said.stdout == f"{filled[1]} answers would go; --yes deletes them\n"
    assert (
        qagen("ledger", "prune", "--model", "r2", "--yes", "--work", workspace).stdout
        == "0 answers deleted\n"
    )
    assert ledgers(workspace) == before
    done = qagen("ledger", "prune", "--prompt", "deep-qa", "--model", "r1", "--yes", "--work", workspace)
    assert done.stdout == f"{filled[1]} answers deleted\n"
    assert counts(workspace)["calls"] == 0


def test_prune_of_nothing_in_particular_is_refused(workspace):
    run = qagen("ledger", "prune", "--yes", "--work", workspace)
    assert (run.returncode, run.stderr) == (
        1,
        "error: name what is to go with --model or --prompt; `qagen ledger show` lists both\n",
    )


def test_compact_removes_torn_and_repeated_lines_and_no_answer(workspace):
    before = counts(workspace)["calls"]
    (path,) = workspace.glob("papers/*/*/calls.jsonl")
    clean = path.read_bytes()
    path.write_bytes(clean + clean.splitlines(keepends=True)[0] + b'{"format": 1, "key": "to\n')
    assert qagen("ledger", "compact", "--work", workspace).stdout == "2 lines would go; --yes deletes them\n"
    assert qagen("ledger", "compact", "--yes", "--work", workspace).stdout == "2 lines deleted\n"
    assert path.read_bytes() == clean
    assert counts(workspace)["calls"] == before


def test_what_is_set_aside_keeps_its_lines_whole_after_a_torn_one(workspace, filled):
    (path,) = workspace.glob("papers/*/*/calls.jsonl")
    lines = path.read_bytes().splitlines()
    path.with_name("calls.replaced.jsonl").write_bytes(b'{"torn')
    assert set_aside(Workspace(workspace), [path.parent.name], "r1") == filled[1] == len(lines)
    assert path.read_bytes() == b""
    assert path.with_name("calls.replaced.jsonl").read_bytes().splitlines() == [b'{"torn', *lines]


def test_a_workspace_that_is_not_there_is_one_line(tmp_path):
    run = qagen("ledger", "show", "--work", tmp_path / "none")
    assert (run.returncode, run.stderr.startswith("error: there is no workspace")) == (1, True)


def test_another_model_under_the_name_stops_the_build_until_it_is_accepted_or_asked_anew(
    workspace, filled, tmp_path
):
    more = [EXAMPLES / "interlayer.pdf", EXAMPLES / "peatland.pdf"]
    common = (
        "--work",
        workspace,
        "--model",
        "r1",
        "--out",
        tmp_path / "d",
        "--sections",
        "rules",
        "--judge",
        "off",
        "--json",
    )
    before = ledgers(workspace)
    with ScriptedServer(answers("b")) as server:
        common = (*common, "--base-url", server.base_url)
        stopped = qagen("build", *more, *common)
        assert stopped.returncode == 1
        assert "error: for 'r1' the server answers with r1 (fingerprint b), and answers" in stopped.stderr
        assert ledgers(workspace) == before
        both = qagen("build", *more, *common, "--accept-model-change", "--refresh")
        assert both.returncode == 2
        accepted = json.loads(qagen("build", *more, *common, "--accept-model-change").stdout)
        assert accepted["calls"]["reused"] == filled[1]
        refreshed = json.loads(qagen("build", more[0], *common, "--refresh").stdout)
        assert (refreshed["calls"]["made"], refreshed["calls"]["reused"]) == (filled[1], 0)
    (aside,) = workspace.glob("papers/*/*/calls.replaced.jsonl")
    assert aside.read_bytes() == next(iter(before.values()))


def test_a_refresh_that_was_stopped_goes_on_and_pays_for_no_answer_twice(workspace, filled, tmp_path):
    calls = filled[1]
    new = answers("b")

    def soon_full(request, nth):
        return new(request, nth) if nth <= 3 else Reply(status=400, body="full")

    def built(*more):
        common = (
            "--work",
            workspace,
            "--model",
            "r1",
            "--out",
            tmp_path / "d",
            "--sections",
            "rules",
            "--judge",
            "off",
            "--json",
        )
        run = qagen("build", PAPER, *common, "--base-url", server.base_url, *more)
        return run.returncode, json.loads(run.stdout)["calls"], run.stderr

    with ScriptedServer(soon_full) as server:
        code, made, told = built("--refresh", "--concurrency", 1)
        assert (code, made["made"], made["reused"]) == (3, 3, 0)
        assert f"{calls} answers of 'r1' are set aside, and asked for anew" in told
    with ScriptedServer(new) as server:
        code, made, told = built("--refresh")
        assert (code, made["made"], made["reused"], len(server.requests)) == (0, calls - 3, 3, calls - 3)
        assert "a refresh of 'r1' that was stopped goes on: what was asked since then is kept" in told
        assert built("--refresh")[1]["made"] == calls
    assert not (workspace / "refresh.json").exists()
    (aside,) = workspace.glob("papers/*/*/calls.replaced.jsonl")
    assert len(aside.read_bytes().splitlines()) == 2 * calls


def test_a_refresh_begins_anew_when_the_model_changes_once_more(workspace, filled, tmp_path):
    papers = [paper.parent.name for paper in workspace.glob("papers/*/*/calls.jsonl")]
    refreshes = Refreshes(Workspace(workspace))
    assert refreshes.begin(papers, "r1") == (filled[1], False)
    with ScriptedServer(answers("b")) as server:
        common = (
            "--work",
            workspace,
            "--model",
            "r1",
            "--out",
            tmp_path / "d",
            "--sections",
            "rules",
            "--judge",
            "off",
            "--json",
        )
        stopped = qagen("build", PAPER, *common, "--base-url", server.base_url, "--refresh")
        assert (stopped.returncode, "another model under the same name" in stopped.stderr) == (1, True)
        again = qagen("build", PAPER, *common, "--base-url", server.base_url, "--refresh")
        assert json.loads(again.stdout)["calls"]["made"] == filled[1]


@pytest.mark.parametrize(
    "text", ["", "[]", '{"format": 2, "models": {}}', '{"format": 1, "models": {"r1": 3}}']
)
def test_a_damaged_note_of_refreshes_is_one_line_with_what_to_do(workspace, text):
    (workspace / "refresh.json").write_text(text)
    with pytest.raises(WorkspaceError, match="remove it, and the next --refresh begins anew"):
        Refreshes(Workspace(workspace))


def tags(digest):
    return {"models": [{"name": "r1:latest", "digest": digest}]}


def test_weights_that_were_pulled_anew_stop_the_build_before_anything_is_asked(work, tmp_path):
    """Ollama's answers have the same name and fingerprint whatever the weights."""
    common = ("--out", tmp_path / "d", "--work", work, "--model", "r1", "--json")
    with ScriptedServer(answers("fp_ollama"), tags=tags("aa")) as server:
        common = (*common, "--base-url", server.base_url)
        assert qagen("build", PAPER, *common).returncode == 0
        asked = len(server.requests)
        server.tags = tags("bb")
        assert qagen("build", PAPER, *common).returncode == 0
        stopped = qagen("build", PAPER, *common, "--pairs", 4)
        assert (stopped.returncode, len(server.requests)) == (1, asked)
        assert "the server has weights with the digest bb, and answers in this workspace" in stopped.stderr
        (ledger,) = work.glob("papers/*/*/calls.jsonl")
        assert {json.loads(line)["completion"]["digest"] for line in ledger.read_text().splitlines()} == {
            "aa"
        }
        assert qagen("build", PAPER, *common, "--pairs", 4, "--accept-model-change").returncode == 0
        assert len(server.requests) > asked


@pytest.mark.slow
def test_answers_of_two_models_that_a_refresh_of_some_papers_left_do_not_meet_in_one_dataset(
    workspace, tmp_path
):
    both = [EXAMPLES / "interlayer.pdf", EXAMPLES / "peatland.pdf"]
    common = ("--out", tmp_path / "d", "--work", workspace, "--model", "r1", "--json")
    with ScriptedServer(answers("a")) as server:
        assert qagen("build", *both, *common, "--base-url", server.base_url).returncode == 0
    with ScriptedServer(answers("b")) as server:
        common = (*common, "--base-url", server.base_url)
        assert qagen("build", both[0], *common, "--refresh").returncode == 0
        for more in ((), ("--offline",)):
            mixed = qagen("build", *both, *common, *more)
            assert mixed.returncode == 1
            assert "r1' an answer that is kept here is from r1 (fingerprint a), and answers" in mixed.stderr


def test_verify_names_a_changed_answer_and_only_set_aside_lets_it_be_asked_anew(workspace, filled):
    whole = qagen("ledger", "verify", "--work", workspace)
    assert (whole.returncode, whole.stdout) == (
        0,
        f"answers     {filled[1]} about 1 papers, of which 0 have no sum yet\n",
    )
    (ledger,) = workspace.glob("papers/*/*/calls.jsonl")
    lines = ledger.read_bytes().splitlines(keepends=True)
    asked, mark, given = lines[2].partition(b'"completion":')
    lines[2] = asked + mark + given.replace(b"###ANSWER: ", b"###ANSWER: Not ", 1)
    ledger.write_bytes(b"".join(lines))
    key = json.loads(lines[2])["key"]
    found = qagen("ledger", "verify", "--work", workspace)
    assert found.returncode == 1
    assert f"damaged     {ledger}, line 3: the answer to {key[:12]}\n" in found.stdout
    told = qagen("ledger", "verify", "--json", "--work", workspace)
    assert (told.returncode, json.loads(told.stdout)) == (
        1,
        {
            "answers": filled[1] - 1,
            "damaged": [{"ledger": str(ledger), "line": 3, "key": key}],
            "set_aside": 0,
            "torn": 0,
            "unsealed": 0,
        },
    )
    assert ledger.read_bytes() == b"".join(lines)
    moved = qagen("ledger", "verify", "--set-aside", "--work", workspace)
    assert (moved.returncode, moved.stdout.splitlines()[-1]) == (
        0,
        "set aside   1 lines; the next build asks for these answers",
    )
    assert lines[2] not in ledger.read_bytes()
    assert any(lines[2] in path.read_bytes() for path in ledger.parent.iterdir() if path.is_file())
    assert qagen("ledger", "verify", "--work", workspace).returncode == 0
