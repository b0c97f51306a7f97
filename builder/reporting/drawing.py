"""Some of many, drawn while they pass by: the same seed draws the same, in whatever order they come."""

import heapq
from collections.abc import Callable
from hashlib import blake2b
from typing import Generic, TypeVar

T = TypeVar("T")


class Smallest(Generic[T]):
    """The values whose ids have the smallest hashes; a record stays drawn as long as it is there.

    Args:
        most: how many are drawn.
        seed: another draws others.
        smaller: what is kept of a value.
    """

    def __init__(self, most: int, seed: int, smaller: Callable[[T], T] = lambda value: value) -> None:
        self._most, self._seed, self._smaller = most, seed, smaller
        self._heap: list[tuple[int, int, T]] = []
        self._number = 0

    def add(self, name: str, value: T) -> None:
        """Let a value pass by."""
        digest = blake2b(f"{self._seed} {name}".encode("utf-8", "replace"), digest_size=8).digest()
        rank = -int.from_bytes(digest, "big")
        if len(self._heap) < self._most or (self._heap and rank > self._heap[0][0]):
            self._number += 1
            item = (rank, self._number, self._smaller(value))
            if len(self._heap) < self._most:
                heapq.heappush(self._heap, item)
            else:
                heapq.heapreplace(self._heap, item)

    def drawn(self) -> list[T]:
        """Those that were drawn, in the order of their hashes."""
        return [value for _, _, value in sorted(self._heap, key=lambda item: (-item[0], item[1]))]
