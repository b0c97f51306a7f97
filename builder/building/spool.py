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
        self._file.close()

    def _full(self, error: OSError) -> WorkspaceError:
        return WorkspaceError(
            f"cannot keep the results of this build in {str(self._folder)!r}: {error.strerror or error}",
            remedy="free space there, or name another workspace with --work",
        )


class Notes(_Nameless):
    """Bytes that are laid down one after another and seldom looked at again: a shelf of the selection."""

    def __init__(self, folder: Path) -> None:
        """Make an empty one."""
        super().__init__(folder, buffering=0)
        self._written = 0
        self._last = bytearray()

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
