"""What waits on the disk while the selection decides."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.building.spool import Notes
from qagen.errors import WorkspaceError
from qagen.select.shelf import MemoryTable


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


WIDTHS = st.sampled_from([1, 4, 9, 14, 60])
WRITTEN = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 30), st.integers(1, 255)), max_size=20)


@given(WIDTHS, WRITTEN)
def test_a_table_of_notes_has_what_one_in_memory_has_wherever_it_goes_over_to_the_disk(
    tmp_path_factory, width, written
):
    with Notes(tmp_path_factory.getbasetemp(), front=100) as notes:
        kept, known = notes.table(width), MemoryTable(width)
        for number, rows, value in written:
            for table in (kept, known):
                table.put(number, bytes([value]) * width * rows)
        assert [kept.get(number) for number in range(80)] == [known.get(number) for number in range(80)]


def test_tables_of_notes_leave_nothing_behind(tmp_path):
    with Notes(tmp_path, front=10) as notes:
        tables = [notes.table(8), notes.table(8)]
        tables[0].put(1_000, bytes(8))
        assert os.listdir(tmp_path) == []
    assert [table._rest and table._rest._file.closed for table in tables] == [True, None]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
def test_a_table_for_which_there_is_no_room_is_named(tmp_path):
    with Notes(tmp_path, front=0) as notes:
        table = notes.table(8)
        table.put(0, bytes(8))
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, table._rest._file.fileno())
        os.close(full)
        with pytest.raises(
            WorkspaceError, match=r"cannot keep the results of this build in .*: No space left"
        ):
            table.put(1, bytes(8))
