"""Zero width non-joiners of Persian and its kin that pdfium leaves out, because the text object that draws one has no width.

Such an object is nowhere in the page's text. It is known by its place: nothing is printed there, and two letters of Arabic
script meet at it without any space.
"""

import ctypes
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from qagen.convert.rules.characters import Characters
from qagen.convert.rules.drawings import to_display

_NON_JOINER = 0x200C
_ARABIC = (0x0620, 0x06FF)
_EMPTY = 0.01
"""Points up to which an object has no width or height."""
_NEAR = 0.05
"""How far from a letter's edge a joiner may stand, in the letter's height."""
_MOST = 20_000
"""Objects of a page that are looked at."""


def with_joiners(page: pypdfium2.PdfPage, characters: Characters) -> Characters:
    """The characters of a page, while it is open, with the joiners between its Arabic letters."""
    codes, objects = characters.codes, characters.objects
    letters = np.flatnonzero((codes >= _ARABIC[0]) & (codes <= _ARABIC[1]))
    if objects is None or not len(letters):
        return characters
    boxes = characters.boxes[letters]
    behind = []
    for x, y in _empty_places(page, frozenset(objects.tolist())):
        level = (boxes[:, 1] <= y + 1) & (boxes[:, 3] >= y - 1)
        near = _NEAR * (boxes[:, 3] - boxes[:, 1])
        right = letters[level & (np.abs(boxes[:, 0] - x) <= near)]
        left = letters[level & (np.abs(boxes[:, 2] - x) <= near)]
        if len(right) and len(left):
            behind.append((int(right[0]), x))
    return _inserted(characters, sorted(behind)) if behind else characters


def _empty_places(page: pypdfium2.PdfPage, known: frozenset[int]) -> list[tuple[float, float]]:
    """Where text objects stand, as displayed, that print nothing and are not in the page's text."""
    l, b, r, t = (ctypes.c_float() for _ in range(4))  # noqa: E741 -- left, bottom, right, top
    bounds, rotation = page.get_bbox(), page.get_rotation()
    found = []
    for number in range(min(pdfium.FPDFPage_CountObjects(page), _MOST)):
        item = pdfium.FPDFPage_GetObject(page, number)
        if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_TEXT:
            continue
        if ctypes.cast(item, ctypes.c_void_p).value in known or not pdfium.FPDFPageObj_GetBounds(
            item, l, b, r, t
        ):
            continue
        if r.value - l.value <= _EMPTY and t.value - b.value <= _EMPTY:
            box = to_display((l.value, b.value, r.value, t.value), bounds, rotation)
            found.append((box[0], box[1]))
    return found


def _inserted(characters: Characters, behind: list[tuple[int, float]]) -> Characters:
    """The characters with a joiner behind each of these, at the x beside it."""
    places = np.array([place for place, _ in behind])
    order = np.sort(np.concatenate((np.arange(len(characters)), places)), kind="stable")
    new: npt.NDArray[np.intp] = places + 1 + np.arange(len(places))
    found = characters.where(order.astype(np.int32))
    boxes = found.boxes.copy()
    boxes[new, 0] = boxes[new, 2] = [x for _, x in behind]
    codes = found.codes.copy()
    codes[new] = _NON_JOINER
    return replace(found, codes=codes, boxes=boxes)
