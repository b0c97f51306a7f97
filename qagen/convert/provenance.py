"""marker's markdown with the place of every line, whoever laid the page out: the rules, or marker's own models.

Around everything that has a place stands a pair of marks, through all of marker's HTML and markdown. The marks are
noncharacters of Unicode, which `textlayer.clean` takes out of the PDF's text, so they cannot be mistaken; they are counted,
not numbered, so that no number of lines is too much.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bs4 import Tag
from marker.renderers.markdown import Markdownify, MarkdownRenderer

from qagen.convert.quality import quality
from qagen.records import BBox, Block, Line, Region

START, END = "\ufdd0", "\ufdd1"
_MARK = re.compile(f"([{START}{END}])")
_SPLIT_EMPHASIS = re.compile(rf"</([ib])>([\s{START}{END}]*)<\1>")
_SEPARATOR = "\n\n"


class Markdown(Markdownify):  # type: ignore[misc]  # marker has no types
    """marker's markdown, its tables without the padding that would eat a chunk's characters."""

    def convert_table(self, el: Tag, *_: Any, **__: Any) -> str:
        """A pipe table; the first row is its head."""
        rows = [
            "|" + "|".join(f" {_one_line(cell.get_text())} " for cell in row.find_all(["td", "th"])) + "|"
            for row in el.find_all("tr")
        ]
        if not rows:
            return ""
        rule = "|" + " --- |" * (rows[0].count("|") - 1)
        return "\n\n" + "\n".join([rows[0], rule, *rows[1:]]) + "\n\n"

    def convert_p(self, el: Tag, text: str, parent_tags: Any) -> str:
        """A paragraph; where it goes on elsewhere, marker looks at its last character, which a mark would hide."""
        if "has-continuation" in (el.get("class") or []) and text.endswith(END):
            return f"{super().convert_p(el, text[:-1], parent_tags)}{END}"
        paragraph: str = super().convert_p(el, text, parent_tags)
        return paragraph


def _one_line(text: str) -> str:
    return text.replace("|", " ").replace("\n", " ").strip()


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
    """

    type: str
    level: int | None
    text: str
    slices: tuple[Slice, ...]
    pages: tuple[int, ...]


class ProvenanceRenderer(MarkdownRenderer):  # type: ignore[misc]  # marker has no types
    """marker's markdown renderer for one block's HTML at a time, marks and all."""

    def __init__(self) -> None:
        super().__init__({"extract_images": False})
        self._markdown = Markdown(
            paginate_output=False,
            page_separator="",
            heading_style="ATX",
            bullets="-",
            escape_misc=False,
            escape_underscores=True,
            escape_asterisks=True,
            escape_dollars=True,
            sub_symbol="<sub>",
            sup_symbol="<sup>",
            inline_math_delimiters=("$", "$"),
            block_math_delimiters=("$$", "$$"),
            html_tables_in_markdown=False,
        )

    def marked(self, markup: str) -> str:
        """The markdown of marked HTML."""
        converted: str = self._markdown.convert(_SPLIT_EMPHASIS.sub(r"\2", markup))
        return converted.strip()


def without_marks(
    type_: str, level: int | None, marked: str, places: Sequence[Place], pages: tuple[int, ...]
) -> Rendered:
    """Take the marks out and note where they stood; `places` are those of the marks, in their order."""
    parts: list[str] = []
    bounds: list[tuple[int, int]] = []
    position = begun = 0
    for token in _MARK.split(marked):
        if token == START:
            begun = position
        elif token == END:
            bounds.append((begun, position))
        else:
            parts.append(token)
            position += len(token)
    assert len(bounds) == len(places), "marker's renderer lost or doubled a line"
    text = "".join(parts).rstrip()
    slices = []
    for (start, end), place in zip(bounds, places, strict=True):
        start, end = _trimmed(text, start, min(end, len(text)))
        if start < end:
            slices.append(Slice(start, end, place))
    return Rendered(type_, level, text, tuple(slices), pages)


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
            regions.append(Region(lines[0].start, lines[-1].end, page + 1, _around(lines), lines))
    return Block(start, end, part.type, part.level, tuple(regions), quality(part.text, part.type))


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
