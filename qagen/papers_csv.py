"""`papers.csv` beside the PDFs: what a person knows about them better than the PDFs do.

    file,title,authors,year,doi,license,language
    smith2020.pdf,,Ada Smith; Bo Short,2020,10.1234/abc,CC BY 4.0,
    2021/long.pdf,-,,,,,

Only `file` must be there. An empty cell leaves what the PDF says, `-` says that there is none.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from qagen.errors import InputError
from qagen.records import Stated

NAME = "papers.csv"
_FIELDS = ("title", "authors", "year", "doi", "license", "language")
_MOST_BYTES = 64 * 2**20

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
    for number, row in _rows(path):
        named = row.pop("file") or ""
        paper = folder / named
        if not named or not paper.is_file():
            raise InputError(
                f"{str(path)!r}, line {number}: there is no file {named!r} beside it; mend the name"
            )
        if paper in found:
            raise InputError(
                f"{str(path)!r}, line {number}: {named!r} stands there twice; leave one of them out"
            )
        found[paper] = tuple(_said(row, path, number))
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{str(path)!r} has more than {_MOST_BYTES} bytes; it is no list of papers")
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            _look_at(reader.fieldnames or (), path)
            for row in reader:
                if None in row:
                    raise InputError(
                        f"{str(path)!r}, line {reader.line_num}: more cells than columns; put quotes around commas"
                    )
                yield reader.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"cannot read {str(path)!r}: {error}; save it as CSV in UTF-8") from None


def _look_at(names: Sequence[str], path: Path) -> None:
    unknown = [name for name in names if name not in ("file", *_FIELDS)]
    if "file" not in names or unknown or len(set(names)) < len(names):
        wrong = f"unknown column {unknown[0]!r}" if unknown else "no column 'file', or one twice"
        raise InputError(f"{str(path)!r}: {wrong}; known are file, {', '.join(_FIELDS)}")


def _said(row: Mapping[str, str | None], path: Path, number: int) -> Iterator[tuple[str, Stated]]:
    for name in _FIELDS:
        text = " ".join("".join(char if char.isprintable() else " " for char in row.get(name) or "").split())
        if not text:
            continue
        none = text == "-"
        if name == "authors":
            yield name, () if none else tuple(part.strip() for part in text.split(";") if part.strip())
        elif none:
            yield name, None
        elif name != "year":
            yield name, text
        elif text.isascii() and text.isdigit() and 1000 <= int(text) <= 2999:
            yield name, int(text)
        else:
            raise InputError(f"{str(path)!r}, line {number}: {text!r} is no year; write for instance 2020")
