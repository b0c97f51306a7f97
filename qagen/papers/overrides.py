"""`papers.csv` beside the PDFs: what a person knows about them better than the PDFs do.

    file,title,authors,year,doi,license,language
    smith2020.pdf,,Ada Smith; Bo Short,2020,10.1234/abc,CC BY 4.0,
    2021/long.pdf,-,,,,,

Only `file` must be there. An empty cell leaves what the PDF says, `-` says that there is none.

It is read as spreadsheets write it: with a byte order mark, in UTF-16, with semicolons or tabs, with blank rows and columns,
and with names of columns in any case. Names of files are compared as Unicode does, since file systems and programs compose
letters differently.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from qagen.errors import InputError
from qagen.records import Stated

NAME = "papers.csv"
_FIELDS = ("title", "authors", "year", "doi", "license", "language")
_MOST_BYTES = 64 * 2**20
_DELIMITERS = ",;\t"
_SAID_DELIMITER = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)
"""A first line that tells Excel the delimiter."""
_YEAR = re.compile(r"([12]\d{3})(?:\.0+)?", re.ASCII)
"""A spreadsheet that takes a column for numbers may write 2020.0."""

Known = Mapping[Path, tuple[tuple[str, Stated], ...]]
"""What is said of each PDF."""


def read_papers_csv(folder: Path) -> Known:
    """What a folder's `papers.csv` says; empty where there is none.

    Raises:
        InputError: where it cannot be read, has an unknown column, names a file twice or one that is not there, or says
            what no such field can be.
    """
    path = folder / NAME
    if not path.is_file():
        return {}
    found: dict[Path, tuple[tuple[str, Stated], ...]] = {}
    files = _Files(folder)
    for number, row in _rows(path):
        named = row.pop("file")
        paper = files.find(named)
        if paper is None:
            raise InputError(
                f"{str(path)!r}, line {number}: there is no file {named!r} beside it", remedy="mend the name"
            )
        if paper in found:
            raise InputError(
                f"{str(path)!r}, line {number}: {named!r} stands there twice", remedy="leave one of them out"
            )
        found[paper] = tuple(_said(row, path, number))
    return found


class _Files:
    """The files of a folder by their names, exactly or else as Unicode compares them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._composed: dict[Path, dict[str, Path]] = {}

    def find(self, named: str) -> Path | None:
        """The file of a name relative to the folder; None where there is none."""
        if not named or "\0" in named:
            return None
        for name in dict.fromkeys((named, named.replace("\\", "/"))):
            place: Path | None = self._folder
            for part in PurePosixPath(name).parts:
                place = None if place is None else self._below(place, part)
            if place is not None and place.is_file():
                return place
        return None

    def _below(self, folder: Path, part: str) -> Path | None:
        exact = folder / part
        if exact.exists():
            return exact
        if folder not in self._composed:
            entries = sorted(folder.iterdir()) if folder.is_dir() else []
            self._composed[folder] = {unicodedata.normalize("NFC", entry.name): entry for entry in entries}
        return self._composed[folder].get(unicodedata.normalize("NFC", part))


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row that says something, with the number of its line, by the names of its columns."""
    try:
        text = _text(path)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        names: list[str] | None = None
        for cells in reader:
            texts = [cell.strip() for cell in cells]
            if not any(texts) or (reader.line_num == 1 and texts[0].lower() == "sep="):
                continue
            if names is None:
                names = [text.lower() for text in texts]
                _check_columns(names, path)
                continue
            yield reader.line_num, _row(names, texts, path, reader.line_num)
        if names is None:
            _check_columns((), path)
    except (OSError, UnicodeError, csv.Error) as error:
        raise InputError(f"cannot read {str(path)!r}: {error}", remedy="save it as CSV in UTF-8") from None


def _text(path: Path) -> str:
    if path.stat().st_size > _MOST_BYTES:
        raise InputError(f"{str(path)!r} has more than {_MOST_BYTES} bytes; it is no list of papers")
    content = path.read_bytes()
    return content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")


def _delimiter(text: str) -> str:
    """What parts the cells: what the file says, else whichever of comma, semicolon and tab its first line has most."""
    if said := _SAID_DELIMITER.match(text):
        return said[1]
    return max(_DELIMITERS, key=text.partition("\n")[0].count)


def _row(names: Sequence[str], texts: Sequence[str], path: Path, number: int) -> dict[str, str]:
    """The cells by column; what stands outside any named column has to be empty."""
    beyond = [text for place, text in enumerate(texts) if text and (place >= len(names) or not names[place])]
    if beyond:
        raise InputError(
            f"{str(path)!r}, line {number}: {beyond[0]!r} stands in a column without a name (more cells than columns?)",
            remedy="put quotes around cells that hold the delimiter, or name the column",
        )
    return {name: text for name, text in zip(names, texts, strict=False) if name} | (
        {} if len(texts) > names.index("file") else {"file": ""}
    )


def _check_columns(names: Sequence[str], path: Path) -> None:
    named = [name for name in names if name]
    unknown = [name for name in named if name not in ("file", *_FIELDS)]
    if "file" not in named or unknown or len(set(named)) < len(named):
        wrong = f"unknown column {unknown[0]!r}" if unknown else "no column 'file', or one twice"
        raise InputError(f"{str(path)!r}: {wrong}", remedy=f"known are file, {', '.join(_FIELDS)}")


def _said(row: Mapping[str, str], path: Path, number: int) -> Iterator[tuple[str, Stated]]:
    for name in _FIELDS:
        text = " ".join("".join(char if char.isprintable() else " " for char in row.get(name, "")).split())
        if not text:
            continue
        none = text == "-"
        if name == "authors":
            yield name, () if none else tuple(part.strip() for part in text.split(";") if part.strip())
        elif none:
            yield name, None
        elif name != "year":
            yield name, text
        elif (year := _YEAR.fullmatch(text)) is not None:
            yield name, int(year[1])
        else:
            raise InputError(
                f"{str(path)!r}, line {number}: {text!r} is no year", remedy="write for instance 2020"
            )
