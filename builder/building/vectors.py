"""The vectors of a build's questions and chunks: those that are kept, and the others from the server."""

import os
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import islice

from builder.building.job import BuildJob
from qagen.asking.nearness import Embed
from qagen.engines import event_loop
from qagen.engines.embedding import BATCH, EmbeddingServer
from qagen.errors import EngineError
from qagen.ledger.vectors import FILE, VectorStore
from qagen.progress import Watch
from qagen.records import Record, Rejection
from qagen.select import Vectors, is_compared
from qagen.settings import API_KEY_VARIABLE


@contextmanager
def vectors_of(
    results: Iterable[Record | Rejection], job: BuildJob, watch: Watch
) -> Iterator[Vectors | None]:
    """What gives the selection the vectors of the results' questions; None where no embedding model is named.

    Args:
        results: gone through once.
        job: of the build; with `offline` only kept vectors are used.
        watch: is told how many the server is asked for.

    Raises:
        EngineError: where the server does not give them, or may not be asked.
        WorkspaceError: where they cannot be kept.
    """
    settings = job.settings.select
    if settings.embedding_model is None or not settings.near_duplicates:
        yield None
        return
    store = VectorStore(job.workspace.root / FILE, settings.embedding_model)
    try:
        event_loop.run(_fetch(results, store, settings.embedding_model, job, watch))
        yield store.of
    finally:
        store.close()


async def _fetch(
    results: Iterable[Record | Rejection], store: VectorStore, model: str, job: BuildJob, watch: Watch
) -> None:
    key, asked = os.environ.get(API_KEY_VARIABLE), 0
    questions = (one.question for one in results if isinstance(one, Record) and is_compared(one.question))
    async with EmbeddingServer(job.settings.ask, model, api_key=key) as server:
        while batch := list(islice(questions, BATCH)):
            missing = store.missing(batch)
            if missing and job.offline:
                raise EngineError(
                    f"the workspace has no vector of {missing[0]!r} by {model!r}, and --offline asks nobody",
                    remedy="build without --offline, or leave out 'embedding_model' in [select]",
                )
            if missing:
                store.keep(missing, await server.embed(missing))
                asked += len(missing)
    if asked:
        watch.note(f"{asked} vectors of questions by {model!r} asked for and kept")


@asynccontextmanager
async def open_chunk_embedder(job: BuildJob, watch: Watch) -> AsyncIterator[Embed | None]:
    """What gives a run the vectors of chunks, where they decide which of them are asked about together; None where they do not.

    Args:
        job: of the build; the server is not asked for anything before its first text.
        watch: is told, at the end, how many the server was asked for.

    Raises:
        SettingsError: for an address or a key that cannot be used.
    """
    if job.vectors is None:
        yield None
        return
    key, asked = os.environ.get(API_KEY_VARIABLE), 0
    async with EmbeddingServer(job.settings.ask, job.vectors.model, api_key=key) as server:

        async def embed(texts: Sequence[str]) -> list[list[float]]:
            nonlocal asked
            found: list[list[float]] = []
            for start in range(0, len(texts), BATCH):
                found += await server.embed(texts[start : start + BATCH])
            asked += len(texts)
            return found

        yield embed
    if asked:
        watch.note(f"{asked} vectors of pieces of chunks by {job.vectors.model!r} asked for and kept")
