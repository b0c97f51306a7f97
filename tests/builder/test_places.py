"""Odd places to build in: names with blanks and other letters, disks that are full or cannot be written, other formats."""

import json
import os
import re
import shutil
import subprocess

import pytest

from tests.command import build, hashes, qagen
from tests.conftest import EXAMPLES
from tests.scripted_server import ScriptedServer, paired

PAPER = EXAMPLES / "interlayer.pdf"
EXTRACTIVE = ("--engine", "extractive")


@pytest.fixture
def mounted(tmp_path):
    """Mounts a small file system of the test's own; only root may."""
    made = []

    def mount(name, *options):
        place = tmp_path / name
        place.mkdir(exist_ok=True)
        done = subprocess.run(["mount", *options, place], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("nobody but root may mount a file system, and not in every container")
        made.append(place)
        return place

    yield mount
    for place in made:
        subprocess.run(["umount", "-l", place], check=True)


def test_names_with_blanks_and_other_letters_are_names_like_any_other(work, tmp_path):
    papers = tmp_path / "Früh 论文 папка"
    papers.mkdir()
    shutil.copy(PAPER, papers / "Über 'α' (1).pdf")
    odd = tmp_path / "ein Ort – ö"
    shutil.copytree(work, odd / "w ü")
    code, report = build(papers, odd / "Daten é", odd / "w ü", *EXTRACTIVE)
    assert (code, report["papers"]["reused"]) == (0, 1)
    (tmp_path / "plain").mkdir()
    shutil.copy(PAPER, tmp_path / "plain/Über 'α' (1).pdf")
    build(tmp_path / "plain", tmp_path / "d", work, *EXTRACTIVE)
    assert hashes(tmp_path / "d") == hashes(odd / "Daten é")
    checked = qagen("verify", odd / "Daten é", "--papers", papers, "--work", odd / "w ü")
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("full", ["out", "work"])
def test_a_full_disk_is_one_line_and_nothing_is_lost(work, tmp_path, mounted, full):
    build(PAPER, tmp_path / "whole", work, *EXTRACTIVE)
    small = mounted("small", "-t", "tmpfs", "-o", "size=320k", "none")
    if full == "work":
        # The workspace has room for what is in it and hardly more.
        target, place = tmp_path / "d", small / "w"
        shutil.copytree(work / "papers", place / "papers")
        left = os.statvfs(small).f_bavail * os.statvfs(small).f_frsize
        (small / "ballast").write_bytes(bytes(max(0, left - 4096)))
    else:
        target, place = small / "d", work
        (small / "ballast").write_bytes(bytes(260 * 1024))
    run = qagen("build", PAPER, "--out", target, "--work", place, *EXTRACTIVE)
    assert run.returncode == 1, run.stdout
    assert re.search("^error: .*No space left on device; free s", run.stderr, re.MULTILINE), run.stderr
    assert "Traceback" not in run.stderr
    assert full == "work" or not target.exists()
    (small / "ballast").unlink()
    code, _ = build(PAPER, target, place, *EXTRACTIVE)
    assert code == 0
    assert hashes(target) == hashes(tmp_path / "whole")


def test_a_disk_that_fills_up_with_answers_loses_none_that_was_written(work, tmp_path, mounted):
    """The calls that are under way when it happens, and no others, are made again."""
    slots = 3
    small = mounted("small", "-t", "tmpfs", "-o", "size=1m", "none")
    shutil.copytree(work / "papers", small / "w/papers")
    with ScriptedServer(lambda request, nth: paired({"messages": request["messages"][:1]})) as server:
        asked = ("--base-url", server.base_url, "--model", "r1", "--concurrency", slots)
        build(PAPER, tmp_path / "whole", work, *asked)
        needed = len(server.requests)
        left = os.statvfs(small).f_bavail * os.statvfs(small).f_frsize
        (small / "ballast").write_bytes(bytes(left - 60 * 1024))
        run = qagen(
            "build",
            PAPER,
            "--out",
            tmp_path / "d",
            "--work",
            small / "w",
            "--sections",
            "rules",
            "--judge",
            "off",
            *asked,
        )
        spent = len(server.requests) - needed
        assert (run.returncode, run.stderr.count("Traceback")) == (1, 0), run.stderr
        assert "No space left on device; free some space and run again; what was finished is" in run.stderr
        assert 0 < spent < needed
        assert not (tmp_path / "d").exists()
        (small / "ballast").unlink()
        code, report = build(PAPER, tmp_path / "d", small / "w", *asked)
    assert (code, report["calls"]["reused"] >= spent - slots) == (0, True)
    assert spent + report["calls"]["made"] <= needed + slots
    assert hashes(tmp_path / "d") == hashes(tmp_path / "whole")


def test_a_workspace_that_cannot_be_written_is_one_line(work, tmp_path, mounted):
    os.makedirs(tmp_path / "ro")
    subprocess.run(["cp", "-r", work / "papers", tmp_path / "ro"], check=True)
    place = mounted("ro", "--bind", tmp_path / "ro")
    subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True)
    run = qagen("build", PAPER, "--out", tmp_path / "d", "--work", place, *EXTRACTIVE)
    assert (run.returncode, "Read-only file system; choose a writable place" in run.stderr) == (1, True), (
        run.stderr
    )
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("text", ['{"format": 2}'])
def test_a_workspace_of_another_format_is_refused_in_a_sentence(work, tmp_path, text):
    (work / "workspace.json").write_text(text)
    run = qagen("build", PAPER, "--out", tmp_path / "d", "--work", work, *EXTRACTIVE)
    assert run.returncode == 1
    assert "and this qagen knows 1; upgrade qagen, or give it another workspace with --work" in run.stderr
    shown = qagen("ledger", "show", "--work", work)
    assert (shown.returncode, shown.stderr) == (1, run.stderr)


def test_a_workspace_from_before_there_were_formats_is_marked_and_used(work, tmp_path):
    assert not (work / "workspace.json").exists()
    code, report = build(PAPER, tmp_path / "d", work, *EXTRACTIVE)
    assert (code, report["papers"]["reused"]) == (0, 1)
    assert json.loads((work / "workspace.json").read_text()) == {"format": 1}


def test_a_clock_that_is_set_back_loses_no_report(work, tmp_path):
    from datetime import UTC, datetime

    code, _ = build(PAPER, tmp_path / "d", work, *EXTRACTIVE)
    (first,) = work.glob("runs/*.json")
    future = datetime(2999, 1, 1, tzinfo=UTC)
    first.rename(work / f"runs/{future:%Y%m%dT%H%M%S}.000000Z.json")
    code, _ = build(PAPER, tmp_path / "d2", work, *EXTRACTIVE)
    assert code == 0
    assert len(list(work.glob("runs/*.json"))) == 2
