"""Vectors of questions and chunks, kept like answers: by the model's name and the text, so that none is paid for twice."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qagen.errors import WorkspaceError
from qagen.ledger.keyed_store import KeyedStore

FILE = "embeddings.sqlite3"
"""In a workspace."""


class VectorStore(KeyedStore[bytes]):
    """One file for all models: the bytes of 32-bit floats, by model and text."""

    TABLE = "vectors"
    COLUMN = "vector BLOB"

    def __init__(self, place: Path, model: str, beside: Sequence[Path] = ()) -> None:
        """Open or make it.

        Args:
            place: the file.
            model: as the server names it.
            beside: further files, in which is looked for what this one does not have.

        Raises:
            WorkspaceError: where a file cannot be used.
        """
        super().__init__(place)
        self._model = model
        self._beside = [VectorStore(other, model) for other in beside]

    def close(self) -> None:
        """Close the files."""
        super().close()
        for other in self._beside:
            other.close()

    def _find(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        found = super()._find(keys)
        for other in self._beside:
            found |= other._find([key for key in keys if key not in found])
        return found

    def missing(self, texts: Sequence[str]) -> list[str]:
        """Those texts that have no vector yet, each once, in their order.

        Raises:
            WorkspaceError: where the file cannot be read.
        """
        keys = {text: self._key(self._model, text) for text in texts}
        known = self._find(list(keys.values()))
        return [text for text, key in keys.items() if key not in known]

    def keep(self, texts: Sequence[str], vectors: Sequence[Sequence[float]]) -> None:
        """Keep the vectors of texts, stretched to length 1.

        Raises:
            WorkspaceError: where the file cannot be written.
        """
        made = np.array(vectors, dtype=np.float64)
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        rows = [
            (self._key(self._model, text), vector.tobytes())
            for text, vector in zip(texts, made.astype("<f4"), strict=True)
        ]
        self._keep(rows)

    def of(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """The vectors of texts that all have one, a row each.

        Raises:
            WorkspaceError: where one is missing, they differ in length, or the file cannot be read.
        """
        keys = [self._key(self._model, text) for text in texts]
        known = self._find(list(dict.fromkeys(keys)))
        rows = [known.get(key, b"") for key in keys]
        if len({len(row) for row in rows}) != 1 or not rows[0] or len(rows[0]) % 4:
            raise WorkspaceError(
                f"{str(self._place)!r} has vectors of different lengths, or not all, for the embedding model {self._model!r}: "
                "another model answered under this name",
                remedy="delete the file, and build again",
            )
        return np.array([np.frombuffer(row, dtype="<f4") for row in rows], dtype=np.float32)
