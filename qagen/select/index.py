"""Which earlier questions a question may be a near-duplicate of, without comparing it with all of them.

A question has a number of keys, one a band; those that share the key of a band are candidates for each other. The keys stand
in chains by their last bits, so that a question costs the same however many there are.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from heapq import nsmallest
from struct import Struct

import numpy as np
import numpy.typing as npt
import rensa

from qagen.select.shelf import Rows, Shelf

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


class Index:
    """The keys of the questions that were taken, in the order in which they were.

    What lies far apart in its tables is read and written for many questions at once (see `Lookup`).

    Attributes:
        bands: keys of each question.
        count: questions that were taken.
        chains: of each band.
        heads: for each band and chain the number, from 1, of the newest question in it.
        links: for each question and band its key and the number, from 1, of the one before it in its chain; 0 at the end.
    """

    def __init__(self, bands: int, most: int, shelf: Shelf) -> None:
        """Make an empty one.

        Args:
            bands: keys of each question.
            most: questions that may be taken in; with more of them chains get long.
            shelf: where it is kept.
        """
        self.bands = bands
        self.count = 0
        self.chains = _FEWEST
        while self.chains * _CROWDED < most:
            self.chains *= 2
        self.heads = shelf.table(_HEAD.size)
        self.links = shelf.table(2 * _HEAD.size)

    def look_up(self, keys: Keys) -> "Lookup":
        """Look for the candidates of questions that come one after another; one such lookup at a time.

        Args:
            keys: a row for each question, at least one.
        """
        return Lookup(self, keys)


class Lookup:
    """Questions that are looked for together, one after another; those that are taken are candidates of the later ones."""

    def __init__(self, index: Index, keys: Keys) -> None:
        """Find what was there before in the chains of all of them; for the arguments see `Index.look_up`."""
        self._index = index
        self._keys = keys
        chains = np.arange(index.bands, dtype=np.int64) * index.chains + (keys & np.uint32(index.chains - 1))
        self._chains, inverse, counts = np.unique(chains, return_inverse=True, return_counts=True)
        self._slots = inverse.reshape(keys.shape)
        """For each question and band which of the chains."""
        self._heads = _as_words(index.heads.get_many(self._chains))[:, 0]
        self._before = _Before(index, keys, self._heads[self._slots])
        several = counts[self._slots] > 1
        self._met = [bands.tolist() for bands in map(np.flatnonzero, several)]
        """For each question the bands in which others of this lookup have its chain."""
        self._taken: list[int] = []
        self._new: dict[int, list[tuple[int, int]]] = {}
        """For each chain that several have the numbers and keys of those that were taken."""

    def candidates(self, place: int, most: int) -> list[int]:
        """The numbers of the questions that share a key with one, those first that share most, then the older ones.

        Args:
            place: of the question in this lookup.
            most: how many.
        """
        shared: dict[int, int] = {}
        steps: dict[int, int] = {}
        for band in self._met[place]:
            newest = self._new.get(int(self._slots[place, band]), ())[-_STEPS:]
            steps[band] = len(newest)
            key = int(self._keys[place, band])
            for number, found in newest:
                if found == key:
                    shared[number] = shared.get(number, 0) + 1
        for number in self._before.of(place, steps):
            shared[number] = shared.get(number, 0) + 1
        return nsmallest(most, shared, key=lambda number: (-shared[number], number))

    def add(self, place: int) -> int:
        """Take in a question; returns its number, counted from 0."""
        number = self._index.count + len(self._taken)
        self._taken.append(place)
        for band in self._met[place]:
            slot = int(self._slots[place, band])
            self._new.setdefault(slot, []).append((number, int(self._keys[place, band])))
        return number

    def keep(self) -> None:
        """Write down those that were taken in."""
        index, count = self._index, len(self._taken)
        numbers = np.arange(index.count, index.count + count, dtype=np.int64)
        slots = self._slots[self._taken].ravel()
        order = np.argsort(slots, kind="stable")
        slots, links = slots[order], np.repeat(numbers + 1, index.bands).astype(np.uint32)[order]
        first, last = np.ones(len(slots), dtype=bool), np.ones(len(slots), dtype=bool)
        first[1:] = last[:-1] = slots[1:] != slots[:-1]
        before = np.where(first, self._heads[slots], np.roll(links, 1))
        rows = np.empty((len(slots), 2), dtype=np.uint32)
        rows[:, 0] = self._keys[self._taken].ravel()
        rows[order, 1] = before
        places = (numbers[:, np.newaxis] * index.bands + np.arange(index.bands)).ravel()
        index.links.put_many(places, rows.view(np.uint8))
        index.heads.put_many(self._chains[slots[last]], links[last, np.newaxis].view(np.uint8))
        index.count += count


class _Before:
    """The questions of earlier lookups that share a key with one of this, and how many newer ones stand before them in their chain."""

    def __init__(self, index: Index, keys: Keys, heads: npt.NDArray[np.uint32]) -> None:
        wanted = keys.ravel()
        places, links = np.flatnonzero(heads), heads[heads > 0].astype(np.int64)
        shared_places, shared_numbers, shared_steps = [], [], []
        for step in range(_STEPS):
            rows = _as_words(index.links.get_many((links - 1) * index.bands + places % index.bands))
            same = rows[:, 0] == wanted[places]
            shared_places.append(places[same])
            shared_numbers.append(links[same] - 1)
            shared_steps.append(np.full(same.sum(), step, dtype=np.uint8))
            goes_on = rows[:, 1] > 0
            places, links = places[goes_on], rows[goes_on, 1].astype(np.int64)
        found = np.concatenate(shared_places)
        order = np.argsort(found, kind="stable")
        self._numbers = np.concatenate(shared_numbers)[order]
        self._steps = np.concatenate(shared_steps)[order]
        self._bands = (found[order] % index.bands).astype(np.uint8)
        self._starts = np.searchsorted(found[order], np.arange(len(keys) + 1) * index.bands).tolist()

    def of(self, place: int, newer: Mapping[int, int]) -> list[int]:
        """The numbers of those that share a key with a question, once for each key.

        Args:
            place: of the question.
            newer: links that were followed in a band already.
        """
        mine = slice(self._starts[place], self._starts[place + 1])
        numbers: list[int] = self._numbers[mine].tolist()
        if not any(newer.values()):
            return numbers
        steps, bands = self._steps[mine].tolist(), self._bands[mine].tolist()
        return [
            number
            for number, step, band in zip(numbers, steps, bands, strict=True)
            if step + newer.get(band, 0) < _STEPS
        ]


def _as_words(rows: Rows) -> npt.NDArray[np.uint32]:
    return rows.view(np.uint32)


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
