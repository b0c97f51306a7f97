"""From dataset folders to the file of a report."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from builder.folder import manifest
from builder.hub.locator import folder_of, parse_dataset_ref
from builder.pages import PageRenderer, PdfFinder
from builder.reporting import rows
from builder.reporting.cost import cost_of
from builder.reporting.counting import Counting
from builder.reporting.drawing import Smallest
from builder.reporting.figures import Figures
from builder.reporting.page import Report, render
from builder.reporting.rows import RecordRow
from builder.reporting.samples import EvidenceShow
from builder.reporting.versions import change_between
from qagen.errors import InputError, WorkspaceError
from qagen.terminal import printable_line
from qagen.workspace import Workspace, write_atomically


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """How a report is made.

    Attributes:
        against: the dataset that it is compared with, as the user named it; None for none.
        papers: PDFs, and folders of them, out of which evidence is shown.
        work: the workspace of the build, which knows how fast the model was.
        sample: how many records are drawn.
        seed: draws them, and the examples of each reason.
        passwords: are tried in turn where a PDF wants one.
    """

    against: Path | None = None
    papers: tuple[Path, ...] = ()
    work: Path = Path(".qagen")
    sample: int = 12
    seed: int = 0
    passwords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportResult:
    """A report that was written.

    Attributes:
        out: the file.
        bytes: its size.
        records: of the dataset.
        samples: records that are shown; `with_page` of them with a crop of their page.
    """

    out: str
    bytes: int
    records: int
    samples: int
    with_page: int

    def _repr_html_(self) -> str:
        from builder.html import page

        return page(self.text)

    @property
    def text(self) -> str:
        """What was written, in a line."""
        return (
            f"{self.out}: {self.records:,} records, {self.samples} of them shown, {self.with_page} with their page "
            f"({self.bytes:,} bytes)"
        )


_MARK = b'<meta name="generator" content="qagen report">'
"""What stands in the head of every report."""


def write_report(folder: Path, out: Path, request: ReportRequest) -> ReportResult:
    """Write the report of a dataset as one HTML file; an earlier one is replaced as a whole, or not at all.

    Args:
        folder: the dataset folder, or `name/dataset@revision`.
        out: the file.
        request: what goes into it.

    Raises:
        DatasetError: where a dataset cannot be read.
        InputError: where a path that was named is not there, or the file cannot be written.
    """
    _refuse_target(out, request, folder)
    finder = PdfFinder(request.papers) if request.papers else None
    place = folder_of(folder)
    drawn: Smallest[RecordRow] = Smallest(request.sample, request.seed)
    workspace = Workspace(request.work) if request.work.is_dir() else None
    names = _names([folder] if request.against is None else [folder, request.against])
    sides = [_figures(place, names[0], request.seed, workspace, drawn)]
    change = None
    if request.against is not None:
        other = folder_of(request.against)
        sides.append(_figures(other, names[1], request.seed, workspace, None))
        change = change_between(other, place)
    with ExitStack() as stack:
        renderer = stack.enter_context(PageRenderer(passwords=request.passwords))
        samples = EvidenceShow(finder, renderer).samples(drawn.drawn())
    text = render(Report(tuple(sides), change, samples, request.seed))
    try:
        write_atomically(out, text)
    except WorkspaceError as error:
        raise InputError(error.message, remedy="name another file with --out") from None
    with_page = sum(1 for sample in samples if sample.crops)
    return ReportResult(str(out), len(text.encode()), sides[0].funnel.records, len(samples), with_page)


def _names(places: Sequence[Path]) -> list[str]:
    """What tells the datasets apart: the last parts of their paths, since a page that is passed on need not tell whose they are."""
    parts = [(str(place),) if parse_dataset_ref(place) else place.resolve().parts for place in places]
    for length in range(1, max(map(len, parts)) + 1):
        names = ["/".join(part[-length:]) for part in parts]
        if len(set(names)) == len(names):
            return [printable_line(name) for name in names]
    return [f"{printable_line(parts[0][-1])} ({number})" for number in range(1, len(parts) + 1)]


def _refuse_target(out: Path, request: ReportRequest, folder: Path) -> None:
    """Refuse to write where something else stands, or would be part of a dataset or a workspace."""
    if out.is_dir():
        raise InputError(f"{str(out)!r} is a folder", remedy="name a file in it, for instance report.html")
    inside = [
        place for place in (folder, request.against, request.work) if place is not None and place.is_dir()
    ]
    for place in inside:
        if out.resolve().is_relative_to(place.resolve()):
            raise InputError(
                f"{str(out)!r} would lie in {str(place)!r}, which has files of its own",
                remedy="name a file elsewhere with --out",
            )
    if out.exists() and not _is_report(out):
        raise InputError(
            f"{str(out)!r} is there already and is no report", remedy="name another file with --out"
        )


def _is_report(out: Path) -> bool:
    try:
        with out.open("rb") as file:
            return _MARK in file.read(2000)
    except OSError:
        return False


def _figures(
    folder: Path, name: str, seed: int, workspace: Workspace | None, drawn: Smallest[RecordRow] | None
) -> Figures:
    """The figures of one dataset; its records pass by once, and some are drawn of them."""
    made = manifest.read(folder)
    counting = Counting(made, name, seed)
    for record in rows.records(folder):
        counting.record(record)
        if drawn is not None:
            drawn.add(record.id, record)
    for rejection in rows.rejections(folder):
        counting.rejected(rejection)
    return counting.figures(cost_of(made, workspace))
