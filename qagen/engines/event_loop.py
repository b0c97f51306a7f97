"""Running coroutines from code that is none, also where an event loop runs already, as in every notebook."""

import asyncio
import contextvars
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end and give its result.

    Where a loop runs in this thread already, another thread runs it in a loop of its own and this one waits: whoever wrote the
    cell of a notebook sees no difference. An interrupt cancels the coroutine in either case, what it has opened is closed, and
    no thread is left.

    Raises:
        KeyboardInterrupt: after an interrupt, when the coroutine has ended.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    return _Elsewhere(work).result()


class _Elsewhere(Generic[T]):
    """A coroutine in a loop and a thread of its own, which can be told to stop."""

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self._work = work
        self._ended: Future[T] = Future()
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[T]] | None = None
        self._interrupts = 0

    def result(self) -> T:
        """Run it, wait for its end, and give its result."""
        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=(self._run,), name="event loop")
        with _interrupts_to(self._stop):
            thread.start()
            thread.join()
        if self._interrupts:
            raise KeyboardInterrupt
        return self._ended.result()

    def _run(self) -> None:
        try:
            self._ended.set_result(asyncio.run(self._lead()))
        except BaseException as error:  # noqa: BLE001 -- raised again by the thread that waits
            self._ended.set_exception(error)

    async def _lead(self) -> T:
        task: asyncio.Task[T] | None = asyncio.current_task()
        assert task is not None
        self._running = asyncio.get_running_loop(), task
        if self._interrupts:
            task.cancel()
        return await self._work

    def _stop(self) -> None:
        """Cancel it; once more, what it does at its end, should that hang."""
        self._interrupts += 1
        if self._running is not None and not self._ended.done():
            loop, task = self._running
            loop.call_soon_threadsafe(task.cancel)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let an interrupt be a KeyboardInterrupt, also where a notebook runs its cell as a coroutine.

    Such a cell is cancelled when it gives way to the loop, and what runs in it to its end never does.
    """
    with _handled_by(signal.default_int_handler):
        yield


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold an interrupt back to the end of a block of imports: what is imported by half cannot be imported again (numpy).

    Raises:
        KeyboardInterrupt: at the end, where one came.
    """
    came: list[int] = []
    with _handled_by(lambda number, _: came.append(number)):
        yield
    if came:
        raise KeyboardInterrupt


@contextmanager
def _interrupts_to(stop: Callable[[], None]) -> Iterator[None]:
    with _handled_by(lambda *_: stop()):
        yield


@contextmanager
def _handled_by(handler: Callable[..., Any]) -> Iterator[None]:
    """Have a handler for SIGINT where this thread may have one, and nobody wants interrupts to be ignored."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before in (signal.SIG_IGN, None):
        yield
        return
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
