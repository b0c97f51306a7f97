"""A source that is several places of a paper, joined: what each of them has of a claim, alone or with others.

A place has as much of a claim as its few sentences cover that share most of the claim's weight, as for the support score; and
of the numbers and names of the claim those that it states. What the question itself says is no part of what the answer tells.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from qagen.checks.reading.names import folded, is_name, tokens
from qagen.checks.reading.quantities import Quantity
from qagen.checks.reading.source import PREFIX, IndexedSource
from qagen.checks.reading.support_model import idfs
from qagen.checks.reading.text import Sentence, Text, stem
from qagen.checks.reading.words import word_set
from qagen.records import BETWEEN_PLACES, ChunkGroup, Excerpt

_MOST_SENTENCES = 2
"""How many sentences of the source one sentence of an answer may draw on."""
_CONNECTIVES = frozenset(
    map(
        stem,
        word_set(
            """
            besides contrast comparison hand addition however moreover furthermore thus therefore hence similarly likewise
            conversely meanwhile finally overall instead consequently accordingly nevertheless fact
            """
        ),
    )
)
"""What ties the sentences of an answer together; it tells nothing of its own."""
_AKIN = 0.6
"""What a word counts that only begins like a word of the source."""


class JoinedSource(IndexedSource):
    """The texts of several places as one source, as `qagen.records.ChunkGroup` joins them.

    Attributes:
        parts: each place as a source by itself.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__(BETWEEN_PLACES.join(texts))
        self.parts = tuple(map(IndexedSource, texts))

    @cached_property
    def part_by_sentence(self) -> tuple[int, ...]:
        """For each sentence the number of the place that it stands in."""
        starts, begin = [], 0
        for part in self.parts:
            starts.append(begin)
            begin += len(part.given) + len(BETWEEN_PLACES)
        return tuple(bisect_right(starts, sentence.start) - 1 for sentence in self.sentences)

    def in_places_of(
        self, covering: Sequence[int], weights: Mapping[str, float], numbers: Collection[int]
    ) -> set[int]:
        """Of some sentences those in the places that a claim is out of: what another place says is said of its own things.

        Args:
            covering: the sentences that cover the claim, the best first.
            weights: the claim's stems with what each weighs.
            numbers: sentences.
        """
        total = sum(weights.values())
        parts = {
            self.part_by_sentence[number]
            for place, number in enumerate(covering)
            if place == 0
            or sum(weights[word] for word in self.sentence_stems[number] & weights.keys())
            >= _MUCH_OF_IT * total
        }
        return {number for number in numbers if self.part_by_sentence[number] in parts}


_MUCH_OF_IT = 0.35
"""The share of a claim's weight from which on a sentence is one that the claim is out of."""
_WHOLE_CLAUSE = 10.0
"""The weight of words in a row from which on they are something told by itself, however long the sentence; a rare word weighs 4.25."""
_BETWEEN = 1
"""Words that may stand between words of such a row, and be of another place."""


@dataclass(frozen=True)
class Claim:
    """A sentence of an answer as the places are asked about it.

    Attributes:
        sentence: itself.
        weights: its stems with what each weighs, without those of the question.
        numbers: those that it states, without those of the question.
        names: those that it has, folded, without those of the question.
    """

    sentence: Sentence
    weights: dict[str, float]
    numbers: tuple[Quantity, ...]
    names: frozenset[str]

    @classmethod
    def of(
        cls, sentence: Sentence, numbers: Sequence[Quantity], question: Text, asked: Sequence[Quantity]
    ) -> "Claim":
        """A sentence with its numbers, beside the question that it answers and that one's numbers."""
        known = {folded(token) for token in question.tokens}
        values = {number.value for number in asked}
        weights = {
            form: weight
            for form, weight in idfs(sentence.stems).items()
            if form not in question.stems and form not in _CONNECTIVES
        }
        return cls(
            sentence,
            weights or idfs(sentence.stems),
            tuple(number for number in numbers if number.value not in values and not number.in_name),
            frozenset(folded(token) for token in tokens(sentence.text) if is_name(token)) - known,
        )


class Coverage:
    """What the places of a source have of the claims of an answer."""

    def __init__(
        self, claims: Sequence[Claim], source: JoinedSource, tolerance: float, most_lost: float
    ) -> None:
        """Look at some claims.

        Args:
            claims: of one answer.
            source: the places.
            tolerance: the relative difference below which two numbers are the same.
            most_lost: the share of what all places together have of a claim that some of them may lack and still bear it out.
        """
        self._claims = claims
        self._source = source
        self._tolerance = tolerance
        self._most_lost = most_lost

    def needed(self, parts: Sequence[int]) -> tuple[int, ...]:
        """The fewest of some places that bear out what all places do; of several such sets the first."""
        for size in range(1, len(parts)):
            for some in combinations(parts, size):
                if self.is_enough(some):
                    return some
        return tuple(parts)

    def is_enough(self, parts: Collection[int]) -> bool:
        """Whether some places alone bear out every claim as all of them do."""
        return all(self._bears_out(claim, parts) for claim in self._claims)

    def _bears_out(self, claim: Claim, parts: Collection[int]) -> bool:
        everywhere = range(len(self._source.parts))
        if any(
            self._states(number, everywhere) and not self._states(number, parts) for number in claim.numbers
        ):
            return False
        if any(self._has(name, everywhere) and not self._has(name, parts) for name in claim.names):
            return False
        everything = self._covered(claim, everywhere)
        lost = everything.keys() - self._covered(claim, parts).keys()
        if sum(everything[word] for word in lost) > self._most_lost * sum(everything.values()):
            return False
        return _heaviest_run(claim, lost) < _WHOLE_CLAUSE

    def _states(self, number: Quantity, parts: Collection[int]) -> bool:
        return any(any(self._source.parts[part].stated.stating(number, self._tolerance)) for part in parts)

    def _has(self, name: str, parts: Collection[int]) -> bool:
        return any(name in self._source.parts[part].folded_tokens for part in parts)

    def _covered(self, claim: Claim, parts: Collection[int]) -> dict[str, float]:
        """What the few best sentences of some places have of a claim: its words, each with what it weighs there."""
        left, found = dict(claim.weights), dict[str, float]()
        for _ in range(_MOST_SENTENCES):
            gains: dict[int, float] = {}
            for number, gain in self._gains(left, parts):
                gains[number] = gains.get(number, 0.0) + gain
            if not gains:
                break
            best = min(gains, key=lambda number: (-gains[number], number))
            for word in list(left):
                if share := self._share(word, best):
                    found[word] = share * left.pop(word)
        return found

    def _gains(self, left: dict[str, float], parts: Collection[int]) -> Iterator[tuple[int, float]]:
        for number, part in enumerate(self._source.part_by_sentence):
            if part in parts:
                for word, weight in left.items():
                    if share := self._share(word, number):
                        yield number, share * weight

    def _share(self, word: str, number: int) -> float:
        if word in self._source.sentence_stems[number]:
            return 1.0
        begins = self._source.sentence_beginnings[number]
        return _AKIN if len(word) >= PREFIX and word[:PREFIX] in begins else 0.0


def _heaviest_run(claim: Claim, lost: Collection[str]) -> float:
    """The weight of the heaviest row of words of a claim that are among those lost."""
    heaviest = run = 0.0
    others = 0
    for word in claim.sentence.stems:
        if word in lost:
            run, others = run + claim.weights[word], 0
            heaviest = max(heaviest, run)
        elif word in claim.weights:
            others += 1
            run = run if others <= _BETWEEN else 0.0
    return heaviest


def source_of(chunk: Excerpt) -> IndexedSource:
    """What pairs about a chunk, or about several, have to be grounded in."""
    if isinstance(chunk, ChunkGroup):
        return JoinedSource([one.text for one in chunk.chunks])
    return IndexedSource(chunk.text)
