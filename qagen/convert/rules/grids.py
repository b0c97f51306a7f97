"""Tables whose cells are drawn: as boxes, filled or framed, as rows of a colour, or as lines that cross.

What touches is one drawing. Its edges that run through at least half of it make a lattice, and the words say whether that is a
table: they stand in the cells, in two columns at least. The boxes of a flow chart have space between them, the bars of a chart have no
edges in common, and the squares of a plot's background are empty.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import numpy as np
import numpy.typing as npt

from qagen.convert.rules.model import Cell, around
from qagen.convert.rules.tables import Word, grid, grid_in
from qagen.records import BBox

Floats = npt.NDArray[np.float64]

_TOUCH = 3.0
"""Points between edges that are one."""
_STEP = 4.0
"""Points of the raster on which drawings that touch are found."""
_THIN = 2.5
"""Points that a line is thick at most."""
_LOW = 6.0
"""Points that a row or column is high or wide at least."""
_THROUGH = 0.5
"""Share of the lattice through which an edge runs."""
_NEXT = 1.4
"""How far below a row of a colour the next one may be, in its height, with one of no colour between them."""
_LINE, _ROW = 20.0, 30.0
"""Points that a row between a line and a lattice may be high, and that a usual row is high at most."""
_MOST_EDGES = 120
"""Edges in one direction that a table may have."""
_MOST_BOXES = 2000
"""Boxes of a page that are looked at; a map has more."""
_FILLED, _TWO = 0.4, 0.6
"""Share of a table's cells that have text, and of its rows that have it in two cells."""
_LONG, _LONGEST = 200, 1200
"""Characters of a table's cell, in the mean and at most: beyond them boxes frame running text."""


@dataclass(frozen=True)
class Grid:
    """A lattice: its edges across and down the page, in points, and which of its columns and rows something fills."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    gaps: bool = False
    """Whether a column between two others is not drawn at all."""
    striped: bool = False
    """Whether a row between two others is not drawn at all, because only every second one has a colour."""

    merged: tuple[tuple[int, ...], ...] = ()
    """For each row and column the column with which its cell begins: another one where no edge parts them in that row."""

    @property
    def box(self) -> BBox:
        """Around all of it."""
        return (self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    @property
    def next_row(self) -> BBox:
        """Where one more row is below the last, if it has no colour."""
        height = median(below - above for above, below in pairwise(self.ys))
        return (self.xs[0], self.ys[-1], self.xs[-1], self.ys[-1] + height)

    def with_next_row(self) -> "Grid":
        """With one more row below the last."""
        return replace(self, ys=(*self.ys, self.next_row[3]))


def grids(boxes: Sequence[BBox]) -> list[Grid]:
    """The lattices that a page's boxes and lines make, each of two rows at least.

    Args:
        boxes: around the boxes and lines.
    """
    if not 2 <= len(boxes) <= _MOST_BOXES:
        return []
    parts = _bridged(_touching(np.array(boxes)))
    return [found for part in parts if (found := _lattice(part))]


def cells_of(found: Grid, words: Sequence[Word]) -> tuple[tuple[Cell, ...], ...]:
    """The words in the cells of a lattice, row by row; empty where they make no table of it."""
    if len(found.xs) > 2:
        rows = grid_in(list(words), found.xs, found.ys, found.merged)
        rows = _without_empty(rows)
    else:
        rows = grid(list(words), found.ys)
    return rows if _is_table(rows, found) else ()


def _is_table(rows: tuple[tuple[Cell, ...], ...], found: Grid) -> bool:
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    lengths = [len(cell.text) for row in rows for cell in row if cell.text]
    two = sum(sum(bool(cell.text) for cell in row) > 1 for row in rows)
    return (
        len(lengths) >= _FILLED * len(rows) * len(rows[0])
        and two >= _TWO * len(rows)
        and sum(lengths) <= _LONG * len(lengths)
        and max(lengths) <= _LONGEST
        and not (found.gaps and len(rows[0]) < len(found.xs) - 1)
    )


def _without_empty(rows: tuple[tuple[Cell, ...], ...]) -> tuple[tuple[Cell, ...], ...]:
    """Without columns that have no text at all."""
    kept = [number for number in range(len(rows[0]) if rows else 0) if any(row[number].text for row in rows)]
    return tuple(tuple(row[number] for number in kept) for row in rows)


def _touching(boxes: Floats) -> list[Floats]:
    """Boxes that touch, put together."""
    boxes = boxes[np.argsort(boxes[:, 1])]
    labels = np.arange(len(boxes))
    # The boxes are in the order of their tops: those behind an end begin below the box.
    ends = np.searchsorted(boxes[:, 1], boxes[:, 3] + _TOUCH, side="right").tolist()
    for number, end in enumerate(ends):
        later = boxes[number + 1 : end]
        near = (later[:, 0] <= boxes[number, 2] + _TOUCH) & (later[:, 2] >= boxes[number, 0] - _TOUCH)
        for label in set(labels[number + 1 : end][near].tolist()) - {int(labels[number])}:
            labels[labels == label] = labels[number]
    return [boxes[labels == label] for label in dict.fromkeys(labels.tolist())]


@dataclass
class _Stack:
    """Parts above one another that are one drawing: the box around them, and how high their rows are."""

    parts: list[Floats]
    box: BBox
    height: float

    def takes(self, box: BBox, height: float) -> bool:
        """Whether a part below is one row away: a row of no colour, or one between a line and what has rows."""
        a0, _, a1, bottom = self.box
        x0, top, x1, _ = box
        if abs(a0 - x0) >= _TOUCH or abs(a1 - x1) >= _TOUCH or not top - bottom >= 0:
            return False
        if not self.height and not height:
            return False
        reach = _NEXT * max(self.height, height)
        return top - bottom <= (reach if self.height and height else max(_LINE, reach))


def _bridged(parts: list[Floats]) -> list[Floats]:
    """Parts of one width above one another with a row that is not drawn between them, put together."""
    boxed = sorted(((_around(part), part) for part in parts), key=lambda one: one[0][1])
    stacks: dict[int, list[_Stack]] = defaultdict(list)
    for box, part in boxed:
        height, place = _row_height(part), round(box[0] / _TOUCH)
        near = [stack for off in (-1, 0, 1) for stack in stacks.get(place + off, ())]
        stack = next((stack for stack in near if stack.takes(box, height)), None)
        if stack is None:
            stacks[place].append(_Stack([part], box, height))
        else:
            stack.parts.append(part)
            stack.box = around([stack.box, box])
            stack.height = max(stack.height, height)
    return [np.concatenate(stack.parts) for group in stacks.values() for stack in group]


def _row_height(part: Floats) -> float:
    """The height of what is higher than a line, in the median; 0 where there are lines alone."""
    heights = part[:, 3] - part[:, 1]
    tall = heights[heights >= _LOW]
    return min(float(np.median(tall)), _ROW) if len(tall) else 0.0


def _around(part: Floats) -> tuple[float, float, float, float]:
    return (
        float(part[:, 0].min()),
        float(part[:, 1].min()),
        float(part[:, 2].max()),
        float(part[:, 3].max()),
    )


def _lattice(part: Floats) -> Grid | None:
    if len(part) < 2:
        return None
    x0, y0, x1, y1 = _around(part)
    if x1 - x0 < 4 * _LOW or y1 - y0 < 2 * _LOW:
        return None
    xs = _edges(part[:, [0, 2]], part[:, [1, 3]], y1 - y0)
    ys = _edges(part[:, [1, 3]], part[:, [0, 2]], x1 - x0)
    if len(xs) < 2 or len(ys) < 3 or max(len(xs), len(ys)) > _MOST_EDGES:
        return None
    if xs[0] - x0 > _LOW or x1 - xs[-1] > _LOW:
        # Lines that go on past the last column: not all columns are drawn.
        return None
    tall = (part[:, 2] - part[:, 0] >= _THIN) & (part[:, 3] - part[:, 1] >= _THIN)
    cells, lines = part[tall], part[~tall]
    merged = _one_cell(part, cells, xs, ys)
    if not len(cells) or len(lines) >= len(cells):
        return Grid(tuple(xs), tuple(ys), merged=merged)
    apart = _is_apart(cells[:, [0, 2]], xs), _is_apart(cells[:, [1, 3]], ys)
    return Grid(tuple(xs), tuple(ys), *apart, merged)


def _one_cell(part: Floats, cells: Floats, xs: list[float], ys: list[float]) -> tuple[tuple[int, ...], ...]:
    """Which columns are one cell in which row; all are parted in a row that has neither a box nor an edge."""
    found = []
    for top, bottom in pairwise(ys):
        middle = (top + bottom) / 2
        beside = part[(part[:, 1] < middle) & (part[:, 3] > middle)]
        parted = [bool((np.abs(beside[:, [0, 2]] - edge) <= _TOUCH).any()) for edge in xs[1:-1]]
        low = cells[:, 3] - cells[:, 1] < 1.5 * (bottom - top)
        if (
            not any(parted)
            and len(cells)
            and not (low & (cells[:, 1] < middle) & (cells[:, 3] > middle)).any()
        ):
            parted = [True] * len(parted)
        row = [0]
        for number, wall in enumerate(parted, start=1):
            row.append(number if wall else row[-1])
        found.append(tuple(row))
    return tuple(found)


def _edges(sides: Floats, along: Floats, length: float) -> list[float]:
    """Where the sides of boxes, and thin boxes, run through enough of the whole.

    Args:
        sides: (n, 2) where each box begins and ends across the edges.
        along: (n, 2) the same along them.
        length: of the whole, along them.
    """
    thin = sides[:, 1] - sides[:, 0] < _THIN
    middles = sides[thin].mean(axis=1)
    places = np.concatenate((sides[~thin].ravel(), middles))
    spans = np.concatenate((np.repeat(along[~thin], 2, axis=0), along[thin]))
    order = np.argsort(places)
    places, spans = places[order], spans[order]
    starts = np.flatnonzero(np.diff(places, prepend=-np.inf) > _TOUCH)
    edges = []
    for start, end in pairwise([*starts.tolist(), len(places)]):
        if _covered(spans[start:end]) >= _THROUGH * length:
            edges.append(float(places[start:end].mean()))
    return [edge for number, edge in enumerate(edges) if number == 0 or edge - edges[number - 1] >= _LOW]


def _covered(spans: Floats) -> float:
    """How much of a line spans cover together."""
    total, reached = 0.0, -np.inf
    for start, end in sorted(map(tuple, spans.tolist())):
        if end > reached:
            total += end - max(start, reached)
            reached = end
    return total


def _is_apart(sides: Floats, edges: list[float]) -> bool:
    """Whether there is a place between two edges where no box is."""
    middles = [(one + other) / 2 for one, other in pairwise(edges)]
    return any(not ((sides[:, 0] < middle) & (sides[:, 1] > middle)).any() for middle in middles)
