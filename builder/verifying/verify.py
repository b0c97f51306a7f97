"""Walking every record back: record -> evidence -> chunk -> section -> regions -> page of the PDF."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from builder.folder import manifest
from builder.html import listing, page, table
from builder.verifying.derived import different_rows
from builder.verifying.document import fault_in_document
from builder.verifying.files import Files
from builder.verifying.page import fault_on_pages, fault_within
from builder.verifying.pages import PageError, Pages, open_pdf
from builder.verifying.places import parts_of
from qagen import convert as conversions
from qagen.errors import ConversionError
from qagen.records import Document, Paper, Record
from qagen.workspace import Workspace

_SHOWN = 20
"""Records that a notebook lists."""

Convert = Callable[[Paper, Path], Document]
"""Converts a paper into an empty folder that it may use; raises ConversionError."""


class Status(StrEnum):
    """What came of a record's walk."""

    VERIFIED = "verified"
    UNVERIFIABLE = "unverifiable"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """A record that is not verified, or a file that is not what the manifest says.

    Attributes:
        id: the record's id, or the file's path inside the folder.
        status: unverifiable or failed.
        reason: what does not fit, or what is missing.
    """

    id: str
    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What came of all records.

    Attributes:
        records: how many records the dataset has, as far as its files can be read.
        verified, unverifiable, failed: how many of them; they add up to `records`.
        not_verified: files that are missing, damaged or changed; records that are not verified, with why.
    """

    records: int
    verified: int
    unverifiable: int
    failed: int
    not_verified: tuple[RecordCheck, ...] = field(default=())

    @property
    def exit_code(self) -> int:
        """0 when all are verified; 1 when one failed or a file was changed; 3 when some could not be walked."""
        if any(result.status is Status.FAILED for result in self.not_verified):
            return 1
        return 3 if self.unverifiable else 0

    def as_json(self) -> dict[str, object]:
        """The same as a JSON object."""
        return asdict(self)

    def _repr_html_(self) -> str:
        others = len(self.not_verified) - _SHOWN
        return page(
            f"{self.verified:,} of {self.records:,} records verified, {self.unverifiable:,} unverifiable, {self.failed:,} failed",
            table(
                [(one.id, one.status, one.reason) for one in self.not_verified[:_SHOWN]],
                ("record or file", "status", "why"),
            ),
            listing([f"and {others:,} more"] if others > 0 else []),
        )


@dataclass(frozen=True)
class VerifyContext:
    """What there is to walk with.

    Attributes:
        papers: the PDFs at hand.
        workspace: where conversions may lie; None to do without.
        convert: converts a paper anew, where its text is nowhere else.
        scratch: an empty folder for conversions made anew.
    """

    papers: Sequence[Paper]
    workspace: Workspace | None
    convert: Convert
    scratch: Path


def verify(folder: Path, context: VerifyContext) -> VerifyReport:
    """Walk every record of a dataset folder back to its PDF.

    With a conversion in the workspace whose document is the record's, hashes, slices, pages and boxes are compared
    exactly. Without one, the record's own evidence texts are looked for on their pages; a record without texts has its
    PDF converted anew, and if the same document comes out, both is done.

    A file that cannot be read and a row that lacks something fail; the others are walked all the same.

    Raises:
        DatasetError: where the folder is no dataset, or its manifest is damaged.
    """
    counts: Counter[Status] = Counter()
    found: list[RecordCheck] = []
    files = Files(folder)
    by_sha256 = {paper.sha256: paper for paper in context.papers}
    for _, records in groupby(files.records(), key=lambda record: record.paper.sha256):
        for record_id, result in _walk_records(by_sha256, records, context):
            counts[result.status if result else Status.VERIFIED] += 1
            if result:
                found.append(RecordCheck(record_id, result.status, result.reason))
    different = _all_failed(different_rows(files, manifest.read(folder)))  # may find further damage
    return VerifyReport(
        records=sum(counts.values()) + len(files.torn),
        verified=counts[Status.VERIFIED],
        unverifiable=counts[Status.UNVERIFIABLE],
        failed=counts[Status.FAILED] + len(files.torn),
        not_verified=(
            *_all_failed(sorted(files.faults.items())),
            *_all_failed(files.torn),
            *found,
            *different,
        ),
    )


def _all_failed(faults: Iterable[tuple[str, str]]) -> list[RecordCheck]:
    return [RecordCheck(name, Status.FAILED, reason) for name, reason in faults]


def _walk_records(
    papers: Mapping[str, Paper], records: Iterator[Record], context: VerifyContext
) -> Iterator[tuple[str, RecordCheck | None]]:
    """Walk the records of one paper; its documents and pages are opened once, and so are those of papers that they need besides."""
    with ExitStack() as stack:
        walkers: dict[str, _Walker] = {}

        def walk(record: Record) -> RecordCheck | None:
            sha256 = record.paper.sha256
            if sha256 not in papers:
                reason = f"the paper {record.paper.file!r} (sha256 {sha256[:16]}…) is not among those given"
                return RecordCheck(record.id, Status.UNVERIFIABLE, reason)
            if sha256 not in walkers:
                walkers[sha256] = _Walker(papers[sha256], context, stack)
            return walkers[sha256].walk(record)

        for record in records:
            fault = fault_within(record)
            yield record.id, _failed(record, fault) if fault else _worst(map(walk, parts_of(record)))


def _worst(results: Iterable[RecordCheck | None]) -> RecordCheck | None:
    """What comes of a record whose parts are each walked in a paper of its own; None where all are verified."""
    found = list(results)
    if len(found) > 1:
        found = [
            replace(one, reason=f"place {number}: {one.reason}") if one else None
            for number, one in enumerate(found, 1)
        ]
    bad = [one for one in found if one is not None]
    return next((one for one in bad if one.status is Status.FAILED), bad[0] if bad else None)


class _Walker:
    """Walks the records of one paper that is here."""

    def __init__(self, paper: Paper, context: VerifyContext, stack: ExitStack) -> None:
        self._paper, self._context, self._stack = paper, context, stack
        self._kept: dict[str, Document | None] = {}
        self._anew: Document | str | None = None
        self._pages: Pages | None = None

    def walk(self, record: Record) -> RecordCheck | None:
        document = self._from_workspace(record.paper.document_sha256 or "")
        if document:
            return _failed(record, fault_in_document(record, document))
        if record.evidence and all(item.text is not None for item in record.evidence):
            return self._on_pages(record)
        made = self._converted_anew()
        if isinstance(made, str):
            return RecordCheck(record.id, Status.UNVERIFIABLE, made)
        if made.sha256 != record.paper.document_sha256:
            reason = (
                f"the record has no evidence text, and the PDF converts to another document today "
                f"({made.converter}; the record's was {record.paper.converter})"
            )
            return RecordCheck(record.id, Status.UNVERIFIABLE, reason)
        return _failed(record, fault_in_document(record, made)) or self._on_pages(record, made)

    def _on_pages(self, record: Record, document: Document | None = None) -> RecordCheck | None:
        try:
            if self._pages is None:
                self._pages = self._stack.enter_context(open_pdf(self._paper.path))
            return _failed(record, fault_on_pages(record, self._pages, document))
        except PageError as error:
            return RecordCheck(record.id, Status.UNVERIFIABLE, str(error))

    def _from_workspace(self, document_sha256: str) -> Document | None:
        workspace = self._context.workspace
        if workspace is not None and document_sha256 not in self._kept:
            place = workspace.paper(self._paper.sha256)
            self._kept[document_sha256] = conversions.find(place, self._paper.sha256, document_sha256)
        return self._kept.get(document_sha256)

    def _converted_anew(self) -> Document | str:
        if self._anew is None:
            place = self._context.scratch / self._paper.sha256
            place.mkdir(parents=True, exist_ok=True)
            try:
                self._anew = self._context.convert(self._paper, place)
            except ConversionError as error:
                self._anew = f"the record has no evidence text, and the PDF cannot be converted anew: {error}"
        return self._anew


def _failed(record: Record, fault: str | None) -> RecordCheck | None:
    return RecordCheck(record.id, Status.FAILED, fault) if fault else None
