"""The texts that a set must not overlap with: the dataset's other splits, and files that a user names.

Of JSON lines and Parquet all strings of a row are one text, of any other file each window of lines: so many that a passage
which goes on over the lines' ends is found, and not so many that a file of gigabytes is held in memory.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from builder.evalset.ngrams import MOST_WORDS, OtherText
from builder.evalset.records import other_texts
from builder.folder.read import plain_rows_of_file
from qagen.errors import InputError

_JSON_LINES = (".jsonl", ".ndjson")
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
            for number, row in enumerate(plain_rows_of_file(path), 1):
                yield OtherText(path.name, str(number), "\n\n".join(_strings(row)))
        elif path.suffix in _JSON_LINES:
            yield from _json_lines(path)
        else:
            yield from _windows(path)


def refuse_unreadable(paths: Iterable[Path]) -> None:
    """Find out before anything is made whether the files are there.

    Raises:
        InputError: where one is not, or is no file.
    """
    for path in paths:
        if not path.is_file():
            what = "is no file" if path.exists() else "is not there"
            raise InputError(
                f"{str(path)!r} {what}; name files of text, JSON lines or Parquet with --decontaminate, once for each"
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


def _json_lines(path: Path) -> Iterator[OtherText]:
    for number, line in _lines(path):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(
                f"{str(path)!r}, line {number}, is not JSON ({error}); mend it, or give the file the ending .txt to have it read as text"
            ) from None
        yield OtherText(path.name, str(number), "\n\n".join(_strings(value)))


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
