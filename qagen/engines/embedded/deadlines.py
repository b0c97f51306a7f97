"""A deadline in all for a request of a blocking httpx client, whose own limits begin anew with every byte.

A request may take `seconds`, and one more for every `_SLOWEST` bytes that came or went: whoever sends a byte now and then is given up,
and a large file takes as long as it needs. The limit sits below HTTP, where the bytes pass, so that it holds for headers too.
"""

import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

_SLOWEST = 4096
"""Bytes a second that count as slow, but alive."""
_PIECE = 65536
Clock = Callable[[], float]


def pace(client: Any, seconds: float, clock: Clock = time.monotonic) -> None:
    """Give every request of a client a deadline in all; again is no harm.

    A request that comes too late ends with the client's `RemoteProtocolError`, which nobody takes for a reason to try at once.

    Args:
        client: an `httpx.Client`, or an `httpx2.Client` (which huggingface_hub has from its second version on).
        seconds: how long a request may take without any data.
        clock: seconds that pass.
    """
    hooks = client.event_hooks
    if any(isinstance(hook, _Begin) for hook in hooks["request"]):
        return
    begin = _Begin(seconds, clock)
    client.event_hooks = {**hooks, "request": [*hooks["request"], begin]}
    # httpx has no parameter for what carries its bytes, and httpcore, which it is made of, has.
    for transport in (client._transport, *client._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            core = sys.modules[type(pool).__module__.partition(".")[0]]  # httpcore, or httpcore2
            pool._network_backend = _Network(pool._network_backend, begin, core)


class _Begin(threading.local):
    """A hook that is called when a request begins, in the thread that then waits for it."""

    def __init__(self, seconds: float, clock: Clock) -> None:
        self.seconds, self.clock = seconds, clock
        self.end = float("inf")

    def __call__(self, _request: object) -> None:
        self.end = self.clock() + self.seconds

    def seconds_left(self) -> float:
        return self.end - self.clock()

    def received(self, size: int) -> None:
        self.end += size / _SLOWEST


class _Network:
    """What opens connections, each of which is watched."""

    def __init__(self, network: Any, begin: _Begin, core: Any) -> None:
        self._network, self._begin, self._core = network, begin, core

    def connect_tcp(self, *arguments: Any, **keywords: Any) -> "_Paced":
        return _Paced(self._network.connect_tcp(*arguments, **keywords), self._begin, self._core)

    def connect_unix_socket(self, *arguments: Any, **keywords: Any) -> "_Paced":
        return _Paced(self._network.connect_unix_socket(*arguments, **keywords), self._begin, self._core)

    def sleep(self, seconds: float) -> None:
        self._network.sleep(seconds)


class _Paced:
    """A connection on which a request that is too slow ends."""

    def __init__(self, stream: Any, begin: _Begin, core: Any) -> None:
        self._stream, self._begin, self._core = stream, begin, core

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = self._within(timeout, lambda left: self._stream.read(max_bytes, left))
        self._begin.received(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for first in range(0, len(buffer), _PIECE):
            piece = buffer[first : first + _PIECE]
            self._within(timeout, partial(self._stream.write, piece))
            self._begin.received(len(piece))

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> "_Paced":
        begun = self._within(timeout, lambda left: self._stream.start_tls(ssl_context, server_hostname, left))
        return _Paced(begun, self._begin, self._core)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        self._stream.close()

    def _within(self, timeout: float | None, step: Callable[[float], Any]) -> Any:
        left = self._begin.seconds_left()
        try:
            if left > 0:
                return step(left if timeout is None else min(timeout, left))
        except self._core.TimeoutException:
            if self._begin.seconds_left() > 0:
                raise
        raise self._core.RemoteProtocolError(
            f"no whole answer within {self._begin.seconds:g} s, but a few bytes now and then"
        )
