"""Where the selection's own notes lie while it decides, so that its memory does not grow with the questions.

A read of the disk costs less than a microsecond where the system has the bytes at hand, a write ten times that, whether of a row
or of some thousand bytes. So rows wait until there are many to write, and where many lie close they are read and written together.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from builder.building.nameless import ScratchFile
from qagen.select import MemoryTable, Numbers, Rows

_GATHERED = 1 << 16
"""Bytes of notes that are written at a time."""
_FRONT = 3 << 20
"""Bytes of a table that are in memory, at most: what some 16,000 records take."""
_WAITING = 1 << 12
"""Rows of a table that wait until they are written, at most."""
_TOGETHER = 1 << 17
"""Bytes of a table that are read or written together, at most."""
_READ_ALONG = 1 << 13
"""Bytes that are read in the time which reading a row by itself takes."""
_WRITTEN_ALONG = 1 << 15
"""The same of writing, with reading before what lies between."""


class Notes(ScratchFile):
    """Bytes that are laid down one after another and seldom looked at again: a shelf of the selection."""

    def __init__(self, folder: Path, front: int = _FRONT) -> None:
        """Make an empty one; `front` bytes of each table are in memory."""
        super().__init__(folder)
        self._front = front
        self._written = 0
        self._last = bytearray()
        self._tables: list[NotedTable] = []

    def add(self, data: bytes) -> int:
        """Lay bytes behind the last ones; returns where they begin."""
        start = self._written + len(self._last)
        self._last += data
        if len(self._last) >= _GATHERED:
            self._write_last()
        return start

    def get(self, start: int, end: int) -> bytes:
        """Bytes that were laid down."""
        if start >= self._written:
            return bytes(self._last[start - self._written : end - self._written])
        if end > self._written:
            self._write_last()
        return self.read(start, end - start)

    def _write_last(self) -> None:
        self.write(self._written, self._last)
        self._written += len(self._last)
        self._last = bytearray()

    def table(self, width: int) -> "NotedTable":
        """A new table that lives as long as the notes."""
        table = NotedTable(self._folder, width, self._front)
        self._tables.append(table)
        return table

    def close(self) -> None:
        """Throw all of it away, the tables too."""
        for table in self._tables:
            table.close()
        super().close()


class NotedTable:
    """A table of the selection: rows of one size by their numbers, all zeros where none was written.

    Its beginning is in memory, so that a small build has no file of it.
    """

    def __init__(self, folder: Path, width: int, front: int) -> None:
        """Make one whose rows have `width` bytes; the first `front` bytes are in memory."""
        self._width = width
        self._folder = folder
        self._in_memory = front // width
        self._front = MemoryTable(width)
        self._rest: _RowFile | None = None
        self._waiting: dict[int, bytes] = {}

    def get(self, number: int) -> bytes:
        """A row."""
        if number < self._in_memory:
            return self._front.get(number)
        if (row := self._waiting.get(number)) is not None:
            return row
        return self._rest.get(number - self._in_memory) if self._rest else bytes(self._width)

    def put(self, number: int, row: bytes) -> None:
        """Write a row."""
        if number < self._in_memory:
            self._front.put(number, row)
            return
        self._waiting[number] = row
        if len(self._waiting) >= _WAITING:
            self._write_waiting()

    def get_many(self, numbers: Numbers) -> Rows:
        """Rows, in the order of their numbers as they are given."""
        behind = numbers >= self._in_memory
        if not behind.any():
            return self._front.get_many(numbers)
        self._write_waiting()
        found = np.zeros((len(numbers), self._width), dtype=np.uint8)
        found[~behind] = self._front.get_many(numbers[~behind])
        if self._rest:
            found[behind] = self._rest.get_many(numbers[behind] - self._in_memory)
        return found

    def put_many(self, numbers: Numbers, rows: Rows) -> None:
        """Write rows, each number once."""
        behind = numbers >= self._in_memory
        self._front.put_many(numbers[~behind], rows[~behind])
        if behind.any():
            self._write_waiting()
            self._on_disk().put_many(numbers[behind] - self._in_memory, rows[behind])

    def close(self) -> None:
        """Throw it away."""
        if self._rest is not None:
            self._rest.close()

    def _write_waiting(self) -> None:
        if self._waiting:
            numbers = np.fromiter(self._waiting, dtype=np.int64, count=len(self._waiting))
            rows = np.frombuffer(b"".join(self._waiting.values()), dtype=np.uint8)
            self._on_disk().put_many(numbers - self._in_memory, rows.reshape(-1, self._width))
            self._waiting.clear()

    def _on_disk(self) -> "_RowFile":
        if self._rest is None:
            self._rest = _RowFile(self._folder, self._width)
        return self._rest


class _RowFile(ScratchFile):
    """Rows of one size on the disk."""

    def __init__(self, folder: Path, width: int) -> None:
        super().__init__(folder)
        self._width = width

    def get(self, number: int) -> bytes:
        return self.read(number * self._width, self._width)

    def get_many(self, numbers: Numbers) -> Rows:
        order = np.argsort(numbers, kind="stable")
        ascending = numbers[order]
        found = np.empty((len(numbers), self._width), dtype=np.uint8)
        for near in self._near(ascending):
            first, last = int(ascending[near.start]), int(ascending[near.stop - 1])
            if (last - first + 1) * self._width <= (near.stop - near.start) * _READ_ALONG:
                found[order[near]] = self._read_rows(first, last)[ascending[near] - first]
            else:
                rows = b"".join(map(self.get, ascending[near].tolist()))
                found[order[near]] = np.frombuffer(rows, dtype=np.uint8).reshape(-1, self._width)
        return found

    def put_many(self, numbers: Numbers, rows: Rows) -> None:
        order = np.argsort(numbers, kind="stable")
        ascending = numbers[order]
        for near in self._near(ascending):
            first, last = int(ascending[near.start]), int(ascending[near.stop - 1])
            count, among = near.stop - near.start, last - first + 1
            if among == count:
                self.write(first * self._width, rows[order[near]].tobytes())
            elif among * self._width <= count * _WRITTEN_ALONG:
                patched = self._read_rows(first, last).copy()
                patched[ascending[near] - first] = rows[order[near]]
                self.write(first * self._width, patched.tobytes())
            else:
                for number, place in zip(ascending[near].tolist(), order[near].tolist(), strict=True):
                    self.write(number * self._width, rows[place].tobytes())

    def _near(self, ascending: Numbers) -> Iterator[slice]:
        """Parts of numbers whose rows are no farther from each other than what is read together."""
        edges = np.flatnonzero(np.diff(ascending // max(1, _TOGETHER // self._width))) + 1
        bounds = [0, *edges.tolist(), len(ascending)]
        return (slice(first, last) for first, last in pairwise(bounds) if first < last)

    def _read_rows(self, first: int, last: int) -> Rows:
        data = self.read(first * self._width, (last - first + 1) * self._width)
        return np.frombuffer(data, dtype=np.uint8).reshape(-1, self._width)
