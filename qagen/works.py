"""What papers are versions of: the unit of splits, so that two downloads of one work never stand on both sides."""

import re
import unicodedata

from qagen.records import Metadata

_LEAST_TITLE_CHARS = 12
"""A shorter title, such as "Editorial", does not tell one work from another."""


def work_of(metadata: Metadata, paper_sha256: str) -> str:
    """The work's name: `doi:...`, else `title:...`, else `paper:...`."""
    return doi_key(metadata.doi) or title_key(metadata.title) or f"paper:{paper_sha256}"


def doi_key(doi: str | None) -> str | None:
    """The work's name by its DOI, whatever case or prefix it is written with; None where there is none."""
    bare = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", (doi or "").strip(), flags=re.IGNORECASE)
    return f"doi:{bare.casefold()}" if bare else None


def title_key(title: str | None) -> str | None:
    """The work's name by its title, whatever case, punctuation and blanks it is printed with.

    None where there is none, or it is too short to tell works apart.
    """
    words = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", title or "").casefold()).split()
    joined = " ".join(words)
    return f"title:{joined}" if len(joined) >= _LEAST_TITLE_CHARS else None
