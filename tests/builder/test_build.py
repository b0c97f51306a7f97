"""The main job, through the command as a user types it: real PDFs, a real HTTP server, the folder opened by `datasets`."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading

import pytest

from qagen.settings import AskSettings
from tests.builder.corpora import folder, paper, record
from tests.command import ENVIRONMENT, QAGEN, build, complaints, hashes, qagen, rows
from tests.conftest import EXAMPLES
from tests.scripted_server import Reply, ScriptedServer, asks_first, chunk_of, paired


@pytest.fixture(scope="module")
def server():
    with ScriptedServer() as running:
        yield running


def test_ten_pairs_a_chunk_become_records_that_are_slices_of_their_document(work, tmp_path):
    with ScriptedServer() as server:
        code, report = build(EXAMPLES, tmp_path / "d", work, "--base-url", server.base_url, "--model", "r1")
    assert code == 0
    assert report["papers"] == {"found": 3, "converted": 0, "reused": 3, "rejected": 0}
    asked = [chunk_of(request) for request in server.requests if asks_first(request)]
    unfit = sum(report["rejections"].get("chunk", {}).values())
    assert len(asked) == len(set(asked)) == report["chunks"] - unfit
    assert len(server.requests) == report["calls"]["made"] == sum(report["responses"].values())
    assert report["responses"]["usable"] >= len(asked)
    found = rows(tmp_path / "d")
    turned_down = [
        row
        for row in rows(tmp_path / "d", "rejected")
        if row["kind"] == "pair" or row["reason"] == "superseded"
    ]
    assert len(found) == report["records"]
    assert len(found) + len(turned_down) == sum(
        paired(request).text.count("###QUESTION:") for request in server.requests
    )
    assert len(found) > 5 * len(asked)
    documents = {
        path.parent.parent.name: path.read_text() for path in work.glob("papers/*/*/convert-*/document.md")
    }
    for row in found:
        document = documents[row["paper"]["sha256"]]
        chunk = document[row["chunk"]["start"] : row["chunk"]["end"]]
        assert chunk in asked
        as_given = [edit["before"] for edit in row["edits"] if edit["field"] == "answer"]
        assert (as_given or [row["answer"]])[0] in chunk
        assert row["generation"]["model"] == "r1"
        for place in row["evidence"]:
            text = document[place["start"] : place["end"]]
            assert hashlib.sha256(text.encode()).hexdigest() == place["sha256"]


def test_a_second_build_makes_no_call_and_the_same_bytes(work, tmp_path, server):
    common = ("--base-url", server.base_url, "--model", "r1")
    _, first = build(EXAMPLES, tmp_path / "d1", work, *common)
    _, second = build(EXAMPLES, tmp_path / "d2", work, *common, "--concurrency", 1)
    assert (second["calls"]["made"], second["calls"]["reused"]) == (0, first["calls"]["made"])
    assert hashes(tmp_path / "d1") == hashes(tmp_path / "d2")


def test_one_paper_more_asks_for_that_one_only_and_a_renamed_paper_changes_only_its_label(
    work, tmp_path, server
):
    papers = tmp_path / "papers"
    papers.mkdir()
    names = sorted(path.name for path in EXAMPLES.glob("*.pdf"))
    for name in names[:2]:
        shutil.copy(EXAMPLES / name, papers / name)
    common = ("--base-url", server.base_url, "--model", "r1")
    _, first = build(papers, tmp_path / "d", work, *common)
    before = {row["id"]: row for row in rows(tmp_path / "d")}
    shutil.copy(EXAMPLES / names[2], papers / names[2])
    (papers / names[0]).rename(papers / "renamed.pdf")
    _, second = build(papers, tmp_path / "d", work, *common)
    assert second["calls"]["reused"] == first["calls"]["made"]
    after = {row["id"]: row for row in rows(tmp_path / "d")}
    for key, row in before.items():
        label = "renamed.pdf" if row["paper"]["file"] == names[0] else row["paper"]["file"]
        assert after[key] == {**row, "paper": {**row["paper"], "file": label}}
    assert {row["paper"]["file"] for key, row in after.items() if key not in before} == {names[2]}


def test_the_folder_opens_where_qagen_is_not_installed(work, tmp_path):
    build(EXAMPLES, tmp_path / "d", work, "--engine", "extractive")
    script = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"qagen", "builder", "dataset_card"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
from datasets import load_dataset
opened = load_dataset(sys.argv[1], cache_dir=sys.argv[2])
streamed = load_dataset(sys.argv[1], streaming=True, cache_dir=sys.argv[2])
for split, rows in opened.items():
    assert list(streamed[split]) == list(rows)
print(sum(rows.num_rows for rows in opened.values()))
"""
    run = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "d", tmp_path / "cache"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf")},
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) == len(rows(tmp_path / "d")) > 20


def test_every_record_is_walked_back_with_the_workspace_and_without(work, tmp_path):
    build(EXAMPLES, tmp_path / "d", work, "--engine", "extractive", "--with-context")
    total = len(rows(tmp_path / "d"))
    expected = {"records": total, "verified": total, "unverifiable": 0, "failed": 0, "not_verified": []}
    for place in (work, tmp_path / "nowhere"):
        run = qagen("verify", tmp_path / "d", "--papers", EXAMPLES, "--work", place, "--json")
        assert (run.returncode, json.loads(run.stdout)) == (0, expected), run.stdout


def test_a_signal_that_comes_when_a_command_has_ended_is_no_traceback():
    """As `timeout` sends a second one, to the group of its process."""
    late = "import atexit, os, signal; atexit.register(os.kill, os.getpid(), signal.SIGTERM); "
    python, option, program = QAGEN
    run = subprocess.run(
        [python, option, late + program, "--version"], capture_output=True, text=True, env=ENVIRONMENT
    )
    assert (run.returncode, run.stderr) == (-signal.SIGTERM, "")


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_exits_with_130_keeps_what_was_answered_and_the_next_run_goes_on(
    work, tmp_path, sent
):
    reached, never = threading.Event(), threading.Event()

    def reply(request, nth):
        if nth <= 4:
            return paired(request)
        if nth == 6:  # both calls under way wait, so all four before them are answered
            reached.set()
        return Reply(gate=never)

    command = [
        *QAGEN,
        "build",
        EXAMPLES,
        "--out",
        tmp_path / "d",
        "--work",
        work,
        "--model",
        "r1",
        "--concurrency",
        "2",
    ]
    with ScriptedServer(reply) as server:
        running = subprocess.Popen(
            [*map(str, command), "--base-url", server.base_url, "--sections", "rules", "--judge", "off"],
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
        assert reached.wait(60)
        running.send_signal(sent)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said.splitlines()[-2:] == [
        f"0 conversions and 4 answers of this run are kept in {str(work)!r}, and the same command goes on from there",
        "interrupted",
    ]
    assert not (tmp_path / "d").exists()
    with ScriptedServer() as server:
        common = ("--work", work, "--model", "r1", "--base-url", server.base_url)
        plan = json.loads(qagen("plan", EXAMPLES, *common, "--sections", "rules", "--json").stdout)
        assert (plan["calls"]["paid"], plan["estimate"]["basis"].partition(":")[0]) == (
            4,
            "4 calls in 1 run of r1",
        )
        _, report = build(EXAMPLES, tmp_path / "d", *common[1:])
    assert report["calls"]["reused"] == 4


def test_offline_takes_answers_from_the_ledger_only(work, tmp_path):
    with ScriptedServer() as server:
        build(EXAMPLES, tmp_path / "d1", work, "--model", "r1", "--base-url", server.base_url)
    code, report = build(EXAMPLES, tmp_path / "d2", work, "--model", "r1", "--offline")
    assert (code, report["unanswered"]) == (0, [])
    assert hashes(tmp_path / "d1") == hashes(tmp_path / "d2")


def test_a_build_without_any_answer_leaves_the_dataset_that_is_there(work, tmp_path):
    build(EXAMPLES, tmp_path / "d", work, "--engine", "extractive")
    before = hashes(tmp_path / "d")
    common = ("--out", tmp_path / "d", "--work", work)
    run = qagen("build", EXAMPLES, *common, "--model", "typo", "--offline")
    assert (run.returncode, run.stdout) == (1, "")
    assert complaints(run) == [
        "error: no chunk has an answer, so there is nothing to publish: the ledger has no answer for this chunk yet; "
        f"build again to ask; {str(tmp_path / 'd')!r} is left as it was"
    ]
    with ScriptedServer(lambda request, nth: Reply(status=400, body="Failed to parse input")) as server:
        run = qagen("build", EXAMPLES, *common, "--base-url", server.base_url)
    assert (run.returncode, run.stdout, len(complaints(run))) == (1, "", 1)
    assert complaints(run)[0].startswith(
        "error: none of the first 20 chunks got an answer; the last one: the server at "
    )
    assert len(server.requests) < 40
    assert hashes(tmp_path / "d") == before


def test_one_chunk_that_the_server_cannot_take_is_listed_and_the_rest_is_built(work, tmp_path):
    def reply(request, nth):
        refused = "triangles with a half width" in chunk_of(request)
        return Reply(status=400, body="Failed to parse input at pos 512") if refused else paired(request)

    with ScriptedServer(reply) as server:
        code, report = build(EXAMPLES, tmp_path / "d", work, "--base-url", server.base_url)
    assert (code, len(report["unanswered"])) == (3, 1)
    assert "Failed to parse input at pos 512" in report["unanswered"][0]["detail"]
    assert report["records"] > 200


def test_the_place_for_the_dataset_is_looked_at_before_anything_is_converted(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "mine.txt").write_text("mine")
    run = qagen(
        "build", EXAMPLES, "--out", tmp_path / "d", "--work", tmp_path / "w", "--engine", "extractive"
    )
    assert (run.returncode, run.stdout, len(complaints(run))) == (1, "", 1)
    assert not (tmp_path / "w").exists()


def test_output_that_cannot_be_written_is_one_line(tmp_path):
    with open("/dev/full", "w") as full:
        run = subprocess.run(
            [*QAGEN, "prompts", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
            check=False,
        )
    assert run.returncode == 1
    assert run.stderr == (
        "error: cannot write to standard output: No space left on device; what was built is kept, the rest of the output is lost\n"
    )


def test_a_sample_asks_so_many_chunks_and_the_same_ones_for_another_prompt(work, tmp_path):
    prompt = tmp_path / "mine.md"
    prompt.write_text(
        "---\nname: mine\ndescription: mine\n---\nMake {{ pairs }} pairs.\nExcerpt:\n{{ chunk }}\n"
    )
    with ScriptedServer() as server:
        common = ("--model", "r1", "--base-url", server.base_url, "--sample", 3)
        _, first = build(EXAMPLES, tmp_path / "d1", work, *common)
        _, second = build(EXAMPLES, tmp_path / "d2", work, *common, "--prompt", prompt)
    assert (first["chunks"], second["chunks"], len(server.requests)) == (3, 3, 6)
    asked = [chunk_of(request) for request in server.requests]
    assert sorted(asked[:3]) == sorted(asked[3:])


def test_a_sample_asks_for_the_main_body_of_those_papers_alone_that_could_have_a_chunk_in_it(work, tmp_path):
    def asked_by_a_sample(out):
        before = len(server.choices), len(server.requests)
        code, report = build(EXAMPLES, tmp_path / out, work, *common, "--sample", 1)
        made = len(server.choices) - before[0], len(server.requests) - before[1]
        assert (code, report["chunks"], report["calls"]["made"]) == (0, 1, sum(made))
        return made

    with ScriptedServer() as server:
        common = ("--model", "r1", "--base-url", server.base_url, "--sections", "auto")
        assert asked_by_a_sample("first") == (1, 1)
        assert asked_by_a_sample("again") == (0, 0)
        build(EXAMPLES, tmp_path / "all", work, *common)
        assert len(server.choices) == 3
        assert asked_by_a_sample("known") == (0, 0)
    assert hashes(tmp_path / "known") == hashes(tmp_path / "first")


def test_a_server_that_fails_some_calls_for_good_leaves_those_chunks_listed_and_the_rest_built(
    work, tmp_path
):
    def reply(request, nth):
        return Reply(status=500) if nth == 1 else paired(request)

    config = tmp_path / "qagen.toml"
    config.write_text("[ask]\nretries = 0\nconcurrency = 1\n")
    with ScriptedServer(reply) as server:
        common = ("--model", "r1", "--base-url", server.base_url, "--config", config)
        code, report = build(EXAMPLES, tmp_path / "d", work, *common)
        assert (code, len(report["unanswered"])) == (3, 1)
        code, report = build(EXAMPLES, tmp_path / "d", work, *common)
        assert (code, report["calls"]["made"], report["unanswered"]) == (0, 1, [])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ["{empty}", "--engine", "extractive"],
            1,
            "error: no PDF in '{empty}'; name a folder that holds some, or the files themselves",
        ),
        (
            ["{tmp}/nowhere", "--engine", "extractive"],
            1,
            "error: there is no file or folder '{tmp}/nowhere'; check the spelling",
        ),
        (
            ["{examples}", "--config", "{toml}"],
            1,
            "error: unknown key 'ask.modle' in '{toml}'; known there: {known}",
        ),
        (
            ["{examples}", "--offline"],
            1,
            "error: --offline cannot ask a server which model it has; name the model whose answers are in the ledger with --model",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line_that_says_what_to_do(tmp_path, arguments, code, said):
    (tmp_path / "empty").mkdir()
    (tmp_path / "qagen.toml").write_text("[ask]\nmodle = 'x'\n")
    names = {
        "empty": tmp_path / "empty",
        "tmp": tmp_path,
        "toml": tmp_path / "qagen.toml",
        "examples": EXAMPLES,
        "known": ", ".join(sorted(AskSettings.model_fields)),
    }
    filled = [argument.format(**names) for argument in arguments]
    run = qagen("build", *filled, "--out", tmp_path / "d", "--work", tmp_path / "w")
    assert (run.returncode, run.stdout, complaints(run)) == (code, "", said.format(**names).splitlines())
    assert not (tmp_path / "d").exists()


def test_a_server_that_is_not_running_and_a_model_it_does_not_have_are_one_line_each(work, tmp_path):
    with ScriptedServer(models=("qwen3:8b", "r1")) as server:
        url = server.base_url
        run = qagen(
            "build", EXAMPLES, "--out", tmp_path / "d", "--work", work, "--base-url", url, "--model", "r2"
        )
        assert (run.returncode, run.stdout, len(complaints(run))) == (1, "", 1)
        assert "'r2'" in run.stderr
        assert "qwen3:8b" in run.stderr
    run = qagen(
        "build", EXAMPLES, "--out", tmp_path / "d", "--work", work, "--base-url", url, "--model", "r2"
    )
    assert (run.returncode, run.stdout, len(complaints(run))) == (1, "", 1)
    assert complaints(run)[0].startswith(f"error: no model server answers at {url!r}")


def test_wrong_usage_exits_with_2():
    assert qagen("build").returncode == 2
    assert qagen("build", EXAMPLES).returncode == 2
    assert qagen("nonsense").returncode == 2
    for wrong in (("--engine", "magic"), ("--pairs", 0), ("--limit", 0), ("--overlap", -1)):
        assert qagen("build", EXAMPLES, "--out", "d", *wrong).returncode == 2


HEAVY = {"torch", "transformers", "marker", "openai", "datasets", "pandas", "scipy", "httpx", "matplotlib"}
SAID_BEFORE_ANYTHING_HEAVY = {
    "help": (["--help"], "", 0),
    "prompts": (["prompts", "list"], "", 0),
    "a folder that is not there": (["build", "none", "--out", "d"], "there is no file or folder 'none'", 1),
    "a folder without papers": (["build", "empty", "--out", "d"], "no PDF in 'empty'", 1),
    "a list that names no file": (["plan", "listed"], "line 2: there is no file 'b.pdf' beside it", 1),
    "a place with brackets": (["build", "plain", "--out", "[d]"], "'[' in a path literally", 1),
    "no licence": (["push", "made", "me/x"], "name the dataset's licence with --license", 1),
}


@pytest.mark.parametrize("case", SAID_BEFORE_ANYTHING_HEAVY)
def test_plain_mistakes_are_said_before_anything_heavy_is_imported(tmp_path, case):
    arguments, said, code = SAID_BEFORE_ANYTHING_HEAVY[case]
    (tmp_path / "empty").mkdir()
    (tmp_path / "listed").mkdir()
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "a.pdf").write_text("%PDF-")
    (tmp_path / "listed" / "a.pdf").write_text("%PDF-")
    (tmp_path / "listed" / "papers.csv").write_text("file,year\nb.pdf,2000\n")
    if case == "no licence":
        folder(tmp_path / "made", [record(paper("one"), "Why is it so?")])
    heavy = HEAVY - {"httpx"} if case == "no licence" else HEAVY  # huggingface_hub 1 brings httpx, 2 does not
    script = f"""
import sys
from builder.cli import main
sys.argv = ["qagen", *{arguments}]
try:
    main()
except SystemExit as end:
    print(end.code or 0, sorted({heavy} & set(sys.modules)))
"""
    environment = {**ENVIRONMENT, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
        cwd=tmp_path,
    )
    assert run.stdout.splitlines()[-1] == f"{code} []"
    assert said in run.stderr
    assert not (tmp_path / "d").exists()
    assert not (tmp_path / ".qagen").exists()


def test_a_build_whose_answers_all_stand_in_the_reasoning_field_names_the_option_of_the_servers_parser(
    work, tmp_path
):
    def reply(request, nth):
        return Reply("", reasoning=paired({"messages": request["messages"][:1]}).text)

    with ScriptedServer(reply) as server:
        run = qagen(
            "build", EXAMPLES / "interlayer.pdf", "--out", tmp_path / "d", "--work", work, "--sections", "rules", "--judge", "off",
            "--base-url", server.base_url, "--model", "r1",
        )  # fmt: skip
    assert "Traceback" not in run.stderr
    assert "answers stand in the field for reasoning, and their texts are empty" in run.stderr
    for option in ("--reasoning-parser", "--reasoning-format none"):
        assert option in run.stderr
