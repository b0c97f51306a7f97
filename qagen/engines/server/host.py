"""One model server: its client, what goes wrong with a single try, how many calls it may have, whether it is there."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

import httpx
import openai

from qagen.engines.server.concurrency import AdaptiveLimit
from qagen.engines.server.http_client import (
    CONNECT_SECONDS,
    NOTHING_READ,
    Aid,
    BadBody,
    checked_url,
    describe_break,
    fields,
    guard,
    open_client,
)
from qagen.engines.server.responses import (
    Unusable,
    complaint_of,
    is_overflow,
    one_line,
    read_completion,
    read_models,
    read_vectors,
    retry_after,
)
from qagen.errors import EngineError, NoAnswer, ServerRefused, ServerUnreachable
from qagen.records import Completion, Request
from qagen.settings import API_KEY_VARIABLE

Within = Callable[[float], AbstractAsyncContextManager[object]]
"""Raises TimeoutError where its body takes more than so many seconds."""
MODELS_SECONDS = 30.0
_AGAIN = frozenset({408, 409, 425, 429})
_BUSY = frozenset({429, 503})
_GATEWAY = frozenset({502, 503, 504})
"""What a server says that is starting, or the gateway before a server that is not there."""
_THIS_CALL = frozenset({400, 422})
"""May be the fault of one prompt alone: a grammar or a parser of the server that stumbles over a character in it."""


_MAY_BE_AID = frozenset({500, 501})
"""How servers fail, besides turning the request down, at a schema or a budget of thoughts that they do not know."""


class _TurnedDown(NoAnswer):
    """The server cannot take this one request."""


class Failed(Exception):
    """One try gave nothing, another may.

    Attributes:
        what: what happened, for a person.
        pause: seconds that the server asks us to wait.
        lost: whether there was no connection, or it broke.
        refused: whether there was no connection at all.
        busy: whether the server has too much to do.
        away: whether it may not be the call, but the server that is not there.
    """

    def __init__(
        self,
        what: str,
        *,
        pause: float | None = None,
        lost: bool = False,
        refused: bool = False,
        status: int | None = None,
        late: bool = False,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.pause = pause
        self.lost = lost
        self.refused = refused
        self.status = status
        self.busy = late or status in _BUSY or pause is not None
        self.holds = status in _BUSY or pause is not None
        self.away = lost or status in _GATEWAY


@dataclass(eq=False)
class Host:
    """One server, with its state as the engine moves it.

    Attributes:
        url: its address as the settings name it.
        adaptive_limit: how many calls it may have.
        under_way: how many it has, those included that wait because it said that it is busy.
        gone: why it is taken to be gone; None while it is there.
        dead: whether the waiting for it is over.
        proven: whether it gave an answer since it was last taken to be gone.
        missed: tries in a row that may mean that it is gone, by how many calls.
        aid: what of the aid to judges and of schemas it was not seen to turn down.
    """

    url: str
    client: openai.AsyncOpenAI
    http: httpx.AsyncClient
    adaptive_limit: AdaptiveLimit
    key: str | None = field(repr=False)
    within: Within
    under_way: int = 0
    gone: str | None = None
    dead: bool = False
    proven: bool = True
    missed: list[int] = field(default_factory=list)
    aid: Aid = Aid.SCHEMA_AND_BUDGET

    @property
    def has_place(self) -> bool:
        """Whether a call may be sent to it."""
        return self.gone is None and self.under_way < self.adaptive_limit.limit

    @property
    def load(self) -> float:
        """Its calls as a share of those that it may have."""
        return self.under_way / self.adaptive_limit.limit

    async def complete(self, request: Request, seconds: float, *, whole: bool = False) -> Completion:
        """One try to get an answer.

        Args:
            request: what is asked.
            seconds: that it may take.
            whole: fail where the server turns down a schema or a budget of thoughts, instead of asking without.

        Raises:
            Failed: where another try may succeed.
            ServerRefused: where it would not.
            NoAnswer: where the prompt is too long, or the server cannot take this one request.
        """
        aid, refused = Aid.SCHEMA_AND_BUDGET if whole else self.aid, False
        while True:
            try:
                completion = await self._complete(fields(request, aid), seconds)
            except (Failed, _TurnedDown) as error:
                if whole or request.response_format == "text" or aid is Aid.NONE:
                    raise
                if isinstance(error, Failed) and error.status not in _MAY_BE_AID:
                    raise
                # Of a request for pairs only the schema is aid, since its budget of thoughts is the user's own wish.
                aid = Aid(aid - 1) if request.response_format == "labels" else Aid.NONE
                refused = refused or isinstance(error, _TurnedDown)
                continue
            if refused:
                self.aid = min(self.aid, aid)
            return completion

    async def _complete(self, asked: dict[str, object], seconds: float) -> Completion:
        # The client's own method for completions would look through every field of the request for files, at half the call's cost.
        body = await self._send(
            lambda: self.client.post("/chat/completions", cast_to=httpx.Response, body=asked), seconds
        )
        try:
            return read_completion(body)
        except Unusable as error:
            raise Failed(str(error)) from None

    async def embed(self, model: str, texts: Sequence[str], seconds: float) -> list[list[float]]:
        """One try to get the vectors of texts.

        Raises:
            Failed: where another try may succeed.
            ServerRefused: where it would not.
            NoAnswer: where the server cannot take these texts.
        """
        body = await self._send(
            lambda: self.client.post(
                "/embeddings",
                cast_to=httpx.Response,
                body={"model": model, "input": list(texts), "encoding_format": "float"},
            ),
            seconds,
        )
        try:
            return read_vectors(body, len(texts))
        except Unusable as error:
            raise Failed(str(error)) from None

    async def models(self, seconds: float) -> tuple[str, ...]:
        """One try to get the names of its models.

        Raises:
            Failed: where another try may succeed.
            ServerUnreachable: where nobody answers, or what answers is no model server.
            ServerRefused: where it wants a key, or the address is wrong.
        """
        try:
            return read_models(
                await self._send(
                    lambda: self.client.get("/models", cast_to=httpx.Response), min(MODELS_SECONDS, seconds)
                )
            )
        except Unusable as error:
            raise ServerUnreachable(
                f"what answers at {self.url!r} is no model server ({error})",
                remedy="the address mostly ends in /v1; name it with --base-url",
            ) from None
        except Failed as failed:
            if not failed.lost:
                raise
            raise ServerUnreachable(
                f"no model server answers at {self.url!r} ({failed.what})",
                remedy="start one (`ollama serve`), or name it with --base-url",
            ) from None

    async def _send(self, call: Callable[[], Awaitable[httpx.Response]], seconds: float) -> bytes:
        """The body of a reply with status 200."""
        try:
            async with self.within(seconds):
                reply = await call()
        except TimeoutError:
            raise Failed(f"no answer within {seconds:g} s", late=True) from None
        except openai.APIStatusError as error:
            raise self._turned_down(error.response) from None
        except openai.APIConnectionError as error:
            cause = error.__cause__
            if isinstance(cause, BadBody):
                raise Failed(str(cause)) from None
            what, refused = describe_break(cause or error)
            raise Failed(what, lost=True, refused=refused) from None
        except (openai.OpenAIError, *NOTHING_READ) as error:
            raise Failed(one_line(str(error)) or type(error).__name__) from None
        return reply.content

    def _turned_down(self, response: httpx.Response) -> Failed | EngineError:
        status = response.status_code
        words = complaint_of(response.content)
        what = f"HTTP {status}: {words}"
        if is_overflow(status, words):
            return NoAnswer(
                f"prompt and answer do not fit the model's context at {self.url!r} ({what})",
                remedy="give the server a longer "
                "one (Ollama: OLLAMA_CONTEXT_LENGTH, llama-server: -c, vLLM: --max-model-len), or lower max_tokens or "
                "--chunk-chars",
            )
        if status in _AGAIN or status >= 500:
            return Failed(what, pause=retry_after(response.headers), status=status)
        if status in _THIS_CALL:
            return _TurnedDown(
                f"the server at {self.url!r} turns the request down ({what})", remedy=_remedy(response)
            )
        return ServerRefused(
            f"the server at {self.url!r} turns the request down ({what})", remedy=_remedy(response)
        )


def open_host(
    base_url: str,
    key: str | None,
    adaptive_limit: AdaptiveLimit,
    http: httpx.AsyncClient | None = None,
    within: Within = asyncio.timeout,
) -> Host:
    """A server to be asked through a client of its own, or through `http`; `within` ends a call that takes too long.

    Raises:
        SettingsError: for an address that cannot be used.
    """
    url = checked_url(base_url)
    http = http or open_client(url)
    guard(http, key)
    client = openai.AsyncOpenAI(
        base_url=str(url),
        api_key="in the header alone",
        max_retries=0,
        timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
        http_client=http,
    )
    return Host(base_url, client, http, adaptive_limit, key, within)


def _remedy(response: httpx.Response) -> str:
    if response.status_code in (401, 403):
        return f"put a key that it accepts into the environment variable {API_KEY_VARIABLE}"
    if response.status_code == 404:
        return "see whether the model's name (--model) and the address (--base-url, mostly ending in /v1) are right"
    if response.is_redirect:
        place = one_line(response.headers.get("location", "")) or "a place that it does not name"
        return f"it redirects to {place!r}; name that with --base-url if papers may go there"
    return "see the server's log, or change the setting that it names"
