"""Ruling lines and drawn areas of a page, from its page objects' bounds: nothing is rendered, whatever its size."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from qagen.convert.rules.painted import Painted, cells_of
from qagen.records import BBox

Floats = npt.NDArray[np.float64]

_THIN = 2.5
"""Points that a line is thick at most."""
_MOST_CELLS, _OUTLINE = 3000, 4000
"""Paths of a page that may be cells, and points of one that is many cells: more are plots and maps."""
_BACKGROUND = 0.6
"""Share of the page from which on what is drawn is its background."""
_CELL = 8.0
"""Points: drawn parts closer than about two of these belong to one drawing."""
_REACH = 2
"""Cells from one part of a drawing to the next."""
_PARTS = 8
"""Paths that make a drawing; fewer are rules, boxes and underlines of text."""


@dataclass(frozen=True)
class Drawn:
    """What is drawn on a page, as boxes in display coordinates.

    Attributes:
        rules: horizontal ruling lines.
        areas: of pictures and drawings; one that fills most of the page is its background and is left out.
        boxes: what may be cells and lines of tables, those in forms too.
    """

    rules: tuple[BBox, ...]
    areas: tuple[BBox, ...]
    boxes: tuple[BBox, ...]


def drawings_of(page: pypdfium2.PdfPage, objects: Painted) -> Drawn:
    """What a page that is open draws.

    Args:
        page: the page.
        objects: what it paints.
    """
    left, bottom, right, top = page.get_bbox()
    turn = page.get_rotation()
    width, height = (top - bottom, right - left) if turn in (90, 270) else (right - left, top - bottom)
    bounds = (left, bottom, right, top)
    shown = _displayed(objects.boxes, bounds, turn)
    across, down = shown[:, 2] - shown[:, 0], shown[:, 3] - shown[:, 1]
    own = (objects.parents < 0) & (across * down <= _BACKGROUND * width * height)
    path = objects.kinds == pdfium.FPDF_PAGEOBJ_PATH
    rule = path & (down < _THIN) & (across > 20)
    other = np.isin(objects.kinds, (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM))
    large = across * down > 0.005 * width * height
    paths = _boxes(shown[own & path & ~rule])
    return Drawn(
        tuple(_boxes(shown[own & rule])),
        (*_boxes(shown[own & other & large]), *_clusters(paths, width, height)),
        tuple(_boxes(_displayed(_cells(objects, path, _BACKGROUND * width * height), bounds, turn))),
    )


def _cells(objects: Painted, path: npt.NDArray[np.bool_], most: float) -> Floats:
    """Thin lines as they are, and what paths of boxes and of lines across and down are made of, in user space.

    A box of more than `most` square points is the page's background.
    """
    boxes = objects.boxes
    across, down = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    thin = path & (((down < _THIN) & (across > 8)) | ((across < _THIN) & (down > 6)))
    maybe = np.flatnonzero(path & (across > 8) & (down > 6) & ~thin)
    if thin.sum() > _MOST_CELLS or len(maybe) > _MOST_CELLS:
        return np.zeros((0, 4))
    found = [boxes[thin]]
    for number in maybe.tolist():
        parts = cells_of(objects, number, _OUTLINE)
        if len(parts) == 1:
            found.append(boxes[number : number + 1])
        elif parts:
            found.append(np.array(parts))
    whole = np.concatenate(found)
    return whole[(whole[:, 2] - whole[:, 0]) * (whole[:, 3] - whole[:, 1]) <= most]


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


def _displayed(boxes: Floats, bounds: BBox, rotation: int) -> Floats:
    """Boxes as `to_display` gives each."""
    columns: Any = tuple(boxes.T) if len(boxes) else (np.zeros(0),) * 4
    return np.stack(to_display(columns, bounds, rotation), axis=1)


def _boxes(boxes: Floats) -> list[BBox]:
    return [(x0, y0, x1, y1) for x0, y0, x1, y1 in boxes.tolist()]


def _clusters(paths: list[BBox], width: float, height: float) -> list[BBox]:
    """Drawings: groups of paths that lie near each other, found by flooding a coarse grid."""
    if len(paths) < _PARTS:
        return []
    columns, lines = int(width / _CELL) + 1, int(height / _CELL) + 1
    # A cell is one number; the lines of one column and the next are so far apart that no flood goes from one to the other.
    stride = lines + 1 + 2 * _REACH
    owners: dict[int, list[int]] = {}
    for number, (x0, y0, x1, y1) in enumerate(paths):
        for column in range(max(0, int(x0 / _CELL)), min(columns, int(x1 / _CELL)) + 1):
            first, last = max(0, int(y0 / _CELL)), min(lines, int(y1 / _CELL))
            for cell in range(column * stride + first, column * stride + last + 1):
                owners.setdefault(cell, []).append(number)
    found = []
    while owners:
        cells, numbers = _flood(owners, stride)
        on = [cell % stride for cell in cells]
        x0, x1 = min(cells) // stride * _CELL, (max(cells) // stride + 1) * _CELL
        y0, y1 = min(on) * _CELL, (max(on) + 1) * _CELL
        if len(numbers) >= _PARTS and (x1 - x0) * (y1 - y0) > 0.012 * width * height:
            found.append((x0, y0, x1, y1))
    return found


def _flood(owners: dict[int, list[int]], stride: int) -> tuple[list[int], set[int]]:
    """Take one connected group of cells (reaching over two) out of `owners`; a column's cells are `stride` from the next's."""
    reach = range(-_REACH, _REACH + 1)
    steps = [stride * across + down for across in reach for down in reach]
    start = next(iter(owners))
    numbers = set(owners.pop(start))
    cells = [start]
    for cell in cells:
        for step in steps:
            if cell + step in owners:
                numbers.update(owners.pop(cell + step))
                cells.append(cell + step)
    return cells, numbers
