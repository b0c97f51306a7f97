"""Where the selection keeps what it knows of the records: in memory, or on the disk of whoever gives it a shelf.

All of it is looked at in small pieces that lie far apart, so a shelf on the disk reads pieces and keeps none: the memory that a selection
takes does not grow with the records.
"""

from typing import Protocol


class Table(Protocol):
    """Rows of one size, by their numbers; a row that nobody has written is all zeros."""

    def get(self, number: int) -> bytes:
        """A row."""

    def put(self, number: int, rows: bytes) -> None:
        """Write a row, or several that follow each other."""


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
        return bytes(self._data[start : start + self._width]).ljust(self._width, b"\0")

    def put(self, number: int, rows: bytes) -> None:
        """Write a row, or several that follow each other."""
        start = number * self._width
        if (missing := start + len(rows) - len(self._data)) > 0:
            self._data.extend(bytes(missing))
        self._data[start : start + len(rows)] = rows


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
