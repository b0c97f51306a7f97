"""The script for jobs of the Hub: what it would run. Nothing is fetched or run here."""

import importlib.util
import shlex

import pytest

from tests.conftest import EXAMPLES, ROOT


@pytest.fixture(scope="module")
def job():
    spec = importlib.util.spec_from_file_location("qagen_job", ROOT / "examples/jobs/qagen_job.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def said(capsys):
    return [shlex.split(line) for line in capsys.readouterr().out.splitlines() if not line.startswith("#")]


def test_a_whole_build_is_pushed(job, capsys):
    given = [
        "--papers",
        str(EXAMPLES),
        "--push",
        "me/qa",
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
        ["qagen", "push", "dataset", "me/qa"],
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
    ],
)
def test_what_does_not_go_together_is_wrong_usage(given, what, job, capsys):
    with pytest.raises(SystemExit) as ended:
        job.main(["--papers", "p", *given])
    assert (ended.value.code, what in capsys.readouterr().err) == (2, True)
