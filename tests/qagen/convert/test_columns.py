"""Columns, whatever the order in which a page is written, and text that is turned: whole conversions of pages made here."""

import random

import pytest

from tests.qagen.convert.conftest import pdf
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
    for column in range(count):
        lines = [line for _ in range(3) for line in paragraph(chance, 50, round(step / 5.2))]
        words += [word for line in lines for word in line.split()]
        placed += [(40 + step * column, 680 - 11 * number, 9, line) for number, line in enumerate(lines)]
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
