import json

import pytest
from typer.testing import CliRunner

from qagen.cli.app import app
from qagen.errors import InputError, SettingsError
from tests.conftest import EXAMPLES

SOURCE = (
    "The membrane lost a third of its permeability within forty days. "
    "The loss is caused by calcium, which bridges the chains of the polymer and closes the pores."
)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def lines(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_parse_prints_one_line_a_file_in_the_order_given(tmp_path):
    (tmp_path / "b.txt").write_text(
        "<think>Hm.</think>\n###QUESTION: Why does glass flow?\n###ANSWER: It is warm.\n"
    )
    (tmp_path / "a.txt").write_bytes(b"I am sorry, but I cannot help with that request.\xff")
    result = run("parse", tmp_path / "b.txt", tmp_path / "a.txt")
    first, second = lines(result)
    assert result.exit_code == 0
    assert first == {
        "id": "b",
        "pairs": [{"question": "Why does glass flow?", "answer": "It is warm."}],
        "rejections": [],
    }
    assert (second["id"], second["pairs"], [fault["reason"] for fault in second["rejections"]]) == (
        "a",
        [],
        ["refusal"],
    )
    assert {*second["rejections"][0]} == {"reason", "detail", "text"}


def test_parse_explains_what_each_line_was_taken_for(tmp_path):
    (tmp_path / "r.txt").write_text("Hm.\n</think>\n###QUESTION: Why?\n###ANSWER: So.\n")
    shown = run("parse", "--explain", tmp_path / "r.txt").stdout.splitlines()
    assert shown[0] == f"== {tmp_path / 'r.txt'}"
    taken = [tuple(part.strip() for part in line.split("|", 1)) for line in shown[1:]]
    assert [pair for pair in taken if pair[0] != "blank"] == [
        ("reasoning", "Hm."),
        ("reasoning", "</think>"),
        ("question", "###QUESTION: Why?"),
        ("answer", "###ANSWER: So."),
    ]


def test_parse_names_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"cannot read '.*none\.txt': No such file or directory"):
        run("parse", tmp_path / "none.txt")


def test_parse_refuses_a_format_that_there_is_not(tmp_path):
    (tmp_path / "r.txt").write_text("")
    assert run("parse", "--format", "xml", tmp_path / "r.txt").exit_code == 2


def test_check_judges_each_line_by_itself_in_order(tmp_path):
    right = "Calcium bridges the chains of the polymer and closes the pores."
    wrong = "The membrane lost a third of its permeability within ninety days."
    question = "Why did the permeability of the polymer membrane fall?"
    file = tmp_path / "pairs.jsonl"
    rows = [
        {"id": 7, "source": SOURCE, "question": question, "answer": right},
        {"id": "b", "source": SOURCE, "question": "", "answer": wrong},
        {"id": "c", "source": SOURCE, "question": question, "answer": right, "more": [1]},
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = run("check", file)
    first, second, third = lines(result)
    assert result.exit_code == 0
    assert (first["id"], first["accepted"], first["reasons"]) == (7, True, [])
    assert [SOURCE[span["start"] : span["end"]] for span in first["evidence"]] == [SOURCE.partition(". ")[2]]
    assert (second["id"], second["accepted"], second["reasons"]) == ("b", False, ["ungrounded_number"])
    assert third == {**first, "id": "c"}
    assert all({*line} == {"id", "accepted", "support", "reasons", "evidence"} for line in (first, second))


def test_check_leaves_out_unreadable_lines_says_so_and_exits_with_3(tmp_path):
    file = tmp_path / "pairs.jsonl"
    good = json.dumps(
        {
            "id": 1,
            "source": SOURCE,
            "question": "",
            "answer": "The membrane lost a third of its permeability.",
        }
    )
    file.write_bytes(
        b'{"id": 0\n[1]\n{"id": 2, "source": 3}\n{"source": "", "answer": ""}\n\n\xff\n' + good.encode()
    )
    result = run("check", file)
    assert [line["id"] for line in lines(result)] == [1]
    assert result.exit_code == 3
    assert [line.split(": ", 1)[0] for line in result.stderr.splitlines()] == [
        f"{file}:{n}" for n in (1, 2, 3, 4, 6)
    ]


def test_check_looks_for_what_a_question_takes_for_granted_in_the_paper_of_the_line(tmp_path):
    file = tmp_path / "pairs.jsonl"
    answer = "Calcium bridges the chains of the polymer and closes the pores."
    asked = {"source": SOURCE, "question": "Why did the polymer membrane of Zeeland clog?", "answer": answer}
    papers = [{}, {"paper": f"The membrane is from Zeeland. {SOURCE}"}, {"paper": SOURCE}, {"paper": 3}]
    rows = [{"id": number, **asked, **paper} for number, paper in enumerate(papers)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = run("check", file)
    assert {line["id"]: line["reasons"] for line in lines(result)} == {
        0: ["unknown_premise"],
        1: [],
        2: ["unknown_premise"],
    }
    assert result.stderr == f"{file}:4: 'paper' is no text; the line is left out\n"


def test_check_explains_each_line_to_a_person(tmp_path):
    file = tmp_path / "pairs.jsonl"
    row = {
        "id": "b",
        "source": SOURCE,
        "question": "",
        "answer": "The membrane lost a third within ninety days.",
    }
    file.write_text(json.dumps(row) + "\n[]\n")
    result = run("check", "--explain", file)
    told = result.stdout.splitlines()
    assert result.exit_code == 3
    assert told[0].startswith("== b: turned down, support ")
    assert told[1:4] == [
        "  ungrounded_number: The answer states a number that the chunk does not.",
        "    rule says | the answer says 'ninety days', the source does not",
        "       answer | The membrane lost a third within ninety days.",
    ]
    assert told[4].startswith("       source | [")


def test_check_refuses_what_is_no_json_or_no_text_and_names_no_check_that_is_not_there(tmp_path):
    file = tmp_path / "pairs.jsonl"
    file.write_bytes(
        b'{"id": NaN, "source": "", "answer": ""}\n{"id": true, "source": "", "answer": ""}\n\xff\xfe\n'
    )
    result = run("check", file)
    assert (result.exit_code, result.stdout) == (3, "")
    assert [line.split(": ", 1)[1] for line in result.stderr.splitlines()] == [
        "not JSON (NaN is no JSON); the line is left out",
        "'id' is missing, or neither text nor a whole number; the line is left out",
        "not UTF-8 (invalid start byte at byte 0); the line is left out",
    ]
    config = tmp_path / "qagen.toml"
    config.write_text('[checks]\ndisabled = ["ehco"]\n')
    with pytest.raises(
        SettingsError, match=r"'checks.disabled' names 'ehco', which is no check; there are .*echo"
    ):
        run("check", file, "--config", config)


def test_the_prompts_are_listed_and_shown():
    assert run("prompts", "list").stdout.startswith("across\t")
    assert run("prompts", "show", "deep-qa").stdout.startswith("---\nname: deep-qa\n")


def test_convert_writes_a_folder_for_each_paper_and_names_it(work, tmp_path):
    shown = run("convert", EXAMPLES, "--out", tmp_path / "documents", "--work", work)
    folders = sorted((tmp_path / "documents").iterdir())
    assert (shown.exit_code, sorted(shown.stdout.split())) == (0, [str(folder) for folder in folders])
    assert [folder.name.rpartition("-")[0] for folder in folders] == ["aftershocks", "interlayer", "peatland"]
    assert {file.name for folder in folders for file in folder.iterdir()} == {
        "document.md",
        "blocks.jsonl",
        "meta.json",
    }


def test_convert_goes_on_past_a_bad_file_and_exits_with_3_or_1(work, tmp_path):
    (tmp_path / "bad.pdf").write_bytes(b"hello")
    both = run("convert", EXAMPLES, tmp_path / "bad.pdf", "--out", tmp_path / "d", "--work", work)
    assert (both.exit_code, len(both.stdout.split())) == (3, 3)
    assert "\nbad.pdf: not_a_pdf: " in both.stderr
    assert run("convert", tmp_path / "bad.pdf", "--out", tmp_path / "d", "--work", work).exit_code == 1
