"""A file without a name, in which something waits on the disk for as long as it is needed."""

import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from qagen.errors import WorkspaceError


class NamelessFile:
    """When it is closed, or the process is killed, nothing is left.

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


class ScratchFile(NamelessFile):
    """Bytes at places, which may be written again and are zero until they are."""

    def __init__(self, folder: Path) -> None:
        """Make an empty one.

        Raises:
            WorkspaceError: where the folder cannot be written.
        """
        super().__init__(folder, buffering=0)
        self._descriptor = self._file.fileno()

    def read(self, start: int, length: int) -> bytes:
        """So many bytes from a place on.

        Raises:
            WorkspaceError: where the disk does not give them.
        """
        try:
            data = _read(self._descriptor, length, start)
        except OSError as error:
            raise self._full(error) from None
        return data if len(data) == length else data.ljust(length, b"\0")

    def write(self, start: int, data: bytes | bytearray | memoryview) -> None:
        """Write bytes from a place on.

        Raises:
            WorkspaceError: where the disk does not take them.
        """
        left = memoryview(data)
        try:
            while left:
                done = _write(self._descriptor, left, start)
                left, start = left[done:], start + done
        except OSError as error:
            raise self._full(error) from None


def _sought_read(descriptor: int, length: int, start: int) -> bytes:
    os.lseek(descriptor, start, os.SEEK_SET)
    return os.read(descriptor, length)


def _sought_write(descriptor: int, data: memoryview, start: int) -> int:
    os.lseek(descriptor, start, os.SEEK_SET)
    return os.write(descriptor, data)


_read = getattr(os, "pread", _sought_read)
"""In one call, where the system has it."""
_write = getattr(os, "pwrite", _sought_write)
