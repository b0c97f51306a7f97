"""The script for jobs of the Hub: what it would run, and what it refuses before. No build is run here."""

import importlib.util
import shlex
import subprocess
from pathlib import Path

import pytest

from builder.hub.hub import Hub
from tests.conftest import EXAMPLES, ROOT
from tests.hub import OWNER, READER, running


@pytest.fixture(scope="module")
def job():
    spec = importlib.util.spec_from_file_location("qagen_job", ROOT / "examples/jobs/qagen_job.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PUSH = ["--push", "org/qa", "--license", "mit", "--private"]


@pytest.fixture
def hub(job, monkeypatch, tmp_path):
    """A Hub that the job asks as its owner."""
    with running() as server:

        def made(token=OWNER):
            monkeypatch.setattr(job, "Hub", lambda: Hub(endpoint=server.url, token=token, cache=tmp_path))
            return server

        yield made


@pytest.fixture
def run(job, monkeypatch):
    """The programs that a job has run; each ends well."""
    programs = []

    def noted(command, **_):
        programs.append(command[:2])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(job.subprocess, "run", noted)
    return programs


def said(capsys):
    return [shlex.split(line) for line in capsys.readouterr().out.splitlines() if not line.startswith("#")]


def test_a_whole_build_is_pushed(job, capsys):
    given = [
        "--papers",
        str(EXAMPLES),
        "--push",
        "me/qa",
        "--license",
        "cc-by-4.0",
        "--private",
        "--dry-run",
        "--",
        "--model",
        "r 1",
        "--pairs",
        "3",
    ]
    assert job.main(given) == 0
    assert said(capsys) == [
        ["qagen", "build", str(EXAMPLES), "--work", ".qagen", "--model", "r 1", "--pairs", "3", "--out", "dataset"],
        ["qagen", "push", "dataset", "me/qa", "--license", "cc-by-4.0", "--private"],
    ]  # fmt: skip


def test_what_may_be_published_is_said_to_the_push(job, capsys):
    given = ["--papers", str(EXAMPLES), "--push", "me/qa", "--license", "mit", "--yes", "--allow-extractive"]
    assert job.main([*given, "--dry-run", "--", "--engine", "extractive"]) == 0
    assert said(capsys)[1] == [
        "qagen", "push", "dataset", "me/qa", "--license", "mit", "--yes", "--allow-extractive",
    ]  # fmt: skip


def test_a_part_fills_its_workspace(job, capsys):
    assert job.main(["--papers", str(EXAMPLES), "--shard", "2/8", "--work", "/data/2", "--dry-run"]) == 0
    assert said(capsys) == [
        ["qagen", "build", str(EXAMPLES), "--work", "/data/2", "--shard", "2/8"],
    ]


def test_papers_of_the_hub_are_fetched_first(job, capsys):
    assert job.main(["--papers", "me/papers@v1", "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("# fetch the PDFs of me/papers@v1 to ")
    assert [job.on_hub(name) for name in ("me/papers", "/data/papers", "./papers", str(EXAMPLES))] == [
        True, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (["--shard", "1/2"], "--shard needs a --work"),
        (["--shard", "1/2", "--work", "w", "--push", "me/qa"], "--push is for the whole dataset"),
        (["--push", "me/qa", "--yes"], "--push needs a --license"),
        (["--push", "me/qa", "--license", "mit"], "--push needs --private, or --yes"),
        (["--push", "qa", "--license", "mit", "--yes"], "--push qa is no name of a dataset"),
        ([*PUSH, "--", "--engine=extractive"], "--push needs --allow-extractive"),
        ([*PUSH, "--", "--engine", "extractive"], "--push needs --allow-extractive"),
        (["--license", "mit"], "--license is for --push"),
        (["--yes"], "--yes is for --push"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(given, what, job, capsys):
    with pytest.raises(SystemExit) as ended:
        job.main(["--papers", "p", *given])
    assert (ended.value.code, what in capsys.readouterr().err) == (2, True)


def test_a_push_that_nothing_speaks_against_goes_on_to_the_build(job, hub, run):
    server = hub()
    assert job.main(["--papers", str(EXAMPLES), *PUSH]) == 0
    assert (run, server.repos["org/qa"].private) == ([["qagen", "build"], ["qagen", "push"]], True)


def test_the_qagen_beside_this_python_is_run_whatever_the_path_is(job, tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("PATH", "/nowhere")
    assert (
        job.main(["--papers", str(tmp_path), "--work", str(tmp_path / "w"), "--out", str(tmp_path / "d")])
        == 1
    )
    assert "error: no PDF in " in capfd.readouterr().err


def of_others(server):
    server.create("org/qa", private=True)
    server.commit("org/qa", {"data/train.csv": b"a,b\n"})


@pytest.mark.parametrize(
    ("prepare", "token", "given", "what"),
    [
        (None, READER, PUSH, "does not let this token"),
        (None, "hf_unknown", PUSH, "does not know this token"),
        (None, OWNER, ["--push", "org/qa", "--license", "ccby4", "--yes"], "does not take the card"),
        (lambda server: server.create("org/qa"), OWNER, PUSH, "org/qa is there and public, and --private makes new repositories only"),
        (of_others, OWNER, PUSH, "org/qa holds data that qagen did not publish, and is left alone"),
    ],
)  # fmt: skip
def test_what_a_push_would_refuse_is_refused_before_anything_is_built(
    prepare, token, given, what, job, hub, run, capsys
):
    server = hub(token)
    if prepare:
        prepare(server)
    assert (job.main(["--papers", str(EXAMPLES), *given]), run) == (1, [])
    said = capsys.readouterr().err
    assert (said.startswith("error: nothing is built: "), what in said) == (True, True), said


def test_papers_that_the_hub_does_not_have_are_one_line(job, hub, run, capsys):
    hub()
    assert (job.main(["--papers", "org/none"]), run) == (1, [])
    assert capsys.readouterr().err.startswith("error: nothing is built: org/none is not on http://")


def test_papers_of_the_hub_are_built_from_where_they_are_fetched(job, hub, run, monkeypatch):
    server = hub()
    server.create("org/papers")
    server.commit(
        "org/papers", {"one.pdf": b"%PDF", "two.PDF": b"%PDF", "notes.md": b"-", "papers.csv": b"file"}
    )
    seen = []

    def noted(command, **_):
        seen.extend(sorted(path.name for path in Path(command[2]).iterdir()))
        return subprocess.CompletedProcess(command, 3)

    monkeypatch.setattr(job.subprocess, "run", noted)
    assert job.main(["--papers", "org/papers"]) == 3
    assert seen == [".cache", "one.pdf", "papers.csv", "two.PDF"]
