"""An open page becomes lines of words with boxes, whichever way it was laid on the scanner."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import numpy as np
import pypdfium2
from PIL import Image

from qagen.convert.ocr.angle import Quads, levelled, skew_of, upright
from qagen.convert.ocr.models import Models, load
from qagen.convert.ocr.recognition import Char, read_lines
from qagen.convert.ocr.shape import ink_of, settled, size_of, stroke_of
from qagen.convert.ocr.spacing import words_of
from qagen.convert.ocr.values import Angle, OcrLine, OcrPage, OcrWord
from qagen.convert.pictures import Picture, Pixels, draw
from qagen.convert.rules.model import around

DPI = 200
_FINDING = 0.55
"""Lines are found in a picture so much smaller than that in which they are read."""
_LEAST = 0.5
"""Confidence below which a line is no text: pictures, noise."""
_LEVEL = 0.8
"""Twice the distance, in their height, of the middles of lines that stand side by side."""
_COLUMN_GAP = 1.6
"""Gap between words, in the line's height, from which on they are two lines side by side."""
_SMALLEST, _LARGEST = 0.45, 1.0
"""A font's size as a share of the height of the box in which its line was found, 0.78 as a rule."""
_BOLD = 1.3
"""Strokes so much thicker, for their size, than the page's usual ones are bold."""


def read_page(page: pypdfium2.PdfPage) -> OcrPage:
    """Read an open page by OCR.

    Its images that are too large to be unpacked are taken off it.

    Raises:
        ConverterMissing: where the models are not here.
        pypdfium2.PdfiumError: where the page cannot be drawn.
    """
    models = load()
    width, height = page.get_size()
    return read_picture(draw(page, DPI), (width, height), models)


def read_picture(picture: Picture, size: tuple[float, float], models: Models) -> OcrPage:
    """Read a page's picture; `size` is that of the page as displayed, in points."""
    pixels = picture.pixels

    def confidence(turned: Pixels, quads: Quads) -> float:
        chars = [char for line in read_lines(models, _crops(turned, _boxes(turned, quads))) for char in line]
        return sum(char.confidence for char in chars) / len(chars) if chars else 0.0

    pixels, quads, turn = upright(pixels, _found(models, pixels), confidence)
    skew = skew_of(quads)
    if skew:
        pixels = levelled(pixels, skew)
        quads = _found(models, pixels)
    angle = Angle(turn, skew, *size)
    boxes = _boxes(pixels, quads)
    crops = _crops(pixels, boxes)
    scale = picture.scale
    lines = [
        line
        for box, crop, chars in zip(boxes, crops, read_lines(models, crops), strict=True)
        for line in _lines(box, crop, chars, scale)
    ]
    return OcrPage(_styled(lines), angle, picture.left_out)


def _found(models: Models, pixels: Pixels) -> Quads:
    """The lines of a picture, found in a smaller one."""
    height, width = pixels.shape
    small = (max(1, round(width * _FINDING)), max(1, round(height * _FINDING)))
    smaller = np.asarray(Image.fromarray(pixels).resize(small, Image.Resampling.BOX))
    quads: Quads = models.quads(smaller) / np.array([small[0] / width, small[1] / height])
    return quads


def _boxes(pixels: Pixels, quads: Quads) -> list[tuple[int, int, int, int]]:
    """The lines as upright boxes on the picture, each at least a few pixels wide and high."""
    height, width = pixels.shape
    boxes = []
    for quad in quads:
        x0, y0 = (max(0, int(value)) for value in quad.min(axis=0))
        x1, y1 = (int(np.ceil(value)) for value in quad.max(axis=0))
        x1, y1 = min(width, x1), min(height, y1)
        if x1 - x0 > 2 and y1 - y0 > 4:
            boxes.append((x0, y0, x1, y1))
    return _in_order(boxes)


def _in_order(boxes: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """From the top, and what stands on one height from the left: the rules find columns by themselves."""
    rows: list[list[tuple[int, int, int, int]]] = []
    for box in sorted(boxes, key=lambda box: box[1] + box[3]):
        first = rows[-1][0] if rows else None
        if first and box[1] + box[3] - first[1] - first[3] < _LEVEL * (first[3] - first[1]):
            rows[-1].append(box)
        else:
            rows.append([box])
    return [box for row in rows for box in sorted(row)]


def _crops(pixels: Pixels, boxes: Sequence[tuple[int, int, int, int]]) -> list[Pixels]:
    return [pixels[y0:y1, x0:x1] for x0, y0, x1, y1 in boxes]


def _lines(
    box: tuple[int, int, int, int], crop: Pixels, chars: tuple[Char, ...], scale: float
) -> list[tuple[OcrLine, float]]:
    """What was read in a box, parted where two columns were taken for one line; with the strokes' thickness in points."""
    x0, y0, x1, y1 = box
    ink = ink_of(crop)
    size = min(_LARGEST * (y1 - y0), max(_SMALLEST * (y1 - y0), size_of(chars, ink, x1 - x0)))
    runs: list[list[OcrWord]] = []
    end = 0.0
    for word in words_of(chars, ink, size):
        left, right = x0 + word.start * (x1 - x0), x0 + word.end * (x1 - x0)
        if not runs or left - end > _COLUMN_GAP * (y1 - y0):
            runs.append([])
        across = (left / scale, y0 / scale, max(right, left + 1) / scale, y1 / scale)
        runs[-1].append(OcrWord(word.text, across, word.confidence))
        end = right
    lines = [
        OcrLine(tuple(words), around([word.box for word in words]), round(size / scale, 2)) for words in runs
    ]
    return [(line, stroke_of(ink) / scale) for line in lines if line.confidence >= _LEAST]


def _styled(lines: Sequence[tuple[OcrLine, float]]) -> tuple[OcrLine, ...]:
    """The lines with sizes that are the same where they should be, and bold where their strokes are thick for the page."""
    sizes = settled([line.size for line, _ in lines], [len(line.text) for line, _ in lines])
    strokes = [stroke / size for (_, stroke), size in zip(lines, sizes, strict=True)]
    usual = (
        median(stroke for (line, _), stroke in zip(lines, strokes, strict=True) for _ in line.text)
        if lines
        else 0
    )
    return tuple(
        replace(line, size=size, bold=stroke > _BOLD * usual)
        for (line, _), size, stroke in zip(lines, sizes, strokes, strict=True)
    )
