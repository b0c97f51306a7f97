"""Which chunks of a paper are asked about together: those that speak of the same rare thing in different places.

What two chunks share is told by what few chunks of the paper have: names written as such, quantities with their units, rare words, and
words that follow each other. A method and a result that share it fit best; chunks that say the same fit not at all, and what an
abstract, an introduction or a conclusion only says again counts little. Pure: what is chosen depends on nothing but the
chunks, the settings and, where there is an embedding model, its vectors: chunks that these find near belong together as well, whatever
words they share.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from math import log

import numpy as np
import numpy.typing as npt

from qagen.asking.chunk_reading import (
    ASIDE,
    OUTCOMES,
    TOLD_BY_REPETITION,
    WEIGHTS,
    ChunkReading,
    Thing,
    alike,
    overlap,
    restate,
    shared_weight,
)
from qagen.chunking.section_kinds import SectionKind
from qagen.records import Chunk, ChunkGroup

MOST_PLACES = 4
"""Chunks of a group, at most."""
_SPREAD = 4
"""Chunks that may have a thing, at most, for it to tell that two belong together."""
_LEAST_SCORE = 1.2
"""What chunks of a group have to share, at least."""
_THIRD = 0.6
"""How much a further chunk has to share with each of a group, compared with what its first two share."""
_USES = 2
"""Groups that a chunk is part of, at most."""
_SAME_SECTION, _NEIGHBOURS = 0.6, 0.3
_METHODS_BOTH, _METHOD_AND_RESULT = 0.4, 1.5
_NEAREST = 3
"""Of the chunks that are nearest to a chunk by their vectors so many count, in a paper of fewer than twelve chunks fewer, and only where it
is among their nearest too."""
_NEAR = (4.0, 3.2, 2.4)
"""What it counts for two chunks that each is among the nearest of the other, by the further one's place."""

Vectors = npt.NDArray[np.float32]
"""A row of length 1 for each chunk."""


def chunk_groups(
    chunks: Sequence[Chunk], most: int, vectors: Vectors | None = None
) -> tuple[ChunkGroup, ...]:
    """The groups of chunks that are asked about together, those that belong together most first chosen; in the order of the paper.

    Args:
        chunks: those of a paper that are asked about, in their order.
        most: how many groups there may be.
        vectors: of the chunks; None where there is no embedding model.
    """
    if most < 1 or len(chunks) < 2:
        return ()
    readings = _read(chunks)
    counts = Counter(thing for reading in readings for thing in reading.things)
    subjects = {thing for reading in readings for thing, count in reading.things.items() if count > 1}
    telling = {
        thing: WEIGHTS[thing[0]] * log(1 + len(readings) / count)
        for thing, count in counts.items()
        if 2 <= count <= min(_SPREAD, max(2, len(readings) // 2))
        and (thing in subjects or thing[0] not in TOLD_BY_REPETITION)
    }
    having: dict[Thing, list[int]] = {thing: [] for thing in telling}
    for number, reading in enumerate(readings):
        for thing in reading.things.keys() & telling.keys():
            having[thing].append(number)
    near = {} if vectors is None else _near(readings, vectors)
    pairs = sorted({pair for numbers in having.values() for pair in combinations(numbers, 2)} | near.keys())
    scores = {
        (one, other): score
        for one, other in pairs
        if (score := _score(readings[one], readings[other], telling, near.get((one, other), 0.0)))
        >= _LEAST_SCORE
    }
    found = _chosen(readings, scores, most)
    return tuple(ChunkGroup(tuple(chunks[number] for number in group)) for group in sorted(found))


def _read(chunks: Sequence[Chunk]) -> list[ChunkReading]:
    readings, end = [], 0
    for chunk in chunks:
        readings.append(ChunkReading(chunk, chunk.text[max(0, end - chunk.start) :]))
        end = max(end, chunk.end)
    return readings


def _near(readings: Sequence[ChunkReading], vectors: Vectors) -> dict[tuple[int, int], float]:
    """What it counts for two chunks of different sections that their vectors are near."""
    cosines = vectors.astype(np.float64) @ vectors.astype(np.float64).T
    most = max(1, min(_NEAREST, len(readings) // 4))
    nearest = []
    for number, reading in enumerate(readings):
        others = [
            other
            for other, its in enumerate(readings)
            if its.chunk.section != reading.chunk.section and not overlap(its, reading)
        ]
        others.sort(key=lambda other, row=cosines[number]: (-round(float(row[other]), 4), other))  # type: ignore[misc]
        nearest.append({other: place for place, other in enumerate(others[:most])})
    return {
        (number, other): _NEAR[max(place, nearest[other][number])]
        for number, found in enumerate(nearest)
        for other, place in found.items()
        if number < other and number in nearest[other]
    }


def _score(
    one: ChunkReading, other: ChunkReading, telling: Mapping[Thing, float], near: float = 0.0
) -> float:
    """How much two chunks belong together; 0 where they overlap, or say the same."""
    if overlap(one, other) or alike(one, other):
        return 0.0
    shared = one.things.keys() & other.things.keys() & telling.keys()
    return (shared_weight(shared, telling) + near) * _fit(one, other)


def _fit(one: ChunkReading, other: ChunkReading) -> float:
    """How well the places of two chunks in the paper go together."""
    fit = ASIDE.get(one.kind, 1.0) * ASIDE.get(other.kind, 1.0)
    if one.chunk.section == other.chunk.section:
        return fit * (_NEIGHBOURS if abs(one.chunk.index - other.chunk.index) == 1 else _SAME_SECTION)
    kinds = {one.kind, other.kind}
    if kinds == {SectionKind.METHODS}:
        return fit * _METHODS_BOTH
    return fit * (_METHOD_AND_RESULT if SectionKind.METHODS in kinds and kinds & OUTCOMES else 1.0)


def _chosen(
    readings: Sequence[ChunkReading], scores: dict[tuple[int, int], float], most: int
) -> list[tuple[int, ...]]:
    """The best pairs, none of whose chunks is in many; each with the chunks that share as much with both."""
    groups: list[tuple[int, ...]] = []
    uses: Counter[int] = Counter()
    for pair, score in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        if len(groups) == most:
            break
        if any(uses[number] >= _USES for number in pair) or any(set(pair) <= set(group) for group in groups):
            continue
        if restate(readings[pair[0]], readings[pair[1]]):
            del scores[pair]
            continue
        group = _with_further(pair, score, scores, uses)
        groups.append(group)
        uses.update(group)
    return groups


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
