"""The server engine: any OpenAI-compatible server, asked through one shared client.

Who waits for what: a call waits for a free place (`concurrency`), then for the server (`timeout`, the server's queue counted in),
then, where that gave nothing, a while longer before each of `retries` further tries. It keeps its place all the time, which is
what slows us down where a server says that it is busy.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TypeVar, cast

import httpx
import openai

from qagen.engines.replies import (
    Unusable,
    is_overflow,
    one_line,
    read_completion,
    read_models,
    retry_after,
    said,
)
from qagen.engines.schema import JSON_PAIRS
from qagen.engines.wire import (
    CONNECT_SECONDS,
    BadBody,
    checked_key,
    checked_url,
    further,
    guard,
    open_client,
)
from qagen.errors import EngineError, ModelMissing, NoAnswer, ServerRefused, ServerUnreachable
from qagen.records import Completion, Request
from qagen.settings import API_KEY_VARIABLE, AskSettings

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
LONGEST_RETRY_AFTER = 120.0
MODELS_SECONDS = 30.0
_AGAIN = frozenset({408, 409, 425, 429})
_THIS_CALL = frozenset({400, 422})
"""May be the fault of one prompt alone: a grammar or a parser of the server that stumbles over a character in it."""
_NAMES = 10

T = TypeVar("T")


class _Reply(Protocol):
    @property
    def content(self) -> bytes: ...


class _Failed(Exception):
    """One try gave nothing, another may.

    Attributes:
        what: what happened, for a person.
        pause: seconds that the server asks us to wait.
        lost: whether there was no connection, or it broke.
    """

    def __init__(self, what: str, *, pause: float | None = None, lost: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.pause = pause
        self.lost = lost


class _Exhausted(Exception):
    """All tries gave nothing."""

    def __init__(self, failures: list[_Failed]) -> None:
        counts = Counter(failure.what for failure in failures)
        seen = [f"{what} ({count} times)" if count > 1 else what for what, count in counts.items()]
        tries = "1 try" if len(failures) == 1 else f"{len(failures)} tries"
        super().__init__(f"in {tries}: {'; '.join(seen[-3:])}")
        self.last = failures[-1]


class ServerEngine:
    """Asks the server at `settings.base_url`; an async context manager, which closes its connections on leaving.

    Nothing in the environment counts (OPENAI_BASE_URL, OPENAI_API_KEY and their like), except the proxies, and those
    only for a server elsewhere. No redirect is followed.

    Args:
        settings: address, model, concurrency, time-out and retries.
        api_key: goes into the Authorization header and nowhere else.
        http_client: instead of one of our own; it is taken over and closed.
        sleep: waits between tries, in seconds.
        jitter: a number in [0, 1) that spreads those waits, so that calls that failed together do not return together.

    Raises:
        SettingsError: for an address or a key that cannot be used.
    """

    def __init__(
        self,
        settings: AskSettings,
        *,
        api_key: str | None = None,
        http_client: httpx.AsyncClient | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        url = checked_url(settings.base_url)
        self._key = checked_key(api_key)
        self._http = http_client or open_client(url, connections=settings.concurrency)
        guard(self._http, self._key)
        self._client = openai.AsyncOpenAI(
            base_url=str(url),
            api_key="in the header alone",
            max_retries=0,
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
            http_client=self._http,
        )
        self._settings = settings
        self._sleep = sleep
        self._jitter = jitter
        self._slots = asyncio.Semaphore(settings.concurrency)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.close()

    async def models(self) -> tuple[str, ...]:
        """The names of the models that the server offers, in its order.

        Raises:
            ServerUnreachable: where nobody answers, what answers is no model server, or it does not get ready.
            ServerRefused: where it wants a key, or the address is wrong.
        """
        try:
            return await self._again(self._models)
        except _Exhausted as error:
            raise ServerUnreachable(
                f"the server at {self._url!r} does not say which models it has, {error}; see its log, or name another with "
                "--base-url"
            ) from None

    async def resolve_model(self) -> str:
        """The model to ask for, as declared in the settings, or else the only one that the server offers.

        A name without a tag stands for Ollama's `:latest`.

        Raises:
            ModelMissing: where the server does not have it, or there is a choice.
            ServerUnreachable: as `models`.
            ServerRefused: as `models`.
        """
        wanted = self._settings.model
        offered = await self.models()
        if wanted is not None and (wanted in offered or f"{wanted}:latest" in offered):
            return wanted
        if wanted is None and len(offered) == 1:
            return offered[0]
        if not offered:
            named = f"the model {wanted!r}" if wanted else "a model"
            raise ModelMissing(
                f"the server at {self._url!r} offers no model at all; load {named} into it (Ollama: `ollama pull NAME`)"
            )
        if wanted is None:
            raise ModelMissing(
                f"the server at {self._url!r} offers {_list(offered)}; choose one with --model"
            )
        raise ModelMissing(
            f"the server at {self._url!r} does not have the model {wanted!r}, but {_list(offered)}; choose one of these with "
            f"--model, or load it (Ollama: `ollama pull {wanted}`)"
        )

    async def ask(self, request: Request) -> Completion:
        """Send a request until there is an answer.

        Raises:
            NoAnswer: where there is none after all tries, the prompt does not fit the model's context, or the server
                cannot take this one request (400, 422).
            ServerRefused: where the server turns the request down and would do so again.
            ServerUnreachable: where the connection broke at the last try, and nobody answers any more.
        """
        async with self._slots:
            try:
                return await self._again(lambda: self._complete(request))
            except _Exhausted as error:
                if error.last.lost:
                    await self._look_for_the_server()
                raise NoAnswer(
                    f"the model {request.model!r} at {self._url!r} gave no answer {error}; the next run asks again"
                ) from None

    @property
    def _url(self) -> str:
        return self._settings.base_url

    async def _again(self, call: Callable[[], Awaitable[T]]) -> T:
        failures: list[_Failed] = []
        while True:
            try:
                return await call()
            except _Failed as failed:
                failures.append(failed)
            if len(failures) > self._settings.retries:
                raise _Exhausted(failures)
            await self._sleep(self._pause(len(failures), failures[-1].pause))

    def _pause(self, failures: int, asked: float | None) -> float:
        """Seconds to wait after so many failures: what the server asked for, else twice as long each time."""
        if asked is not None:
            return min(asked, LONGEST_RETRY_AFTER) + FIRST_PAUSE * self._jitter()
        return min(FIRST_PAUSE * 2.0 ** (failures - 1), LONGEST_PAUSE) * (1 + self._jitter()) / 2

    async def _complete(self, request: Request) -> Completion:
        turns = [{"role": message.role, "content": message.content} for message in request.messages]
        body = await self._send(
            lambda: self._client.chat.completions.with_raw_response.create(
                model=request.model,
                messages=cast("list[ChatCompletionMessageParam]", turns),
                temperature=request.temperature,
                top_p=request.top_p,
                # Deprecated at OpenAI, but the one name that every local server knows.
                max_tokens=request.max_tokens,
                seed=request.seed,
                stream=False,
                response_format=JSON_PAIRS if request.response_format == "json" else openai.omit,
                extra_body=further(request) or None,
            ),
            self._settings.timeout,
        )
        try:
            return read_completion(body)
        except Unusable as error:
            raise _Failed(str(error)) from None

    async def _models(self) -> tuple[str, ...]:
        seconds = min(MODELS_SECONDS, self._settings.timeout)
        try:
            return read_models(await self._send(self._client.models.with_raw_response.list, seconds))
        except Unusable as error:
            raise ServerUnreachable(
                f"what answers at {self._url!r} is no model server ({error}); the address mostly ends in /v1; name it with "
                "--base-url"
            ) from None
        except _Failed as failed:
            if not failed.lost:
                raise
            raise ServerUnreachable(
                f"no model server answers at {self._url!r} ({failed.what}); start one (`ollama serve`), or name it with "
                "--base-url"
            ) from None

    async def _look_for_the_server(self) -> None:
        """Ask once for the models, to tell a server that is gone from a call that it cannot bear."""
        try:
            await self._models()
        except (_Failed, ServerRefused, NoAnswer):
            return

    async def _send(self, call: Callable[[], Awaitable[_Reply]], seconds: float) -> bytes:
        """One try: the body of a reply with status 200.

        Raises:
            _Failed: where another try may succeed.
            ServerRefused: where it would not.
            NoAnswer: where the prompt is too long, or the server cannot take this one request.
        """
        try:
            async with asyncio.timeout(seconds):
                reply = await call()
        except TimeoutError:
            raise _Failed(f"no answer within {seconds:g} s") from None
        except openai.APIStatusError as error:
            raise self._turned_down(error.response) from None
        except openai.APIConnectionError as error:
            cause = error.__cause__
            if isinstance(cause, BadBody):
                raise _Failed(str(cause)) from None
            raise _Failed(one_line(str(cause)) or type(cause).__name__, lost=True) from None
        return reply.content

    def _turned_down(self, response: httpx.Response) -> _Failed | EngineError:
        status = response.status_code
        words = said(response.content, self._key)
        what = f"HTTP {status}: {words}"
        if is_overflow(status, words):
            return NoAnswer(
                f"prompt and answer do not fit the model's context at {self._url!r} ({what}); give the server a longer "
                "one (Ollama: OLLAMA_CONTEXT_LENGTH, llama-server: -c, vLLM: --max-model-len), or lower max_tokens or "
                "--chunk-chars"
            )
        if status in _AGAIN or status >= 500:
            return _Failed(what, pause=retry_after(response.headers))
        if status in _THIS_CALL:
            return NoAnswer(
                f"the server at {self._url!r} turns the request down ({what}); {_remedy(response)}"
            )
        return ServerRefused(
            f"the server at {self._url!r} turns the request down ({what}); {_remedy(response)}"
        )


def _remedy(response: httpx.Response) -> str:
    if response.status_code in (401, 403):
        return f"put a key that it accepts into the environment variable {API_KEY_VARIABLE}"
    if response.status_code == 404:
        return "see whether the model's name (--model) and the address (--base-url, mostly ending in /v1) are right"
    if response.is_redirect:
        place = one_line(response.headers["location"])
        return f"it redirects to {place!r}; name that with --base-url if papers may go there"
    return "see the server's log, or change the setting that it names"


def _list(names: tuple[str, ...]) -> str:
    shown = ", ".join(repr(one_line(name)) for name in names[:_NAMES])
    return shown if len(names) <= _NAMES else f"{shown} and {len(names) - _NAMES} more"
