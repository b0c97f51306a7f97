"""A model server with a number of slots, each taken for a while by a call; the others queue. For benchmarks/engine.py.

python benchmarks/slots.py --slots 32 --seconds 0.5 [--port 0] [--log FILE]

Prints its port. `GET /stats` tells what it served: calls, and seconds from the first request to the last reply. With --log each call's seed
is written as it arrives (`asked N`) and when its answer was sent (`answered N`), flushed, so that it outlives being killed. It reads no
more of a request than that, and so costs some 0.1 ms per call.
"""

import argparse
import asyncio
import json
import os
import re
import time
from collections import deque
from pathlib import Path
from typing import TextIO

_ANSWER = "###QUESTION: Why does the ice of the lagoon thin from below?\n###ANSWER: Salt lowers its freezing point.\n"


class Slots:
    """The slots and the queue before them."""

    def __init__(self, slots: int, seconds: float, log: TextIO | None) -> None:
        self.free = slots
        self.seconds = seconds
        self.log = log
        self.queue: deque[Connection] = deque()
        self.began = self.ended = 0.0
        self.calls = 0

    def arrived(self, connection: "Connection") -> None:
        self.began = self.began or time.perf_counter()
        self.note("asked", connection)
        if self.free:
            self.free -= 1
            self.serve(connection)
        else:
            self.queue.append(connection)

    def serve(self, connection: "Connection") -> None:
        asyncio.get_running_loop().call_later(self.seconds, self.done, connection)

    def done(self, connection: "Connection") -> None:
        if not connection.transport.is_closing():
            connection.reply(_completion())
            self.note("answered", connection)
            self.calls += 1
            self.ended = time.perf_counter()
        while self.queue:
            following = self.queue.popleft()
            if not following.transport.is_closing():
                self.serve(following)
                return
        self.free += 1

    def note(self, what: str, connection: "Connection") -> None:
        if self.log:
            self.log.write(f"{what} {connection.seed}\n")
            self.log.flush()


class Connection(asyncio.Protocol):
    """One connection, which sends one request at a time."""

    def __init__(self, slots: Slots) -> None:
        self.slots = slots
        self.received = b""
        self.seed = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator:
            return
        length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        size = int(length[1]) if length else 0
        if len(body) < size:
            return
        self.received = body[size:]
        if head.startswith(b"GET /stats"):
            self.reply({"calls": self.slots.calls, "seconds": self.slots.ended - self.slots.began})
        elif head.startswith(b"GET"):
            self.reply({"object": "list", "data": [{"id": "r1"}]})
        else:
            found = re.search(rb'"seed": *(\d+)', body)
            self.seed = found[1].decode() if found else "none"
            self.slots.arrived(self)

    def reply(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.transport.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
            + body
        )


def _completion() -> object:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "r1",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": _ANSWER * 20},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 900, "completion_tokens": 1200, "total_tokens": 2100},
    }


async def _serve(arguments: argparse.Namespace, log: TextIO) -> None:
    slots = Slots(arguments.slots, arguments.seconds, log if arguments.log else None)
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(slots), "127.0.0.1", arguments.port, backlog=4096
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--slots", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log")
    given = parser.parse_args()
    with Path(given.log or os.devnull).open("a", encoding="utf-8") as log:
        asyncio.run(_serve(given, log))
