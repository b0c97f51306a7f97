"""A real HTTP server that speaks the OpenAI protocol and says what a test wants it to say.

    with ScriptedServer(reply=lambda request, nth: Reply(status=503) if nth == 1 else paired(request)) as server:
        ...  # server.base_url, server.requests

Without `reply` it answers every request with ten well-formed pairs made of sentences of the chunk that it was sent.
"""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self

from qagen.engines.probing.probe import CODE_WORD

Json = dict[str, Any]
KIND_PATHS = frozenset(
    {"/props", "/version", "/api/version", "/api/ps", "/get_server_info", "/api/v0/models"}
)


@dataclass(frozen=True)
class Reply:
    """What the server does with one request.

    Attributes:
        text: the message's content; None is sent as null.
        reasoning: sent beside the content, in the field `reasoning_field`.
        usage: prompt and completion tokens, or None for a reply that does not say.
        extra: further members of the reply's JSON, or other values for those it has.
        body: sent instead of all that, as it is; in the form of a text it is encoded.
        drop: close the connection without a word, after half the body, or send the body for ever.
        gate: wait for this event before replying; leaving the server sets it.
    """

    text: str | None = ""
    reasoning: str | None = None
    reasoning_field: str = "reasoning_content"
    finish_reason: str | None = "stop"
    usage: tuple[int, int] | None = (100, 50)
    extra: Json = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | str | None = None
    drop: Literal["before", "in body", "endless"] | None = None
    gate: threading.Event | None = None

    def payload(self, request: Json, nth: int) -> bytes:
        if self.body is not None:
            return self.body if isinstance(self.body, bytes) else self.body.encode()
        message = {"role": "assistant", "content": self.text}
        if self.reasoning is not None:
            message[self.reasoning_field] = self.reasoning
        value: Json = {
            "id": f"chatcmpl-{nth}",
            "object": "chat.completion",
            "created": 0,
            "model": request.get("model"),
            "choices": [{"index": 0, "message": message, "finish_reason": self.finish_reason}],
        }
        if self.usage:
            prompt, completion = self.usage
            value["usage"] = {
                "prompt_tokens": prompt,
                "completion_tokens": completion,
                "total_tokens": prompt + completion,
            }
        return json.dumps({**value, **self.extra}).encode()


Script = Callable[[Json, int], Reply | str]


def paired(request: Json, count: int = 10) -> Reply:
    """Some thoughts, then pairs whose answers stand word for word in the chunk at the end of the user's turn."""
    content = request["messages"][-1]["content"]
    if content.startswith("You examine question/answer pairs"):
        marks = dict.fromkeys(_LABELS, 5)
        return Reply(json.dumps({"labels": [{"id": name, **marks} for name in _PAIR_ID.findall(content)]}))
    chunk = re.split(r"^Excerpt:\s*$", content.partition(_END_OF_EXCERPT)[0][-2000:], flags=re.MULTILINE)[-1]
    answers = [answer for answer, _ in zip(_answers(chunk), range(count), strict=False)]
    pairs = "".join(
        f"------\n###QUESTION: {_question(answer)}\n###ANSWER: {answer}\n------\n\n" for answer in answers
    )
    return Reply(f"Let me see what the text says.\n</think>\n\n{pairs}")


_END_OF_EXCERPT = "\nThis is the end of the excerpt."
_LABELS = ("relevance", "context_independence", "completeness", "accuracy", "reasonableness")
_PAIR_ID = re.compile(r"^=== \w+ pair (\w+)$", re.MULTILINE)
_NO_BODY = re.compile(
    r"references|acknowledg|funding|contribution|interest|availab|supplement", re.IGNORECASE
)


def asks_first(request: Json) -> bool:
    """Whether a request asks for pairs for the first time: no second chance, and no judge's."""
    content = request["messages"][-1]["content"]
    return "could not be used: " not in content and not content.startswith(
        "You examine question/answer pairs"
    )


def chunk_of(request: Json) -> str:
    """The chunk that a request for pairs shows."""
    return request["messages"][0]["content"].rpartition("Excerpt:\n")[2].partition(_END_OF_EXCERPT)[0].strip()


def shown_headings(request: Json) -> list[str]:
    """The headings that a request shows, where it asks which of them are main body; none where it asks anything else."""
    turns = request.get("messages") or [{"content": ""}]  # requests for vectors have none
    content = turns[0]["content"]
    if not content.startswith("You are given the headings of a scientific paper"):
        return []
    return [line for line in content.split("\n=== ")[1].splitlines()[1:] if line]


def _answers(chunk: str) -> Iterator[str]:
    """Single sentences first, then runs of two and three, so that there are enough of them."""
    paragraphs = [paragraph for paragraph in re.split(r"\n\s*\n", chunk) if not paragraph.startswith("#")]
    groups = [
        [
            s
            for s in re.split(r"(?<=[.!?])\s+(?=[A-Z])", p.strip())
            if re.match(r"[A-Z].{30,}[.!]$", s, re.DOTALL)
        ]
        for p in paragraphs
    ]
    for length in (1, 2, 3):
        for group in groups:
            for start in range(len(group) - length + 1):
                run = " ".join(group[start : start + length])
                if run in chunk:
                    yield run


def _question(answer: str) -> str:
    """A question of the answer's longest words, so that it is not the answer once more."""
    words = list(dict.fromkeys(re.findall(r"[A-Za-z][a-z]{3,}", answer)))
    longest = sorted(sorted(words, key=len)[-6:], key=words.index)
    return f"How do {', '.join(longest[:-1])} and {longest[-1]} depend on each other, and why?"


def _default(request: Json, nth: int) -> Reply:
    return paired(request)


class ScriptedServer:
    """A server on a random port of the loopback interface; a context manager.

    Args:
        reply: what to do with a chat request; `nth` counts them from 1 in the order of arrival. A text is a reply's content.
        models: what `/models` lists, or a `Reply` that is sent instead, or a function that gives one for the nth listing.
        tags: what `/api/tags` gives, as Ollama's does; None where there is no such page.
        port: 0 for any that is free.
        trial: what to answer when a trial question comes.
        pages: JSON of further paths, by which a server tells what kind it is.

    Attributes:
        requests: the bodies of the chat requests in the order of arrival, but for those in `choices`.
        choices: of those that ask which headings are main body; they are answered as a good model would, whatever the script.
        headers: their headers, names in lower case.
        paths: all requests, such as `GET /v1/models`, but for those that only ask what kind of server it is.
        trials: the bodies of trial questions, which are answered apart: by `trial`, or as a model does that saw all of the prompt.
        peak: the most chat requests that were in work at one time.
    """

    def __init__(
        self,
        reply: Script = _default,
        models: Sequence[str] | Reply | Callable[[int], Reply | Sequence[str]] = ("r1",),
        port: int = 0,
        tags: Json | None = None,
        trial: Script | None = None,
        pages: Mapping[str, Json] | None = None,
    ) -> None:
        self.requests: list[Json] = []
        self.choices: list[Json] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.trials: list[Json] = []
        self.peak = 0
        self._reply = reply
        self._models = models
        self._port = port
        self.tags = tags
        self._trial = trial
        self._pages = pages or {}
        self._working = 0
        self._changed = threading.Condition()
        self._gates: set[threading.Event] = set()
        self._connections: set[socket.socket] = set()
        self._faults: list[Exception] = []
        self._closing = False

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def wait_for_requests(self, count: int, seconds: float = 30.0) -> bool:
        """Wait until so many chat requests have arrived; False where they did not in time."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.requests) >= count, seconds)

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", self._port), type("Bound", (_Handler,), {"script": self}))
        # A short poll makes leaving quick; it costs nothing that a test would notice.
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self._server.shutdown()
        self._thread.join()
        with self._changed:
            for gate in self._gates:
                gate.set()
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
        self._server.server_close()
        if self._faults and error is None:
            raise self._faults[0]

    def _listing(self) -> Reply:
        with self._changed:
            nth = sum(path.startswith("GET") for path in self.paths)
        models = self._models(nth) if callable(self._models) else self._models
        if isinstance(models, Reply):
            return models
        data = [{"id": name, "object": "model", "created": 0, "owned_by": "test"} for name in models]
        return Reply(body=json.dumps({"object": "list", "data": data}))

    def _arrived(self, request: Json, headers: dict[str, str]) -> int:
        with self._changed:
            self.requests.append(request)
            self.headers.append(headers)
            self._working += 1
            self.peak = max(self.peak, self._working)
            self._changed.notify_all()
            return len(self.requests)

    def _left(self) -> None:
        with self._changed:
            self._working -= 1

    def _answer(self, request: Json, nth: int) -> Reply:
        try:
            reply = self._reply(request, nth)
        except Exception as error:  # noqa: BLE001 - a test's script may raise anything; the test is told on leaving
            self._faults.append(error)
            return Reply(status=500, body=repr(error))
        return Reply(reply) if isinstance(reply, str) else reply

    def _wait(self, gate: threading.Event) -> None:
        with self._changed:
            self._gates.add(gate)
            if self._closing:
                gate.set()
        gate.wait()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    script: ScriptedServer

    def setup(self) -> None:
        super().setup()
        with self.script._changed:
            self.script._connections.add(self.connection)
            if self.script._closing:
                self.connection.shutdown(socket.SHUT_RDWR)

    def finish(self) -> None:
        with self.script._changed:
            self.script._connections.discard(self.connection)
        try:
            super().finish()
        except OSError:
            self.close_connection = True

    def do_GET(self) -> None:
        if self.path in KIND_PATHS:
            page = self.script._pages.get(self.path)
            self._send(
                Reply(status=404, body="no such page") if page is None else Reply(body=json.dumps(page)),
                b"",
                {},
                0,
            )
            return
        self._seen()
        if self.path == "/api/tags" and self.script.tags is not None:
            self._send(Reply(body=json.dumps(self.script.tags)), b"", {}, 0)
            return
        known = self.path == "/v1/models"
        self._send(self.script._listing() if known else Reply(status=404, body="no such page"), b"", {}, 0)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path in self.script._pages:
            self._send(Reply(body=json.dumps(self.script._pages[self.path])), b"", {}, 0)
            return
        if self.path == "/v1/chat/completions" and CODE_WORD in body.decode():
            self._try(json.loads(body))
            return
        self._seen()
        if self.path not in ("/v1/chat/completions", "/v1/embeddings"):
            self._send(Reply(status=404, body="no such page"), body, {}, 0)
            return
        request = json.loads(body)
        if self.path == "/v1/chat/completions" and (headings := shown_headings(request)):
            self.script.choices.append(request)
            body_of = "\n".join(line for line in headings if not _NO_BODY.search(line))
            self._send(Reply(body_of), body, request, len(self.script.choices))
            return
        nth = self.script._arrived(request, {name.lower(): value for name, value in self.headers.items()})
        try:
            reply = self.script._answer(request, nth)
            if reply.gate:
                self.script._wait(reply.gate)
        finally:
            self.script._left()
        self._send(reply, body, request, nth)

    def _try(self, request: Json) -> None:
        with self.script._changed:
            self.script.trials.append(request)
        nth = len(self.script.trials)
        reply = self.script._trial(request, nth) if self.script._trial else Reply(CODE_WORD)
        self._send(Reply(reply) if isinstance(reply, str) else reply, b"", request, nth)

    def _seen(self) -> None:
        with self.script._changed:
            self.script.paths.append(f"{self.command} {self.path}")

    def _send(self, reply: Reply, body: bytes, request: Json, nth: int) -> None:
        if reply.drop == "before":
            self.close_connection = True
            return
        payload = reply.payload(request, nth)
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        if reply.drop == "endless":
            self.close_connection = True
            self.end_headers()
            while not self.script._closing:
                self.wfile.write(payload)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        if reply.drop == "in body":
            self.close_connection = True
            payload = payload[: len(payload) // 2]
        self.wfile.write(payload)

    def log_message(self, format: str, *arguments: object) -> None:
        """Tests keep quiet."""
