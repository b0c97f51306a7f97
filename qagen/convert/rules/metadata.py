"""What the PDF says about the paper itself: None where it does not, never a guess."""

import re
from dataclasses import dataclass

import pypdfium2

from qagen.convert.rules.model import Kind, Page, Piece, squeeze
from qagen.records import Metadata

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}|\\^`\[\]]+", re.IGNORECASE)
_YEAR = re.compile(
    r"(?:©|\(c\)|copyright|published(?: online)?:?|accepted:?|received:?|revised:?|posted|dated?:?)"
    r"[^.;]{0,40}?\b((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_CC = re.compile(
    r"\bCC[ -](BY(?:[ -](?:NC|ND|SA))*|0)(?:[ -]?(\d\.\d))?"
    r"|creativecommons\.org/(?:licenses|publicdomain)/([a-z-]+)/(\d\.\d)",
    re.IGNORECASE,
)
_CC_WORDS = re.compile(
    r"Creative Commons Attribution((?:[ -]?(?:Non-?Commercial|No-?Deriv\w+|Share-?Alike))*)"
    r"(?:\s+(\d\.\d))?\s*(?:International|Unported|Generic)?\s*(?:Public )?Licen[cs]e(?:\s*\(?(\d\.\d))?",
    re.IGNORECASE,
)
_NO_TITLE = re.compile(
    r"^(?:untitled|microsoft word|powerpoint|doi:|10\.\d{4}|.*\.(?:dvi|docx?|tex|pdf|indd|qxd|ps)\s*$)|^\W*\d[\d\s_.-]*$",
    re.IGNORECASE,
)
_FRONT, _BACK = 6000, 6000
"""Characters at the document's beginning and end that are looked at."""


@dataclass(frozen=True)
class Info:
    """The PDF's own fields."""

    title: str = ""
    author: str = ""
    subject: str = ""
    created: str = ""


def read_info(document: pypdfium2.PdfDocument) -> Info:
    """The info dictionary, cleaned; what is not there is empty."""
    values = document.get_metadata_dict(skip_empty=True)

    def field(name: str) -> str:
        return squeeze("".join(char if char.isprintable() else " " for char in values.get(name, "")))

    return Info(field("Title"), field("Author"), field("Subject"), field("CreationDate"))


def metadata_of(pages: tuple[Page, ...], pieces: list[Piece], info: Info) -> Metadata:
    """Title, authors, DOI, year and licence, from the PDF's fields and its text.

    Args:
        pages: all pages with all lines, furniture too: that is where DOI and licence stand.
        pieces: the document's pieces with their levels.
        info: the PDF's own fields.
    """
    first = " ".join(line.text for line in pages[0].lines)
    everything = " ".join(line.text for page in pages for line in page.lines)
    shown = next((piece.text for piece in pieces if piece.kind is Kind.HEADING and piece.level == 1), None)
    return metadata_of_text(first, everything, shown, info, len(pages))


def metadata_of_text(first: str, everything: str, title: str | None, info: Info, pages: int) -> Metadata:
    """The same from texts.

    Args:
        first: the first page's text.
        everything: that of all pages.
        title: as the first page shows it, or None.
        info: the PDF's own fields.
        pages: how many there are.
    """
    first, last = squeeze(first)[:_FRONT], squeeze(everything[-2 * _BACK :])[-_BACK:]
    return Metadata(
        title=_title(title, info),
        authors=_authors(info),
        year=_year(first, info),
        doi=_doi(first, info),
        license=_license(first) or _license(last),
        pages=pages,
    )


def _title(shown: str | None, info: Info) -> str | None:
    if shown:
        return shown
    sane = 8 <= len(info.title) <= 300 and " " in info.title and not _NO_TITLE.search(info.title)
    return info.title if sane else None


def _authors(info: Info) -> tuple[str, ...]:
    """The PDF's authors, where they look like names."""
    names = [name.strip() for name in re.split(r"\s*[;,&]\s*|\s+and\s+", info.author)]
    names = [name for name in names if name]
    sane = all(re.fullmatch(r"[^\W\d_][\w.'’ -]{2,60}", name) and " " in name for name in names)
    return tuple(names) if sane else ()


def _doi(first: str, info: Info) -> str | None:
    for text in (first, info.subject, info.title):
        match = _DOI.search(text)
        if match:
            return match[0].rstrip(".,;:)'\"").lower()
    return None


def _year(first: str, info: Info) -> int | None:
    """The year that the first page prints beside ©, "Published" and the like; the latest where there are several."""
    years = [int(match[1]) for match in _YEAR.finditer(first)]
    created = re.search(r"(?:19|20)\d\d", info.created)
    latest = int(created[0]) + 1 if created else 2100
    return max((year for year in years if 1900 <= year <= latest), default=None)


def _license(text: str) -> str | None:
    match = _CC.search(text)
    if match:
        name = (match[1] or match[3]).upper().replace(" ", "-")
        version = match[2] or match[4]
        name = "CC0" if name in ("0", "ZERO") else f"CC {name}"
        return f"{name} {version}" if version else name
    match = _CC_WORDS.search(text)
    if match:
        parts = re.sub(r"[ -]", "", match[1]).lower()
        short = {"noncommercial": "NC", "noderiv": "ND", "sharealike": "SA"}
        name = "-".join(["CC BY", *(code for word, code in short.items() if word in parts)])
        version = match[2] or match[3]
        return f"{name} {version}" if version else name
    return None
