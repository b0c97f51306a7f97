"""What papers' licences, as printed in them, say about making and sharing something new from their text."""

import re
from collections.abc import Iterable

from builder.folder.manifest_parts import ManifestPaper

_NO_DERIVATIVES = re.compile(
    r"\bN(?:o)?[- ]?D(?:erivs|erivatives)?\b|no derivative|all rights reserved", re.IGNORECASE
)
_OPEN = re.compile(
    r"\bCC\b|creative ?commons|public domain|\bMIT\b|apache|open government licen[cs]e", re.IGNORECASE
)


def doubtful(papers: Iterable[ManifestPaper]) -> list[tuple[str, str]]:
    """Papers with records whose licence is unknown or forbids derivatives: their labels, each with why.

    Args:
        papers: those of a manifest.
    """
    found = []
    for paper in papers:
        license_ = paper.license
        if not paper.records:
            continue
        if not license_:
            found.append((paper.file, "no licence is stated"))
        elif _NO_DERIVATIVES.search(license_):
            found.append((paper.file, f"{license_} forbids derivatives"))
        elif not _OPEN.search(license_):
            found.append((paper.file, f"{license_} is no open licence that qagen knows"))
    return sorted(found)
