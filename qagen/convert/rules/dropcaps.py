"""A drop cap, the large letter at a paragraph's beginning, put in front of the rest of its word.

It stands on the baseline of the second, third or fourth line, so that the text layer has it in the middle of these, in front of
the first one, or behind them all.
"""

import re
from collections.abc import Set as AbstractSet
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from qagen.convert.rules.characters import BLANK, Characters, Floats
from qagen.convert.rules.glyphs import COMMON

_LARGE = 1.7
"""How much larger than the text a drop cap is."""
_BESIDE = 1.3
"""Space between a drop cap and the lines beside it, in their size, at most."""
_TOP = 0.68
"""Height of a capital, in its size."""
_OFF = 0.6
"""How far the tops of a drop cap and of the first line may be apart, in the line's size."""
_LINES = 2
"""Lines beside a drop cap, at least."""
_LEVEL = 0.01
"""Radians up to which text is upright."""
_MOST = 40
"""Large letters of a page that are looked at."""
_WORD = re.compile(r"[^\W\d_]+")


def joined(characters: Characters) -> Characters:
    """The characters with each drop cap before its word, as high as that."""
    sizes = np.array([style.shown for style in characters.styles], np.float32)
    if not len(sizes):
        return characters
    size = sizes[characters.fonts]
    upright = characters.inked & (np.abs(characters.angles) < _LEVEL)
    if upright.sum() < 2:
        return characters
    usual = float(np.median(size[upright]))
    large = np.flatnonzero(upright & (size > _LARGE * usual))
    text = characters.text
    found: dict[int, int] = {}
    for at in large.tolist() if len(large) else ():
        if len(found) >= _MOST:
            break
        if text[at].isupper() and _is_alone(characters, large, at, usual):
            first = _first_beside(characters, upright & (size <= _LARGE * usual), at, float(size[at]), usual)
            if first is not None and text[first].isalpha():
                found[first] = at
    return _moved(characters, found, text) if found else characters


def _is_alone(characters: Characters, large: npt.NDArray[np.intp], at: int, usual: float) -> bool:
    """Whether no other large letter stands next to one."""
    box = characters.boxes[at]
    others = large[large != at]
    boxes = characters.boxes[others]
    level = np.minimum(boxes[:, 3], box[3]) - np.maximum(boxes[:, 1], box[1]) > 0
    near = (boxes[:, 0] < box[2] + 2 * usual) & (boxes[:, 2] > box[0] - 2 * usual)
    return not (level & near).any()


def _first_beside(
    characters: Characters, text: npt.NDArray[np.bool_], at: int, size: float, usual: float
) -> int | None:
    """The first character of the first line beside a drop cap; None where there are no lines as they have to be."""
    baseline, right = float(characters.baselines[at]), float(characters.boxes[at, 2])
    top = baseline - _TOP * size
    lines: Floats = characters.baselines
    starts: Floats = characters.boxes[:, 0]
    beside = text & (starts > right - 0.3 * usual) & (starts < right + _BESIDE * usual)
    beside &= (lines > top) & (lines < baseline + 0.3 * usual)
    places = np.flatnonzero(beside)
    if not len(places):
        return None
    heights = np.sort(lines[places])
    rows = int((np.diff(heights) > 0.5 * usual).sum()) + 1
    first = places[lines[places] < heights[0] + 0.3 * usual]
    begin = int(first[np.argmin(starts[first])])
    fits = abs(float(lines[begin]) - _TOP * usual - top) < _OFF * usual
    return begin if rows >= _LINES and fits else None


def _moved(characters: Characters, found: dict[int, int], text: str) -> Characters:
    """The characters with each cap, by the character that it goes before, in its place."""
    boxes, baselines = characters.boxes.copy(), characters.baselines.copy()
    words = COMMON | {word.lower() for word in _WORD.findall(text)}
    blanks = np.flatnonzero(characters.codes == BLANK)
    caps = set(found.values())
    order: list[int] = []
    for at in range(len(characters)):
        if at in caps:
            continue
        if at in found:
            cap = found[at]
            boxes[cap, [1, 3]], baselines[cap] = boxes[at, [1, 3]], baselines[at]
            rest = _WORD.match(text, at)
            apart = rest and text[cap] in "AIOUYЯИ" and _are_two(text[cap], rest[0], words)
            order += [cap, int(blanks[0])] if apart and len(blanks) else [cap]
        order.append(at)
    placed = replace(characters, boxes=boxes, baselines=baselines)
    return placed.where(np.array(order, np.int32))


def _are_two(cap: str, rest: str, words: AbstractSet[str]) -> bool:
    """Whether a capital that is a word is one here: what follows is one too, and the two together are none."""
    return (cap + rest).lower() not in words and rest.lower() in words and len(rest) > 1
