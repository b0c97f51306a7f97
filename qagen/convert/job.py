"""What a worker is asked to do: one PDF, and how it is read."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

Name = Literal["rules", "marker-fast", "marker-balanced"]
Ocr = Literal["none", "needed", "all"]


@dataclass(frozen=True)
class Mode:
    """How PDFs are read, with nothing left open.

    Attributes:
        name: of the converter.
        ocr: which pages are read by OCR: none, those whose text layer is missing or garbled, or all.
        options: marker's own options by name, as `[convert.marker]` gives them.
        surya: settings of marker's models by name, as `[convert.surya]` gives them.
        range_pages: how many pages are in memory at a time.
        note: why it is not what one would rather have; else empty.
    """

    name: Name
    ocr: Ocr = "none"
    options: dict[str, JsonValue] = field(default_factory=dict)
    surya: dict[str, JsonValue] = field(default_factory=dict)
    range_pages: int = 200
    note: str = ""


@dataclass(frozen=True)
class Job:
    """One PDF to convert.

    Attributes:
        path: the file.
        folder: where the conversion goes.
        paper_sha256: of the bytes that the file must have.
        mode: how it is read.
        passwords: are tried in turn where the PDF wants one.
        scratch: a folder of this user alone for copies: one that nobody changes, and one that wants no password.
    """

    path: Path
    folder: Path
    paper_sha256: str
    mode: Mode
    scratch: Path
    passwords: tuple[str, ...] = field(default=(), repr=False)

    def to_json(self) -> str:
        """The job as a line."""
        return json.dumps(asdict(self), default=str) + "\n"

    @classmethod
    def from_json(cls, line: str) -> "Job":
        """The job that was written as a line."""
        value = json.loads(line)
        mode = Mode(**value.pop("mode"))
        places = {name: Path(value.pop(name)) for name in ("path", "folder", "scratch")}
        return cls(
            **places, mode=mode, paper_sha256=value["paper_sha256"], passwords=tuple(value["passwords"])
        )


@dataclass(frozen=True)
class WorkerAnswer:
    """What a worker says of its job.

    Attributes:
        state: `started` once marker is there and the PDF is begun; `pages` before each few pages; at the end `done`, `failed`, or
            `unwritable` where the disk does not take the result.
        pages: how many are begun.
        reason, detail, remedy: why it failed, and what to do about it.
    """

    state: Literal["started", "pages", "done", "failed", "unwritable"]
    pages: int = 0
    reason: str = ""
    detail: str = ""
    remedy: str = ""

    def to_json(self) -> str:
        """The answer as a line, without what it does not say."""
        return json.dumps({name: value for name, value in asdict(self).items() if value}) + "\n"

    @classmethod
    def from_json(cls, line: str) -> "WorkerAnswer":
        """The answer that was written as a line."""
        return cls(**json.loads(line))
