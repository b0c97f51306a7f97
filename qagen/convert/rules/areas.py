"""Figures and tables of a page: which rows are parts of drawings, and which make a table."""

import re
from dataclasses import dataclass, replace

from qagen.convert.rules.model import FULL, Kind, Page, Piece, Row, inside
from qagen.convert.rules.patterns import CAPTION, NUMBERED, ROMAN, is_table, is_well_known
from qagen.convert.rules.rows import Columns
from qagen.convert.rules.tables import ReadWords, grid
from qagen.convert.rules.typography import Typography
from qagen.records import BBox


@dataclass(frozen=True)
class Areas:
    """A page's rows, sorted out; `rest` is in reading order."""

    rest: list[Row]
    tables: list[Piece]
    figures: list[Piece]


def sort_out(page: Page, rows: list[Row], columns: Columns, type_: Typography, words: ReadWords) -> Areas:
    """Take the rows of tables and figures out of a page's rows."""
    rest = rows
    tables = []
    for box in _ruled_tables(page, rows, columns, type_):
        own = [row for row in rest if inside(row.center, box, 3)]
        table = table_piece(page.index, own, words)
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
    return Areas(rest, tables, figures)


def table_piece(page: int, rows: list[Row], words: ReadWords) -> Piece | None:
    """A table of some rows, or None where they have no two columns."""
    if len(rows) < 2 or sum(len(row.text) > 90 for row in rows) > 0.7 * len(rows):
        return None
    places = sorted(line.place for row in rows for line in row.lines)
    cells = grid(words(page, places))
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


def _ruled_tables(page: Page, rows: list[Row], columns: Columns, type_: Typography) -> list[BBox]:
    """Boxes between stacked ruling lines next to a table's caption."""
    rules = _joined_rules(page.rules)
    found: list[BBox] = []
    for caption in rows:
        match = CAPTION.match(caption.text)
        if not match or not is_table(caption.text):
            continue
        box = _below(caption, rules, rows, columns, type_) or _above(caption, rules, rows, columns, type_)
        if box and not any(_overlap(box, other) for other in found):
            found.append(box)
    return found


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
    return _stack(near, rows, columns, reach=12 * type_.size, edge=caption.box[3])


def _above(
    caption: Row, rules: list[BBox], rows: list[Row], columns: Columns, type_: Typography
) -> BBox | None:
    near = sorted(
        (rule for rule in rules if rule[1] < caption.box[1] and _beside(rule, caption)),
        key=lambda rule: -rule[1],
    )
    return _stack(near, rows, columns, reach=3 * type_.size, edge=caption.box[1])


def _beside(rule: BBox, caption: Row) -> bool:
    return rule[2] > caption.box[0] - 10 and rule[0] < caption.box[2] + 10


def _stack(rules: list[BBox], rows: list[Row], columns: Columns, *, reach: float, edge: float) -> BBox | None:
    """The box from the first rule to the last with rows of cells, not running text, in between."""
    if not rules or abs(rules[0][1] - edge) > reach:
        return None
    first = rules[0]
    stack = [first]
    for rule in rules[1:]:
        if not _alike(rule, first):
            continue
        top, bottom = sorted((stack[-1][1], rule[1]))
        between = [
            row
            for row in rows
            if top < row.center[1] < bottom and row.box[0] > first[0] - 12 and row.box[2] < first[2] + 12
        ]
        text = sum(1 for row in between if _is_running_text(row, columns))
        headed = any(is_well_known(row.text) for row in between)
        if (not between and bottom - top > 30) or headed or (text > 1 and text > 0.4 * len(between)):
            break
        stack.append(rule)
    top, bottom = min(rule[1] for rule in stack), max(rule[1] for rule in stack)
    if bottom - top < 6:
        return None
    left, right = min(rule[0] for rule in stack), max(rule[2] for rule in stack)
    if first[1] == top:
        bottom = _open_end((left, top, right, bottom), rows, columns)
    return (left - 6, top - 1, right + 6, bottom + 1)


def _alike(rule: BBox, first: BBox) -> bool:
    """Whether two rules can be of one table: above one another, and about as long."""
    common = min(rule[2], first[2]) - max(rule[0], first[0])
    longer, shorter = sorted((rule[2] - rule[0], first[2] - first[0]), reverse=True)
    return common > 0.5 * shorter and longer < 1.7 * shorter


def _open_end(box: BBox, rows: list[Row], columns: Columns) -> float:
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
        headed = is_well_known(row.text) or NUMBERED.match(row.text) is not None
        too_far = row.box[1] - bottom > 1.2 * row.style.size
        if too_far or headed or CAPTION.match(row.text) or _is_running_text(row, columns):
            break
        bottom = max(bottom, row.box[3])
    return bottom


def _is_running_text(row: Row, columns: Columns) -> bool:
    """Many words over the width of a column: no row of cells, whatever its size."""
    words = re.findall(r"[^\W\d_]{3,}", row.text)
    return len(words) >= 6 and row.width > 0.75 * columns.width(row.column)


def _overlap(one: BBox, other: BBox) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


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
        return claimed

    def may_be_cell(self, piece: Piece) -> bool:
        """Whether a heading can be a bold row of a table."""
        section = is_well_known(piece.text) or NUMBERED.match(piece.text) or ROMAN.match(piece.text)
        small = len(piece.text) < 40 and piece.size < self.type.size + 0.3
        return piece.kind is Kind.HEADING and small and not section

    def is_drawn(self, piece: Piece) -> bool:
        """Whether a drawing is at the piece or close to it."""
        return any(_overlap(piece.box, _grown(box, 3 * self.type.size)) for box in self.page.drawings)

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


def _is_numbers(text: str) -> bool:
    """Whether much of a text is numbers, as in the rows of a table."""
    tokens = text.split()
    return sum(token[:1].isdigit() or token[-1:].isdigit() for token in tokens) > 0.35 * len(tokens)


def _column(piece: Piece) -> int:
    found = {row.column for row in piece.rows}
    return found.pop() if len(found) == 1 else FULL


def _grown(box: BBox, by: float) -> BBox:
    return (box[0] - by, box[1] - by, box[2] + by, box[3] + by)
