"""A page's characters as values: what the reader takes from pdfium, or makes of the words that OCR found.

One code point is one character, with a box, the font that sets it, the angle by which it is turned and where its baseline
stands. Everything is in arrays, one element a character; nothing here opens a PDF.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qagen.records import BBox

Codes = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int32]
Objects = npt.NDArray[np.uintp]

BLANK, LINE_END = 32, 10
_BLANKS = np.array(
    [
        9,
        10,
        11,
        12,
        13,
        32,
        0x85,
        0xA0,
        0x1680,
        *range(0x2000, 0x200C),
        0x2028,
        0x2029,
        0x202F,
        0x205F,
        0x3000,
        0xFEFF,
    ],
    np.uint32,
)
"""Codes at which nothing is printed. Other control codes are signs of some font."""
_PRINTED = np.ones(0x10000, np.bool_)
_PRINTED[_BLANKS] = False
_BOLD = 700
_ASCENT = 0.8
"""Share of a word's height above its baseline, where only its box is known."""


@dataclass(frozen=True, slots=True)
class Font:
    """What sets a character.

    Attributes:
        name: as the PDF gives it, with the prefix of a subset; empty where it has none.
        size: as the PDF states it, in points or, where a matrix scales the text, in anything.
        shown: in points, scaled by the text's matrix.
        weight: 100 to 900; 0 or less where it is unknown.
        flags: of the font descriptor (PDF 32000-1, table 123).
    """

    name: str
    size: float
    shown: float
    weight: int = 0
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Characters:
    """A page's characters in reading order, all arrays as long as each other.

    Attributes:
        codes: Unicode code points; `LINE_END` ends a line.
        boxes: x0, y0, x1, y1 in points, origin top left of the page as displayed.
        baselines: y of the baseline as displayed, which is x where the text runs up or down.
        angles: radians, clockwise as displayed; 0 for text that is read from left to right.
        fonts: places in `styles`.
        styles: the fonts.
        confidence: from 0 to 1, of characters that OCR read; None where the PDF states them.
        objects: addresses of their text objects (`FPDF_PAGEOBJECT`), good while the page is open, 0 for blanks and line
            ends that pdfium adds; None where there are none, or no longer.
    """

    codes: Codes
    boxes: Floats
    baselines: Floats
    angles: Floats
    fonts: Numbers
    styles: tuple[Font, ...]
    confidence: Floats | None = None
    objects: Objects | None = None

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def text(self) -> str:
        """One code point a character."""
        return self.codes.astype("<u4").tobytes().decode("utf-32-le")

    @property
    def inked(self) -> npt.NDArray[np.bool_]:
        """Of each character whether it is printed: not blank, and no line end."""
        return _PRINTED[np.minimum(self.codes, len(_PRINTED) - 1)]

    def where(self, kept: npt.NDArray[np.bool_] | Numbers | slice) -> "Characters":
        """Some of the characters, or all in another order."""
        return Characters(
            self.codes[kept],
            self.boxes[kept],
            self.baselines[kept],
            self.angles[kept],
            self.fonts[kept],
            self.styles,
            None if self.confidence is None else self.confidence[kept],
            None if self.objects is None else self.objects[kept],
        )


NONE = Characters(
    np.empty(0, np.uint32),
    np.empty((0, 4), np.float32),
    np.empty(0, np.float32),
    np.empty(0, np.float32),
    np.empty(0, np.int32),
    (),
)


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word that OCR found.

    Attributes:
        text: without blanks.
        box: in points, origin top left of the page as displayed.
        size: of its font in points; 0 takes the box's height.
        confidence: from 0 to 1.
        bold: whether its strokes are thick.
    """

    text: str
    box: BBox
    size: float = 0.0
    confidence: float = 1.0
    bold: bool = False


def of_words(lines: Sequence[Sequence[ReadWord]], font: str = "") -> Characters:
    """Characters of lines of words, as if a text layer had them: each as wide as its word's share.

    Args:
        lines: in reading order; words from left to right.
        font: the name that all of them get.
    """
    codes: list[int] = []
    boxes: list[BBox] = []
    fonts: list[int] = []
    sure: list[float] = []
    styles: dict[Font, int] = {}
    for line in lines:
        for number, word in enumerate(line):
            x0, y0, x1, y1 = word.box
            size = round(word.size or y1 - y0, 1)
            style = styles.setdefault(Font(font, size, size, _BOLD if word.bold else 0), len(styles))
            step = (x1 - x0) / max(1, len(word.text))
            codes += map(ord, word.text)
            boxes += [(x0 + n * step, y0, x0 + (n + 1) * step, y1) for n in range(len(word.text))]
            codes.append(LINE_END if number + 1 == len(line) else BLANK)
            boxes.append((x1, y0, x1, y1))
            fonts += [style] * (len(word.text) + 1)
            sure += [word.confidence] * (len(word.text) + 1)
    if not codes:
        return NONE
    shown = np.array(boxes, np.float32)
    return Characters(
        np.array(codes, np.uint32),
        shown,
        shown[:, 1] + np.float32(_ASCENT) * (shown[:, 3] - shown[:, 1]),
        np.zeros(len(codes), np.float32),
        np.array(fonts, np.int32),
        tuple(styles),
        np.array(sure, np.float32),
    )
