"""What the selection keeps of every record while it decides: some hundred bytes, however long the record is."""

from array import array
from hashlib import blake2b

import numpy as np

from qagen.records import Record
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


class Entries:
    """Records by the order in which they came, each with what decides about it."""

    def __init__(self) -> None:
        self._ids = bytearray()
        self._keys = bytearray()
        self._texts = bytearray()
        self._text_ends = array("Q", [0])
        self._facts = bytearray()
        self._fact_ends = array("Q", [0])
        self.ranks = array("B")
        """For every record: 0 to 2 for an incumbent, 3 to 5 for a newcomer, by split; the smaller wins."""

    def __len__(self) -> int:
        return len(self.ranks)

    def add(self, record: Record, split: str, *, incumbent: bool) -> None:
        """Append a record."""
        self._ids += bytes.fromhex(record.id)
        key = question_key(record.question).encode("utf-8", "surrogatepass")
        self._keys += blake2b(key, digest_size=_ID).digest()
        if is_compared(record.question):
            self._texts += record.question.encode("utf-8", "surrogatepass")
            self._facts += facts(record.answer)
        self._text_ends.append(len(self._texts))
        self._fact_ends.append(len(self._facts))
        self.ranks.append(SPLITS.index(split) + (0 if incumbent else len(SPLITS)))

    def id(self, number: int) -> str:
        """The id of a record."""
        return self._ids[number * _ID : (number + 1) * _ID].hex()

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
        return self._texts[self._text_ends[number] : self._text_ends[number + 1]].decode(
            "utf-8", "surrogatepass"
        )

    def facts(self, number: int) -> bytes:
        """The facts of a record's answer."""
        return bytes(self._facts[self._fact_ends[number] : self._fact_ends[number + 1]])

    def split(self, number: int) -> str:
        """The split of a record."""
        return SPLITS[self.ranks[number] % len(SPLITS)]
