"""Lines side by side become rows, rows get their column, and rows that are out of order are put in order."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qagen.convert.rules.model import FULL, Page, Row, TextLine

_SIDE_BY_SIDE = 0.4
"""Share of the lower line's height that two lines of a row have in common."""
_WORD_GAP = 1.6
"""Widest gap inside a row, in font sizes."""
_SMALLER = 0.9
"""Points by which small print is smaller than running text."""
_GAP, _GAPS = 0.7, 6
"""Gap inside a row, in font sizes, that may be a gutter; rows with such a gap from which on it is looked for."""


@dataclass(frozen=True)
class Columns:
    """The columns of a page from left to right, as `(x0, x1)`; one where it has no gutter."""

    spans: tuple[tuple[float, float], ...]

    def of(self, row: Row) -> int:
        """The column a row stands in, FULL where it crosses a gutter."""
        x0, _, x1, _ = row.box
        for gutter in (span[0] for span in self.spans[1:]):
            if x0 < gutter - 4 and x1 > gutter + 4:
                return FULL
        middle = (x0 + x1) / 2
        return max(number for number, span in enumerate(self.spans) if number == 0 or middle >= span[0])

    def width(self, column: int) -> float:
        """In points; of all columns together for FULL."""
        if column == FULL:
            return self.spans[-1][1] - self.spans[0][0]
        return self.spans[column][1] - self.spans[column][0]


def rows_of(page: Page, lines: list[TextLine], body: float) -> tuple[list[Row], Columns]:
    """Rows in reading order, with their columns.

    Args:
        page: the page.
        lines: its lines without furniture, in the order of the content stream.
        body: the document's body size in points.
    """
    rows, columns = _rows_and_columns(page, lines, body)
    rows = [row.in_column(columns.of(row)) for row in rows]
    return _in_order(rows, body), columns


def _rows_and_columns(page: Page, lines: list[TextLine], body: float) -> tuple[list[Row], Columns]:
    rows = _merge(lines)
    columns = _columns(rows, page, body)
    gaps = sum(map(_has_gap, rows))
    if gaps >= _GAPS:
        # What was merged may be the lines of two columns with a narrow gutter.
        apart = _columns([Row((line,)) for line in lines], page, body)
        columns = max(columns, apart, key=lambda found: len(found.spans))
    return _merge(lines, [span[0] for span in columns.spans[1:]]) if gaps else rows, columns


def _has_gap(row: Row) -> bool:
    return any(line.box[0] - before.box[2] > _GAP * before.style.size for before, line in pairwise(row.lines))


def _merge(lines: list[TextLine], edges: Sequence[float] = ()) -> list[Row]:
    """Lines side by side put together, but not over the left edge of a column."""
    groups: list[list[TextLine]] = []
    for line in lines:
        parted = groups and any(groups[-1][-1].box[2] < edge < line.box[0] + 4 for edge in edges)
        if groups and not parted and _continues(groups[-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [Row(tuple(group)) for group in groups]


def _continues(group: list[TextLine], line: TextLine) -> bool:
    last = group[-1]
    if last.upright != line.upright:
        return False
    common = min(last.box[3], line.box[3]) - max(last.box[1], line.box[1])
    gap = line.box[0] - max(other.box[2] for other in group)
    size = max(last.style.size, line.style.size)
    beside = common > _SIDE_BY_SIDE * min(last.height, line.height)
    return beside and -0.5 * line.width - 2 < gap < _WORD_GAP * size


def _columns(rows: list[Row], page: Page, body: float) -> Columns:
    wide = [row for row in rows if row.width > 0.12 * page.width and abs(row.style.size - body) < 1.6]
    cuts = _cuts(wide, 0.0, page.width, page.width, 2)
    x0 = min((row.box[0] for row in wide), default=0.0)
    x1 = max((row.box[2] for row in wide), default=page.width)
    edges = [min(x0, cuts[0] - 1) if cuts else x0, *cuts, max(x1, cuts[-1] + 1) if cuts else x1]
    return Columns(tuple(_shrunk(wide, left, right) for left, right in pairwise(edges)))


def _shrunk(rows: list[Row], left: float, right: float) -> tuple[float, float]:
    """The column's true edges: from the gutter to the longest row that does not cross it."""
    ends = [row.box[2] for row in rows if row.box[0] >= left - 4 and row.box[2] <= right + 4]
    starts = [row.box[0] for row in rows if row.box[0] >= left - 4 and row.box[2] <= right + 4]
    return (min(starts, default=left), max(ends, default=right))


def _cuts(rows: list[Row], left: float, right: float, page_width: float, depth: int) -> list[float]:
    """Gutters between `left` and `right`, ascending; looked for again on both sides."""
    cut = _gutter(rows, left, right, page_width)
    if cut is None or depth == 0:
        return [] if cut is None else [cut]
    on_left = [row for row in rows if row.box[2] <= cut + 2]
    on_right = [row for row in rows if row.box[0] >= cut - 2]
    return [
        *_cuts(on_left, left, cut, page_width, depth - 1),
        cut,
        *_cuts(on_right, cut, right, page_width, depth - 1),
    ]


def _gutter(rows: list[Row], left: float, right: float, page_width: float) -> float | None:
    """The place that splits rows into two columns: many on both sides, few across; the middle may be crossed more."""
    if len(rows) < 8 or right - left < 0.4 * page_width:
        return None
    starts, ends = sorted(row.box[0] for row in rows), sorted(row.box[2] for row in rows)
    best: tuple[float, float, float] | None = None
    step = 2.0
    x = left + 0.22 * (right - left)
    while x < right - 0.22 * (right - left):
        before = bisect_right(ends, x + 2)
        after = len(rows) - bisect_left(starts, x - 2)
        across = max(0, len(rows) - before - after)
        off = abs(x - (left + right) / 2)
        central = off < 0.1 * (right - left)
        enough = 0.15 * len(rows)
        if before >= enough and after >= enough and across <= (0.4 if central else 0.06) * len(rows):
            rank = (across, off, x)
            best = rank if best is None or rank < best else best
        x += step
    return best[2] if best else None


def _in_order(rows: list[Row], body: float) -> list[Row]:
    """The content stream's order, unless it goes up, or jumps back up or between columns, again and again."""
    steps = [below.box[1] - above.box[1] for above, below in pairwise(rows) if above.column == below.column]
    jumps = sum(step < -2 * body for step in steps)
    climbs = sum(step < -0.5 * body for step in steps)
    switches = sum(
        1
        for one, other in pairwise(rows)
        if one.column != other.column and FULL not in (one.column, other.column)
    )
    if climbs <= 0.5 * len(rows) and jumps <= 4 + 0.1 * len(rows) and switches <= 4 + 0.25 * len(rows):
        return _notes_last(rows, body)
    bands: list[list[Row]] = [[]]
    for row in sorted(rows, key=lambda row: row.box[1]):
        if row.column == FULL:
            bands.extend(([row], []))
        else:
            bands[-1].append(row)
    return [
        row for band in bands for row in sorted(band, key=lambda row: (row.column, row.box[1], row.box[0]))
    ]


def _notes_last(rows: list[Row], body: float) -> list[Row]:
    """Small print written before all text that stands above it, such as the licence at the first page's foot, comes last."""
    start = next((n for n, row in enumerate(rows) if row.style.size < body - _SMALLER), len(rows))
    end = start
    while end < len(rows) and rows[end].style.size < body - _SMALLER:
        end += 1
    note, text = rows[start:end], [row for row in rows[end:] if row.style.size >= body - _SMALLER]
    begun = any(abs(row.style.size - body) <= _SMALLER for row in rows[:start])
    if begun or len(note) < 2 or not text or max(row.box[3] for row in text) > note[0].box[1] + 2:
        return rows
    return [*rows[:start], *rows[end:], *note]
