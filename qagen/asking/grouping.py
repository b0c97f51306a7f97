"""Which chunks of a paper are asked about together: those that speak of the same rare thing in different places.

What two chunks share is told by what few chunks of the paper have: names written as such, quantities with their units, rare words, and
words that follow each other. A method and a result that share it fit best; chunks that say the same fit not at all, and what an
abstract, an introduction or a conclusion only says again counts little. Pure: what is chosen depends on nothing but the
chunks and the settings.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from math import log

from qagen.checks.reading.names import folded
from qagen.checks.reading.quantities import quantities
from qagen.checks.reading.support_model import idf
from qagen.checks.reading.text import Prose, Sentence
from qagen.chunking.section_kinds import SectionKind, section_kind
from qagen.records import Chunk, ChunkGroup

MOST_PLACES = 4
"""Chunks of a group, at most."""
_SPREAD = 4
"""Chunks that may have a thing, at most, for it to tell that two belong together."""
_RARE_WORD = 4.0
"""The weight from which on a word is rare in any field."""
_NAME, _QUANTITY, _WORD, _PHRASE = 1.0, 0.8, 0.4, 0.6
_MOST_ALIKE = 0.4
"""The share of their words that two chunks may have in common: above it they say the same."""
_OWN_WORDS = 12
"""Content words that a chunk needs beyond those that it shares, to have something to add."""
_LEAST_SCORE = 1.2
"""What chunks of a group have to share, at least."""
_THIRD = 0.6
"""How much a further chunk has to share with each of a group, compared with what its first two share."""
_USES = 2
"""Groups that a chunk is part of, at most."""
_SAME_SECTION, _NEIGHBOURS = 0.6, 0.3
_METHODS_BOTH, _METHOD_AND_RESULT = 0.4, 1.5
_SAYS_SOMETHING, _RESTATED = 8, 0.7
"""Different content words of a sentence, at least, and the share of them in another that says the same."""
_FURTHER = 0.7
"""What each further thing of a kind counts that two chunks share, compared with the one before."""
_MOST_SHARED = 12
_TOLD_BY_REPETITION = frozenset({"word", "phrase"})
"""Things that are a chunk's subject only where it says them more than once."""
_SHORTEST_WORD = 3
_SHORTEST, _MOST_SIGNS = 5, 0.34
"""Words of a sentence, at least, and signs of formulas, tables and code for each of them, at most."""
_ASIDE: Mapping[SectionKind, float] = {
    SectionKind.OPENING: 0.3,
    SectionKind.CONCLUSION: 0.4,
    SectionKind.INTRODUCTION: 0.6,
}
"""What places count that say again, or before, what others say."""
_OUTCOMES = frozenset({SectionKind.RESULTS, SectionKind.DISCUSSION, SectionKind.OTHER})

_PANEL = re.compile(r".|\d+[A-Za-z]")
"""A single sign, or a panel of a figure, which is written like a name."""
_GLUED = re.compile(r"\d[A-Za-z]$")

_Thing = tuple[str, str]
"""What chunks may share: its kind, and itself in one form."""
_WEIGHTS = {"name": _NAME, "quantity": _QUANTITY, "word": _WORD, "phrase": _PHRASE}


@dataclass(frozen=True)
class _Reading:
    """A chunk as it is compared with others.

    Attributes:
        chunk: itself.
        text: of it, what the chunk before has not.
    """

    chunk: Chunk
    text: str

    @cached_property
    def kind(self) -> SectionKind:
        return section_kind(self.chunk.section.path)

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(stem for sentence in self._prose.sentences for stem in sentence.stems)

    @cached_property
    def sentences(self) -> tuple[frozenset[str], ...]:
        """The stems of each sentence that says something."""
        found = (frozenset(sentence.stems) for sentence in self._prose.sentences)
        return tuple(stems for stems in found if len(stems) >= _SAYS_SOMETHING)

    @cached_property
    def things(self) -> Counter[_Thing]:
        return Counter(self._things())

    @cached_property
    def _prose(self) -> Prose:
        return Prose(self.text)

    def _things(self) -> Iterator[_Thing]:
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


def chunk_groups(chunks: Sequence[Chunk], most: int) -> tuple[ChunkGroup, ...]:
    """The groups of chunks that are asked about together, those that belong together most first chosen; in the order of the paper.

    Args:
        chunks: those of a paper that are asked about, in their order.
        most: how many groups there may be.
    """
    if most < 1 or len(chunks) < 2:
        return ()
    readings = _read(chunks)
    counts = Counter(thing for reading in readings for thing in reading.things)
    subjects = {thing for reading in readings for thing, count in reading.things.items() if count > 1}
    telling = {
        thing: _WEIGHTS[thing[0]] * log(1 + len(readings) / count)
        for thing, count in counts.items()
        if 2 <= count <= min(_SPREAD, max(2, len(readings) // 2))
        and (thing in subjects or thing[0] not in _TOLD_BY_REPETITION)
    }
    having: dict[_Thing, list[int]] = {thing: [] for thing in telling}
    for number, reading in enumerate(readings):
        for thing in reading.things.keys() & telling.keys():
            having[thing].append(number)
    pairs = sorted({pair for numbers in having.values() for pair in combinations(numbers, 2)})
    scores = {
        (one, other): score
        for one, other in pairs
        if (score := _score(readings[one], readings[other], telling)) >= _LEAST_SCORE
    }
    found = _chosen(readings, scores, most)
    return tuple(ChunkGroup(tuple(chunks[number] for number in group)) for group in sorted(found))


def _read(chunks: Sequence[Chunk]) -> list[_Reading]:
    readings, end = [], 0
    for chunk in chunks:
        readings.append(_Reading(chunk, chunk.text[max(0, end - chunk.start) :]))
        end = max(end, chunk.end)
    return readings


def _score(one: _Reading, other: _Reading, telling: Mapping[_Thing, float]) -> float:
    """How much two chunks belong together; 0 where they overlap, or say the same."""
    if one.chunk.end > other.chunk.start and other.chunk.end > one.chunk.start:
        return 0.0
    common = one.stems & other.stems
    fewest = min(len(one.stems), len(other.stems))
    if len(common) > _MOST_ALIKE * len(one.stems | other.stems) or fewest - len(common) < _OWN_WORDS:
        return 0.0
    return _shared(one, other, telling) * _fit(one, other)


def _shared(one: _Reading, other: _Reading, telling: Mapping[_Thing, float]) -> float:
    """The weight of what two chunks share: of each kind the heaviest in full, each further one less."""
    total = 0.0
    shared = one.things.keys() & other.things.keys() & telling.keys()
    for kind in _WEIGHTS:
        weights = sorted((telling[thing] for thing in shared if thing[0] == kind), reverse=True)
        total += sum(weight * _FURTHER**place for place, weight in enumerate(weights[:_MOST_SHARED]))
    return total


def _fit(one: _Reading, other: _Reading) -> float:
    """How well the places of two chunks in the paper go together."""
    fit = _ASIDE.get(one.kind, 1.0) * _ASIDE.get(other.kind, 1.0)
    if one.chunk.section == other.chunk.section:
        return fit * (_NEIGHBOURS if abs(one.chunk.index - other.chunk.index) == 1 else _SAME_SECTION)
    kinds = {one.kind, other.kind}
    if kinds == {SectionKind.METHODS}:
        return fit * _METHODS_BOTH
    return fit * (_METHOD_AND_RESULT if SectionKind.METHODS in kinds and kinds & _OUTCOMES else 1.0)


def _chosen(
    readings: Sequence[_Reading], scores: dict[tuple[int, int], float], most: int
) -> list[tuple[int, ...]]:
    """The best pairs, none of whose chunks is in many; each with the chunks that share as much with both."""
    groups: list[tuple[int, ...]] = []
    uses: Counter[int] = Counter()
    for pair, score in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        if len(groups) == most:
            break
        if any(uses[number] >= _USES for number in pair) or any(set(pair) <= set(group) for group in groups):
            continue
        if _restate(readings[pair[0]], readings[pair[1]]):
            del scores[pair]
            continue
        group = _with_further(pair, score, scores, uses)
        groups.append(group)
        uses.update(group)
    return groups


def _restate(one: _Reading, other: _Reading) -> bool:
    """Whether a sentence of the one says what a sentence of the other says."""
    return any(
        len(said & also) > _RESTATED * min(len(said), len(also))
        for said in one.sentences
        for also in other.sentences
    )


def _with_further(
    pair: tuple[int, int], score: float, scores: Mapping[tuple[int, int], float], uses: Counter[int]
) -> tuple[int, ...]:
    group = set(pair)
    known = {number for both in scores for number in both}
    while len(group) < MOST_PLACES:
        further = {number: _least(number, group, scores) for number in known - group if uses[number] < _USES}
        best = min(further, key=lambda number: (-further[number], number), default=None)
        if best is None or further[best] < _THIRD * score:
            break
        group.add(best)
    return tuple(sorted(group))


def _least(number: int, group: Collection[int], scores: Mapping[tuple[int, int], float]) -> float:
    """How much a chunk shares with each of a group, at least."""
    return min(scores.get((min(number, one), max(number, one)), 0.0) for one in group)
