"""The ledger: a paper's model calls, one JSON line each, append-only, for good.

    {"format": 2, "key": ..., "request": {...}, "completion": {...}, "raw": "the response's body as it came", "sha256": ...}

Lines are ASCII, so that a file cut anywhere holds no half character; `raw` is a text and no object, so that nothing that a
server sends (digits, order, depth) is lost or makes a line unreadable. A key's completion is that of its first valid line.

**Sums.** The sha256 at a line's end is that of the bytes before it (`qagen.ledger.sums`): what a disk, a copy or a hand has changed is no
answer any more, and is not asked for again by itself. Lines of format 1 have none. They are taken as they are, until the first answer that
is appended behind them: before it comes a seal, a line with the sha256 of each of them, and from then on they are held to it.
"""

import dataclasses
import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any, BinaryIO, Literal

import jsonlines

from qagen.errors import NoAnswer, WorkspaceError
from qagen.ledger.sums import SEAL, State, has_valid_sum, seal, state_of, sum_of, with_sum
from qagen.records import Completion, Message, Request
from qagen.workspace import make_folder, open_file, sync, translate_os_errors

FORMAT = 2

_REQUEST = {
    "model": (str,),
    "messages": (list,),
    "temperature": (float, int),
    "top_p": (float, int),
    "max_tokens": (int,),
    "seed": (int,),
    "attempt": (int,),
    "response_format": (str,),
}
_OPTIONAL = {
    "top_k": (int,),
    "min_p": (float, int),
    "thinking_budget": (int,),
    "reasoning_effort": (str,),
    "label_ids": (list,),
    "most_pairs": (int,),
}
"""What stands in a request only where it does not leave it to the server."""
_COMPLETION = {
    "text": (str,),
    "reasoning": (str, NoneType),
    "finish_reason": (str, NoneType),
    "prompt_tokens": (int, NoneType),
    "completion_tokens": (int, NoneType),
    "served_model": (str, NoneType),
    "fingerprint": (str, NoneType),
}
_SAID = {"digest": (str,)}
"""What stands in a completion only where the server said it."""
_MESSAGE = {"role": (str,), "content": (str,)}


@dataclass(frozen=True, slots=True)
class Entry:
    """One call of the ledger.

    Attributes:
        key: the request's key.
        prompt: the name and the beginning of the hash of the prompt that made the request; None where it is not known.
    """

    key: str
    request: Request
    completion: Completion
    prompt: str | None = None


class Ledger:
    """The calls in one file, which need not be there yet; read when first asked for something.

    Only the places of the lines are held in memory. One process appends at a time (the workspace's lock sees to that),
    one thread at a time.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._places: dict[str, int] | None = None
        self._unsealed: list[str] = []
        self._damaged: list[str | None] = []

    def __len__(self) -> int:
        """The number of different requests that have an answer."""
        return len(self._index())

    def get(self, key: str) -> Completion | None:
        """The completion that counts for a request's key, or None.

        Raises:
            WorkspaceError: where the file cannot be read, was written by a newer version, or changed under our feet.
        """
        place = self._index().get(key)
        if place is None:
            return None
        entry = None
        with translate_os_errors(self.path), suppress(FileNotFoundError), self.path.open("rb") as file:
            file.seek(place)
            entry = _decode(file.readline())
        if entry is None or entry.key != key:
            raise WorkspaceError(
                f"the ledger {str(self.path)!r} was changed by something else at byte {place}",
                remedy="run again",
            )
        return entry.completion

    def damage(self, key: str) -> NoAnswer | None:
        """Why a request without an answer is not to be asked as if it never had one; None where nothing speaks against it.

        That is so where a damaged line is its own, or does not say any more whose it is.
        """
        if key in self._index() or not any(one is None or one == key for one in self._damaged):
            return None
        return NoAnswer(
            f"{len(self._damaged)} line(s) of the ledger {str(self.path)!r} are not what was written, and one may be this answer",
            remedy="see `qagen ledger verify`, which can set them aside, so that they are asked anew, or build with --refresh",
        )

    def entries(self) -> Iterator[Entry]:
        """The calls that count, in the order of the file, read one at a time."""
        places = self._index()
        for place, entry in self._read():
            if places.get(entry.key) == place:
                yield entry

    def append(self, request: Request, completion: Completion, *, prompt: str | None = None) -> Completion:
        """Write a call so that it outlives a power cut, and give back what counts for its key.

        That is the earlier completion where there is one, and otherwise what a later run will read from the line: so a
        first run and a repeated one work with the same text.

        A piece of a line that a crash left at the end stays, on a line of its own: it was paid for, and a person may still
        make something of it. Where writing fails, the file is cut back to what it was.

        Raises:
            WorkspaceError: where the disk is full or the file cannot be written.
        """
        places = self._index()
        line = _encode(request, completion, prompt)
        entry = _decode(line)
        if entry is None:
            raise ValueError(f"a completion with fields of a wrong type: {completion!r}")
        with translate_os_errors(self.path):
            make_folder(self.path.parent)
            if self._unsealed:
                append_line(self.path, seal(self._unsealed))
                self._unsealed.clear()
            place = append_line(self.path, line)
        if places.setdefault(entry.key, place) == place:
            return entry.completion
        earlier = self.get(entry.key)
        assert earlier is not None
        return earlier

    def _index(self) -> dict[str, int]:
        if self._places is None:
            places: dict[str, int] = {}
            old = False
            for line in lines(self.path):
                if line.entry is not None:
                    places.setdefault(line.entry.key, line.place)
                if line.unsealed:
                    self._unsealed.append(sum_of(line.data))
                    old = old or line.entry is not None
                if line.state == "damaged":
                    self._damaged.append(line.key)
            if not old:
                self._unsealed.clear()  # pieces alone need no seal
            self._places = places
        return self._places

    def _read(self) -> Iterator[tuple[int, Entry]]:
        return ((line.place, line.entry) for line in lines(self.path) if line.entry is not None)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a ledger's file.

    Attributes:
        data: its bytes.
        state: an answer, a piece that a crash left, a line that is not what was written, or a seal of lines before.
        entry: its call; None where the line holds none that counts for anything.
        key: the key that a damaged line still names.
        unsealed: whether it has no sum of its own, and no seal holds it yet.
        place: where it begins in the file.
        counts: whether it is the one that counts for its key.
    """

    data: bytes
    state: Literal["answer", "torn", "damaged", "seal"]
    entry: Entry | None = None
    key: str | None = None
    unsealed: bool = False
    place: int = 0
    counts: bool = False


def lines(path: Path) -> Iterator[Line]:
    """All lines of a ledger's file, one at a time; none where there is no file.

    Raises:
        WorkspaceError: where it cannot be read, or a newer version wrote it.
    """
    seen: set[str] = set()
    with translate_os_errors(path):
        file = open_file(path)
        if file is None:
            return
        with file:
            seals: _Seals | None = None  # looked for where a line needs one: most ledgers have none
            place = 0
            for data in file:
                state = state_of(data)
                if state in (State.WITHOUT_SUM, State.PIECE) and seals is None:
                    seals = _seals(path)
                held = seals.held if seals and place < seals.until else None
                line = _line(data, state, held)
                key = line.entry.key if line.entry else None
                yield dataclasses.replace(line, place=place, counts=key is not None and key not in seen)
                if key is not None:
                    seen.add(key)
                place += len(data)


@dataclass(frozen=True, slots=True)
class _Seals:
    """What the seals of a file hold, and up to where."""

    held: frozenset[str]
    until: int


def _seals(path: Path) -> _Seals:
    held: set[str] = set()
    place = until = 0
    with path.open("rb") as file:
        for data in file:
            if data.startswith(SEAL) and has_valid_sum(data):
                held.update(json.loads(data)["seal"])
                until = place
            place += len(data)
    return _Seals(frozenset(held), until)


def _line(data: bytes, state: State, sealed: frozenset[str] | None) -> Line:
    """What a line is.

    Args:
        data: its bytes.
        state: what it is by them.
        sealed: the sums of lines without one of their own that a later seal holds; None where none does.
    """
    if state is State.SEAL:
        return Line(data, "seal")
    if state is State.DAMAGED:
        return Line(data, "damaged", key=_named(data))
    entry = _parsed(data)  # a piece is no JSON
    if state is State.WHOLE:
        return Line(data, "answer" if entry else "damaged", entry)
    if sealed is not None and sum_of(data) not in sealed:
        return Line(data, "damaged", key=entry.key if entry else None)
    return Line(data, "answer" if entry else "torn", entry, unsealed=sealed is None)


def _named(data: bytes) -> str | None:
    """The key of a damaged line whose request still has that key; None where nobody can tell any more whose answer it is."""
    try:
        entry = _entry(json.loads(data))
    except (ValueError, RecursionError, TypeError, AttributeError):
        return None
    return entry.key if entry else None


def append_line(path: Path, line: bytes) -> int:
    """Write whole lines at the end of a file, on the disk when this returns, or nothing at all; returns where they begin.

    A piece of a line that a crash left there is ended first.
    """
    # Unbuffered: a buffer would try to write its rest again on closing, after the file was cut back.
    with path.open("ab+", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        try:
            start = end + _write(file, b"" if _ends_a_line(file, end) else b"\n")
            _write(file, line)
            os.fsync(file.fileno())
            if not end:
                sync(path.parent)  # the file is new
        except BaseException:  # an interrupt too: half a line must not stay, whoever stops us
            with suppress(OSError):
                os.ftruncate(file.fileno(), end)
            raise
    return start


def _ends_a_line(file: BinaryIO, end: int) -> bool:
    if not end:
        return True
    file.seek(end - 1)
    return file.read() == b"\n"


def _write(file: BinaryIO, data: bytes) -> int:
    """Write all of it, however little the system takes at once; returns how much that is."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) or 0 :]
    return len(data)


def encode(entry: Entry) -> bytes:
    """A call as a line of a ledger."""
    return _encode(entry.request, entry.completion, entry.prompt)


def _encode(request: Request, completion: Completion, prompt: str | None = None) -> bytes:
    fields = dataclasses.asdict(completion)
    raw = fields.pop("raw")
    fields = {name: value for name, value in fields.items() if name not in _SAID or value is not None}
    asked = {name: value for name, value in dataclasses.asdict(request).items() if name not in _OPTIONAL}
    value = {
        "format": FORMAT,
        "key": request.key,
        **({"prompt": prompt} if prompt else {}),
        "request": {**asked, **request.optional},
        "completion": fields,
        "raw": raw,
    }
    line = io.BytesIO()
    with jsonlines.Writer(line, dumps=_DUMPS) as writer:
        writer.write(value)
    return with_sum(line.getvalue().removesuffix(b"\n"))


_DUMPS = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def _decode(line: bytes) -> Entry | None:
    """The call of a line that may be anything; see `_parsed`."""
    return _parsed(line) if state_of(line) in (State.WHOLE, State.WITHOUT_SUM) else None


def _parsed(line: bytes) -> Entry | None:
    """The call of a line, or None where the line is torn, foreign, or its key is not that of its own request.

    A last line that is whole but for its line break counts: half a JSON object is never a JSON object.

    Raises:
        WorkspaceError: where the line was written by a newer version, whose calls would be paid for again.
    """
    try:
        value = jsonlines.Reader([line], loads=json.loads).read(type=dict)
        if type(value.get("format")) is int and value["format"] > FORMAT:
            raise WorkspaceError(
                f"a ledger of this workspace has the format {value['format']}, and this version reads up to {FORMAT}",
                remedy="update qagen, or choose another workspace with --work",
            )
        return _entry(value)
    except (ValueError, RecursionError):
        return None


def _entry(value: dict[str, Any]) -> Entry | None:
    if value.get("format") not in (1, FORMAT) or type(raw := value.get("raw")) not in (str, NoneType):
        return None
    asked = value.get("request")
    fields = _typed(asked, _REQUEST) | _typed_where_there(asked, _OPTIONAL)
    fields["messages"] = tuple(Message(**_typed(message, _MESSAGE)) for message in fields["messages"])
    fields["label_ids"] = tuple(fields.get("label_ids", ()))
    request = Request(**fields)
    key = request.key  # computed from all of the request
    if key != value.get("key"):
        return None
    given = value.get("completion")
    completion = Completion(**_typed(given, _COMPLETION), **_typed_where_there(given, _SAID), raw=raw)
    prompt = value.get("prompt")
    return Entry(key, request, completion, prompt if isinstance(prompt, str) else None)


def _typed(value: object, types: Mapping[str, tuple[type, ...]]) -> dict[str, Any]:
    """The fields of a JSON object that we know, all of them and each of its type.

    Raises:
        ValueError: where it is no object, a field is missing or has another type.
    """
    if not isinstance(value, dict):
        raise ValueError
    if not all(name in value and type(value[name]) in allowed for name, allowed in types.items()):
        raise ValueError
    return {name: value[name] for name in types}


def _typed_where_there(value: Any, types: Mapping[str, tuple[type, ...]]) -> dict[str, Any]:
    return _typed(value, {name: allowed for name, allowed in types.items() if name in value})
