"""What the selection keeps of every record while it decides: some hundred bytes, however long the record is."""

from array import array
from hashlib import blake2b
from typing import Protocol

import numpy as np

from qagen.question_kinds import QuestionKind
from qagen.records import Record
from qagen.select.answers import answer_stems
from qagen.select.differences import facts
from qagen.select.question import question_key

LONGEST = 600
"""Characters above which a question is compared only exactly, so that what is kept of it is small whatever a model writes."""
SPLITS = ("test", "validation", "train")
"""In the order in which they win."""

_ID = 16
"""Bytes of an id and of a key's hash."""


def is_compared(question: str) -> bool:
    """Whether more of a question counts than whether it is the very same."""
    return 0 < len(question) <= LONGEST


class Shelf(Protocol):
    """Where bytes are laid down that are seldom looked at again."""

    def add(self, data: bytes) -> int:
        """Lay bytes behind the last ones; returns where they begin."""

    def get(self, start: int, end: int) -> bytes:
        """Bytes that were laid down."""


class Memory:
    """A shelf that is no file."""

    def __init__(self) -> None:
        self._data = bytearray()

    def add(self, data: bytes) -> int:
        """Lay bytes behind the last ones; returns where they begin."""
        self._data += data
        return len(self._data) - len(data)

    def get(self, start: int, end: int) -> bytes:
        """Bytes that were laid down."""
        return bytes(self._data[start:end])


class Entries:
    """Records by the order in which they came, each with what decides about it.

    Args:
        shelf: where questions and the facts of answers are kept: they are most of it, and few are looked at twice.
    """

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._ids = bytearray()
        self._keys = bytearray()
        self._starts = array("Q")
        self._text_bytes = array("H")
        self._fact_bytes = array("H")
        self._answer_bytes = array("H")
        self._chunks = array("I")
        self._chunk: tuple[str, int] | None = None
        self._papers = array("I")
        self._supports = array("f")
        self._kinds = array("H")
        self._kind_names: list[str] = []
        self._last_paper = ""
        self.ranks = array("B")
        """For every record: 0 to 2 for one that a person holds, 3 to 5 for an incumbent, 6 to 8 for a newcomer, by split.

        The smaller wins.
        """

    def __len__(self) -> int:
        return len(self.ranks)

    def add(self, record: Record, split: str, *, incumbent: bool, held: bool = False) -> None:
        """Append a record."""
        self._ids += bytes.fromhex(record.id)
        key = question_key(record.question).encode("utf-8", "surrogatepass")
        self._keys += blake2b(key, digest_size=_ID).digest()
        text, told = b"", b""
        if is_compared(record.question):
            text, told = record.question.encode("utf-8", "surrogatepass"), facts(record.answer)
        said = answer_stems(record.answer)
        self._starts.append(self.shelf.add(text + told + said))
        self._answer_bytes.append(len(said))
        chunk = (record.paper.sha256, record.chunk.index)
        self._chunks.append(self._chunks[-1] if chunk == self._chunk else len(self))
        self._chunk = chunk
        if record.paper.sha256 != self._last_paper:
            self._last_paper = record.paper.sha256
            self._papers.append(len(self))
        else:
            self._papers.append(self._papers[-1])
        self._supports.append(record.checks.support)
        kind = "-".join(part for part in (record.kind, record.difficulty) if part)
        if kind not in self._kind_names:
            self._kind_names.append(kind)
        self._kinds.append(self._kind_names.index(kind))
        self._text_bytes.append(len(text))
        self._fact_bytes.append(len(told))
        standing = 0 if held else 1 if incumbent else 2
        self.ranks.append(SPLITS.index(split) + standing * len(SPLITS))

    def is_held(self, number: int) -> bool:
        """Whether a person wants the record to stay."""
        return self.ranks[number] < len(SPLITS)

    def id(self, number: int) -> str:
        """The id of a record."""
        return self._ids[number * _ID : (number + 1) * _ID].hex()

    def paper(self, number: int) -> int:
        """The number of the first record of the same paper."""
        return self._papers[number]

    def support(self, number: int) -> float:
        """The support of a record."""
        return self._supports[number]

    def kind(self, number: int) -> str:
        """What was asked for, as `Wanted.name`; empty where anything was."""
        return self._kind_names[self._kinds[number]]

    def is_newcomer(self, number: int) -> bool:
        """Whether a record is neither the base's nor one that a person accepted or holds."""
        return self.ranks[number] >= 2 * len(SPLITS)

    def is_answered(self, number: int) -> bool:
        """Whether the paper answers the question of a record."""
        return not self.kind(number).startswith(QuestionKind.UNANSWERABLE)

    def same(self) -> "array[int]":
        """For every record the number of one that asks the same, notation aside (see `question_key`); its own where none does.

        All records that ask the same have the same one.
        """
        halves = np.frombuffer(bytes(self._keys), dtype=np.uint64).reshape(-1, 2)
        order = np.lexsort((halves[:, 1], halves[:, 0]))
        ordered = halves[order]
        begins = np.ones(len(order), dtype=bool)
        begins[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
        named = np.empty(len(order), dtype=np.int32)
        named[order] = order[begins][np.cumsum(begins) - 1]
        return array("i", named.tobytes())

    def question(self, number: int) -> str:
        """The question of a record; empty where it is too long to be compared."""
        start = self._starts[number]
        return self.shelf.get(start, start + self._text_bytes[number]).decode("utf-8", "surrogatepass")

    def facts(self, number: int) -> bytes:
        """The facts of a record's answer."""
        start = self._starts[number] + self._text_bytes[number]
        return self.shelf.get(start, start + self._fact_bytes[number])

    def answer(self, number: int) -> bytes:
        """The stems of a record's answer."""
        start = self._starts[number] + self._text_bytes[number] + self._fact_bytes[number]
        return self.shelf.get(start, start + self._answer_bytes[number])

    def of_chunk(self, number: int) -> range:
        """The numbers of the records of the same chunk, which follow each other."""
        first = self._chunks[number]
        end = number + 1
        while end < len(self) and self._chunks[end] == first:
            end += 1
        return range(first, end)

    def split(self, number: int) -> str:
        """The split of a record."""
        return SPLITS[self.ranks[number] % len(SPLITS)]
