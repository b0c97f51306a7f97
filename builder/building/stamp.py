"""A build stamp says that a dataset folder is what a build with certain inputs made, so that the same build need not run again.

It is believed only where everything that the build would read is as it was, byte by byte, and every file of the folder has the
sha256 that its manifest says. A build that left something for the next one to try again gets none.

What a build reads is hashed before it is read: whatever is changed while it runs differs from the build stamp that it leaves.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

from builder.building.assemble import Assembled
from builder.building.fingerprint import fingerprint
from builder.building.report import BuildReport
from builder.folder import manifest
from qagen import convert
from qagen.convert.store import RETRIED
from qagen.errors import DatasetError, WorkspaceError
from qagen.reasons import Reason
from qagen.records import Paper, sha256
from qagen.reviews import NO_REVIEWS, Reviews
from qagen.settings import ConvertSettings, Settings
from qagen.workspace import Workspace, read_file, translate_os_errors, write_atomically

FORMAT = 2


@dataclass(frozen=True, slots=True)
class _Stamp:
    """A stamp as it stands in its file: what the build read outside and inside the workspace, what it made, and its report."""

    format: int
    inputs: str
    kept: str
    manifest: str
    report: BuildReport


_STAMP: TypeAdapter[_Stamp] = TypeAdapter(_Stamp)


def inputs(
    papers: Sequence[Paper],
    settings: Settings,
    subset: Mapping[str, object],
    base: Path | None,
    reviews: Reviews = NO_REVIEWS,
) -> str | None:
    """One hash over all that people gave a build: papers, settings, a base, and what they decided about pairs.

    Returns:
        None where only a server could tell: the model is left open, or vectors decide, whose model no answer names.
    """
    uses_vectors = settings.select.near_duplicates or settings.ask.groups_chunks
    by_vectors = uses_vectors and settings.select.embedding_model is not None
    if by_vectors or (settings.ask.engine != "extractive" and settings.ask.model is None):
        return None
    return fingerprint(papers, settings, subset, base, reviews)


def inputs_hash(papers: Sequence[Paper], settings: ConvertSettings, workspace: Workspace) -> str:
    """One hash over the bytes of all conversions and answers that a build of these papers reads.

    Raises:
        WorkspaceError: where one cannot be read.
    """
    conversion = convert.fingerprint(settings)
    digest = hashlib.sha256()
    for paper in papers:
        digest.update(f"{paper.sha256}\n".encode())
        for place in (workspace.conversion(paper.sha256, conversion), workspace.calls(paper.sha256)):
            with translate_os_errors(place):
                for file in sorted(place.iterdir()) if place.is_dir() else [place]:
                    if file.is_file():
                        digest.update(f"{file.name} {manifest.digest(file)}\n".encode())
    return digest.hexdigest()


def _place(workspace: Workspace, out: Path) -> Path:
    return workspace.root / "stamps" / f"{sha256(str(out.resolve()))[:16]}.json"


def write(
    workspace: Workspace, out: Path, read_from: tuple[str | None, str], report: BuildReport, made: Assembled
) -> None:
    """Keep a build stamp, unless something is left to be tried again.

    Args:
        workspace: of the build.
        out: its dataset folder.
        read_from: what `inputs` and `inputs_hash` gave before the build read any of it.
        report: of the build.
        made: the folder as it was put in place.

    Raises:
        WorkspaceError: where it cannot be written.
    """
    asked, found = read_from
    again = (
        report.unanswered
        or report.sections.get("unanswered")
        or any(paper.reason in RETRIED for paper in report.rejected_papers)
    )
    if asked is None or again:
        return
    value = _Stamp(FORMAT, asked, found, made.manifest_sha256, report)
    write_atomically(_place(workspace, out), json.dumps(asdict(value)) + "\n")


def load_stamped_report(
    workspace: Workspace, out: Path, asked: str | None, papers: Sequence[Paper], settings: ConvertSettings
) -> BuildReport | None:
    """The report of the build that made `out` from the same inputs, as a build that found everything done would give it.

    Returns:
        None where there is no such build, or the folder is not what it made.
    """
    try:
        data = read_file(_place(workspace, out))
        if data is None:
            return None
        value = _STAMP.validate_python(json.loads(data))
        if asked is None or (value.format, value.inputs) != (FORMAT, asked):
            return None
        if value.manifest != manifest.digest(out / manifest.FILE):
            return None
        if value.kept != inputs_hash(papers, settings, workspace):
            return None
        if any(True for _ in manifest.faults(out, manifest.read(out))):
            return None
        report = _again(value.report)
        locked = any(paper.reason == Reason.ENCRYPTED for paper in report.rejected_papers)
        if locked and convert.passwords(settings):
            return None
        return replace(report, out=str(out), work=str(workspace.root))
    except (OSError, ValueError, RecursionError, DatasetError, WorkspaceError):
        return None


def _again(report: BuildReport) -> BuildReport:
    papers, calls = report.papers, report.calls
    return replace(
        report,
        papers={**papers, "converted": 0, "reused": papers["converted"] + papers["reused"]},
        calls={
            "made": 0,
            "reused": calls["made"] + calls["reused"],
            "prompt_tokens": 0,
            "completion_tokens": 0,
        },
        by_prompt={},
        seconds=0.0,
    )
