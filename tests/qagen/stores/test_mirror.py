"""A part of a workspace here, and what of it is in a store."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qagen.errors import WorkspaceError
from qagen.papers.shard import Shard
from qagen.records import sha256
from qagen.stores.store import Store
from tests.memory_store import PAPERS, REQUESTS, answer, answers, mirror_of


def test_what_is_published_is_taken_in_elsewhere_and_nothing_is_published_twice(store, tmp_path):
    mine = mirror_of(store, tmp_path / "mine")
    answer(mine.work, PAPERS[0], REQUESTS[0], "x")
    assert (mine.publish(1), mine.publish(1)) == (1, 0)
    answer(mine.work, PAPERS[0], REQUESTS[1], "y")
    assert mine.publish(1) == 1
    theirs = mirror_of(store, tmp_path / "theirs")
    theirs.take_in()
    assert answers(theirs.work, PAPERS[0]) == {REQUESTS[0].key: "x", REQUESTS[1].key: "y"}
    assert theirs.publish(2) == 0
    again = mirror_of(store, tmp_path / "mine")
    again.take_in()
    assert again.publish(3) == 0
    assert len(store.list("segments")) == 2


def test_a_part_takes_what_concerns_it_of_parts_of_any_count(store, tmp_path):
    for shard in (Shard(1, 2), Shard(2, 2)):
        mirror = mirror_of(store, tmp_path / f"of-{shard.index}", shard)
        for paper in filter(shard.holds, PAPERS):
            answer(mirror.work, paper, REQUESTS[0], paper)
        mirror.publish(1)
    for index in (1, 2, 3):
        mirror = mirror_of(store, tmp_path / f"third-{index}", Shard(index, 3))
        mirror.take_in()
        there = {path.parent.name for path in mirror.work.root.glob("papers/??/*/calls.jsonl")}
        assert there == {paper for paper in PAPERS if Shard(index, 3).holds(paper)}


def test_a_line_that_is_being_written_is_published_when_it_is_whole(store, tmp_path):
    mirror = mirror_of(store, tmp_path / "m")
    answer(mirror.work, PAPERS[0], REQUESTS[0], "x")
    ledger = mirror.work.calls(PAPERS[0])
    whole = ledger.read_bytes()
    ledger.write_bytes(whole[:-5])
    assert mirror.publish(1) == 0
    ledger.write_bytes(whole)
    assert mirror.publish(1) == 1


def test_a_ledger_that_was_written_anew_is_published_anew(store, tmp_path):
    mirror = mirror_of(store, tmp_path / "m")
    for request in REQUESTS[:3]:
        answer(mirror.work, PAPERS[0], request, "x" * 100)
    mirror.publish(1)
    mirror.work.calls(PAPERS[0]).unlink()
    for request in REQUESTS[3:]:
        answer(mirror.work, PAPERS[0], request, "z")
    mirror.publish(1)
    other = mirror_of(store, tmp_path / "other")
    other.take_in()
    assert len(answers(other.work, PAPERS[0])) == 4


def test_a_conversion_is_published_once_it_is_whole_and_taken_in(store, converted_examples, tmp_path):
    import shutil

    mirror = mirror_of(store, tmp_path / "m")
    shutil.copytree(converted_examples / "papers", mirror.work.root / "papers")
    meta = next(mirror.work.root.glob("papers/*/*/convert-*/meta.json"))
    kept = meta.read_bytes()
    meta.unlink()
    mirror.publish(1)
    meta.write_bytes(kept)
    assert (mirror.publish(1), mirror.publish(1)) == (1, 0)
    other = mirror_of(store, tmp_path / "other")
    other.take_in()
    files = sorted(converted_examples.glob("papers/*/*/convert-*/*"))
    assert [(other.work.root / file.relative_to(converted_examples)).read_bytes() for file in files] == [
        file.read_bytes() for file in files
    ]
    assert other.publish(2) == 0


def test_which_models_answered_goes_with_the_part(store, tmp_path):
    mirror = mirror_of(store, tmp_path / "m")
    mirror.work.root.mkdir()
    (mirror.work.root / "models.json").write_text("1")
    assert (mirror.publish(1), mirror.publish(1)) == (1, 0)
    other = mirror_of(store, tmp_path / "other")
    other.take_in()
    assert (other.work.root / "models.json").read_text() == "1"


def test_of_receipts_of_one_plan_and_part_the_last_one_counts(store, tmp_path):
    mirror = mirror_of(store, tmp_path / "m")
    place = mirror.work.root / "receipts/0123456789abcdef/1-of-1.json"
    place.parent.mkdir(parents=True)
    for claim, text in enumerate(("first", "the second"), 1):
        place.write_text(text)
        mirror.publish_receipts(claim)
        mirror.publish_receipts(claim)
    assert len(store.list("receipts")) == 2
    other = mirror_of(store, tmp_path / "other", None)
    other.take_receipts()
    assert (other.work.root / "receipts/0123456789abcdef/1-of-1.json").read_text() == "the second"


def test_a_state_that_cannot_be_read_is_an_error(store, tmp_path):
    (tmp_path / "m/work").mkdir(parents=True)
    (tmp_path / "m/work/store.json").write_text("{")
    with pytest.raises(WorkspaceError, match="is damaged: it says what of this mirror its store has"):
        mirror_of(store, tmp_path / "m")


STEPS = st.lists(
    st.tuples(
        st.integers(0, 1), st.sampled_from(["answer", "publish", "take in", "lose"]), st.integers(0, 1), st.integers(0, 3),
        st.sampled_from("xyz"),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=12)
@given(STEPS)
def test_whoever_published_what_in_which_order_all_end_with_the_same_answers(tmp_path_factory, steps):
    """Two machines answer, publish, take in and are lost: what was published is what whoever takes it in knows, merged."""
    root = tmp_path_factory.mktemp("machines")
    store = Store(f"memory://{root.parent.name}-{root.name}/work")
    machines = [mirror_of(store, root / name) for name in "ab"]
    said = [[], []]
    published = []
    for number, (machine, step, paper, request, text) in enumerate(steps):
        mirror = machines[machine]
        if step == "answer" and REQUESTS[request].key not in answers(mirror.work, PAPERS[paper]):
            answer(mirror.work, PAPERS[paper], REQUESTS[request], text)
            said[machine].append((PAPERS[paper], REQUESTS[request].key, text))
        if step in ("publish", "take in"):
            mirror.publish(1)
            published += said[machine]
        if step == "take in":
            mirror.take_in()
        if step == "lose":
            machines[machine] = mirror_of(store, root / f"{machine}-{number}")
        if step != "answer":
            said[machine] = []
    last = mirror_of(store, root / "last", None)
    last.take_in()
    wanted = {paper: {} for paper in PAPERS[:2]}
    for paper, key, text in sorted(published, key=lambda one: sha256(one[2]), reverse=True):
        wanted[paper][key] = text
    assert {paper: answers(last.work, paper) for paper in wanted} == wanted
