from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builder.diffing.causes import Cause
from builder.diffing.diff import Change, Diff, Edit, Move, diff
from builder.folder import read
from builder.folder.schema import SCHEMAS
from qagen.errors import DatasetError
from qagen.reasons import Kind, Reason
from qagen.records import Rejection, Scores
from qagen.settings import Settings
from tests.builder import corpora
from tests.builder.corpora import paper, record, rejection

ALL_TRAIN = Settings.model_validate({"dataset": {"splits": {"validation": 0, "test": 0}}})
ONE, TWO = paper("one"), paper("two")
A, B, C = record(ONE, "Why is A so?"), record(ONE, "Why is B so?"), record(TWO, "Why is C so?")


def folder(place, results, settings=ALL_TRAIN):
    corpora.folder(place, results, settings=settings)


def displaced(loser, winner):
    return Rejection(
        Kind.PAIR,
        Reason.DUPLICATE,
        "asks the same",
        loser.paper,
        question=loser.question,
        answer=loser.answer,
        displaced_by=winner.id,
    )


def test_equal_datasets_have_no_difference(tmp_path):
    folder(tmp_path / "a", [A, B, C, rejection(ONE)])
    folder(tmp_path / "b", [A, B, C, rejection(ONE)])
    assert diff(tmp_path / "a", tmp_path / "b") == Diff(same=3)


def test_records_of_papers_that_came_and_went(tmp_path):
    folder(tmp_path / "a", [A])
    folder(tmp_path / "b", [C])
    assert diff(tmp_path / "a", tmp_path / "b") == Diff(
        same=0,
        added=(Change(C.id, "train", "two.pdf", C.question, Cause.PAPER_ADDED),),
        removed=(Change(A.id, "train", "one.pdf", A.question, Cause.PAPER_REMOVED),),
    )


def test_pairs_that_came_and_went_within_a_paper(tmp_path):
    folder(tmp_path / "a", [A])
    folder(tmp_path / "b", [B])
    found = diff(tmp_path / "a", tmp_path / "b")
    assert [change.cause for change in (*found.added, *found.removed)] == [Cause.NEW_PAIR, Cause.PAIR_GONE]


def test_a_displaced_record_names_what_displaced_it(tmp_path):
    folder(tmp_path / "a", [A])
    folder(tmp_path / "b", [displaced(A, C), C])
    (gone,) = diff(tmp_path / "a", tmp_path / "b").removed
    assert gone == Change(
        A.id, "train", "one.pdf", A.question, Cause.DISPLACED, "duplicate", "asks the same", C.id
    )


def test_a_record_that_was_turned_down_before_and_one_that_is_now_say_why(tmp_path):
    refused = replace(rejection(ONE), question=A.question, answer=A.answer)
    folder(tmp_path / "a", [A])
    folder(tmp_path / "b", [refused])
    (gone,) = diff(tmp_path / "a", tmp_path / "b").removed
    assert gone == Change(A.id, "train", "one.pdf", A.question, Cause.REJECTED, "too_short", "3 characters")
    (come,) = diff(tmp_path / "b", tmp_path / "a").added
    assert come == Change(
        A.id, "train", "one.pdf", A.question, Cause.WAS_REJECTED, "too_short", "3 characters"
    )


def test_moves_changed_columns_and_settings(tmp_path):
    strict = Settings.model_validate(
        {"checks": {"min_support": 0.7}, "dataset": {"splits": {"validation": 0, "test": 0}}}
    )
    held = Settings.model_validate({"dataset": {"splits": {"validation": 50, "test": 50}}})
    folder(tmp_path / "a", [A, C], settings=strict)
    renamed = replace(A, checks=Scores(0.5), paper=replace(ONE, file="new name.pdf"))
    folder(tmp_path / "b", [renamed, C], settings=held)
    splits = {one.id: split for split, one in read.records(tmp_path / "b")}
    found = diff(tmp_path / "a", tmp_path / "b")
    assert set(found.moved) == {
        Move(A.id, "new name.pdf", "train", splits[A.id]),
        Move(C.id, "two.pdf", "train", splits[C.id]),
    }
    assert found.changed == (Edit(A.id, "new name.pdf", {"checks.support": (0.75, 0.5)}),)
    assert found.settings == {
        "settings.checks.min_support": (0.7, held.checks.min_support),
        "settings.dataset.splits.train": (100.0, 0.0),
        "settings.dataset.splits.validation": (0.0, 50.0),
        "settings.dataset.splits.test": (0.0, 50.0),
    }
    assert found.as_json()["moved"][0].keys() == {"id", "file", "before", "after"}


def test_a_version_published_without_its_rejections_can_still_be_compared(tmp_path):
    folder(tmp_path / "a", [A, rejection(TWO)])
    folder(tmp_path / "b", [A, C])
    found = diff(tmp_path / "a", tmp_path / "b")
    assert (found.same, [change.cause for change in found.added]) == (1, [Cause.NEW_PAIR])


def test_a_folder_that_is_no_dataset_says_so(tmp_path):
    folder(tmp_path / "a", [A])
    with pytest.raises(DatasetError, match="is not a dataset folder"):
        diff(tmp_path / "a", tmp_path)


@pytest.mark.parametrize("place", ["a", "b"])
def test_a_damaged_manifest_or_row_is_one_line(tmp_path, place):
    folder(tmp_path / "a", [A])
    folder(tmp_path / "b", [A, rejection(TWO)])
    path = read.files(tmp_path / place, "default")["train"][0]
    rows = pq.read_table(path).to_pylist()
    pq.write_table(pa.Table.from_pylist([rows[0] | {"paper": None}], schema=SCHEMAS["default"]), path)
    with pytest.raises(DatasetError, match="is damaged: 'paper' of its row 1 is empty"):
        diff(tmp_path / "a", tmp_path / "b")
    (tmp_path / place / "manifest.json").write_text('{"format":1,"tool":{"name":"qagen"},"files":{}}')
    with pytest.raises(DatasetError, match="is damaged: 'papers' is missing"):
        diff(tmp_path / "a", tmp_path / "b")
