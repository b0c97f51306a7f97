"""Who may be asked next: the slots at all servers, given out in the order of asking, each time at the least loaded server."""

import asyncio
from collections import deque
from collections.abc import Sequence

from qagen.engines.server.host import Host
from qagen.errors import ServerUnreachable


class Slots:
    """The slots for calls at some servers; one event loop's."""

    def __init__(self, hosts: Sequence[Host]) -> None:
        self._hosts = hosts
        self._waiting: deque[tuple[asyncio.Future[Host], Host | None]] = deque()
        self._unwritten = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def acquire(self, rather_not: Host | None = None) -> Host:
        """Wait for a slot; the caller gives it back.

        Args:
            rather_not: a server that gave nothing just now; any other that has a slot is taken instead.

        Raises:
            ServerUnreachable: where no server is there any more, and none is waited for.
        """
        self._refuse_if_dead()
        if not self._waiting and (host := self._free(rather_not)) is not None:
            host.under_way += 1
            self.hand_out()
            return host
        slot: asyncio.Future[Host] = asyncio.get_running_loop().create_future()
        self._waiting.append((slot, rather_not))
        self._idle.clear()
        try:
            return await slot
        except asyncio.CancelledError:
            if slot.done() and not slot.cancelled() and slot.exception() is None:
                self.release(slot.result())
            raise

    def release(self, host: Host) -> None:
        """End a call's stay at a server."""
        host.under_way -= 1
        self.hand_out()

    def end_call(self, host: Host) -> None:
        """End a call's stay at a server; its slot is free when its answer is `mark_persisted`."""
        self._unwritten += 1
        self.release(host)

    def mark_persisted(self) -> None:
        """One more answer is on the disk, or thrown away."""
        self._unwritten -= 1
        self.hand_out()

    async def idle(self) -> None:
        """Wait until a slot is free that nobody waits for: those who have begun go before those who might begin."""
        await self._idle.wait()

    def hand_out(self) -> None:
        """Give out what has become free; called after a server's limit moved, or it came or went."""
        while self._waiting:
            slot, rather_not = self._waiting[0]
            if slot.done():
                self._waiting.popleft()
            elif all(host.dead for host in self._hosts):
                self._waiting.popleft()
                slot.set_exception(ServerUnreachable(self._reason_gone()))
            elif (host := self._free(rather_not)) is not None:
                self._waiting.popleft()
                host.under_way += 1
                slot.set_result(host)
            else:
                break
        if self._waiting or not (self._free(None) or all(host.dead for host in self._hosts)):
            self._idle.clear()
        else:
            self._idle.set()

    def _free(self, rather_not: Host | None) -> Host | None:
        if self._unwritten:
            there = [host for host in self._hosts if host.gone is None]
            if self._unwritten + sum(host.under_way for host in there) >= sum(
                host.adaptive_limit.limit for host in there
            ):
                return None
        free = [host for host in self._hosts if host.has_place]
        return min(free, key=lambda host: (host is rather_not, host.load), default=None)

    def _refuse_if_dead(self) -> None:
        if all(host.dead for host in self._hosts):
            raise ServerUnreachable(self._reason_gone())

    def _reason_gone(self) -> str:
        return "; ".join(dict.fromkeys(host.gone or host.url for host in self._hosts))
