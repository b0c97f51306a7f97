"""plan, doctor, diff and --base, as a user types them."""

import json
import shutil

from tests.command import build, complaints, qagen, rows
from tests.conftest import EXAMPLES
from tests.scripted_server import ScriptedServer, asks_first

NAMES = sorted(path.name for path in EXAMPLES.glob("*.pdf"))


def plan(papers, work, *arguments) -> dict:
    run = qagen("plan", papers, "--work", work, "--sections", "rules", "--judge", "off", "--json", *arguments)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_plan_says_what_build_then_does_and_does_nothing_itself(work, tmp_path):
    with ScriptedServer() as server:
        common = ("--base-url", server.base_url)
        before = plan(EXAMPLES, work, *common)
        assert (before["engine"], before["model"], before["prompt"]) == ("server", "r1", "deep-qa")
        assert before["papers"] == {"found": 3, "to_convert": 0, "converted": 3, "rejected": 0}
        assert (server.requests, list(work.rglob("calls.jsonl"))) == ([], [])
        _, report = build(EXAMPLES, tmp_path / "d", work, *common)
        first = [request for request in server.requests if asks_first(request)]
        assert before["calls"] == {"paid": 0, "to_make": len(first), "left": 0}
        assert before["chunks"] == report["chunks"]
        assert before["not_asked"] == report["rejections"].get("chunk", {})
        after = plan(EXAMPLES, work, *common)
        assert after["calls"] == {"paid": report["calls"]["made"], "to_make": 0, "left": 0}
        other = plan(EXAMPLES, work, *common, "--pairs", 3)
        assert other["calls"] == {"paid": 0, "to_make": len(first), "left": 0}


def test_plan_names_the_papers_whose_chunks_nobody_knows_yet(tmp_path):
    made = plan(EXAMPLES, tmp_path / "w", "--engine", "extractive")
    assert made["papers"] == {"found": 3, "to_convert": 3, "converted": 0, "rejected": 0}
    assert sorted(made["unknown"]) == NAMES
    assert not (tmp_path / "w").exists()


def test_with_a_base_its_records_stay_and_a_paper_more_changes_none_of_them(work, tmp_path):
    papers = tmp_path / "papers"
    papers.mkdir()
    for name in NAMES[:2]:
        shutil.copy(EXAMPLES / name, papers / name)
    build(papers, tmp_path / "v1", work, "--engine", "extractive")
    shutil.copy(EXAMPLES / NAMES[2], papers / NAMES[2])
    build(papers, tmp_path / "v2", work, "--engine", "extractive", "--base", tmp_path / "v1")
    before, after = rows(tmp_path / "v1"), rows(tmp_path / "v2")
    assert [row for row in after if row["paper"]["file"] != NAMES[2]] == before
    found = json.loads(qagen("diff", tmp_path / "v1", tmp_path / "v2", "--json").stdout)
    assert (found["same"], found["removed"], found["moved"], found["changed"]) == (len(before), [], [], [])
    assert {(change["file"], change["cause"]) for change in found["added"]} == {(NAMES[2], "paper_added")}
    shown = qagen("diff", tmp_path / "v1", tmp_path / "v2").stdout.splitlines()
    assert shown[0].split() == ["same", str(len(before))]
    assert shown[1].split()[:2] == ["added", str(len(after) - len(before))]


def test_diff_and_base_refuse_a_folder_that_is_no_dataset(tmp_path):
    for command in (
        ("diff", tmp_path, tmp_path),
        (
            "build",
            EXAMPLES,
            "--out",
            tmp_path / "d",
            "--work",
            tmp_path / "w",
            "--engine",
            "extractive",
            "--base",
            tmp_path,
        ),
    ):
        run = qagen(*command)
        assert (run.returncode, run.stdout, len(complaints(run))) == (1, "", 1)
        assert complaints(run)[0].startswith(f"error: {str(tmp_path)!r} is not a dataset folder of qagen")


def test_doctor_finds_all_well_with_a_server_that_has_the_model(tmp_path):
    with ScriptedServer(models=("r1", "qwen3:8b")) as server:
        run = qagen(
            "doctor", "--work", tmp_path / "w", "--base-url", server.base_url, "--model", "r1", "--json"
        )
    found = json.loads(run.stdout)
    assert (run.returncode, found["ok"]) == (0, True), found
    said = {finding["what"]: finding["detail"] for finding in found["findings"]}
    assert said["server"] == f"a server of an unknown kind at {server.base_url}; models offered: r1, qwen3:8b"
    assert said["model"].startswith("r1; sampled as DeepSeek R1: temperature 0.6, top_p 0.95")


def test_doctor_says_what_to_do_where_something_is_missing(tmp_path):
    with ScriptedServer(models=("r1",)) as server:
        url = server.base_url
        run = qagen(
            "doctor", "--work", tmp_path / "w", "--base-url", url, "--model", "r2", "--prompt", "none"
        )
    lines = run.stdout.splitlines()
    bad = [place for place, line in enumerate(lines) if line.startswith("BAD")]
    assert run.returncode == 1
    assert [lines[place].split()[1] for place in bad] == ["prompt", "model"]
    assert all(lines[place + 1].lstrip().startswith("-> ") for place in bad)
    run = qagen("doctor", "--work", tmp_path / "w", "--base-url", url)
    assert [line.split()[1] for line in run.stdout.splitlines() if line.startswith("BAD")] == ["server"]


def test_required_splits_end_a_build_before_any_call_and_keep_the_conversions(work, tmp_path):
    with ScriptedServer() as server:
        ask = ("--base-url", server.base_url, "--model", "r1", "--sections", "rules")
        run = qagen(
            "build", EXAMPLES, "--out", tmp_path / "d", "--work", work, *ask, "--require-splits", "test=1"
        )
        assert (run.returncode, run.stdout, len(server.requests)) == (1, "", 0)
        assert "the split 'test' would have 0 of 3 works, and 1 are required" in run.stderr
        code, made = build(EXAMPLES, tmp_path / "d", work, *ask[:4], "--require-splits", "train")
        assert (code, sorted(made["splits"]["default"])) == (0, ["train"])
    assert qagen("build", EXAMPLES, "--out", tmp_path / "d", "--require-splits", "dev=1").returncode == 2
