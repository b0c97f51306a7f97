"""Blanks that were lost between two words are put back, where the source shows the two words side by side."""

import re

from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.text import Text

_WORD = re.compile(r"[^\W\d_]{6,}")


def with_lost_blanks(text: Text, source: IndexedSource) -> str:
    """Part words such as "thegrey" that the source does not have, but has as "the grey".

    Which words those are, `IndexedSource.joined` tells.
    """
    joined = source.joined.keys()
    if "'" not in text.plain and joined.isdisjoint(text.vocabulary):
        return text.given
    return _WORD.sub(lambda match: _parted(match[0], source), text.given)


def _parted(word: str, source: IndexedSource) -> str:
    cut = source.joined.get(word.lower())
    return word if cut is None else f"{word[:cut]} {word[cut:]}"
