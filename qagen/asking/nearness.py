"""Vectors of chunks, by which those are found that are near in meaning, whatever words they share.

A chunk is longer than small embedding models read, so each is embedded in pieces of whole sentences, and its vector is the mean of theirs.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qagen.checks.reading.text import Prose
from qagen.errors import EngineError
from qagen.ledger.vectors import FILE, VectorStore
from qagen.records import Chunk
from qagen.settings import Settings

Embed = Callable[[Sequence[str]], Awaitable[list[list[float]]]]
"""Texts, of which there may be many -> their vectors, in their order."""

_PIECE = 800
"""Characters of a piece, about: small models read some 250 tokens, and cut off or turn down what is longer."""


def pieces(text: str) -> list[str]:
    """A text in pieces of whole sentences; a sentence that is longer than a piece is cut."""
    found = [""]
    for sentence in Prose(text).sentences:
        said = text[sentence.start : sentence.end]
        if found[-1] and len(found[-1]) + len(said) >= _PIECE:
            found.append("")
        found[-1] = f"{found[-1]} {said}".strip()
    whole = [piece for piece in found if piece] or [text]
    return [piece[start : start + _PIECE] for piece in whole for start in range(0, len(piece), _PIECE)]


class ChunkVectors:
    """The vectors of chunks by one embedding model, as far as they are kept."""

    def __init__(self, model: str, store: VectorStore | None) -> None:
        """Vectors by a model.

        Args:
            model: as the server names it.
            store: where they are kept; None where nothing is kept yet, and nothing is to be.
        """
        self.model = model
        self._store = store

    def missing(self, chunks: Sequence[Chunk]) -> list[str]:
        """The texts that have to be embedded before these chunks have vectors, each once.

        Raises:
            WorkspaceError: where the kept ones cannot be read.
        """
        texts = [piece for chunk in chunks for piece in pieces(chunk.text)]
        return list(dict.fromkeys(texts)) if self._store is None else self._store.missing(texts)

    async def fetch(self, chunks: Sequence[Chunk], embed: Embed) -> int:
        """Have embedded what is missing, and keep it; returns how many texts that were.

        Raises:
            EngineError: where the server does not give them.
            WorkspaceError: where they cannot be kept.
        """
        missing = self.missing(chunks)
        if missing:
            vectors = await embed(missing)
            if self._store is not None:
                self._store.keep(missing, vectors)
        return len(missing)

    def of(self, chunks: Sequence[Chunk]) -> npt.NDArray[np.float32]:
        """A vector of length 1 for each chunk, a row each.

        Raises:
            EngineError: where one is not kept.
            WorkspaceError: where the kept ones cannot be read, or are of several models.
        """
        if missing := self.missing(chunks):
            raise EngineError(
                f"the workspace has no vector of {missing[0][:60]!r} by {self.model!r}, and nobody is asked for it now",
                remedy="build without --offline, or leave out 'embedding_model' in [select]",
            )
        assert self._store is not None
        split = [pieces(chunk.text) for chunk in chunks]
        rows = self._store.of([piece for some in split for piece in some])
        starts = np.cumsum([0, *map(len, split)])[:-1]
        means = np.add.reduceat(rows.astype(np.float64), starts, axis=0)
        lengths = np.linalg.norm(means, axis=1, keepdims=True)
        return (means / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)


@contextmanager
def open_chunk_vectors(
    settings: Settings, folders: Sequence[Path], *, plan: bool = False
) -> Iterator[ChunkVectors | None]:
    """The vectors by which chunks are found that are asked about together; None where no build of these settings uses any.

    Args:
        settings: of the build.
        folders: workspaces; what is new is kept in the first.
        plan: where nothing may be written: what is not there yet is missing then.

    Raises:
        WorkspaceError: where they cannot be kept.
    """
    model = settings.select.embedding_model
    if model is None or not settings.ask.groups_chunks:
        yield None
        return
    first, *others = folders
    there = [folder / FILE for folder in others if (folder / FILE).is_file()]
    if plan and not (first / FILE).is_file():
        yield ChunkVectors(model, None)
        return
    first.mkdir(parents=True, exist_ok=True)
    store = VectorStore(first / FILE, model, there)
    try:
        yield ChunkVectors(model, store)
    finally:
        store.close()
