"""A chunk as it is compared with others, to find those that are asked about together: what it speaks of, and what it says."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from qagen.checks.reading.names import expansions, folded
from qagen.checks.reading.quantities import quantities
from qagen.checks.reading.support_model import idf
from qagen.checks.reading.text import Prose, Sentence
from qagen.chunking.section_kinds import SectionKind, section_kind
from qagen.records import Chunk

_RARE_WORD = 4.0
"""The weight from which on a word is rare in any field."""
_MOST_ALIKE = 0.4
"""The share of their words that two chunks may have in common: above it they say the same."""
_OWN_WORDS = 12
"""Content words that a chunk needs beyond those that it shares, to have something to add."""
_SAYS_SOMETHING, _RESTATED = 8, 0.7
"""Different content words of a sentence, at least, and the share of them in another that says the same."""
_FURTHER = 0.7
"""What each further thing of a kind counts that two chunks share, compared with the one before."""
_MOST_SHARED = 12
TOLD_BY_REPETITION = frozenset({"word", "phrase"})
"""Things that are a chunk's subject only where it says them more than once."""
_SHORTEST_WORD = 3
_SHORTEST, _MOST_SIGNS = 5, 0.34
"""Words of a sentence, at least, and signs of formulas, tables and code for each of them, at most."""
ASIDE: Mapping[SectionKind, float] = {
    SectionKind.OPENING: 0.3,
    SectionKind.CONCLUSION: 0.4,
    SectionKind.INTRODUCTION: 0.6,
}
"""What places count that say again, or before, what others say."""
OUTCOMES = frozenset({SectionKind.RESULTS, SectionKind.DISCUSSION, SectionKind.OTHER})

_PANEL = re.compile(r".|\d+[A-Za-z]")
"""A single sign, or a panel of a figure, which is written like a name."""
_GLUED = re.compile(r"\d[A-Za-z]$")

Thing = tuple[str, str]
"""What chunks may share: its kind, and itself in one form."""
WEIGHTS = {"name": 1.0, "quantity": 0.8, "word": 0.4, "phrase": 0.6}
"""What a thing of each kind counts."""


@dataclass(frozen=True)
class ChunkReading:
    """A chunk as it is compared with others.

    Attributes:
        chunk: itself.
        text: of it, what the chunk before has not.
    """

    chunk: Chunk
    text: str

    @cached_property
    def kind(self) -> SectionKind:
        """What part of the paper it is in."""
        return section_kind(self.chunk.section.path)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of its content words."""
        return frozenset(stem for sentence in self._prose.sentences for stem in sentence.stems)

    @cached_property
    def sentences(self) -> tuple[frozenset[str], ...]:
        """The stems of each sentence that says something."""
        found = (frozenset(sentence.stems) for sentence in self._prose.sentences)
        return tuple(stems for stems in found if len(stems) >= _SAYS_SOMETHING)

    @cached_property
    def things(self) -> Counter[Thing]:
        """What it speaks of, each with how often."""
        return Counter(self._things())

    @cached_property
    def expansions(self) -> Mapping[str, Sequence[tuple[str, ...]]]:
        """What its acronyms stand for, where it says so: long forms by folded acronym."""
        return expansions(self._prose.plain)

    @cached_property
    def _prose(self) -> Prose:
        return Prose(self.text)

    def _things(self) -> Iterator[Thing]:
        prose = self._prose
        yield from (("name", folded(name)) for name in prose.names if not _PANEL.fullmatch(name))
        for stated in quantities(prose.plain):
            apart = not _GLUED.search(
                stated.text
            )  # what looks like 421 ampere in "D421A" or "Fig. 2A" is none
            if (
                stated.unit is not None
                and stated.value
                and apart
                and not (stated.is_pointer or stated.in_name)
            ):
                base = stated.unit.to_base(stated.value)
                yield "quantity", f"{base:.4g} {stated.unit.dimension}"
        for sentence in prose.sentences:
            if not _is_prose(sentence):
                continue
            yield from (
                ("word", stem) for stem in sentence.stems if stem.isalpha() and idf(stem) >= _RARE_WORD
            )
            for one, other in pairwise(sentence.stems):
                if _is_word(one) and _is_word(other) and idf(one) + idf(other) >= _RARE_WORD:
                    yield "phrase", f"{one} {other}"


def _is_word(stem: str) -> bool:
    """Whether a stem is no number and no sign of a formula."""
    return stem.isalpha() and len(stem) >= _SHORTEST_WORD


def _is_prose(sentence: Sentence) -> bool:
    """Whether a sentence is neither a row of a table nor code, in which words stand beside each other that have nothing in common."""
    signs = sum(sentence.text.count(sign) for sign in "|=(){}<>$")
    return len(sentence.words) >= _SHORTEST and signs <= _MOST_SIGNS * len(sentence.words)


def overlap(one: ChunkReading, other: ChunkReading) -> bool:
    """Whether two chunks of a paper have text in common."""
    return one.chunk.end > other.chunk.start and other.chunk.end > one.chunk.start


def alike(one: ChunkReading, other: ChunkReading) -> bool:
    """Whether two chunks have most of their words in common, or one has nothing to add."""
    common = one.stems & other.stems
    fewest = min(len(one.stems), len(other.stems))
    return len(common) > _MOST_ALIKE * len(one.stems | other.stems) or fewest - len(common) < _OWN_WORDS


def shared_weight(shared: Iterable[Thing], weights: Mapping[Thing, float]) -> float:
    """The weight of things that two chunks share: of each kind the heaviest in full, each further one less."""
    total = 0.0
    things = list(shared)
    for kind in WEIGHTS:
        heaviest = sorted((weights[thing] for thing in things if thing[0] == kind), reverse=True)
        total += sum(weight * _FURTHER**place for place, weight in enumerate(heaviest[:_MOST_SHARED]))
    return total


def restate(one: ChunkReading, other: ChunkReading) -> bool:
    """Whether a sentence of the one says what a sentence of the other says."""
    return any(
        len(said & also) > _RESTATED * min(len(said), len(also))
        for said in one.sentences
        for also in other.sentences
    )
