"""What a page paints, in the order in which it does, with the parts of its forms: kinds, boxes, shapes, colours.

Nothing is rendered. What all objects are asked for is asked by loops that run in C.
"""

import ctypes
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from qagen.records import BBox

Floats = npt.NDArray[np.float64]
Matrix = tuple[float, float, float, float, float, float]

_OBJECTS = 20_000
"""Objects looked at on one page; a map or a scatter plot may hold millions, of which these show enough."""
_DEPTH = 6
"""Forms within each other that are looked into."""
_POINTS = 400
"""Points of an outline that are looked at; one with more is no box."""
_SQUARE = 0.97
"""Share of the box around an outline that is within it where it is a box, its corners perhaps rounded."""
_STRAIGHT = 0.6
"""Points by which a line across or down is off."""
_PLAIN: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True)
class Painted:
    """The objects of a page, the parts of a form behind the form.

    Attributes:
        handles: n addresses of pdfium's.
        kinds: n of its kinds of page object.
        boxes: (n, 4) left, bottom, right, top in points of the page's user space.
        parents: n numbers of the forms that the objects are in, -1 for none.
        matrices: from the space of a form to that of the page, by the form's number; of the page itself by -1.
    """

    handles: npt.NDArray[np.uintp]
    kinds: npt.NDArray[np.int8]
    boxes: Floats
    parents: npt.NDArray[np.int32]
    matrices: dict[int, Matrix]

    def __len__(self) -> int:
        return len(self.handles)

    @cached_property
    def _sorted(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.uintp]]:
        order = np.argsort(self.handles)
        return order, self.handles[order]

    def numbers(self, handles: npt.NDArray[np.uintp]) -> npt.NDArray[np.int64]:
        """The numbers of objects; -1 for those that are not among these."""
        order, known = self._sorted
        if not len(known):
            return np.full(len(handles), -1, np.int64)
        at = np.minimum(np.searchsorted(known, handles), len(known) - 1)
        return np.where(known[at] == handles, order[at], -1).astype(np.int64)

    def number(self, handle: int) -> int | None:
        """The number of one object; None where it is not among these."""
        found = int(self.numbers(np.array([handle], np.uintp))[0])
        return found if found >= 0 else None

    def matrix(self, number: int) -> Matrix:
        """From an object's own space to that of the page."""
        return _product(matrix_of(int(self.handles[number])), self.matrices[int(self.parents[number])])


def painted(page: pypdfium2.PdfPage) -> Painted:
    """The objects of a page that is open."""
    count = min(pdfium.FPDFPage_CountObjects(page), _OBJECTS)
    handle = ctypes.cast(page.raw, ctypes.c_void_p).value or 0
    walk = _Walk()
    walk.add(list(map(_OBJECT, repeat(handle), range(count))), -1, 0)
    boxes = np.array([box for part in walk.boxes for box in part]).reshape(-1, 4)
    return Painted(
        np.array(walk.handles, np.uintp),
        np.array(walk.kinds, np.int8),
        boxes,
        np.array(walk.parents, np.int32),
        walk.matrices,
    )


class _Walk:
    """Goes through a page's objects and into its forms."""

    def __init__(self) -> None:
        self.handles: list[int] = []
        self.kinds: list[int] = []
        self.parents: list[int] = []
        self.boxes: list[Floats] = []
        self.matrices: dict[int, Matrix] = {-1: _PLAIN}

    def add(self, handles: list[int | None], parent: int, depth: int) -> None:
        """Take in objects of the page, or of a form in it."""
        own = [handle for handle in handles if handle]
        kinds = list(map(_KIND, own))
        boxes = _in_space(_bounds(own), self.matrices[parent])
        begin = 0
        for number, kind in enumerate(kinds):
            if kind != pdfium.FPDF_PAGEOBJ_FORM or depth >= _DEPTH or len(self.handles) >= _OBJECTS:
                continue
            self._extend(own, kinds, boxes, parent, begin, number + 1)
            begin = number + 1
            form = len(self.handles) - 1
            self.matrices[form] = _product(matrix_of(own[number]), self.matrices[parent])
            parts = min(max(0, _PART_COUNT(own[number])), _OBJECTS - len(self.handles))
            self.add(list(map(_PART, repeat(own[number]), range(parts))), form, depth + 1)
        self._extend(own, kinds, boxes, parent, begin, len(own))

    def _extend(
        self, handles: list[int], kinds: list[int], boxes: Floats, parent: int, begin: int, end: int
    ) -> None:
        self.handles += handles[begin:end]
        self.kinds += kinds[begin:end]
        self.parents += [parent] * (end - begin)
        self.boxes.append(boxes[begin:end])


def matrix_of(handle: int) -> Matrix:
    """From an object's own space to that of what it is in."""
    matrix = pdfium.FS_MATRIX()
    if not _MATRIX(handle, ctypes.addressof(matrix)):
        return _PLAIN
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


@dataclass(frozen=True)
class Shape:
    """Where an object paints: boxes in the page's user space that it fills whole, if it is made of boxes.

    Attributes:
        boxes: the parts; empty where a clip leaves nothing.
        exact: whether the parts are filled whole; else they are the boxes around what is.
    """

    boxes: tuple[BBox, ...]
    exact: bool


def shape_of(objects: Painted, number: int) -> Shape:
    """Where a path or a picture paints, as far as its clips and those of its forms let it."""
    space = objects.matrices[int(objects.parents[number])]
    handle = int(objects.handles[number])
    around = _box(objects.boxes[number])
    if objects.kinds[number] == pdfium.FPDF_PAGEOBJ_PATH:
        outlines = _outlines(handle, _SEGMENT_COUNT(handle), _product(matrix_of(handle), space))
        boxes, exact = _boxes_of(outlines, around)
    else:
        _, b, c, _, _, _ = _product(matrix_of(handle), space)
        boxes, exact = (around,), abs(b) + abs(c) < 1e-3
    while True:
        for frame, square in _clips(handle, space):
            boxes = tuple(cut for box in boxes if (cut := _common(box, frame)))
            exact = exact and square
        number = int(objects.parents[number])
        if number < 0:
            return Shape(boxes, exact)
        handle, space = int(objects.handles[number]), objects.matrices[int(objects.parents[number])]


def cells_of(objects: Painted, number: int, most: int) -> list[BBox]:
    """The boxes, and the lines across and down as thin boxes, that a path is made of; none where it has anything else.

    Args:
        objects: what a page paints.
        number: the path's.
        most: points that an outline of many parts has at most.
    """
    handle = int(objects.handles[number])
    count = _SEGMENT_COUNT(handle)
    if not 0 < count <= most:
        return []
    space = _product(matrix_of(handle), objects.matrices[int(objects.parents[number])])
    found: list[BBox] = []
    for points in _split(map(_SEGMENT, repeat(handle), range(count)), space, straight=True):
        steps = np.abs(np.diff(points, axis=0))
        if (steps.min(axis=1) > _STRAIGHT).any():
            return []
        box = _box(np.concatenate((points.min(axis=0), points.max(axis=0))))
        if _is_square(points, box) or len(points) == 2:
            found.append(box)
        else:
            ends = pairwise(points)
            found += [_box(np.concatenate((np.minimum(a, b), np.maximum(a, b)))) for a, b in ends]
    return found


def _boxes_of(outlines: list[Floats] | None, around: BBox) -> tuple[tuple[BBox, ...], bool]:
    """The boxes of a path's outlines, and whether they are boxes, none in another."""
    if outlines is None:
        return (around,), False
    boxes = [_box(np.concatenate((points.min(axis=0), points.max(axis=0)))) for points in outlines]
    square = all(_is_square(points, box) for points, box in zip(outlines, boxes, strict=True))
    nested = len(boxes) > 1 and any(
        one is not other and _within(one, other) for one in boxes for other in boxes
    )
    return (tuple(boxes), True) if boxes and square and not nested else ((around,), False)


def _is_square(points: Floats, box: BBox) -> bool:
    x, y = points[:, 0], points[:, 1]
    area = abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2
    return area >= _SQUARE * (box[2] - box[0]) * (box[3] - box[1])


def _within(one: BBox, other: BBox) -> bool:
    return other[0] <= one[0] and other[1] <= one[1] and one[2] <= other[2] and one[3] <= other[3]


def _common(one: BBox, other: BBox) -> BBox | None:
    box = (max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3]))
    return box if box[0] < box[2] and box[1] < box[3] else None


def _clips(handle: int, space: Matrix) -> list[tuple[BBox, bool]]:
    """The boxes around the clips of an object, and whether each is just that box."""
    clip = pdfium.FPDFPageObj_GetClipPath(_address(handle))
    count = pdfium.FPDFClipPath_CountPaths(clip) if clip else 0
    found = []
    for number in range(max(0, count)):
        length: int = pdfium.FPDFClipPath_CountPathSegments(clip, number)
        segments = (
            ctypes.cast(pdfium.FPDFClipPath_GetPathSegment(clip, number, at), ctypes.c_void_p).value
            for at in range(length)
        )
        outlines = _split(segments, space) if 0 < length <= _POINTS else None
        if not outlines:
            # A clip that nobody knows: what it leaves is not sure.
            found.append(((-np.inf, -np.inf, np.inf, np.inf), False))
            continue
        whole = np.concatenate(outlines)
        box = _box(np.concatenate((whole.min(axis=0), whole.max(axis=0))))
        found.append((box, len(outlines) == 1 and _is_square(outlines[0], box)))
    return found


def colours(ask: Any, handles: list[int]) -> npt.NDArray[np.int64]:
    """Red, green, blue and opacity of objects, 0 to 255; black where an object has none. `ask` is FILL or STROKE.

    Of a pattern pdfium says white, or a grey of 191.
    """
    values = np.zeros((len(handles), 4), np.uint32)
    values[:, 3] = 255
    at = values.ctypes.data
    four = [[at + 16 * number + off for number in range(len(handles))] for off in (0, 4, 8, 12)]
    for _ in map(ask, handles, *four):
        pass
    return values.astype(np.int64)


def _outlines(handle: int, count: int, space: Matrix) -> list[Floats] | None:
    if not 0 < count <= _POINTS:
        return None
    return _split(map(_SEGMENT, repeat(handle), range(count)), space)


def _split(segments: Iterable[Any], space: Matrix, *, straight: bool = False) -> list[Floats]:
    """The outlines of a path, each as points, the handles of its curves among them; none with `straight` if it has any."""
    outlines: list[list[tuple[float, float]]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    at_x, at_y = ctypes.addressof(x), ctypes.addressof(y)
    for segment in segments:
        if not _POINT(segment, at_x, at_y):
            continue
        kind = _SEGMENT_KIND(segment)
        if straight and kind == pdfium.FPDF_SEGMENT_BEZIERTO:
            return []
        if not outlines or kind == pdfium.FPDF_SEGMENT_MOVETO:
            outlines.append([])
        outlines[-1].append((x.value, y.value))
    a, b, c, d, e, f = space
    turned = [np.array(points) @ np.array([[a, b], [c, d]]) + (e, f) for points in outlines]
    return [points for points in turned if len(points) > 1]


def _bounds(handles: list[int]) -> Floats:
    """Left, bottom, right, top of objects, in the space of what they are in."""
    boxes = np.zeros((len(handles), 4), np.float32)
    at = boxes.ctypes.data
    places = range(at, at + 16 * len(handles), 16)
    four = [[place + off for place in places] for off in (0, 4, 8, 12)]
    for _ in map(_BOUNDS, handles, *four):
        pass
    return boxes.astype(np.float64)


def _in_space(boxes: Floats, matrix: Matrix) -> Floats:
    """Around each box when a matrix moves it."""
    if matrix == _PLAIN or not len(boxes):
        return boxes
    a, b, c, d, e, f = matrix
    x, y = boxes[:, [0, 0, 2, 2]], boxes[:, [1, 3, 1, 3]]
    across, down = a * x + c * y + e, b * x + d * y + f
    return np.stack((across.min(axis=1), down.min(axis=1), across.max(axis=1), down.max(axis=1)), axis=1)


def _product(one: Matrix, other: Matrix) -> Matrix:
    """The matrix that does what `one` does, then what `other` does."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def _box(values: Floats) -> BBox:
    x0, y0, x1, y1 = (float(value) for value in values)
    return (x0, y0, x1, y1)


def _address(handle: int) -> Any:
    return ctypes.cast(handle, pdfium.FPDF_PAGEOBJECT)


def function(raw: Any, result: Any, *arguments: Any) -> Any:
    """One of pdfium's functions that takes plain numbers, addresses too."""
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(raw, ctypes.c_void_p).value or 0)


_HANDLE = ctypes.c_void_p
_OBJECT = function(pdfium.FPDFPage_GetObject, ctypes.c_void_p, _HANDLE, ctypes.c_int)
_KIND = function(pdfium.FPDFPageObj_GetType, ctypes.c_int, _HANDLE)
_BOUNDS = function(pdfium.FPDFPageObj_GetBounds, ctypes.c_int, *[_HANDLE] * 5)
_MATRIX = function(pdfium.FPDFPageObj_GetMatrix, ctypes.c_int, _HANDLE, _HANDLE)
_PART_COUNT = function(pdfium.FPDFFormObj_CountObjects, ctypes.c_int, _HANDLE)
_PART = function(pdfium.FPDFFormObj_GetObject, ctypes.c_void_p, _HANDLE, ctypes.c_ulong)
_SEGMENT_COUNT = function(pdfium.FPDFPath_CountSegments, ctypes.c_int, _HANDLE)
_SEGMENT = function(pdfium.FPDFPath_GetPathSegment, ctypes.c_void_p, _HANDLE, ctypes.c_int)
_SEGMENT_KIND = function(pdfium.FPDFPathSegment_GetType, ctypes.c_int, _HANDLE)
_POINT = function(pdfium.FPDFPathSegment_GetPoint, ctypes.c_int, *[_HANDLE] * 3)
FILL = function(pdfium.FPDFPageObj_GetFillColor, ctypes.c_int, *[_HANDLE] * 5)
STROKE = function(pdfium.FPDFPageObj_GetStrokeColor, ctypes.c_int, *[_HANDLE] * 5)
