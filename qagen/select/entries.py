"""What the selection keeps of every record while it decides: some hundred bytes, however long the record is."""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from struct import Struct
from typing import NamedTuple

import numpy as np

from qagen.question_kinds import QuestionKind
from qagen.records import Record
from qagen.select.answers import answer_stems
from qagen.select.differences import facts
from qagen.select.question import question_key
from qagen.select.shelf import Shelf

LONGEST = 600
"""Characters above which a question is compared only exactly, so that what is kept of it is small whatever a model writes."""
SPLITS = ("test", "validation", "train")
"""In the order in which they win."""

_KEY = 16
"""Bytes of a key's hash."""
_REMEMBERED = 1 << 10
"""Rows that are kept read: those of one chunk are asked for again and again."""
_SCANNED = 1 << 16
"""Ranks that are looked through at a time."""


def _key_hash(question: str) -> bytes:
    key = question_key(question).encode("utf-8", "surrogatepass")
    return blake2b(key, digest_size=_KEY).digest()


def is_compared(question: str) -> bool:
    """Whether more of a question counts than whether it is the very same."""
    return 0 < len(question) <= LONGEST


class _Row(NamedTuple):
    """What is kept of a record.

    Attributes:
        id, key: of the record, and the hash of what its question has in common with those that ask the same.
        start: where its question begins on the shelf; facts and stems of its answer follow.
        paper, chunk: the numbers of the first records of its paper and its chunk.
        support: its support.
        text_bytes, fact_bytes, answer_bytes: lengths on the shelf.
        kind: which of the names of kinds it has.
    """

    id: bytes
    key: bytes
    start: int
    paper: int
    chunk: int
    support: float
    text_bytes: int
    fact_bytes: int
    answer_bytes: int
    kind: int


_PACKED = Struct("<16s16sQIIfHHHH")


class Entries:
    """Records by the order in which they came, each with what decides about it.

    Args:
        shelf: where all of it is kept but a byte of each.
    """

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._rows = shelf.table(_PACKED.size)
        self._row = lru_cache(_REMEMBERED)(lambda number: _Row(*_PACKED.unpack(self._rows.get(number))))
        self._chunk: tuple[str, int] | None = None
        self._first_of_chunk = self._first_of_paper = 0
        self._last_paper = ""
        self._kind_names: list[str] = []
        self.ranks = bytearray()
        """For every record: 0 to 2 for one that a person holds, 3 to 5 for an incumbent, 6 to 8 for a newcomer, by split.

        The smaller wins.
        """

    def __len__(self) -> int:
        return len(self.ranks)

    def add(self, record: Record, split: str, *, incumbent: bool, held: bool = False) -> None:
        """Append a record."""
        text, told = b"", b""
        if is_compared(record.question):
            text, told = record.question.encode("utf-8", "surrogatepass"), facts(record.answer)
        said = answer_stems(record.answer)
        self._enter(record.paper.sha256, record.chunk.index)
        kind = "-".join(part for part in (record.kind, record.difficulty) if part)
        if kind not in self._kind_names:
            self._kind_names.append(kind)
        row = _Row(
            id=bytes.fromhex(record.id),
            key=_key_hash(record.question),
            start=self.shelf.add(text + told + said),
            paper=self._first_of_paper,
            chunk=self._first_of_chunk,
            support=record.checks.support,
            text_bytes=len(text),
            fact_bytes=len(told),
            answer_bytes=len(said),
            kind=self._kind_names.index(kind),
        )
        self._rows.put(len(self), _PACKED.pack(*row))
        standing = 0 if held else 1 if incumbent else 2
        self.ranks.append(SPLITS.index(split) + standing * len(SPLITS))

    def _enter(self, paper: str, chunk: int) -> None:
        """Note which record is the first of its paper and its chunk."""
        if (paper, chunk) != self._chunk:
            self._chunk, self._first_of_chunk = (paper, chunk), len(self)
        if paper != self._last_paper:
            self._last_paper, self._first_of_paper = paper, len(self)

    def in_order(self, most: int) -> Iterator[list[int]]:
        """The numbers of all records in the order of what wins, so many at a time."""
        ranks = np.frombuffer(self.ranks, dtype=np.uint8)
        batch: list[int] = []
        for rank in range(3 * len(SPLITS)):
            for start in range(0, len(ranks), _SCANNED):
                batch += (np.flatnonzero(ranks[start : start + _SCANNED] == rank) + start).tolist()
                while len(batch) >= most:
                    yield batch[:most]
                    batch = batch[most:]
        if batch:
            yield batch

    def is_held(self, number: int) -> bool:
        """Whether a person wants the record to stay."""
        return self.ranks[number] < len(SPLITS)

    def id(self, number: int) -> str:
        """The id of a record."""
        return self._row(number).id.hex()

    def key(self, number: int) -> bytes:
        """What a question has in common with those that ask the same, notation aside (see `question_key`): 16 bytes."""
        return self._row(number).key

    def paper(self, number: int) -> int:
        """The number of the first record of the same paper."""
        return self._row(number).paper

    def support(self, number: int) -> float:
        """The support of a record."""
        return self._row(number).support

    def kind(self, number: int) -> str:
        """What was asked for, as `Wanted.name`; empty where anything was."""
        return self._kind_names[self._row(number).kind]

    def is_newcomer(self, number: int) -> bool:
        """Whether a record is neither the base's nor one that a person accepted or holds."""
        return self.ranks[number] >= 2 * len(SPLITS)

    def is_answered(self, number: int) -> bool:
        """Whether the paper answers the question of a record."""
        return not self.kind(number).startswith(QuestionKind.UNANSWERABLE)

    def question(self, number: int) -> str:
        """The question of a record; empty where it is too long to be compared."""
        row = self._row(number)
        return self.shelf.get(row.start, row.start + row.text_bytes).decode("utf-8", "surrogatepass")

    def facts(self, number: int) -> bytes:
        """The facts of a record's answer."""
        row = self._row(number)
        start = row.start + row.text_bytes
        return self.shelf.get(start, start + row.fact_bytes)

    def answer(self, number: int) -> bytes:
        """The stems of a record's answer."""
        row = self._row(number)
        start = row.start + row.text_bytes + row.fact_bytes
        return self.shelf.get(start, start + row.answer_bytes)

    def of_chunk(self, number: int) -> range:
        """The numbers of the records of the same chunk, which follow each other."""
        first = self._row(number).chunk
        end = number + 1
        while end < len(self) and self._row(end).chunk == first:
            end += 1
        return range(first, end)

    def split(self, number: int) -> str:
        """The split of a record."""
        return SPLITS[self.ranks[number] % len(SPLITS)]
