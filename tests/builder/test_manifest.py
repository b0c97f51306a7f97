"""A manifest is believed only when it has the shape that all who read it rely on."""

import json
import os
import re
from contextlib import suppress

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from builder.building.base import Base
from builder.diffing.diff import Diff, diff
from builder.folder import manifest, read
from builder.folder.replace import check_target
from builder.folder.schema import SCHEMAS
from builder.verifying.verify import VerifyContext, verify
from qagen.errors import DatasetError
from qagen.records import sha256
from tests.builder.corpora import folder, paper, record, rejection

GOOD = {
    "format": 1,
    "tool": {"name": "qagen"},
    "papers": [{"sha256": sha256("p")}],
    "configs": {"default": {"train": 1}},
    "files": {"data/x.parquet": {"sha256": sha256("x"), "bytes": 1}},
}
ENTRY = GOOD["files"]["data/x.parquet"]
DAMAGED = [
    ({"papers": None}, "'papers' is not a list"),
    ({"papers": {}}, "'papers' is not a list"),
    ({"papers": ["p"]}, "'papers' is not a list"),
    ({"papers": [{}]}, "'papers' is not a list"),
    ({"papers": [{"sha256": None}]}, "'papers' is not a list"),
    ({"papers": [{"sha256": [1]}]}, "'papers' is not a list"),
    ({"configs": None}, "'configs' is not an object"),
    ({"configs": {"default": 1}}, "'configs' is not an object"),
    ({"configs": {"default": {"train": "1"}}}, "'configs' is not an object"),
    ({"files": None}, "'files' is not an object"),
    ({"files": []}, "'files' is not an object"),
    ({"files": {"x": "y"}}, "'x' in 'files' is not an object with"),
    ({"files": {"x": {"bytes": 1}}}, "'x' in 'files' is not an object with"),
    ({"files": {"x": ENTRY | {"bytes": True}}}, "'x' in 'files' is not an object with"),
    ({"files": {"x": ENTRY | {"bytes": -1}}}, "'x' in 'files' is not an object with"),
    ({"files": {"x": ENTRY | {"sha256": "X" * 64}}}, "'x' in 'files' is not an object with"),
    ({"files": {"../x": ENTRY}}, "'../x' in 'files' is not a path inside"),
    ({"files": {"/x": ENTRY}}, "'/x' in 'files' is not a path inside"),
    ({"files": {"": ENTRY}}, "'' in 'files' is not a path inside"),
    ({"files": {"x\0": ENTRY}}, "in 'files' is not a path inside"),
]
OTHER = [
    ({"format": True}, "is not a manifest of qagen"),
    ({"format": "1"}, "is not a manifest of qagen"),
    ({"format": -1}, "is not a manifest of qagen"),
    ({"tool": "qagen"}, "is not a manifest of qagen"),
    ({"tool": {"name": "another"}}, "is not a manifest of qagen"),
    ({"format": 2, "files": 3}, "upgrade qagen"),
]


def written(place, value):
    place.mkdir(exist_ok=True)
    (place / manifest.FILE).write_text(value if isinstance(value, str) else json.dumps(value))
    return place


def test_a_manifest_with_all_that_is_relied_on_is_read_with_all_that_it_has(tmp_path):
    assert manifest.read(written(tmp_path, GOOD | {"more": 1})) == GOOD | {"more": 1}


@pytest.mark.parametrize(("change", "said"), DAMAGED + OTHER)
def test_what_lacks_something_is_one_line_for_everybody_who_reads_it(tmp_path, change, said):
    place = written(tmp_path / "d", GOOD | change)
    folder(tmp_path / "whole", [record(paper("one"), "Why is it so?")])
    for reads in (
        manifest.read,
        Base.read,
        check_target,
        lambda place: diff(place, tmp_path / "whole"),
        lambda place: diff(tmp_path / "whole", place),
        lambda place: verify(place, VerifyContext((), None, lambda paper, place: None, tmp_path)),
    ):
        with pytest.raises(DatasetError, match=re.escape(said)) as raised:
            reads(place)
        assert "\n" not in str(raised.value)
        assert str(place / manifest.FILE) in str(raised.value)


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000, '"qagen"', "null", "[]", '{"format": NaN}'])
def test_what_is_no_manifest_at_all_is_one_line(tmp_path, text):
    with pytest.raises(DatasetError, match=r"is damaged|is not a manifest of qagen"):
        manifest.read(written(tmp_path, text))


def test_bytes_that_are_no_text_and_things_that_are_no_file_are_one_line(tmp_path):
    (tmp_path / manifest.FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(DatasetError, match="is damaged"):
        manifest.read(tmp_path)
    (tmp_path / manifest.FILE).unlink()
    os.mkfifo(tmp_path / manifest.FILE)
    with pytest.raises(DatasetError, match=r"cannot read its manifest\.json"):
        manifest.read(tmp_path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=6,
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(change=st.dictionaries(st.sampled_from([*GOOD, "made", "settings", "schema"]), JSON, max_size=3))
def test_whatever_stands_in_a_manifest_diff_compares_or_says_that_it_is_damaged(tmp_path, change):
    written(tmp_path, GOOD | {"files": {}} | change)
    with suppress(DatasetError):
        assert diff(tmp_path, tmp_path) == Diff(same=0)


@pytest.mark.parametrize("column", ["kind", "reason"])
def test_a_rejection_of_a_later_version_says_upgrade(tmp_path, column):
    folder(tmp_path, [rejection(paper("one"))])
    path = read.files(tmp_path, "rejected")["train"][0]
    (row,) = pq.read_table(path).to_pylist()
    pq.write_table(pa.Table.from_pylist([row | {column: "unheard of"}], schema=SCHEMAS["rejected"]), path)
    with pytest.raises(DatasetError, match=r"'unheard of'.*; upgrade qagen"):
        list(read.rejections(tmp_path))
