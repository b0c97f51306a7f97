"""Whether a page's text is what bad OCR leaves: hardly any letters, hardly any words, or lost characters."""

import re

_LEADERS = re.compile(r"(?:[.·•…_\-]\s*){3,}")
"""Dots and lines that lead the eye in tables of contents and forms; they are no letters, and not garbled either."""
_LOST = 0.03
"""Share of a text's characters that are lost from which on it is garbled."""
_FEW = 6
"""Lost characters up to which no text is."""
_BLANKS, _ENDS = 0.7, 0.6
"""Runs of blanks, and of line ends, to all characters, above which a text is single letters."""
_LETTERS = 0.3
"""Share of letters and digits in a text, below which it is signs."""


def is_garbled(text: str) -> bool:
    """Whether a page's text, line by line, looks garbled.

    The measures are those that marker applies before it has a page read by OCR; the code is our own.
    """
    text = _LEADERS.sub(" ", text)
    inked = re.sub(r"\s+", "", text)
    if not inked:
        return True
    blanks = len(re.findall(r"\s+", text))
    ends = len(re.findall(r"\n+", text))
    letters = sum(map(str.isalnum, inked))
    return (
        blanks > _BLANKS * (len(inked) + blanks)
        or ends > _ENDS * (ends + len(text) - text.count("\n"))
        or letters < _LETTERS * len(inked)
        or inked.count("\ufffd") > max(_FEW, _LOST * len(text))
    )
