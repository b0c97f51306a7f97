"""The texts that a set must not overlap with: the dataset's other splits, and files that a user names.

Of JSON lines, items of a JSON list and rows of Parquet all strings are one text, of any other file each window of lines: so many that a passage
which goes on over the lines' ends is found, and not so many that a file of gigabytes is held in memory.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from builder.evalset.ngrams import MOST_WORDS, OtherText
from builder.evalset.records import other_texts
from builder.folder.read import plain_rows_of_file
from qagen.errors import DatasetError, InputError

_JSON_LINES = (".jsonl", ".ndjson")
_HEAD = 65_536
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"%PDF")
"""How gzip, zip, bzip2, xz, zstd and PDF begin."""
_WINDOW = 20_000
"""Characters of a plain text that are read at a time."""
_LONGEST_LINE = 64 * 1024 * 1024


def texts_of_splits(folder: Path) -> Iterator[OtherText]:
    """The questions and answers outside the split `test`."""
    for split, record_id, texts in other_texts(folder):
        yield OtherText(split, record_id, "\n\n".join(texts))


def texts_of_files(paths: Sequence[Path]) -> Iterator[OtherText]:
    """The texts of files, each with its line.

    Raises:
        InputError: where one cannot be read, or is not what its name says.
    """
    for path in paths:
        if path.suffix == ".parquet":
            yield from _parquet(path)
        elif path.suffix == ".json":
            yield from _json(path)
        elif path.suffix in _JSON_LINES:
            yield from _json_lines(path)
        else:
            yield from _windows(path)


def refuse_unreadable(paths: Iterable[Path]) -> None:
    """Find out before anything is made whether the files can be read.

    Raises:
        InputError: where one is not there, or is packed or otherwise no text.
    """
    for path in paths:
        try:
            with path.open("rb") as stream:
                head = stream.read(_HEAD)
        except OSError as error:
            raise InputError(
                f"cannot read {str(path)!r}: {error.strerror}; name files of text, JSON or Parquet with --decontaminate, once for each"
            ) from None
        if path.suffix != ".parquet" and (b"\0" in head or head.startswith(_PACKED)):
            raise InputError(
                f"{str(path)!r} is no text in UTF-8, and nothing would be found in it; unpack or convert it, and name that with --decontaminate"
            )


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open("rb") as stream:
            number = 0
            while raw := stream.readline(_LONGEST_LINE):
                number += 1
                yield number, raw.decode("utf-8", "replace")
    except OSError as error:
        raise InputError(
            f"cannot read {str(path)!r}: {error.strerror}; name another with --decontaminate"
        ) from None


def _parquet(path: Path) -> Iterator[OtherText]:
    try:
        for number, row in enumerate(plain_rows_of_file(path), 1):
            yield OtherText(path.name, str(number), _joined(row))
    except DatasetError as error:
        said = str(error).rpartition(";")[0]
        raise InputError(f"{said}; name another file with --decontaminate") from None


def _json(path: Path) -> Iterator[OtherText]:
    """A file that is one JSON value: the items of a list each by itself, counted from 1."""
    value = _parsed("".join(line for _, line in _lines(path)), path, 1)
    items = value if isinstance(value, list) else [value]
    for number, item in enumerate(items, 1):
        yield OtherText(path.name, str(number), _joined(item))


def _json_lines(path: Path) -> Iterator[OtherText]:
    for number, line in _lines(path):
        if line.strip():
            yield OtherText(path.name, str(number), _joined(_parsed(line, path, number)))


def _parsed(text: str, path: Path, number: int) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{str(path)!r}, line {number}, is not JSON ({error}); mend it, or give the file the ending .txt to have it read as text"
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


def _windows(path: Path) -> Iterator[OtherText]:
    """Plain text in windows that repeat as many words of the one before as an n-gram can reach over."""
    text, first = "", 1
    for number, line in _lines(path):
        text += line
        if len(text) >= _WINDOW:
            yield OtherText(path.name, str(first), text)
            text = " ".join(text.split()[-2 * MOST_WORDS :]) + "\n"
            first = number
    if text.strip():
        yield OtherText(path.name, str(first), text)
