"""What stands on pages and belongs to none: running heads, page numbers, banners, line numbers, text up the side."""

import re
from collections import Counter, defaultdict
from itertools import pairwise
from statistics import median

from qagen.convert.rules.model import Kind, Page, TextLine, squeeze

_TOP, _BOTTOM = 0.12, 0.89
"""Shares of the page's height above and below which furniture stands."""
_STEP = 8.0
"""Points by which a running head may wander."""
_PAGE_NUMBER = re.compile(
    r"[\s\-–|]*(?:page\s*|p\.\s*)?[ivxl\d]{1,5}(?:\s*(?:of|/)\s*\d+)?[\s\-–|]*", re.IGNORECASE
)
_AT_END = re.compile(r"^\d{1,5}(?= |$)|(?<= )\d{1,5}$")
_COUNTED = 3
"""Pages that have their number at an end of a line, from which on it is the page's number."""
_NUMBER = re.compile(r"\d{1,4}")
_FULL = 20
"""Lines from which a page is full, so that what stands apart at its edge is not the text itself."""
_EDGE = 0.065
"""Share of the page's height at its top and bottom that text does not reach."""
_SHORT = 150
"""Characters that an imprint or a running head has at most."""
_LONG = 15
"""Characters of a running head that are enough to know it by its beginning."""
_LINE_NUMBERS = 10
"""Numbers in one margin of a page that make line numbering."""

_BOX = 5
"""Lines that make a box in the margin, and lines beside it that make the text."""
_MARGIN = 0.2
"""Share of the page's width from which on a left margin has room for a box."""

_BESIDE = 0.4
"""Share of a margin's lines that stand beside lines of the text; the others are beside the space between paragraphs."""

_FEW_TURNED = 0.2
"""Share of a page's characters below which those that are turned are no text of their own."""

Furniture = dict[tuple[int, int], Kind]
"""(page, place of the line) -> what it is."""


def find(pages: tuple[Page, ...]) -> Furniture:
    """The lines of all pages that are furniture."""
    repeated = _repeated(pages)
    counted = _counted(pages)
    found: Furniture = {}
    first = next((page for page in pages if page.lines), None)
    for page in pages:
        numbered = _line_numbers(page)
        turned = _turned(page)
        kinds = {line.place: _kind(page, line, repeated, numbered) for line in page.lines}
        kinds |= {place: kind for place, kind in counted.get(page.index, {}).items() if not kinds[place]}
        rest = [line for line in page.lines if not kinds[line.place]]
        kinds |= _outermost(page, rest) if len(pages) > 1 else {}
        kinds |= {line.place: Kind.SIDE_TEXT for line in rest if turned and not line.upright}
        found |= {(page.index, place): kind for place, kind in kinds.items() if kind}
    if first is not None and first.index == 0:
        found |= {(0, place): Kind.MARGIN_BOX for place in _margin_box(first) if (0, place) not in found}
    return found


def _margin_box(page: Page) -> list[int]:
    """Lines that stand left of all running text on the first page: how to cite, dates, who is to write to."""
    wide = [line for line in page.lines if line.upright and line.width > 0.45 * page.width]
    if len(wide) < _BOX:
        return []
    edge = Counter(round(line.box[0]) for line in wide).most_common(1)[0][0]
    size = median(line.style.size for line in wide)
    box = [line for line in page.lines if line.upright and line.box[2] < edge - 3 and line.style.size < size]
    beside = sum(
        any(line.box[1] < other.box[3] and other.box[1] < line.box[3] for other in wide) for line in box
    )
    enough = len(box) >= _BOX and beside > _BESIDE * len(box)
    return [line.place for line in box] if edge > _MARGIN * page.width and enough else []


def _kind(page: Page, line: TextLine, repeated: set[tuple[str, int]], numbered: set[int]) -> Kind | None:
    x0, y0, x1, y1 = line.box
    if not line.upright and (x1 < 0.12 * page.width or x0 > 0.9 * page.width):
        return Kind.SIDE_TEXT
    if line.place in numbered:
        return Kind.LINE_NUMBER
    top, bottom = y1 < _TOP * page.height, y0 > _BOTTOM * page.height
    if not (top or bottom):
        return None
    if _is_repeated(line, repeated) or _PAGE_NUMBER.fullmatch(line.text.strip()):
        return Kind.PAGE_HEADER if top else Kind.PAGE_FOOTER
    return None


def _turned(page: Page) -> bool:
    """Whether there is so little text that runs up or down that it is labels, stamps and watermarks."""
    turned = sum(len(line.text) for line in page.lines if not line.upright)
    return turned < _FEW_TURNED * sum(len(line.text) for line in page.lines)


def _repeated(pages: tuple[Page, ...]) -> set[tuple[str, int]]:
    """Texts (numbers made alike) that stand at one height at the top or bottom of several pages."""
    seen: dict[tuple[str, int], set[int]] = defaultdict(set)
    for page in pages:
        for line in page.lines:
            if line.box[3] < _TOP * page.height or line.box[1] > _BOTTOM * page.height:
                seen[_key(line)].add(page.index)
    enough = max(2.0, 0.12 * len(pages))
    found = set()
    for text, step in seen:
        near = set[int]().union(*(seen.get((text, step + off), set()) for off in (-1, 0, 1)))
        if len(near) >= enough:
            found.add((text, step))
    return found


def _counted(pages: tuple[Page, ...]) -> dict[int, dict[int, Kind]]:
    """Lines at the top and bottom that begin or end in the page's own number, whatever else they say on each page.

    The number of the page is that which rises by one from page to page.
    """
    lines = [
        (int(number) - page.index, page.index, line, line.box[3] < _TOP * page.height)
        for page in pages
        for line in page.lines
        if line.upright
        and len(line.text) <= _SHORT
        and (line.box[3] < _TOP * page.height or line.box[1] > _BOTTOM * page.height)
        for number in {match[0] for match in _AT_END.finditer(squeeze(line.text))}
    ]
    on: dict[int, set[int]] = defaultdict(set)
    for offset, page_, _, _ in lines:
        on[offset].add(page_)
    offset, found = max(on.items(), key=lambda one: len(one[1]), default=(0, set[int]()))
    kinds: dict[int, dict[int, Kind]] = defaultdict(dict)
    if len(found) >= max(_COUNTED, 0.5 * len(pages)):
        for other, page_, line, top in lines:
            if other == offset:
                kinds[page_][line.place] = Kind.PAGE_HEADER if top else Kind.PAGE_FOOTER
    return kinds


def _outermost(page: Page, lines: list[TextLine]) -> dict[int, Kind]:
    """Small lines at the very top or bottom of a full page, with space to the text: imprints, running heads."""
    if len(page.lines) < _FULL:
        return {}
    found = {}
    usual = sorted(line.style.size for line in page.lines)[3 * len(page.lines) // 4]
    for line in lines:
        _, y0, _, y1 = line.box
        top, bottom = y1 < _EDGE * page.height, y0 > (1 - _EDGE) * page.height
        if not (top or bottom) or len(line.text) > _SHORT or line.style.size > usual + 0.6:
            continue
        gaps = [
            other.box[1] - y1 if top else y0 - other.box[3]
            for other in lines
            if (other.box[3] >= _EDGE * page.height if top else other.box[1] <= (1 - _EDGE) * page.height)
        ]
        if gaps and min(gaps) > 1.2 * line.height:
            found[line.place] = Kind.PAGE_HEADER if top else Kind.PAGE_FOOTER
    return found


def _is_repeated(line: TextLine, repeated: set[tuple[str, int]]) -> bool:
    """Whether a line is, begins with, or is the beginning of what other pages have at its height."""
    text, step = _key(line)
    return (text, step) in repeated or any(
        min(len(known), len(text)) >= _LONG
        and (text.startswith(known) or known.startswith(text))
        and abs(step - other) <= 1
        for known, other in repeated
    )


def _key(line: TextLine) -> tuple[str, int]:
    return re.sub(r"\d+", "#", squeeze(line.text).lower()), round(line.box[1] / _STEP)


def _line_numbers(page: Page) -> set[int]:
    """Lines that are nothing but numbers, above one another in a margin, rising."""
    numbers = [line for line in page.lines if _NUMBER.fullmatch(line.text.strip())]
    edges = Counter(round(line.box[2] / 6) for line in numbers)
    found: set[int] = set()
    for edge, count in edges.items():
        at_margin = edge * 6 < 0.2 * page.width or edge * 6 > 0.9 * page.width
        if count < _LINE_NUMBERS or not at_margin:
            continue
        column = sorted(
            (line for line in numbers if abs(line.box[2] / 6 - edge) <= 1), key=lambda line: line.box[1]
        )
        values = [int(line.text) for line in column]
        if sum(b > a for a, b in pairwise(values)) >= 0.9 * (len(values) - 1):
            found.update(line.place for line in column)
    return found
