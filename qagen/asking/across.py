"""Which chunks of two papers are asked about together: those that speak of the same thing, of which each says something of its own.

What two papers share is told by what few papers name, and by words that both repeat; a thing counts as few papers have it. What belongs
together is decided for two papers at a time, and a group stays where it is among the best of both. So a paper that comes or goes changes
the groups of the papers that share something with it, and of no others. Pure, as `qagen.asking.grouping`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import sqrt

import numpy as np
import numpy.typing as npt

from qagen.asking.chunk_reading import (
    ASIDE,
    TOLD_BY_REPETITION,
    WEIGHTS,
    ChunkReading,
    Thing,
    alike,
    restate,
    shared_weight,
)
from qagen.chunking.section_kinds import SectionKind
from qagen.records import Chunk, ChunkGroup

MOST_PAPERS = 2
"""Papers of a group."""
_SPREAD = 20
"""Papers that may have a thing, at most, for it to tell that two of them belong together."""
_CHUNKS = 3
"""Of a paper the chunks that say a thing most often count, and no others."""
_LEAST_SCORE = 1.2
"""What two chunks have to share, at least."""
_AGAIN = 0.7
"""What each further group of the same two papers counts, compared with the one before."""
_SHARED_NAMES = frozenset({"name", "phrase"})
"""Without a thing of these kinds two papers share nothing that a question could be about."""
_METHODS_BOTH = 0.25
"""Protocols share their buffers and instruments."""
_NEAREST = 3
"""As in `qagen.asking.grouping`, of the chunks of all other papers; of papers that share nothing some are the nearest too, so this only
adds to what two chunks share."""
_NEAR = (2.0, 1.6, 1.2)
_ROWS = 1024
"""Chunks whose cosines are taken together."""
_READ = 512
"""Chunks that stay read while they are compared."""
_LABEL = re.compile(r"[^\W\d_]{0,2}\d{1,3}[a-z]?|[^\W\d_]{1,2}\d?")
"""A name that any paper may give a thing of its own: a sample, a site, a table's row."""

Key = tuple[str, int]
"""A chunk: its paper's sha256, and its index."""


@dataclass(frozen=True)
class ReadPaper:
    """What is known of a paper when it is compared with others.

    Attributes:
        sha256: of the paper.
        works: the names of its work; papers that share one are versions of each other.
        chunks: those that are fit to be asked about.
        vectors: a row of length 1 for each chunk; None where there is no embedding model.
    """

    sha256: str
    works: frozenset[str]
    chunks: tuple[Chunk, ...]
    vectors: npt.NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    one: Key
    other: Key


class PapersCompared:
    """Papers, read one after another; then what they give together."""

    def __init__(self) -> None:
        self._papers: dict[str, ReadPaper] = {}
        self._saying: dict[Thing, dict[str, list[tuple[int, int]]]] = defaultdict(dict)
        self._long_forms: dict[str, dict[str, set[str]]] = {}

    def add(self, paper: ReadPaper) -> None:
        """Read a paper; in whatever order they come."""
        self._papers[paper.sha256] = paper
        long_forms: dict[str, set[str]] = defaultdict(set)
        for chunk in paper.chunks:
            reading = ChunkReading(chunk, chunk.text)
            for thing, count in reading.things.items():
                if _may_tell(thing, count):
                    self._saying[thing].setdefault(paper.sha256, []).append((-count, chunk.index))
            for acronym, forms in reading.expansions.items():
                long_forms[acronym].update(_initials(words) for words in forms)
        self._long_forms[paper.sha256] = long_forms

    def groups(self, most: int) -> tuple[ChunkGroup, ...]:
        """The groups, each chunk of another paper, in the order of the papers' sha256 and their chunks.

        Args:
            most: how many of them a paper may be in.
        """
        chunks = {
            (paper.sha256, chunk.index): chunk for paper in self._papers.values() for chunk in paper.chunks
        }
        by_papers: dict[tuple[str, str], list[_Candidate]] = defaultdict(list)
        for candidate in self._candidates(chunks):
            by_papers[candidate.one[0], candidate.other[0]].append(candidate)
        lists: dict[str, list[_Candidate]] = defaultdict(list)
        for papers, candidates in by_papers.items():
            for chosen in _of_two_papers(candidates, chunks, most):
                for sha256 in papers:
                    lists[sha256].append(chosen)
        best = Counter(
            candidate for candidates in lists.values() for candidate in sorted(candidates, key=_rank)[:most]
        )
        both = sorted((one.one, one.other) for one, count in best.items() if count == 2)
        return tuple(ChunkGroup((chunks[one], chunks[other]), (one[0], other[0])) for one, other in both)

    def _candidates(self, chunks: Mapping[Key, Chunk]) -> Iterator[_Candidate]:
        shared: dict[tuple[Key, Key], list[Thing]] = defaultdict(list)
        weights: dict[Thing, float] = {}
        plain: dict[Thing, float] = {}
        for thing, saying in self._saying.items():
            if not 2 <= len(saying) <= _SPREAD:
                continue
            plain[thing] = WEIGHTS[thing[0]]
            weights[thing] = plain[thing] / sqrt(len(saying) - 1)
            for pair in self._pairs(thing, saying):
                shared[pair].append(thing)
        near = self._near()
        for pair, things in sorted(shared.items()):
            if not any(kind in _SHARED_NAMES for kind, _ in things):
                continue
            fit, close = _fit(*(_read(chunks[key]) for key in pair)), near.get(pair, 0.0)
            # However many papers share it, it is shared: that only says which of them go first.
            if (shared_weight(things, plain) + close) * fit >= _LEAST_SCORE:
                score = (shared_weight(things, weights) + close) * fit
                yield _Candidate(round(score, 6), *pair)

    def _pairs(
        self, thing: Thing, saying: Mapping[str, Sequence[tuple[int, int]]]
    ) -> Iterator[tuple[Key, Key]]:
        """The chunks of two papers that both say a thing, and mean the same by it."""
        for one, other in combinations(sorted(saying), 2):
            if self._same_work(one, other) or not self._same_meaning(thing, one, other):
                continue
            for count, index in sorted(saying[one])[:_CHUNKS]:
                for its_count, its_index in sorted(saying[other])[:_CHUNKS]:
                    if min(count, its_count) < -1:  # one of them speaks of it, and does not only mention it
                        yield (one, index), (other, its_index)

    def _same_work(self, one: str, other: str) -> bool:
        return bool(self._papers[one].works & self._papers[other].works)

    def _same_meaning(self, thing: Thing, one: str, other: str) -> bool:
        """Whether a name is not an acronym that the papers take for different things."""
        forms = [self._long_forms[sha256].get(thing[1]) for sha256 in (one, other)]
        return thing[0] != "name" or not all(forms) or bool(forms[0] & forms[1])  # type: ignore[operator]

    def _near(self) -> dict[tuple[Key, Key], float]:
        """What it counts for chunks of two papers that their vectors are near."""
        papers = [paper for _, paper in sorted(self._papers.items()) if paper.vectors is not None]
        keys = [(paper.sha256, chunk.index) for paper in papers for chunk in paper.chunks]
        if len(papers) < 2 or not keys:
            return {}
        rows = np.concatenate([paper.vectors for paper in papers if paper.vectors is not None])
        works = _numbered(papers)
        nearest: list[dict[int, int]] = []
        for start in range(0, len(rows), _ROWS):
            cosines = np.round(rows[start : start + _ROWS] @ rows.T, 4)
            cosines[works[start : start + _ROWS, None] == works[None, :]] = -2.0
            for row in cosines:
                first = np.argsort(-row, kind="stable")[:_NEAREST]
                nearest.append({int(other): place for place, other in enumerate(first) if row[other] > -2.0})
        return {
            (keys[number], keys[other]): _NEAR[max(place, nearest[other][number])]
            for number, found in enumerate(nearest)
            for other, place in found.items()
            if number < other and number in nearest[other]
        }


def _numbered(papers: Sequence[ReadPaper]) -> npt.NDArray[np.int64]:
    """For each chunk of some papers the number of its work."""
    numbers: dict[str, int] = {}
    found: list[int] = []
    for place, paper in enumerate(papers):
        known = sorted({numbers[work] for work in paper.works if work in numbers})
        number = known[0] if known else place
        numbers.update(dict.fromkeys(paper.works, number))
        found += [number] * len(paper.chunks)
    return np.array(found, dtype=np.int64)


def _may_tell(thing: Thing, count: int) -> bool:
    kind, name = thing
    if kind in TOLD_BY_REPETITION:
        return count > 1
    return kind == "name" and not _LABEL.fullmatch(name)  # any two papers may have measured at 300 K


def _initials(words: Iterable[str]) -> str:
    """A long form so short that its spellings are the same: of each word the first letters."""
    return " ".join(word[:4].lower() for word in words)


def _rank(candidate: _Candidate) -> tuple[float, Key, Key]:
    return -candidate.score, candidate.one, candidate.other


@lru_cache(maxsize=_READ)
def _read(chunk: Chunk) -> ChunkReading:
    return ChunkReading(chunk, chunk.text)


def _fit(one: ChunkReading, other: ChunkReading) -> float:
    """How well the places of two chunks in their papers go together."""
    fit = ASIDE.get(one.kind, 1.0) * ASIDE.get(other.kind, 1.0)
    return fit * (_METHODS_BOTH if {one.kind, other.kind} == {SectionKind.METHODS} else 1.0)


def _of_two_papers(
    candidates: Iterable[_Candidate], chunks: Mapping[Key, Chunk], most: int
) -> list[_Candidate]:
    """The best groups of two papers, in none of which is a chunk of another; each counts less than the one before."""
    chosen: list[_Candidate] = []
    used: set[Key] = set()
    for candidate in sorted(candidates, key=_rank):
        if len(chosen) == most:
            break
        if {candidate.one, candidate.other} & used:
            continue
        one, other = (_read(chunks[key]) for key in (candidate.one, candidate.other))
        if alike(one, other) or restate(one, other):
            continue
        used |= {candidate.one, candidate.other}
        score = round(candidate.score * _AGAIN ** len(chosen), 6)
        chosen.append(_Candidate(score, candidate.one, candidate.other))
    return chosen
