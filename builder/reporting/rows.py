"""Records and rejections as a report looks at them: of any version of the schema, with what that lacks left open."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from builder.folder import read
from builder.folder.damage import first_fault
from qagen.errors import DatasetError

LONGEST = 2000
"""Characters of a text that are kept to be shown."""
_NOT_READ = ("context", "reasoning", "generation", "edits", "messages")
"""Columns that no figure looks at: the largest ones among them."""


def _cut(value: object) -> object:
    return value if not isinstance(value, str) or len(value) <= LONGEST else value[:LONGEST] + " …"


def _none_as_empty(value: object) -> object:
    return () if value is None else value


_Text = Annotated[str, BeforeValidator(_cut)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True)


_R = TypeVar("_R", bound=_Row)


class PaperOfRow(_Row):
    """The paper that a row names."""

    sha256: str
    file: str = ""
    title: _Text | None = None
    license: _Text | None = None


class SectionOfRow(_Row):
    """The section that a row stands in."""

    path: Annotated[tuple[_Text, ...], BeforeValidator(_none_as_empty)] = ()


class ChunkOfRow(_Row):
    """The chunk that a row comes from."""

    index: int
    start: int = 0
    end: int = 0


class EvidenceOfRow(_Row):
    """One place that supports an answer; `text` is there where the dataset has it."""

    start: int = 0
    end: int = 0
    page: int
    bbox: Annotated[tuple[float, ...], BeforeValidator(_none_as_empty)] = ()
    text: _Text | None = None
    ocr: bool | None = None


class PlaceOfRow(_Row):
    """One of several places that a record needs; it names its paper and evidence where these are of several."""

    paper: PaperOfRow | None = None
    evidence: Annotated[tuple[EvidenceOfRow, ...], BeforeValidator(_none_as_empty)] = ()


class ScoresOfRow(_Row):
    """The scores of a record."""

    support: float = 0.0


class RecordRow(_Row):
    """A record. Its `kind` is what sort of question it is, where the dataset says so."""

    id: str
    question: str
    answer: str
    evidence: Annotated[tuple[EvidenceOfRow, ...], BeforeValidator(_none_as_empty)] = ()
    paper: PaperOfRow
    section: SectionOfRow | None = None
    chunk: ChunkOfRow | None = None
    checks: ScoresOfRow | None = None
    kind: str | None = None
    solution: object = None
    places: tuple[PlaceOfRow, ...] | None = None

    @property
    def is_across(self) -> bool:
        """Whether it needs several papers."""
        return any(place.paper is not None for place in self.places or ())

    @property
    def shown(self) -> tuple[tuple[PaperOfRow, tuple[EvidenceOfRow, ...]], ...]:
        """Its evidence, by the papers that it stands in."""
        if not self.is_across:
            return ((self.paper, self.evidence),)
        return tuple((place.paper or self.paper, place.evidence) for place in self.places or ())

    @property
    def path(self) -> tuple[str, ...]:
        """The headings that it stands below."""
        return self.section.path if self.section else ()


class RejectedRow(_Row):
    """Something that was turned down; `kind` is what it was."""

    id: str
    kind: str
    reason: str
    detail: _Text | None = None
    question: _Text | None = None
    answer: _Text | None = None
    paper: PaperOfRow
    section: SectionOfRow | None = None
    chunk: ChunkOfRow | None = None
    text: _Text | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """The headings that it stands below."""
        return self.section.path if self.section else ()


def records(folder: Path) -> Iterator[RecordRow]:
    """All records, in bounded memory.

    Raises:
        DatasetError: where a file is missing or damaged, or a row lacks what a record of every version has.
    """
    yield from _rows(folder, "default", RecordRow)


def rejections(folder: Path) -> Iterator[RejectedRow]:
    """All that was turned down, as far as the folder has it; raises as `records`."""
    yield from _rows(folder, "rejected", RejectedRow)


def _rows(folder: Path, config: str, kind: type[_R]) -> Iterator[_R]:
    for paths in read.files(folder, config).values():
        for path in paths:
            for number, row in enumerate(read.plain_rows_of_file(path, without=_NOT_READ), 1):
                try:
                    yield kind.model_validate(row)
                except ValidationError as error:
                    raise DatasetError(
                        f"{str(path)!r} is damaged: row {number}: {first_fault(error)}",
                        remedy="build the dataset again",
                    ) from None
