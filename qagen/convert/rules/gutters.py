"""Lines that the text layer has across a gutter, because both columns share their baselines, are parted there.

A page may be written row by row over all its columns. What lies far from the letter before it, on the same height, may then be
another column's; it is where the same place is free, or nearly so, over many lines of text on both sides.
"""

import re
from dataclasses import replace
from functools import cached_property
from math import ceil, floor

import numpy as np
import numpy.typing as npt

from qagen.convert.rules.characters import BLANK, LINE_END, Characters

Floats = npt.NDArray[np.floating]

_WIDE = 0.7
"""Gap between two letters, in their height, that may be a gutter."""
_ROWS = 8
"""Heights at which there is text on both sides of a gutter, at least."""
_CROSSED = 0.5
"""Heights at which text crosses it, over those where it is free, at most: titles, abstracts, wide figures."""
_LETTERS = 14
"""Letters of a line on either side, in the median: two columns of text, not of a table."""
_MARGIN = 0.2
"""Share of the text's width at either side where no gutter is looked for."""
_STEP = 3.0
"""Points from one place that is looked at to the next."""
_FAR = 20_000.0
"""Points that no page is wide or high."""
_CELLS = 1_000_000
"""Places times rows that are looked at in one go."""
_LEVEL = 0.01
"""Radians up to which text is upright."""
_WORD = re.compile(r"[^\W\d_]{2}")


def parted(chars: Characters) -> Characters:
    """A page's characters, with line ends in the place of the blanks that lie over a gutter."""
    # Rows are counted, so letters that a hostile page puts a million points away are left out.
    near = (np.abs(chars.boxes) < _FAR).all(axis=1)
    inked = np.flatnonzero(chars.inked & (np.abs(chars.angles) < _LEVEL) & near)
    if len(inked) < 2 * _ROWS * _LETTERS:
        return chars
    page = _Ink(chars.boxes[inked])
    ends = []
    begun = 0
    text = chars.text
    for at in page.gaps.tolist():
        end = int(inked[at + 1]) - 1
        begun = max(begun, text.rfind("\n", 0, end) + 1)
        # There must be a blank that can become a line end; a number in front of its item is no column.
        if chars.codes[end] == BLANK and _WORD.search(text, begun, end) and page.is_parted(at):
            ends.append(end)
        begun = end + 1
    return _with_line_ends(chars, ends) if ends else chars


class _Ink:
    """The boxes of a page's letters, in the order of the text layer."""

    def __init__(self, boxes: Floats) -> None:
        self.left, self.right = boxes[:, 0], boxes[:, 2]
        middles = (boxes[:, 1] + boxes[:, 3]) / 2
        heights = boxes[:, 3] - boxes[:, 1]
        rows = np.round(middles / max(1.0, float(np.median(heights)))).astype(int)
        self.rows = rows - rows.min()
        beside = np.abs(np.diff(middles)) < 0.5 * heights[:-1]
        self.gaps = np.flatnonzero(beside & (self.left[1:] - self.right[:-1] > _WIDE * heights[:-1]))
        """Letters behind which, on the same height, there is a wide gap."""
        start, end = float(self.left.min()), float(self.right.max())
        self.inner = (start + _MARGIN * (end - start), end - _MARGIN * (end - start))

    def is_parted(self, at: int) -> bool:
        """Whether a gutter goes through the gap behind a letter, and through the row above or below it."""
        row = int(self.rows[at])
        first, end = np.ceil(self.right[at] / _STEP), float(self.left[at + 1]) / _STEP
        beside = {row - 1, row + 1}
        return any(not beside.isdisjoint(self.free.get(place, ())) for place in range(int(first), ceil(end)))

    @cached_property
    def free(self) -> dict[int, frozenset[int]]:
        """The rows in which a gutter is, with text on both sides, by its place in steps; places without a gutter are not in it."""
        first, last = floor(self.inner[0] / _STEP) + 1, ceil(self.inner[1] / _STEP)
        numbers, rows = np.unique(self.rows, return_inverse=True)
        step = max(1, _CELLS // len(numbers))
        found: dict[int, frozenset[int]] = {}
        for start in range(first, last, step):
            places = np.arange(start, min(start + step, last))
            for place, free in zip(places.tolist(), self._free(places, rows, len(numbers)), strict=True):
                if len(free):
                    found[place] = frozenset(numbers[free].tolist())
        return found

    def _free(
        self, places: npt.NDArray[np.intp], rows: npt.NDArray[np.intp], count: int
    ) -> list[npt.NDArray[np.intp]]:
        """The rows in which each of some places is free, among `count` rows; none where too few are."""
        wide = self.right > self.left
        left, right = self.left.astype(np.float64) / _STEP, self.right.astype(np.float64) / _STEP

        def so_far(ends: npt.NDArray[np.floating], of: npt.NDArray[np.bool_] | slice) -> npt.NDArray[np.intp]:
            """How many letters of each row end by each place."""
            at = np.clip(ends[of] - places[0], 0, len(places)).astype(np.intp)
            cells = np.bincount(at * count + rows[of], minlength=(len(places) + 1) * count)
            return cells.reshape(-1, count)[:-1].cumsum(axis=0)

        every = slice(None)
        before, begun = so_far(np.ceil(right), every), so_far(np.floor(left) + 1, every)
        behind = np.bincount(rows, minlength=count) - begun
        # What has no width crosses nothing.
        crossed = (
            begun - before if wide.all() else so_far(np.floor(left) + 1, wide) - so_far(np.ceil(right), wide)
        )
        free = (before > 0) & (behind > 0) & (crossed == 0)
        enough = np.maximum(_ROWS, np.count_nonzero(crossed, axis=1) / _CROSSED)
        found = [np.empty(0, np.intp)] * len(places)
        for at in np.flatnonzero(np.count_nonzero(free, axis=1) >= enough).tolist():
            own = free[at]
            if min(np.median(before[at, own]), np.median(behind[at, own])) >= _LETTERS:
                found[at] = np.flatnonzero(own)
        return found


def _with_line_ends(chars: Characters, places: list[int]) -> Characters:
    codes, boxes = chars.codes.copy(), chars.boxes.copy()
    codes[places] = LINE_END
    boxes[places] = boxes[np.array(places) - 1]  # a blank may be as wide as the gutter
    return replace(chars, codes=codes, boxes=boxes)
