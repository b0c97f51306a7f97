"""Where a build's results wait on the disk while the selection decides about them: written once, gone through as often as wanted.

And where the selection's own notes lie, so that its memory does not grow with the questions' texts.
"""

import pickle
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from qagen.errors import WorkspaceError
from qagen.records import Record, Rejection

_BATCH = 256
"""Results that are packed together: what they share, such as their paper, is written once."""
_NOTES = 1 << 16
"""Bytes of notes that are written at a time."""
_FRONT = 3 << 20
"""Bytes of a table that are in memory, at most: what some 16,000 records take."""


class _Nameless:
    """A file without a name: when it is closed, or the process is killed, nothing is left.

    Raises:
        WorkspaceError: where the folder cannot be written.
    """

    def __init__(self, folder: Path, buffering: int = -1) -> None:
        self._folder = folder
        try:
            # Closed on leaving the context.
            self._file = tempfile.TemporaryFile(dir=folder, buffering=buffering)  # noqa: SIM115
        except OSError as error:
            raise self._full(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Throw it away."""
        self._file.close()

    def _full(self, error: OSError) -> WorkspaceError:
        return WorkspaceError(
            f"cannot keep the results of this build in {str(self._folder)!r}: {error.strerror or error}",
            remedy="free space there, or name another workspace with --work",
        )


class Notes(_Nameless):
    """Bytes that are laid down one after another and seldom looked at again: a shelf of the selection."""

    def __init__(self, folder: Path, front: int = _FRONT) -> None:
        """Make an empty one; `front` bytes of each table are in memory."""
        super().__init__(folder, buffering=0)
        self._front = front
        self._written = 0
        self._last = bytearray()
        self._tables: list[NotedTable] = []

    def add(self, data: bytes) -> int:
        """Lay bytes behind the last ones; returns where they begin."""
        start = self._written + len(self._last)
        self._last += data
        if len(self._last) >= _NOTES:
            self._write()
        return start

    def get(self, start: int, end: int) -> bytes:
        """Bytes that were laid down."""
        if start >= self._written:
            return bytes(self._last[start - self._written : end - self._written])
        if end > self._written:
            self._write()
        try:
            self._file.seek(start)
            return bytes(self._file.read(end - start))
        except OSError as error:
            raise self._full(error) from None

    def _write(self) -> None:
        try:
            self._file.seek(self._written)
            done = 0
            while done < len(self._last):
                done += self._file.write(self._last[done:])
        except OSError as error:
            raise self._full(error) from None
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
        self._most = front // width * width
        self._front = bytearray()
        self._rest: _Overwritten | None = None

    def get(self, number: int) -> bytes:
        """A row."""
        start = number * self._width
        if start + self._width <= len(self._front):
            return bytes(self._front[start : start + self._width])
        if self._rest is None or start < self._most:
            return bytes(self._front[start:]).ljust(self._width, b"\0")
        return self._rest.get(start - self._most, self._width)

    def put(self, number: int, rows: bytes) -> None:
        """Write a row, or several that follow each other."""
        start = number * self._width
        fit = max(0, self._most - start)
        if fit:
            end = start + min(fit, len(rows))
            self._front.extend(bytes(max(0, end - len(self._front))))
            self._front[start:end] = rows[:fit]
        if len(rows) > fit:
            if self._rest is None:
                self._rest = _Overwritten(self._folder, buffering=0)
            self._rest.put(start + fit - self._most, rows[fit:])

    def close(self) -> None:
        """Throw it away."""
        if self._rest is not None:
            self._rest.close()


class _Overwritten(_Nameless):
    """Bytes that may be written again, and are zero until they are."""

    def get(self, start: int, length: int) -> bytes:
        try:
            self._file.seek(start)
            return bytes(self._file.read(length)).ljust(length, b"\0")
        except OSError as error:
            raise self._full(error) from None

    def put(self, start: int, data: bytes) -> None:
        try:
            self._file.seek(start)
            done = 0
            while done < len(data):
                done += self._file.write(data[done:])
        except OSError as error:
            raise self._full(error) from None


class Spool(_Nameless):
    """Results in their order; `length` is how many."""

    length = 0

    def fill(self, results: Iterable[Record | Rejection]) -> None:
        """Append results.

        Raises:
            WorkspaceError: where the disk does not take them.
        """
        left = iter(results)
        while batch := list(islice(left, _BATCH)):
            self.length += len(batch)
            try:
                pickle.dump(batch, self._file, protocol=pickle.HIGHEST_PROTOCOL)
            except OSError as error:
                raise self._full(error) from None

    def clear(self) -> None:
        """Throw all of it away.

        Raises:
            WorkspaceError: where the disk does not do that.
        """
        try:
            self._file.seek(0)
            self._file.truncate()
        except OSError as error:
            raise self._full(error) from None

    def __iter__(self) -> Iterator[Record | Rejection]:
        """All results in their order; one iteration at a time."""
        try:
            self._file.seek(0)
        except OSError as error:
            raise self._full(error) from None
        while True:
            try:
                batch = pickle.load(self._file)  # noqa: S301 - our own file, which nobody else can open
            except EOFError:
                return
            yield from batch
