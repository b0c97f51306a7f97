"""One paper: the values that its text states, and where it states them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from builder.evaluating.records import SourceRecord
from builder.evaluating.values import Kind, Value, are_same, is_share, plain_number, values
from qagen.checks import IndexedSource
from qagen.checks.reading.names import folded, tokens
from qagen.checks.reading.text import Text

_NEAR = 0.1
_WORDED = tuple(
    (share, re.compile(rf"\b(?:{words})", re.IGNORECASE))
    for share, words in (
        (0.1, r"(?:a|one)[ -]tenth"),
        (0.2, r"(?:a|one)[ -]fifth"),
        (0.25, r"quarter"),
        (1 / 3, r"(?:a|one)[ -]third"),
        (0.5, r"hal(?:f|v)"),
        (2 / 3, r"two[ -]thirds"),
        (0.75, r"three[ -](?:quarters|fourths)"),
        (2, r"twice|two-?fold|doubl"),
        (3, r"thrice|three-?fold|tripl|three times"),
        (4, r"four-?fold|quadrupl|four times"),
        (5, r"five-?fold|five times"),
        (10, r"ten-?fold|ten times"),
    )
)
"""Shares and multiples that have words of their own."""
MANY = 12
"""Places from which on a value is everywhere."""


@dataclass(frozen=True)
class PaperText:
    """A paper with all of its text, which alone can say that an answer is false.

    Attributes:
        document: the text that its records were made from.
        records: its records of the split.
    """

    document: str
    records: tuple[SourceRecord, ...]

    @cached_property
    def by_kind(self) -> dict[Kind, tuple[Value, ...]]:
        """The values of the document by kind, each once."""
        found: dict[Kind, dict[str, Value]] = {}
        plain = Text(self.document).plain
        written = frozenset(tokens(plain))
        for value in values(plain):
            if value.text.lower() in written and value.text.isalpha():
                continue  # a word that a heading or a form has in capitals
            known = found.setdefault(value.kind, {})
            before = known.setdefault(value.text, value)
            if not value.beside <= before.beside:
                known[value.text] = replace(before, beside=before.beside | value.beside)
        return {kind: tuple(by_text.values()) for kind, by_text in found.items()}

    @cached_property
    def source(self) -> IndexedSource:
        """The document."""
        return IndexedSource(self.document)

    @cached_property
    def sources(self) -> tuple[IndexedSource, ...]:
        """The document, and what each record says of it, each apart: what stands side by side here does not there."""
        said = dict.fromkeys(f"{record.question}\n\n{record.answer}" for record in self.records)
        return (self.source, *map(IndexedSource, said))

    def stating(self, value: Value) -> tuple["Place", ...]:
        """The sentences that state a value, in order; of those of a value that is everywhere only the first."""
        known = self._places.get((value.kind, value.text))
        if known is None:
            found = (Place(source, number) for source in self.sources for number in _stating(source, value))
            known = self._places[value.kind, value.text] = tuple(islice(found, MANY + 1))
        return known

    @cached_property
    def _places(self) -> dict[tuple[Kind, str], tuple["Place", ...]]:
        return {}

    def has_in_words(self, value: Value) -> bool:
        """Whether the text may say a share in words: "half" for 50 %, "twofold" for 2."""
        if value.quantity is None or not is_share(value.quantity):
            return False
        share = plain_number(value.quantity)
        return any(abs(share - one) < _NEAR * one and word.search(self.document) for one, word in _WORDED)

    def stands_for_same(self, one: Value, two: Value) -> bool:
        """Whether the text spells two names out in the same words."""
        forms = self.source.expansions
        return not set(forms.get(folded(one.text), ())).isdisjoint(forms.get(folded(two.text), ()))


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence of a text, by its number."""

    source: IndexedSource
    number: int

    @property
    def stems(self) -> frozenset[str]:
        """The stems of the sentence and its two neighbours."""
        return self.source.windows[self.number]

    @property
    def text(self) -> str:
        """The sentence with its two neighbours."""
        near = self.source.sentences[max(0, self.number - 1) : self.number + 2]
        return self.source.given[near[0].start : near[-1].end]


def _stating(source: IndexedSource, value: Value) -> Iterator[int]:
    if value.quantity is None:
        wanted = folded(value.text)
        for number, mentions in enumerate(source.mentions):
            if any(name == wanted for _, name in mentions.names):
                yield number
        return
    for number, stated in enumerate(source.quantities):
        if any(are_same(value.quantity, other) for other in stated):
            yield number
