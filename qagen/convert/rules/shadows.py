"""Text that is there twice: an older copy of the page under a figure, clipped away on the screen, kept in the text layer.

Publishers place figures as PDF pages whose own running text is hidden by a clip, which the text layer does not know. Such
lines repeat, in smaller type, what stands near, in a font that sets nothing else on the page.
"""

import re
from collections import defaultdict
from itertools import pairwise

from qagen.convert.rules.furniture import Furniture
from qagen.convert.rules.model import Kind, Page, TextLine

_SHINGLE = 4
"""Words that have to be the same in a row."""
_SHARE = 0.5
"""Share of a line's shingles that stand elsewhere, from which the line is a copy."""
_LINES = 4
"""Copied lines on one page that make a hidden layer; fewer are a quotation."""
_FONT_SHARE = 0.8

_Shingle = tuple[str, ...]


def find(pages: tuple[Page, ...], furniture: Furniture) -> Furniture:
    """Lines that are copies of others on the same or a neighbouring page."""
    places: dict[_Shingle, list[tuple[int, float]]] = defaultdict(list)
    lines = {page.index: _shingles(page, furniture) for page in pages}
    for index, entries in lines.items():
        for line, shingles in entries:
            for shingle in shingles:
                places[shingle].append((index, line.style.size))
    found: Furniture = {}
    for page in pages:
        copies = [
            line for line, shingles in lines[page.index] if _is_copy(page.index, line, shingles, places)
        ]
        if len(copies) >= _LINES:
            found.update({(page.index, line.place): Kind.HIDDEN for line in _with_font(page, copies)})
    return found


def _shingles(page: Page, furniture: Furniture) -> list[tuple[TextLine, list[_Shingle]]]:
    """Each line with the runs of words that begin in it and may end in the next."""
    shown = [line for line in page.lines if (page.index, line.place) not in furniture]
    words = [re.findall(r"[^\W_]+", line.text.lower()) for line in shown]
    entries = []
    for number, (line, own) in enumerate(zip(shown, words, strict=True)):
        following = words[number + 1] if number + 1 < len(words) else []
        run = own + following[: _SHINGLE - 1]
        entries.append((line, [tuple(run[at : at + _SHINGLE]) for at in range(len(run) - _SHINGLE + 1)]))
    return entries


def _is_copy(
    page: int, line: TextLine, shingles: list[_Shingle], places: dict[_Shingle, list[tuple[int, float]]]
) -> bool:
    if len(shingles) < _SHINGLE:
        return False
    doubled = sum(
        1
        for shingle in shingles
        if any(abs(other - page) <= 1 and size > line.style.size + 0.4 for other, size in places[shingle])
    )
    return doubled >= _SHARE * len(shingles)


def _with_font(page: Page, copies: list[TextLine]) -> list[TextLine]:
    """The copies and all lines of the fonts that hardly set anything else; without such a font nothing is hidden."""
    hidden = {line.place for line in copies}
    for before, after in pairwise(sorted(hidden)):
        if after - before <= _LINES:
            hidden.update(range(before, after))
    fonts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in page.lines:
        family = line.style.font.split(",")[0]
        fonts[family][0] += len(line.text)
        fonts[family][1] += len(line.text) if line.place in hidden else 0
    gone = {family for family, (all_, copied) in fonts.items() if copied > _FONT_SHARE * all_}
    if not gone:
        return []
    return [line for line in page.lines if line.place in hidden or line.style.font.split(",")[0] in gone]
