"""Dataset folders that a qagen wrote before there were kinds: read, walked, followed and compared as they are."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq

from builder.building.base import Base
from builder.diffing.diff import diff
from builder.diffing.version_number import Columns, next_version, parse_version
from builder.folder import manifest, read
from builder.folder.schema import CONFIGS, LATER, rejection_of
from qagen.records import PlaceInfo
from tests.builder.corpora import folder, paper, record, rejection

PAPER = paper("a")
RECORDS = [record(PAPER, "Why is it so?"), record(PAPER, "Why is it otherwise?")]

PAPER_PARTS = (
    *("sha256", "work", "file", "title", "authors[]", "year", "doi", "license", "document_sha256"),
    "converter",
)
EVIDENCE_PARTS = ("start", "end", "page", "bbox[]", "sha256", "text", "ocr")
NOTHING = replace(
    RECORDS[0], question="What is its mass?", answer="Not stated.", kind="unanswerable", id="ab" * 16
)


def older(place):
    """The same folder without the columns that came later."""
    folder(place, list(RECORDS))
    for path in (place / "data/default").glob("*.parquet"):
        table = pq.read_table(path)
        pq.write_table(table.drop_columns([name for config, name in LATER if config == "default"]), path)
    manifest.write(place, manifest.read(place))
    return place


def test_records_of_an_earlier_qagen_are_read_with_nothing_in_the_later_columns(tmp_path):
    assert [one for _, one in read.records(older(tmp_path / "old"))] == RECORDS


def test_what_an_earlier_qagen_turned_down_is_read_with_nothing_in_the_later_columns(tmp_path):
    turned_down = rejection(PAPER)
    folder(tmp_path / "old", [*RECORDS, turned_down])
    (path,) = (tmp_path / "old/data/rejected").glob("*.parquet")
    later = [name for config, name in LATER if config == "rejected"]
    pq.write_table(pq.read_table(path).drop_columns(later), path)
    manifest.write(tmp_path / "old", manifest.read(tmp_path / "old"))
    assert [rejection_of(row) for _, row in read.rows(tmp_path / "old", "rejected")] == [turned_down]
    folder(tmp_path / "now", [*RECORDS, replace(turned_down, question_kind="cause", difficulty="easy")])
    columns = Columns.between(
        *({"rejected": read.columns(tmp_path / one, "rejected")} for one in ("old", "now"))
    )
    assert {"rejected.question_kind", "rejected.difficulty"} <= set(columns.added)


def test_places_of_an_earlier_qagen_are_of_one_paper(tmp_path):
    place = PlaceInfo(RECORDS[0].chunk, RECORDS[0].section)
    several = replace(RECORDS[0], places=(place, place))
    folder(tmp_path / "new", [several])
    (path,) = (tmp_path / "new/data/default").glob("*.parquet")
    table = pq.read_table(path)
    plain = pa.list_(pa.struct(list(table.schema.field("places").type.value_type)[:2]))
    bare = [
        [{name: one[name] for name in ("chunk", "section")} for one in row]
        for row in table["places"].to_pylist()
    ]
    at = table.schema.names.index("places")
    pq.write_table(table.set_column(at, "places", pa.array(bare, plain)), path)
    manifest.write(tmp_path / "new", manifest.read(tmp_path / "new"))
    assert [one for _, one in read.records(tmp_path / "new")] == [several]
    folder(tmp_path / "now", [several])
    found = diff(tmp_path / "new", tmp_path / "now")
    assert (found.same, found.changed) == (1, ())


def test_an_earlier_version_is_a_base(tmp_path):
    assert Base.read(older(tmp_path / "old")).ids == {one.id for one in RECORDS}


def test_later_columns_change_no_record_and_make_a_minor_version(tmp_path):
    old, new = older(tmp_path / "old"), tmp_path / "new"
    folder(new, list(RECORDS))
    found = diff(old, new)
    columns = Columns.between(
        *({name: read.columns(place, name) for name in CONFIGS} for place in (old, new))
    )
    assert (found.same, found.added, found.removed, found.changed) == (2, (), (), ())
    solution = tuple(f"default.solution.{part}" for part in ("value", "unit", "tolerance"))
    parts = ("index", "start", "end", "sha256", "pages[]")
    places = (
        *(f"default.places[].chunk.{part}" for part in parts),
        *(f"default.places[].section.{part}" for part in ("path[]", "start", "end")),
        *(f"default.places[].paper.{part}" for part in PAPER_PARTS),
        *(f"default.places[].evidence[].{part}" for part in EVIDENCE_PARTS),
    )
    review = tuple(f"default.review.{part}" for part in ("decision", "reviewers", "overruled[]"))
    later = ("default.kind", "default.difficulty", *solution, *places, *review)
    assert columns == Columns(added=later, retyped={})
    version, why = next_version(parse_version("1.0.0"), found, columns)
    assert (str(version), why) == ("1.1.0", "columns added")


def test_a_question_without_an_answer_that_comes_or_goes_is_told(tmp_path):
    folder(tmp_path / "old", list(RECORDS))
    folder(tmp_path / "new", [*RECORDS, NOTHING])
    found = diff(tmp_path / "old", tmp_path / "new")
    assert [(one.id, one.question) for one in found.added] == [(NOTHING.id, NOTHING.question)]
    made = manifest.read(tmp_path / "new")
    assert made.configs["unanswerable"] == {"train": 1}
    assert made.configs["default"] == made.configs["chat"] == {"train": 2}


def test_a_folder_of_nothing_but_questions_without_an_answer_has_a_card_that_says_so(tmp_path):
    folder(tmp_path / "d", [NOTHING])
    card = (tmp_path / "d/README.md").read_text("utf-8")
    assert "**This dataset has no question/answer pairs.**" in card
    assert 'load_dataset("DIR", "unanswerable")' in card
    assert [one.id for _, one in read.records(tmp_path / "d")] == [NOTHING.id]
