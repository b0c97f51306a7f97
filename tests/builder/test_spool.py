"""What waits on the disk while the selection decides."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.building.spool import Notes
from qagen.errors import WorkspaceError


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
