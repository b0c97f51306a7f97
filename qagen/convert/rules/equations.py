"""Displayed formulas come out of the text layer in splinters; those that lie together make one equation.

Its signs often stand in the text layer font by font: they are put in the order in which they are read, from left to right
where space goes through from top to bottom, else from top to bottom.
"""

import re
from dataclasses import replace

from qagen.convert.rules.model import Cell, Kind, Piece
from qagen.convert.rules.patterns import CAPTION, EQUATION_NUMBER, is_well_known
from qagen.convert.rules.tables import ReadWords, Word
from qagen.convert.rules.typography import Typography

_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_LABELLED = re.compile(r"\s*(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}|[A-Z])[.)]?\s+[^\W\d_]{3}")
_SIGN = re.compile(r"[=≈∝≤≥<>∑∫≡∼→±×∂√+∈·−]")
_NEAR = 4.5
"""Distance between splinters that follow each other, in body sizes: a sum's limits, a fraction, a matrix."""
_SPLINTER = 80
"""Characters up to which a piece may be a splinter of a formula."""
_SLACK = 0.15
"""Share of a word's height at its top and bottom in which others may reach: boxes are as high as their fonts."""


def whole(pieces: list[Piece], type_: Typography) -> list[Piece]:
    """A page's pieces in reading order, with the splinters of each formula put together."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        if (
            groups
            and _splinter(piece)
            and all(map(_splinter, groups[-1]))
            and _together(groups[-1], piece, type_)
        ):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return [piece for group in groups for piece in _joined(group)]


def _splinter(piece: Piece) -> bool:
    text = piece.text
    if piece.kind is Kind.EQUATION:
        return True
    if piece.kind not in (Kind.TEXT, Kind.HEADING, Kind.LIST, Kind.FOOTNOTE) or len(text) > _SPLINTER:
        return False
    if is_well_known(text) or CAPTION.match(text) or (piece.kind is Kind.HEADING and _LABELLED.match(text)):
        return False
    return len(_LONG_WORD.findall(text)) <= 1


def _together(group: list[Piece], piece: Piece, type_: Typography) -> bool:
    """Whether a splinter lies in the group's column, not far above or below it."""
    top, bottom = min(other.box[1] for other in group), max(other.box[3] for other in group)
    distance = max(piece.box[1] - bottom, top - piece.box[3])
    same_column = piece.rows[0].column == group[-1].rows[0].column
    return same_column and distance < _NEAR * type_.size


def _joined(group: list[Piece]) -> list[Piece]:
    """One equation, or the pieces as they were where nothing says that they are one."""
    if len(group) == 1:
        return group
    joined = replace(group[0], rows=tuple(row for piece in group for row in piece.rows))
    formula = (
        any(piece.kind is Kind.EQUATION for piece in group)
        or _SIGN.search(joined.text)
        or joined.share("math") > 0.2
        or EQUATION_NUMBER.search(joined.text)
    )
    return [joined.as_kind(Kind.EQUATION)] if formula else group


def in_order(pieces: list[Piece], words: ReadWords) -> list[Piece]:
    """The pieces, each equation with its words in reading order as the cells of one row."""
    ordered = []
    for piece in pieces:
        if piece.kind is Kind.EQUATION:
            places = sorted(line.place for row in piece.rows for line in row.lines)
            cells = tuple(Cell(text, box) for text, box in read_order(words(piece.page, places)))
            ordered.append(replace(piece, cells=(cells,)))
        else:
            ordered.append(piece)
    return ordered


def read_order(words: list[Word]) -> list[Word]:
    """Words cut apart where space goes through, lines first, then what stands side by side."""
    if len(words) < 2:
        return words
    for start, end in ((1, 3), (0, 2)):
        groups = _apart(words, start, end)
        if len(groups) > 1:
            return [word for group in groups for word in read_order(group)]
    return sorted(words, key=lambda word: (word[1][0], word[1][1]))


def _apart(words: list[Word], start: int, end: int) -> list[list[Word]]:
    """Groups of words that do not reach into each other on one axis, in its order."""
    groups: list[list[Word]] = []
    reach = 0.0
    for word in sorted(words, key=lambda word: (word[1][start], word[1][end], word)):
        slack = _SLACK * (word[1][end] - word[1][start]) if start else 0.1
        if groups and word[1][start] + slack < reach:
            groups[-1].append(word)
        else:
            groups.append([word])
            reach = word[1][end] - slack
        reach = max(reach, word[1][end] - slack)
    return groups
