"""Where the selection keeps what it knows of the records: in memory, or on the disk of whoever gives it a shelf.

All of it is looked at in small pieces that lie far apart, so a shelf on the disk reads pieces and keeps none: the memory that a selection
takes does not grow with the records.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
"""Numbers of rows."""
Rows = npt.NDArray[np.uint8]
"""Rows of a table, one below the other: a byte each."""


class Table(Protocol):
    """Rows of one size, by their numbers; a row that nobody has written is all zeros."""

    def get(self, number: int) -> bytes:
        """A row."""

    def put(self, number: int, row: bytes) -> None:
        """Write a row."""

    def get_many(self, numbers: Numbers) -> Rows:
        """Rows, in the order of their numbers as they are given."""

    def put_many(self, numbers: Numbers, rows: Rows) -> None:
        """Write rows, each number once."""


class Shelf(Protocol):
    """Where bytes are laid down that are seldom looked at again."""

    def add(self, data: bytes) -> int:
        """Lay bytes behind the last ones; returns where they begin."""

    def get(self, start: int, end: int) -> bytes:
        """Bytes that were laid down."""

    def table(self, width: int) -> Table:
        """A new table.

        Args:
            width: of a row, in bytes.
        """


class MemoryTable:
    """A table that is no file."""

    def __init__(self, width: int) -> None:
        """Make one whose rows have so many bytes."""
        self._width = width
        self._data = bytearray()

    def get(self, number: int) -> bytes:
        """A row."""
        start = number * self._width
        return bytes(self._data[start : start + self._width]) or bytes(self._width)

    def put(self, number: int, row: bytes) -> None:
        """Write a row."""
        start = number * self._width
        self._reach(number + 1)
        self._data[start : start + self._width] = row

    def get_many(self, numbers: Numbers) -> Rows:
        """Rows, in the order of their numbers as they are given."""
        self._reach(int(numbers.max(initial=-1)) + 1)
        return self._rows()[numbers]

    def put_many(self, numbers: Numbers, rows: Rows) -> None:
        """Write rows, each number once."""
        self._reach(int(numbers.max(initial=-1)) + 1)
        self._rows()[numbers] = rows

    def _reach(self, count: int) -> None:
        if (missing := count * self._width - len(self._data)) > 0:
            self._data.extend(bytes(missing))

    def _rows(self) -> Rows:
        """All rows, where they lie; as long as somebody has them the table cannot grow."""
        return np.frombuffer(self._data, dtype=np.uint8).reshape(-1, self._width)


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

    def table(self, width: int) -> MemoryTable:
        """A new table."""
        return MemoryTable(width)
