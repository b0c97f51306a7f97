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
    handle = ctypes.cast(text.raw, ctypes.c_void_p).value or 0
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


def _function(raw: Any, result: Any, *arguments: Any) -> Any:
    """One of pdfium's functions that takes plain numbers, addresses too."""
    address = ctypes.cast(raw, ctypes.c_void_p).value
    assert address, "the library has the function"
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


_PAGE, _PLACE, _ADDRESS = ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p
_CODE = _function(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _PAGE, _PLACE)
_OBJECT = _function(pdfium.FPDFText_GetTextObject, ctypes.c_size_t, _PAGE, _PLACE)
_ANGLE = _function(pdfium.FPDFText_GetCharAngle, ctypes.c_float, _PAGE, _PLACE)
_SIZE = _function(pdfium.FPDFText_GetFontSize, ctypes.c_double, _PAGE, _PLACE)
_WEIGHT = _function(pdfium.FPDFText_GetFontWeight, ctypes.c_int, _PAGE, _PLACE)
_LOOSE = _function(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int, _PAGE, _PLACE, _ADDRESS)
_TIGHT = _function(pdfium.FPDFText_GetCharBox, ctypes.c_int, _PAGE, _PLACE, *[_ADDRESS] * 4)
_ORIGIN = _function(pdfium.FPDFText_GetCharOrigin, ctypes.c_int, _PAGE, _PLACE, _ADDRESS, _ADDRESS)
_MATRIX = _function(pdfium.FPDFText_GetMatrix, ctypes.c_int, _PAGE, _PLACE, _ADDRESS)
_FONT = _function(
    pdfium.FPDFText_GetFontInfo, ctypes.c_ulong, _PAGE, _PLACE, _ADDRESS, ctypes.c_ulong, _ADDRESS
)


def _objects(handle: int, objects: Objects) -> tuple[Numbers, tuple[Font, ...], Floats, Floats]:
    """Each character's font, the fonts, angle and origin, asked for where another text object begins.

    What pdfium adds between objects belongs to the one before it, and at the beginning to the first one.
    """
    stated = np.flatnonzero(objects)
    first = stated[:1]
    begins = np.concatenate((first, stated[1:][objects[stated[1:]] != objects[stated[:-1]]]))
    fonts: dict[Font, int] = {}
    places: list[int] = []
    angles: list[float] = []
    origins = np.zeros((len(begins), 2), np.float64)
    name, flags = ctypes.create_string_buffer(_NAME), ctypes.c_int()
    matrix = pdfium.FS_MATRIX()
    at_matrix = ctypes.addressof(matrix)
    at_name, at_flags, at_origin = ctypes.addressof(name), ctypes.addressof(flags), origins.ctypes.data
    for number, place in enumerate(begins.tolist()):
        length = _FONT(handle, place, at_name, _NAME, at_flags)
        known = 0 < length <= _NAME
        size = _SIZE(handle, place)
        scale = math.hypot(matrix.c, matrix.d) if _MATRIX(handle, place, at_matrix) else 1.0
        font = Font(
            (name.value.decode("utf-8", "replace") if known else "") or _NAMELESS,
            size,
            round(size * scale, 1),
            _WEIGHT(handle, place),
            flags.value if known else 0,
        )
        places.append(fonts.setdefault(font, len(fonts)))
        angles.append(_ANGLE(handle, place))
        _ORIGIN(handle, place, at_origin + 16 * number, at_origin + 16 * number + 8)
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


def _boxes(handle: int, angles: Floats) -> Floats:
    """Left, bottom, right, top: as high as the font for text along the page's sides, else around what is drawn."""
    count = len(angles)
    boxes = np.zeros((count, 4), np.float32)
    at = boxes.ctypes.data
    # FS_RECTF is left, top, right, bottom.
    for _ in map(_LOOSE, repeat(handle), range(count), range(at, at + 16 * count, 16)):
        pass
    boxes = boxes[:, [0, 3, 2, 1]]
    quarters = 2 * angles / np.pi
    tight = np.flatnonzero(np.abs(quarters - np.round(quarters)) > _EVEN)
    if len(tight):
        found = np.zeros((len(tight), 4), np.float64)
        at = found.ctypes.data
        for number, place in enumerate(tight.tolist()):
            begin = at + 32 * number
            _TIGHT(handle, place, begin, begin + 16, begin + 8, begin + 24)
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
