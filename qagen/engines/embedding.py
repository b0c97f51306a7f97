"""Vectors of short texts from a server's `/v1/embeddings`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self

import httpx

from qagen.engines.server.concurrency import AdaptiveLimit
from qagen.engines.server.host import Failed, open_host
from qagen.engines.server.http_client import checked_key
from qagen.errors import NoAnswer
from qagen.settings import AskSettings

BATCH = 128
"""Texts of one request; all local servers take as many."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0


class EmbeddingServer:
    """Asks the first of `settings.base_url` for vectors, one request at a time; an async context manager.

    Args:
        settings: address, time-out and retries.
        model: the embedding model, as the server names it.
        api_key: goes into the Authorization header and nowhere else.
        http_client: instead of one of our own; it is taken over and closed.
        sleep: waits between tries, in seconds.

    Raises:
        SettingsError: for an address or a key that cannot be used.
    """

    def __init__(
        self,
        settings: AskSettings,
        model: str,
        *,
        api_key: str | None = None,
        http_client: httpx.AsyncClient | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        one = AdaptiveLimit(lowest=1, highest=1)
        self._host = open_host(settings.base_url[0], checked_key(api_key), one, http_client)
        self._settings = settings
        self._model = model
        self._sleep = sleep

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._host.client.close()

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors of up to `BATCH` texts, in their order, all of one length, as the model gives them.

        Raises:
            NoAnswer: where there are none after all tries, or the server cannot take these texts.
            ServerRefused: where the server turns the request down and would do so again.
        """
        failures: list[Failed] = []
        while True:
            try:
                return await self._host.embed(self._model, texts, self._settings.timeout)
            except Failed as failure:
                failures.append(failure)
            if len(failures) > self._settings.retries:
                tries = "1 try" if len(failures) == 1 else f"{len(failures)} tries"
                raise NoAnswer(
                    f"the embedding model {self._model!r} at {self._host.url!r} gave no vectors in {tries}: "
                    f"{failures[-1].what}",
                    remedy="start its server, or leave out 'embedding_model' in [select]",
                )
            pause = min(_FIRST_PAUSE * 2.0 ** (len(failures) - 1), _LONGEST_PAUSE)
            await self._sleep(failures[-1].pause or pause)
