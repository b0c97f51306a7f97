"""Who stays of the records that ask the same: one after another, each against those that were taken before it."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from struct import Struct
from zlib import crc32

import numpy as np
import numpy.typing as npt

from qagen.select.answers import answer_similarity
from qagen.select.differences import contradict, differ
from qagen.select.entries import Entries
from qagen.select.index import (
    VECTOR_BANDS,
    WORD_BANDS,
    Index,
    Keys,
    Lookup,
    SameQuestions,
    vector_keys,
    word_keys,
)
from qagen.select.question import Question
from qagen.select.shelf import Table
from qagen.select.similarity import similarity
from qagen.settings import SelectSettings

Vectors = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Questions -> their vectors, a row each, of length 1."""

_BATCH = 2048
_COMPARED = 8
"""Candidates that a question is compared with at most: those that share most with it."""
_REMEMBERED = 1 << 11
"""Questions that are kept read: each takes some kilobytes, and those that are asked for again come soon."""
_OVERLAP = 3
"""Of so many words in two questions one has to be shared for a closer look; of pairs above the default score one in 1,000 has less."""
_ALIKE = 0.9999
"""The highest score of questions that are not the same."""


_GAVE_WAY = Struct("<IfB")
_PLACE = Struct("<IQH")


@dataclass(frozen=True, slots=True)
class GaveWay:
    """That a record gave way to another.

    Attributes:
        winner: the number of the other.
        score: how alike the two are; 1 where they ask the same but for notation.
        by_answer: whether because of its answer, and not because its question was asked already.
    """

    winner: int
    score: float
    by_answer: bool


class DedupDecisions:
    """What became of every record, by its number."""

    def __init__(self, entries: Entries) -> None:
        """Begin with every record kept."""
        self._gone = bytearray(len(entries))
        self._rows = entries.shelf.table(_GAVE_WAY.size)

    def stays(self, number: int) -> bool:
        """Whether a record gave way to none."""
        return not self._gone[number]

    def of(self, number: int) -> GaveWay | None:
        """What a record gave way to; None where it stays."""
        if not self._gone[number]:
            return None
        winner, score, by_answer = _GAVE_WAY.unpack(self._rows.get(number))
        return GaveWay(winner, score, bool(by_answer))

    def give_way(self, number: int, to: GaveWay) -> None:
        """Note that a record gave way."""
        self._gone[number] = 1
        self._rows.put(number, _GAVE_WAY.pack(to.winner, to.score, to.by_answer))


def decide(entries: Entries, settings: SelectSettings, vectors: Vectors | None = None) -> DedupDecisions:
    """Decide about all records: what people hold before incumbents before newcomers, then by split, then in their order.

    Args:
        entries: all records.
        settings: whether near-duplicates are looked for, and from when on two questions are.
        vectors: of questions, where an embedding model is used; cosines then take the place of the similarity by words.
    """
    decisions = DedupDecisions(entries)
    taken = _Taken(entries, settings, vectors)
    held: dict[str, int] = {}
    for numbers in entries.in_order(_BATCH):
        for asked in taken.read(numbers):
            if entries.is_held(asked.number):
                first = held.setdefault(entries.id(asked.number), asked.number)
                found = None if first == asked.number else GaveWay(first, 1.0, by_answer=False)
            else:
                found = taken.rival(asked)
            if found is None:
                taken.take(asked)
            else:
                decisions.give_way(asked.number, found)
    return decisions


@dataclass(frozen=True)
class _Asked:
    """A record with what it is compared by.

    Attributes:
        number: of the record.
        place: in the lookup of the index; None where only the very same question counts.
    """

    number: int
    question: Question
    place: int | None
    vector: npt.NDArray[np.float32] | None = None

    @cached_property
    def stems(self) -> frozenset[int]:
        """The question's stems as numbers, which many more can be kept of than of questions that are read."""
        return frozenset(crc32(stem.encode("utf-8", "surrogatepass")) for stem in self.question.known)


def _keys(questions: Sequence[Question], vectors: Sequence[npt.NDArray[np.float32] | None]) -> Keys:
    """The keys of questions, a row each; every one has a vector, or none has."""
    keys = word_keys([sorted(question.known) or [question.key] for question in questions])
    directions = [vector_keys(vector[np.newaxis]) for vector in vectors if vector is not None]
    return np.hstack([keys, np.concatenate(directions)]) if directions else keys


class _Taken:
    """The records that stay so far."""

    def __init__(self, entries: Entries, settings: SelectSettings, vectors: Vectors | None) -> None:
        self._entries = entries
        self._settings = settings
        self._vectors_of = vectors
        self._same = SameQuestions(entries.key, len(entries), entries.shelf)
        self._index = Index(WORD_BANDS + (VECTOR_BANDS if vectors else 0), len(entries), entries.shelf)
        self._lookup: Lookup
        self._stays = bytearray(len(entries))
        self._places = entries.shelf.table(_PLACE.size)
        """For each question in the index the record's number, where its stems lie on the shelf, and how many."""
        self._vectors: Table | None = None
        self._question = lru_cache(_REMEMBERED)(lambda number: Question(entries.question(number)))

    def read(self, numbers: Sequence[int]) -> Iterator[_Asked]:
        """Records with what they are compared by."""
        texts = [self._entries.question(number) for number in numbers]
        questions = [Question(text) for text in texts]
        if not self._settings.near_duplicates:
            yield from (
                _Asked(number, question, None) for number, question in zip(numbers, questions, strict=True)
            )
            return
        vectors = self._vectors_by(texts) or [None] * len(texts)
        places = [place for place, question in enumerate(questions) if question.key]
        if places:
            keys = _keys([questions[place] for place in places], [vectors[place] for place in places])
            self._lookup = self._index.look_up(keys)
        sought = {place: number for number, place in enumerate(places)}
        for place, (number, question) in enumerate(zip(numbers, questions, strict=True)):
            yield _Asked(number, question, sought.get(place), vectors[place])
        if places:
            self._lookup.keep()

    def _vectors_by(self, texts: Sequence[str]) -> list[npt.NDArray[np.float32] | None]:
        """The vectors of texts; None for one that is not compared."""
        told = [text for text in texts if text]
        if self._vectors_of is None or not told:
            return []
        rows = iter(self._vectors_of(told))
        return [next(rows) if text else None for text in texts]

    def rival(self, asked: _Asked) -> GaveWay | None:
        """The record that asks, or in its chunk answers, the same; of several the one most alike. None where there is none."""
        twin = self._twin(asked)
        if twin is None and self._settings.repeated_answers:
            return self._same_answer(asked.number)
        return twin

    def _twin(self, asked: _Asked) -> GaveWay | None:
        same = self._same.find(asked.number)
        if same is not None:
            return GaveWay(same, 1.0, by_answer=False)
        places = [] if asked.place is None else self._lookup.candidates(asked.place, _COMPARED)
        best: GaveWay | None = None
        for number, score in self._scored(asked, places):
            if score > (best.score if best else 0) and not self._differ(asked, number):
                best = GaveWay(number, min(score, _ALIKE), by_answer=False)
        return best

    def _same_answer(self, number: int) -> GaveWay | None:
        said = self._entries.answer(number)
        best: GaveWay | None = None
        for other in self._entries.of_chunk(number) if said else ():
            if other == number or not self._stays[other]:
                continue
            score = answer_similarity(said, self._entries.answer(other))
            if (
                score >= self._settings.answer_similarity
                and score > (best.score if best else 0)
                and self._entries.facts(number) == self._entries.facts(other)
            ):
                best = GaveWay(other, score, by_answer=True)
        return best

    def take(self, asked: _Asked) -> None:
        """Let a record stay."""
        self._stays[asked.number] = 1
        self._same.add(asked.number)
        if asked.place is None:
            return
        place = self._lookup.add(asked.place)
        start = self._entries.shelf.add(array("I", sorted(asked.stems)).tobytes())
        self._places.put(place, _PLACE.pack(asked.number, start, len(asked.stems)))
        if asked.vector is not None:
            self._keep(place, asked.vector)

    def _scored(self, asked: _Asked, places: Sequence[int]) -> Iterator[tuple[int, float]]:
        """The candidates that are alike enough, with how alike."""
        if asked.vector is not None and self._vectors is not None:
            kept = np.frombuffer(b"".join(map(self._vectors.get, places)), dtype=np.float16)
            cosines = kept.reshape(len(places), len(asked.vector)).astype(np.float32) @ asked.vector
            for place, cosine in zip(places, cosines.tolist(), strict=True):
                if cosine >= self._settings.embedding_similarity:
                    yield _PLACE.unpack(self._places.get(place))[0], cosine
            return
        for place in places:
            number, start, count = _PLACE.unpack(self._places.get(place))
            other = array("I", self._entries.shelf.get(start, start + 4 * count))
            shared = len(asked.stems.intersection(other))
            if _OVERLAP * shared < len(asked.stems) + len(other) - shared:
                continue
            score = similarity(asked.question, self._question(number))
            if score >= self._settings.similarity:
                yield number, score

    def _differ(self, asked: _Asked, number: int) -> bool:
        entries = self._entries
        return differ(asked.question, self._question(number)) or contradict(
            entries.facts(asked.number), entries.facts(number)
        )

    def _keep(self, place: int, vector: npt.NDArray[np.float32]) -> None:
        """Keep a vector, at half of its precision: that is a thousandth of a cosine."""
        kept = vector.astype(np.float16)
        if self._vectors is None:
            self._vectors = self._entries.shelf.table(kept.nbytes)
        self._vectors.put(place, kept.tobytes())
