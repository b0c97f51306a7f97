"""A build that has nothing to do: found out by a build stamp, and only where everything is as it was."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager, suppress

import pytest

from builder.building.build import build_dataset
from builder.building.fingerprint import libraries
from builder.building.job import Subset
from builder.folder import manifest
from qagen.errors import EngineError, WorkspaceError
from qagen.settings import Settings
from tests.command import hashes
from tests.conftest import EXAMPLES
from tests.qagen.test_damaged_state import DAMAGES, spoil
from tests.scripted_server import ScriptedServer, paired

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


@contextmanager
def same_size_and_time(path):
    """Whoever goes by the size and time of a file sees no change."""
    before = path.stat()
    yield
    assert path.stat().st_size == before.st_size
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def edit_conversion(place):
    """Another title of the paper, in a conversion that is sound otherwise."""
    (meta,) = [path for path in place.work.glob("papers/*/*/*/meta.json") if "nterlayer" in title(path)]
    with same_size_and_time(meta):
        meta.write_text(meta.read_text("utf-8").replace(title(meta), title(meta).swapcase()), "utf-8")


def title(meta):
    return json.loads(meta.read_text("utf-8"))["metadata"]["title"]


def other_paper_of_that_name(place):
    path = place.papers / "interlayer.pdf"
    before = path.stat()
    shutil.copy(EXAMPLES / "peatland.pdf", path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES = {
    "a conversion, its size and time the same": edit_conversion,
    "another paper under the name and time": other_paper_of_that_name,
    "a setting": lambda place: place.build({**SETTINGS, "checks": {"min_support": 0.6}}),
    "a sample": lambda place: place.build(subset=Subset(sample=3)),
    "a bit of a data file": edit_row,
    "the card is gone": lambda place: (place.out / "README.md").unlink(),
    "the card is edited": lambda place: (place.out / "README.md").write_text("mine"),
    "a ledger": lambda place: [
        (path / "calls.jsonl").write_text("") for path in place.work.glob("papers/*/*")
    ],
    "a paper more": lambda place: shutil.copy(EXAMPLES / "peatland.pdf", place.papers),
    "another name of a paper": lambda place: (place.papers / "interlayer.pdf").rename(place.papers / "x.pdf"),
    "a damaged build stamp": lambda place: next(place.work.glob("stamps/*")).write_text("{"),
    "a folder that is gone": lambda place: shutil.rmtree(place.out),
}


SHOWN = (
    "a paper more",
    "another name of a paper",
    "another paper under the name and time",
    "a conversion, its size and time the same",
)
"""What is to be seen in the dataset; after everything else it is as it was."""


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changed_the_build_runs_and_mends(place, change):
    whole = hashes(place.out)
    CHANGES[change](place)
    before = place.runs()
    place.build()
    assert place.runs() == before + 1
    assert (hashes(place.out) == whole) == (change not in SHOWN)


def test_a_build_that_left_something_to_try_again_has_no_receipt(work, tmp_path):
    made = Place(tmp_path)
    made.papers.mkdir()
    shutil.copy(EXAMPLES / "interlayer.pdf", made.papers)
    offline = {"ask": {"model": "r1"}, "dataset": {"plots": False}}
    from qagen.errors import EngineError

    with pytest.raises(EngineError, match="no chunk has an answer"):
        made.build(offline, offline=True)
    assert not list(made.work.glob("stamps/*"))


def asked(place, server, **ask):
    tables = {"ask": {"model": "r1", "base_url": server.base_url, **ask}, "dataset": {"plots": False}}
    return place.build(tables)


def test_an_answer_that_was_edited_in_the_ledger_is_seen_though_the_file_has_its_size_and_time(place):
    with ScriptedServer() as server:
        asked(place, server)
        (ledger,) = place.work.glob("papers/*/*/calls.jsonl")
        text = ledger.read_text()
        with same_size_and_time(ledger):
            ledger.write_text(text.replace("depend on each other", "depend on one another"[:20]))
        before = len(server.requests)
        with pytest.raises(EngineError, match=r"line\(s\) of the ledger .* are not what was written"):
            asked(place, server)
        assert len(server.requests) == before


def test_a_prompt_that_was_edited_while_its_build_ran_is_asked_by_the_next(place, tmp_path):
    from qagen.prompts import load_prompt

    mine = tmp_path / "mine.md"
    mine.write_text(load_prompt("deep-qa").text, "utf-8")

    def edits(request, nth):
        mine.write_text(load_prompt("deep-qa").text.replace("You write", "You now write"), "utf-8")
        return paired({"messages": request["messages"][:1]})

    with ScriptedServer(edits) as server:
        asked(place, server, prompt=str(mine))
        before = len(server.requests)
        asked(place, server, prompt=str(mine))
        anew = server.requests[before:]
    assert anew
    assert all("You now write" in json.dumps(request) for request in anew)


def other_name(base):
    base.rename(base.with_name("renamed"))
    return base.with_name("renamed")


def edited_rows(base):
    path = next(base.glob("data/default/*.parquet"))
    with same_size_and_time(path):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(bytes(data))
    return base


@pytest.mark.parametrize("change", [other_name, edited_rows])
def test_another_base_is_another_build_though_its_manifest_says_the_same(place, tmp_path, change):
    from builder.building.stamp import inputs
    from qagen.papers.papers import find_papers

    base = tmp_path / "base"
    shutil.copytree(place.out, base)

    def hashed(base):
        return inputs(find_papers([place.papers]), Settings.model_validate(SETTINGS), {}, base)

    before, told = hashed(base), manifest.digest(base / manifest.FILE)
    assert hashed(base) == before
    changed = change(base)
    assert manifest.digest(changed / manifest.FILE) == told
    assert hashed(changed) != before


def test_another_version_of_any_library_is_another_build(tmp_path):
    """`wcwidth` stands for what only a library of a library needs."""
    code = "from builder.building.fingerprint import libraries; print(*libraries(), sep='\\n')"
    (tmp_path / "ftfy-99.dist-info").mkdir()
    (tmp_path / "ftfy-99.dist-info/METADATA").write_text(
        "Metadata-Version: 2.1\nName: ftfy\nVersion: 99\nRequires-Dist: wcwidth\n"
    )
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    here = set(libraries())
    assert {line.split()[0] for line in here} >= {
        "python",
        "qagen",
        "pyarrow",
        "rapidfuzz",
        "numpy",
        "wcwidth",
    }
    changed = here ^ set(run.stdout.strip().splitlines())
    assert {line.split()[0] for line in changed} == {"ftfy"}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_receipt_is_no_receipt_and_the_build_runs(place, damage):
    (stamp,) = place.work.glob("stamps/*.json")
    before = hashes(place.out)
    spoil(stamp, damage)
    with suppress(WorkspaceError):  # in the way of the new one
        place.build()
    assert place.runs() == 2
    assert hashes(place.out) == before
