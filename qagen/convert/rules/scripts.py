"""Superscripts: small text that stands above the baseline of what is beside it, as exponents, charges and marks do."""

import re
from collections.abc import Sequence

from qagen.convert.rules.characters import Font
from qagen.records import BBox

_SMALLER = 0.9
"""Share of its neighbour's size up to which text may be raised."""
_LIFT = (0.12, 1.0)
"""How far above its neighbour's baseline a superscript's own stands, at least and at most, in the neighbour's size."""
_NEAR = 0.5
"""Widest gap between a superscript and what is beside it, in sizes."""
_AWAY = 2.0
"""The same behind a mark that begins a line."""
_LOWERED = 0.08
"""How far below a baseline a subscript's own stands, in sizes: it is not what the next part is measured against."""
_RAISED = re.compile(r"\S+(?:(?<=[,;])\s\S+)*")
"""What is raised has no blanks, but behind a comma."""
_SAYS = re.compile(r"[\w+\-−–±*∗⋆†‡§¶#><=∞⊤⊥¶♯]")
"""One of these is in it: a prime or a degree is a sign of its own, which is high by itself."""
_HYPHENS = ("-", "‐", "–")
"""Alone before a letter they are hyphens, whose place in capitals is higher."""
_WORD = re.compile(r"[^\W\d_]{5}|.{25}")
"""Long words are not raised, but small beside a large sign."""
Set = tuple[str, BBox, Font, float]
"""What is set alike in a line: its text, box, font and baseline."""


def raised(parts: Sequence[Set]) -> list[bool]:
    """For each of a line's parts, in reading order, whether it is a superscript.

    A part is measured against the nearest one that is none, on its left or else on its right.
    """
    small = [False] * len(parts)
    base: Set | None = None
    last: Set | None = None
    for number, part in enumerate(parts):
        if not part[0].strip():
            continue
        if base is None or last is None:
            following = next((other for other in parts[number + 1 :] if _is_larger(other, part)), None)
            small[number] = (
                following is not None and _lift(part, following) and _beside(part, following, _AWAY)
            )
            base = None if small[number] else part
        elif _lift(part, base) and _beside(part, last):
            small[number] = True
        elif not _is_lowered(part, base):
            base = part
        last = part
    return _spoken(parts, small)


def _is_larger(other: Set, part: Set) -> bool:
    return bool(other[0].strip()) and _size(part, other)[0] <= _SMALLER * _size(part, other)[1]


def _lift(part: Set, base: Set) -> bool:
    """Whether a part is smaller than another and stands above its baseline."""
    own, size = _size(part, base)
    return own <= _SMALLER * size and _LIFT[0] * size <= base[3] - part[3] <= _LIFT[1] * size


def _is_lowered(part: Set, base: Set) -> bool:
    own, size = _size(part, base)
    return own <= _SMALLER * size and part[3] - base[3] >= _LOWERED * size


def _beside(part: Set, other: Set, near: float = _NEAR) -> bool:
    gap = max(part[1][0] - other[1][2], other[1][0] - part[1][2])
    return gap <= near * max(_size(part, other))


def _size(part: Set, base: Set) -> tuple[float, float]:
    """The sizes of two parts, as they are shown."""
    return part[2].shown, base[2].shown


def _spoken(parts: Sequence[Set], small: list[bool]) -> list[bool]:
    """The same where what is raised together is what a superscript says."""
    found = [False] * len(parts)
    start = 0
    while start < len(parts):
        end = start
        while end < len(parts) and small[end]:
            end += 1
        if end > start:
            text = "".join(part[0] for part in parts[start:end]).strip()
            fits = _RAISED.fullmatch(text) and _SAYS.search(text) and not _WORD.search(text)
            hyphen = text in _HYPHENS and end < len(parts) and parts[end][0][:1].isalpha()
            found[start:end] = [bool(fits) and not hyphen] * (end - start)
        start = max(end, start + 1)
    return found
