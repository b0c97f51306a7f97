"""The values that travel between the steps of the rules.

Boxes are `(x0, y0, x1, y1)` in points, origin top left of the page as displayed. Pages and lines are counted from 0 here.
"""

from collections import Counter
from copy import copy
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from qagen.convert.ocr.values import Angle
from qagen.convert.rules.characters import Font
from qagen.records import BBox


class Kind(StrEnum):
    """What a piece is: marker's names of block types, and what never reaches the document."""

    TEXT = "Text"
    HEADING = "SectionHeader"
    CAPTION = "Caption"
    EQUATION = "Equation"
    FOOTNOTE = "Footnote"
    CODE = "Code"
    LIST = "ListGroup"
    TABLE = "Table"
    REFERENCE = "Bibliography"
    PAGE_HEADER = "PageHeader"
    PAGE_FOOTER = "PageFooter"
    LINE_NUMBER = "LineNumber"
    SIDE_TEXT = "SideText"
    WATERMARK = "Watermark"
    HIDDEN = "HiddenText"
    MARGIN_BOX = "MarginBox"
    FIGURE = "Figure"


DROPPED = frozenset(
    {
        Kind.PAGE_HEADER,
        Kind.PAGE_FOOTER,
        Kind.LINE_NUMBER,
        Kind.SIDE_TEXT,
        Kind.WATERMARK,
        Kind.HIDDEN,
        Kind.MARGIN_BOX,
        Kind.FIGURE,
    }
)
"""Kinds that are counted and left out of the document."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a line is set: its main font and size, and the shares of its characters that are bold, italic, ..."""

    font: str
    size: float
    bold: float = 0.0
    italic: float = 0.0
    math: float = 0.0
    mono: float = 0.0
    pure: bool = True
    """Whether one font sets the whole line."""
    estimated: bool = False
    """Whether the size is taken from the line's height, because the PDF does not state it."""

    @property
    def plain(self) -> bool:
        """Whether its size is stated, and nothing is bold, italic, of mathematics or of one width."""
        return not (self.bold or self.italic or self.math or self.mono or self.estimated)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line that is set alike.

    Attributes:
        text: with the blanks around it.
        box: around what is seen of it.
        font: what sets it.
        bold, italic: whether it is shown so; the text's own style, not a symbol's.
        raised: whether it is a superscript.
    """

    text: str
    box: BBox
    font: Font
    bold: bool = False
    italic: bool = False
    raised: bool = False


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of the text layer.

    Attributes:
        place: its number in the page.
        box: around what is seen of it.
        text: that of its spans.
        style: how it is set.
        upright: whether it is read from left to right, or right to left, on the page as it is read.
        spans: its parts in reading order.
        confidence: from 0 to 1, the mean of its characters where OCR read them; 1 where the PDF states them.
    """

    place: int
    box: BBox
    text: str
    style: Style
    upright: bool = True
    spans: tuple[Span, ...] = ()
    confidence: float = 1.0

    @property
    def width(self) -> float:
        """In points."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        """In points."""
        return self.box[3] - self.box[1]


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its lines in the order of the content stream, ruling lines, and areas that are drawn or pictures.

    A page whose text runs up or down, as that of a wide table does, is held as it is read: `turn` is the quarter turns,
    clockwise, that its text is turned by as displayed, and `displayed` gives a box back as it is displayed. A page that OCR read
    has an `angle` instead.
    """

    index: int
    width: float
    height: float
    lines: tuple[TextLine, ...]
    rules: tuple[BBox, ...] = ()
    drawings: tuple[BBox, ...] = ()
    turn: int = 0
    boxes: tuple[BBox, ...] = ()
    """Around what may be the cells and lines of tables."""
    angle: Angle | None = None

    def displayed(self, box: BBox) -> BBox:
        """A box of the page as it is displayed."""
        if self.angle:
            return self.angle.displayed(box)
        return turned(box, self.width, self.height, -self.turn)


FULL = -1
"""The column of a row that spans columns."""


@dataclass(frozen=True)
class Row:
    """Lines side by side that are read as one."""

    lines: tuple[TextLine, ...]
    column: int = 0

    @cached_property
    def box(self) -> BBox:
        """Around all lines."""
        return around([line.box for line in self.lines])

    @cached_property
    def text(self) -> str:
        """The lines' text with single blanks."""
        return squeeze(" ".join(line.text for line in self.lines))

    def in_column(self, column: int) -> "Row":
        """The row in a column; what is known of its lines stays known."""
        row = copy(self)
        object.__setattr__(row, "column", column)
        return row

    @cached_property
    def main(self) -> TextLine:
        """The line with most text."""
        return max(self.lines, key=lambda line: len(line.text.strip()))

    @cached_property
    def style(self) -> Style:
        """The main line's font and size, and the shares over all lines."""
        if len(self.lines) == 1 and self.lines[0].style.plain:
            return self.lines[0].style
        weights = [max(1, len(line.text.strip())) for line in self.lines]
        total = sum(weights)

        def share(name: str) -> float:
            parts = zip(self.lines, weights, strict=True)
            return sum(float(getattr(line.style, name)) * weight for line, weight in parts) / total

        fonts = {line.style.font for line in self.lines if len(line.text.strip()) > 2}
        return Style(
            font=self.main.style.font,
            size=self.main.style.size,
            bold=share("bold"),
            italic=share("italic"),
            math=share("math"),
            mono=share("mono"),
            pure=self.main.style.pure and len(fonts) <= 1,
        )

    @property
    def width(self) -> float:
        """In points."""
        return self.box[2] - self.box[0]

    @property
    def center(self) -> tuple[float, float]:
        """Of the box."""
        return ((self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2)


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its text and the words' box."""

    text: str
    box: BBox | None = None


@dataclass(frozen=True)
class Piece:
    """Rows of one page, and in general of one column, that belong together."""

    kind: Kind
    page: int
    rows: tuple[Row, ...]
    level: int | None = None
    cells: tuple[tuple[Cell, ...], ...] = ()

    @cached_property
    def box(self) -> BBox:
        """Around all rows."""
        return around([row.box for row in self.rows])

    @cached_property
    def text(self) -> str:
        """The rows' text with single blanks."""
        return squeeze(" ".join(row.text for row in self.rows))

    @cached_property
    def size(self) -> float:
        """The font size of the longest row."""
        return max(self.rows, key=lambda row: len(row.text)).style.size

    @cached_property
    def font(self) -> str:
        """The font of most of its text."""
        fonts: Counter[str] = Counter()
        for row in self.rows:
            fonts[row.style.font] += len(row.text)
        return fonts.most_common(1)[0][0]

    @property
    def place(self) -> int:
        """The smallest place of its lines: where it stands in the content stream."""
        return min(line.place for row in self.rows for line in row.lines)

    def share(self, name: str) -> float:
        """The share of its characters that are `bold`, `italic`, `math` or `mono`."""
        weights = [max(1, len(row.text)) for row in self.rows]
        parts = zip(self.rows, weights, strict=True)
        return sum(float(getattr(row.style, name)) * weight for row, weight in parts) / sum(weights)

    def as_kind(self, kind: Kind, level: int | None = None) -> "Piece":
        """The same rows as another kind."""
        return replace(self, kind=kind, level=level)


@dataclass(frozen=True)
class Flow:
    """Pieces that make one block of the document: a paragraph over two pages, the items of a list."""

    kind: Kind
    pieces: tuple[Piece, ...]
    level: int | None = None


def around(boxes: list[BBox]) -> BBox:
    """The smallest box around boxes."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return (min(x0), min(y0), max(x1), max(y1))


def turned(box: BBox, width: float, height: float, turn: int) -> BBox:
    """A box on a page of some size when the page is turned back by so many quarters: 1 counterclockwise, -1 clockwise."""
    x0, y0, x1, y1 = box
    if turn % 4 == 1:
        return (y0, width - x1, y1, width - x0)
    if turn % 4 == 3:
        return (height - y1, x0, height - y0, x1)
    return box


def inside(point: tuple[float, float], box: BBox, margin: float = 0.0) -> bool:
    """Whether a point is in a box that is widened by `margin` points."""
    x, y = point
    return box[0] - margin <= x <= box[2] + margin and box[1] - margin <= y <= box[3] + margin


def overlap(one: BBox, other: BBox) -> bool:
    """Whether two boxes have some area in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def squeeze(text: str) -> str:
    """Single blanks, none at the ends."""
    return " ".join(text.split())
