"""A table of kept values in one SQLite file: what was computed once is found by the hash of all that can change it."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from qagen.errors import WorkspaceError
from qagen.records import canonical_json, sha256

_TOGETHER = 500
"""Keys of one question to the database."""

Value = TypeVar("Value", bytes, float)


class KeyedStore(Generic[Value]):
    """Values by key; a batch is written whole or not at all, whatever happens to the process."""

    TABLE: ClassVar[str]
    """Its name; what is in it, for a person."""
    COLUMN: ClassVar[str]
    """Name and type of the column of values."""

    def __init__(self, place: Path) -> None:
        """Open or make it.

        Raises:
            WorkspaceError: where the file cannot be used.
        """
        self._place: Path = place
        with self._explain_errors():
            # In a notebook the thread of the event loop uses it while this one waits, never both.
            self._database = sqlite3.connect(place, check_same_thread=False)
            try:
                self._database.execute(
                    f"CREATE TABLE IF NOT EXISTS {self.TABLE} (key BLOB PRIMARY KEY, {self.COLUMN} NOT NULL) WITHOUT ROWID"
                )
            except sqlite3.Error:
                self._database.close()
                raise

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @staticmethod
    def _key(*parts: str) -> bytes:
        """The key of a value that depends on these texts and nothing else: 32 bytes."""
        return bytes.fromhex(sha256(canonical_json(list(parts))))

    def _find(self, keys: Sequence[bytes]) -> dict[bytes, Value]:
        """The values of those keys that have one.

        Raises:
            WorkspaceError: where the file cannot be read.
        """
        found: dict[bytes, Value] = {}
        for start in range(0, len(keys), _TOGETHER):
            part = keys[start : start + _TOGETHER]
            marks = ",".join("?" * len(part))
            query = f"SELECT * FROM {self.TABLE} WHERE key IN ({marks})"  # noqa: S608 - marks and a name of ours
            with self._explain_errors():
                found |= dict(self._database.execute(query, part))
        return found

    def _keep(self, rows: Iterable[tuple[bytes, Value]]) -> None:
        """Write all of these, or none; a key that has a value keeps it.

        Raises:
            WorkspaceError: where the file cannot be written.
        """
        with self._explain_errors(), self._database:
            self._database.executemany(f"INSERT OR IGNORE INTO {self.TABLE} VALUES (?, ?)", rows)  # noqa: S608 - a name of ours

    @contextmanager
    def _explain_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise WorkspaceError(
                f"cannot use the kept {self.TABLE} {str(self._place)!r}: {error}",
                remedy="delete the file, or free space there",
            ) from None
