"""The texts that a set must not overlap with: the dataset's other splits, and files that a user names.

Of JSON lines, items of a JSON list and rows of Parquet all strings are one text, of any other file each window of lines: so
many that a passage which goes on over the lines' ends is found, and not so many that a file of gigabytes is held in memory.
"""

import codecs
import errno
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from builder.evaluating.ngrams import MOST_WORDS, OtherText
from builder.evaluating.records import other_texts
from builder.folder.read import plain_rows_of_file
from builder.folder.schema import SPLITS
from qagen.errors import DatasetError, InputError
from qagen.records import encodable

_JSON_LINES = (".jsonl", ".ndjson")
_HEAD = 65_536
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"%PDF")
"""How gzip, zip, bzip2, xz, zstd and PDF begin."""
_WINDOW = 20_000
"""Characters of a plain text that are read at a time."""
_LONGEST_LINE = 64 * 1024 * 1024
_PIECE = 65_536
"""Bytes of a line of plain text that are read at a time."""
_LARGEST_JSON = 1024**3


def texts_of_splits(folder: Path) -> Iterator[OtherText]:
    """The questions and answers outside the split `test`."""
    for split, record_id, texts in other_texts(folder):
        yield OtherText(split, record_id, "\n\n".join(texts))


def texts_of_files(paths: Sequence[Path]) -> Iterator[OtherText]:
    """The texts of files, each with its line.

    Raises:
        InputError: where one cannot be read, or is not what its name says.
    """
    for path, name in zip(paths, names_of(paths), strict=True):
        read = _READERS.get(path.suffix.lower(), _windows)
        for place, text in read(path):
            yield OtherText(name, place, text)


def names_of(paths: Sequence[Path]) -> Iterator[str]:
    """What files are called in the set: their names, and where that says too little their places among them too."""
    names = [encodable(path.name) for path in paths]
    for number, name in enumerate(names, 1):
        yield f"{name} ({number})" if names.count(name) > 1 or name in SPLITS else name


def refuse_unreadable(paths: Iterable[Path]) -> None:
    """Find out before anything is made whether the files can be read.

    Raises:
        InputError: where one is not there, or is packed or otherwise no text.
    """
    for path in paths:
        try:
            if path.exists() and not path.is_file():  # a pipe would be waited for
                kind = errno.EISDIR if path.is_dir() else errno.EINVAL
                raise OSError(kind, os.strerror(kind))
            with path.open("rb") as stream:
                head, size = stream.read(_HEAD), path.stat().st_size
        except OSError as error:
            raise InputError(
                f"cannot read {str(path)!r}: {error.strerror}",
                remedy="name files of text, JSON or Parquet with --decontaminate, once for each",
            ) from None
        if path.suffix.lower() == ".json" and size > _LARGEST_JSON:
            raise InputError(
                f"{str(path)!r} has {size:,} bytes, and one JSON value is read as a whole, up to {_LARGEST_JSON:,}",
                remedy="write it as JSON lines (.jsonl), an item on each, which may be of any size",
            )
        if path.suffix.lower() != ".parquet" and (b"\0" in head or head.startswith(_PACKED)):
            raise InputError(
                f"{str(path)!r} is no text in UTF-8, and nothing would be found in it",
                remedy="unpack or convert it, and name that with --decontaminate",
            )


def _lines(path: Path, longest: int = _LONGEST_LINE) -> Iterator[tuple[int, str]]:
    """The lines with their numbers, a longer one in pieces; broken UTF-8 is marked, a byte order mark left out."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    try:
        with path.open("rb") as stream:
            number = 1
            while raw := stream.readline(longest):
                yield number, decoder.decode(raw)
                number += raw.endswith(b"\n")
    except OSError as error:
        raise InputError(
            f"cannot read {str(path)!r}: {error.strerror}", remedy="name another with --decontaminate"
        ) from None


def _parquet(path: Path) -> Iterator[tuple[str, str]]:
    try:
        for number, row in enumerate(plain_rows_of_file(path), 1):
            yield str(number), _joined(row)
    except DatasetError as error:
        raise InputError(error.message, remedy="name another file with --decontaminate") from None
    except (ValueError, OverflowError) as error:  # dates that Python does not have
        raise InputError(
            f"{str(path)!r} cannot be read: {error}", remedy="name another file with --decontaminate"
        ) from None


def _json(path: Path) -> Iterator[tuple[str, str]]:
    """A file that is one JSON value: the items of a list each by itself, counted from 1."""
    value = _parsed("".join(line for _, line in _lines(path)), path, 1)
    items = value if isinstance(value, list) else [value]
    for number, item in enumerate(items, 1):
        yield str(number), _joined(item)


def _json_lines(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in _lines(path):
        if line.strip():
            yield str(number), _joined(_parsed(line, path, number))


def _parsed(text: str, path: Path, number: int) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{str(path)!r}, line {number}, is not JSON ({error})",
            remedy="mend it, or give the file the ending .txt to have it read as text",
        ) from None


def _joined(value: Any) -> str:
    return "\n\n".join(_strings(value))


def _strings(value: Any) -> Iterator[str]:
    """All strings in a JSON value, in order; deep ones too, without recursion."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting.extend(reversed(list(item.values())))
        elif isinstance(item, list | tuple):
            waiting.extend(reversed(item))


def _windows(path: Path) -> Iterator[tuple[str, str]]:
    """Plain text in windows that repeat as many words of the one before as an n-gram can reach over."""
    text, first = "", 1
    for number, piece in _lines(path, _PIECE):
        text += piece
        if len(text) >= _WINDOW:
            yield str(first), text
            text = _end(text)
            first = number
    if text.strip():
        yield str(first), text


def _end(text: str) -> str:
    """The last words of a text, the last one perhaps not whole yet; of a text without blanks so many characters."""
    kept = text[-_WINDOW // 2 :]
    blank = "\n" if kept[-1:].isspace() else ""
    return " ".join(kept.split()[-2 * MOST_WORDS :]) + blank


_READERS = {
    ".parquet": _parquet,
    ".json": _json,
    **dict.fromkeys(_JSON_LINES, _json_lines),
}
