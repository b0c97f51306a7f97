"""Where a build's results wait on the disk while the selection decides about them: written once, gone through as often as wanted."""

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


class Spool:
    """Results in a file without a name: when it is closed, or the process is killed, nothing is left."""

    def __init__(self, folder: Path) -> None:
        """Make an empty one.

        Raises:
            WorkspaceError: where the folder cannot be written.
        """
        self._folder = folder
        try:
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed on leaving the context
        except OSError as error:
            raise self._full(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def fill(self, results: Iterable[Record | Rejection]) -> None:
        """Append results.

        Raises:
            WorkspaceError: where the disk does not take them.
        """
        left = iter(results)
        while batch := list(islice(left, _BATCH)):
            try:
                pickle.dump(batch, self._file, protocol=pickle.HIGHEST_PROTOCOL)
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

    def _full(self, error: OSError) -> WorkspaceError:
        return WorkspaceError(
            f"cannot keep the results of this build in {str(self._folder)!r}: {error.strerror or error}; "
            "free space there, or name another workspace with --work"
        )
