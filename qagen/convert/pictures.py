"""A page drawn as a picture, whatever its size and whatever images it holds: nothing here takes all memory."""

from dataclasses import dataclass

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

GIANT = 100_000_000
"""Pixels of an image from which on its page is drawn without it: unpacking it would take all memory."""
_LONG, _LONGEST = 1700, 3600
"""Pixels of a picture's longer side: below the first the images' own resolution is taken, above the second none is drawn."""

Pixels = NDArray[np.uint8]
"""Rows of grey values: 0 is black, 255 is white."""


@dataclass(frozen=True)
class Picture:
    """A page as it is displayed.

    Attributes:
        pixels: grey values, rows from the top.
        scale: pixels a point.
        left_out: images that were too large to be drawn.
    """

    pixels: Pixels
    scale: float
    left_out: int


def draw(page: pypdfium2.PdfPage, dpi: int) -> Picture:
    """Draw an open page in grey, without its annotations and without images that nobody could unpack.

    Such images are taken off the open page, not out of the file.

    Raises:
        pypdfium2.PdfiumError: where the page cannot be drawn.
    """
    left_out = without_giant_images(page)
    scale = _scale(page, dpi)
    bitmap = page.render(scale=scale, draw_annots=False, grayscale=True)
    try:
        drawn = bitmap.to_numpy()
        pixels: Pixels = np.array(drawn if drawn.ndim == 2 else drawn[:, :, 0], dtype=np.uint8)
    finally:
        bitmap.close()
    return Picture(pixels, scale, left_out)


def without_giant_images(page: pypdfium2.PdfPage) -> int:
    """Take the images that nobody could unpack off an open page; how many there were."""
    giants = [found for found, width, height in _images(page) if width * height > GIANT]
    for found in giants:
        page.remove_obj(found)
        found.close()
    return len(giants)


def _images(page: pypdfium2.PdfPage) -> list[tuple[pypdfium2.PdfImage, int, int]]:
    images = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
    return [(found, *found.get_px_size()) for found in images]


def _scale(page: pypdfium2.PdfPage, dpi: int) -> float:
    """Pixels a point: as `dpi` says, finer on a small page that holds a large image, coarser on a huge page."""
    longest = max(page.get_size())
    wanted = longest * dpi / 72
    if wanted < _LONG:
        sides = [max(width, height) for _, width, height in _images(page)]
        wanted = max(wanted, min(_LONG, max(sides, default=0)))
    return float(min(wanted, _LONGEST) / longest)
