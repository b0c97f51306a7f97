"""What is normal in a document: the size and fonts of its running text, and the fonts kept for display."""

import re
from collections import Counter
from dataclasses import dataclass

from qagen.convert.rules.furniture import Furniture
from qagen.convert.rules.model import Page, Piece, Row

_MATH_FONT = re.compile(r"cmmi|cmsy|cmex|msam|msbm|math|symbol|mtsy|mtmi|stix", re.IGNORECASE)


@dataclass(frozen=True)
class Typography:
    """Size in points; sets of font names."""

    size: float
    body_fonts: frozenset[str]
    display_fonts: frozenset[str]

    def is_body_size(self, size: float) -> bool:
        """Whether text of this size may be running text."""
        return abs(size - self.size) < 0.6

    def is_prose(self, row: Row, column_width: float) -> bool:
        """Whether a row looks like a line of running text: body size, and most of its column wide."""
        return self.is_body_size(row.style.size) and row.width > 0.75 * column_width and row.style.math < 0.4

    def is_display(self, piece: Piece) -> bool:
        """Whether a piece is set throughout in one font that running text does not use."""
        fonts = {row.style.font for row in piece.rows}
        return len(fonts) == 1 and fonts <= self.display_fonts and all(row.style.pure for row in piece.rows)


def measure(pages: tuple[Page, ...], furniture: Furniture) -> Typography:
    """The typography of a document; 10 points where it has no text."""
    sizes: Counter[float] = Counter()
    fonts: Counter[str] = Counter()
    for page in pages:
        for line in page.lines:
            if (page.index, line.place) not in furniture and line.upright:
                sizes[line.style.size] += len(line.text)
                fonts[line.style.font] += len(line.text)
    total = fonts.total()
    return Typography(
        size=sizes.most_common(1)[0][0] if sizes else 10.0,
        body_fonts=frozenset(font for font, count in fonts.items() if count > 0.12 * total),
        display_fonts=frozenset(
            font
            for font, count in fonts.items()
            if font and count < 0.07 * total and not _MATH_FONT.search(font)
        ),
    )
