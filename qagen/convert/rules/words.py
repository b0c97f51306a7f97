"""Words of some lines of a page with their boxes, read from its characters: for the cells of tables, and for formulas."""

from collections.abc import Mapping, Sequence

import pypdfium2
import pypdfium2.raw as pdfium
from ftfy import fix_text

from qagen.convert.rules import glyphs
from qagen.convert.rules.characters import clean, code_at, font_at
from qagen.convert.rules.drawings import to_display
from qagen.convert.rules.model import around
from qagen.convert.rules.tables import Word
from qagen.convert.rules.textlayer import Source
from qagen.records import BBox

_WORD_GAP = 0.2
"""Gap between characters, in their height, from which they belong to two words."""


class Words:
    """Reads words; keeps the page open that was asked for last."""

    def __init__(self, source: Source, document: pypdfium2.PdfDocument) -> None:
        self._source = source
        self._turns = {page.index: page.turn for page in source.pages}
        self._document = document
        self._index = -1
        self._page: pypdfium2.PdfPage | None = None
        self._text: pypdfium2.PdfTextPage | None = None

    def __call__(self, index: int, places: Sequence[int]) -> list[Word]:
        """The words of some lines of a page, each once."""
        if index != self._index or self._page is None or self._text is None:
            self.close()
            self._index, self._page = index, self._document[index]
            self._text = self._page.get_textpage()
        bounds = self._page.get_bbox()
        # The words' boxes are those of the page as it is read, like its lines'.
        rotation = (self._page.get_rotation() - 90 * self._turns[index]) % 360
        found: dict[Word, None] = {}
        for place in places:
            spans = self._source.provider.page_lines[index][place].spans
            positions = [
                at for span in spans for at in range(span.minimum_position, span.maximum_position + 1)
            ]
            own = _words(self._text, positions, bounds, rotation, self._source.readings)
            found.update(dict.fromkeys(own))
        return list(found)

    def close(self) -> None:
        """Close the page."""
        if self._text is not None and self._page is not None:
            self._text.close()
            self._page.close()
        self._text = self._page = None


def _words(
    text: pypdfium2.PdfTextPage,
    positions: list[int],
    bounds: BBox,
    rotation: int,
    readings: Mapping[str, str],
) -> list[Word]:
    """Characters that stand next to each other, also where the font changes within the word."""
    words: list[tuple[str, list[BBox]]] = [("", [])]
    rectangle = pdfium.FS_RECTF()
    for position in positions:
        char = _char(text, position, readings)
        if not char:
            words.append(("", []))
            continue
        if not pdfium.FPDFText_GetLooseCharBox(text, position, rectangle):
            words[-1] = (words[-1][0] + char, words[-1][1])
            continue
        plain = (rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        box = to_display(plain, bounds, rotation)
        last = words[-1][1][-1] if words[-1][1] else None
        if last == box:
            words[-1] = (words[-1][0] + char, words[-1][1])  # the second letter of a ligature
            continue
        if last and not -1 < (box[0] - last[2]) / max(1.0, box[3] - box[1]) < _WORD_GAP:
            words.append(("", []))
        words[-1] = (words[-1][0] + char, [*words[-1][1], box])
    return [(fix_text(word), _rounded(around(boxes))) for word, boxes in words if boxes]


def _char(text: pypdfium2.PdfTextPage, position: int, readings: Mapping[str, str]) -> str:
    char = chr(code_at(text, position))
    if glyphs.is_odd(char):
        char = glyphs.mended(glyphs.of_font(char, font_at(text, position)), readings)
    elif char in "ðÞ¼þ":
        char = glyphs.of_pi_font(char, font_at(text, position))
    return clean(char).strip()


def _rounded(box: BBox) -> BBox:
    x0, y0, x1, y1 = (round(value, 1) for value in box)
    return (x0, y0, x1, y1)
