"""All ledgers of a workspace together: what is counted, and what is moved on consent."""

import os
import re

import pytest

from qagen.errors import WorkspaceError
from qagen.ledger.ledger import Entry, Ledger
from qagen.ledger.maintenance import count, entries, keep, paths, set_aside
from qagen.records import Completion, Message, Request
from qagen.workspace import Workspace

ONE, OTHER = "ab" * 32, "cd" * 32
ANSWER = Completion("It is so.", prompt_tokens=7, completion_tokens=3, raw="{}")


def asked(text, model="r1"):
    return Request(model, (Message("user", text),), 0.6, 0.95, 100, 1)


def line_of(request, completion=ANSWER, prompt=None, *, folder):
    place = folder / "line.jsonl"
    place.unlink(missing_ok=True)
    Ledger(place).append(request, completion, prompt=prompt)
    return place.read_bytes()


@pytest.fixture
def workspace(tmp_path):
    """Two papers: two models, a repeated line, a damaged one, one of an earlier version, and a piece that a crash left."""
    made = Workspace(tmp_path / "work")
    for paper, request, prompt in (
        (OTHER, asked("a"), "deep-qa@12"), (OTHER, asked("b"), None), (ONE, asked("a"), "deep-qa@12"), (ONE, asked("a", "q"), None),
    ):  # fmt: skip
        Ledger(made.calls(paper)).append(request, ANSWER, prompt=prompt)
    Ledger(made.calls(ONE)).append(asked("c"), Completion("It is not.", raw="{}"))
    again = line_of(asked("a"), folder=tmp_path)
    damaged = line_of(asked("d"), folder=tmp_path).replace(b"It is so", b"It is no")
    with made.calls(ONE).open("ab") as file:
        file.write(again + damaged + again[:40])
    return made


def test_the_ledgers_of_a_workspace_are_sorted_by_paper_and_nothing_else_is_one(workspace):
    workspace.calls(ONE).with_name("calls.replaced.jsonl").write_bytes(b"")
    assert list(paths(workspace)) == [workspace.calls(ONE), workspace.calls(OTHER)]


def test_every_answer_that_counts_is_given_once_with_its_paper(workspace):
    assert [(paper, entry.request) for paper, entry in entries(workspace)] == [
        (ONE, asked("a")),
        (ONE, asked("a", "q")),
        (ONE, asked("c")),
        (OTHER, asked("a")),
        (OTHER, asked("b")),
    ]


def test_all_lines_are_counted_by_what_they_are_and_answers_by_model_and_prompt(workspace):
    assert count(workspace).as_json() == {
        "papers": 2,
        "calls": 5,
        "size": sum(len(path.read_bytes()) for path in paths(workspace)),
        "repeated": 1,
        "torn": 1,
        "damaged": 1,
        "unsealed": 0,
        "models": {"r1": 4, "q": 1},
        "prompts": {"deep-qa@12": 2, "not known": 3},
        "prompt_tokens": {"r1": 21, "q": 7},
        "completion_tokens": {"r1": 9, "q": 3},
    }


def test_answers_of_an_earlier_version_that_no_seal_holds_are_counted(workspace):
    path = workspace.calls(OTHER)
    first, second = path.read_bytes().splitlines()
    old = first.replace(b'"format":2', b'"format":1').partition(b',"sha256"')[0] + b"}"
    path.write_bytes(old + b"\n" + second + b'\n{"torn\n{"torn')
    found = count(workspace)
    assert (found.unsealed, found.torn, found.damaged, found.repeated, found.calls) == (1, 3, 1, 1, 5)
    path.write_bytes(path.read_bytes() + b"\n" + second + b"\n")
    assert (count(workspace).repeated, count(workspace).calls) == (2, 5)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
def test_where_nothing_can_be_set_aside_the_ledger_stays_as_it_was(workspace):
    path = workspace.calls(OTHER)
    whole, aside = path.read_bytes(), path.with_name("calls.replaced.jsonl")
    aside.symlink_to("/dev/full")
    with pytest.raises(
        WorkspaceError, match=re.escape(f"cannot write {str(aside)!r}: No space left on device; ")
    ):
        set_aside(workspace, [OTHER], "r1")
    assert path.read_bytes() == whole


def test_only_ledgers_with_an_unwanted_line_are_written_anew(workspace):
    before = {path: (path.read_bytes(), path.stat().st_ino) for path in paths(workspace)}
    assert keep(workspace, lambda line: line.counts) == 3
    assert workspace.calls(ONE).read_bytes() == b"".join(
        before[workspace.calls(ONE)][0].splitlines(keepends=True)[:3]
    )
    assert workspace.calls(OTHER).stat().st_ino == before[workspace.calls(OTHER)][1]
    assert keep(workspace, lambda line: line.entry is None or line.entry.request.model != "r1") == 4
    assert [entry.request for _, entry in entries(workspace)] == [asked("a", "q")]


def test_a_last_line_without_its_end_gets_one_where_the_others_are_kept(workspace):
    path = workspace.calls(ONE)
    piece = path.read_bytes().splitlines()[-1]
    assert keep(workspace, lambda line: not (line.entry and line.entry.request.model == "q")) == 1
    assert path.read_bytes().endswith(b"\n" + piece + b"\n")


def test_a_models_answers_about_some_papers_are_set_aside_with_their_repetitions_and_damaged_lines_beside_them(
    workspace,
):
    path, other = workspace.calls(ONE), workspace.calls(OTHER).read_bytes()
    a, q, c, again, damaged, torn = path.read_bytes().splitlines(keepends=True)
    assert set_aside(workspace, [ONE], "r1") == 3
    assert path.read_bytes() == q + torn + b"\n"
    assert path.with_name("calls.replaced.jsonl").read_bytes() == a + c + again
    assert path.with_name("calls.damaged.jsonl").read_bytes() == damaged
    assert workspace.calls(OTHER).read_bytes() == other
    Ledger(path).append(asked("e"), ANSWER)
    assert set_aside(workspace, [ONE, OTHER], "r1") == 3
    assert list(entries(workspace)) == [(ONE, Entry(asked("a", "q").key, asked("a", "q"), ANSWER))]
