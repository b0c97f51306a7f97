"""What is read off a page's picture: frozen values, boxes in points."""

import math
from dataclasses import dataclass

from qagen.records import BBox


@dataclass(frozen=True, slots=True)
class OcrWord:
    """A word; `confidence` is that of its least certain character, in [0, 1]."""

    text: str
    box: BBox
    confidence: float


@dataclass(frozen=True, slots=True)
class OcrLine:
    """Words side by side.

    Attributes:
        words: from left to right.
        box: around the ink's line, as detected.
        size: of the font, in points, estimated from the ink.
        bold: whether its strokes are clearly thicker than those of the page's usual text.
    """

    words: tuple[OcrWord, ...]
    box: BBox
    size: float
    bold: bool = False

    @property
    def text(self) -> str:
        """The words with single blanks."""
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """The mean over its characters, in [0, 1]."""
        total = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Angle:
    """How a page's text lies on the page as displayed.

    Attributes:
        turn: quarter turns, clockwise, that its text is turned by as displayed.
        skew: degrees, clockwise, that its lines are inclined by once it is turned upright.
        width, height: of the page as displayed, in points.
    """

    turn: int
    skew: float
    width: float
    height: float

    @property
    def read_size(self) -> tuple[float, float]:
        """Width and height, in points, of the sheet that the upright page lies on."""
        width, height = (self.height, self.width) if self.turn % 2 else (self.width, self.height)
        cos, sin = abs(math.cos(math.radians(self.skew))), abs(math.sin(math.radians(self.skew)))
        return width * cos + height * sin, width * sin + height * cos

    def displayed(self, box: BBox) -> BBox:
        """A box of the page as it is read, as the smallest box around it on the page as displayed."""
        x0, y0, x1, y1 = box
        corners = [self._point(x, y) for x in (x0, x1) for y in (y0, y1)]
        xs, ys = zip(*corners, strict=True)
        # A skewed page's sheet is larger than the page.
        return (
            max(0.0, min(xs)),
            max(0.0, min(ys)),
            min(self.width, max(xs)),
            min(self.height, max(ys)),
        )

    def _point(self, x: float, y: float) -> tuple[float, float]:
        wide, high = self.read_size
        width, height = (self.height, self.width) if self.turn % 2 else (self.width, self.height)
        angle = math.radians(self.skew)
        across, down = x - wide / 2, y - high / 2
        u = across * math.cos(angle) - down * math.sin(angle) + width / 2
        v = across * math.sin(angle) + down * math.cos(angle) + height / 2
        turned = ((u, v), (self.width - v, u), (self.width - u, self.height - v), (v, self.height - u))
        return turned[self.turn % 4]


@dataclass(frozen=True, slots=True)
class OcrPage:
    """What stands on a page; its lines' boxes are those of the page turned upright.

    Attributes:
        left_out: images that were too large to be drawn.
    """

    lines: tuple[OcrLine, ...]
    angle: Angle
    left_out: int = 0

    @property
    def confidence(self) -> float:
        """The mean over its characters, in [0, 1]; 0 where there are none."""
        total = sum(len(line.text) for line in self.lines)
        return sum(line.confidence * len(line.text) for line in self.lines) / total if total else 0.0
