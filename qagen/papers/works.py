"""Which work a paper is a version of: a preprint and its published article, or two downloads, are one work."""

import re
import unicodedata

from qagen.records import Metadata

_DOI = re.compile(r"(?<!\d)10\.\d{4,9}/\S+", re.IGNORECASE)
_ARXIV_VERSION = re.compile(r"(?<=10\.48550/arxiv\.)(.+?)v\d+$")
_MIN_WORDS = 3
_MIN_LETTERS = 12
"""A title of less, such as "Editorial" or "untitled-2", does not tell one work from another."""


def work_of(metadata: Metadata, paper_sha256: str) -> str:
    """Name the work: the DOI, else the normalised title, else the paper itself.

    Returns:
        `doi:10.1234/abc`, `title:words of the title` or `paper:<sha256>`.
    """
    return doi_key(metadata.doi) or title_key(metadata.title) or f"paper:{paper_sha256}"


def doi_key(doi: str | None) -> str | None:
    """Name a work by its DOI, without resolver, case and arXiv's version; None where there is none."""
    found = _DOI.search(doi or "")
    if not found:
        return None
    bare = found.group().casefold().rstrip(".,;:)]}>\"'")
    return "doi:" + _ARXIV_VERSION.sub(r"\1", bare)


def title_key(title: str | None) -> str | None:
    """Name a work by its title: letters and digits of its words, without accents and case.

    None for a title too short or too general to name one work.
    """
    plain = unicodedata.normalize("NFKD", title or "").casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.findall(r"[^\W_]+", plain)
    letters = sum(letter.isalpha() for word in words for letter in word)
    if len(words) < _MIN_WORDS or letters < _MIN_LETTERS:
        return None
    return "title:" + " ".join(words)
