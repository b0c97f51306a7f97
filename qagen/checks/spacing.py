"""Blanks that were lost between two words are put back, where the source shows the two words side by side."""

import re

from qagen.checks.source import Source

_WORD = re.compile(r"[^\W\d_]{6,}")


def with_lost_blanks(text: str, source: Source) -> str:
    """Part words such as "thegrey" that the source does not have, but has as "the grey".

    Which words those are, `Source.joined` tells.
    """
    if source.joined.keys().isdisjoint(_WORD.findall(text.lower())):
        return text
    return _WORD.sub(lambda match: _parted(match[0], source), text)


def _parted(word: str, source: Source) -> str:
    cut = source.joined.get(word.lower())
    return word if cut is None else f"{word[:cut]} {word[cut:]}"
