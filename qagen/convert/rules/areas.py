"""Figures and tables of a page: which rows are parts of drawings, and which make a table."""

from dataclasses import dataclass, replace

from qagen.convert.rules import ruled
from qagen.convert.rules.grids import Grid, cells_of, grids
from qagen.convert.rules.model import FULL, Kind, Page, Piece, Row, inside, overlap
from qagen.convert.rules.patterns import CAPTION, NUMBERED, ROMAN, is_table, is_well_known
from qagen.convert.rules.rows import Columns
from qagen.convert.rules.tables import ReadWords, grid
from qagen.convert.rules.typography import Typography
from qagen.records import BBox

_NEAR = 40.0
"""Points between a figure and its caption."""
_PART = 8.0
"""Points that a row of a table is high at least."""
_LABEL = 60
"""Characters that a figure's label has at most."""


@dataclass(frozen=True)
class Areas:
    """A page's rows, sorted out; `rest` is in reading order, and `page` has no drawings where there are tables."""

    page: Page
    rest: list[Row]
    tables: list[Piece]
    figures: list[Piece]


def sort_out(page: Page, rows: list[Row], columns: Columns, type_: Typography, words: ReadWords) -> Areas:
    """Take the rows of tables and figures out of a page's rows."""
    between_rules = [found.box for found in ruled.tables(page, rows, columns, type_)]
    drawn, rest = _drawn_tables(page, rows, words, between_rules)
    tables = [table for _, table in drawn]
    boxes = [box for box, _ in drawn]
    page = replace(page, drawings=tuple(box for box in page.drawings if not _is_in(box, boxes)))
    for found in ruled.tables(page, rest, columns, type_):
        own = [row for row in rest if inside(row.center, found.box, 3)]
        table = table_piece(page.index, own, words, found.bands)
        if table:
            tables.append(table)
            rest = [row for row in rest if row not in own]
    figures = []
    for box in _figures(page, rest, columns, type_):
        own = [row for row in rest if inside(row.center, box) and not _is_text(row, columns, type_)]
        own = _without_prose_ends(own, rest, type_)
        if own:
            figures.append(Piece(Kind.FIGURE, page.index, tuple(own)))
            rest = [row for row in rest if row not in own]
    return Areas(page, rest, tables, figures)


def _drawn_tables(
    page: Page, rows: list[Row], words: ReadWords, between_rules: list[BBox]
) -> tuple[list[tuple[BBox, Piece]], list[Row]]:
    """The tables whose cells are drawn, with their boxes, and the rows that are left.

    What is only part of a table that its rules and its caption show is left to these.
    """
    found = []
    rest = rows
    for lattice in sorted(grids(page.boxes), key=lambda lattice: lattice.box[1]):
        if lattice.striped and any(_is_next(row, lattice) for row in rest):
            lattice = lattice.with_next_row()
        own = [row for row in rest if inside(row.center, lattice.box)]
        if len(own) < 2 or _is_figure(lattice.box, rest, own) or _is_part(lattice.box, between_rules):
            continue
        places = sorted(line.place for row in own for line in row.lines)
        cells = cells_of(lattice, words(page.index, places))
        if cells:
            found.append((lattice.box, Piece(Kind.TABLE, page.index, tuple(own), cells=cells)))
            rest = [row for row in rest if row not in own]
    return found, rest


def _is_next(row: Row, lattice: Grid) -> bool:
    """Whether a row is a table's last, below a row of a colour: in its place, and not as wide as text."""
    x0, y0, x1, y1 = lattice.next_row
    within = x0 <= row.box[0] and row.box[2] <= x1 and y0 <= row.box[1] and row.box[3] <= y1
    return within and not CAPTION.match(row.text) and row.width < 0.9 * (x1 - x0)


def _is_figure(box: BBox, rows: list[Row], own: list[Row]) -> bool:
    """Whether the caption next to a box is a figure's."""
    near = [
        (distance, row.text)
        for row in rows
        if CAPTION.match(row.text)
        and not any(row is other for other in own)
        and row.box[0] < box[2]
        and row.box[2] > box[0]
        and -3 < (distance := max(row.box[1] - box[3], box[1] - row.box[3])) < _NEAR
    ]
    return bool(near) and not is_table(min(near)[1])


def _is_part(box: BBox, others: list[BBox]) -> bool:
    """Whether a box is in one of the others that is higher by a row."""
    return any(
        overlap(box, other)
        and other[1] < box[1] + _PART
        and box[3] < other[3] + _PART
        and other[3] - other[1] > box[3] - box[1] + _PART
        for other in others
    )


def _is_in(box: BBox, others: list[BBox]) -> bool:
    """Whether most of a box is in one of the others."""
    size = (box[2] - box[0]) * (box[3] - box[1])
    return any(
        max(0.0, min(box[2], other[2]) - max(box[0], other[0]))
        * max(0.0, min(box[3], other[3]) - max(box[1], other[1]))
        > 0.5 * size
        for other in others
    )


def table_piece(page: int, rows: list[Row], words: ReadWords, bands: tuple[float, ...] = ()) -> Piece | None:
    """A table of some rows, or None where they have no two columns; `bands` are heights that part its rows."""
    if len(rows) < 2 or sum(len(row.text) > 90 for row in rows) > 0.7 * len(rows):
        return None
    places = sorted(line.place for row in rows for line in row.lines)
    cells = grid(words(page, places), bands)
    return Piece(Kind.TABLE, page, tuple(rows), cells=cells) if cells else None


def _is_text(row: Row, columns: Columns, type_: Typography) -> bool:
    """Rows that no drawing swallows: running text, captions, large headings."""
    return (
        type_.is_prose(row, columns.width(row.column))
        or bool(CAPTION.match(row.text))
        or (row.style.size > type_.size + 2 and len(row.text) > 25)
    )


def _figures(page: Page, rows: list[Row], columns: Columns, type_: Typography) -> list[BBox]:
    """Drawn areas; one with much running text inside is a background or a tinted panel, not a figure."""
    return [
        box
        for box in page.drawings
        if sum(
            1 for row in rows if inside(row.center, box) and type_.is_prose(row, columns.width(row.column))
        )
        < 4
    ]


def _without_prose_ends(own: list[Row], rest: list[Row], type_: Typography) -> list[Row]:
    """Leave out the short last lines of paragraphs that reach into a drawing's box."""
    taken = set(map(id, own))
    kept = []
    for above, row in zip([None, *rest], rest, strict=False):
        if id(row) not in taken:
            continue
        follows = (
            above is not None
            and id(above) not in taken
            and type_.is_body_size(row.style.size)
            and abs(above.style.size - row.style.size) < 0.6
            and 0 < row.box[1] - above.box[1] < 1.6 * type_.size
            and abs(above.box[0] - row.box[0]) < 3
        )
        if follows:
            taken.discard(id(row))
        else:
            kept.append(row)
    return kept


def whole_captions(pieces: list[Piece]) -> list[Piece]:
    """Captions that are set in columns below a wide figure, put together: the second column has no label."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        beside = (
            last is not None
            and last.kind is Kind.CAPTION
            and piece.kind is Kind.TEXT
            and abs(piece.box[1] - last.box[1]) < 3
            and piece.box[0] > last.box[2]
            and abs(piece.size - last.size) < 0.3
        )
        if last is not None and beside:
            joined[-1] = replace(last, rows=last.rows + piece.rows)
        else:
            joined.append(piece)
    return joined


def claim_by_captions(
    page: Page, pieces: list[Piece], columns: Columns, type_: Typography, words: ReadWords
) -> list[Piece]:
    """Make tables of what stands below a table's caption, and figures of the labels above a figure's caption."""
    taken = list(pieces)
    for caption in [piece for piece in pieces if piece.kind is Kind.CAPTION]:
        table = is_table(caption.text)
        search = _Search(page, taken, columns, type_)
        claimed = search.run(caption, below=table)
        if not claimed and table:
            claimed = search.run(caption, below=False)
        rows = [row for piece in claimed for row in piece.rows]
        if not rows or (table and len(rows) < 3):
            continue
        new = table_piece(page.index, rows, words) if table else Piece(Kind.FIGURE, page.index, tuple(rows))
        if new:
            place = min(taken.index(piece) for piece in claimed)
            taken = [piece for piece in taken if piece not in claimed]
            taken.insert(place, new)
    return taken


@dataclass(frozen=True)
class _Search:
    """Looks for the pieces next to a caption, in its column, that are neither text nor anything else of note."""

    page: Page
    pieces: list[Piece]
    columns: Columns
    type: Typography

    def run(self, caption: Piece, *, below: bool) -> list[Piece]:
        column = _column(caption)
        near = [p for p in self.pieces if p is not caption and (column == FULL or column == _column(p))]
        if below:
            near = sorted((p for p in near if p.box[1] >= caption.box[3] - 3), key=lambda p: p.box[1])
        else:
            near = sorted((p for p in near if p.box[3] <= caption.box[1] + 3), key=lambda p: -p.box[3])
        claimed: list[Piece] = []
        edge = caption.box[3] if below else caption.box[1]
        for piece in near:
            distance = piece.box[1] - edge if below else edge - piece.box[3]
            drawn = not below and self.is_drawn(piece)
            reach = (20 if drawn else 4 if below else 8) * self.type.size
            inner = below and self.may_be_cell(piece)
            if distance > reach or (self.stands_alone(piece, drawn=drawn) and not inner):
                break
            claimed.append(piece)
            edge = max(edge, piece.box[3]) if below else min(edge, piece.box[1])
        while claimed and claimed[-1].kind is Kind.HEADING:
            claimed.pop()
        return claimed if below else claimed + self.labels(caption, near, claimed)

    def labels(self, caption: Piece, near: list[Piece], claimed: list[Piece]) -> list[Piece]:
        """Short pieces beside the drawings above a figure's caption, however large these are."""
        top = self.top_of_drawings(caption)
        slack = 1.5 * self.type.size
        return [
            piece
            for piece in near
            if not any(piece is other for other in claimed)
            and top - slack <= (piece.box[1] + piece.box[3]) / 2 <= caption.box[1]
            and len(piece.text) <= _LABEL
            and not self.stands_alone(piece, drawn=True)
            and (
                piece.kind is not Kind.HEADING
                or any(inside(_center(piece), box) for box in self.page.drawings)
            )
        ]

    def top_of_drawings(self, caption: Piece) -> float:
        """Where the drawings begin that stand on a caption, or on each other."""
        top = caption.box[1]
        left, right = caption.box[0], caption.box[2]
        for x0, y0, x1, y1 in sorted(self.page.drawings, key=lambda box: -box[3]):
            if x0 < right and left < x1 and y0 < top and y1 >= top - 8 * self.type.size:
                top = y0
        return top

    def may_be_cell(self, piece: Piece) -> bool:
        """Whether a heading can be a bold row of a table."""
        section = is_well_known(piece.text) or NUMBERED.match(piece.text) or ROMAN.match(piece.text)
        small = len(piece.text) < 40 and piece.size < self.type.size + 0.3
        return piece.kind is Kind.HEADING and small and not section

    def is_drawn(self, piece: Piece) -> bool:
        """Whether a drawing is at the piece or close to it."""
        return any(overlap(piece.box, _grown(box, 3 * self.type.size)) for box in self.page.drawings)

    def stands_alone(self, piece: Piece, *, drawn: bool) -> bool:
        if piece.kind is Kind.HEADING:
            section = is_well_known(piece.text) or NUMBERED.match(piece.text) or ROMAN.match(piece.text)
            return not drawn or bool(section) or piece.size > self.type.size + 1.5
        if piece.kind in (Kind.EQUATION, Kind.FOOTNOTE, Kind.LIST):
            return not drawn or len(piece.text) > 60
        if piece.kind is not Kind.TEXT:
            return True
        if _is_numbers(piece.text):
            return False
        width = self.columns.width(_column(piece))
        wide = sum(row.width for row in piece.rows) / len(piece.rows)
        if len(piece.rows) >= 2 and wide > 0.6 * width and abs(piece.size - self.type.size) < 1.2:
            return True
        return len(piece.text) > 160 or self.type.is_prose(piece.rows[0], width)


def _center(piece: Piece) -> tuple[float, float]:
    x0, y0, x1, y1 = piece.box
    return ((x0 + x1) / 2, (y0 + y1) / 2)


def _is_numbers(text: str) -> bool:
    """Whether much of a text is numbers, as in the rows of a table."""
    tokens = text.split()
    return sum(token[:1].isdigit() or token[-1:].isdigit() for token in tokens) > 0.35 * len(tokens)


def _column(piece: Piece) -> int:
    found = {row.column for row in piece.rows}
    return found.pop() if len(found) == 1 else FULL


def _grown(box: BBox, by: float) -> BBox:
    return (box[0] - by, box[1] - by, box[2] + by, box[3] + by)
