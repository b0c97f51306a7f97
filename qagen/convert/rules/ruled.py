"""Tables between ruling lines: next to their caption, or by their rules alone."""

import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from qagen.convert.rules.model import Page, Row, overlap
from qagen.convert.rules.patterns import CAPTION, NUMBERED, is_table, is_well_known
from qagen.convert.rules.rows import Columns
from qagen.convert.rules.typography import Typography
from qagen.records import BBox

_GRID = 3
"""Rules of one length above one another that make a table without a caption."""
_WIDE = 0.35
"""Share of the page's width from which on a rule may be such a table's."""
_BANDS = 4
"""Rules from which on they may part all rows of a table, so that what stands between two is one row."""
_ROW = 90.0
"""Points that a row may be high."""


@dataclass(frozen=True)
class Ruled:
    """A table's box; `bands` are the heights of the rules that part its rows, where all rows are parted."""

    box: BBox
    bands: tuple[float, ...] = ()


def tables(page: Page, rows: list[Row], columns: Columns, type_: Typography) -> list[Ruled]:
    """The page's tables: those next to a table's caption first, then what else rules make a grid of."""
    rules = _joined_rules(page.rules)
    found: list[BBox] = []
    for caption in rows:
        match = CAPTION.match(caption.text)
        if not match or not is_table(caption.text):
            continue
        box = _below(caption, rules, rows, columns, type_) or _above(caption, rules, rows, columns, type_)
        if box and not any(overlap(box, other) for other in found):
            found.append(box)
    wide = [rule for rule in rules if rule[2] - rule[0] > _WIDE * page.width]
    for box in _grids(wide, rows, columns):
        # The lines of a plot are no table's.
        if not any(overlap(box, other) for other in (*found, *page.drawings)):
            found.append(box)
    return [Ruled(box, _bands(box, rules, rows)) for box in found]


def _grids(rules: list[BBox], rows: list[Row], columns: Columns) -> list[BBox]:
    """Boxes around rules that are equally long, with rows of cells between each two."""
    found = []
    rest = sorted(rules, key=lambda rule: rule[1])
    while rest:
        stack = [rest.pop(0)]
        for rule in list(rest):
            same = abs(rule[0] - stack[0][0]) < 3 and abs(rule[2] - stack[0][2]) < 3
            if same and 6 < rule[1] - stack[-1][1] < _ROW and _are_cells(stack[-1], rule, rows, columns):
                stack.append(rule)
                rest.remove(rule)
        if len(stack) >= _GRID:
            x0, y0, x1, _ = stack[0]
            found.append((x0 - 6, y0 - 1, x1 + 6, stack[-1][3] + 1))
    return found


def _between(top: BBox, bottom: BBox, rows: list[Row]) -> list[Row]:
    return [
        row
        for row in rows
        if top[1] < row.center[1] < bottom[1] and row.box[0] > top[0] - 12 and row.box[2] < top[2] + 12
    ]


def _are_cells(top: BBox, bottom: BBox, rows: list[Row], columns: Columns) -> bool:
    between = _between(top, bottom, rows)
    return bool(between) and not any(
        _is_running_text(row, columns) or is_well_known(row.text) or CAPTION.match(row.text)
        for row in between
    )


def _bands(box: BBox, rules: list[BBox], rows: list[Row]) -> tuple[float, ...]:
    inner = [
        rule for rule in rules if overlap(rule, box) and rule[2] - rule[0] > 0.9 * (box[2] - box[0] - 12)
    ]
    if len(inner) < _BANDS:
        return ()
    inner.sort(key=lambda rule: rule[1])
    lines = [len({round(row.center[1] / 4) for row in _between(a, b, rows)}) for a, b in pairwise(inner)]
    return tuple(rule[1] for rule in inner) if median(lines) <= 3 else ()


def _joined_rules(rules: tuple[BBox, ...]) -> list[BBox]:
    """Rules at one height whose ends meet, joined: many tables draw theirs cell by cell."""
    heights: list[list[BBox]] = []
    for rule in sorted(rules, key=lambda rule: rule[1]):
        if heights and rule[1] - heights[-1][0][1] < 1.5:
            heights[-1].append(rule)
        else:
            heights.append([rule])
    joined: list[BBox] = []
    for height in heights:
        run: list[BBox] = []
        for rule in sorted(height):
            if run and rule[0] < run[-1][2] + 5:
                run[-1] = (run[-1][0], run[-1][1], max(run[-1][2], rule[2]), max(run[-1][3], rule[3]))
            else:
                run.append(rule)
        joined.extend(run)
    return [rule for rule in joined if rule[2] - rule[0] > 40]


def _below(
    caption: Row, rules: list[BBox], rows: list[Row], columns: Columns, type_: Typography
) -> BBox | None:
    near = sorted(
        (rule for rule in rules if rule[1] > caption.box[1] and _beside(rule, caption)),
        key=lambda rule: rule[1],
    )
    return _stack(near, rows, columns, type_, reach=12 * type_.size, edge=caption.box[3])


def _above(
    caption: Row, rules: list[BBox], rows: list[Row], columns: Columns, type_: Typography
) -> BBox | None:
    near = sorted(
        (rule for rule in rules if rule[1] < caption.box[1] and _beside(rule, caption)),
        key=lambda rule: -rule[1],
    )
    return _stack(near, rows, columns, type_, reach=3 * type_.size, edge=caption.box[1])


def _beside(rule: BBox, caption: Row) -> bool:
    return rule[2] > caption.box[0] - 10 and rule[0] < caption.box[2] + 10


def _stack(
    rules: list[BBox], rows: list[Row], columns: Columns, type_: Typography, *, reach: float, edge: float
) -> BBox | None:
    """The box from the first rule to the last with rows of cells, not running text, in between."""
    if not rules or abs(rules[0][1] - edge) > reach:
        return None
    first = rules[0]
    stack = [first]
    for rule in rules[1:]:
        if not _alike(rule, first):
            continue
        top, bottom = sorted((stack[-1][1], rule[1]))
        between = _between((first[0], top, first[2], top), (first[0], bottom, first[2], bottom), rows)
        text = sum(1 for row in between if _is_running_text(row, columns))
        headed = any(is_well_known(row.text) for row in between)
        prose = text > 1 and text > 0.4 * len(between) and not _closes(rule, rules)
        if (not between and bottom - top > 30) or headed or prose:
            break
        stack.append(rule)
    top, bottom = min(rule[1] for rule in stack), max(rule[1] for rule in stack)
    if bottom - top < 6:
        return None
    left, right = min(rule[0] for rule in stack), max(rule[2] for rule in stack)
    if first[1] == top:
        bottom = _open_end((left, top, right, bottom), rows, columns, type_)
    return (left - 6, top - 1, right + 6, bottom + 1)


def _closes(rule: BBox, rules: list[BBox]) -> bool:
    """Whether a rule is one of three or more of just one length and place: top, head and foot of a table of text."""
    same = [other for other in rules if abs(other[0] - rule[0]) < 1 and abs(other[2] - rule[2]) < 1]
    return len(same) >= _GRID


def _alike(rule: BBox, first: BBox) -> bool:
    """Whether two rules can be of one table: about as long and above one another, or a shorter one for some columns."""
    if rule[0] > first[0] - 3 and rule[2] < first[2] + 3:
        return True
    common = min(rule[2], first[2]) - max(rule[0], first[0])
    longer, shorter = sorted((rule[2] - rule[0], first[2] - first[0]), reverse=True)
    return common > 0.5 * shorter and longer < 1.7 * shorter


def _open_end(box: BBox, rows: list[Row], columns: Columns, type_: Typography) -> float:
    """Where a table ends that has no rule below its last row: at running text, a caption, a heading, a gap."""
    bottom = box[3]
    below = sorted(
        (
            row
            for row in rows
            if row.center[1] > box[3] and box[0] - 12 < row.box[0] and row.box[2] < box[2] + 12
        ),
        key=lambda row: row.box[1],
    )
    for row in below:
        small = row.style.size < type_.size - 0.4
        headed = is_well_known(row.text) or (NUMBERED.match(row.text) is not None and not small)
        too_far = row.box[1] - bottom > (2.2 if small else 1.2) * row.style.size
        if too_far or headed or CAPTION.match(row.text) or _is_running_text(row, columns):
            break
        bottom = max(bottom, row.box[3])
    return bottom


def _is_running_text(row: Row, columns: Columns) -> bool:
    """Many words over the width of a column: no row of cells, whatever its size."""
    words = re.findall(r"[^\W\d_]{3,}", row.text)
    return len(words) >= 6 and row.width > 0.75 * columns.width(row.column)
