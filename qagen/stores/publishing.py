"""A thread that publishes what a run has done while it goes on, and stops the run where that cannot be done any more."""

import signal
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from qagen.errors import QagenError, StoreError, StoreLost
from qagen.stores.claims import LEASE, Lease
from qagen.stores.mirror import Mirror

PUBLISHED_EVERY = 60.0
"""Seconds between two publications: what a machine that is killed has answered since the last one is lost with its disk."""


class Publisher:
    """Publishes a mirror from time to time, and at the end; a context around a run."""

    def __init__(
        self,
        mirror: Mirror,
        lease: Lease,
        note: Callable[[str], None],
        *,
        every: float = PUBLISHED_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._mirror, self._lease, self._note, self._every, self._clock = mirror, lease, note, every, clock
        self._stop = threading.Event()
        self._in_main = threading.current_thread() is threading.main_thread()
        self._thread = threading.Thread(target=self._go_on, name="publisher", daemon=True)
        self._reached = clock()
        self._failing = False
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Publish the rest, and end the claim.

        Raises:
            StoreLost: where the rest cannot be published, or the part was taken over.
        """
        try:
            self._stop.set()
            self._thread.join()
        except KeyboardInterrupt:  # from our own thread, while the run was ending by itself
            if self._error is None:
                raise
        if self._error is not None and not isinstance(self._error, QagenError):
            raise self._error
        lost = self._error
        try:
            self._mirror.publish(self._lease.held.number)
            if lost is None:
                self._mirror.publish_receipts(self._lease.held.number)
                self._lease.renew(ended=True)
        except StoreError as fault:
            lost = lost or fault
        if lost is None:
            return
        if kind is not None and self._error is None:  # whatever ended the run is what is told; this beside it
            self._note(_told(lost).line)
            return
        raise _told(lost) from None

    def turn(self) -> None:
        """Publish once, and say that this run lives.

        Raises:
            StoreLost: where the part was taken over, or nothing could be published for as long as a claim lives.
        """
        try:
            self._lease.renew()
            self._mirror.publish(self._lease.held.number, patient=False)
        except StoreLost:
            raise
        except StoreError as error:
            if self._clock() - self._reached > LEASE:
                raise _told(error) from None
            if not self._failing:
                self._note(f"{error.message}; it is tried again, and what is done meanwhile is kept here")
            self._failing = True
            return
        self._reached = self._clock()
        self._failing = False

    def _go_on(self) -> None:
        while not self._stop.wait(self._every):
            try:
                self.turn()
            except BaseException as error:  # noqa: BLE001 -- the run must not go on with nobody who publishes
                self._error = error
                if self._in_main and not self._stop.is_set():
                    _interrupt()
                return


def _interrupt() -> None:
    """Stop the run in the main thread as Ctrl-C does, also where that waits for something or ignores Ctrl-C."""
    number = signal.SIGTERM if callable(signal.getsignal(signal.SIGTERM)) else signal.SIGINT
    if sys.platform == "win32":
        signal.raise_signal(number)
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, number)


def _told(error: BaseException) -> StoreLost:
    if isinstance(error, StoreLost):
        return error
    message = error.message if isinstance(error, QagenError) else str(error)
    return StoreLost(
        f"not all could be published: {message}",
        remedy="what was done is kept here; the same command, on this machine, publishes it and goes on",
    )
