"""Rows of a page become pieces: where one ends and the next begins, by space, fonts, indents and numbers."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from qagen.convert.rules.model import FULL, Kind, Piece, Row
from qagen.convert.rules.patterns import BULLET, CAPTION, ITEM, REFERENCE, SENTENCE_END, is_well_known
from qagen.convert.rules.typography import Typography

_CAP, _CAP_LINES = 1.7, 5
"""How much larger than its line a drop cap is, and lines beside which it is not."""
_NAMED = re.compile(r"\d(?:\.\d+)+\.? \S+$")
_SUBSECTION = re.compile(r"\d(?:\.\d+)+\.? [A-Z]")


@dataclass(frozen=True)
class Setting:
    """How a page is set: the usual distance from row to row, and each column's usual edges, in points."""

    leading: float
    edges: dict[int, tuple[float, float]]

    def edge(self, row: Row) -> tuple[float, float]:
        """The usual left and right edge where a row stands."""
        return self.edges.get(row.column, (row.box[0], row.box[2]))


def setting_of(rows: list[Row], type_: Typography) -> Setting:
    """Measure a page's rows, given in reading order."""
    pitches = [
        below.box[1] - above.box[1]
        for above, below in pairwise(rows)
        if above.column == below.column
        and 0.5 * type_.size < below.box[1] - above.box[1] < 3 * type_.size
        and abs(above.style.size - below.style.size) < 0.6
    ]
    edges = {}
    for column in {row.column for row in rows}:
        body = [row for row in rows if row.column == column and type_.is_body_size(row.style.size)]
        if body:
            left = Counter(round(row.box[0]) for row in body).most_common(1)[0][0]
            right = Counter(round(row.box[2]) for row in body).most_common(1)[0][0]
            edges[column] = (float(left), float(right))
    return Setting(median(pitches) if pitches else 1.2 * type_.size, edges)


def pieces_of(rows: list[Row], page: int, type_: Typography) -> list[Piece]:
    """Cut a page's rows, in reading order, into pieces; all are Text until they are looked at."""
    setting = setting_of(rows, type_)
    groups: list[list[Row]] = []
    for row in rows:
        if groups and not _Break(groups[-1], row, setting, type_).found():
            groups[-1].append(row)
        else:
            groups.append([row])
    return [Piece(Kind.TEXT, page, tuple(group)) for group in groups]


def _has_drop_cap(row: Row) -> bool:
    """Whether a row begins with a large letter, beside which the next ones are set in."""
    spans = row.lines[0].spans
    return bool(
        spans and len(spans[0].text.strip()) == 1 and spans[0].font.shown > _CAP * max(1.0, row.style.size)
    )


class _Break:
    """Whether a row begins a new piece after `group`; each method is one reason."""

    def __init__(self, group: list[Row], row: Row, setting: Setting, type_: Typography) -> None:
        self.group = group
        self.last = group[-1]
        self.row = row
        self.setting = setting
        self.type = type_
        self.pitch = row.box[1] - self.last.box[1]
        self.gap = row.box[1] - self.last.box[3]
        self.left, self.right = setting.edge(row)
        self.math = max(row.style.math, self.last.style.math) >= 0.4

    def found(self) -> bool:
        last, row = self.last, self.row
        common = min(last.box[3], row.box[3]) - max(last.box[1], row.box[1])
        if common > 0.4 * min(last.box[3] - last.box[1], row.box[3] - row.box[1]):
            apart = 2.5 * self.type.size
            return row.box[0] - last.box[2] > apart or row.box[2] < last.box[0] - apart
        return (
            self.moves()
            or self.well_known()
            or self.space()
            or self.fonts()
            or self.label()
            or self.indent()
            or self.short_end()
        )

    def moves(self) -> bool:
        """Up, to another column, or from text to text up the side."""
        last, row = self.last, self.row
        if self.pitch < -0.5 * self.setting.leading or last.main.upright != row.main.upright:
            return True
        return last.column != row.column and FULL not in (last.column, row.column)

    def well_known(self) -> bool:
        """A heading such as "Results", or "3.1. readData" in the type of code, on a line of its own."""
        if is_well_known(self.row.text):
            return True
        last = self.last.style
        if (
            len(self.group) == 1
            and _NAMED.match(self.last.text)
            and last.bold > 0
            and last.bold + last.mono > 0.9
        ):
            return self.gap > 0.2 * self.type.size
        return len(self.group) == 1 and is_well_known(self.last.text)

    def space(self) -> bool:
        """More space than the group has between its own rows."""
        big = max(self.last.style.size, self.row.style.size, self.type.size)
        own = [below.box[1] - above.box[1] for above, below in pairwise(self.group)]
        usual = median(own) if len(own) > 1 else self.setting.leading * max(1.0, big / self.type.size)
        tolerance = 2.0 if self.math or min(len(self.last.text), len(self.row.text)) <= 3 else 1.45
        return self.pitch > tolerance * max(usual, 0.9 * big) and self.gap > 0.35 * big

    def fonts(self) -> bool:
        """A change of size, to or from bold, to or from a display font."""
        last, row = self.last, self.row
        if self.math or min(len(last.text), len(row.text)) <= 2:
            return False
        big = max(last.style.size, row.style.size, self.type.size)
        if abs(row.style.size - last.style.size) > max(1.3, 0.13 * big):
            return True
        if _SUBSECTION.match(row.text) and min(row.style.bold, last.style.bold) > 0.85:
            return True
        return self.bold_changes() or self.display_changes()

    def bold_changes(self) -> bool:
        last, row = self.last, self.row
        if CAPTION.match(self.group[0].text) and self.group[0].style.bold > 0.2:
            return False
        if last.style.bold > 0.85 and row.style.bold < 0.5:
            return len(self.group) <= 3 or len(row.text) > 25
        if row.style.bold > 0.85 and last.style.bold < 0.5:
            near = row.box[0] < last.box[0] + 4 * self.type.size
            return near and (bool(SENTENCE_END.search(last.text)) or len(last.text) <= 60)
        return False

    def display_changes(self) -> bool:
        last, row, type_ = self.last, self.row, self.type
        to_body = row.style.font in type_.body_fonts and last.style.font in type_.display_fonts
        if to_body and last.style.pure and last.style.size >= type_.size - 0.6 and len(self.group) <= 3:
            return len(row.text) > 20 and bool(re.match(r"[A-Z0-9]", self.group[0].text))
        to_display = row.style.font in type_.display_fonts and last.style.font in type_.body_fonts
        if to_display and row.style.pure and row.style.size >= type_.size - 0.6:
            return bool(re.match(r"[A-Z0-9]", row.text) and re.search(r"[.?!:)\]\d]$", last.text))
        return False

    def label(self) -> bool:
        """A caption, a bullet, the next number of a list, the next reference."""
        text = self.row.text
        caption = CAPTION.match(text)
        if caption and self.row.box[0] <= min(row.box[0] for row in self.group) + 2:
            bold = self.row.style.bold > 0.2 and self.last.style.bold <= 0.2
            ended = bool(caption["mark"]) and bool(SENTENCE_END.search(self.last.text))
            if bold or ((ended or self.gap > 0.6 * self.type.size) and self.gap > 0.15 * self.type.size):
                return True
        if BULLET.match(text):
            return True
        return self.next_number()

    def next_number(self) -> bool:
        first, own = self.group[0], self.row
        if own.box[0] > first.box[0] + 0.9 * self.type.size:
            return False
        for pattern in (REFERENCE, ITEM):
            if pattern.match(own.text) and pattern.match(first.text):
                before, now = re.search(r"\d+", first.text), re.search(r"\d+", own.text)
                if before and now and 0 < int(now[0]) - int(before[0]) <= 3:
                    return True
        return False

    def indent(self) -> bool:
        """A first line that is set in, after a line at the edge that ends a sentence or is short."""
        last, row, size = self.last, self.row, self.type.size
        if len(self.group) < _CAP_LINES and _has_drop_cap(self.group[0]):
            return False
        set_in = 0.6 * size < row.box[0] - self.left < 4.5 * size
        if not set_in or abs(last.box[0] - self.left) >= 0.5 * size or row.style.math >= 0.4:
            return False
        if not self.type.is_body_size(row.style.size):
            return False
        return bool(SENTENCE_END.search(last.text)) or last.box[2] < self.right - 2 * size

    def short_end(self) -> bool:
        """A short last line, then a line at the edge that begins a sentence after some extra space."""
        last, row = self.last, self.row
        short = last.box[2] < self.right - 0.25 * (self.right - self.left)
        begins = abs(row.box[0] - self.left) < 3 and re.match(r"[A-Z\[\d•]", row.text)
        return bool(short and begins and re.search(r"[.?!]$", last.text) and self.gap > 0.25 * self.type.size)
