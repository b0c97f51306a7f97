"""A block's markdown with the place of every line, whoever laid the page out, and documents put together of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from qagen.convert.quality import quality, read_quality
from qagen.records import BBox, Block, Line, Region

_SEPARATOR = "\n\n"


@dataclass(frozen=True)
class Place:
    """Where something that is marked stands in the PDF: in which of the block's regions, and its box."""

    region: int
    box: BBox


@dataclass(frozen=True)
class Slice:
    """Where a line stands in its block's markdown, and in the PDF."""

    start: int
    end: int
    place: Place


@dataclass(frozen=True)
class Rendered:
    """A block's markdown without separator, and its lines' places in it, in order.

    Attributes:
        type: marker's name of the block's type.
        level: of a heading.
        text: the markdown.
        slices: its lines.
        pages: of each region, counted from 0.
        ocr: the pages among them that OCR read.
        confidence: from 0 to 1, the mean over its characters, where OCR read them; 1 where the PDF states them.
    """

    type: str
    level: int | None
    text: str
    slices: tuple[Slice, ...]
    pages: tuple[int, ...]
    ocr: frozenset[int] = frozenset()
    confidence: float = 1.0


def trimmed(text: str, slices: Sequence[Slice]) -> tuple[str, tuple[Slice, ...]]:
    """A block's text without blanks at its end, and its lines without those at theirs; a line of blanks is none."""
    text = text.rstrip()
    found = []
    for one in slices:
        start, end = _trimmed(text, one.start, min(one.end, len(text)))
        if start < end:
            found.append(Slice(start, end, one.place))
    return text, tuple(found)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def assembled(rendered: Sequence[Rendered]) -> tuple[str, tuple[Block, ...]]:
    """The document's text and its blocks, which tile it; what has no text is left out."""
    kept = [part for part in rendered if part.text]
    blocks = []
    parts = []
    position = 0
    for number, part in enumerate(kept, 1):
        text = part.text + ("\n" if number == len(kept) else _SEPARATOR)
        blocks.append(_block(part, position, position + len(text)))
        parts.append(text)
        position += len(text)
    return "".join(parts), tuple(blocks)


def _block(part: Rendered, start: int, end: int) -> Block:
    regions = []
    for number, page in enumerate(part.pages):
        lines = tuple(
            Line(start + one.start, start + one.end, _rounded(one.place.box))
            for one in part.slices
            if one.place.region == number
        )
        if lines:
            place = (lines[0].start, lines[-1].end, page + 1, _around(lines), lines)
            regions.append(Region(*place, ocr=page in part.ocr))
    readable = min(quality(part.text, part.type), read_quality(part.confidence))
    return Block(start, end, part.type, part.level, tuple(regions), readable)


def _around(lines: Sequence[Line]) -> BBox:
    boxes = [line.bbox for line in lines]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _rounded(box: BBox) -> BBox:
    x0, y0, x1, y1 = (round(value, 2) for value in box)
    return (x0, y0, x1, y1)
