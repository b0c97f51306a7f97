"""What to do when a server is gone: send it nothing, look whether it is back, say so, and give up after a while.

A server is taken to be gone where nothing accepts a connection, or where several tries of more than one call in a row broke off or met a
gateway that reaches nothing. One that is back and has not answered yet is gone again at the first such failure.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence

from qagen.engines.server.host import Failed, Host
from qagen.errors import EngineError, NoAnswer, ServerRefused

_IN_A_ROW = 6
_FIRST_LOOK = 1.0
_LONGEST_LOOK = 15.0


class Breaker:
    """Watches over the servers of one engine; one event loop's.

    Args:
        reconnect_timeout: seconds to wait for a server that is gone.
        model: the name to ask for, once it is known: a server without it is not back.
        hosts: all servers of the engine.
        changed: called when a server went, came back or was given up.
        note: tells a person, if there is one.
        clock: seconds, from any beginning.
        sleep: waits, in seconds.
    """

    def __init__(
        self,
        reconnect_timeout: float,
        *,
        hosts: Sequence[Host],
        changed: Callable[[], None],
        note: Callable[[str], None] | None,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self.model: str | None = None
        self._reconnect_timeout = reconnect_timeout
        self._hosts = hosts
        self._changed = changed
        self._tell = note
        self._clock = clock
        self._sleep = sleep
        self._watches: set[asyncio.Task[None]] = set()
        self._since: dict[Host, float] = {}
        self._pause: dict[Host, float] = {}

    async def close(self) -> None:
        """Wait for nobody any more."""
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)

    def note_answer(self, host: Host) -> None:
        """A server gave an answer: it is there."""
        host.missed.clear()
        if not host.proven:
            host.proven = True
            self._since.pop(host, None)
            self._pause.pop(host, None)
            self._note(f"the server at {host.url!r} answers again; going on")

    def note_failure(self, host: Host, failure: Failed, call: int) -> bool:
        """A try at a server failed; returns whether that was the server's absence and says nothing about the call."""
        if not failure.away:
            host.missed.clear()
            return False
        host.missed.append(call)
        absent = failure.refused or (not failure.lost and not host.proven)
        many = len(host.missed) >= _IN_A_ROW and len(set(host.missed)) > 1
        if absent or many or not host.proven:
            self.mark_gone(host, failure.what)
        return absent

    async def is_there(self, host: Host, what: str) -> bool:
        """Ask a server whether it is there at all, after it broke a call off as `what` says; where not, it is waited for."""
        if host.gone is None:
            try:
                await host.models(self._reconnect_timeout or 1.0)
            except (Failed, ServerRefused, NoAnswer):
                return True  # it said something
            except EngineError:
                self.mark_gone(host, what)
        return host.gone is None

    def mark_gone(self, host: Host, what: str, absent: Collection[Host] = ()) -> None:
        """Take a server to be gone, and begin to wait for it.

        Args:
            host: the server.
            what: why.
            absent: those that are about to be taken to be gone too.
        """
        if host.gone is not None:
            return
        host.gone = f"the server at {host.url!r} is gone ({what})"
        host.missed.clear()
        host.proven = False
        if host not in self._since:
            self._since[host] = self._clock()
            left = (
                f"; waiting up to {self._reconnect_timeout:g} s for it to come back"
                if self._reconnect_timeout
                else ""
            )
            self._note(f"{host.gone}{left}{self._going_on(absent)}")
        # Taken now: an answer that was under way may come before the wait begins, and takes away since when the server is gone.
        until = self._since[host] + self._reconnect_timeout
        watch = asyncio.get_running_loop().create_task(self._wait_for(host, until))
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)
        self._changed()

    def _going_on(self, absent: Collection[Host]) -> str:
        there = [repr(host.url) for host in self._hosts if host.gone is None and host not in absent]
        return f"; meanwhile {' and '.join(there)} {'goes' if len(there) == 1 else 'go'} on" if there else ""

    def _note(self, text: str) -> None:
        if self._tell:
            self._tell(text)

    async def _wait_for(self, host: Host, until: float) -> None:
        while (left := until - self._clock()) > 0:
            pause = self._pause.get(host, _FIRST_LOOK)
            self._pause[host] = min(2 * pause, _LONGEST_LOOK)
            await self._sleep(min(pause, left))
            if await self._is_back(host):
                host.gone = None
                self._changed()
                return
        host.dead = True
        self._changed()

    async def _is_back(self, host: Host) -> bool:
        try:
            offered = await host.models(self._reconnect_timeout)
        except (ServerRefused, NoAnswer):
            return True  # it says something; the calls will show what is wrong
        except (Failed, EngineError):
            return False
        return self.model is None or offers(offered, self.model)


def offers(offered: tuple[str, ...], model: str) -> bool:
    """Whether a model is among those that a server offers; a name without a tag stands for Ollama's `:latest`."""
    return model in offered or f"{model}:latest" in offered
