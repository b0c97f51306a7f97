"""Files of a workspace as an object."""

import io
import zipfile

import pytest

from qagen.errors import StoreError
from qagen.records import sha256
from qagen.stores.segments import pack, unpack
from tests.memory_store import (
    PAPERS,
    calls,
    mirror_of,
)


def zipped(*members, compress=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compress) as made:
        for name, data in members:
            made.writestr(name, data)
    return file.getvalue()


def test_a_segment_has_the_same_bytes_for_the_same_files_and_gives_them_back(tmp_path):
    members = [calls(paper, "x", "y") for paper in PAPERS]
    assert pack(members) == pack(members)
    (tmp_path / "s.zip").write_bytes(pack(members))
    assert unpack(tmp_path / "s.zip", tmp_path / "w", {*PAPERS[:2]}.__contains__) == PAPERS[:2]
    assert {str(path.relative_to(tmp_path / "w")) for path in (tmp_path / "w").rglob("*.jsonl")} == {
        name for name, _ in members[:2]
    }


NAME, LINES = calls(PAPERS[0], "x")
_SOUND = zipped((NAME, LINES))


@pytest.mark.parametrize(
    "segment",
    [
        b"",
        b"PK",
        _SOUND[:-10],
        _SOUND.replace(b"calls.jsonl", b"calls.jsonX"),
        zipped(("../../etc/passwd", b"x")),
        zipped(("/etc/passwd", b"x")),
        zipped(("papers/../../x", b"x")),
        zipped((NAME.replace("calls", "../calls"), LINES)),
        zipped((NAME.replace(f"/{PAPERS[0][:2]}/", "/zz/"), LINES)),
        zipped((NAME + "\n", LINES)),
        zipped(("receipts/0123456789abcdef/1-of-1.json", b"{}")),
        zipped((NAME, LINES[:-80] + b"\n")),
        zipped((NAME, LINES.replace(b'"x"', b'"y"'))),
        zipped((NAME, b"{}\n")),
        zipped((NAME.replace("calls.jsonl", "convert-0123456789abcdef/meta.json"), b"{}")),
    ],
)  # fmt: skip
def test_a_segment_that_somebody_else_wrote_is_refused_and_writes_nothing_elsewhere(segment, store, tmp_path):
    store.put("segments/1-of-1", "000001-000001-", "zip", segment)
    mirror = mirror_of(store, tmp_path / "m")
    with pytest.raises(StoreError, match=r"segments/1-of-1/000001-000001-\w+.zip' is damaged: "):
        mirror.take_in()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_two_members_of_one_name_are_refused(store, tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = zipped((NAME, LINES), (NAME, LINES))
    store.put("segments/1-of-1", "000001-000001-", "zip", twice)
    with pytest.raises(StoreError, match="has no place in a workspace"):
        mirror_of(store, tmp_path / "m").take_in()


def test_what_unpacks_to_more_than_any_segment_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("qagen.stores.segments.LARGEST", 1000)
    (tmp_path / "s.zip").write_bytes(zipped((NAME, b" " * 100_000)))
    with pytest.raises(ValueError, match="it has more than 1,000 bytes"):
        unpack(tmp_path / "s.zip", tmp_path / "w", lambda _: True)


@pytest.mark.parametrize(
    "name", ["segments/x.zip", "segments/1-of-0/000001-000001-" + "0" * 64 + ".zip", "segments/1-of-1/readme"]
)
def test_an_object_of_another_name_among_segments_is_named(name, store, tmp_path):
    store.create(name, b"")
    with pytest.raises(StoreError, match="its name is none that a run gives"):
        mirror_of(store, tmp_path / "m").take_in()


@pytest.mark.parametrize("folder", ["segments/1-of-1", "receipts/0123456789abcdef/1-of-1"])
def test_an_object_that_is_not_what_its_name_says_is_named(folder, store, tmp_path):
    suffix = "zip" if folder.startswith("segments") else "json"
    store.create(f"{folder}/000001-000001-{sha256(_SOUND)}.{suffix}", _SOUND[:-1])
    mirror = mirror_of(store, tmp_path / "m")
    with pytest.raises(StoreError, match="its sha256 is not the one in its name"):
        (mirror.take_in if suffix == "zip" else mirror.take_receipts)()
