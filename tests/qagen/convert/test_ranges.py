"""Documents of page ranges, put one behind the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.convert.ranges import in_ranges
from qagen.convert.store import Conversion
from qagen.errors import ConversionError
from qagen.reasons import Reason
from qagen.records import Block, Document, Line, Metadata, Region
from tests.qagen.convert.conftest import column, pdf
from tests.qagen.convert.invariants import assert_sound


def stub(wanted, *, licence=None, warning="") -> Conversion:
    """One block a page, its text the page's number."""
    texts = [f"page {page + 1}" for page in wanted]
    blocks, position = [], 0
    for number, (page, text) in enumerate(zip(wanted, texts, strict=True)):
        end = position + len(text) + (1 if number + 1 == len(texts) else 2)
        line = Line(position, position + len(text), (0, 0, 9, 9))
        blocks.append(
            Block(
                position,
                end,
                "Text",
                None,
                (Region(line.start, line.end, page + 1, line.bbox, (line,)),),
                0.25,
            )
        )
        position = end
    about = Metadata(title=f"from {wanted[0]}", license=licence, pages=len(wanted))
    document = Document("ab" * 32, "\n\n".join(texts) + "\n", tuple(blocks), about, "rules")
    return Conversion(document, {"page_header": 2}, (warning,) if warning else ())


@given(pages=st.integers(1, 60), size=st.integers(1, 20))
def test_the_ranges_hold_every_page_once_and_tile(pages, size):
    asked = []

    def read(wanted):
        asked.append(wanted)
        return stub(range(pages) if wanted is None else wanted)

    found = in_ranges(pages, size, read).document
    assert_sound(found)
    assert found.text == "\n\n".join(f"page {page + 1}" for page in range(pages)) + "\n"
    assert [region.page for block in found.blocks for region in block.regions] == list(range(1, pages + 1))
    assert {block.quality for block in found.blocks} == {0.25}
    assert all(
        found.text[line.start : line.end] == f"page {region.page}"
        for block in found.blocks
        for region in block.regions
        for line in region.lines
    )
    assert max(pages if wanted is None else len(wanted) for wanted in asked) <= max(size, 1) or asked == [
        None
    ]


def test_the_first_range_says_what_the_paper_is_and_the_last_may_say_the_licence():
    found = in_ranges(
        4, 2, lambda wanted: stub(wanted, licence="CC BY" if wanted[0] else None, warning="odd")
    )
    assert found.document.metadata == Metadata(
        title="from 0", license="CC BY", pages=4, origins={"license": "last pages"}
    )
    assert found.dropped == {"page_header": 4}
    assert found.warnings[1:] == ("odd", "odd")
    assert "2 at a time" in found.warnings[0]


def test_a_range_without_text_is_left_out_and_none_with_text_is_a_scan():
    def read(wanted):
        if 0 in wanted or everything:
            raise ConversionError(Reason.NO_TEXT_LAYER, "pictures")
        return stub(wanted)

    everything = False
    assert in_ranges(4, 2, read).document.text == "page 3\n\npage 4\n"
    everything = True
    with pytest.raises(ConversionError, match="pictures"):
        in_ranges(4, 2, read)


def test_a_later_range_has_no_title_and_its_headings_are_as_deep_as_in_the_whole(conversion, paper_of):
    prose = [f"The measured rate of the reaction rises with the heat of run {n}." for n in range(6)]
    pages = [
        [
            (60, 740, 20, "A Study of Surfaces in Hot Gas"),
            (60, 700, 13, "1. Introduction"),
            *column(*prose, top=660),
        ],
        [(60, 740, 16, "A part of all that is said of gas"), *column(*prose, top=660)],
        [(60, 740, 11.5, "1.1.1. Rates of the reaction"), *column(*prose, top=660)],
    ]
    paper = paper_of(pdf(*pages))
    found = in_ranges(3, 1, lambda wanted: conversion.read(paper.path, paper.sha256, wanted)).document
    headings = [(b.level, found.text[b.start : b.end].strip("# \n")) for b in found.blocks if b.level]
    assert headings == [
        (1, "A Study of Surfaces in Hot Gas"),
        (2, "1. Introduction"),
        (2, "A part of all that is said of gas"),
        (4, "1.1.1. Rates of the reaction"),
    ]
    assert found.metadata.title == "A Study of Surfaces in Hot Gas"
