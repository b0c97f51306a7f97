"""The sum at the end of a ledger's line, and what a line is by its bytes alone.

    {"format":2,...,"sha256":"<that of all bytes before the comma>"}

A line without a sum is of format 1. One that was cut off in mid-write is a piece; one whose bytes are others than were written is
damaged, wherever the change is: in what it says, in its sum, in what marks the sum, or in a line break that came or went.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from enum import Enum, auto

SEAL = b'{"format":2,"seal":['
"""How a seal begins: a line with the sums of lines of format 1 before it."""
_MARK = b',"sha256":"'
_LENGTH = len(_MARK) + 64 + len(b'"}')
_END = re.compile(rb',"sha256":"([0-9a-f]{64})"\}')
_HEX = re.compile(rb'[0-9a-f]{32}"\}$')
"""What is left of a sum whose mark was changed."""
_CUT = re.compile(rb',"sha256":"([0-9a-f]{0,64})"?\Z')
_FIRST = b'{"format":1,'


class State(Enum):
    """What a line is by its bytes."""

    WHOLE = auto()
    WITHOUT_SUM = auto()
    PIECE = auto()
    DAMAGED = auto()
    SEAL = auto()


def sum_of(line: bytes) -> str:
    """The sha256 of a line without its line break."""
    return hashlib.sha256(line.rstrip(b"\r\n")).hexdigest()


def with_sum(value: bytes) -> bytes:
    """A JSON object as a line with its sum as the last member."""
    inner = value[:-1]
    return b'%s,"sha256":"%s"}\n' % (inner, hashlib.sha256(inner).hexdigest().encode())


def seal(sums: Sequence[str]) -> bytes:
    """A line that holds lines of format 1 to what they are now."""
    return with_sum(SEAL + ",".join(f'"{one}"' for one in sums).encode() + b"]}")


def has_valid_sum(line: bytes) -> bool:
    """Whether a line ends with its own sum."""
    line = line.rstrip(b"\r\n")
    found = _END.fullmatch(line[-_LENGTH:])
    return found is not None and hashlib.sha256(line[:-_LENGTH]).hexdigest().encode() == found[1]


def state_of(line: bytes) -> State:
    """What a line is."""
    if has_valid_sum(line):
        return State.SEAL if line.startswith(SEAL) else State.WHOLE
    text = line.rstrip(b"\r\n")
    end = text[-_LENGTH:]
    if cut := _CUT.search(end):
        same = hashlib.sha256(text[: -len(cut[0])]).hexdigest().encode().startswith(cut[1])
        return State.PIECE if same else State.DAMAGED
    if text.endswith(tuple(_MARK[:length] for length in (8, 9, 10))):
        return State.PIECE
    if b"sha256" in end or _HEX.search(end):
        return State.DAMAGED
    if text.startswith(_FIRST) and text.endswith(b"}"):
        return State.WITHOUT_SUM  # whoever reads it finds whether it is an answer
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return State.PIECE
    return State.DAMAGED
