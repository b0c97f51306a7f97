"""Wordings that are looked for in many texts, of which few have any: the words of a text tell where it is worth while.

A search with a long regular expression costs more than all else that is done with a text. Each wording says which words
every one of its matches has, so that for most texts one look at the set of their words is enough.
"""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import chain

from qagen.checks.reading.words import word_set


@dataclass(frozen=True, slots=True)
class Wording:
    """A pattern, and sets of words in lower case of each of which every match has one; the rarest words come first."""

    pattern: re.Pattern[str]
    needs: tuple[frozenset[str], ...]


def wording(pattern: str, *needs: str, flags: re.RegexFlag = re.IGNORECASE) -> Wording:
    """A wording whose `needs` are written as text, a blank between two words."""
    return Wording(re.compile(pattern, flags), tuple(map(word_set, needs)))


class Wordings:
    """Some wordings that are looked for together."""

    def __init__(self, *wordings: Wording) -> None:
        self.all = wordings
        self._cues = frozenset(chain.from_iterable(one.needs[0] for one in wordings))

    def search(self, text: str, words: Set[str]) -> Iterator[re.Match[str]]:
        """All matches in a plain text, by where they begin; `words` are its words in lower case."""
        if self._cues.isdisjoint(words):
            return iter(())
        found = [
            one.pattern.finditer(text)
            for one in self.all
            if not any(need.isdisjoint(words) for need in one.needs)
        ]
        return iter(sorted(chain.from_iterable(found), key=re.Match.start)) if found else iter(())
