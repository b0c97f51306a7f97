"""Ledgers of several workspaces as one."""

import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.errors import WorkspaceError
from qagen.ledger.ledger import Entry, Ledger
from qagen.ledger.merge import MergeCounts, merge_into, merged, rank, write_merged
from qagen.records import Completion, Message, Request
from qagen.workspace import Workspace

REQUESTS = [Request("r1", (Message("user", text),), 0.0, 1.0, 100, 0) for text in ("a", "b", "c")]
ANSWERS = st.lists(st.tuples(st.sampled_from(REQUESTS), st.text("xyz", min_size=1, max_size=3)), max_size=6)


@given(st.lists(ANSWERS, min_size=1, max_size=3))
def test_a_merged_ledger_has_every_key_with_the_answer_of_the_smaller_sum(tmp_path_factory, said):
    root = tmp_path_factory.mktemp("ledgers")
    paths = []
    for number, answers in enumerate(said):
        ledger = Ledger(root / f"{number}.jsonl")
        for request, text in answers:
            ledger.append(request, Completion(text=text, raw=f'"{text}"'))
        paths.append(ledger.path)
    found = merged(paths)
    assert found == merged(reversed(paths))
    kept = [{entry.key: entry.completion for entry in Ledger(path).entries()} for path in paths]
    for key in {key for one in kept for key in one}:
        assert found[key].completion == min((one[key] for one in kept if key in one), key=rank)
    assert set(found) == {key for one in kept for key in one}


def test_merging_takes_over_what_is_new_and_what_counts_more_and_nothing_twice(tmp_path):
    low, high = sorted(("x", "y"), key=lambda text: rank(Completion(text=text, raw=text)))
    mine, theirs = Workspace(tmp_path / "mine"), Workspace(tmp_path / "theirs")
    paper = "ab" * 32
    for work, texts in ((mine, (high, low)), (theirs, (low, high, "z"))):
        for request, text in zip(REQUESTS, texts, strict=False):
            Ledger(work.calls(paper)).append(request, Completion(text=text, raw=text))
    assert merge_into(mine, [theirs]) == MergeCounts(papers=1, added=1, replaced=1, known=1)
    ledger = Ledger(mine.calls(paper))
    assert [ledger.get(request.key).text for request in REQUESTS] == [low, low, "z"]
    aside = mine.calls(paper).with_name("calls.replaced.jsonl")
    assert [entry.completion.text for entry in Ledger(aside).entries()] == [high]
    before = mine.calls(paper).read_bytes()
    assert merge_into(mine, [theirs]) == MergeCounts(known=3)
    assert mine.calls(paper).read_bytes() == before


def of_both(tmp_path):
    """Two workspaces with other answers to two requests about a paper: those that count less, and those that count more."""
    low, high = sorted(("x", "y"), key=lambda text: rank(Completion(text=text, raw=text)))
    mine, theirs = Workspace(tmp_path / "mine"), Workspace(tmp_path / "theirs")
    for work, text in ((mine, high), (theirs, low)):
        for request in REQUESTS[:2]:
            Ledger(work.calls("ab" * 32)).append(request, Completion(text=text, raw=text))
    return mine, theirs


def test_answers_that_count_less_are_set_aside_line_by_line(tmp_path):
    mine, theirs = of_both(tmp_path)
    path = mine.calls("ab" * 32)
    whole = path.read_bytes()
    assert merge_into(mine, [theirs]) == MergeCounts(papers=1, replaced=2)
    assert path.with_name("calls.replaced.jsonl").read_bytes() == whole


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
def test_where_nothing_can_be_set_aside_nothing_is_merged(tmp_path):
    mine, theirs = of_both(tmp_path)
    path = mine.calls("ab" * 32)
    whole, aside = path.read_bytes(), path.with_name("calls.replaced.jsonl")
    aside.symlink_to("/dev/full")
    with pytest.raises(
        WorkspaceError, match=re.escape(f"cannot write {str(aside)!r}: No space left on device; ")
    ):
        merge_into(mine, [theirs])
    assert path.read_bytes() == whole


def test_all_papers_of_all_sources_are_merged_and_counted_and_the_sources_stay_as_they_are(tmp_path):
    mine, *theirs = (Workspace(tmp_path / name) for name in ("mine", "one", "other"))
    one, other = "ab" * 32, "cd" * 32
    for workspace, paper, request in (
        (theirs[0], one, REQUESTS[0]), (theirs[1], one, REQUESTS[1]), (theirs[1], other, REQUESTS[0]), (mine, other, REQUESTS[0]),
    ):  # fmt: skip
        Ledger(workspace.calls(paper)).append(request, Completion("x", raw="x"))
    Ledger(theirs[0].calls(other)).append(REQUESTS[2], Completion("y", raw="y"))
    before = [
        work.calls(paper).read_bytes()
        for work in theirs
        for paper in (one, other)
        if work.calls(paper).exists()
    ]
    assert merge_into(mine, theirs) == MergeCounts(papers=2, added=3, replaced=0, known=1)
    assert [len(Ledger(mine.calls(paper))) for paper in (one, other)] == [2, 2]
    assert before == [
        work.calls(paper).read_bytes()
        for work in theirs
        for paper in (one, other)
        if work.calls(paper).exists()
    ]


def test_what_was_not_answered_stays_in_a_merged_ledger_on_lines_of_its_own(tmp_path):
    mine, theirs = Workspace(tmp_path / "mine"), Workspace(tmp_path / "theirs")
    paper = "ab" * 32
    Ledger(mine.calls(paper)).append(REQUESTS[0], Completion("x", raw="x"))
    with mine.calls(paper).open("ab") as file:
        file.write(b'{"torn')
    Ledger(theirs.calls(paper)).append(REQUESTS[1], Completion("y", raw="y"), prompt="deep-qa@12")
    whole = mine.calls(paper).read_bytes()
    assert merge_into(mine, [theirs]) == MergeCounts(papers=1, added=1)
    assert mine.calls(paper).read_bytes() == whole + b"\n" + theirs.calls(paper).read_bytes()
    assert list(mine.calls(paper).parent.iterdir()) == [mine.calls(paper)]  # nothing was set aside


def test_a_written_merge_is_a_ledger_sorted_by_key_that_says_which_prompt_asked(tmp_path):
    for number, request in enumerate(REQUESTS):
        Ledger(tmp_path / f"{number}.jsonl").append(request, Completion("x", raw="x"), prompt=f"p@{number}")
    write_merged([tmp_path / f"{number}.jsonl" for number in range(3)], tmp_path / "all.jsonl")
    entries = [
        Entry(one.key, one, Completion("x", raw="x"), f"p@{number}") for number, one in enumerate(REQUESTS)
    ]
    assert list(Ledger(tmp_path / "all.jsonl").entries()) == sorted(entries, key=lambda entry: entry.key)


def test_of_two_answers_without_their_bodies_the_texts_are_compared():
    assert rank(Completion("x")) == rank(Completion("y", raw="x")) != rank(Completion("y"))
