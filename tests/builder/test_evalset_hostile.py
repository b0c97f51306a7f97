"""Sets from damaged datasets, from those of other versions, and beside files that are not what one expects."""

import json
import os
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import builder
from builder.evaluating.files import names_of, texts_of_files
from builder.evaluating.ngrams import Grams, OtherText
from builder.evaluating.records import SourceRecord
from qagen.errors import DatasetError, InputError, SettingsError
from tests.builder.test_evalset import ANSWER, LONG, QUESTION, dataset, evalset, lines

__all__ = ["dataset"]


def rewritten(folder: Path, change) -> Path:
    """The dataset with other rows in its split: `change` is given each row, and returns it or others."""
    (file,) = (folder / "data/default").glob("test-*.parquet")
    pq.write_table(change(pq.read_table(file)), file)
    return folder


def without(*names):
    return lambda table: table.drop_columns(list(names))


def with_column(name, values):
    def change(table):
        table = table.drop_columns([name]) if name in table.column_names else table
        return table.append_column(name, pa.array(values))

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.slice(0, 0), "has no rows; build the dataset again"),
        (lambda table: pa.concat_tables([table, table]), r"has the record '[0-9a-f]+' twice; build"),
        (without("question"), "has no question; build"),
        (with_column("answer", ["", " ", None]), "has no answer; build"),
        (with_column("answer", [1, 2, 3]), "has no answer; build"),
        (without("paper"), "row 1 has no id or no paper; build"),
        (with_column("paper", [{"sha256": "../../etc"}] * 3), r"names the paper '\.\./\.\./etc'; build"),
        (with_column("id", [1, 2, 3]), "the record '1' has no id; build"),
    ],
)
def test_a_damaged_split_is_refused_in_one_line_and_nothing_is_written(dataset, change, said):
    with pytest.raises(DatasetError, match=said) as raised:
        evalset(rewritten(dataset, change))
    assert "\n" not in str(raised.value)
    assert not (dataset.parent / "set").exists()


@pytest.mark.parametrize(
    "change",
    [
        without("chunk", "section"),
        with_column("chunk", ["odd"] * 3),
        with_column("chunk", [{"start": "1", "end": 2, "sha256": "x"}] * 3),
        with_column("chunk", [{"start": 9, "end": 2, "sha256": "x"}] * 3),
        with_column("section", [{"path": "odd"}] * 3),
    ],
)
def test_columns_that_other_versions_lack_or_have_otherwise_only_cost_the_choices(dataset, change):
    found, _ = evalset(rewritten(dataset, change))
    assert (found["records"], found["open"]) == (3, 3)


def test_kind_and_difficulty_go_along_where_a_dataset_has_them(dataset):
    plain = [set(row) for row in lines(evalset(dataset)[1] / "data/open/test.jsonl")]
    assert not set().union(*plain) & {"kind", "difficulty"}
    rewritten(dataset, with_column("kind", ["cause", None, "factual"]))
    rewritten(dataset, with_column("difficulty", [1, 3, None]))
    _, out = evalset(dataset)
    rows = lines(out / "data/open/test.jsonl")
    assert [(row["kind"], row["difficulty"]) for row in rows] == [("cause", 1), (None, 3), ("factual", None)]
    (chosen,) = lines(out / "data/choice/test.jsonl")
    assert {"kind", "difficulty", "differs_in"} <= set(chosen)
    assert "`section`, `kind`, `difficulty`, `question`" in (out / "README.md").read_text(encoding="utf-8")


def test_of_one_record_there_is_a_set(dataset):
    rewritten(dataset, lambda table: table.filter(pa.compute.equal(table["question"], QUESTION)))
    found, _ = evalset(dataset)
    assert (found["records"], found["open"], found["choice"], found["left_out"]) == (1, 1, 1, {})


def test_in_python_it_is_a_function_with_the_options_as_keywords(dataset, tmp_path):
    (tmp_path / "corpus.txt").write_text(LONG)
    made = builder.evalset(
        dataset,
        str(tmp_path / "set"),
        work=tmp_path / "w",
        choices=3,
        decontaminate=[tmp_path / "corpus.txt"],
    )
    assert (made.open, made.choice, made.overlaps) == (3, 1, {"corpus.txt": 1})
    (chosen,) = lines(tmp_path / "set/data/choice/test.jsonl")
    assert len(chosen["choices"]) == 3
    assert "3" in made._repr_html_()
    with pytest.raises(SettingsError, match="'choices': Input should be greater than or equal to 2"):
        builder.evalset(dataset, tmp_path / "set", choices=1)


def place(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    return tmp_path / name


def found_in(*files):
    grams = Grams([SourceRecord(id="r", question="Why?", answer=LONG, paper_sha256="p")])
    return [(one.where, one.other) for text in texts_of_files(files) for one in grams.overlaps(text)]


def test_files_of_one_name_and_those_called_as_a_split_are_told_apart(tmp_path):
    paths = [tmp_path / "a/x.txt", tmp_path / "b/x.txt", tmp_path / "train", tmp_path / "y.txt"]
    assert list(names_of(paths)) == ["x.txt (1)", "x.txt (2)", "train (3)", "y.txt"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bom.jsonl", b"\xef\xbb\xbf" + json.dumps({"a": LONG}).encode() + b"\n"),
        ("crlf.jsonl", b"\r\n" + json.dumps([LONG]).encode() + b"\r\n"),
        ("UPPER.JSONL", json.dumps(LONG).encode()),
        ("broken.txt", b"\xff" + LONG.encode() + b"\xc3"),
        ("table.csv", b'1,"' + LONG.replace(" ", ",").encode() + b'"\n'),
        ("escaped.json", json.dumps({"deep": [[{"a": LONG}]]}).encode()),
        ("one-line.txt", b"x" * 200_000 + b" " + LONG.encode() + b" " + b"y" * 200_000),
        ("on-the-edge.txt", b"x " * 32_740 + LONG.encode() + b" z" * 40_000),
    ],
)
def test_a_passage_is_found_in_whatever_notation_the_file_is(tmp_path, name, content):
    assert {where for where, _ in found_in(place(tmp_path, name, content))} == {name}


def test_rows_of_parquet_are_read_whatever_their_columns(tmp_path):
    table = pa.table(
        {
            "bytes": [b"\xff"],
            "map": pa.array([[("k", LONG)]], pa.map_(pa.string(), pa.string())),
            "none": pa.nulls(1),
        }
    )
    pq.write_table(table, tmp_path / "odd.PARQUET")
    assert found_in(tmp_path / "odd.PARQUET") == [("odd.PARQUET", "1")]


def test_dates_that_python_does_not_have_are_one_line(dataset, tmp_path):
    pq.write_table(pa.table({"at": pa.array([2**62], pa.timestamp("ms"))}), tmp_path / "d.parquet")
    with pytest.raises(InputError, match=r"cannot be read: .*; name another file with --decontaminate"):
        evalset(dataset, files=(tmp_path / "d.parquet",))


def test_a_pipe_and_a_json_value_too_large_to_be_read_as_a_whole_are_refused(dataset, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(1024**3 + 1)
    for name, said in (("pipe", "cannot read"), ("huge.json", "write it as JSON lines")):
        with pytest.raises(InputError, match=said):
            evalset(dataset, files=(tmp_path / name,))


def test_texts_without_blanks_are_compared_by_their_characters():
    answer = "该样品在六百五十度结晶并放出大量热量。"
    grams = Grams([SourceRecord(id="r", question="q", answer=answer, paper_sha256="p")])
    said = f"正如文献所述,{answer[:14]},随后冷却。"
    assert [one.field for one in grams.overlaps(OtherText("f", "1", said))] == ["answer"]
    assert not list(grams.overlaps(OtherText("f", "1", answer[:12])))


def test_no_text_of_a_record_is_in_a_task_even_where_it_is_a_template_or_python(dataset):
    texts = ["{{ 7*7 }}{% raw %}", "['a', 650]", "$name | a\n- b: !!python/object:os.system"]
    rewritten(dataset, with_column("answer", texts))
    _, out = evalset(dataset)
    assert {row["answer"] for row in lines(out / "data/open/test.jsonl")} == set(texts)
    for file in (*(out / "lm_eval").iterdir(), out / "eval.yaml", out / "README.md"):
        text = file.read_text(encoding="utf-8")
        assert not [one for one in texts if one in text or re.escape(one) in text]
    assert ANSWER not in (out / "lighteval_tasks.py").read_text(encoding="utf-8")
