"""Words with boxes become a grid of cells."""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import reduce
from itertools import groupby, pairwise

from qagen.convert.rules.model import Cell, around, squeeze
from qagen.records import BBox

Word = tuple[str, BBox]
ReadWords = Callable[[int, list[int]], list[Word]]
"""(page, places of lines) -> their words with boxes."""

_APART = 0.7
"""Gap between words, in their height, from which they belong to two cells."""
_APART_NUMBERS, _APART_THOUSANDS, _APART_NUMBER = 0.2, 0.35, 0.45
"""The same between two numbers, before what may be the end of a number written with blanks, and between a word and a number."""
_FAR, _APART_CELLS = 1.5, 0.1
"""Gap between two words of a cell, in their height, that is wide, and share of the lines in drawn cells that may have one."""
_MANY = 5
"""Lines that no two cells of a row fill alike."""
_THOUSANDS = re.compile(r"\d{3}(?:[.,]\d+)?")
_FULLEST = 0.9
"""Share of the fullest line's segments from which on a line shows where the columns are."""
_COVERED = 0.6
"""Share of a column's width that a segment has to cover to begin in it, where it reaches the next one."""
_FEW = 0.4
"""Share of the rows below which a column is hardly filled."""
_NUMBER = re.compile(r"[-−–+±<>≤≥~≈]?\s?\d(?:[\d.,]*\d)?(?:\s?[×x·]\s?10\s?[-−–+]?\d*)?\s?%?")


def grid(words: list[Word], bands: tuple[float, ...] = ()) -> tuple[tuple[Cell, ...], ...]:
    """Rows of cells, all of one length; empty where the words do not stand in two columns, in two lines at least.

    Args:
        words: the table's words.
        bands: heights between which the lines are one row, where rules part all rows.
    """
    lines = [_segments(line) for line in _lines(words)]
    columns = _columns(lines)
    if len(columns) < 2 or sum(len(line) > 1 for line in lines) < max(2, 0.3 * len(lines)):
        return ()
    rows = _without_split_cells([_row(line, columns) for line in lines])
    return _banded(rows, bands) if bands else _unwrapped(rows)


def grid_in(
    words: list[Word],
    xs: Sequence[float],
    ys: Sequence[float],
    merged: Sequence[Sequence[int]] = (),
) -> tuple[tuple[Cell, ...], ...]:
    """Rows of cells between drawn edges; several lines in a row are rows if they show it.

    Empty where the words stand apart within the cells, as if their columns were others.

    Args:
        words: the table's words.
        xs: edges across the page.
        ys: edges down the page.
        merged: for each row and column the column with which its cell begins; in rows that are not there each is its own.
    """
    rows = []
    apart = filled = 0
    for line in _lines(words):
        place = bisect_right(ys, (line[0][1][1] + line[0][1][3]) / 2) - 1
        begins = merged[place] if 0 <= place < len(merged) else range(len(xs) - 1)
        cells: list[list[Word]] = [[] for _ in xs[1:]]
        for word in sorted(line, key=lambda word: word[1][0]):
            column = bisect_right(xs, (word[1][0] + word[1][2]) / 2) - 1
            cells[begins[min(max(column, 0), len(cells) - 1)]].append(word)
        filled += sum(map(bool, cells))
        gaps = [_wide_gaps(cell) for cell in cells]
        if max(gaps) > 1:
            # The ticks of an axis.
            return ()
        apart += sum(gaps)
        rows.append(tuple(map(_cell, cells)))
    return _banded(rows, tuple(ys)) if apart <= _APART_CELLS * filled else ()


def _wide_gaps(cell: list[Word]) -> int:
    """Between how many words of a line in a cell there is a wide gap."""
    return sum(
        word[1][0] - before[1][2] > _FAR * (word[1][3] - word[1][1]) for before, word in pairwise(cell)
    )


def _cell(words: list[Word]) -> Cell:
    if not words:
        return Cell("")
    return Cell(squeeze(" ".join(text for text, _ in words)), around([box for _, box in words]))


def _banded(rows: list[tuple[Cell, ...]], bands: tuple[float, ...]) -> tuple[tuple[Cell, ...], ...]:
    """Rows with the lines between two rules put together, unless they show that each is a row."""
    whole: list[tuple[Cell, ...]] = []
    for _, lines in groupby(rows, lambda row: _band(row, bands)):
        band = list(lines)
        whole.extend(_unwrapped(band) if _are_rows(band) else [reduce(_row_joined, band)])
    return tuple(whole)


def _are_rows(band: list[tuple[Cell, ...]]) -> bool:
    """Whether lines are rows of their own: numbers stand above one another, or all of many lines fill all columns."""
    numbers = (
        sum(bool(_NUMBER.fullmatch(cell.text)) for cell in column) for column in zip(*band, strict=True)
    )
    return any(count > 1 for count in numbers) or (
        len(band) >= _MANY and all(cell.box for row in band for cell in row)
    )


def _band(row: tuple[Cell, ...], bands: tuple[float, ...]) -> int:
    boxes = [cell.box for cell in row if cell.box]
    middle = sum(box[1] + box[3] for box in boxes) / (2 * len(boxes))
    return sum(height < middle for height in bands)


def _row_joined(row: tuple[Cell, ...], below: tuple[Cell, ...]) -> tuple[Cell, ...]:
    return tuple(_joined(upper, lower) for upper, lower in zip(row, below, strict=True))


def _unwrapped(rows: list[tuple[Cell, ...]]) -> tuple[tuple[Cell, ...], ...]:
    """Rows of which a cell goes on in the next, as a hyphen at its end shows, put together."""
    whole: list[tuple[Cell, ...]] = []
    for row in rows:
        last = whole[-1] if whole else ()
        broken = any(
            above.text.endswith("-") and len(above.text) > 2 and below.text[:1].islower()
            for above, below in zip(last, row, strict=False)
        )
        if broken:
            whole[-1] = _row_joined(last, row)
        else:
            whole.append(row)
    return tuple(whole)


def _joined(above: Cell, below: Cell) -> Cell:
    if not above.box or not below.box:
        return above if above.box else below
    broken = above.text.endswith("-") and below.text[:1].islower()
    text = above.text[:-1] + below.text if broken else f"{above.text} {below.text}"
    return Cell(text, around([above.box, below.box]))


def _lines(words: list[Word]) -> list[list[Word]]:
    """Words that stand on one line, from top to bottom."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word[1][1] + word[1][3], word[1][0])):
        y0, y1 = word[1][1], word[1][3]
        if lines:
            other = lines[-1][0][1]
            if min(other[3], y1) - max(other[1], y0) > 0.5 * min(other[3] - other[1], y1 - y0):
                lines[-1].append(word)
                continue
        lines.append([word])
    return lines


def _segments(line: list[Word]) -> list[Word]:
    """Words next to each other joined."""
    joined: list[list[Word]] = []
    for word in sorted(line, key=lambda word: word[1][0]):
        height = word[1][3] - word[1][1]
        gap = word[1][0] - max(other[1][2] for other in joined[-1]) if joined else 0.0
        if joined and gap < _apart(joined[-1][-1][0], word[0]) * height:
            joined[-1].append(word)
        else:
            joined.append([word])
    return [
        (squeeze(" ".join(text for text, _ in group)), around([box for _, box in group])) for group in joined
    ]


def _without_split_cells(rows: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """Columns without a head, filled in few rows and never alone, are the ends of the stretched cells before them."""
    for column in range(len(rows[0]) - 1, 0, -1):
        filled = [row for row in rows if row[column].box]
        if (
            not rows[0][column].box
            and len(filled) < _FEW * len(rows)
            and all(row[column - 1].box for row in filled)
        ):
            rows = [
                (*row[: column - 1], _joined(row[column - 1], row[column]), *row[column + 1 :])
                for row in rows
            ]
    return rows


def _apart(before: str, word: str) -> float:
    """The gap, in their height, from which a word is in another cell than the one before: numbers stand alone."""
    if not _NUMBER.fullmatch(word):
        return _APART
    if not _NUMBER.fullmatch(before):
        return _APART_NUMBER
    return _APART_THOUSANDS if _THOUSANDS.fullmatch(word) else _APART_NUMBERS


def _columns(lines: list[list[Word]]) -> list[tuple[float, float]]:
    """Where the segments of the fullest lines stand above one another, and those of others beside all of them.

    Others may span columns, as heads do, or run into them.
    """
    fullest = max((len(line) for line in lines), default=0)
    columns = _merged([box for line in lines if len(line) > max(1, _FULLEST * fullest) for _, box in line])
    more = [
        box
        for line in lines
        if max(1, fullest / 2) < len(line) <= _FULLEST * fullest
        for _, box in line
        if not any(box[0] < x1 and x0 < box[2] for x0, x1 in columns)
    ]
    return sorted([*columns, *_merged(more)])


def _merged(boxes: list[BBox]) -> list[tuple[float, float]]:
    """Boxes as spans across the page, those that overlap put together."""
    columns: list[tuple[float, float]] = []
    for x0, x1 in sorted((box[0], box[2]) for box in boxes):
        if columns and x0 < columns[-1][1] - 1:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    return columns


def _row(line: list[Word], columns: list[tuple[float, float]]) -> tuple[Cell, ...]:
    """A line's segments in their columns."""
    cells: list[list[Word]] = [[] for _ in columns]
    for word in line:
        cells[_column(word[1], columns)].append(word)
    return tuple(map(_cell, cells))


def _column(box: BBox, columns: list[tuple[float, float]]) -> int:
    """The column that a segment shares most with; of those that it runs over, the first, if it covers that."""
    common = [min(box[2], x1) - max(box[0], x0) for x0, x1 in columns]
    touched = [number for number, width in enumerate(common) if width > 1]
    if len(touched) > 1:
        first = touched[0]
        if common[first] > _COVERED * (columns[first][1] - columns[first][0]):
            return first
    middle = (box[0] + box[2]) / 2
    off = [abs(middle - (x0 + x1) / 2) for x0, x1 in columns]
    return max(range(len(columns)), key=lambda number: (common[number], -off[number]))
