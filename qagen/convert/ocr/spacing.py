"""Where a line's words end: at the blanks that were read, and at gaps in the ink that the reader passed over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from qagen.convert.ocr.recognition import Char
from qagen.convert.ocr.shape import Ink, advance

_GAP = 0.25
"""Columns without ink, as a share of the font's size, from which on they are a blank; inside a word they are 0.18 at most."""
_LOOSE = 0.05
"""How much farther than usual, in the same unit, the characters beside it have to be from each other."""
_CLOSING = frozenset(".,;:!?)]}%’'”")
"""What stands right behind a word, whatever the gap before it."""


@dataclass(frozen=True, slots=True)
class SpacedWord:
    """A word; `start` and `end` are shares of the line's width."""

    text: str
    start: float
    end: float
    confidence: float


def words_of(chars: Sequence[Char], ink: Ink, size: float) -> list[SpacedWord]:
    """The words of a line.

    Args:
        chars: its characters.
        ink: which of its pixels are ink.
        size: of its font, in pixels.
    """
    return list(_words(list(_with_blanks(chars, np.asarray(ink.any(axis=0)), size))))


def _with_blanks(chars: Sequence[Char], inked: Ink, size: float) -> Iterator[Char]:
    yield from chars[:1]
    for before, char in pairwise(chars):
        if _is_parted(before, char, inked, size):
            yield Char(" ", (before.place + char.place) / 2, 1.0)
        yield char


def _is_parted(before: Char, char: Char, inked: Ink, size: float) -> bool:
    if before.text.isspace() or char.text.isspace() or char.text in _CLOSING:
        return False
    width = len(inked)
    usual = (advance(before.text) + advance(char.text)) / 2 * size
    if (char.place - before.place) * width - usual <= _LOOSE * size:
        return False
    between = inked[int(before.place * width) : int(char.place * width) + 1]
    return _longest_gap(between) > _GAP * size


def _longest_gap(inked: Ink) -> int:
    """The most columns in a row without ink."""
    edges = np.flatnonzero(np.concatenate(([True], inked, [True])))
    return int(np.diff(edges).max()) - 1


def _words(chars: Sequence[Char]) -> Iterator[SpacedWord]:
    half = _half_width(chars)
    group: list[Char] = []
    for char in [*chars, Char(" ", 1.0, 1.0)]:
        if not char.text.isspace():
            group.append(char)
        elif group:
            confidence = min(one.confidence for one in group)
            start, end = max(0.0, group[0].place - half), min(1.0, group[-1].place + half)
            yield SpacedWord("".join(one.text for one in group), start, end, confidence)
            group = []


def _half_width(chars: Sequence[Char]) -> float:
    """Half of a character's usual width, as a share of the line."""
    steps = [after.place - before.place for before, after in pairwise(chars)]
    return float(np.median(steps)) / 2 if steps else 0.5
