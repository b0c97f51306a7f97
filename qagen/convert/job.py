"""What a worker is asked to do: one PDF, and how it is read."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

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
    options: dict[str, Any] = field(default_factory=dict)
    surya: dict[str, Any] = field(default_factory=dict)
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

    def to_json(self) -> dict[str, Any]:
        """The job as JSON."""
        return {
            **asdict(self),
            "path": str(self.path),
            "folder": str(self.folder),
            "scratch": str(self.scratch),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Job":
        """The job that was written as JSON."""
        return cls(
            path=Path(value["path"]),
            folder=Path(value["folder"]),
            paper_sha256=value["paper_sha256"],
            mode=Mode(**value["mode"]),
            scratch=Path(value["scratch"]),
            passwords=tuple(value["passwords"]),
        )
