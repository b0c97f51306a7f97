import re
import sys
from dataclasses import replace
from importlib import resources

import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from builder.card import card, markdown
from builder.folder import manifest
from builder.folder.manifest import Manifest
from builder.folder.manifest_parts import ReleaseNote
from builder.folder.provenance import Contents, compose
from qagen.errors import DatasetError
from qagen.settings import Settings
from tests.builder.corpora import SETTINGS, about, folder, paper, record, rejection

ONE = paper("one", title="Growth of thin oxide films")
HOSTILE = "</details><script>alert(1)</script>\n---\n| a | b |\n```\n# Big [x](javascript:y) @me #1 {{ 7 * 7 }} \u202e\x00`"


def split_card(text):
    head, _, body = text.removeprefix("---\n").partition("\n---\n")
    return yaml.safe_load(head), body


def card_of(place):
    return split_card((place / "README.md").read_text("utf-8"))


def test_the_metadata_names_the_language_that_was_asked_for(tmp_path):
    for language in ("en", "de"):
        settings = Settings.model_validate({"checks": {"language": language}})
        folder(tmp_path / language, [record(paper("p"), "Why?")], settings=settings)
        assert card_of(tmp_path / language)[0]["language"] == [language]


def test_the_metadata_names_configs_files_features_and_exact_counts(tmp_path):
    papers = [paper(f"p{n}") for n in range(3)]
    results = [record(one, f"Why {n}?") for one in papers for n in range(4)] + [rejection(papers[0])]
    found = folder(
        tmp_path / "d",
        results,
        settings=Settings.model_validate({"dataset": {"splits": {"validation": 0, "test": 0}}}),
    )
    head, _ = card_of(tmp_path / "d")
    assert head["configs"] == [
        {
            "config_name": "default",
            "default": True,
            "data_files": [{"split": "train", "path": "data/default/train-*.parquet"}],
        },
        {"config_name": "chat", "data_files": [{"split": "train", "path": "data/chat/train-*.parquet"}]},
        {"config_name": "sft", "data_files": [{"split": "train", "path": "data/sft/train-*.parquet"}]},
        {
            "config_name": "rejected",
            "data_files": [{"split": "train", "path": "data/rejected/train-*.parquet"}],
        },
    ]
    assert {info["config_name"]: info["splits"][0]["num_examples"] for info in head["dataset_info"]} == {
        "default": 12,
        "chat": 12,
        "sft": 12,
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
        "| Growth of thin oxide films | 2020 |  | CC-BY-4.0 | `one.pdf` | 1 |",
        "Licences of the papers with records, as far as the papers state them: CC-BY-4.0 (1).",
        "min\\_support 0.28, lone\\_claim\\_margin 0.08, min\\_foreign\\_words 4, min\\_shared 0.19, min\\_place\\_share 0.15; none switched off",
        "```text\nThe prompt.\n```",
        "First words of the questions: why (1).",
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
    assert body.count("</details>") == 5
    assert "49" not in re.sub(r"&#\d+;", "", body)
    assert re.findall(r"^---$", text, re.MULTILINE) == ["---", "---"]
    assert {row.count("|") for row in body.splitlines() if row.startswith("| paper |")} == {3}


@given(st.text())
def test_escaped_text_is_one_line_without_any_active_sign(value):
    line = markdown.text(value)
    assert "\n" not in line
    assert not re.search(r"<|(?<!\\)[`*_\[\]]|\|", line)


def test_plain_words_and_numbers_are_shown_as_they_are_and_only_signs_that_do_something_are_escaped():
    said = "Pressure-driven flow at 1.2 (3) MPa + 4 = 5! #6"
    assert markdown.text(said) == said
    for begins in ("1. a", "- a", "+ a", "# a", "> a", "=== ", "2) a"):
        assert "\\" in markdown.text(begins)
    assert markdown.html_text('a-b_1.md <b> & "c" | d') == "a-b_1.md &lt;b&gt; &amp; &quot;c&quot; &#124; d"


def test_what_a_summary_names_has_no_backslashes(tmp_path):
    folder(tmp_path / "d", [record(paper("one"), "Why is it so?")], prompt="a-b_c", prompt_text="P.\n")
    card = (tmp_path / "d" / "README.md").read_text()
    summaries = re.findall(r"<summary>.*</summary>", card)
    assert "<summary>The prompt <code>a-b_c.md</code></summary>" in summaries
    assert "\\" not in "".join(summaries)


@given(st.text())
def test_code_keeps_to_its_backticks_and_its_cell(value):
    shown = markdown.code(value)
    assert shown.count("`") == 2
    assert not re.search(r"[\n|<]", shown)


@given(st.text())
def test_a_quote_stays_a_quote(value):
    assert all(line.startswith(">") for line in markdown.quote(value).split("\n"))


def test_a_very_long_answer_is_cut_in_the_card(tmp_path):
    folder(tmp_path / "d", [record(ONE, "Why is it so?", "word " * 100_000)])
    assert len((tmp_path / "d/README.md").read_text("utf-8")) < 20_000


@pytest.mark.parametrize(
    ("records", "category"), [(999, "n<1K"), (1000, "1K<n<10K"), (10**7, "10M<n<100M"), (10**9, "1B<n<10B")]
)
def test_the_size_category_is_that_of_the_records(records, category):
    contents = Contents({"default": {"train": records}}, {"default": {"train": 1}}, {}, {})
    made = compose(about(), SETTINGS, contents)
    assert card.metadata(made).size_categories == [category]


def test_with_context_the_card_warns_of_the_papers_licences(tmp_path):
    settings = Settings.model_validate({"dataset": {"with_context": True}})
    folder(tmp_path / "d", [record(ONE, "Why is it so?")], settings=settings)
    assert "Chunk and evidence texts are part of this dataset" in card_of(tmp_path / "d")[1]


def test_the_templates_travel_as_package_data():
    names = {entry.name for entry in resources.files("dataset_card").iterdir()}
    assert {"card.md.jinja", "load.md.jinja"} <= names
    assert "dataset_card" not in sys.modules or not sys.modules["dataset_card"].__file__


def test_the_title_of_the_settings_heads_the_card(tmp_path):
    settings = Settings.model_validate({"dataset": {"title": "Peat & <methane>", "plots": False}})
    folder(tmp_path / "d", [record(ONE, "Why is it so?")], settings=settings)
    head, body = card_of(tmp_path / "d")
    assert head["pretty_name"] == "Peat & <methane>"
    assert body.lstrip().startswith("# Peat &amp; &lt;methane>") or "# Peat &amp; &lt;methane\\>" in body


RELEASES = (
    ReleaseNote("1.1.0", ("12 records added: 1 paper added", "<b>x</b> | y")),
    ReleaseNote("1.0.0", ("first version",)),
)
PUBLISHED = card.Publication("org/my-papers-qa", "1.1.0", "cc-by-4.0", RELEASES)


def published(tmp_path, publication=PUBLISHED):
    one = paper("one", doi="10.1000/a(1)")
    folder(tmp_path / "d", [record(one, "Why is it so?"), rejection(one)])
    return split_card(card.render(tmp_path / "d", manifest.read(tmp_path / "d"), publication))


def test_the_card_of_a_published_version_pins_it_and_names_licence_changes_and_citation(tmp_path):
    head, body = published(tmp_path)
    assert head["license"] == "cc-by-4.0"
    for said in (
        'load_dataset("org/my-papers-qa", revision="v1.1.0")',
        'load_dataset("org/my-papers-qa", "chat", revision="v1.1.0")',
        "qagen verify org/my-papers-qa@v1.1.0 --papers PDFS",
        "| 1.1.0 | 12 records added&#58; 1 paper added; &lt;b>x&lt;&#47;b> &#124; y |",
        "(https://doi.org/10.1000/a%281%29)",
        "@misc{org-my-papers-qa,",
        "version 1.1.0, made with qagen",
    ):
        assert said in body, said


def test_a_card_is_rendered_again_from_its_folder_to_the_same_bytes(tmp_path):
    settings = Settings.model_validate({"dataset": {"with_context": True}})
    folder(tmp_path / "d", [record(ONE, "Why is it so?"), rejection(ONE)], settings=settings)
    assert card.render(tmp_path / "d", manifest.read(tmp_path / "d")) == (tmp_path / "d/README.md").read_text(
        "utf-8"
    )


def test_without_the_rejected_config_the_card_still_counts_what_was_turned_down(tmp_path):
    folder(tmp_path / "d", [record(ONE, "Why is it so?"), rejection(ONE)])
    made = manifest.read(tmp_path / "d")
    configs = {name: rows for name, rows in made.configs.items() if name != "rejected"}
    made = made.having(configs=configs)
    head, body = split_card(card.render(tmp_path / "d", made))
    assert [config["config_name"] for config in head["configs"]] == ["default", "chat", "sft"]
    assert "| `too_short` | 1 |" in body
    assert "The rejections themselves are not part of this version." in body
    assert 'load_dataset("DIR", "rejected")' not in body


def test_a_prompt_with_fences_stays_inside_its_block(tmp_path):
    folder(
        tmp_path / "d", [record(ONE, "Why is it so?")], prompt_text="````\n</details>\n# x\n````\n\x1b[31m"
    )
    _, body = card_of(tmp_path / "d")
    assert "`````text\n````\n</details>\n# x\n````\n [31m\n`````" in body


def test_plots_are_shown_with_their_numbers_as_text(tmp_path):
    results = [record(ONE, f"Why is it {n}?", support=n / 4) for n in range(5)]
    folder(tmp_path / "d", results, settings=Settings(), bodies={ONE.sha256: (0, 30)})
    _, body = card_of(tmp_path / "d")
    assert "![Records by kind of section: methods (5)](plots/sections.png)" in body
    assert "from 0 to 1: 1, 0, 1, 0, 0, 1, 0, 1, 0, 1](plots/support.png)" in body
    assert "from front to back: 0, 0, 5, 0, 0, 0, 0, 0, 0, 0](plots/coverage.png)" in body
    for name in ("sections", "support", "coverage"):
        assert (tmp_path / f"d/plots/{name}.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("key", ["num_bytes", "profile", "example"])
def test_a_manifest_of_an_earlier_qagen_is_refused_with_what_to_do(tmp_path, key):
    folder(tmp_path / "d", [record(ONE, "Why is it so?")])
    told = manifest.read(tmp_path / "d").as_json()
    del told[key]
    made = Manifest.of(told)
    with pytest.raises(
        DatasetError, match=f"has no '{key}': an earlier qagen wrote it; build the dataset again"
    ):
        card.render(tmp_path / "d", made)


def test_an_example_that_is_not_there_is_an_error(tmp_path):
    folder(tmp_path / "d", [record(ONE, "Why is it so?")])
    made = manifest.read(tmp_path / "d").having(examples=["0" * 32])
    with pytest.raises(DatasetError, match=r"has no record '0+', which its manifest names"):
        card.render(tmp_path / "d", made)


def test_three_records_of_different_papers_are_shown_drawn_by_their_ids(tmp_path):
    papers = sorted((paper(f"p{n}") for n in range(4)), key=lambda one: one.sha256)
    records = [record(one, f"Why {n}?", f"So {n} it is.") for one in papers for n in range(5)]
    folder(tmp_path / "d", records)
    _, body = card_of(tmp_path / "d")
    smallest = sorted(min(one.id for one in records if one.paper == of) for of in papers)[:3]
    assert manifest.read(tmp_path / "d").examples == tuple(smallest)
    assert re.findall(r"^\| id \| `(\w+)` \|$", body, re.MULTILINE) == smallest
    assert "3 of the records, drawn by their ids and not picked." in body


def test_records_of_one_paper_are_shown_where_there_are_no_others(tmp_path):
    records = [record(ONE, f"Why {n}?") for n in range(5)]
    folder(tmp_path / "d", records)
    assert manifest.read(tmp_path / "d").examples == tuple(sorted(one.id for one in records)[:3])


def test_the_card_of_a_folder_that_names_one_example_shows_it(tmp_path):
    folder(tmp_path / "d", [record(ONE, "Why is it so?")])
    told = manifest.read(tmp_path / "d").as_json()
    del told["examples"]
    assert "## A record" in card.render(tmp_path / "d", Manifest.of(told))


def test_the_card_of_a_folder_from_before_a_column_came_shows_its_records(tmp_path):
    folder(tmp_path / "d", [record(ONE, "Why is it so?")])
    path = next(tmp_path.glob("d/data/default/*"))
    with pq.ParquetFile(path) as file:
        table = file.read()
    pq.write_table(table.drop_columns(["solution"]), path)
    assert "> Why is it so?" in card.render(tmp_path / "d", manifest.read(tmp_path / "d"))


def test_evidence_is_shown_in_its_words_where_the_dataset_has_them(tmp_path):
    with_words = record(ONE, "Why is it so?")
    without = replace(with_words, evidence=with_words.evidence[:1])
    for name, one, said in (
        ("with", with_words, "**Evidence**, in the words of the paper\n\n> y\n"),
        ("without", without, "The words of its evidence are not part of this dataset; it stands at:"),
    ):
        folder(tmp_path / name, [one])
        assert said in card_of(tmp_path / name)[1]


def test_no_record_is_needed_to_render(tmp_path):
    made = compose(about(), SETTINGS, Contents({}, {}, {}, {}))
    assert "nothing to load" in card.render(tmp_path, made)
    assert "## A record" not in card.render(tmp_path, made)
