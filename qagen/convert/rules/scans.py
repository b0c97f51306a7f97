"""Pages that are pictures, or whose text layer nobody can read: which they are, and what OCR reads as if it were their text layer."""

from collections.abc import Callable
from dataclasses import replace

import pypdfium2
import pypdfium2.raw as pdfium

from qagen.convert.job import Ocr
from qagen.convert.ocr.values import OcrPage
from qagen.convert.quality import quality
from qagen.convert.rules.characters import ReadWord, of_words
from qagen.convert.rules.garbled import is_garbled
from qagen.convert.rules.lines import in_lines, lines_of
from qagen.convert.rules.textlayer import Sheet

FONT = "OCR"
"""The name of the font that all text read so is said to have."""
_NONE = 15
"""Letters and digits below which a page has no text layer, but a number or a stamp."""
_STAMP = 250
"""The same on a page that a picture covers: publishers print a line of their own on scans."""
_COVERED = 0.5
"""Share of a page that a picture covers at least."""
_PART = 500
"""Characters of a page's text that are judged at a time: a scrambled formula or a sequence spoils one part, not the page."""
_READABLE = 0.5
"""Quality of a part below which nobody can read it."""
_SURE = 0.8
"""Confidence from which on OCR is believed more than a garbled text layer."""

Read = Callable[[pypdfium2.PdfPage], OcrPage]
"""Reads an open page by OCR; raises ConverterMissing, PdfiumError."""


def by_ocr(page: pypdfium2.PdfPage, sheet: Sheet, ocr: Ocr, read: Read) -> Sheet:
    """A page as OCR reads it, where that is wanted and gives more than its text layer; else the page as it is.

    Args:
        page: the page, open; its giant images are taken off it.
        sheet: what its text layer says.
        ocr: which pages are read.
        read: reads one; a page that cannot be drawn stays as it is.
    """
    text = "\n".join(line.text for line in sheet.lines)
    without = ocr != "none" and lacks_text(page, text)
    garbled = ocr == "needed" and not without and looks_garbled(text)
    if not (ocr == "all" or without or garbled) or not _shows_something(page):
        return sheet
    try:
        found = read(page)
    except pypdfium2.PdfiumError:
        return sheet
    letters = sum(char.isalnum() for line in found.lines for char in line.text)
    if not letters or (garbled and found.confidence < _SURE):
        return replace(sheet, left_out_images=found.left_out)
    return _sheet(sheet, found)


def lacks_text(page: pypdfium2.PdfPage, text: str) -> bool:
    """Whether a page's text layer is none, or a mere stamp on a picture."""
    letters = sum(char.isalnum() for char in text)
    return letters < _NONE or (letters < _STAMP and _is_covered(page))


def looks_garbled(text: str) -> bool:
    """Whether most of a page's text cannot be read."""
    if is_garbled(text):
        return True
    parts = [text[start : start + _PART] for start in range(0, len(text), _PART)]
    bad = sum(len(part) for part in parts if quality(part, "Text") < _READABLE)
    return bad > len(text) / 2


def _is_covered(page: pypdfium2.PdfPage) -> bool:
    width, height = page.get_size()
    try:
        boxes = [found.get_bounds() for found in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])]
    except pypdfium2.PdfiumError:
        return False
    return any((x1 - x0) * (y1 - y0) > _COVERED * width * height for x0, y0, x1, y1 in boxes)


def _shows_something(page: pypdfium2.PdfPage) -> bool:
    return bool(pdfium.FPDFPage_CountObjects(page) > 0)


def _sheet(sheet: Sheet, found: OcrPage) -> Sheet:
    """What was read as characters of the page turned upright, which a `Page` knows how to turn back."""
    lines = [
        [ReadWord(word.text, word.box, line.size, word.confidence, bold=line.bold) for word in line.words]
        for line in found.lines
    ]
    characters = in_lines(of_words(lines, FONT))
    width, height = found.angle.read_size
    turned = found.angle.turn or found.angle.skew
    return replace(
        sheet,
        width=width,
        height=height,
        characters=characters,
        lines=tuple(lines_of(characters)),
        rules=() if turned else sheet.rules,
        drawings=() if turned else sheet.drawings,
        hidden=frozenset(),
        ocr=found,
        left_out_images=found.left_out,
    )
