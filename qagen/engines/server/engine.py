"""The server engine: OpenAI-compatible servers, one or several, each asked through one client that is shared by all calls.

Who waits for what: a call waits for a free slot at a server (`concurrency`), then for the server (`timeout`, the server's queue
counted in), then, where that gave nothing, a while longer before each of `retries` further tries. It keeps its slot meanwhile
where the server says that it has too much to do, which is what slows us down. While a server is gone, nothing is sent to it,
and nothing counted.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import count
from types import TracebackType
from typing import Self

import httpx

from qagen.engines.server.breaker import Breaker, offers
from qagen.engines.server.concurrency import AdaptiveLimit
from qagen.engines.server.host import Failed, Host, Within, open_host
from qagen.engines.server.http_client import checked_key
from qagen.engines.server.responses import one_line
from qagen.engines.server.slots import Slots
from qagen.errors import ModelMissing, NoAnswer, ServerUnreachable
from qagen.records import Completion, Request
from qagen.settings import AskSettings

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
LONGEST_RETRY_AFTER = 120.0
_NAMES = 10


class ServerEngine:
    """Asks the servers at `settings.base_url`; an async context manager, which closes its connections on leaving.

    Nothing in the environment counts (OPENAI_BASE_URL, OPENAI_API_KEY and their like), except the proxies, and those
    only for a server elsewhere. No redirect is followed.

    Args:
        settings: addresses, model, concurrency, time-out, retries and reconnect_timeout.
        api_key: goes into the Authorization header and nowhere else.
        http_client: instead of one of our own for each server; it is taken over and closed.
        note: tells a person that a server went or came back.
        clock: seconds, from any beginning.
        sleep: waits, in seconds.
        within: ends a try that takes more than so many seconds, with TimeoutError.
        jitter: a number in [0, 1) that spreads the waits between tries, so that calls that failed together do not return
            together.

    Raises:
        SettingsError: for an address or a key that cannot be used.
    """

    def __init__(
        self,
        settings: AskSettings,
        *,
        api_key: str | None = None,
        http_client: httpx.AsyncClient | None = None,
        note: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        within: Within = asyncio.timeout,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        key = checked_key(api_key)
        self.hosts = tuple(
            open_host(url, key, _search(settings), http_client, within)
            for url in dict.fromkeys(settings.base_url)
        )
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._calls = count()
        self._slots = Slots(self.hosts)
        self._breaker = Breaker(
            settings.reconnect_timeout,
            hosts=self.hosts,
            changed=self._slots.hand_out,
            note=note,
            clock=clock,
            sleep=sleep,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._breaker.close()
        for host in self.hosts:
            await host.client.close()

    @property
    def limit(self) -> int:
        """How many calls may be under way now, at all servers together."""
        return sum(host.adaptive_limit.limit for host in self.hosts if host.gone is None)

    async def idle(self) -> None:
        """Wait until a call could be sent at once."""
        await self._slots.idle()

    def mark_persisted(self) -> None:
        """Free the slot of an answer that `ask` held: it is on the disk, or thrown away."""
        self._slots.mark_persisted()

    async def models(self) -> tuple[str, ...]:
        """The names of the models that the servers offer, in their order.

        Raises:
            ServerUnreachable: where nobody answers, what answers is no model server, or it does not get ready.
            ServerRefused: where it wants a key, or the address is wrong.
        """
        offered = await self._offered()
        return tuple(dict.fromkeys(name for names in offered.values() for name in names))

    async def resolve_model(self, model: str | None = None) -> str:
        """The model to ask for, as given or declared in the settings, or else the only one that the servers offer.

        A name without a tag stands for Ollama's `:latest`. Of several servers, one that does not answer is waited for while
        the others are asked.

        Raises:
            ModelMissing: where a server does not have it, or there is a choice.
            ServerUnreachable: as `models`.
            ServerRefused: as `models`.
        """
        offered = await self._offered()
        names = {_resolved(host, names, model or self._settings.model) for host, names in offered.items()}
        if len(names) > 1:
            raise ModelMissing(
                f"the servers offer different models, {_list(tuple(sorted(names)))}",
                remedy="name the one to ask with --model",
            )
        name = names.pop()
        if model is None:
            self._breaker.model = name
        return name

    async def ask(self, request: Request, *, held: bool = False) -> Completion:
        """Send a request until there is an answer.

        Args:
            request: what to ask.
            held: whether the answer keeps its slot until it is `mark_persisted`, so that a kill loses no more answers than there
                may be calls.

        Raises:
            NoAnswer: where there is none after all tries, or for every server the prompt does not fit the model's context, or it
                cannot take this one request (400, 422).
            ServerRefused: where the server turns the request down and would do so again.
            ServerUnreachable: where no server is there any more, and the waiting for it is over.
        """
        call, failures, spared = next(self._calls), list[Failed](), False
        turned_down: dict[Host, NoAnswer] = {}
        host: Host | None = None
        # No library's retries: what counts as a try, where the next one goes and what it holds meanwhile hang on breaker and slots.
        while True:
            host = await self._slot(host, turned_down)
            leave = self._slots.release
            try:
                completion = await self._try(host, request)
                leave = self._slots.end_call if held else leave
                return completion
            except NoAnswer as error:  # another server may have a longer context, or another mind
                turned_down[host] = error
                continue
            except Failed as failure:
                if self._breaker.note_failure(host, failure, call):
                    continue
                failures.append(failure)
                if len(failures) > self._settings.retries:
                    if spared or not failure.lost or await self._breaker.is_there(host, failure.what):
                        raise _given_up(request, host, failures) from None
                    spared = True
                    continue
                pause = self._pause(len(failures), failure.pause)
                if failure.holds:
                    await self._sleep(pause)
                    pause = 0.0
            finally:
                leave(host)
            if pause:
                await self._sleep(pause)

    async def _slot(self, rather_not: Host | None, turned_down: Mapping[Host, NoAnswer]) -> Host:
        """A slot at a server that has not turned the request down; raises what the first said where all that are there have."""
        while True:
            if turned_down and all(host in turned_down or host.gone is not None for host in self.hosts):
                raise next(iter(turned_down.values()))
            host = await self._slots.acquire(rather_not=rather_not)
            if host not in turned_down:
                return host
            self._slots.release(host)
            await self._sleep(FIRST_PAUSE)

    async def _try(self, host: Host, request: Request) -> Completion:
        number, company, began = host.adaptive_limit.number(), host.under_way, self._clock()
        try:
            completion = await host.complete(request, self._settings.timeout)
        except Failed as failure:
            if failure.busy:
                host.adaptive_limit.turned_away(number)
            raise
        self._breaker.note_answer(host)
        host.adaptive_limit.record_answer(
            number, company, self._clock() - began, completion.completion_tokens
        )
        return completion

    def _pause(self, failures: int, asked: float | None) -> float:
        """Seconds to wait after so many failures: what the server asked for, else twice as long each time."""
        if asked is not None:
            return min(asked, LONGEST_RETRY_AFTER) + FIRST_PAUSE * self._jitter()
        return min(FIRST_PAUSE * 2.0 ** (failures - 1), LONGEST_PAUSE) * (1 + self._jitter()) / 2

    async def _offered(self) -> dict[Host, tuple[str, ...]]:
        """What the servers offer that answer; raises where none does."""
        answers = await asyncio.gather(*map(self._models, self.hosts))
        missing = [
            (host, answer)
            for host, answer in zip(self.hosts, answers, strict=True)
            if isinstance(answer, ServerUnreachable)
        ]
        if len(missing) == len(self.hosts):
            raise missing[0][1]
        absent = [host for host, _ in missing]
        for host in absent:
            self._breaker.mark_gone(host, "it does not answer", absent)
        return {
            host: answer
            for host, answer in zip(self.hosts, answers, strict=True)
            if isinstance(answer, tuple)
        }

    async def _models(self, host: Host) -> tuple[str, ...] | ServerUnreachable:
        failures = 0
        while True:
            try:
                return await host.models(self._settings.timeout)
            except ServerUnreachable as error:
                return error
            except Failed as failed:
                failures += 1
                if failures > self._settings.retries:
                    return ServerUnreachable(
                        f"the server at {host.url!r} does not say which models it has, in {_tries(failures)}: {failed.what}",
                        remedy="see its log, or name another with --base-url",
                    )
                await self._sleep(self._pause(failures, failed.pause))


def _search(settings: AskSettings) -> AdaptiveLimit:
    if settings.concurrency == "auto":
        return AdaptiveLimit(timeout=settings.timeout)
    return AdaptiveLimit(lowest=settings.concurrency, highest=settings.concurrency)


def _given_up(request: Request, host: Host, failures: Sequence[Failed]) -> NoAnswer:
    counts = Counter(failure.what for failure in failures)
    seen = [f"{what} ({count} times)" if count > 1 else what for what, count in counts.items()]
    return NoAnswer(
        f"the model {request.model!r} at {host.url!r} gave no answer in {_tries(len(failures))}: {'; '.join(seen[-3:])}",
        remedy="the next run asks again",
    )


def _tries(count: int) -> str:
    return "1 try" if count == 1 else f"{count} tries"


def _resolved(host: Host, offered: tuple[str, ...], wanted: str | None) -> str:
    if wanted is not None and offers(offered, wanted):
        return wanted
    if wanted is None and len(offered) == 1:
        return offered[0]
    if not offered:
        named = f"the model {wanted!r}" if wanted else "a model"
        raise ModelMissing(
            f"the server at {host.url!r} offers no model at all",
            remedy=f"load {named} into it (Ollama: `ollama pull NAME`)",
        )
    if wanted is None:
        raise ModelMissing(
            f"the server at {host.url!r} offers {_list(offered)}", remedy="choose one with --model"
        )
    raise ModelMissing(
        f"the server at {host.url!r} does not have the model {wanted!r}, but {_list(offered)}",
        remedy=f"choose one of these with --model, or load it (Ollama: `ollama pull {wanted}`)",
    )


def _list(names: tuple[str, ...]) -> str:
    shown = ", ".join(repr(one_line(name)) for name in names[:_NAMES])
    return shown if len(names) <= _NAMES else f"{shown} and {len(names) - _NAMES} more"
