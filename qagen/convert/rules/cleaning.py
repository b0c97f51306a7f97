"""Text as a document may hold it: mended characters, plain blanks, nothing invisible but what a script needs."""

import re
import unicodedata
from functools import lru_cache

from ftfy import TextFixerConfig, fix_text

_MENDING = TextFixerConfig(fix_character_width=False)
"""ftfy with all that it mends but the width of characters: a full-width comma is what Chinese is written with."""
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2002\u2003\u00a0\u3000", " "),
        **dict.fromkeys([*range(0x7F, 0x85), *range(0x86, 0xA0), 0x200B, 0xFEFF, 0xFFFE]),
        "ﬀ": "ff",
        "ﬃ": "ffi",
        "ﬄ": "ffl",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬆ": "st",
        "ﬅ": "st",
    }
)
_JOINER = re.compile("[\u200c\u200d]")
_JOINED = (
    "\u0600-\u06ff\u0750-\u077f\u0780-\u07bf\u07c0-\u07ff\u08a0-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af"
    "\ufb50-\ufdff\ufe70-\ufefc"
)
"""Scripts whose letters join: Arabic and its kin, those of India and its neighbours, Mongolian."""
_BETWEEN = re.compile(f"(?<=[{_JOINED}])[\u200c\u200d](?=[{_JOINED}])")


def clean(text: str) -> str:
    """Text without what no document may hold: control characters, noncharacters, invisible marks, odd blanks.

    A joiner stays within a word of a script whose letters join, where it is spelling.
    """
    if text.isascii() and text.isprintable():
        return text
    if not _JOINER.search(text):
        return "".join(map(_cleaned, text))
    kept = {match.start() for match in _BETWEEN.finditer(text)}
    return "".join(char if at in kept else _cleaned(char) for at, char in enumerate(text))


@lru_cache(maxsize=10_000)
def _cleaned(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Zs", "Zl", "Zp") or char in "\t\n\r\f\v\x85":
        return "\n" if char == "\n" else " "
    if char == "\u00ad":
        return "-"
    if category in ("Cc", "Cf", "Cs", "Cn"):
        return ""
    return char


@lru_cache(maxsize=10_000)
def mended(text: str) -> str:
    """Text as ftfy mends it, with plain blanks and without ligatures; where all is ASCII and no entity it is as it was."""
    if text.isascii() and "&" not in text and text.isprintable():
        return text
    fixed: str = fix_text(text.translate(_PLAIN), _MENDING)
    return clean(fixed.translate(_PLAIN))
