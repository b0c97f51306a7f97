"""Which earlier questions a question may be a near-duplicate of, without comparing it with all of them.

A question has a number of keys, one a band; those that share the key of a band are candidates for each other. The keys stand
in flat arrays, in chains by their last bits, so that a question costs the same however many there are.
"""

from array import array
from collections.abc import Sequence
from functools import cache
from heapq import nsmallest

import numpy as np
import numpy.typing as npt
import rensa

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


class Index:
    """The keys of the questions that were taken, in the order in which they were."""

    def __init__(self, bands: int) -> None:
        self._bands = bands
        self._count = 0
        self._size = _FEWEST
        self._keys = array("I")
        self._before = array("I")
        """For each key the number, from 1, of the question before it in its chain; 0 at the end."""
        self._last = array("I", bytes(4 * bands * self._size))

    def candidates(self, keys: Sequence[int], most: int) -> list[int]:
        """The numbers of the questions that share a key, those first that share most, then the older ones."""
        shared: dict[int, int] = {}
        bands, mask, all_keys, before = self._bands, self._size - 1, self._keys, self._before
        for band, key in enumerate(keys):
            link, steps = self._last[band * self._size + (key & mask)], _STEPS
            while link and steps:
                number = link - 1
                place = number * bands + band
                if all_keys[place] == key:
                    shared[number] = shared.get(number, 0) + 1
                link, steps = before[place], steps - 1
        return nsmallest(most, shared, key=lambda number: (-shared[number], number))

    def add(self, keys: Sequence[int]) -> int:
        """Take in a question; returns its number, counted from 0."""
        if self._count == _CROWDED * self._size:
            self._grow()
        mask = self._size - 1
        for band, key in enumerate(keys):
            place = band * self._size + (key & mask)
            self._before.append(self._last[place])
            self._last[place] = self._count + 1
        self._keys.extend(keys)
        self._count += 1
        return self._count - 1

    def _grow(self) -> None:
        """Twice as many chains, so that they stay short."""
        self._size *= 2
        self._last = array("I", [0]) * (self._bands * self._size)
        keys = np.frombuffer(self._keys, dtype=np.uint32).reshape(self._count, self._bands)
        before = np.frombuffer(self._before, dtype=np.uint32).reshape(self._count, self._bands)
        last = np.frombuffer(self._last, dtype=np.uint32).reshape(self._bands, self._size)
        before[:] = 0
        for band in range(self._bands):
            chains = keys[:, band] & np.uint32(self._size - 1)
            order = np.argsort(chains, kind="stable")
            follows = chains[order[1:]] == chains[order[:-1]]
            before[order[1:][follows], band] = order[:-1][follows] + 1
            last[band, chains[order]] = order + 1  # of equal places the last one written stays
