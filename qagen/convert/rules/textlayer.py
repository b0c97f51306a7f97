"""The text layer as marker reads it, with mended characters and true coordinates."""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pypdfium2
from marker.providers import ProviderOutput

from qagen.convert.rules import glyphs
from qagen.convert.rules.characters import clean, restore
from qagen.convert.rules.drawings import drawings_of
from qagen.convert.rules.hidden import is_hidden, is_off
from qagen.convert.rules.model import Page, Style, TextLine, around, turned
from qagen.convert.rules.provider import TextLayer, polygon_of
from qagen.convert.rules.sizes import with_settled_sizes
from qagen.records import BBox

_BOLD = re.compile(r"bold|black|heavy|semib|demi|medi(?!um)|cmbx|sfbx|[-.]bd?$|-bd|advot.*\.b", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obli|cmti|sfti|[-.]i$|-it$", re.IGNORECASE)
_MATH = re.compile(
    r"cmmi|cmsy|cmex|msam|msbm|math|symbol|mtsy|mtmi|rmtmi|stix.*size|eufm|txsy|pxsy|mt2?ex|mtextra",
    re.IGNORECASE,
)
_MONO = re.compile(r"cmtt|courier|mono|typewriter|consol|inconsol|menlo|sftt|nimbusmon", re.IGNORECASE)
_STATED = 3
"""Font sizes up to this are 1 and the like: the true one is in a matrix that pdfium does not tell."""
_TURNED = 0.5
"""Share of a page's characters that are turned one way from which on the page is read that way."""
_CONFIG = {
    "pdftext_workers": 1,
    "disable_links": True,
    "cache_pdftext_pages": False,
    # Flattening draws annotations into the page, which moves the character indices and is not what others see.
    "flatten_pdf": False,
}


@dataclass(frozen=True)
class Source:
    """A PDF's text layer: marker's own lines, and the same as pages for the rules.

    Attributes:
        garbled: 0-based pages whose text marker's heuristics take for bad OCR.
        hidden: (page, place) of lines that are clipped away or off the page.
        readings: what private characters stand for.
    """

    provider: TextLayer
    pages: tuple[Page, ...]
    garbled: tuple[int, ...]
    hidden: frozenset[tuple[int, int]]
    readings: Mapping[str, str]


def open_source(path: Path, wanted: Sequence[int] | None, step: Callable[[int], None]) -> Source:
    """Read all pages, or those that are wanted; `step` is called before each few with their number.

    Raises:
        pypdfium2.PdfiumError: where a page cannot be read.
    """
    hidden: set[tuple[int, int]] = set()
    sheets = []

    def visit(
        page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage, index: int, outputs: list[ProviderOutput]
    ) -> None:
        sheets.append(_sheet(page, text, index, outputs, hidden))

    provider = TextLayer(str(path), {**_CONFIG, "page_range": wanted, "step": step, "visit": visit})
    known = _mend(provider)
    pages = []
    garbled = []
    for sheet in sheets:
        outputs = provider.page_lines.get(sheet.index, [])
        if outputs and provider.detect_bad_ocr("\n".join(output.raw_text for output in outputs)):
            garbled.append(sheet.index)
        lines = [
            _line(place, output, provider.turns[sheet.index][place])
            for place, output in enumerate(outputs)
            if output.raw_text.strip()
        ]
        pages.append(_as_read(replace(sheet, lines=tuple(lines)), provider.turns[sheet.index]))
        hidden.update(
            (sheet.index, line.place) for line in lines if is_off(line.box, sheet.width, sheet.height)
        )
    return Source(provider, with_settled_sizes(pages), tuple(garbled), frozenset(hidden), known)


def _sheet(
    page: pypdfium2.PdfPage,
    text: pypdfium2.PdfTextPage,
    index: int,
    outputs: list[ProviderOutput],
    hidden: set[tuple[int, int]],
) -> Page:
    """A page without its lines, whose spans are cleaned here; what is clipped away is added to `hidden`."""
    left, bottom, right, top = page.get_bbox()
    rotation = page.get_rotation()
    shift = shift_of(right - left, top - bottom, rotation)
    restore(text, outputs)
    for place, output in enumerate(outputs):
        clean_line(output, shift)
        if is_hidden(text, [_middle(span) for span in output.spans if span.text.strip()]):
            hidden.add((index, place))
    rules, drawings = drawings_of(page)
    width, height = (top - bottom, right - left) if rotation in (90, 270) else (right - left, top - bottom)
    return Page(index, width, height, (), tuple(rules), tuple(drawings))


def _middle(span: Any) -> int:
    position: int = (span.minimum_position + span.maximum_position) // 2
    return position


def _mend(provider: TextLayer) -> dict[str, str]:
    """Read private characters by the words of the whole document."""
    outputs = [output for lines in provider.page_lines.values() for output in lines]
    known = glyphs.readings(output.raw_text for output in outputs)
    for output in outputs:
        for span in output.spans:
            span.text = glyphs.of_pi_font(glyphs.mended(span.text, known), span.font or "")
    return known


def shift_of(width: float, height: float, rotation: int) -> tuple[float, float]:
    """How far pdftext's coordinates are off, because it rounds the page's size up before it turns the axes."""
    across, down = math.ceil(width) - width, math.ceil(height) - height
    return {0: (0.0, down), 90: (0.0, 0.0), 180: (across, 0.0), 270: (down, across)}[rotation]


def clean_line(output: ProviderOutput, shift: tuple[float, float]) -> None:
    """Clean a line's characters and move the line, not its spans, by `shift` to where it is displayed."""
    for span in output.spans:
        span.text = clean(span.text)
    # Blanks may lie far from the words they are said to stand between.
    inked = [tuple(span.polygon.bbox) for span in output.spans if span.text.strip()]
    if inked or shift != (0.0, 0.0):
        x0, y0, x1, y1 = around(inked) if inked else output.line.polygon.bbox
        moved = [x0 - shift[0], y0 - shift[1], x1 - shift[0], y1 - shift[1]]
        output.line.polygon = polygon_of(moved)
    _mend_scripts(output)


def _mend_scripts(output: ProviderOutput) -> None:
    """Take back superscripts that are none: pdftext takes many subscripts and italics of formulas for them."""
    spans = [span for span in output.spans if span.text.strip()]
    if not spans:
        return
    main = max(spans, key=lambda span: len(span.text.strip()))
    middle = (main.polygon.bbox[1] + main.polygon.bbox[3]) / 2
    for span in spans:
        if not span.has_superscript:
            continue
        center = (span.polygon.bbox[1] + span.polygon.bbox[3]) / 2
        too_low = center > middle - 0.05 * main.polygon.height
        too_big = bool(span.font_size and main.font_size and span.font_size > 0.9 * main.font_size)
        if span is main or too_low or too_big:
            span.has_superscript = False


def _as_read(page: Page, turns: list[int]) -> Page:
    """The page turned so that its text is upright, where most of it is turned one way."""
    letters: Counter[int] = Counter()
    for line in page.lines:
        letters[turns[line.place]] += len(line.text)
    turn = max((1, 3), key=lambda turn: letters[turn])
    if letters[turn] <= _TURNED * letters.total():
        return page

    def moved(box: BBox) -> BBox:
        return turned(box, page.width, page.height, turn)

    lines = tuple(
        replace(line, box=moved(line.box), upright=turns[line.place] == turn) for line in page.lines
    )
    rules, drawings = tuple(map(moved, page.rules)), tuple(map(moved, page.drawings))
    return Page(page.index, page.height, page.width, lines, rules, drawings, turn)


def _line(place: int, output: ProviderOutput, turn: int) -> TextLine:
    x0, y0, x1, y1 = output.line.polygon.bbox
    box: BBox = (x0, y0, x1, y1)
    spans = [span for span in output.spans if span.text.strip()]
    text = output.raw_text.replace("\n", " ")
    tall = y1 - y0 > 2 * (x1 - x0) and len(text.strip()) > 3
    return TextLine(place, box, text, _style(spans, turn % 2), upright=not (tall or turn % 2))


def _style(spans: list[Any], turn: int) -> Style:
    lengths = [len(span.text.strip()) for span in spans]
    total = sum(lengths)

    def share(flags: list[bool]) -> float:
        return sum(length for length, flag in zip(lengths, flags, strict=True) if flag) / total

    main = spans[lengths.index(max(lengths))]
    sizes: Counter[float] = Counter()
    for span, length in zip(spans, lengths, strict=True):
        height = span.polygon.width if turn else span.polygon.height
        size = span.font_size if _is_stated(span) else height * 0.85
        sizes[round(size * 2) / 2] += length
    return Style(
        font=main.font or "",
        size=sizes.most_common(1)[0][0],
        bold=share([_is_bold(span) for span in spans]),
        italic=share([bool(_ITALIC.search(span.font or "")) or "italic" in span.formats for span in spans]),
        math=share([bool(_MATH.search(span.font or "")) for span in spans]),
        mono=share([bool(_MONO.search(span.font or "")) for span in spans]),
        pure=share([span.font == main.font for span in spans]) >= 0.8,
        estimated=not _is_stated(main),
    )


def _is_stated(span: Any) -> bool:
    """Whether the font size that the PDF names can be the one that is shown."""
    return bool(span.font_size) and _STATED < span.font_size < 2 * span.polygon.height


def _is_bold(span: Any) -> bool:
    return (span.font_weight or 0) >= 600 or bool(_BOLD.search(span.font or "")) or "bold" in span.formats
