"""Tables whose cells are boxes or lines of any kind, and figures with boxes that are none."""

import re

import pytest

from qagen.convert import preflight
from qagen.convert.placeholders import says_nothing_else
from qagen.convert.rules import furniture, metadata
from qagen.convert.rules.grids import Grid, grids
from qagen.convert.rules.hyphens import vocabulary
from qagen.convert.rules.metadata import Info
from qagen.convert.rules.model import Kind, Page, Piece, Row, Style, TextLine
from qagen.errors import ConversionError
from qagen.reasons import Reason
from tests.qagen.convert.conftest import column, pdf

HEAD = ("Symbol", "Meaning", "Value")
ROWS = (HEAD, ("alpha", "growth", "0.5"), ("beta", "decay", "0.3"), ("gamma", "loss", "12"))
XS, TOP, HIGH = (60, 180, 300, 420), 640, 18
YS = tuple(TOP - HIGH * row for row in range(len(ROWS) + 1))
PROSE = column(
    "The thickness of lake ice was measured at twelve stations over forty five days in the winter.", top=740
)
CAPTION = (60.0, 652.0, 10.0, "Table 1: Values of the model that were used in all of the runs")
CELLS = [(x, y, 120, HIGH) for y in YS[1:] for x in XS[:-1]]


def box(x, y, width, height, paint) -> str:
    return f"{x} {y} {width} {height} re {paint}"


def across(paint: str) -> str:
    lines = [f"60 {y} m 420 {y} l" for y in YS] + [f"{x} {YS[0]} m {x} {YS[-1]} l" for x in XS]
    return f" {paint} ".join(lines) + f" {paint}"


STYLES = {
    "framed cells": " ".join(box(*cell, "S") for cell in CELLS),
    "filled and framed cells": "1 g " + " ".join(box(*cell, "B") for cell in CELLS) + " 0 g",
    "a head of a colour": "".join(
        f"{0.8 if number < 3 else 1} g {box(*cell, 'f')} 0 g " for number, cell in enumerate(CELLS)
    ),
    "rows of a colour": "".join(
        f"{0.7 + 0.1 * (n % 3)} g {box(60, y, 360, HIGH, 'f')} 0 g " for n, y in enumerate(YS[1:])
    ),
    "every second row": "0.8 g " + " ".join(box(60, y, 360, HIGH, "f") for y in YS[1::2]) + " 0 g",
    "cells with space between": "0.8 g "
    + " ".join(box(x + 0.5, y + 0.5, w - 1, h - 1, "f") for x, y, w, h in CELLS)
    + " 0 g",
    "lines": across("S"),
    "lines in one path": across("") + " S",
    "boxes in one path": " ".join(box(*cell, "") for cell in CELLS) + " S",
    "lines that are thin boxes": " ".join(
        [box(60, y, 360, 0.5, "f") for y in YS] + [box(x, YS[-1], 0.5, HIGH * 4, "f") for x in XS]
    ),
}


def cells_text(size: float = 10.0):
    return [
        (XS[at] + 4.0, TOP - HIGH * (row + 1) + 5.0, size, text)
        for row, texts in enumerate(ROWS)
        for at, text in enumerate(texts)
    ]


@pytest.fixture
def converted(conversion, paper_of):
    def convert(data: bytes):
        paper = paper_of(data)
        return conversion.read(paper.path, paper.sha256)

    return convert


def rows_of(text: str) -> list[tuple[str, ...]]:
    lines = [
        line for line in text.splitlines() if line.startswith("|") and not re.fullmatch(r"[|\s:-]+", line)
    ]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]


@pytest.mark.parametrize("caption", [[CAPTION], []])
@pytest.mark.parametrize("style", STYLES)
def test_drawn_cells_are_a_table_with_its_head(converted, style, caption):
    found = converted(pdf([*PROSE, *caption, *cells_text()], before=STYLES[style]))
    assert (rows_of(found.document.text), found.dropped) == (list(ROWS), {})


def test_the_boxes_of_a_figure_are_none(converted):
    figure = (60.0, 540.0, 10.0, "Figure 1: Values of the model that were used in all of the runs")
    found = converted(pdf([*PROSE, *cells_text(), figure], before=STYLES["framed cells"]))
    assert (rows_of(found.document.text), "figure" in found.dropped) == ([], True)


def test_boxes_with_space_between_them_are_no_lattice_of_cells():
    boxes = [(x, y, x + 60.0, y + 20.0) for x in (0, 100, 200) for y in (0, 60)]
    assert [found.gaps for found in grids(boxes)] in ([], [True])


def test_the_bars_of_a_chart_have_no_edges_in_common():
    assert grids([(20.0 * n, 100.0 - 13 * n, 20.0 * n + 20, 100.0) for n in range(1, 6)]) == []


def test_a_cell_over_all_columns_is_one():
    boxes = [
        (0.0, 0.0, 120.0, 20.0),
        *((x, y, x + 60.0, y + 20.0) for x in (0.0, 60.0) for y in (20.0, 40.0)),
    ]
    assert grids(boxes) == [
        Grid((0.0, 60.0, 120.0), (0.0, 20.0, 40.0, 60.0), merged=((0, 0), (0, 1), (0, 1)))
    ]


WAIT = (
    "Please wait... If this message is not eventually replaced with the proper contents of the document, your PDF viewer",
    "may not be able to display this type of document. You can upgrade to the latest version of Adobe Reader.",
)
PORTFOLIO = ("For the best experience, open this PDF portfolio in", "Acrobat X or Adobe Reader X, or later.")
WARTEN = (
    "Bitte warten... Falls diese Meldung nicht ersetzt wird, kann Ihr PDF-Viewer das Dokument nicht anzeigen.",
)


@pytest.mark.parametrize("lines", [WAIT, PORTFOLIO, WARTEN])
def test_a_page_that_only_asks_for_another_viewer_is_no_paper(paper_of, lines):
    with pytest.raises(ConversionError) as caught:
        preflight.check(paper_of(pdf(column(*lines))).path)
    assert caught.value.reason is Reason.PLACEHOLDER_PAGE


def test_such_a_page_before_others_is_warned_of(converted):
    found = converted(pdf(column(*PORTFOLIO), PROSE, PROSE))
    assert [warning.split(":")[0] for warning in found.warnings] == ["page 1"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We measured the ice of twelve lakes.",
        "The users of Adobe Reader were asked about lakes.",
        "We asked users what they do when a document says please wait, and whether Adobe Reader can display it. "
        * 30,
    ],
)
def test_a_paper_is_no_placeholder(text):
    assert not says_nothing_else(text)


def line(text: str, place: int, y: float, size: float = 8.0) -> TextLine:
    return TextLine(place, (50.0, y, 300.0, y + size), text, Style("Body", size))


def test_feet_that_say_something_else_on_each_page_are_known_by_the_pages_number():
    feet = ("© 2022 The Authors 4077", "4078 https://doi.org/10.1/x", "Published by the Society 4079", "4080")
    pages = tuple(
        Page(index, 600, 800, (line("The body of the text", 0, 400, 10), line(foot, 1, 760)))
        for index, foot in enumerate(feet)
    )
    assert furniture.find(pages) == {(index, 1): Kind.PAGE_FOOTER for index in range(4)}


def test_a_title_has_no_marks_and_no_hyphens_of_its_lines():
    rows = tuple(
        Row((line(text, place, 40.0 + 20 * place, 16),))
        for place, text in enumerate(("A measure-", "ment of bright lakes†"))
    )
    pieces = [Piece(Kind.HEADING, 0, rows, 1)]
    known = vocabulary(["the measurement"])
    assert (
        metadata.metadata_of((Page(0, 600, 800, ()),), pieces, Info(), known).title
        == "A measurement of bright lakes"
    )
