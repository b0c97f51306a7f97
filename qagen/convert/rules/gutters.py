"""Lines that the text layer has across a gutter, because both columns share their baselines, are parted there.

A page may be written row by row over all its columns. What lies far from the letter before it, on the same height, may then be
another column's; it is where the same place is free, or nearly so, over many lines of text on both sides.
"""

import re
from dataclasses import replace

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
        self.free: dict[float, frozenset[int]] = {}

    def is_parted(self, at: int) -> bool:
        """Whether a gutter goes through the gap behind a letter, and through the row above or below it."""
        row = int(self.rows[at])
        first = _STEP * np.ceil(self.right[at] / _STEP)
        places = np.arange(first, self.left[at + 1], _STEP)
        return any(
            {row - 1, row + 1} & self.free_rows(float(place))
            for place in places
            if self.inner[0] < place < self.inner[1]
        )

    def free_rows(self, place: float) -> frozenset[int]:
        """The rows in which a gutter is, with text on both sides; none where there is no gutter at that place."""
        if place not in self.free:
            self.free[place] = self._free_rows(place)
        return self.free[place]

    def _free_rows(self, place: float) -> frozenset[int]:
        count = int(self.rows.max()) + 1
        before = np.bincount(self.rows[self.right <= place], minlength=count)
        behind = np.bincount(self.rows[self.left >= place], minlength=count)
        across = np.bincount(self.rows[(self.left < place) & (self.right > place)], minlength=count)
        free = (before > 0) & (behind > 0) & (across == 0)
        enough = max(_ROWS, int((across > 0).sum()) / _CROSSED)
        if free.sum() < enough or min(np.median(before[free]), np.median(behind[free])) < _LETTERS:
            return frozenset()
        return frozenset(np.flatnonzero(free).tolist())


def _with_line_ends(chars: Characters, places: list[int]) -> Characters:
    codes, boxes = chars.codes.copy(), chars.boxes.copy()
    codes[places] = LINE_END
    boxes[places] = boxes[np.array(places) - 1]  # a blank may be as wide as the gutter
    return replace(chars, codes=codes, boxes=boxes)
