"""Ruling lines and drawn areas of a page, from its page objects' bounds: nothing is rendered, whatever its size."""

import ctypes

import pypdfium2
import pypdfium2.raw as pdfium

from qagen.records import BBox

_OBJECTS = 20_000
"""Objects looked at on one page; a map or a scatter plot may hold millions, of which these show enough."""
_CELL = 8.0
"""Points: drawn parts closer than about two of these belong to one drawing."""
_PARTS = 8
"""Paths that make a drawing; fewer are rules, boxes and underlines of text."""


def drawings_of(page: pypdfium2.PdfPage) -> tuple[list[BBox], list[BBox]]:
    """Horizontal ruling lines, and areas of pictures and drawings, in display coordinates.

    An area that fills most of the page is its background and is left out.
    """
    left, bottom, right, top = page.get_bbox()
    turn = page.get_rotation()
    bounds = (left, bottom, right, top)
    width, height = (top - bottom, right - left) if turn in (90, 270) else (right - left, top - bottom)
    rules: list[BBox] = []
    paths: list[BBox] = []
    areas: list[BBox] = []
    for kind, box in _objects(page):
        shown = to_display(box, bounds, turn)
        across, down = shown[2] - shown[0], shown[3] - shown[1]
        if across * down > 0.6 * width * height:
            continue
        if kind != pdfium.FPDF_PAGEOBJ_PATH:
            areas.append(shown)
        elif down < 2.5 and across > 20:
            rules.append(shown)
        else:
            paths.append(shown)
    return rules, [
        *(area for area in areas if (area[2] - area[0]) * (area[3] - area[1]) > 0.005 * width * height),
        *_clusters(paths, width, height),
    ]


def to_display(box: BBox, bounds: BBox, rotation: int) -> BBox:
    """A box in PDF user space as it is displayed: origin top left of `bounds`, turned clockwise by `rotation`."""
    left, bottom, right, top = bounds
    x0, y0, x1, y1 = box
    if rotation == 90:
        return (y0 - bottom, x0 - left, y1 - bottom, x1 - left)
    if rotation == 180:
        return (right - x1, y0 - bottom, right - x0, y1 - bottom)
    if rotation == 270:
        return (top - y1, right - x1, top - y0, right - x0)
    return (x0 - left, top - y1, x1 - left, top - y0)


def _objects(page: pypdfium2.PdfPage) -> list[tuple[int, BBox]]:
    l, b, r, t = (ctypes.c_float() for _ in range(4))  # noqa: E741 -- left, bottom, right, top
    found: list[tuple[int, BBox]] = []
    drawn = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM)
    for index in range(min(pdfium.FPDFPage_CountObjects(page), _OBJECTS)):
        item = pdfium.FPDFPage_GetObject(page, index)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind in drawn and pdfium.FPDFPageObj_GetBounds(item, l, b, r, t):
            found.append((kind, (l.value, b.value, r.value, t.value)))
    return found


def _clusters(paths: list[BBox], width: float, height: float) -> list[BBox]:
    """Drawings: groups of paths that lie near each other, found by flooding a coarse grid."""
    if len(paths) < _PARTS:
        return []
    columns, lines = int(width / _CELL) + 1, int(height / _CELL) + 1
    owners: dict[tuple[int, int], list[int]] = {}
    for number, (x0, y0, x1, y1) in enumerate(paths):
        for column in range(max(0, int(x0 / _CELL)), min(columns, int(x1 / _CELL)) + 1):
            for line in range(max(0, int(y0 / _CELL)), min(lines, int(y1 / _CELL)) + 1):
                owners.setdefault((column, line), []).append(number)
    found = []
    while owners:
        cells, numbers = _flood(owners)
        x0 = min(column for column, _ in cells) * _CELL
        y0 = min(line for _, line in cells) * _CELL
        x1 = (max(column for column, _ in cells) + 1) * _CELL
        y1 = (max(line for _, line in cells) + 1) * _CELL
        if len(numbers) >= _PARTS and (x1 - x0) * (y1 - y0) > 0.012 * width * height:
            found.append((x0, y0, x1, y1))
    return found


def _flood(owners: dict[tuple[int, int], list[int]]) -> tuple[list[tuple[int, int]], set[int]]:
    """Take one connected group of cells (reaching over two) out of `owners`."""
    start = next(iter(owners))
    numbers = set(owners.pop(start))
    cells = [start]
    for column, line in cells:
        for across in range(-2, 3):
            for down in range(-2, 3):
                near = (column + across, line + down)
                if near in owners:
                    numbers.update(owners.pop(near))
                    cells.append(near)
    return cells, numbers
