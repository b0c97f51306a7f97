"""Which earlier questions a question may be a near-duplicate of, without comparing it with all of them.

A question has a number of keys, one a band; those that share the key of a band are candidates for each other. The keys stand
in chains by their last bits, so that a question costs the same however many there are.
"""

from collections.abc import Callable, Sequence
from functools import cache
from heapq import nsmallest
from struct import Struct

import numpy as np
import numpy.typing as npt
import rensa

from qagen.select.shelf import Shelf

Keys = npt.NDArray[np.uint32]

WORD_BANDS = 24
_ROWS = 4
"""Words in 24 bands of 4: two questions are candidates with a chance of 0.96 where 6 of 10 words are shared, 0.002 where 1 is."""
VECTOR_BANDS = 32
_BITS = 16
"""Directions in 32 bands of 16 halves of the space: two vectors are candidates with a chance of 0.98 at a cosine of 0.92."""
_SEED = 7
_STEPS = 12
"""Links that are followed in a band at most: those of the newest questions."""
_FEWEST = 1 << 12
_CROWDED = 2
"""Questions for each chain of a band, at most."""


def word_keys(words: Sequence[Sequence[str]]) -> Keys:
    """The keys of questions by the words that they consist of, a row each; by MinHash."""
    digests = np.array(
        rensa.RMinHash.digests_from_token_sets(words, WORD_BANDS * _ROWS, _SEED), dtype=np.uint64
    )
    return _mixed(digests.reshape(len(words), WORD_BANDS, _ROWS))


def vector_keys(vectors: npt.NDArray[np.float32]) -> Keys:
    """The keys of questions by the directions of their vectors, a row each: on which sides of random planes they lie."""
    sides = (vectors @ _planes(vectors.shape[1]) > 0).reshape(len(vectors), VECTOR_BANDS, _BITS)
    return _mixed(np.packbits(sides, axis=2).astype(np.uint64))


@cache
def _planes(dimensions: int) -> npt.NDArray[np.float32]:
    drawn = np.random.default_rng(_SEED).standard_normal((dimensions, VECTOR_BANDS * _BITS))
    return drawn.astype(np.float32)


def _mixed(parts: npt.NDArray[np.uint64]) -> Keys:
    """One number for the parts of each band, its last bits as random as its first."""
    mixed = np.zeros(parts.shape[:2], dtype=np.uint64)
    for part in range(parts.shape[2]):
        mixed = (mixed ^ parts[:, :, part]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(16)).astype(np.uint32)


_HEAD = Struct("<I")
_LINK = Struct("<II")


class Index:
    """The keys of the questions that were taken, in the order in which they were.

    Two tables: for each band and chain the number, from 1, of the newest question in it; for each question and band its key and the
    number of the one before it in its chain; 0 at the end.
    """

    def __init__(self, bands: int, most: int, shelf: Shelf) -> None:
        """Make an empty one.

        Args:
            bands: keys of each question.
            most: questions that may be taken in; with more of them chains get long.
            shelf: where it is kept.
        """
        self._bands = bands
        self._count = 0
        self._chains = _FEWEST
        while self._chains * _CROWDED < most:
            self._chains *= 2
        self._heads = shelf.table(_HEAD.size)
        self._links = shelf.table(_LINK.size)

    def candidates(self, keys: Sequence[int], most: int) -> list[int]:
        """The numbers of the questions that share a key, those first that share most, then the older ones."""
        shared: dict[int, int] = {}
        for band, key in enumerate(keys):
            (link,) = _HEAD.unpack(self._heads.get(self._chain(band, key)))
            steps = _STEPS
            while link and steps:
                number = link - 1
                found, link = _LINK.unpack(self._links.get(number * self._bands + band))
                if found == key:
                    shared[number] = shared.get(number, 0) + 1
                steps -= 1
        return nsmallest(most, shared, key=lambda number: (-shared[number], number))

    def add(self, keys: Sequence[int]) -> int:
        """Take in a question; returns its number, counted from 0."""
        head, links = _HEAD.pack(self._count + 1), bytearray()
        for band, key in enumerate(keys):
            chain = self._chain(band, key)
            links += _HEAD.pack(key) + self._heads.get(chain)
            self._heads.put(chain, head)
        self._links.put(self._count * self._bands, bytes(links))
        self._count += 1
        return self._count - 1

    def _chain(self, band: int, key: int) -> int:
        return band * self._chains + (key & (self._chains - 1))


class SameQuestions:
    """The records that were taken, by what those have in common that ask the same."""

    def __init__(self, key_of: Callable[[int], bytes], most: int, shelf: Shelf) -> None:
        """Make an empty one.

        Args:
            key_of: gives what a record has in common with those that ask the same, by its number: random bytes, 8 or more.
            most: records that may be taken in.
            shelf: where it is kept.
        """
        self._key_of = key_of
        self._chains = max(most, 1)
        self._heads = shelf.table(_HEAD.size)
        self._before = shelf.table(_HEAD.size)

    def find(self, number: int) -> int | None:
        """The number of the record taken last of those that ask the same as a record; None where there is none."""
        key = self._key_of(number)
        (link,) = _HEAD.unpack(self._heads.get(self._chain(key)))
        while link:
            if self._key_of(link - 1) == key:
                return int(link) - 1
            (link,) = _HEAD.unpack(self._before.get(link - 1))
        return None

    def add(self, number: int) -> None:
        """Take in a record."""
        chain = self._chain(self._key_of(number))
        self._before.put(number, self._heads.get(chain))
        self._heads.put(chain, _HEAD.pack(number + 1))

    def _chain(self, key: bytes) -> int:
        return int.from_bytes(key[:8], "little") % self._chains
