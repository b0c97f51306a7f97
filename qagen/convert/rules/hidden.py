"""Text that no reader of the page sees: cut away by a clip, or off the page.

Publishers place figures as whole PDF pages of an older proof and clip all but the picture; the text layer keeps the proof's
running text, which stands in the document a second time.
"""

import ctypes
from collections.abc import Sequence

import pypdfium2.raw as pdfium

from qagen.records import BBox

_POINTS = 100
"""Points of a clip's outline that are looked at; one with more is no frame, and hides nothing here."""
_SEEN = 0.25
"""Share of a text's box inside its clip, across and up, from which on it is seen."""


def is_hidden(objects: Sequence[int]) -> bool:
    """Whether all these text objects, given by their addresses, lie outside the clip that they are drawn with."""
    return bool(objects) and all(
        address and _is_clipped(ctypes.cast(address, pdfium.FPDF_PAGEOBJECT)) for address in objects
    )


def is_off(box: BBox, width: float, height: float) -> bool:
    """Whether the middle of a box, in display coordinates, is not on the page."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return not (0 <= x <= width and 0 <= y <= height)


def _is_clipped(item: ctypes.c_void_p) -> bool:
    clip = pdfium.FPDFPageObj_GetClipPath(item)
    count = pdfium.FPDFClipPath_CountPaths(clip) if clip else 0
    if count <= 0:
        return False
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return False
    return any(
        frame is not None
        and not (
            _is_seen(left.value, right.value, frame[0], frame[2])
            and _is_seen(bottom.value, top.value, frame[1], frame[3])
        )
        for frame in (_frame(clip, number) for number in range(count))
    )


def _is_seen(start: float, end: float, low: float, high: float) -> bool:
    common = min(end, high) - max(start, low)
    return common >= _SEEN * (end - start)


def _frame(clip: ctypes.c_void_p, number: int) -> BBox | None:
    """The box around one path of a clip, in the coordinates of what is clipped."""
    points = []
    count = pdfium.FPDFClipPath_CountPathSegments(clip, number)
    if not 0 < count <= _POINTS:
        return None
    x, y = ctypes.c_float(), ctypes.c_float()
    for at in range(count):
        segment = pdfium.FPDFClipPath_GetPathSegment(clip, number, at)
        if not pdfium.FPDFPathSegment_GetPoint(segment, x, y):
            return None
        points.append((x.value, y.value))
    across, up = zip(*points, strict=True)
    return (min(across), min(up), max(across), max(up))
