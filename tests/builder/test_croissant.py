"""The dataset as MLCommons' own reader takes it, and what its description says."""

import json
import re
import shutil
from dataclasses import replace
from hashlib import sha256

import pyarrow.parquet as pq
import pytest
import yaml

from builder.building.assemble import assemble
from builder.card import croissant
from builder.card.card import Publication
from builder.folder import manifest, read
from builder.folder.schema import CONFIGS, SCHEMAS
from builder.verifying.files import Files
from qagen.records import PlaceInfo, Solution, Trace, TracedRecord
from qagen.settings import DatasetSettings, Settings, SplitShares
from tests.builder.corpora import about, folder, paper, record, rejection
from tests.conftest import ROOT

ALL_TRAIN = SplitShares(train=100, validation=0, test=0)
SETTINGS = Settings(
    dataset=DatasetSettings(
        configs=tuple(one for one in CONFIGS if one != "unanswerable"), plots=False, splits=ALL_TRAIN
    )
)
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
"""What pandas and rdflib say of how mlcroissant uses them."""
PUBLISHED = Publication("org/papers-qa", "1.2.0", "cc-by-4.0", date="2026-01-02")


def results():
    papers = sorted((paper(f"p{number}") for number in range(4)), key=lambda one: one.sha256)
    for number, one in enumerate(papers):
        whole = record(one, f"Why {number}?")
        here = PlaceInfo(whole.chunk, whole.section)
        there = PlaceInfo(whole.chunk, whole.section, papers[0], whole.evidence)
        yield replace(whole, solution=Solution(3.25, "eV", 0.005), places=(here, there), kind="causal")
        yield replace(record(one, f"Why not {number}?"), edits=(), evidence=(), context=None)
        yield TracedRecord.of(record(one, f"How {number}?"), Trace("Hm.", 0.75))
        yield replace(
            whole,
            question=f"Which {number}?",
            answer="Not stated.",
            kind="unanswerable",
            id=sha256(one.file.encode()).hexdigest()[:32],
        )
        yield rejection(one)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    place = tmp_path_factory.mktemp("croissant") / "d"
    folder(place, list(results()), settings=SETTINGS)
    return place


def description(place):
    return json.loads((place / croissant.FILE).read_text("utf-8"))


def published(place):
    whole = manifest.read(place)
    whole = whole.having(configs={"chat": whole.configs["chat"]})
    columns = read.first_columns(place, whole.configs)
    return json.loads(croissant.render(whole, whole.files, columns, PUBLISHED))


def mlcroissant():
    return pytest.importorskip(
        "mlcroissant", reason="mlcroissant is not installed: the group `dev` brings it"
    )


def plain(value):
    """What mlcroissant gives, as Python's own values."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.item() if hasattr(value, "item") else value


def leaf_given(record_set, given, path):
    """A part of a record of mlcroissant, where parts of parts are beside their column."""
    *parents, name = path
    if not parents:
        return plain(given[f"{record_set}/{name}"])
    holder, key = given["/".join([record_set, *parents])], "/".join([record_set, *path])
    return [plain(item[key]) for item in holder] if isinstance(holder, list) else plain(holder[key])


def leaf_stored(row, path):
    value = row
    for part in path:
        if isinstance(value, list):
            value = [item and item[part] for item in value]
        elif value is not None:
            value = value[part]
    return value


def paths(fields, above=()):
    for field in fields:
        path = (*above, field["name"])
        if "subField" in field:
            yield from paths(field["subField"], path)
        else:
            yield path


def test_every_value_of_every_config_comes_through_mlcroissant_as_it_is_stored(made):
    found = mlcroissant().Dataset(str(made / croissant.FILE))
    sets = {one["@id"]: one for one in description(made)["recordSet"]}
    stored = {}
    for config in CONFIGS:
        for split, row in read.rows(made, config):
            stored.setdefault(f"{config}/{split}", []).append(row)
    assert sets.keys() == stored.keys()
    for name, rows in stored.items():
        leaves = list(paths(sets[name]["field"]))
        given = list(found.records(name))
        assert [[leaf_given(name, one, path) for path in leaves] for one in given] == [
            [leaf_stored(row, path) for path in leaves] for row in rows
        ]


def test_the_description_of_a_published_version_lacks_nothing_that_mlcroissant_asks_for(made):
    issues = mlcroissant().Dataset(published(made)).metadata.ctx.issues
    assert (issues.errors, issues.warnings) == (set(), set())


def test_what_the_documentation_shows_loads_a_record_and_a_file_that_was_changed_is_not_loaded(
    tmp_path, monkeypatch, capsys
):
    mlcroissant()
    only = DatasetSettings(configs=("default",), plots=False, splits=ALL_TRAIN)
    folder(tmp_path / "dataset", [record(paper("one"), "Why is it so?")], settings=Settings(dataset=only))
    (shown,) = re.findall(
        r"^```python\n(.*?)^```$", (ROOT / "docs/hub.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    monkeypatch.chdir(tmp_path)
    exec(shown, {})
    assert capsys.readouterr().out == "Why is it so?\n"
    (path,) = (tmp_path / "dataset/data/default").iterdir()
    path.write_bytes(path.read_bytes() + b" ")
    found = mlcroissant().Dataset(str(tmp_path / "dataset" / croissant.FILE))
    with pytest.raises(Exception, match=r"Download\(data/default/"):
        next(iter(found.records("default/train")))


def test_a_split_of_several_files_is_a_set_of_records_for_each(tmp_path):
    several = [
        record(paper(f"p{number}"), f"Why {number} {place}?") for number in range(30) for place in range(9)
    ]
    ordered = sorted(several, key=lambda one: one.paper.sha256)
    assemble(
        ordered,
        tmp_path / "d",
        about=about(*{one.paper for one in several}),
        settings=SETTINGS,
        shard_bytes=30_000,
    )
    names = [path.stem for path in sorted((tmp_path / "d/data/default").iterdir())]
    sets = [
        one["@id"] for one in description(tmp_path / "d")["recordSet"] if one["@id"].startswith("default/")
    ]
    assert len(names) > 1
    assert sets == [f"default/{name}" for name in names]


def test_files_are_told_with_their_sums_and_sizes(made):
    told = {
        one["@id"]: (one["contentUrl"], one["sha256"], one["contentSize"])
        for one in description(made)["distribution"]
    }
    data = [path for path in (made / "data").rglob("*") if path.is_file()]
    stored = {path.relative_to(made).as_posix(): path.read_bytes() for path in data}
    assert told == {
        name: (name, sha256(content).hexdigest(), f"{len(content)} B") for name, content in stored.items()
    }


def test_a_published_version_names_its_files_by_their_addresses_and_says_whose_it_is(made):
    told = published(made)
    assert [one["contentUrl"] for one in told["distribution"]] == [
        "https://huggingface.co/datasets/org/papers-qa/resolve/v1.2.0/data/chat/train-00000-of-00001.parquet"
    ]
    facts = ("name", "version", "license", "url", "datePublished", "creator")
    assert [told[fact] for fact in facts] == [
        "papers-qa",
        "1.2.0",
        "https://creativecommons.org/licenses/by/4.0/",
        "https://huggingface.co/datasets/org/papers-qa",
        "2026-01-02",
        {"@type": "Organization", "name": "org", "url": "https://huggingface.co/org"},
    ]
    assert told["citeAs"].startswith("@misc{org-papers-qa,")


def test_it_says_how_the_records_came_about_by_which_model_and_what_speaks_against_them(made):
    told = description(made)
    for name, said in (
        (
            "dataCollection",
            "taken from the PDFs by rules-1 and its main body cut within sections into chunks of at most 2000 characters",
        ),
        (
            "dataCollection",
            "The language model m:7b was asked for question/answer pairs about each chunk with the prompt deep-qa (sha256 ",
        ),
        ("dataCollectionMissingData", "4 pairs, responses, chunks or papers were turned down: 4 too_short ("),
        ("dataAnnotationProtocol", "turned down what did not pass: empty, too_short, not_a_question, "),
        ("dataAnnotationProtocol", "min_support 0.28"),
        ("dataAnnotationProtocol", "No language model judged the pairs."),
        ("annotationsPerItem", "0: no record was looked at by a person"),
    ):
        assert said in told[f"rai:{name}"], name
    for name, said in (
        ("machineAnnotationTools", "language model that wrote the pairs: m:7b"),
        ("dataBiases", "First words of the questions: why (8), how (4)."),
        ("dataUseCases", "Records with their provenance, for selection, audit and evaluation."),
        (
            "personalSensitiveInformation",
            "Names of the papers' authors, as the PDFs state them, stand in `paper.authors` of each record.",
        ),
    ):
        assert said in told[f"rai:{name}"], name


def test_what_it_says_of_limits_is_what_the_card_says(made):
    card = " ".join((made / "README.md").read_text("utf-8").split())
    limits = description(made)["rai:dataLimitations"]
    assert len(limits) == 6
    assert [point for point in limits if f"- {point}" not in card] == []


def test_records_made_by_rules_are_said_to_be(tmp_path):
    bare = {"model": None, "prompt": None, "prompt_sha256": None, "prompt_text": None}
    folder(tmp_path / "d", [record(paper("one"), "Why is it so?")], engine="extractive", **bare)
    told = description(tmp_path / "d")
    assert "without a language model" in told["description"]
    assert "Questions were put by rules in front of sentences" in told["rai:dataCollection"]
    assert not any("model" in tool for tool in told["rai:machineAnnotationTools"])


def test_a_hostile_name_is_one_line_without_unseen_signs(tmp_path):
    folder(tmp_path / "d", [record(paper("one"), "Why is it so?")], model='m\n"}]\u202e\x00x')
    told = description(tmp_path / "d")
    assert 'The language model m "}] x was asked' in told["rai:dataCollection"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.write_text(path.read_text("utf-8").replace('"sha256": "', '"sha256": "0', 1), "utf-8"), "does not say of 'data/"),
        (lambda path: path.write_text('{"distribution": [{}]}'), "cannot be read: it lists no files (KeyError"),
        (lambda path: path.write_text("<html>"), "cannot be read: Expecting value"),
        (lambda path: path.unlink(), "is in the manifest and not there"),
    ],
)  # fmt: skip
def test_verify_tells_of_one_that_is_not_that_of_the_files(made, tmp_path, change, said):
    shutil.copytree(made, tmp_path / "d")
    change(tmp_path / "d" / croissant.FILE)
    assert Files(tmp_path / "d").faults.keys() == {croissant.FILE}
    assert said in Files(tmp_path / "d").faults[croissant.FILE]


def test_verify_has_nothing_against_other_words_in_it_nor_against_a_folder_without_it(made, tmp_path):
    shutil.copytree(made, tmp_path / "d")
    path = tmp_path / "d" / croissant.FILE
    path.write_text(path.read_text("utf-8").replace("asked for question/answer pairs", "asked"), "utf-8")
    assert Files(tmp_path / "d").faults == {}
    path.unlink()
    manifest.write(tmp_path / "d", manifest.read(tmp_path / "d"))
    assert Files(tmp_path / "d").faults == {}


def test_a_column_that_came_later_than_the_files_is_not_in_it(made, tmp_path):
    shutil.copytree(made, tmp_path / "d")
    (path,) = (tmp_path / "d/data/default").iterdir()
    pq.write_table(pq.read_table(path).drop_columns(["review", "places"]), path)
    whole = manifest.read(tmp_path / "d")
    told = json.loads(croissant.render(whole, whole.files, read.first_columns(tmp_path / "d", whole.configs)))
    names = {one["@id"]: [field["name"] for field in one["field"]] for one in told["recordSet"]}
    assert names["default/train"] == [
        name for name in SCHEMAS["default"].names if name not in ("review", "places")
    ]


def test_a_folder_with_a_test_split_says_how_it_is_run_as_a_benchmark_and_no_other_does(made, tmp_path):
    all_test = SplitShares(train=0, validation=0, test=100)
    settings = Settings(dataset=DatasetSettings(plots=False, splits=all_test, title='Peat: a "set"'))
    folder(tmp_path / "d", [record(paper("one"), "Why is it so?")], settings=settings)
    assert not (made / "eval.yaml").exists()
    assert yaml.safe_load((tmp_path / "d/eval.yaml").read_text("utf-8")) == {
        "name": 'Peat: a "set"',
        "description": "Questions about scientific papers, with answers that were checked against them.",
        "evaluation_framework": "inspect-ai",
        "tasks": [
            {
                "id": "open_questions",
                "config": "default",
                "split": "test",
                "field_spec": {"input": "question", "target": "answer", "metadata": ["id"]},
                "solvers": [{"name": "generate"}],
                "scorers": [{"name": "f1"}],
            }
        ],
    }
