"""The text layer of a PDF, page by page: whether a text stands on a page, and inside a box of it.

It knows nothing of conversions: pdfium's own reading of the page is the witness. Of a page that was read by OCR there is no other
witness than to read it once more.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pypdfium2 as pdfium
from rapidfuzz import fuzz

from qagen.errors import ConverterMissing
from qagen.records import BBox

if TYPE_CHECKING:
    from qagen.convert.ocr.values import OcrPage

LEAST_SIMILARITY = 0.9
"""Below this, a text is not the page's."""
_MARGIN = 3.0
"""Points that a box may lack at each side: boxes of lines are those of glyphs, or of the line's height."""
_SLACK = 1.0
"""Points that a box may stick out of its page, for rounding."""
_MARKUP = re.compile(
    r"</?[a-z][^<>]*>"  # HTML of tables, superscripts
    r"|\\(?:begin|end)\{[^}]*\}|\\[a-zA-Z]+"  # LaTeX commands
    r"|!?\[(?P<label>[^\]]*)\]\([^)\s]*\)",  # links keep their text
    re.IGNORECASE,
)


class PageError(Exception):
    """The PDF or its page cannot be read."""


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page.

    Attributes:
        letters: the page's text, normalise.
        width, height: of the page as displayed, in points.
    """

    letters: str
    width: float
    height: float


class Witness(Protocol):
    """Somebody who knows a PDF's pages; both methods raise `PageError` where a page cannot be read."""

    def page(self, number: int) -> PageText:
        """A page, counted from 1."""
        ...

    def inside(self, number: int, box: BBox) -> str:
        """The normalise text that stands in a box of a page, with a small margin."""
        ...


class ReadPages:
    """The pages of one PDF as OCR reads them, when asked for."""

    def __init__(self, document: pdfium.PdfDocument) -> None:
        self._document = document
        self._read = lru_cache(maxsize=8)(self._read_page)

    def _read_page(self, number: int) -> "OcrPage":
        from qagen.convert.ocr.reading import read_page  # with onnxruntime, which takes a while

        try:
            with _opened(self._document, number) as page:
                return read_page(page)
        except ConverterMissing as error:
            raise PageError(f"page {number} was read by OCR: {error}") from None

    def page(self, number: int) -> PageText:
        """All that stands on a page."""
        read = self._read(number)
        letters = normalise(" ".join(line.text for line in read.lines))
        return PageText(letters, read.angle.width, read.angle.height)

    def inside(self, number: int, box: BBox) -> str:
        """The words whose middle stands in a box, with a small margin."""
        read = self._read(number)
        x0, y0, x1, y1 = _grown(box)
        found = []
        for word in (word for line in read.lines for word in line.words):
            left, top, right, bottom = read.angle.displayed(word.box)
            if x0 <= (left + right) / 2 <= x1 and y0 <= (top + bottom) / 2 <= y1:
                found.append(word.text)
        return normalise(" ".join(found))


class Pages:
    """The pages of one PDF, their text layer read when asked for; `by_ocr` reads them by OCR."""

    def __init__(self, document: pdfium.PdfDocument) -> None:
        self._document = document
        self.page = lru_cache(maxsize=64)(self._page)
        self.by_ocr = ReadPages(document)

    def _page(self, number: int) -> PageText:
        with self._opened(number) as (page, text):
            width, height = page.get_size()
            return PageText(normalise(text.get_text_range()), width, height)

    def inside(self, number: int, box: BBox) -> str:
        """The normalise text whose glyphs stand in a box of a page, with a small margin."""
        with self._opened(number) as (page, text):
            bounds = _to_user_space(_grown(box), page.get_bbox(), page.get_rotation())
            left, bottom, right, top = bounds
            return normalise(text.get_text_bounded(left=left, bottom=bottom, right=right, top=top))

    @contextmanager
    def _opened(self, number: int) -> Iterator[tuple[pdfium.PdfPage, pdfium.PdfTextPage]]:
        with _opened(self._document, number) as page:
            text = page.get_textpage()
            try:
                yield page, text
            finally:
                text.close()


@contextmanager
def _opened(document: pdfium.PdfDocument, number: int) -> Iterator[pdfium.PdfPage]:
    if not 1 <= number <= len(document):
        raise PageError(f"the PDF has {len(document)} pages, not a page {number}")
    try:
        page = document[number - 1]
        try:
            yield page
        finally:
            page.close()
    except pdfium.PdfiumError as error:
        raise PageError(f"page {number} cannot be read: {error}") from None


@contextmanager
def open_pdf(path: Path) -> Iterator[Pages]:
    """Open a PDF.

    Raises:
        PageError: where it cannot be read.
    """
    try:
        document = pdfium.PdfDocument(path)
    except (pdfium.PdfiumError, OSError) as error:
        raise PageError(f"{str(path)!r} cannot be opened: {error}") from None
    try:
        yield Pages(document)
    finally:
        document.close()


def covers(page: PageText, box: BBox) -> bool:
    """Whether a box has an area and lies on the page."""
    x0, y0, x1, y1 = box
    inside_x = -_SLACK <= x0 < x1 <= page.width + _SLACK
    inside_y = -_SLACK <= y0 < y1 <= page.height + _SLACK
    return inside_x and inside_y


def similarity(needle: str, text: str) -> float:
    """How much of one normalise text stands in another, in [0, 1]; 1 when all of it does, in one piece."""
    if not needle:
        return 0.0
    if needle in text:
        return 1.0
    if len(needle) > len(text):
        return fuzz.ratio(needle, text) / 100
    return fuzz.partial_ratio(needle, text) / 100


def normalise(text: str) -> str:
    """Letters and digits only, compatibility forms and case folded, accents and markup removed.

    Blanks and hyphens go, and with them hyphenation and line ends; so do Markdown's signs, HTML tags and the
    commands of LaTeX, none of which stand on a page.
    """
    plain = unicodedata.normalize("NFKD", html.unescape(_MARKUP.sub(_kept, text))).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _kept(markup: re.Match[str]) -> str:
    return markup["label"] or ""


def _grown(box: BBox) -> BBox:
    x0, y0, x1, y1 = box
    return x0 - _MARGIN, y0 - _MARGIN, x1 + _MARGIN, y1 + _MARGIN


def _to_user_space(box: BBox, page: BBox, rotation: int) -> BBox:
    """Undo the page's rotation and the crop box's corner.

    Args:
        box: left, top, right, bottom in points from the top left of the page as displayed.
        page: left, bottom, right, top of the crop box in PDF user space.
        rotation: degrees clockwise by which the page is turned for display.

    Returns:
        Left, bottom, right, top in PDF user space.
    """
    x0, y0, x1, y1 = box
    left, bottom, right, top = page
    if rotation == 90:
        return left + y0, bottom + x0, left + y1, bottom + x1
    if rotation == 180:
        return right - x1, bottom + y0, right - x0, bottom + y1
    if rotation == 270:
        return right - y1, top - x1, right - y0, top - x0
    return left + x0, top - y1, left + x1, top - y0
