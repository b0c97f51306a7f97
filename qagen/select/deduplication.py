"""Who stays of the records that ask the same: one after another, each against those that were taken before it."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

from qagen.select.answers import answer_similarity
from qagen.select.differences import contradict, differ
from qagen.select.entries import Entries
from qagen.select.index import VECTOR_BANDS, WORD_BANDS, Index, vector_keys, word_keys
from qagen.select.question import Question
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


@dataclass(frozen=True, slots=True)
class DedupDecisions:
    """What became of every record, by its number.

    Attributes:
        winners: the number of the record that it gave way to, or its own.
        scores: how alike the two are; 1 where they ask the same but for notation.
    """

    winners: "array[int]"
    scores: "array[float]"
    by_answer: "array[int]"
    """1 for a record that gave way because of its answer, 0 for one whose question was asked already."""


def decide(entries: Entries, settings: SelectSettings, vectors: Vectors | None = None) -> DedupDecisions:
    """Decide about all records: what people hold before incumbents before newcomers, then by split, then in their order.

    Args:
        entries: all records.
        settings: whether near-duplicates are looked for, and from when on two questions are.
        vectors: of questions, where an embedding model is used; cosines then take the place of the similarity by words.
    """
    verdicts = DedupDecisions(
        array("i", range(len(entries))), array("f", bytes(4 * len(entries))), array("B", bytes(len(entries)))
    )
    taken = _Taken(entries, settings, vectors)
    order = np.argsort(np.array(entries.ranks, dtype=np.uint8), kind="stable").astype(np.int32)
    held: dict[str, int] = {}
    for start in range(0, len(order), _BATCH):
        for asked in taken.read(order[start : start + _BATCH].tolist()):
            winner: int | None
            if entries.is_held(asked.number):
                first = held.setdefault(entries.id(asked.number), asked.number)
                winner, score = (None if first == asked.number else first), 1.0
            else:
                winner, score = taken.twin(asked)
                if winner is None and settings.repeated_answers:
                    winner, score = taken.find_same_answer(asked.number)
                    verdicts.by_answer[asked.number] = winner is not None
            if winner is None:
                taken.take(asked)
            else:
                verdicts.winners[asked.number], verdicts.scores[asked.number] = winner, score
    return verdicts


@dataclass(frozen=True)
class _Asked:
    """A record with what it is compared by; `keys` are empty where only the very same question counts."""

    number: int
    question: Question
    keys: Sequence[int]
    vector: npt.NDArray[np.float32] | None = None

    @cached_property
    def stems(self) -> frozenset[int]:
        """The question's stems as numbers, which many more can be kept of than of questions that are read."""
        return frozenset(crc32(stem.encode("utf-8", "surrogatepass")) for stem in self.question.known)


class _Taken:
    """The records that stay so far."""

    def __init__(self, entries: Entries, settings: SelectSettings, vectors: Vectors | None) -> None:
        self._entries = entries
        self._settings = settings
        self._vectors_of = vectors
        self._same = entries.same()
        self._first = array("i", [-1]) * len(self._same)
        """For each record that others ask the same as, the one of them that was taken."""
        self._index = Index(WORD_BANDS + (VECTOR_BANDS if vectors else 0))
        self._stays = bytearray(len(entries))
        self._numbers = array("i")
        """For each question in the index the record's number."""
        self._stems = array("Q")
        self._stem_counts = array("H")
        """Where the stems of a question in the index lie on the shelf, and how many."""
        self._vectors: npt.NDArray[np.float16] | None = None
        self._question = lru_cache(_REMEMBERED)(lambda number: Question(entries.question(number)))

    def read(self, numbers: Sequence[int]) -> Iterator[_Asked]:
        """Records with what they are compared by."""
        texts = [self._entries.question(number) for number in numbers]
        questions = [Question(text) for text in texts]
        if not self._settings.near_duplicates:
            yield from (
                _Asked(number, question, ()) for number, question in zip(numbers, questions, strict=True)
            )
            return
        keys = word_keys([sorted(question.known) or [question.key] for question in questions]).tolist()
        vectors = self._vectors_by(texts)
        for place, (number, question) in enumerate(zip(numbers, questions, strict=True)):
            vector = vectors[place] if vectors else None
            found: list[int] = [] if vector is None else vector_keys(vector[np.newaxis])[0].tolist()
            yield _Asked(number, question, keys[place] + found if question.key else (), vector)

    def _vectors_by(self, texts: Sequence[str]) -> list[npt.NDArray[np.float32] | None]:
        """The vectors of texts; None for one that is not compared."""
        told = [text for text in texts if text]
        if self._vectors_of is None or not told:
            return []
        rows = iter(self._vectors_of(told))
        return [next(rows) if text else None for text in texts]

    def twin(self, asked: _Asked) -> tuple[int | None, float]:
        """The record that asks the same and how alike they are, of several the one most alike; None where there is none."""
        same = self._first[self._same[asked.number]]
        if same >= 0:
            return same, 1.0
        places = self._index.candidates(asked.keys, _COMPARED) if asked.keys else []
        best: tuple[int | None, float] = None, 0.0
        for number, score in self._scored(asked, places):
            if score > best[1] and not self._differ(asked, number):
                best = number, min(score, _ALIKE)
        return best

    def find_same_answer(self, number: int) -> tuple[int | None, float]:
        """The record of the same chunk that has nearly the same answer and how alike they are; None where there is none."""
        said = self._entries.answer(number)
        best: tuple[int | None, float] = None, 0.0
        for other in self._entries.of_chunk(number) if said else ():
            if other == number or not self._stays[other]:
                continue
            score = answer_similarity(said, self._entries.answer(other))
            if (
                score >= self._settings.answer_similarity
                and score > best[1]
                and self._entries.facts(number) == self._entries.facts(other)
            ):
                best = other, score
        return best

    def take(self, asked: _Asked) -> None:
        """Let a record stay."""
        self._stays[asked.number] = 1
        self._first[self._same[asked.number]] = asked.number
        if not asked.keys:
            return
        place = self._index.add(asked.keys)
        self._numbers.append(asked.number)
        self._stems.append(self._entries.shelf.add(array("I", sorted(asked.stems)).tobytes()))
        self._stem_counts.append(len(asked.stems))
        if asked.vector is not None:
            self._keep(place, asked.vector)

    def _scored(self, asked: _Asked, places: Sequence[int]) -> Iterator[tuple[int, float]]:
        """The candidates that are alike enough, with how alike."""
        if asked.vector is not None and self._vectors is not None:
            cosines = self._vectors[places].astype(np.float32) @ asked.vector
            for place, cosine in zip(places, cosines.tolist(), strict=True):
                if cosine >= self._settings.embedding_similarity:
                    yield self._numbers[place], cosine
            return
        for place in places:
            start = self._stems[place]
            other = array("I", self._entries.shelf.get(start, start + 4 * self._stem_counts[place]))
            shared = len(asked.stems.intersection(other))
            if _OVERLAP * shared < len(asked.stems) + len(other) - shared:
                continue
            number = self._numbers[place]
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
        if self._vectors is None:
            self._vectors = np.zeros((_BATCH, len(vector)), dtype=np.float16)
        elif place == len(self._vectors):
            self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
        self._vectors[place] = vector
