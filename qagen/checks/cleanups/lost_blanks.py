"""Blanks that were lost between two words are put back, where the source shows the two words side by side."""

import re

from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.text import Text

_WORD = re.compile(r"[^\W\d_]{6,}")


def with_lost_blanks(text: Text, source: IndexedSource) -> str:
    """Part words such as "thegrey" that the source does not have, but has as "the grey".

    Which words those are, `IndexedSource.blank_in` tells.
    """
    if "'" not in text.plain and not any(
        source.blank_in(word) for word in text.vocabulary - source.vocabulary
    ):
        return text.given
    return _WORD.sub(lambda match: _parted(match[0], source), text.given)


def _parted(word: str, source: IndexedSource) -> str:
    cut = source.blank_in(word.lower())
    return word if cut is None else f"{word[:cut]} {word[cut:]}"
