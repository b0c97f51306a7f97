"""The text layer: a PDF's pages with their lines, fonts and characters, as the rules need them."""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import pypdfium2

from qagen.convert.ocr.values import OcrPage
from qagen.convert.rules import glyphs
from qagen.convert.rules.characters import NONE, Characters, Font
from qagen.convert.rules.drawings import drawings_of
from qagen.convert.rules.garbled import is_garbled
from qagen.convert.rules.hidden import is_hidden, is_off
from qagen.convert.rules.lines import SetLine, in_lines, lines_of
from qagen.convert.rules.model import Page, Span, Style, TextLine, turned
from qagen.convert.rules.painted import painted as painted_on
from qagen.convert.rules.reader import read
from qagen.convert.rules.sizes import with_settled_sizes
from qagen.convert.rules.unread import NOTHING, LeftOut, Sieve
from qagen.records import BBox

_BOLD = re.compile(r"bold|black|heavy|semib|demi|medi(?!um)|cmbx|sfbx|[-.]bd?$|-bd|advot.*\.b", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obli|cmti|sfti|[-.]i$|-it$", re.IGNORECASE)
_MATH = re.compile(
    r"cmmi|cmsy|cmex|msam|msbm|math|symbol|mtsy|mtmi|rmtmi|stix.*size|eufm|txsy|pxsy|mt2?ex|mtextra",
    re.IGNORECASE,
)
_MONO = re.compile(r"cmtt|courier|mono|typewriter|consol|inconsol|menlo|sftt|nimbusmon", re.IGNORECASE)
_BOLD_WEIGHT = 600
_STATED = 3
"""Font sizes up to this are 1 and the like: the true one is in a matrix that pdfium does not tell."""
_LETTER = (612.0, 792.0)
"""Width and height, in points, of a page of which nothing is known."""
_TURNED = 0.5
"""Share of a page's characters that are turned one way from which on the page is read that way."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it is read from the PDF, or by OCR from its picture.

    Attributes:
        index: counted from 0.
        width, height: in points, as displayed.
        characters: all of them, in the order of `lines.in_lines`.
        lines: made of them by `lines.lines_of`.
        rules, drawings, boxes: ruling lines, drawn areas, and what may be cells of tables.
        hidden: places among `lines` that a clip cuts away.
        left_out: what was left out before lines were formed.
        unreadable: whether pdfium cannot open the page; it is empty then.
        ocr: what OCR read, where that is what the characters are; they are then those of the page turned upright.
        left_out_images: images that were too large to be drawn for that.
    """

    index: int
    width: float
    height: float
    characters: Characters
    lines: tuple[SetLine, ...]
    rules: tuple[BBox, ...] = ()
    drawings: tuple[BBox, ...] = ()
    boxes: tuple[BBox, ...] = ()
    hidden: frozenset[int] = frozenset()
    left_out: LeftOut = NOTHING
    unreadable: bool = False
    ocr: OcrPage | None = None
    left_out_images: int = 0


@dataclass(frozen=True)
class Source:
    """A PDF's text layer.

    Attributes:
        pages: the pages for the rules.
        sheets: by the page's index, what was read.
        garbled: 0-based pages whose text looks like bad OCR.
        hidden: (page, place) of lines that are clipped away or off the page.
        readings: what private characters stand for.
    """

    pages: tuple[Page, ...]
    sheets: Mapping[int, Sheet]
    garbled: tuple[int, ...]
    hidden: frozenset[tuple[int, int]]
    readings: Mapping[str, str]


Again = Callable[[pypdfium2.PdfPage, Sheet], Sheet]
"""Another look at an open page and what its text layer says; raises PdfiumError."""


def open_source(
    document: pypdfium2.PdfDocument,
    wanted: Sequence[int] | None,
    step: Callable[[int], None],
    *,
    layered: bool = False,
    again: Again = lambda _, sheet: sheet,
) -> Source:
    """Read all pages, or those that are wanted; `step` is called before each with the number 1.

    Args:
        document: the PDF, open.
        wanted: the pages, counted from 0; None for all.
        step: so that somebody can see that there is progress.
        unseen: says which characters of a page are left out before lines are formed; None for none.
        again: looks at a page that is open and at its text layer, and may give another reading of it.
        layered: whether it is a copy in which layers that are off are marked.
        again: looks at a page that is open and at its text layer, and may give another reading of it.
    """
    sheets = []
    sieve = Sieve(layered)
    for index in wanted if wanted is not None else range(len(document)):
        step(1)
        sheets.append(_opened(document, index, sieve, again))
    return source_of(sheets)


def _opened(document: pypdfium2.PdfDocument, index: int, sieve: Sieve, again: Again) -> Sheet:
    """One page; an empty one where it cannot be read."""
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return Sheet(index, *_LETTER, NONE, (), unreadable=True)
    try:
        text = page.get_textpage()
        try:
            return again(page, sheet_of(page, text, index, sieve))
        finally:
            text.close()
    except pypdfium2.PdfiumError:
        return Sheet(index, *_LETTER, NONE, (), unreadable=True)
    finally:
        page.close()


def sheet_of(page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage, index: int, sieve: Sieve) -> Sheet:
    """One page, while it is open."""
    painted = painted_on(page)
    characters, left_out = sieve.read(page, read(page, text), painted)
    characters = in_lines(characters)
    lines = lines_of(characters)
    left, bottom, right, top = page.get_bbox()
    sideways = page.get_rotation() in (90, 270)
    width, height = (top - bottom, right - left) if sideways else (right - left, top - bottom)
    objects = characters.objects
    hidden = frozenset(
        place
        for place, line in enumerate(lines)
        if objects is not None and is_hidden([int(objects[at]) for at in line.middles])
    )
    drawn = drawings_of(page, painted)
    return Sheet(
        index,
        width,
        height,
        replace(characters, objects=None),
        tuple(lines),
        drawn.rules,
        drawn.areas,
        drawn.boxes,
        hidden,
        left_out,
    )


def source_of(sheets: Sequence[Sheet]) -> Source:
    """The pages as the rules need them: private characters read by the words of all, turned as they are read."""
    known = glyphs.readings(line.text for sheet in sheets for line in sheet.lines)
    pages = []
    garbled = []
    hidden: set[tuple[int, int]] = set()
    for sheet in sheets:
        lines = [_line(place, line, known) for place, line in enumerate(sheet.lines)]
        turns = [round(2 * line.angle / math.pi) % 4 for line in sheet.lines]
        if lines and is_garbled("\n".join(line.text for line in lines)):
            garbled.append(sheet.index)
        hidden.update((sheet.index, place) for place in sheet.hidden)
        hidden.update(
            (sheet.index, line.place) for line in lines if is_off(line.box, sheet.width, sheet.height)
        )
        lines = [line for line in lines if line.text.strip()]
        page = Page(
            sheet.index, sheet.width, sheet.height, tuple(lines), sheet.rules, sheet.drawings, 0, sheet.boxes
        )
        if sheet.ocr:
            pages.append(replace(page, angle=sheet.ocr.angle))
        else:
            pages.append(_as_read(page, turns))
    by_index = {sheet.index: sheet for sheet in sheets}
    return Source(with_settled_sizes(pages), by_index, tuple(garbled), frozenset(hidden), known)


def _line(place: int, line: SetLine, readings: Mapping[str, str]) -> TextLine:
    spans = tuple(_read(span, readings) for span in line.spans)
    x0, y0, x1, y1 = line.box
    text = "".join(span.text for span in spans)
    tall = y1 - y0 > 2 * (x1 - x0) and len(text.strip()) > 3
    turn = round(2 * line.angle / math.pi) % 2
    return TextLine(place, line.box, text, _style(spans, turn), not (tall or turn), spans, line.confidence)


def _read(span: Span, readings: Mapping[str, str]) -> Span:
    """A span with its private characters as they were read."""
    if span.text.isascii():
        return span
    text = glyphs.of_pi_font(glyphs.mended(span.text, readings), span.font.name)
    return span if text == span.text else replace(span, text=text)


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
    rules, drawings, boxes = (tuple(map(moved, part)) for part in (page.rules, page.drawings, page.boxes))
    return Page(page.index, page.height, page.width, lines, rules, drawings, turn, boxes)


def _style(spans: Sequence[Span], turn: int) -> Style:
    seen = [span for span in spans if span.text.strip()] or list(spans)
    lengths = [len(span.text.strip()) for span in seen]
    total = max(1, sum(lengths))
    main = seen[lengths.index(max(lengths))]
    sizes: dict[float, int] = {}
    bold = italic = math_ = mono = same = 0
    for span, length in zip(seen, lengths, strict=True):
        size = round(_size(span, turn) * 2) / 2
        sizes[size] = sizes.get(size, 0) + length
        look = _look(span.font)
        bold += length * (look.bold or span.bold)
        italic += length * (look.italic or span.italic)
        math_ += length * look.math
        mono += length * look.mono
        same += length * (span.font.name == main.font.name)
    return Style(
        font=main.font.name,
        size=max(sizes, key=sizes.__getitem__),
        bold=bold / total,
        italic=italic / total,
        math=math_ / total,
        mono=mono / total,
        pure=same / total >= 0.8,
        estimated=not _is_stated(main),
    )


def _size(span: Span, turn: int) -> float:
    x0, y0, x1, y1 = span.box
    return span.font.size if _is_stated(span) else 0.85 * max(1.0, x1 - x0 if turn else y1 - y0)


def _is_stated(span: Span) -> bool:
    """Whether the font size that the PDF names can be the one that is shown."""
    return _STATED < span.font.size < 2 * max(1.0, span.box[3] - span.box[1])


@dataclass(frozen=True, slots=True)
class _Look:
    """What a font's name and weight say of it."""

    bold: bool
    italic: bool
    math: bool
    mono: bool


@lru_cache(maxsize=1000)
def _look(font: Font) -> _Look:
    name = font.name
    return _Look(
        font.weight >= _BOLD_WEIGHT or bool(_BOLD.search(name)),
        bool(_ITALIC.search(name)),
        bool(_MATH.search(name)),
        bool(_MONO.search(name)),
    )
