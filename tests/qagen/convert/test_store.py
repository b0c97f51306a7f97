import json
import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.convert.store import RETRIED, Conversion, load, reason_of, save, save_failure
from qagen.errors import ConversionError
from qagen.reasons import Reason
from qagen.records import Block, Document, Line, Metadata, Region

PAPER = "ab" * 32
TEXT = "# Ä title\n\nOne 🙂 line.\n"
DOCUMENT = Document(
    paper_sha256=PAPER,
    text=TEXT,
    blocks=(
        Block(0, 11, "SectionHeader", 1, (Region(2, 9, 1, (1.0, 2.0, 3.5, 4.25)),)),
        Block(
            11,
            23,
            "Text",
            None,
            (Region(11, 22, 2, (0.0, 0.0, 9.0, 9.0), (Line(11, 22, (0.0, 0.0, 9.0, 9.0)),)),),
        ),
    ),
    metadata=Metadata(
        title="Ä title", authors=("A. B.", "C"), year=2020, doi="10.1/x", license="CC BY 4.0", pages=2
    ),
    converter="rules-1 marker-2.0.0",
)


def test_a_saved_document_is_loaded_as_it_was(tmp_path):
    save(tmp_path, Conversion(DOCUMENT, {"figure": 3}, ("page 1: odd",)))
    assert load(tmp_path, PAPER) == DOCUMENT
    assert (tmp_path / "document.md").read_bytes() == TEXT.encode("utf-8")
    meta = json.loads((tmp_path / "meta.json").read_text("utf-8"))
    assert (meta["dropped"], meta["warnings"]) == ({"figure": 3}, ["page 1: odd"])


def test_an_empty_folder_and_a_missing_one_hold_nothing(tmp_path):
    assert load(tmp_path, PAPER) is None
    assert load(tmp_path / "missing", PAPER) is None


def test_a_conversion_of_another_paper_is_nothing(tmp_path):
    save(tmp_path, Conversion(DOCUMENT))
    assert load(tmp_path, "cd" * 32) is None


@pytest.mark.parametrize("name", ["document.md", "blocks.jsonl", "meta.json"])
@given(data=st.data())
def test_a_file_that_was_cut_off_makes_the_conversion_nothing(tmp_path_factory, name, data):
    folder = tmp_path_factory.mktemp("cut") / "convert-0"
    save(folder, Conversion(DOCUMENT))
    whole = (folder / name).read_bytes()
    cut = data.draw(st.integers(0, len(whole) - 2))
    (folder / name).write_bytes(whole[:cut])
    assert load(folder, PAPER) is None


def test_a_file_with_a_changed_byte_makes_the_conversion_nothing(tmp_path):
    save(tmp_path, Conversion(DOCUMENT))
    (tmp_path / "document.md").write_bytes(TEXT.replace("One", "Two").encode("utf-8"))
    assert load(tmp_path, PAPER) is None


def test_a_conversion_whose_numbers_were_edited_is_nothing_even_where_its_hashes_fit(tmp_path):
    wrong = (
        replace(DOCUMENT, metadata=Metadata(title=5, pages=1)),
        replace(DOCUMENT, metadata=Metadata(doi=["a"], pages=1)),
        replace(DOCUMENT, metadata=Metadata(year="2020", pages=1)),
        replace(DOCUMENT, metadata=Metadata(origins=None, pages=1)),
        replace(DOCUMENT, blocks=DOCUMENT.blocks[1:]),
        replace(DOCUMENT, blocks=tuple(replace(block, quality=7.0) for block in DOCUMENT.blocks)),
        replace(DOCUMENT, blocks=tuple(replace(block, quality=[]) for block in DOCUMENT.blocks)),
        replace(DOCUMENT, blocks=(*DOCUMENT.blocks[:-1], replace(DOCUMENT.blocks[-1], end=999))),
        replace(
            DOCUMENT,
            blocks=tuple(
                replace(block, regions=(Region(0, 10**6, 1, (0, 0, 1, 1)),)) for block in DOCUMENT.blocks
            ),
        ),
        replace(
            DOCUMENT,
            blocks=tuple(
                replace(block, regions=(Region(block.start, block.end, 99, (0, 0, 1, 1)),))
                for block in DOCUMENT.blocks
            ),
        ),
    )
    for place, document in enumerate(wrong):
        folder = tmp_path / str(place)
        save(folder, Conversion(document))
        assert load(folder, document.paper_sha256) is None


def test_a_failure_that_would_come_again_is_kept(tmp_path):
    for reason in (Reason.ENCRYPTED, Reason.DAMAGED, Reason.NOT_A_PDF, Reason.NO_TEXT_LAYER):
        save_failure(tmp_path, ConversionError(reason, "why"))
        found = load(tmp_path, PAPER)
        assert isinstance(found, ConversionError)
        assert (found.reason, found.detail) == (reason, "why")
    save_failure(tmp_path, ConversionError(Reason.DAMAGED, "why", "fetch it again"))
    found = load(tmp_path, PAPER)
    assert isinstance(found, ConversionError)
    assert (found.message, found.remedy, found.detail) == ("why", "fetch it again", "why; fetch it again")


def test_a_failure_of_the_machine_is_tried_again(tmp_path):
    assert {Reason.TIMED_OUT, Reason.CRASHED, Reason.OUT_OF_MEMORY} == RETRIED
    for reason in RETRIED:
        save_failure(tmp_path, ConversionError(reason, "why"))
        assert load(tmp_path, PAPER) is None


@given(st.binary(max_size=40) | st.text(string.printable, max_size=40).map(str.encode))
def test_a_damaged_failure_is_nothing(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("failure")
    (folder / "failure.json").write_bytes(data)
    assert load(folder, PAPER) is None


def test_a_success_removes_the_failure_before_it(tmp_path):
    save_failure(tmp_path, ConversionError(Reason.DAMAGED, "why"))
    save(tmp_path, Conversion(DOCUMENT))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blocks.jsonl", "document.md", "meta.json"]


def test_an_unknown_reason_is_refused_by_name():
    with pytest.raises(ValueError, match="'bored' is no reason"):
        reason_of("bored")
