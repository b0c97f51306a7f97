"""The pairs of a file of JSON lines, one a line, whatever else stands in it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qagen.errors import InputError

MAX_LINE_CHARS = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pair to be checked, as a line of a file gives it.

    Attributes:
        paper: the text of the whole paper, where the line has it: names and numbers of the question may stand there too.
        label, kind: what somebody else found of the pair.
    """

    id: str | int
    source: str
    question: str
    answer: str
    label: object = None
    kind: object = None
    paper: str = ""


Row = tuple[int, PairRow | str]
"""The number of a line, and what it holds or what is wrong with it."""


def rows(file: Path) -> Iterator[tuple[int, PairRow | str]]:
    """The lines of a check file, numbered from 1: the row, or what is wrong with it."""
    try:
        stream = file.open("rb")
    except OSError as error:
        raise InputError(
            f"cannot read {str(file)!r}: {error.strerror}", remedy="name a file of JSON lines"
        ) from None
    with stream:
        number = 0
        while raw := stream.readline(MAX_LINE_CHARS):
            number += 1
            if not raw.endswith(b"\n") and len(raw) == MAX_LINE_CHARS:
                while (rest := stream.readline(MAX_LINE_CHARS)) and not rest.endswith(b"\n"):
                    """Pass over the rest of an endless line."""
                yield number, f"longer than {MAX_LINE_CHARS} bytes"
            elif raw.strip():
                yield number, _row(raw)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _row(raw: bytes) -> PairRow | str:
    try:
        row = _DECODER.decode(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return f"not UTF-8 ({error.reason} at byte {error.start})"
    except (ValueError, RecursionError) as error:
        return f"not JSON ({error})"
    if not isinstance(row, dict):
        return "not a JSON object"
    row = {"question": "", **row}
    for key in ("source", "question", "answer"):
        if not isinstance(row.get(key), str):
            return f"{key!r} is missing or no text"
    if not isinstance(row.get("paper", ""), str):
        return "'paper' is no text"
    if not isinstance(row.get("id"), str | int) or isinstance(row["id"], bool):
        return "'id' is missing, or neither text nor a whole number"
    return PairRow(
        row["id"],
        row["source"],
        row["question"],
        row["answer"],
        row.get("label"),
        row.get("kind"),
        row.get("paper", ""),
    )
