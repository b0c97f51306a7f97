"""Vectors of questions, kept like answers: by the model's name and the text, so that none is paid for twice."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qagen.errors import WorkspaceError
from qagen.records import canonical_json, sha256

_TOGETHER = 500
"""Keys of one question to the database."""


class VectorStore:
    """One file for all models; each batch is written whole or not at all, whatever happens to the process."""

    def __init__(self, place: Path, model: str) -> None:
        """Open or make it.

        Raises:
            WorkspaceError: where the file cannot be used.
        """
        self._place = place
        self._model = model
        with self._explained():
            # In a notebook the thread of the event loop uses it while this one waits, never both.
            self._database = sqlite3.connect(place, check_same_thread=False)
            try:
                self._database.execute(
                    "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
                )
            except sqlite3.Error:
                self._database.close()
                raise

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def missing(self, texts: Sequence[str]) -> list[str]:
        """Those texts that have no vector yet, each once, in their order.

        Raises:
            WorkspaceError: where the file cannot be read.
        """
        return [text for text, vector in self._found(dict.fromkeys(texts)) if vector is None]

    def keep(self, texts: Sequence[str], vectors: Sequence[Sequence[float]]) -> None:
        """Keep the vectors of texts, stretched to length 1.

        Raises:
            WorkspaceError: where the file cannot be written.
        """
        made = np.array(vectors, dtype=np.float64)
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        rows = [
            (self._key(text), vector.tobytes())
            for text, vector in zip(texts, made.astype("<f4"), strict=True)
        ]
        with self._explained(), self._database:
            self._database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)

    def of(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """The vectors of texts that all have one, a row each.

        Raises:
            WorkspaceError: where one is missing, they differ in length, or the file cannot be read.
        """
        known = dict(self._found(dict.fromkeys(texts)))
        rows = [known[text] for text in texts]
        if len({len(row) for row in rows if row is not None}) != 1 or None in rows or len(rows[0] or b"") % 4:
            raise WorkspaceError(
                f"{str(self._place)!r} has vectors of different lengths, or not all, for the embedding model {self._model!r}: "
                "another model answered under this name; delete the file, and build again"
            )
        return np.array([np.frombuffer(row or b"", dtype="<f4") for row in rows], dtype=np.float32)

    def _found(self, texts: dict[str, None]) -> Iterator[tuple[str, bytes | None]]:
        listed = list(texts)
        for start in range(0, len(listed), _TOGETHER):
            part = listed[start : start + _TOGETHER]
            keys = [self._key(text) for text in part]
            marks = ",".join("?" * len(keys))
            with self._explained():
                rows = dict(
                    self._database.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", keys)  # noqa: S608 - marks only
                )
            for text, key in zip(part, keys, strict=True):
                yield text, rows.get(key)

    def _key(self, text: str) -> bytes:
        return bytes.fromhex(sha256(canonical_json([self._model, text])))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise WorkspaceError(
                f"cannot use the kept vectors {str(self._place)!r}: {error}; delete the file, or free space there"
            ) from None
