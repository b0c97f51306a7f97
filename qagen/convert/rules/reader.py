"""A page's characters out of pdfium, in one pass over its raw interface.

What a text object has in common (font, angle, baseline) is asked for once an object, code and box once a character, and
each by a loop that runs in C: functions without conversions of their arguments, mapped over numbers and addresses.
"""

import ctypes
import math
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from qagen.convert.rules.characters import (
    BLANK,
    LINE_END,
    NONE,
    Characters,
    Codes,
    Floats,
    Font,
    Numbers,
    Objects,
)
from qagen.convert.rules.joiners import with_joiners
from qagen.records import BBox

LOST = 0xFFFD
_RETURN, _HYPHEN, _SOFT = 13, 45, 0xAD
_HIGH, _LOW, _AFTER = 0xD800, 0xDC00, 0xE000
"""Where high and low surrogates begin, and what comes behind them (Unicode 16.0, section 3.8)."""
_MOST = 0x10FFFF
_FAR = 1e6
"""Points that nothing is away, whatever a hostile page says."""
_EVEN = 0.001
"""Radians that are none."""
_SEEN = 0.12
"""Width of a soft hyphen, in its height, from which on it is printed, as a hyphen."""
_NARROW = 1.2
"""The same in points."""
_NAMELESS = "Unknown"
_NAME = 256
"""Bytes of a font's name; longer ones are cut."""


def read(page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage) -> Characters:
    """All characters of a page, in the order of the text layer.

    Args:
        page: the page, open.
        text: its text.
    """
    count = text.count_chars()
    if count <= 0:
        return NONE
    handle = _passed(ctypes.cast(text.raw, ctypes.c_void_p))
    every = range(count)
    codes = np.fromiter(map(_CODE, repeat(handle), every), np.uint32, count)
    objects = np.fromiter(map(_OBJECT, repeat(handle), every), np.uintp, count)
    fonts, styles, angles, origins = _objects(handle, objects)
    boxes = np.nan_to_num(np.clip(_boxes(handle, angles), -_FAR, _FAR))
    codes, whole = _code_points(codes, objects, boxes)
    rotation = page.get_rotation()
    angles = ((angles + np.radians(rotation) + _EVEN) % (2 * np.pi) - _EVEN).astype(np.float32)
    shown, baselines = displayed(boxes, origins, angles, page.get_bbox(), rotation)
    found = Characters(codes, shown, baselines, angles, fonts, styles, objects=objects)
    return with_joiners(page, found.where(whole))


def displayed(
    boxes: npt.NDArray[Any], origins: npt.NDArray[Any], angles: Floats, bounds: BBox, rotation: int
) -> tuple[Floats, Floats]:
    """Boxes and baselines in PDF user space as they are displayed: origin top left of `bounds`, turned by `rotation`.

    Args:
        boxes: left, bottom, right, top.
        origins: x and y of where each character begins on its baseline.
        angles: radians, clockwise as displayed.
        bounds: the page's box in user space.
        rotation: degrees, clockwise: 0, 90, 180 or 270.
    """
    left, bottom, right, top = bounds
    x0, y0, x1, y1 = boxes.T
    x, y = origins.T
    turned = {
        0: lambda: (x0 - left, top - y1, x1 - left, top - y0, x - left, top - y),
        90: lambda: (y0 - bottom, x0 - left, y1 - bottom, x1 - left, y - bottom, x - left),
        180: lambda: (right - x1, y0 - bottom, right - x0, y1 - bottom, right - x, y - bottom),
        270: lambda: (top - y1, right - x1, top - y0, right - x0, top - y, right - x),
    }
    a, b, c, d, across, down = turned[rotation]()
    shown = np.stack((np.minimum(a, c), np.minimum(b, d), np.maximum(a, c), np.maximum(b, d)), axis=1)
    sideways = np.round(2 * angles / np.pi).astype(int) % 2 == 1
    return shown.astype(np.float32), np.where(sideways, across, down).astype(np.float32)


def _function(raw: Any, result: Any) -> Any:
    """One of pdfium's functions, without types of its arguments: converting each by its type takes longer than the call.

    Numbers may be ints of 32 bits; all else must be `_passed`, or come from `byref`.
    """
    address = ctypes.cast(raw, ctypes.c_void_p).value
    assert address, "the library has the function"
    return ctypes.PYFUNCTYPE(result)(address)


def _passed(handle: ctypes.c_void_p) -> Any:
    """A handle as it is passed to a function, converted once for all calls."""
    return ctypes.c_void_p.from_param(handle)


_CODE = _function(pdfium.FPDFText_GetUnicode, ctypes.c_uint)
_OBJECT = _function(pdfium.FPDFText_GetTextObject, ctypes.c_size_t)
_ANGLE = _function(pdfium.FPDFText_GetCharAngle, ctypes.c_float)
_SIZE = _function(pdfium.FPDFText_GetFontSize, ctypes.c_double)
_WEIGHT = _function(pdfium.FPDFText_GetFontWeight, ctypes.c_int)
_LOOSE = _function(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int)
_TIGHT = _function(pdfium.FPDFText_GetCharBox, ctypes.c_int)
_ORIGIN = _function(pdfium.FPDFText_GetCharOrigin, ctypes.c_int)
_MATRIX = _function(pdfium.FPDFText_GetMatrix, ctypes.c_int)
_FONT = _function(pdfium.FPDFText_GetFontInfo, ctypes.c_ulong)


class _Rectangles:
    """Room for so many of pdfium's rectangles, with a reference to each."""

    COUNT = 4096

    def __init__(self) -> None:
        self.room = (pdfium.FS_RECTF * self.COUNT)()
        size = ctypes.sizeof(pdfium.FS_RECTF)
        self.references = [ctypes.byref(self.room, size * number) for number in range(self.COUNT)]

    def values(self, count: int) -> Floats:
        """Left, top, right, bottom of the first of them."""
        return np.frombuffer(self.room, np.float32).reshape(-1, 4)[:count]


_IDLE: list[_Rectangles] = []
"""Rooms that nobody uses just now; each thread takes one out."""


def _objects(handle: Any, objects: Objects) -> tuple[Numbers, tuple[Font, ...], Floats, Floats]:
    """Each character's font, the fonts, angle and origin, asked for where another text object begins.

    What pdfium adds between objects belongs to the one before it, and at the beginning to the first one.
    """
    stated = np.flatnonzero(objects)
    first = stated[:1]
    begins = np.concatenate((first, stated[1:][objects[stated[1:]] != objects[stated[:-1]]]))
    fonts: dict[Font, int] = {}
    known: dict[Said, int] = {}
    places: list[int] = []
    found: list[tuple[float, float]] = []
    x, y = ctypes.c_double(), ctypes.c_double()
    at_x, at_y = ctypes.byref(x), ctypes.byref(y)
    asked = _Asked(handle)
    for place in begins.tolist():
        said = asked.said(place)
        if said not in known:
            known[said] = fonts.setdefault(_font(said), len(fonts))
        places.append(known[said])
        found.append((x.value, y.value) if _ORIGIN(handle, place, at_x, at_y) else (0.0, 0.0))
    angles = list(map(_ANGLE, repeat(handle), begins.tolist()))
    origins = np.array(found, np.float64).reshape(-1, 2)
    origins = np.nan_to_num(np.clip(origins, -_FAR, _FAR))
    if not places:
        places, angles, origins = (
            [fonts.setdefault(Font(_NAMELESS, 1.0, 1.0), 0)],
            [0.0],
            np.zeros((1, 2), np.float64),
        )
        begins = np.zeros(1, np.int64)
    lengths = np.diff(np.concatenate(([0], begins[1:], [len(objects)])))
    return (
        np.repeat(np.array(places, np.int32), lengths),
        tuple(fonts),
        np.repeat(np.array(angles, np.float32), lengths),
        np.repeat(origins, lengths, axis=0).astype(np.float32),
    )


Said = tuple[bytes, float, float, float, int, int]
"""What pdfium says of a text object's font: its name, size, the lower row of the text's matrix, weight and flags."""


class _Asked:
    """Asks what a page's text objects have in common."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        self.name, self.flags, self.matrix = (
            ctypes.create_string_buffer(_NAME),
            ctypes.c_int(),
            pdfium.FS_MATRIX(),
        )
        self.at = (ctypes.byref(self.name), ctypes.byref(self.flags), ctypes.byref(self.matrix))

    def said(self, place: int) -> Said:
        """Of the font that sets the character at some place."""
        handle, (at_name, at_flags, at_matrix) = self.handle, self.at
        named = 0 < _FONT(handle, place, at_name, _NAME, at_flags) <= _NAME
        c, d = (self.matrix.c, self.matrix.d) if _MATRIX(handle, place, at_matrix) else (0.0, 1.0)
        return (
            self.name.value if named else b"",
            _SIZE(handle, place),
            c,
            d,
            _WEIGHT(handle, place),
            self.flags.value if named else 0,
        )


def _font(said: Said) -> Font:
    name, size, c, d, weight, flags = said
    return Font(
        name.decode("utf-8", "replace") or _NAMELESS, size, round(size * math.hypot(c, d), 1), weight, flags
    )


def _boxes(handle: Any, angles: Floats) -> Floats:
    """Left, bottom, right, top: as high as the font for text along the page's sides, else around what is drawn."""
    count = len(angles)
    boxes = np.zeros((count, 4), np.float32)
    room = _IDLE.pop() if _IDLE else _Rectangles()
    for start in range(0, count, room.COUNT):
        end = min(start + room.COUNT, count)
        answers = list(map(_LOOSE, repeat(handle), range(start, end), room.references))
        boxes[start:end] = room.values(end - start)[:, [0, 3, 2, 1]]
        boxes[start:end][np.array(answers) == 0] = 0
    _IDLE.append(room)
    quarters = 2 * angles / np.pi
    tight = np.flatnonzero(np.abs(quarters - np.round(quarters)) > _EVEN)
    if len(tight):
        found = np.zeros((len(tight), 4), np.float64)
        values = [ctypes.c_double() for _ in range(4)]
        left, right, bottom, top = map(ctypes.byref, values)
        for number, place in enumerate(tight.tolist()):
            if _TIGHT(handle, place, left, right, bottom, top):
                found[number] = [values[0].value, values[2].value, values[1].value, values[3].value]
        boxes[tight] = found
    return boxes


def _code_points(codes: Codes, objects: Objects, boxes: Floats) -> tuple[Codes, npt.NDArray[np.bool_]]:
    """Codes with surrogates put together and what is no Unicode lost; and which are left: not the second of a pair."""
    kept = codes != _RETURN
    # A line's end that the PDF itself wrote ends no line.
    codes = np.where((codes == LINE_END) & (objects != 0), BLANK, codes).astype(np.uint32)
    soft = np.flatnonzero(codes == _SOFT)
    if len(soft):
        width, height = boxes[soft, 2] - boxes[soft, 0], boxes[soft, 3] - boxes[soft, 1]
        wide = width >= np.maximum(_NARROW, _SEEN * height)
        kept[soft[~wide]] = False
        codes[soft[wide]] = _HYPHEN
    if int(codes.max()) < _HIGH:
        return codes, kept
    high = (codes >= _HIGH) & (codes < _LOW)
    low = (codes >= _LOW) & (codes < _AFTER)
    first = np.flatnonzero(high[:-1] & low[1:])
    codes[first] = 0x10000 + ((codes[first] - _HIGH) << 10) + (codes[first + 1] - _LOW)
    kept[first + 1] = False
    bad = ((codes >= _HIGH) & (codes < _AFTER)) | (codes > _MOST)
    codes[bad] = LOST
    return codes, kept
