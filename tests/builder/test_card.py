import re
import sys
from importlib import resources

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from builder import card
from builder.manifest import Contents
from qagen.records import Record
from qagen.settings import Settings
from tests.builder.corpora import about, folder, paper, record, rejection

ONE = paper("one", title="Growth of thin oxide films")
HOSTILE = "</details><script>alert(1)</script>\n---\n| a | b |\n```\n# Big [x](javascript:y) @me #1 {{ 7 * 7 }} \u202e\x00`"


def split_card(text):
    head, _, body = text.removeprefix("---\n").partition("\n---\n")
    return yaml.safe_load(head), body


def card_of(place):
    return split_card((place / "README.md").read_text("utf-8"))


def test_the_metadata_names_configs_files_features_and_exact_counts(tmp_path):
    papers = [paper(f"p{n}") for n in range(3)]
    results = [record(one, f"Why {n}?") for one in papers for n in range(4)] + [rejection(papers[0])]
    found = folder(
        tmp_path / "d",
        results,
        settings=Settings.model_validate({"dataset": {"test_percent": 0, "validation_percent": 0}}),
    )
    head, _ = card_of(tmp_path / "d")
    assert head["configs"] == [
        {
            "config_name": "default",
            "default": True,
            "data_files": [{"split": "train", "path": "data/default/train-*.parquet"}],
        },
        {"config_name": "chat", "data_files": [{"split": "train", "path": "data/chat/train-*.parquet"}]},
        {
            "config_name": "rejected",
            "data_files": [{"split": "train", "path": "data/rejected/train-*.parquet"}],
        },
    ]
    assert {info["config_name"]: info["splits"][0]["num_examples"] for info in head["dataset_info"]} == {
        "default": 12,
        "chat": 12,
        "rejected": 1,
    }
    assert found.contents.records == 12
    assert head["size_categories"] == ["n<1K"]
    assert head["annotations_creators"] == head["language_creators"] == ["machine-generated"]
    assert "extractive" not in head["tags"]


def test_the_body_shows_counts_reasons_papers_and_a_real_record_with_its_place(tmp_path):
    folder(tmp_path / "d", [record(ONE, "Why is it so?"), rejection(ONE)])
    _, body = card_of(tmp_path / "d")
    for said in (
        "1 question/answer pair from 1 of the 1 paper that were read",
        "> Why is it so?",
        "| evidence 1 | page 1, box 1.5, 2.25, 30.125, 40.0 pt, characters 3 to 9",
        "| `too_short` | 1 |",
        "| `one.pdf` | Growth of thin oxide films | CC\\-BY\\-4\\.0 | 1 |",
        'load_dataset("DIR", "chat")',
        "pandas.read_parquet",
        "polars.read_parquet",
        "duckdb.sql",
        "| model | `m:7b` |",
    ):
        assert said in body, said


def test_the_example_is_the_first_of_those_with_the_best_support(tmp_path):
    results = [
        record(ONE, "Why low?", support=0.5),
        record(ONE, "Why high?", support=0.9),
        record(ONE, "Why too?", support=0.9),
    ]
    folder(tmp_path / "d", results)
    assert "> Why high?" in card_of(tmp_path / "d")[1]


def test_an_extractive_dataset_says_what_it_is(tmp_path):
    bare = {"model": None, "prompt": None, "prompt_sha256": None, "prompt_text": None}
    folder(tmp_path / "d", [record(ONE, "Why is it so?")], engine="extractive", **bare)
    head, body = card_of(tmp_path / "d")
    assert "No language model was used." in body
    assert "sampling" not in body
    assert "A model's answers carry its errors" not in body
    assert "extractive" in head["tags"]
    assert head["language_creators"] == ["found"]


MISSING = {
    "config_name": "default",
    "default": True,
    "data_files": [{"split": "train", "path": "data/default/train-*.parquet"}],
}


def test_a_card_without_rows_names_default_so_that_loading_fails(tmp_path):
    folder(tmp_path / "d", [], ONE, paper("two"))
    head, body = card_of(tmp_path / "d")
    assert head["configs"] == [MISSING]
    assert "dataset_info" not in head
    assert "2 papers were read; no record and no rejection came of them" in body
    assert "load_dataset(" not in body


def test_a_card_with_rejections_only_says_that_there_are_no_records(tmp_path):
    folder(tmp_path / "d", [rejection(ONE)])
    head, body = card_of(tmp_path / "d")
    assert [config["config_name"] for config in head["configs"]] == ["rejected", "default"]
    assert head["configs"][1] == MISSING
    assert [info["config_name"] for info in head["dataset_info"]] == ["rejected"]
    assert "**This dataset has no records.** 1 paper was read" in body
    assert 'load_dataset("DIR", "chat")' not in body
    assert "data/rejected/train-*.parquet" in body


def test_many_papers_are_listed_up_to_a_limit(tmp_path):
    folder(tmp_path / "d", [], *[paper(f"p{n}") for n in range(203)])
    _, body = card_of(tmp_path / "d")
    assert "And 3 more, listed in `manifest.json`." in body


def test_hostile_text_of_papers_and_models_does_nothing(tmp_path):
    bad = paper(f"x{HOSTILE}", title=HOSTILE)
    folder(
        tmp_path / "d",
        [record(bad, f"Why {HOSTILE}?", HOSTILE), rejection(bad, HOSTILE)],
        model=HOSTILE,
        base=HOSTILE,
    )
    text = (tmp_path / "d/README.md").read_text("utf-8")
    head, body = split_card(text)
    assert head["configs"][0]["config_name"] == "default"
    assert "<script" not in body
    assert "](javascript" not in re.sub(r"`[^`\n]*`", "", body)
    assert "\u202e" not in text
    assert "\x00" not in text
    assert body.count("</details>") == 3
    assert "49" not in re.sub(r"&#\d+;", "", body)
    assert re.findall(r"^---$", text, re.MULTILINE) == ["---", "---"]
    assert {row.count("|") for row in body.splitlines() if row.startswith("| paper |")} == {3}


@given(st.text())
def test_escaped_text_is_one_line_without_any_active_sign(value):
    line = card.text(value)
    assert "\n" not in line
    assert not re.search(r"<|(?<!\\)[`*_\[\]]|\|", line)


@given(st.text())
def test_code_keeps_to_its_backticks_and_its_cell(value):
    shown = card.code(value)
    assert shown.count("`") == 2
    assert not re.search(r"[\n|<]", shown)


@given(st.text())
def test_a_quote_stays_a_quote(value):
    assert all(line.startswith(">") for line in card.quote(value).split("\n"))


def test_a_very_long_answer_is_cut_in_the_card(tmp_path):
    folder(tmp_path / "d", [record(ONE, "Why is it so?", "word " * 100_000)])
    assert len((tmp_path / "d/README.md").read_text("utf-8")) < 20_000


@pytest.mark.parametrize(("records", "category"), [(999, "n<1K"), (1000, "1K<n<10K"), (10**7, "n>10M")])
def test_the_size_category_is_that_of_the_records(records, category):
    contents = Contents({"default": {"train": records}}, {"default": {"train": 1}}, {}, {})
    assert card.metadata(about(), contents)["size_categories"] == [category]


def test_with_context_the_card_warns_of_the_papers_licences(tmp_path):
    settings = Settings.model_validate({"dataset": {"with_context": True}})
    folder(tmp_path / "d", [record(ONE, "Why is it so?")], settings=settings)
    assert "Chunk and evidence texts are part of this dataset" in card_of(tmp_path / "d")[1]


def test_the_templates_travel_as_package_data():
    names = {entry.name for entry in resources.files("dataset_card").iterdir()}
    assert {"card.md.jinja", "load.md.jinja"} <= names
    assert "dataset_card" not in sys.modules or not sys.modules["dataset_card"].__file__


def test_no_record_is_needed_to_render():
    contents = Contents({}, {}, {}, {})
    assert "nothing to load" in card.render(about(), Settings(), contents, None)
    assert Record.__name__ not in card.render(about(), Settings(), contents, None)
