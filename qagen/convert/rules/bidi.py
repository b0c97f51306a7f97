"""Text that is read from right to left, put in the order in which it is read.

pdfium gives such lines in an order of its own, which numbers, brackets, Latin words and ligatures do not survive. What is
sure is where the letters stand: they are taken from left to right, and the rules of Unicode's bidirectional algorithm
(Unicode Standard Annex 9) are applied backwards to what is seen.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from qagen.convert.rules.characters import BLANK, LINE_END, Characters

_FIRST, _LAST, _PRESENTED = 0x0590, 0x08FF, (0xFB1D, 0xFEFC)
"""Where the letters of Hebrew, Arabic and their kin begin and end, and their presentation forms."""
_ANCIENT = (0x10800, 0x10FFF)
_LAM = "\u0644"
_ALEFS = "\u0627\u0622\u0623\u0625\u0671"
_GAP = 0.15
"""Space between two letters, in their size, that is a blank."""
_LEVEL = 0.1
_ONE_LINE = 1.5
"""How far letters of one line may be apart from top to bottom, in their median height."""
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_CLOSING = {closing: opening for opening, closing in _BRACKETS.items()}
_STANDS_FREE = " -־–—,.;:\"'/"


@dataclass(frozen=True, slots=True)
class _Unit:
    """What stands at one place of a line: characters in reading order, with marks; `kind` is a bidirectional class."""

    places: tuple[int, ...]
    text: str
    kind: str
    left: float
    right: float


def logical(characters: Characters) -> Characters:
    """The characters with every line that has letters of Hebrew, Arabic and their kin in reading order."""
    rtl = _is_rtl(characters)
    if not rtl.any():
        return characters
    ends = np.flatnonzero(characters.codes == LINE_END)
    bounds = np.unique(np.concatenate(([0], ends + 1, [len(characters)])))
    text = characters.text
    turned = _has_turned_ligatures(characters, text)
    order: list[int] = []
    blanks: list[int] = []
    codes = characters.codes.copy()
    for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        tail = 1 if codes[end - 1] == LINE_END else 0
        inner = range(start, end - tail)
        if not rtl[start:end].any() or not _is_one_line(characters, inner):
            order.extend(range(start, end))
            continue
        units = _read(_seen(characters, text, inner, turned))
        for unit, char in zip(units, _with_brackets(units), strict=True):
            if not unit.places:
                blanks.append(len(order))
                order.append(order[-1] if order else start)
                continue
            if char != unit.text:
                codes[unit.places[0]] = ord(char)
            order.extend(unit.places)
        order.extend(range(end - tail, end))
    found = replace(characters, codes=codes).where(np.array(order, np.int32))
    found.codes[blanks] = BLANK
    return found


def _is_rtl(characters: Characters) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    codes = characters.codes
    letters = (codes >= _FIRST) & (codes <= _LAST)
    letters |= (codes >= _PRESENTED[0]) & (codes <= _PRESENTED[1])
    return letters | ((codes >= _ANCIENT[0]) & (codes <= _ANCIENT[1]))


@lru_cache(maxsize=10_000)
def _kind(char: str) -> str:
    kind = unicodedata.bidirectional(char)
    return {"AL": "R", "AN": "EN"}.get(kind, kind)


def _is_one_line(characters: Characters, inner: range) -> bool:
    """Whether characters lie level, at one height."""
    own = slice(inner.start, inner.stop)
    inked = characters.inked[own]
    if not inked.any():
        return False
    boxes, angles = characters.boxes[own][inked], characters.angles[own][inked]
    heights = boxes[:, 3] - boxes[:, 1]
    spread = np.ptp((boxes[:, 1] + boxes[:, 3]) / 2)
    return bool((np.abs(angles) < _LEVEL).all() and spread <= _ONE_LINE * max(1.0, float(np.median(heights))))


def _has_turned_ligatures(characters: Characters, text: str) -> frozenset[int]:
    """The fonts whose ligatures pdfium has turned round: lam and alef come the wrong way only so."""
    boxes = characters.boxes
    return frozenset(
        int(characters.fonts[at])
        for at in range(len(text) - 1)
        if text[at + 1] == _LAM and text[at] in _ALEFS and (boxes[at] == boxes[at + 1]).all()
    )


def _seen(characters: Characters, text: str, inner: range, turned: frozenset[int]) -> list[_Unit]:
    """What stands in a line from left to right; a ligature is one unit, and a mark belongs to its letter."""
    objects = characters.objects
    boxes = characters.boxes
    groups: list[list[int]] = []
    marks: list[int] = []
    for at in inner:
        if text[at].isspace() and objects is not None and not objects[at]:
            continue
        if unicodedata.combining(text[at]):
            marks.append(at)
        elif (
            groups
            and groups[-1][-1] == at - 1
            and _kind(text[at]) == _kind(text[at - 1]) == "R"
            and (boxes[at] == boxes[at - 1]).all()
        ):
            groups[-1].append(at)
        else:
            groups.append([at])
    for group in groups:
        if len(group) > 1 and int(characters.fonts[group[0]]) in turned:
            group.reverse()
    middles = (boxes[:, 0] + boxes[:, 2]) / 2
    groups.sort(key=lambda group: float(middles[group[0]]))
    for mark in marks:
        if groups:
            min(groups, key=lambda group: abs(float(middles[group[0]] - middles[mark]))).append(mark)
    units = [
        _Unit(
            tuple(group),
            text[group[0]],
            _kind(text[group[0]]),
            float(boxes[group[0], 0]),
            float(boxes[group[0], 2]),
        )
        for group in groups
    ]
    size = max(
        characters.styles[font].shown for font in set(characters.fonts[inner.start : inner.stop].tolist())
    )
    return _with_blanks(units, size)


def _with_blanks(units: list[_Unit], size: float) -> list[_Unit]:
    """The units with a blank where there is space and none stands."""
    found: list[_Unit] = []
    for unit in units:
        if found and unit.left - found[-1].right > _GAP * size and "WS" not in (unit.kind, found[-1].kind):
            found.append(_Unit((), " ", "WS", found[-1].right, unit.left))
        if not (unit.kind == "WS" and found and found[-1].kind == "WS"):
            found.append(unit)
    return found


def _read(units: list[_Unit]) -> list[_Unit]:
    """Units that stand from left to right in the order in which they are read."""
    letters = [unit.kind for unit in units if unit.kind in ("L", "R")]
    if letters.count("R") * 2 >= len(letters):
        return _backwards(units)
    found: list[_Unit] = []
    start = 0
    while start < len(units):
        end = start + 1
        if units[start].kind == "R":
            last = start
            while end < len(units) and units[end].kind != "L":
                last = end if units[end].kind == "R" else last
                end += 1
            end = last + 1
            found += _backwards(units[start:end])
        else:
            found.append(units[start])
        start = end
    return found


def _backwards(units: Sequence[_Unit]) -> list[_Unit]:
    """Units read from the right, but for numbers and words of other scripts, which are read from the left."""
    runs: list[Sequence[_Unit]] = []
    start = 0
    while start < len(units):
        end = _run(units, start)
        runs.append(units[start:end])
        start = end
    return [unit for run in reversed(runs) for unit in run]


def _run(units: Sequence[_Unit], start: int) -> int:
    """Where the run ends that begins at a unit: one unit, a number, or words that are read from the left."""
    kinds = [unit.kind for unit in units]
    currency = unicodedata.category(units[start].text) == "Sc"
    if kinds[start] not in ("L", "EN") and not (currency and kinds[start + 1 : start + 2] == ["EN"]):
        return start + 1
    last, words = start + currency, kinds[start] == "L"
    at = last + 1
    while at < len(units) and kinds[at] not in ("R", "AL"):
        if kinds[at] in ("L", "EN"):
            between = kinds[last + 1 : at]
            number = len(between) == 1 and between[0] in ("CS", "ES") and kinds[at] == "EN" == kinds[last]
            if between and not words and not number:
                break
            words = words or kinds[at] == "L"
            last = at
        elif kinds[at] == "ET" and at == last + 1 and kinds[last] in ("EN", "ET"):
            last = at
        at += 1
    own = [unit.text for unit in units[start : last + 1]]
    # pdfium mirrors some brackets, so that an opening one is known by the blank before it alone.
    brackets = [text for text in own if text in _BRACKETS or text in _CLOSING]
    beyond = units[last + 1].text if last + 1 < len(units) else ""
    if words and len(brackets) % 2 and (beyond in _BRACKETS or beyond in _CLOSING):
        last += 1
    return last + 1


def _with_brackets(units: Sequence[_Unit]) -> list[str]:
    """Each unit's first character; a bracket is the one that its place asks for, since either may stand in the PDF."""
    texts = [unit.text for unit in units]
    found = list(texts)
    for at, text in enumerate(texts):
        opening = _CLOSING.get(text, text)
        if opening not in _BRACKETS:
            continue
        before = texts[at - 1] if at else " "
        after = texts[at + 1] if at + 1 < len(texts) else " "
        free_before, free_after = before in _STANDS_FREE, after in _STANDS_FREE
        if free_before != free_after:
            found[at] = opening if free_before else _BRACKETS[opening]
    return found
