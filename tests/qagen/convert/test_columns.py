"""Columns, whatever the order in which a page is written, and text that is turned: whole conversions of pages made here."""

import random

import numpy as np
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from qagen.convert.rules.characters import Characters, Font
from qagen.convert.rules.gutters import parted
from tests.qagen.convert.conftest import column, pdf
from tests.qagen.convert.invariants import assert_sound

WORDS = [
    "resistance",
    "samples",
    "measured",
    "between",
    "contacts",
    "silver",
    "paste",
    "with",
    "small",
    "currents",
    "that",
    "heat",
    "nothing",
    "while",
    "helium",
    "flows",
    "around",
    "them",
    "every",
    "value",
    "was",
    "read",
    "twice",
    "before",
    "the",
    "field",
    "changed",
    "again",
    "under",
    "control",
    "of",
    "program",
    "which",
    "kept",
    "logs",
]


def paragraph(chance: random.Random, words: int, width: int) -> list[str]:
    """Lines of a sentence, about as long as each other."""
    lines = [chance.choice(WORDS).capitalize()]
    for _ in range(words - 1):
        word = chance.choice(WORDS)
        if len(lines[-1]) + len(word) < width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [*lines[:-1], f"{lines[-1]}."]


def columns(count: int) -> tuple[list[tuple[float, float, float, str]], list[str]]:
    """The lines of a page's columns, one column after another, and their words in reading order."""
    chance = random.Random(count)
    step = 540 / count
    placed, words = [], []
    for number in range(count):
        lines = [line for _ in range(3) for line in paragraph(chance, 50, round(step / 5.2))]
        words += [word for line in lines for word in line.split()]
        placed += [(40 + step * number, 680 - 11 * n, 9, line) for n, line in enumerate(lines)]
    return placed, words


ORDERS = {
    "column by column": lambda lines: lines,
    "row by row": lambda lines: sorted(lines, key=lambda line: (-line[1], line[0])),
    "at random": lambda lines: random.Random(7).sample(lines, len(lines)),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("count", [2, 3])
def test_columns_are_read_one_after_another_whatever_order_they_are_written_in(
    count, order, conversion, paper_of
):
    placed, words = columns(count)
    above = paragraph(random.Random(0), 60, 100)
    head = [
        (40, 760, 16, "Columns of a journal"),
        *((40, 735 - 11 * n, 9, line) for n, line in enumerate(above)),
    ]
    paper = paper_of(pdf([*head, *ORDERS[order](placed)]))
    document = conversion.read(paper.path, paper.sha256).document
    assert_sound(document)
    assert document.text.split() == ["#", "Columns", "of", "a", "journal", *" ".join(above).split(), *words]


UP, DOWN = "0 1 -1 0", "0 -1 1 0"


@pytest.mark.parametrize("x", [30, 95, 303])
def test_a_stamp_that_runs_up_the_page_is_left_out_and_parts_no_text(x, conversion, paper_of):
    placed, words = columns(2)
    stamp = (x, 150, 7, "Downloaded from an archive on the first of May", UP)
    paper = paper_of(pdf([*placed[:20], stamp, *placed[20:]]))
    found = conversion.read(paper.path, paper.sha256)
    assert found.document.text.split() == words
    assert found.dropped == {"side_text": 38}


@pytest.mark.parametrize("matrix", [UP, DOWN])
def test_a_page_whose_text_is_turned_is_read_as_it_is_printed_and_its_boxes_are_as_displayed(
    matrix, conversion, paper_of
):
    lines = [
        (60, 560, 14, "2. A turned page"),
        *column(*paragraph(random.Random(1), 200, 120), x=60, top=520),
        (60, 300, 9, "Table 1. Rates of both of the gases."),
        *((x, y, 9, f"{name}") for y, row in ((270, ("Gas", "Rate")), (250, ("argon", "1.5")), (230, ("xenon", "2.5")))
          for x, name in zip((60, 200), row, strict=True)),
    ]  # fmt: skip
    # Laid out on a page of 800 by 600 points, then turned onto one of 600 by 800.
    turned = [
        (600 - y, x, size, text, UP) if matrix == UP else (y, 800 - x, size, text, DOWN)
        for x, y, size, text in lines
    ]
    rules = [f"{x0} {y} m {x1} {y} l S" for x0, x1, y in ((55, 260, 285), (55, 260, 265), (55, 260, 222))]
    turn = "0 1 -1 0 600 0 cm" if matrix == UP else "0 -1 1 0 0 800 cm"
    paper = paper_of(pdf(turned, before=f"q {turn} {' '.join(rules)} Q"))
    document = conversion.read(paper.path, paper.sha256).document
    assert_sound(document)
    prose = " ".join(text for _, _, size, text in lines if size == 10)
    assert [document.text[block.start : block.end].strip() for block in document.blocks] == [
        "# 2. A turned page",
        prose,
        "Table 1. Rates of both of the gases.",
        "| Gas | Rate |\n| --- | --- |\n| argon | 1.5 |\n| xenon | 2.5 |",
    ]
    with pypdfium2.PdfDocument(paper.path) as pages:
        text = pages[0].get_textpage()
        for block in document.blocks:
            for region in block.regions:
                x0, y0, x1, y1 = region.bbox
                shown = text.get_text_bounded(x0 - 1, 800 - y1 - 1, x1 + 1, 800 - y0 + 1)
                assert fuzz.ratio(letters(shown), letters(document.text[region.start : region.end])) > 95
        text.close()


def letters(text: str) -> list[str]:
    return sorted(filter(str.isalnum, text))


def row_by_row(rows: int, letters: int) -> Characters:
    """Two columns of letters, each row written over both with a blank between them."""
    text, boxes = "", []
    for row in range(rows):
        y = 100.0 + 12 * row
        text += "a" * letters + " " + "b" * letters + "\n"
        boxes += [(50.0 + 5 * n, y, 55.0 + 5 * n, y + 9) for n in range(letters)]
        boxes += [(55.0 + 5 * letters, y, 80.0 + 5 * letters, y + 9)]
        boxes += [(80.0 + 5 * (letters + n), y, 85.0 + 5 * (letters + n), y + 9) for n in range(letters)]
        boxes += [(0.0, y, 0.0, y)]
    codes = np.array(list(map(ord, text)), np.uint32)
    nothing = np.zeros(len(text), np.float32)
    shown = np.array(boxes, np.float32)
    return Characters(codes, shown, shown[:, 3], nothing, nothing.astype(np.int32), (Font("Body", 9, 9),))


def test_a_gutter_needs_text_on_both_sides():
    assert parted(row_by_row(12, 20)).text == ("a" * 20 + "\n" + "b" * 20 + "\n") * 12
    for rows, letters in ((6, 40), (30, 10)):
        assert parted(row_by_row(rows, letters)).text == row_by_row(rows, letters).text


@given(st.dictionaries(st.integers(0, 12 * 42 - 1), st.tuples(*[st.floats(width=32)] * 4), max_size=9))
def test_parting_changes_nothing_but_blanks_to_line_ends_wherever_characters_lie(moved):
    page = row_by_row(12, 20)
    for place, box in moved.items():
        page.boxes[place] = box
    found = parted(page)
    changed = {(old, new) for old, new in zip(page.text, found.text, strict=True) if old != new}
    assert changed <= {(" ", "\n")}
    assert found.text == "".join(map(chr, found.codes.tolist()))
