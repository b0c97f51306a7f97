"""Text that is on a page and that nobody who looks at it sees.

In the colour of what is behind it, smaller than can be read, drawn without ink, see-through, under a box or a picture that is painted
later, or on a layer that is off. So passages are struck out, old drafts are kept, and instructions to a model are hidden. What
cannot be told from the page's objects alone counts as seen, and a text layer below or above the picture of its page is one.
"""

import ctypes
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from qagen.convert.rules.drawings import to_display
from qagen.convert.rules.painted import FILL, STROKE, Painted, Shape, colours, function, shape_of
from qagen.records import BBox

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

_SMALL = 1.2
"""Points: letters are as high as about half of this."""
_LIKE = 14
"""Steps of 255 by which two colours may differ in any channel that nobody tells apart."""
_SEE_THROUGH = 13
"""Of 255: text that is less opaque is not seen."""
_BROAD, _HIGH = 6.0, 4.0
"""Points that a box is wide and high at least to hide text or to be behind it."""
_COVERED = 0.6
"""Share of a character's height that a box over it is high at least: lines that strike out or underline are lower."""
_THICK = 4.0
"""Points: a line that is as thick may be behind text."""
_SHAPES = 500
"""Boxes and pictures with text in them that are looked at."""
_PATTERN = 191
"""The grey that pdfium gives where a pattern fills a shape."""
_PIXELS = 4_000_000
"""Pixels of a picture that is looked at for transparency; what is larger is taken to be transparent."""
_OPAQUE = 250
_SEEN = 0.2
"""Share of a text's characters that leave a trace from which on it is seen."""
_SCALE, _DRAWN = 2.0, 1_000_000
"""Pixels a point, and in all, at most, where a part of a page has to be drawn to tell."""
_LAYER = 0.2
"""Characters with ink, over those without, up to which those without are the page's text layer."""
_SCAN, _PART = 0.3, 0.25
"""Share of the page that a picture of text covers, and of the page's text that it has."""
_MOST, _MANY = 0.6, 200
"""Share and number of a page's characters from which on so many are not believed to be unseen."""
_FILLED, _STROKED, _BOTH = (0, 4), (1, 5), (2, 6)
_NO_INK, _CLIPPING = 3, (4, 5, 6, 7)
"""Modes of text (PDF 32000-1, table 106)."""


class Cause(Enum):
    """Why nobody sees a text."""

    COLOUR = "in the colour of what is behind it"
    SMALL = "too small to be read"
    NO_INK = "drawn without ink"
    COVERED = "covered"
    LAYER = "on a layer that is off"


_CAUSES = list(Cause)


@dataclass(frozen=True)
class Unseen:
    """What nobody sees of a page.

    Attributes:
        causes: for each of n characters the number of its cause, from 1 on; 0 where it is seen.
        doubtful: characters that look unseen, but are too many to be.
    """

    causes: npt.NDArray[np.int8]
    doubtful: int = 0

    def named(self) -> tuple[Cause, ...]:
        """The causes that there are, but for layers, which anybody can switch on."""
        numbers = sorted(set(self.causes.tolist()) - {0})
        return tuple(cause for number in numbers if (cause := _CAUSES[number - 1]) is not Cause.LAYER)


def unseen(
    page: pypdfium2.PdfPage,
    objects: Painted,
    owners: npt.NDArray[np.uintp],
    inked: Flags,
    boxes: Floats,
    off: Flags | None = None,
) -> Unseen:
    """Which characters of a page nobody sees.

    Args:
        page: the page, open.
        objects: what it paints.
        owners: the addresses of the n characters' text objects; 0 for blanks that pdfium adds.
        inked: which characters are no blanks.
        boxes: (n, 4) points as displayed, origin top left.
        off: which of the objects are on layers that are off; None where none is.
    """
    if not inked.any():
        return Unseen(np.zeros(len(owners), np.int8))
    return _Page(page, objects, owners, inked, boxes, off).unseen()


class _Page:
    def __init__(
        self,
        page: pypdfium2.PdfPage,
        objects: Painted,
        owners: npt.NDArray[np.uintp],
        inked: Flags,
        boxes: Floats,
        off: Flags | None,
    ) -> None:
        self.page, self.objects, self.inked, self.boxes = page, objects, inked, boxes
        self.x, self.y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
        self.off = np.zeros(len(objects), np.bool_) if off is None else off
        self.texts, self.of = np.unique(owners, return_inverse=True)
        self.bounds, self.turn = page.get_bbox(), page.get_rotation()
        self.order = self._order()
        self.behind = np.full((len(owners), 3), 255, np.int64)
        self.known = self.order >= 0
        self.covered = np.zeros(len(owners), np.bool_)
        self.pictured = np.zeros(len(owners), np.bool_)
        self.white = np.zeros(len(owners), np.bool_)
        self.pictures: list[BBox] = []

    def _order(self) -> Integers:
        """When each character is painted; -1 where nobody knows."""
        return self.objects.numbers(self.texts)[self.of]

    def unseen(self) -> Unseen:
        causes = np.zeros(len(self.of), np.int8)
        self._look_at_shapes()
        modes = np.fromiter(map(_MODE, self.texts.tolist()), np.int64, len(self.texts))
        no_ink, like = self._by_colour(modes)
        # What text clips is painted in its shape.
        self.covered &= ~np.isin(modes, _CLIPPING)[self.of]
        self.pictured &= ~np.isin(modes, _CLIPPING)[self.of]
        like, self.covered = self._without_shown(like, self.covered)
        layer = self._is_layer((no_ink | self.pictured) & self.inked)
        doubtful = (like | self.covered) & self.inked
        believed = doubtful.sum() < max(_MANY, _MOST * self.inked.sum())
        for cause, flags in (
            (Cause.COLOUR, like & believed),
            (Cause.COVERED, (self.covered & believed) | (self.pictured & ~layer)),
            (Cause.NO_INK, no_ink & ~layer),
            (Cause.SMALL, self._small()),
            (Cause.LAYER, (self.order >= 0) & self.off[self.order] if len(self.off) else like & False),
        ):
            causes[flags] = _CAUSES.index(cause) + 1
        return Unseen(causes, 0 if believed else int(doubtful.sum()))

    def _by_colour(self, modes: Integers) -> tuple[Flags, Flags]:
        """Characters that leave no ink, and characters in the colour of what is known to be behind them."""
        fill = colours(FILL, self.texts.tolist())
        stroke = colours(STROKE, self.texts.tolist()) if np.isin(modes, _STROKED + _BOTH).any() else fill
        inks = {kind: np.isin(modes, kind)[self.of] for kind in (_FILLED, _STROKED, _BOTH)}
        faint = {id(c): (c[:, 3] < _SEE_THROUGH)[self.of] for c in (fill, stroke)}
        alike = {
            id(c): self.known & (np.abs(c[self.of, :3] - self.behind) <= _LIKE).all(axis=1)
            for c in (fill, stroke)
        }

        def of(flags: dict[int, Flags]) -> Flags:
            filled, stroked = flags[id(fill)], flags[id(stroke)]
            either: Flags = (
                (inks[_FILLED] & filled) | (inks[_STROKED] & stroked) | (inks[_BOTH] & filled & stroked)
            )
            return either

        stated = self.texts[self.of] != 0
        no_ink = ((modes == _NO_INK)[self.of] | of(faint)) & stated
        return no_ink, of(alike) & stated & ~no_ink

    def _without_shown(self, like: Flags, covered: Flags) -> tuple[Flags, Flags]:
        """The same without what is seen nevertheless: pdfium gives white as the colour of patterns and shadings too."""
        if not ((like | covered) & self.inked).any():
            return like, covered
        white = (colours(FILL, self.texts.tolist())[:, :3] == 255).all(axis=1)[self.of]
        unsure = ((like & (white | self.white)) | (covered & self.white)) & self.inked
        if not unsure.any():
            return like, covered
        shown = unsure & self._is_shown(unsure)
        return like & ~shown, covered & ~shown

    def _is_shown(self, unsure: Flags) -> Flags:
        """Which of some characters leave a trace where they are; all where the page has pictures too large to draw."""
        if any(
            _pixels(handle) > _PIXELS
            for handle in self.objects.handles[self.objects.kinds == pdfium.FPDF_PAGEOBJ_IMAGE].tolist()
        ):
            return unsure
        texts = self.texts[np.unique(self.of[unsure])].tolist()
        before = self._drawn(unsure)
        try:
            for text in texts:
                _ACTIVATE(text, 0)
            after = self._drawn(unsure)
        finally:
            for text in texts:
                _ACTIVATE(text, 1)
        change = np.abs(before.astype(np.int16) - after).max(axis=2)
        found = np.zeros(len(unsure), np.bool_)
        x, y, scale = *self._corner(unsure), self._scale(unsure)
        for at in np.flatnonzero(unsure).tolist():
            x0, y0, x1, y1 = ((self.boxes[at] - (x, y, x, y)) * scale).tolist()
            inner = change[max(0, int(y0)) : int(y1) + 1, max(0, int(x0)) : int(x1) + 1]
            found[at] = bool(inner.size) and int(inner.max()) > _LIKE
        # A thin letter of a seen word may leave little.
        seen = np.bincount(self.of, found) > _SEEN * np.bincount(self.of, unsure)
        return found | seen[self.of]

    def _corner(self, chars: Flags) -> tuple[float, float]:
        return max(0.0, float(self.boxes[chars, 0].min()) - 2), max(
            0.0, float(self.boxes[chars, 1].min()) - 2
        )

    def _scale(self, chars: Flags) -> float:
        x, y = self._corner(chars)
        width, height = float(self.boxes[chars, 2].max()) - x + 2, float(self.boxes[chars, 3].max()) - y + 2
        return float(min(_SCALE, (_DRAWN / max(1.0, width * height)) ** 0.5))

    def _drawn(self, chars: Flags) -> npt.NDArray[np.uint8]:
        """The part of the page, as displayed, in which some characters are."""
        x, y = self._corner(chars)
        scale = self._scale(chars)
        width = int((float(self.boxes[chars, 2].max()) - x + 2) * scale) + 1
        height = int((float(self.boxes[chars, 3].max()) - y + 2) * scale) + 1
        bitmap = pypdfium2.PdfBitmap.new_native(width, height, pdfium.FPDFBitmap_BGRx)
        try:
            bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
            matrix = pdfium.FS_MATRIX(scale, 0, 0, scale, -x * scale, -y * scale)
            clip = pdfium.FS_RECTF(0, 0, width, height)
            pdfium.FPDF_RenderPageBitmapWithMatrix(bitmap.raw, self.page.raw, matrix, clip, 0)
            drawn: npt.NDArray[np.uint8] = bitmap.to_numpy()[:, :, :3].copy()
            return drawn
        finally:
            bitmap.close()

    def _is_layer(self, without: Flags) -> Flags:
        """Of the characters without ink, or under a picture, those that are the text of a picture of text."""
        count = int(without.sum())
        if not count:
            return without
        over = np.zeros(len(without), np.bool_)
        for box in self.pictures:
            over |= self._within(box)
        seen = int((self.inked & ~without).sum())
        width, height = self._size()
        area = max(((b[2] - b[0]) * (b[3] - b[1]) for b in self.pictures), default=0.0)
        scanned = count >= seen or (area >= _SCAN * width * height and count >= _PART * seen)
        return np.where(over, scanned, seen <= _LAYER * count)

    def _size(self) -> tuple[float, float]:
        left, bottom, right, top = self.bounds
        return right - left, top - bottom

    def _within(self, box: BBox) -> Flags:
        x0, y0, x1, y1 = box
        return (self.x > x0) & (self.x < x1) & (self.y > y0) & (self.y < y1)

    def _look_at_shapes(self) -> None:
        """What is behind each character, and what is painted over it."""
        boxes = self.objects.boxes
        drawn = np.isin(
            self.objects.kinds,
            (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING),
        )
        large = (boxes[:, 2] - boxes[:, 0] > _BROAD) & (boxes[:, 3] - boxes[:, 1] > _HIGH)
        looked = 0
        for number in np.flatnonzero(drawn & large & ~self.off).tolist():
            shown = self._shown(boxes[number])
            if not (self._within(shown) & self.inked).any():
                continue
            looked += 1
            if looked > _SHAPES:
                self.known[self.order > number] = False
                return
            self._look_at(number, shown)

    def _shown(self, box: Floats) -> BBox:
        return to_display(
            (float(box[0]), float(box[1]), float(box[2]), float(box[3])), self.bounds, self.turn
        )

    def _look_at(self, number: int, shown: BBox) -> None:
        kind = self.objects.kinds[number]
        handle = int(self.objects.handles[number])
        if kind == pdfium.FPDF_PAGEOBJ_PATH and not _is_filled(handle):
            if _is_thick(handle):
                self.known[self._within(shown) & (self.order > number)] = False
            return
        shape = shape_of(self.objects, number)
        parts = [self._shown(np.array(box)) for box in shape.boxes]
        inside = np.zeros(len(self.of), np.bool_)
        over = np.zeros(len(self.of), np.bool_)
        heights = self.boxes[:, 3] - self.boxes[:, 1]
        for part in parts:
            within = self._within(part)
            inside |= within
            over |= within & (part[3] - part[1] >= _COVERED * heights)
        later, earlier = inside & (self.order > number), over & (self.order >= 0) & (self.order < number)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            self.pictures.extend(parts)
            self.known[later] = False
            if (earlier & self.inked).any() and self._is_solid(number, shape) and self._is_opaque(handle):
                self.pictured |= earlier
            return
        colour = colours(FILL, [handle])[0]
        solid = kind == pdfium.FPDF_PAGEOBJ_PATH and self._is_solid(number, shape)
        if not solid or colour[3] < 255 or (colour[:3] == _PATTERN).all():
            self.known[later] = False
            return
        self.behind[later], self.known[later] = colour[:3], True
        self.covered |= earlier
        if (colour[:3] == 255).all():
            self.white |= later | earlier

    def _is_solid(self, number: int, shape: Shape) -> bool:
        """Whether an object fills its boxes and lets nothing shine through, nor do the forms that it is in."""
        while number >= 0:
            if _TRANSPARENT(int(self.objects.handles[number])):
                return False
            number = int(self.objects.parents[number])
        return shape.exact

    def _is_opaque(self, handle: int) -> bool:
        """Whether a picture has no mask."""
        item = ctypes.cast(handle, pdfium.FPDF_PAGEOBJECT)
        if not 0 < _pixels(handle) <= _PIXELS:
            return False
        bitmap = pdfium.FPDFImageObj_GetRenderedBitmap(self.page.pdf.raw, self.page.raw, item)
        if not bitmap:
            return False
        picture = pypdfium2.PdfBitmap.from_raw(bitmap)
        try:
            pixels = picture.to_numpy()
            if pixels.ndim < 3 or pixels.shape[2] < 4 or picture.format != pdfium.FPDFBitmap_BGRA:
                return True
            return bool((pixels[:, :, 3] >= _OPAQUE).mean() > 0.98)
        finally:
            picture.close()

    def _small(self) -> Flags:
        """Characters of text objects that are set so small that nobody reads them."""
        heights, widths = self.boxes[:, 3] - self.boxes[:, 1], self.boxes[:, 2] - self.boxes[:, 0]
        maybe = self.inked & (heights < 1.5 * _SMALL) & (widths < 1.5 * _SMALL) & (self.order >= 0)
        small = np.zeros(len(self.of), np.bool_)
        if not maybe.any() or maybe.sum() > max(_MANY, 0.5 * self.inked.sum()):
            return small
        for text in np.unique(self.of[maybe]).tolist():
            own = self.of == text
            if self._size_of(int(self.order[np.flatnonzero(own)[0]])) < _SMALL:
                small |= own
        return small

    def _size_of(self, number: int) -> float:
        """The size of a text object's letters on the page, in points."""
        handle = int(self.objects.handles[number])
        size = ctypes.c_float()
        if not pdfium.FPDFTextObj_GetFontSize(ctypes.cast(handle, pdfium.FPDF_PAGEOBJECT), size):
            return float("inf")
        _, _, c, d, _, _ = self.objects.matrix(number)
        return abs(size.value) * float(np.hypot(c, d))


def _pixels(handle: int) -> int:
    """How many a picture has; 0 where that cannot be told."""
    width, height = ctypes.c_uint(), ctypes.c_uint()
    item = ctypes.cast(handle, pdfium.FPDF_PAGEOBJECT)
    if not pdfium.FPDFImageObj_GetImagePixelSize(item, width, height):
        return 0
    return width.value * height.value


def _is_filled(handle: int) -> bool:
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    item = ctypes.cast(handle, pdfium.FPDF_PAGEOBJECT)
    return bool(pdfium.FPDFPath_GetDrawMode(item, mode, stroked)) and mode.value != pdfium.FPDF_FILLMODE_NONE


def _is_thick(handle: int) -> bool:
    width = ctypes.c_float()
    item = ctypes.cast(handle, pdfium.FPDF_PAGEOBJECT)
    return bool(pdfium.FPDFPageObj_GetStrokeWidth(item, width)) and width.value >= _THICK


_ADDRESS = ctypes.c_void_p
_MODE = function(pdfium.FPDFTextObj_GetTextRenderMode, ctypes.c_int, _ADDRESS)
_TRANSPARENT = function(pdfium.FPDFPageObj_HasTransparency, ctypes.c_int, _ADDRESS)
_ACTIVATE = function(pdfium.FPDFPageObj_SetIsActive, ctypes.c_int, _ADDRESS, ctypes.c_int)
