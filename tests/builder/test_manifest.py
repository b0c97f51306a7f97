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
from pydantic import ValidationError

from builder.building.base import Base
from builder.diffing.diff import Diff, diff
from builder.diffing.version_number import Columns, is_news
from builder.folder import manifest, read
from builder.folder.manifest_parts import ReleaseNote
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
SETTINGS_OF_BEFORE = {
    "checks": {"denial_reach": 4, "min_support": 0.5},
    "select": {"per_section": 3},
    "rules": [],
}
DAMAGED = [
    ({"papers": None}, "'papers' is no list (it is null)"),
    ({"papers": {}}, "'papers' is no list (it is an object)"),
    ({"papers": ["p"]}, "'papers[0]' is no object (it is 'p')"),
    ({"papers": [{}]}, "'papers[0].sha256' is missing"),
    ({"papers": [GOOD["papers"][0], {"sha256": None}]}, "'papers[1].sha256' is no text (it is null)"),
    ({"papers": [{"sha256": [1]}]}, "'papers[0].sha256' is no text (it is a list)"),
    ({"papers": [{"sha256": "X" * 64}]}, "'papers[0].sha256' is no sha256 (it is 'XXX"),
    (
        {"papers": [GOOD["papers"][0] | {"records": "1"}]},
        "'papers[0].records' is no whole number (it is '1')",
    ),
    ({"papers": [GOOD["papers"][0] | {"title": 7}]}, "'papers[0].title' is no text (it is 7)"),
    ({"configs": None}, "'configs' is no object (it is null)"),
    ({"configs": {"default": 1}}, "'configs.default' is no object (it is 1)"),
    ({"configs": {"default": {"train": "1"}}}, "'configs.default.train' is no whole number (it is '1')"),
    ({"files": None}, "'files' is no object (it is null)"),
    ({"files": []}, "'files' is no object (it is a list)"),
    ({"files": {"x": "y"}}, "'files.x' is no object (it is 'y')"),
    ({"files": {"x": {"bytes": 1}}}, "'files.x.sha256' is missing"),
    ({"files": {"data/x.parquet": {"sha256": sha256("x")}}}, "'files[\"data/x.parquet\"].bytes' is missing"),
    ({"files": {"x": ENTRY | {"bytes": True}}}, "'files.x.bytes' is no whole number (it is true)"),
    ({"files": {"x": ENTRY | {"bytes": -1}}}, "'files.x.bytes' is below 0 (it is -1)"),
    ({"files": {"x": ENTRY | {"sha256": "X" * 64}}}, "'files.x.sha256' is no sha256"),
    ({"files": {"../x": ENTRY}}, "'files[\"../x\"]' is not a path inside the folder"),
    ({"files": {"/x": ENTRY}}, "'files[\"/x\"]' is not a path inside the folder"),
    ({"files": {"": ENTRY}}, "'files[\"\"]' is not a path inside the folder"),
    ({"files": {"x\0": ENTRY}}, "'files[\"x\\u0000\"]' is not a path inside the folder"),
    ({"made": 7}, "'made' is no object (it is 7)"),
    ({"made": {"rule_prompts": [["mine"]]}}, "'made.rule_prompts[0][1]' is missing"),
    ({"settings": []}, "'settings' is no object (it is a list)"),
    ({"profile": {"sections": {}}}, "'profile.support' is missing"),
    ({"answers": {"responses": -1}}, "'answers.responses' is below 0 (it is -1)"),
    ({"license": 7}, "'license' is no text (it is 7)"),
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
    assert manifest.read(written(tmp_path, GOOD | {"more": 1})).as_json() == GOOD | {"more": 1}


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


@pytest.mark.parametrize("key", ["format", "tool", "papers", "configs", "files"])
def test_what_every_manifest_has_is_missed_by_its_name(tmp_path, key):
    with pytest.raises(DatasetError, match=rf"'{key}' is missing|is not a manifest of qagen"):
        manifest.read(written(tmp_path, {name: part for name, part in GOOD.items() if name != key}))


def test_a_manifest_is_frozen_and_another_one_is_made_of_it(tmp_path):
    made = manifest.read(written(tmp_path, GOOD))
    with pytest.raises(ValidationError, match="frozen"):
        made.license = "mit"
    assert (made.license, made.having(license="mit").license) == (None, "mit")
    assert made.as_json() == GOOD


def test_the_manifest_of_an_earlier_version_has_todays_names_of_settings_and_is_written_as_it_was(tmp_path):
    old = GOOD | {
        "made": {"engine": "server", "model": "m"},
        "settings": SETTINGS_OF_BEFORE,
        "version": "1.0.0",
    }
    made = manifest.read(written(tmp_path, old))
    assert made.settings == {
        "checks": {"negation_window": 4, "min_support": 0.5},
        "select": {"max_per_section": 3},
        "rules": [],
    }
    assert (made.provenance.engine, made.provenance.judge_model, made.records) == ("server", None, 1)
    manifest.write_listed(tmp_path, made, made.files)
    assert list(json.loads((tmp_path / manifest.FILE).read_text()).items()) == list(old.items())


def test_settings_that_only_got_another_name_are_no_difference_between_versions(tmp_path):
    today = {
        "checks": {"negation_window": 4, "min_support": 0.5},
        "select": {"max_per_section": 3},
        "rules": [],
    }
    old, new = GOOD | {"files": {}, "settings": SETTINGS_OF_BEFORE}, GOOD | {"files": {}, "settings": today}
    new |= {"made": {"judge_model": None, "rule_prompts": []}}
    places = written(tmp_path / "old", old), written(tmp_path / "new", new)
    found = diff(*places)
    assert found == Diff(same=0)
    assert not is_news(found, Columns(), *map(manifest.read, places))
    new["settings"] = today | {"select": {"max_per_section": 4}}
    found = diff(places[0], written(tmp_path / "new", new))
    assert found.settings == {"settings.select.max_per_section": (3, 4)}


def test_what_a_newer_version_says_more_is_kept(tmp_path):
    more = {"made": {"engine": "server", "oracle": "o"}, "papers": [GOOD["papers"][0] | {"colour": "red"}]}
    made = manifest.read(written(tmp_path, GOOD | more))
    assert [paper.as_json() for paper in made.papers] == more["papers"]
    assert made.provenance.as_json() == more["made"]


def test_notices_and_releases_that_somebody_broke_cost_none_of_the_others(tmp_path):
    notice = {"sha256": sha256("p"), "title": 7, "doi": "10.1/x", "tags": ["v1.0.0", 1], "by": "us"}
    edited = {"retracted": [1, notice, {"title": "x"}], "releases": [{"version": 1, "changes": ["a", 2]}, 3]}
    made = manifest.read(written(tmp_path, GOOD | edited | {"version": 3, "why": None}))
    (kept,) = made.retracted
    assert (kept.title, kept.doi, kept.reason, kept.tags) == (None, "10.1/x", None, ("v1.0.0",))
    assert kept.as_json()["by"] == "us"
    assert made.releases == (ReleaseNote("1", ("a", "2")),)
    assert (made.version, made.why) == (None, None)


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
