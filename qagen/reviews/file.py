"""`reviews.jsonl`: what people decided, one JSON line each, append-only, on the disk at once.

    {"format":1,"id":...,"paper":...,"question":...,"answer":...,"reviewer":...,"verdict":"reject","reason":...,"at":...,"sha256":...}
    {"format":1,"sample":{"seed":0,"of":12000,"dataset":...,"ids":[...]},"sha256":...}

A line that a program wrote ends with its own sum (`qagen.ledger.sums`); one that a person wrote by hand has none and is taken as it
is. What cannot be read is counted and left where it is: nothing here rewrites a line. Any number of processes may append.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from qagen.errors import WorkspaceError
from qagen.ledger.ledger import append_line
from qagen.ledger.sums import State, state_of, with_sum
from qagen.records import record_id
from qagen.reviews.decisions import Decision, Origin, Reviews, Sample, Verdict
from qagen.workspace import make_folder, open_file, translate_os_errors

FORMAT = 1
_PATIENCE = 10.0
"""Seconds to wait for another process that appends; a line takes it some milliseconds."""
MOST_CHARS = 20_000
"""Characters of a question or an answer."""

_Text = Annotated[str, Field(max_length=MOST_CHARS)]
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A reviewer's name."""


def is_reviewer(name: str) -> bool:
    """Whether a text is a name for a reviewer: 1 to 100 letters, nothing that acts on a terminal or a page."""
    return 0 < len(name.strip()) <= len(name) <= 100 and name.isprintable()


class _Line(BaseModel):
    """A decision as it stands in a line; what it does not know is left aside."""

    model_config = ConfigDict(frozen=True)

    id: _Id
    paper: _Sha256
    question: _Text
    answer: _Text
    reviewer: Name
    verdict: Verdict
    reason: Annotated[str, Field(max_length=2000)] = ""
    new_question: _Text | None = None
    new_answer: _Text | None = None
    origin: Origin | None = None
    at: Annotated[str, Field(max_length=40)] = ""

    @model_validator(mode="after")
    def _fits(self) -> "_Line":
        if self.id != record_id(self.paper, self.question, self.answer):
            raise ValueError("the id is not that of its paper, question and answer")
        edited = (self.new_question or "").strip() and (self.new_answer or "").strip()
        if self.verdict is Verdict.EDIT and not edited:
            raise ValueError("an edit has a new question and a new answer")
        return self

    def decision(self) -> Decision:
        return Decision(**{name: getattr(self, name) for name in _Line.model_fields if name != "id"})


class _SampleLine(BaseModel):
    seed: int
    of: Annotated[int, Field(ge=0)]
    dataset: _Sha256
    ids: tuple[_Id, ...]


_SAMPLE: TypeAdapter[_SampleLine] = TypeAdapter(_SampleLine)


def as_json(entry: Decision | Sample) -> dict[str, Any]:
    """An entry as the JSON object of its line, without what it does not say."""
    if isinstance(entry, Sample):
        return {"format": FORMAT, "sample": asdict(entry)}
    said = {name: value for name, value in asdict(entry).items() if value not in (None, "")}
    return {"format": FORMAT, "id": entry.id, "question": entry.question, "answer": entry.answer, **said}


def entry_of(value: object) -> Decision | Sample:
    """The entry that a JSON object is.

    Raises:
        ValueError: where it is none, with what is wrong in one line.
    """
    if not isinstance(value, Mapping):
        raise ValueError("it is no JSON object")
    if value.get("format", FORMAT) != FORMAT:
        raise ValueError(f"it has the format {value['format']!r}, and this qagen knows {FORMAT}")
    try:
        if "sample" in value:
            drawn = _SAMPLE.validate_python(value["sample"])
            return Sample(drawn.seed, drawn.of, drawn.dataset, drawn.ids)
        return _Line.model_validate(value).decision()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(f"{place}: {first['msg']}" if place else first["msg"]) from None


@dataclass(frozen=True, slots=True)
class Damage:
    """A line that cannot be read: its number, and why."""

    number: int
    why: str


class ReviewFile:
    """The file; it need not be there yet. One thread at a time.

    Attributes:
        path: where it is.
        damaged: the lines that could not be read so far.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged: list[Damage] = []
        self.start_over()

    def start_over(self) -> None:
        """Read from the beginning the next time."""
        self.damaged.clear()
        self._place = self._number = 0
        self._last = b""

    def is_replaced(self) -> bool:
        """Whether the file is another than the one that was read so far: the line that was read last does not stand in it.

        Raises:
            WorkspaceError: where it cannot be read.
        """
        with translate_os_errors(self.path):
            file = open_file(self.path)
            if file is None:
                return self._place > 0
            with file:
                file.seek(self._place - len(self._last))
                return file.read(len(self._last)) != self._last

    def read_on(self) -> Iterator[Decision | Sample]:
        """What came since the last time, whoever wrote it; a piece of a line that is not ended yet is left for the next time.

        Raises:
            WorkspaceError: where it cannot be read.
        """
        with translate_os_errors(self.path):
            file = open_file(self.path)
            if file is None:
                return
            with file:
                file.seek(self._place)
                for data in file:
                    if not data.endswith(b"\n") and not _is_entry(data):
                        return
                    self._number += not self._last or self._last.endswith(b"\n")
                    self._place += len(data)
                    self._last = data
                    entry = self._read(data)
                    if entry is not None:
                        yield entry

    def read_last(self) -> Iterator[Decision | Sample]:
        """What came since the last time, and what the file's end is where nobody ended it: an entry, or a piece that a crash left."""
        yield from self.read_on()
        with translate_os_errors(self.path):
            file = open_file(self.path)
            if file is None:
                return
            with file:
                file.seek(self._place)
                rest = file.read()
        if rest.strip():
            self._number += 1
            entry = self._read(rest)
            self._number -= 1
            if entry is not None:
                yield entry

    def _read(self, data: bytes) -> Decision | Sample | None:
        if not data.strip():
            return None
        state = state_of(data)
        if state is State.PIECE:
            self.damaged.append(Damage(self._number, "it is a piece of a line"))
            return None
        if state is State.DAMAGED and b'"sha256":"' in data[-90:]:
            self.damaged.append(Damage(self._number, "it is not what was written: its sum is another"))
            return None
        try:
            return entry_of(json.loads(data))
        except (ValueError, RecursionError) as error:
            self.damaged.append(Damage(self._number, str(error)))
            return None

    def append(self, entries: Sequence[Decision | Sample]) -> None:
        """Write entries so that they outlive a power cut: all of them, or none.

        Raises:
            WorkspaceError: where the disk is full, the file cannot be written, or another process does not let go of it.
        """
        from filelock import FileLock, Timeout

        data = b"".join(encoded(entry) for entry in entries)
        with translate_os_errors(self.path):
            make_folder(self.path.parent)
            try:
                with FileLock(f"{self.path}.lock", timeout=_PATIENCE):
                    append_line(self.path, data)
            except Timeout:
                raise WorkspaceError(
                    f"another process has been writing {str(self.path)!r} for more than {_PATIENCE:g} s",
                    remedy="end it, and decide again",
                ) from None


def _is_entry(data: bytes) -> bool:
    """Whether a line without a line break is whole: half a JSON object is never a JSON object."""
    try:
        entry_of(json.loads(data))
    except (ValueError, RecursionError):
        return False
    return True


def encoded(entry: Decision | Sample) -> bytes:
    """An entry as its line: ASCII, with its sum."""
    text = json.dumps(as_json(entry), ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return with_sum(text.encode("ascii"))


def load_reviews(path: Path) -> tuple[Reviews, tuple[Damage, ...]]:
    """All that people decided, and the lines that could not be read.

    Raises:
        WorkspaceError: where the file cannot be read.
    """
    file = ReviewFile(path)
    return Reviews.of(file.read_last()), tuple(file.damaged)
