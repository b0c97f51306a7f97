"""Line numbers, found among a page's characters: they stand next to their lines, and the text layer glues them to these.

Numbers that share an edge or a middle are line numbers when each is as much higher than the one above it as there are lines of
running text between the two, on the side that they are nearer to. What counts the rows of a table or the items of a list stands
beside cells, beside some of the lines only, or with marks.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]

_DIGITS = 5
"""Digits that a line number has at most."""
_APART = 0.3
"""Space around a line number, in its height, at least: no word of the line is as far from the next on so many lines."""
_EDGE = 1.5
"""Points by which numbers of one column are off its edge."""
_ENOUGH, _FEW = 5, 2
"""Numbers that make a column; fewer must all fit, and far apart."""
_FITTING = 0.6
"""Share of the numbers that follow the one above them by as many as there are lines."""
_RISING = 0.9
_COVERED = 0.5
"""Share of the page's lines, in the column beside them, that the numbers span."""
_LETTERS = 15
"""Characters of a line of running text, up to a wide gap, in the median."""
_GAP = 2.0
"""Gap between two characters, in their height, that ends a line."""
_FAR_DOWN = 20_000.0
"""Points that no page is high."""


@dataclass
class Numbering:
    """The columns of line numbers on the pages so far: on later ones a few numbers there are enough."""

    known: set[tuple[int, int]] = field(default_factory=set)
    """Which of left, middle and right, and where it is, in steps of `_EDGE`."""


@dataclass(frozen=True)
class _Number:
    first: int
    last: int
    value: int
    box: tuple[float, float, float, float]

    @property
    def middle(self) -> float:
        return (self.box[1] + self.box[3]) / 2

    def at(self, edge: int) -> float:
        """The left side, the middle or the right side."""
        return (self.box[0], (self.box[0] + self.box[2]) / 2, self.box[2])[edge]


def line_numbers(
    codes: Integers, boxes: Floats, upright: npt.NDArray[np.bool_], numbering: Numbering
) -> set[int]:
    """Where among a page's characters line numbers stand.

    Args:
        codes: Unicode, n values in the order of the text layer.
        boxes: (n, 4) points, origin top left.
        upright: whether a character is read from left to right.
        numbering: what the pages before had; what this one has is added.
    """
    near = (np.abs(boxes) < _FAR_DOWN).all(axis=1)
    inked = np.flatnonzero((codes > 32) & upright & near)
    numbers = _numbers(codes, boxes, inked)
    if not numbers:
        return set()
    ink = _Ink(boxes[inked], inked)
    found: set[int] = set()
    columns = [(edge, column) for edge in (2, 0, 1) for column in _columns(numbers, edge)]
    for edge, whole in sorted(columns, key=lambda one: -len(one[1])):
        column = [number for number in whole if number.first not in found]
        if not column:
            continue
        place = (edge, round(column[0].at(edge) / _EDGE))
        known = any((edge, place[1] + off) in numbering.known for off in (-1, 0, 1))
        own = ink.line_numbers(column, known=known)
        if own:
            numbering.known.add(place)
            found.update(at for number in own for at in range(number.first, number.last + 1))
    return found


def _numbers(codes: Integers, boxes: Floats, inked: Integers) -> list[_Number]:
    """Runs of digits with space on both sides, as far as the text layer's order tells."""
    if len(inked) < 2:
        return []
    own = codes[inked]
    digit = (own >= 48) & (own <= 57)
    touches = _touches(boxes[inked])
    begins = digit & ~np.concatenate(([False], touches))
    ends = digit & ~np.concatenate((touches, [False]))
    starts, lasts = np.flatnonzero(begins), np.flatnonzero(ends)
    # What touches on both sides is one run; it is a number where all of it is digits.
    order = np.searchsorted(lasts, starts)
    known = order < len(lasts)
    starts, lasts = starts[known], lasts[order[known]]
    counts = np.concatenate(([0], np.cumsum(digit)))
    whole = np.concatenate(([0], np.cumsum(~np.concatenate((touches, [True])))))
    lengths = lasts - starts + 1
    good = (counts[lasts + 1] - counts[starts] == lengths) & (whole[lasts] == whole[starts])
    good &= lengths <= _DIGITS
    found = []
    for start, last in zip(starts[good].tolist(), lasts[good].tolist(), strict=True):
        part = boxes[inked[start : last + 1]]
        box = (*part[:, :2].min(axis=0).tolist(), *part[:, 2:].max(axis=0).tolist())
        value = int("".join(map(chr, own[start : last + 1].tolist())))
        found.append(_Number(int(inked[start]), int(inked[last]), value, box))
    return found


def _touches(boxes: Floats) -> npt.NDArray[np.bool_]:
    """Whether each but the last character touches the next."""
    heights = boxes[:-1, 3] - boxes[:-1, 1]
    beside = np.abs(boxes[1:, 1] + boxes[1:, 3] - boxes[:-1, 1] - boxes[:-1, 3]) < heights
    gap = boxes[1:, 0] - boxes[:-1, 2]
    touches: npt.NDArray[np.bool_] = beside & (gap < _APART * heights) & (gap > -heights)
    return touches


def _columns(numbers: list[_Number], edge: int) -> list[list[_Number]]:
    """Numbers that share an edge, from top to bottom."""
    columns: list[list[_Number]] = []
    for number in sorted(numbers, key=lambda number: number.at(edge)):
        if columns and number.at(edge) - columns[-1][0].at(edge) <= _EDGE:
            columns[-1].append(number)
        else:
            columns.append([number])
    return [sorted(column, key=lambda number: number.middle) for column in columns]


class _Ink:
    """The characters of a page that are printed, row by row."""

    def __init__(self, boxes: Floats, places: Integers) -> None:
        order = np.argsort(boxes[:, 1] + boxes[:, 3], kind="stable")
        self.boxes, self.places = boxes[order], places[order]
        self.middles = (self.boxes[:, 1] + self.boxes[:, 3]) / 2
        self.height = float(np.median(boxes[:, 3] - boxes[:, 1]))

    def line_numbers(self, column: list[_Number], *, known: bool) -> list[_Number]:
        """The numbers of a column that count lines; none where they do not."""
        if not known and (len(column) < _FEW or _rising(column) < _RISING * (len(column) - 1)):
            return []
        sides = [_Side(self, column, to_right=to_right) for to_right in (True, False)]
        side = min(sides, key=lambda side: side.gap)
        return column if side.is_counted(known=known) else []

    def beside(self, middle: float) -> Floats:
        """The boxes of the row at a height."""
        low, high = np.searchsorted(self.middles, (middle - 0.45 * self.height, middle + 0.45 * self.height))
        return self.boxes[low:high]


def _rising(column: list[_Number]) -> int:
    return sum(below.value > above.value for above, below in pairwise(column))


class _Side:
    """What stands to the right or to the left of a column of numbers."""

    def __init__(self, ink: _Ink, column: list[_Number], *, to_right: bool) -> None:
        self.ink, self.column, self.to_right = ink, column, to_right
        self.edge = max(n.box[2] for n in column) if to_right else min(n.box[0] for n in column)
        self.runs = [self._run(number) for number in column]
        gaps = [run[1] for run in self.runs if run[0]]
        self.gap = float(np.median(gaps)) if 2 * len(gaps) > len(column) else np.inf

    def _run(self, number: _Number) -> tuple[int, float]:
        """How many characters stand beside a number up to the first wide gap, and how far off the first one is."""
        row = self.ink.beside(number.middle)
        starts, ends = (row[:, 0], row[:, 2]) if self.to_right else (-row[:, 2], -row[:, 0])
        edge = number.box[2] if self.to_right else -number.box[0]
        beyond = starts > edge - 0.5
        if not beyond.any():
            return (0, np.inf)
        order = np.argsort(starts[beyond])
        starts, ends = starts[beyond][order], ends[beyond][order]
        wide = np.flatnonzero(starts[1:] - np.maximum.accumulate(ends)[:-1] > _GAP * self.ink.height)
        return (int(wide[0]) + 1 if len(wide) else len(starts), float(starts[0] - edge))

    def is_counted(self, *, known: bool) -> bool:
        """Whether the numbers are as far apart as the lines beside them say."""
        letters = [count for count, _ in self.runs if count]
        if not np.isfinite(self.gap) or np.median(letters) < _LETTERS or self.gap < _APART * self.ink.height:
            return False
        if known:
            return True
        rows = self._rows()
        places = [self._row(number, rows) for number in self.column]
        steps = [
            (place - other, number.value - before.value)
            for (before, other), (number, place) in pairwise(zip(self.column, places, strict=True))
        ]
        fitting = sum(0 < step == value for step, value in steps)
        if len(self.column) < _ENOUGH:
            return fitting == len(steps) and places[-1] - places[0] >= _ENOUGH
        spanned = places[-1] - places[0] + 1
        return fitting >= _FITTING * len(steps) and spanned >= _COVERED * len(rows)

    def _rows(self) -> Floats:
        """The heights of the lines beside the numbers."""
        letters = 12 * self.ink.height
        boxes = self.ink.boxes
        off = boxes[:, 0] - self.edge if self.to_right else self.edge - boxes[:, 2]
        tall = boxes[:, 3] - boxes[:, 1] > 0.7 * self.ink.height
        middles = self.ink.middles[tall & (off > -0.5) & (off < self.gap + letters)]
        starts = np.flatnonzero(np.diff(middles, prepend=-np.inf) > 0.45 * self.ink.height)
        counts = np.diff(np.append(starts, len(middles)))
        ends = starts + counts - 1
        rows: Floats = ((middles[starts] + middles[ends]) / 2)[counts > 2]
        return rows

    def _row(self, number: _Number, rows: Floats) -> int:
        return int(np.argmin(np.abs(rows - number.middle))) if len(rows) else -1
