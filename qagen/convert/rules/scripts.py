"""Superscripts: small text that stands above the baseline of what is beside it, as exponents, charges and marks do."""

import re
from collections.abc import Sequence

from qagen.convert.rules.characters import Font
from qagen.records import BBox

_SMALLER = 0.9
"""Share of its neighbour's size up to which text may be raised."""
_LIFT = (0.12, 1.0)
"""How far above its neighbour's baseline a superscript's own stands, at least and at most, in the neighbour's size."""
_NEAR = 1.0
"""Widest gap between a superscript and what it belongs to, in sizes."""
_RAISED = re.compile(
    r"(?:[\d+\-−–±*∗⋆†‡§¶#′″∞◦]|[^\W\d_](?![^\W\d_])|[.,;:/()\[\]]|\s(?=\S))+",
)
"""Numbers, signs, marks, and letters that stand alone: what is raised. Longer words are not, such as those of a stamp."""
_SAYS = re.compile(r"[\w+\-−–±*∗⋆†‡§¶#′″∞◦]")
_LONGEST = 24
_LEAST = 3.0
"""Font sizes up to this say nothing: the true one is in a matrix."""

Set = tuple[str, BBox, Font, float]
"""What is set alike in a line: its text, box, font and baseline."""


def raised(parts: Sequence[Set]) -> list[bool]:
    """For each of a line's parts, in reading order, whether it is a superscript.

    A part is measured against the nearest one that is none, on its left or else on its right.
    """
    small = [False] * len(parts)
    base: Set | None = None
    for number, part in enumerate(parts):
        if not part[0].strip():
            continue
        if base is not None and _is_above(part, base):
            small[number] = True
            continue
        if base is None:
            following = next((other for other in parts[number + 1 :] if _is_larger(other, part)), None)
            if following is not None and _is_above(part, following):
                small[number] = True
                continue
        base = part
    return _spoken(parts, small)


def _is_larger(other: Set, part: Set) -> bool:
    return bool(other[0].strip()) and _size(part, other)[0] <= _SMALLER * _size(part, other)[1]


def _is_above(part: Set, base: Set) -> bool:
    own, size = _size(part, base)
    lift = base[3] - part[3]
    gap = max(part[1][0] - base[1][2], base[1][0] - part[1][2])
    return own <= _SMALLER * size and _LIFT[0] * size <= lift <= _LIFT[1] * size and gap <= _NEAR * size


def _size(part: Set, base: Set) -> tuple[float, float]:
    """The sizes of two parts, as stated, or by their heights where that is no true one."""
    heights = part[1][3] - part[1][1], base[1][3] - base[1][1]
    stated = part[2].size, base[2].size
    if all(_LEAST < size < 2 * height for size, height in zip(stated, heights, strict=True)):
        return stated
    return heights


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
            fits = len(text) <= _LONGEST and _RAISED.fullmatch(text) and _SAYS.search(text)
            found[start:end] = [bool(fits)] * (end - start)
        start = max(end, start + 1)
    return found
