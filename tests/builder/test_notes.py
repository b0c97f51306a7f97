"""What waits on the disk while the selection decides."""

import os
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.building.notes import Notes
from qagen.errors import WorkspaceError
from qagen.records import ChunkInfo, Generation, PaperInfo, Record, Rejection, Scores, SectionInfo, record_id
from qagen.select import MemoryTable, select
from qagen.settings import SelectSettings


def record_of(question: str, answer: str, paper: int, chunk: int = 0) -> Record:
    name = f"{paper:064x}"
    return Record(
        record_id(name, question, answer),
        question,
        answer,
        (),
        PaperInfo(name, f"paper:{name}", "a.pdf"),
        SectionInfo(("Results",), 0, 9),
        ChunkInfo(chunk, 1, 9, "cd" * 32, (1,)),
        Generation("server"),
        Scores(0.9),
    )


@given(st.lists(st.tuples(st.binary(max_size=40_000), st.integers(0, 5)), max_size=12))
def test_notes_give_back_every_byte_whatever_is_read_in_between(tmp_path_factory, parts):
    with Notes(tmp_path_factory.getbasetemp()) as notes:
        kept = []
        for data, looked_at in parts:
            kept.append((notes.add(data), data))
            start, known = kept[looked_at % len(kept)]
            assert notes.get(start, start + len(known)) == known
        assert [notes.get(start, start + len(data)) for start, data in kept] == [data for _, data in kept]


def test_notes_leave_nothing_behind(tmp_path):
    with Notes(tmp_path) as notes:
        notes.add(bytes(200_000))
        assert os.listdir(tmp_path) == []


def test_a_folder_for_notes_that_is_not_there_is_named(tmp_path):
    with pytest.raises(
        WorkspaceError, match=r"cannot keep the results of this build in '.*none': No such file"
    ):
        Notes(tmp_path / "none")


WIDTHS = st.sampled_from([4, 8, 60])
PLACES = st.one_of(st.integers(0, 40), st.integers(900, 1_100), st.integers(0, 100_000))
"""Some lie close together, so that they are written and read together, and others far apart."""
WRITTEN = st.lists(
    st.one_of(
        st.tuples(PLACES, st.integers(1, 255)), st.tuples(st.sets(PLACES, max_size=60), st.integers(1, 255))
    ),
    max_size=8,
)


@given(WIDTHS, st.sampled_from([0, 100, 1 << 20]), WRITTEN)
def test_a_table_of_notes_has_what_one_in_memory_has_wherever_it_goes_over_to_the_disk(
    tmp_path_factory, width, front, written
):
    looked_at = np.array([99_999, *range(0, 2_000, 7), 100_000, *range(50)])
    with Notes(tmp_path_factory.getbasetemp(), front=front) as notes:
        kept, known = notes.table(width), MemoryTable(width)
        for where, value in written:
            for table in (kept, known):
                if isinstance(where, int):
                    table.put(where, bytes([value]) * width)
                else:
                    rows = np.arange(len(where) * width).reshape(-1, width) * value % 256
                    table.put_many(np.array([*where], dtype=np.int64), rows.astype(np.uint8))
            assert kept.get(7) == known.get(7)
        assert kept.get_many(looked_at).tolist() == known.get_many(looked_at).tolist()
        assert [kept.get(number) for number in looked_at] == [known.get(number) for number in looked_at]


def test_rows_that_are_put_one_by_one_are_there_however_many_they_are(tmp_path):
    with Notes(tmp_path, front=100) as notes:
        table = notes.table(4)
        numbers = [place * 7_919 % 10_007 for place in range(10_007)]
        for number in numbers:
            table.put(number, number.to_bytes(4))
        assert [int.from_bytes(table.get(number)) for number in numbers] == numbers


def test_tables_of_notes_leave_nothing_behind(tmp_path):
    with Notes(tmp_path, front=10) as notes:
        tables = [notes.table(8), notes.table(8)]
        tables[0].put_many(np.array([1_000]), np.zeros((1, 8), dtype=np.uint8))
        assert os.listdir(tmp_path) == []
    assert [table._rest and table._rest._file.closed for table in tables] == [True, None]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
def test_a_table_for_which_there_is_no_room_is_named(tmp_path):
    with Notes(tmp_path, front=0) as notes:
        table, row = notes.table(8), np.zeros((1, 8), dtype=np.uint8)
        table.put_many(np.array([0]), row)
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, table._rest._file.fileno())
        os.close(full)
        with pytest.raises(
            WorkspaceError, match=r"cannot keep the results of this build in .*: No space left"
        ):
            table.put_many(np.array([1]), row)


WORDS = st.sampled_from(["film", "layer", "grain", "stress", "strain", "heat", "flow", "rate", "phase"])
RECORDS = st.lists(
    st.builds(
        record_of,
        st.lists(WORDS, min_size=2, max_size=5).map(lambda words: f"Why does the {' '.join(words)} grow?"),
        st.sampled_from(["It is 3 K.", "It is 4 K."]),
        st.integers(0, 2),
    ),
    max_size=40,
    unique_by=lambda one: one.id,
)
SPLITS = {f"{paper:064x}": split for paper, split in enumerate(("train", "validation", "test"))}


@given(RECORDS, st.sampled_from([0, 500]))
def test_the_selection_keeps_the_same_records_with_notes_on_the_disk_as_in_memory(
    tmp_path_factory, records, front
):
    settings = SelectSettings(max_per_paper=8, max_records=20)
    with Notes(tmp_path_factory.getbasetemp(), front=front) as notes:
        assert [*select(records, settings, SPLITS, shelf=notes)] == [*select(records, settings, SPLITS)]


def test_the_selection_keeps_the_same_of_more_records_than_are_looked_up_at_once(tmp_path):
    dice = random.Random(0)
    words = [
        one + other for one in "bcdfghklmnprst" for other in ("ane", "ate", "ene", "ide", "ine", "ol", "yte")
    ]
    asked = [f"Why does the {' '.join(dice.sample(words, k=4))} grow?" for _ in range(2_000)]
    asked += [question.replace("does", "would") for question in asked[::16]]
    records = [record_of(question, "It is dry.", 0, place // 9) for place, question in enumerate(asked)]
    with Notes(tmp_path, front=0) as notes:
        chosen = [*select(records, SelectSettings(), SPLITS, shelf=notes)]
    assert chosen == [*select(records, SelectSettings(), SPLITS)]
    assert any(isinstance(one, Rejection) for one in chosen)
