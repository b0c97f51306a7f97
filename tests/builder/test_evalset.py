"""`qagen evalset` as a user types it."""

import json
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from datasets import load_dataset

from builder.evaluating.choices import ChoiceRules
from builder.evaluating.evalset import EvalsetJob, make_evalset
from builder.evaluating.tasks import name_of
from qagen.convert.store import Conversion, save
from qagen.errors import InputError, QagenError, WorkspaceError
from qagen.records import Block, ChunkInfo, Document, Metadata, sha256
from qagen.settings import Settings
from tests.builder import corpora
from tests.builder.corpora import paper
from tests.command import ENVIRONMENT, QAGEN, complaints, hashes, qagen
from tests.hub import OWNER, running

ALL_TEST = Settings.model_validate({"dataset": {"plots": False, "splits": {"validation": 0, "test": 100}}})
ANSWER = "The sample crystallises with a sharp exotherm of 650 °C."
DOCUMENT = "\n\n".join(
    [
        ANSWER,
        "The tube furnace was held on a plateau and flushed with argon.",
        "It was then left to cool.",
        "Washing took place in water of 20 °C.",
        "Solder melts near 183 °C in general.",
        "The oven of the laboratory reaches 1100 °C.",
        "Glassware was dried in an oven of 120 °C overnight.",
    ]
)
QUESTION = "What is the temperature of crystallisation of the sample?"
NASTY = "Is `x: !!python/object {{7*7}} $name` --- \u2028 a 'tag' \"quoted\" # or *not* <b>so</b>?\n- {{ answer }}\x00\x1b[31m"
LISTED = "['{{7*7}}', 'it is']"
"""An answer that is Python, and in it a template."""
LONG = "the quick brown fox jumps over the lazy dog while nine clever cats watch it from a wall"


def of_document(info, question, answer, context=ANSWER):
    one = corpora.record(replace(info, document_sha256=sha256(DOCUMENT)), question, answer)
    start = DOCUMENT.index(context)
    return replace(one, chunk=ChunkInfo(0, start, start + len(context), sha256(context), (1,)), context=None)


def workspace(place: Path, *papers) -> Path:
    for info in papers:
        folder = place / "papers" / info.sha256[:2] / info.sha256 / "convert-x"
        block = Block(0, len(DOCUMENT), "Text", None, ())
        save(folder, Conversion(Document(info.sha256, DOCUMENT, (block,), Metadata(), "test")))
    return place


@pytest.fixture
def dataset(tmp_path) -> Path:
    one = paper("one")
    records = [
        of_document(one, QUESTION, ANSWER),
        of_document(one, NASTY, LISTED),
        of_document(one, "What is said of the animals?", LONG),
    ]
    corpora.folder(tmp_path / "papers-qa", records, settings=ALL_TEST)
    workspace(tmp_path / "w", one)
    return tmp_path / "papers-qa"


def job(dataset, out="set", **more) -> EvalsetJob:
    plain = EvalsetJob(
        dataset, dataset.name, dataset.parent / out, "papers_qa", dataset.parent / "w", ChoiceRules()
    )
    return replace(plain, **more)


def evalset(dataset, **more) -> tuple[dict, Path]:
    wanted = job(dataset, **more)
    return make_evalset(wanted).as_json(), wanted.out


def lines(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]


def test_a_set_has_all_records_open_those_with_sure_false_answers_as_choices_and_says_the_rest(dataset):
    found, out = evalset(dataset)
    assert found == {
        "name": "papers_qa",
        "source": "papers-qa",
        "version": None,
        "records": 3,
        "open": 3,
        "choice": 1,
        "left_out": {"no_value": 2},
        "overlaps": {},
    }
    opened = load_dataset(str(out), "open", split="test", cache_dir=str(dataset.parent / "cache"))
    assert {(row["question"], row["answer"]) for row in opened} == {
        (QUESTION, ANSWER),
        (NASTY, LISTED),
        ("What is said of the animals?", LONG),
    }
    (chosen,) = load_dataset(str(out), "choice", split="test", cache_dir=str(dataset.parent / "cache"))
    assert (chosen["question"], chosen["choices"][chosen["answer_index"]]) == (QUESTION, ANSWER)
    assert {row["reason"] for row in lines(out / "left_out.jsonl")} == {"no_value"}
    listing = json.loads((out / "evalset.json").read_text())
    assert listing["files"] == {
        name: digest for name, digest in hashes(out).items() if name != "evalset.json"
    }


def test_the_same_dataset_gives_the_same_bytes_and_another_set_replaces_only_what_was_its_own(dataset):
    _, out = evalset(dataset)
    first = hashes(out)
    (out / "notes.txt").write_text("mine")
    evalset(dataset, name="other")
    assert (out / "notes.txt").read_text() == "mine"
    assert not (out / "lm_eval/papers_qa_open.yaml").exists()
    evalset(dataset)
    assert hashes(out) == {**first, "notes.txt": hashes(out)["notes.txt"]}


def test_texts_of_records_are_in_the_data_alone_and_every_yaml_is_read_as_it_was_meant(dataset):
    _, out = evalset(dataset)
    for file in out.rglob("*"):
        if file.is_file() and "data" not in file.parts:
            assert "python/object" not in file.read_text(encoding="utf-8")
    benchmark = yaml.safe_load((out / "eval.yaml").read_text(encoding="utf-8"))
    assert [task["id"] for task in benchmark["tasks"]] == ["papers_qa_open", "papers_qa_choice"]
    assert set(benchmark) == {"name", "description", "evaluation_framework", "tasks"}


def test_a_name_of_a_dataset_that_yaml_or_markdown_could_take_for_more_is_only_a_name(dataset):
    odd = dataset.with_name("x: {y} #z <b>[a](b)")
    dataset.rename(odd)
    _, out = evalset(odd)
    assert name_of(odd.name) == "x_y_z_b_a_b"
    assert yaml.safe_load((out / "eval.yaml").read_text(encoding="utf-8"))["name"] == odd.name
    header = (out / "README.md").read_text(encoding="utf-8").split("---\n")[1]
    assert yaml.safe_load(header)["pretty_name"].startswith(odd.name)


def test_without_the_workspace_there_are_no_choices_and_it_says_what_to_do(dataset):
    run = qagen("evalset", dataset, "--out", dataset.parent / "set", "--work", dataset.parent / "none")
    assert run.returncode == 0
    assert (
        "left out    3 no_document: the paper's text is not at hand; name the workspace of the build with --work"
        in run.stdout
    )
    assert not (dataset.parent / "set/data/choice").exists()
    assert not (dataset.parent / "set/lm_eval/papers_qa_choice.yaml").exists()


def overlapping(place: Path) -> dict[str, Path]:
    files = {name: place / name for name in ("corpus.txt", "bench.jsonl", "rows.parquet")}
    files["corpus.txt"].write_text(f"Nothing.\n{LONG[:40]}\n{LONG[40:]}\n", encoding="utf-8")
    files["bench.jsonl"].write_text(
        json.dumps({"q": [QUESTION, "and so on"]}) + "\n" + json.dumps({"a": LONG.upper()}) + "\n"
    )
    files["list.json"] = place / "list.json"
    files["list.json"].write_text(json.dumps([["other"], {"q": LONG}]), encoding="utf-8")
    pq.write_table(pa.table({"text": [LONG]}), files["rows.parquet"])
    return files


def test_overlaps_with_files_are_listed_and_left_out_where_asked(dataset):
    files = overlapping(dataset.parent)
    found, out = evalset(dataset, files=tuple(files.values()))
    assert (found["open"], found["overlaps"]) == (
        3,
        {"bench.jsonl": 2, "corpus.txt": 1, "list.json": 1, "rows.parquet": 1},
    )
    listed = {(row["where"], row["other"], row["field"]) for row in lines(out / "overlaps.jsonl")}
    assert ("bench.jsonl", "2", "answer") in listed
    found, out = evalset(dataset, files=tuple(files.values()), leave_out_overlaps=True)
    assert (found["records"], found["open"], found["left_out"]["overlap"]) == (3, 1, 2)
    assert [row["question"] for row in lines(out / "data/open/test.jsonl")] == [NASTY]


def test_overlaps_of_the_test_split_with_the_others_are_listed(tmp_path):
    papers = [paper(f"p{number}") for number in range(40)]
    halves = Settings.model_validate({"dataset": {"plots": False, "splits": {"validation": 0, "test": 50}}})
    corpora.folder(
        tmp_path / "d",
        [corpora.record(one, f"What is said of animal {one.file}?", LONG) for one in papers],
        settings=halves,
    )
    found, _ = evalset(tmp_path / "d")
    assert found["overlaps"] == {"train": found["records"]}
    said = f"^all {found['records']} records of the split 'test' share words with other texts, so nothing is left of it; list them"
    with pytest.raises(QagenError, match=said):
        evalset(tmp_path / "d", leave_out_overlaps=True)


def test_a_published_version_is_named_in_the_set(dataset, tmp_path):
    with running() as hub:
        own = {**ENVIRONMENT, "HF_ENDPOINT": hub.url, "HF_TOKEN": OWNER, "HF_HOME": str(tmp_path / "hf")}
        pushed = subprocess.run(
            [*QAGEN, "push", str(dataset), "org/qa", "--license", "cc-by-4.0"],
            capture_output=True,
            text=True,
            env=own,
            check=False,
        )
        assert pushed.returncode == 0, pushed.stderr
        made = subprocess.run(
            [
                *QAGEN,
                "evalset",
                "org/qa@v1.0.0",
                "--out",
                str(tmp_path / "set"),
                "--work",
                str(tmp_path / "w"),
                "--json",
            ],
            capture_output=True,
            text=True,
            env=own,
            check=False,
        )
    assert made.returncode == 0, made.stderr
    found = json.loads(made.stdout)
    assert (found["name"], found["source"], found["version"]) == ("qa", "org/qa@v1.0.0", "1.0.0")
    assert (found["open"], found["choice"]) == (3, 1)


def test_a_dataset_without_a_test_split_is_one_line_with_what_to_do(tmp_path):
    only_train = Settings.model_validate(
        {"dataset": {"plots": False, "splits": {"validation": 0, "test": 0}}}
    )
    corpora.folder(tmp_path / "d", [corpora.record(paper("one"), "Why is it so?")], settings=only_train)
    run = qagen("evalset", tmp_path / "d", "--out", tmp_path / "s")
    assert (run.returncode, run.stdout) == (1, "")
    assert complaints(run) == [
        f"error: {str(tmp_path / 'd')!r} has no split 'test' (it has 'train'), and a set is made of that split alone; build it "
        "with --require-splits test=1 and more papers, or give it a larger share with splits = { test = 20 } in [dataset]"
    ]
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": "No Name"}, "'No Name' cannot name a task"),
        (
            {"files": (Path("nowhere.txt"),)},
            "cannot read 'nowhere.txt': No such file or directory; name files of text",
        ),
        ({"files": (Path(),)}, "cannot read '.': Is a directory; name files of text"),
        ({"files": (Path("x" * 300),)}, "File name too long; name files of text"),
    ],
)
def test_options_that_cannot_be_are_refused_and_nothing_is_written(dataset, more, said):
    with pytest.raises(QagenError, match=re.escape(said)):
        evalset(dataset, **more)
    assert not (dataset.parent / "set").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("b.jsonl", b"{"),
        ("b.jsonl", b"[" * 100_000),
        ("b.json", b"{} {}"),
        ("b.parquet", b"no"),
        ("b.jsonl.gz", b"\x1f\x8b\x08"),
        ("utf16.txt", "words".encode("utf-16")),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(dataset, name, content):
    (dataset.parent / name).write_bytes(content)
    with pytest.raises(InputError, match=name):
        evalset(dataset, files=(dataset.parent / name,))


def test_a_folder_of_somebody_elses_and_a_file_are_left_alone(dataset):
    other = dataset.parent / "mine"
    other.mkdir()
    (other / "thesis.tex").write_text("x")
    before = hashes(dataset.parent)
    for place in (other, other / "thesis.tex", dataset, dataset / "set", dataset.parent / "w/set"):
        with pytest.raises(QagenError, match=r"with --out$"):
            evalset(dataset, out=place)
    assert hashes(dataset.parent) == before


def test_what_a_killed_run_left_is_replaced(dataset):
    _, out = evalset(dataset)
    whole = hashes(out)
    for name in sorted(whole):
        if name != "evalset.json":
            (out / name).unlink()  # as if it had ended after the listing
            break
    evalset(dataset)
    assert hashes(out) == whole


def test_the_command_that_is_told_may_be_pasted_where_a_path_has_a_blank(dataset):
    out = dataset.parent / "a set"
    run = qagen("evalset", dataset, "--out", out, "--work", dataset.parent / "w")
    told = f"run         cd '{out}'; inspect eval inspect_tasks.py@papers_qa_open --model PROVIDER/MODEL"
    assert told in run.stdout.splitlines()


@pytest.mark.parametrize("below", ["note/set", "x" * 300])
def test_a_place_where_no_folder_can_be_is_refused(dataset, below):
    (dataset.parent / "note").write_text("x")
    with pytest.raises(WorkspaceError, match="choose a writable place with --out"):
        evalset(dataset, out=dataset.parent / below)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_refused(dataset):
    closed = dataset.parent / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(WorkspaceError, match="choose a writable place with --out"):
        evalset(dataset, out=closed / "set")


def test_huge_texts_are_taken_as_they_are(tmp_path):
    one = paper("one")
    huge = "word " * 400_000 + "650 °C."
    corpora.folder(tmp_path / "d", [of_document(one, QUESTION, huge)], settings=ALL_TEST)
    workspace(tmp_path / "w", one)
    found, out = evalset(tmp_path / "d")
    assert (found["open"], found["left_out"]) == (1, {"too_long": 1})
    (row,) = lines(out / "data/open/test.jsonl")
    assert row["answer"] == huge
