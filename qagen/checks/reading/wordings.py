"""Wordings that are looked for in many texts, of which few have any: the words of a text tell where it is worth while.

A search with a long regular expression costs more than all else that is done with a text. So it is first seen whether the
text has the words that every match has, which the expression itself tells.
"""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from qagen.checks.reading.cues import cues


@dataclass(frozen=True, slots=True)
class Wording:
    """A pattern, and sets of words in lower case of each of which every match has one; the rarest words come first."""

    pattern: re.Pattern[str]
    needs: tuple[frozenset[str], ...]


def wording(pattern: str, flags: re.RegexFlag = re.IGNORECASE) -> tuple[str, re.RegexFlag]:
    """What makes a wording: its expression."""
    return pattern, flags


class Wordings:
    """Some wordings that are looked for together."""

    def __init__(self, *patterns: tuple[str, re.RegexFlag]) -> None:
        self._patterns = patterns

    @cached_property
    def all(self) -> tuple[Wording, ...]:
        """The wordings, made when the first is looked for: that takes milliseconds."""
        return tuple(Wording(re.compile(*one), cues(*one)) for one in self._patterns)

    @cached_property
    def _cues(self) -> frozenset[str] | None:
        """Words of which a text with any of the wordings has one; None where nobody can tell."""
        if not all(one.needs for one in self.all):
            return None
        return frozenset(chain.from_iterable(one.needs[0] for one in self.all))

    def search(self, text: str, words: Set[str]) -> Iterator[re.Match[str]]:
        """All matches in a plain text, by where they begin; `words` are its words in lower case."""
        if self._cues is not None and self._cues.isdisjoint(words):
            return iter(())
        found = [
            one.pattern.finditer(text)
            for one in self.all
            if not any(need.isdisjoint(words) for need in one.needs)
        ]
        return iter(sorted(chain.from_iterable(found), key=re.Match.start)) if found else iter(())
