"""Words of some lines of a page with their boxes, out of its characters: for the cells of tables, and for formulas."""

from collections.abc import Sequence

from qagen.convert.rules import glyphs
from qagen.convert.rules.cleaning import mended
from qagen.convert.rules.model import around, turned
from qagen.convert.rules.tables import Word
from qagen.convert.rules.textlayer import Source
from qagen.records import BBox

_WORD_GAP = 0.2
"""Gap between characters, in their height, from which they belong to two words."""


class Words:
    """Reads words."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._pages = {page.index: page for page in source.pages}

    def __call__(self, index: int, places: Sequence[int]) -> list[Word]:
        """The words of some lines of a page, each once."""
        page, sheet = self._pages[index], self._source.sheets[index]
        found: dict[Word, None] = {}
        for place in places:
            line = sheet.lines[place]
            part = sheet.characters.where(slice(line.start, line.end))
            # The words' boxes are those of the page as it is read, like its lines'.
            boxes = [turned(box, sheet.width, sheet.height, page.turn) for box in part.boxes.tolist()]
            fonts = [part.styles[font].name for font in part.fonts.tolist()]
            found.update(dict.fromkeys(self._words(part.text, boxes, fonts)))
        return list(found)

    def _words(self, text: str, boxes: Sequence[BBox], fonts: Sequence[str]) -> list[Word]:
        """Characters that stand next to each other, also where the font changes within the word."""
        words: list[tuple[str, list[BBox]]] = [("", [])]
        for code, box, font in zip(text, boxes, fonts, strict=True):
            char = self._char(code, font)
            if not char:
                words.append(("", []))
                continue
            last = words[-1][1][-1] if words[-1][1] else None
            if last == box:
                words[-1] = (words[-1][0] + char, words[-1][1])  # the second letter of a ligature
                continue
            if last and not -1 < (box[0] - last[2]) / max(1.0, box[3] - box[1]) < _WORD_GAP:
                words.append(("", []))
            words[-1] = (words[-1][0] + char, [*words[-1][1], box])
        return [(mended(word), _rounded(around(boxes))) for word, boxes in words if boxes]

    def _char(self, char: str, font: str) -> str:
        """What a character stands for; empty for what belongs to no word."""
        if glyphs.is_odd(char):
            char = glyphs.of_font(char, font)
        char = glyphs.of_pi_font(glyphs.mended(char, self._source.readings), font)
        return "" if char.isspace() else char


def _rounded(box: BBox) -> BBox:
    x0, y0, x1, y1 = (round(value, 1) for value in box)
    return (x0, y0, x1, y1)
