"""What papers are versions of: the unit of splits, so that two downloads of one work never stand on both sides."""

import re
import unicodedata

from qagen.records import Metadata

_LEAST_TITLE_CHARS = 12
"""A shorter title, such as "Editorial", does not tell one work from another."""


def work_of(metadata: Metadata, paper_sha256: str) -> str:
    """The work's name: `doi:...`, else `title:...`, else `paper:...`."""
    if metadata.doi:
        return f"doi:{metadata.doi.strip().casefold()}"
    title = _normalised(metadata.title or "")
    if len(title) >= _LEAST_TITLE_CHARS:
        return f"title:{title}"
    return f"paper:{paper_sha256}"


def _normalised(title: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", title).casefold()).split())
