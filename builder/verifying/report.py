"""`qagen verify`: the walk of every record back to its PDF, shown to a person or as JSON."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from builder.hub.locator import folder_of
from builder.verifying.verify import VerifyContext, VerifyReport, verify
from qagen import convert
from qagen.papers.papers import find_papers
from qagen.records import Document, Paper
from qagen.settings import Settings
from qagen.stores.opening import reading
from qagen.workspace import Workspace

_LISTED = 20


def walk_back(folder: Path, papers: Sequence[Path], work: Path, settings: Settings) -> VerifyReport:
    """Walk the records of a dataset folder back.

    Args:
        folder: the dataset folder, or `name/dataset@revision`.
        papers: PDFs, and folders of PDFs; also in a store.
        work: the workspace, if there is one at that place, also in a store; nothing is written into it.
        settings: how PDFs are converted anew where the workspace does not have them.
    """
    with ExitStack() as stack:
        here = stack.enter_context(reading(papers, [work], content=True))
        found = find_papers(here.paths)
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qagen-verify-")))
        converters: list[convert.Converter] = []

        def convert_anew(paper: Paper, place: Path) -> Document:
            if not converters:
                converters.append(stack.enter_context(convert.Converter(settings.convert)))
            return converters[0].convert(paper, place)

        workspace = Workspace(here.work) if here.work.is_dir() else None
        return verify(folder_of(folder), VerifyContext(found, workspace, convert_anew, scratch))


def report_text(report: VerifyReport, *, as_json: bool) -> str:
    """The report for a person, or as one line of JSON."""
    return json.dumps(report.as_json(), sort_keys=True) if as_json else "\n".join(_lines(report))


def _lines(report: VerifyReport) -> Iterator[str]:
    yield f"records       {report.records}"
    yield f"verified      {report.verified}"
    yield f"unverifiable  {report.unverifiable}"
    yield f"failed        {report.failed}"
    for result in report.not_verified[:_LISTED]:
        yield f"  {result.id}: {result.status}: {result.reason}"
    if len(report.not_verified) > _LISTED:
        yield f"  and {len(report.not_verified) - _LISTED} more; --json lists all"
