"""A segment: files of a workspace as one object, a zip of members that are named as they are in the workspace.

    papers/ab/abcd.../convert-<fingerprint>/document.md, blocks.jsonl, meta.json    or failure.json
    papers/ab/abcd.../calls.jsonl       lines of the paper's ledger that no earlier segment has
    models.json                         which models answered

Who can write into the store can put anything there. So nothing is taken from a member's name but the digits that it has to consist of,
sizes are bounded before and while something is read, and every line and document is held to its own sums.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from qagen import convert
from qagen.ledger.ledger import lines
from qagen.ledger.models import FILE as MODELS
from qagen.workspace import Workspace, translate_os_errors

LARGEST = 1 << 30
"""Bytes of a segment's members together that are read; ours are far smaller."""
_MEMBER = re.compile(
    r"papers/(?P<start>[0-9a-f]{2})/(?P<paper>(?P=start)[0-9a-f]{62})/"
    r"(?:calls\.jsonl|convert-(?P<fingerprint>[0-9a-f]{16})/(?:document\.md|blocks\.jsonl|meta\.json|failure\.json))"
)
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    LookupError,
    OSError,
)
"""What reading a zip of somebody may raise."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def pack(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A segment; the same bytes for the same members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, data in members:
            made.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def unpack(segment: Path, into: Path, wanted: Callable[[str], bool]) -> list[str]:
    """Write the members of a segment that are of wanted papers into an empty folder, as a workspace.

    Args:
        segment: the file, whose sum was compared.
        into: the folder.
        wanted: whether a paper, by its sha256, is.

    Returns:
        The papers of which there is something.

    Raises:
        ValueError: where it is no segment, with what is wrong.
        WorkspaceError: where something cannot be written.
    """
    papers: dict[str, None] = {}
    for name, data in _members(segment, wanted):
        place = into / name
        with translate_os_errors(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        if name != MODELS:
            papers[name.split("/")[2]] = None
    _refuse_false(Workspace(into), papers)
    return list(papers)


def _members(segment: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    left = LARGEST
    seen: set[str] = set()
    try:
        with zipfile.ZipFile(segment) as archive:
            for info in archive.infolist():
                found = _MEMBER.fullmatch(info.filename)
                if (found is None and info.filename != MODELS) or info.filename in seen:
                    raise ValueError(f"{info.filename[:100]!r} has no place in a workspace")
                seen.add(info.filename)
                if found is not None and not wanted(found["paper"]):
                    continue
                with archive.open(info) as member:
                    data = member.read(left + 1)
                left -= len(data)
                if left < 0:
                    raise ValueError(f"it has more than {LARGEST:,} bytes")
                yield info.filename, data
    except _FAULTS as error:
        raise ValueError(" ".join(str(error).split()) or type(error).__name__) from None


def _refuse_false(workspace: Workspace, papers: Iterable[str]) -> None:
    """Refuse lines and documents that are not what they say of themselves.

    Raises:
        ValueError: where there are some.
    """
    for paper in papers:
        for line in lines(workspace.calls(paper)):
            if line.state != "answer" or line.unsealed:
                raise ValueError(f"a line of the ledger of {paper[:12]} is not what was written")
        for folder in conversions(workspace, paper):
            if convert.load(folder, paper) is None:
                raise ValueError(f"a conversion of {paper[:12]} is not what was written")


def conversions(workspace: Workspace, paper: str) -> list[Path]:
    """The folders of a paper's conversions."""
    return sorted(workspace.paper(paper).glob("convert-*"))
