"""A build that has nothing to do: found out by a receipt, and only where everything is as it was."""

import json
import shutil

import pytest

from builder.build import build_dataset
from builder.order import Choice
from qagen.settings import Settings
from tests.command import hashes
from tests.conftest import EXAMPLES

SETTINGS = {"ask": {"engine": "extractive"}, "dataset": {"plots": False}}


class Place:
    def __init__(self, root):
        self.papers, self.out, self.work = root / "papers", root / "out", root / "work"

    def build(self, tables=SETTINGS, **more):
        return build_dataset(
            [self.papers], self.out, settings=Settings.model_validate(tables), work=self.work, **more
        )

    def runs(self):
        """How many builds have run for real: each leaves a report."""
        return len(list(self.work.glob("runs/*.json")))


@pytest.fixture
def place(work, tmp_path):
    made = Place(tmp_path)
    made.papers.mkdir()
    shutil.copy(EXAMPLES / "interlayer.pdf", made.papers)
    made.build()
    return made


def test_the_same_build_again_runs_nothing_and_reports_what_is_there(place, capsys):
    before = hashes(place.out)
    first = json.loads(next(place.work.glob("runs/*.json")).read_text())
    again = place.build()
    assert place.runs() == 1
    assert hashes(place.out) == before
    assert (again.records, again.splits, again.rejections) == (
        first["records"],
        first["splits"],
        first["rejections"],
    )
    assert (again.papers["converted"], again.papers["reused"], again.calls["made"]) == (0, 1, 0)
    assert "nothing has changed since" in capsys.readouterr().err


def edit_row(place):
    path = next(place.out.glob("data/default/*.parquet"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


CHANGES = {
    "a setting": lambda place: place.build({**SETTINGS, "checks": {"min_support": 0.6}}),
    "a sample": lambda place: place.build(choice=Choice(sample=3)),
    "a bit of a data file": edit_row,
    "the card is gone": lambda place: (place.out / "README.md").unlink(),
    "the card is edited": lambda place: (place.out / "README.md").write_text("mine"),
    "a ledger": lambda place: [
        (path / "calls.jsonl").write_text("") for path in place.work.glob("papers/*/*")
    ],
    "a paper more": lambda place: shutil.copy(EXAMPLES / "peatland.pdf", place.papers),
    "another name of a paper": lambda place: (place.papers / "interlayer.pdf").rename(place.papers / "x.pdf"),
    "a damaged receipt": lambda place: next(place.work.glob("receipts/*")).write_text("{"),
    "a folder that is gone": lambda place: shutil.rmtree(place.out),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changed_the_build_runs_and_mends(place, change):
    whole = hashes(place.out)
    CHANGES[change](place)
    before = place.runs()
    place.build()
    assert place.runs() == before + 1
    if change not in ("a paper more", "another name of a paper"):
        assert hashes(place.out) == whole


def test_a_build_that_left_something_to_try_again_has_no_receipt(work, tmp_path):
    made = Place(tmp_path)
    made.papers.mkdir()
    shutil.copy(EXAMPLES / "interlayer.pdf", made.papers)
    offline = {"ask": {"model": "r1"}, "dataset": {"plots": False}}
    from qagen.errors import EngineError

    with pytest.raises(EngineError, match="no chunk has an answer"):
        made.build(offline, offline=True)
    assert not list(made.work.glob("receipts/*"))
