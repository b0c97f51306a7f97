"""The text that an answer has to be grounded in, indexed once."""

from functools import cached_property
from math import log

from qagen.checks.names import expansions, folded, tokens
from qagen.checks.quantities import Quantity, quantities
from qagen.checks.text import Text


class Source(Text):
    """A source text. Make one per text and judge all its pairs against it: each index is made once, when needed."""

    @cached_property
    def postings(self) -> dict[str, tuple[int, ...]]:
        """For each stem the numbers of the sentences that it stands in, ascending."""
        places: dict[str, list[int]] = {}
        for number, sentence in enumerate(self.sentences):
            for stem in set(sentence.stems):
                places.setdefault(stem, []).append(number)
        return {stem: tuple(numbers) for stem, numbers in places.items()}

    def rarity(self, stem: str) -> float:
        """How much a stem says: the inverse document frequency of Robertson and Spärck Jones over the sentences.

        A stem that the source does not have counts like one that stands in a single sentence.
        """
        count = len(self.sentences)
        frequency = len(self.postings.get(stem, (0,)))
        return log(1.0 + (count + 0.5) / (frequency + 0.5))

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """The numbers that the source states."""
        return quantities(self.plain)

    @cached_property
    def names(self) -> frozenset[str]:
        """All tokens, folded as names are compared."""
        return frozenset(folded(token) for token in tokens(self.plain))

    @cached_property
    def expansions(self) -> dict[str, list[tuple[str, ...]]]:
        """What the acronyms of the source stand for there."""
        return expansions(self.plain)

    @cached_property
    def compact(self) -> str:
        """The plain text in lower case without blanks and hyphens, to find words that were cut or joined."""
        return self.plain.lower().replace(" ", "").replace("-", "")
