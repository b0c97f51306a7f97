"""Blanks that were lost between two words are put back, where the source shows the two words side by side."""

import re

from qagen.checks.source import Source
from qagen.checks.words import FUNCTION_WORDS, word_set

_WORD = re.compile(r"[^\W\d_]{6,}")
_SHORTEST_PART = 3
_BEGIN_WORDS = word_set("over under through with some any other more most here there where each")
"""Function words with which other words begin: "underwater" has lost no blank."""


def with_lost_blanks(text: str, source: Source) -> str:
    """Part words such as "thegrey" that the source does not have, but has as "the grey".

    One part has to be a function word and the other not: two content words may be a compound of the answer's own, and
    two function words may be a word ("overall").
    """
    if source.vocabulary.issuperset(_WORD.findall(text.lower())):
        return text
    return _WORD.sub(lambda match: _parted(match[0], source), text)


def _parted(word: str, source: Source) -> str:
    lower = word.lower()
    if lower in source.vocabulary:
        return word
    for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        parts = (lower[:cut], lower[cut:])
        is_mixed = (parts[0] in FUNCTION_WORDS) != (parts[1] in FUNCTION_WORDS)
        if is_mixed and parts[0] not in _BEGIN_WORDS and parts in source.neighbours:
            return f"{word[:cut]} {word[cut:]}"
    return word
