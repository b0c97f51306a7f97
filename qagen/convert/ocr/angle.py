"""By how much a page is turned and how far it is skewed, from the lines that were found on it."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from qagen.convert.pictures import Pixels

_UPRIGHT = 0.85
"""Confidence from which on a few lines are believed to be the right way up."""
_SAMPLE = 5
"""Lines that are read to find out which way is up."""
_LONG = 8.0
"""A line so many times as long as high says something of the page's skew."""
_STRAIGHT = 0.25
"""Degrees of skew that do no harm."""
_MOST = 15.0
"""Degrees; a line that is inclined by more is set so."""
_ENOUGH = 3
"""Lines from which on they say something of the page's skew."""

Quads = NDArray[np.float64]
"""n x 4 x 2 pixels: the corners of lines, from the top left, clockwise."""


def upright(
    pixels: Pixels, quads: Quads, confidence: Callable[[Pixels, Quads], float]
) -> tuple[Pixels, Quads, int]:
    """The picture and its lines, turned so that the text is upright.

    Args:
        pixels: the picture.
        quads: its lines.
        confidence: how well some lines of a picture can be read, in [0, 1].

    Returns:
        Both turned, and by how many quarters clockwise the text was turned.
    """
    turn = 1 if _mostly_tall(quads) else 0
    pixels, quads = _turned_back(pixels, quads, turn)
    some = _sample(quads)
    if not len(some):
        return pixels, quads, turn
    as_is = confidence(pixels, some)
    if as_is < _UPRIGHT:
        over, others = _turned_back(pixels, some, 2)
        if confidence(over, others) > as_is:
            pixels, quads = _turned_back(pixels, quads, 2)
            turn += 2
    return pixels, quads, turn


def _mostly_tall(quads: Quads) -> bool:
    sides = _extent(quads)
    return (
        bool(len(quads))
        and sides[sides[:, 1] > 1.5 * sides[:, 0]].max(axis=1).sum() > sides.max(axis=1).sum() / 2
    )


def _extent(quads: Quads) -> Quads:
    spread: Quads = quads.max(axis=1) - quads.min(axis=1)
    return spread


def _turned_back(pixels: Pixels, quads: Quads, turn: int) -> tuple[Pixels, Quads]:
    """What is turned clockwise by some quarters, turned back."""
    for _ in range(turn % 4):
        width = pixels.shape[1]
        pixels = np.rot90(pixels)
        quads = np.stack([quads[:, :, 1], width - quads[:, :, 0]], axis=2)
        quads = np.roll(quads, -1, axis=1)
    return np.ascontiguousarray(pixels), quads


def _sample(quads: Quads) -> Quads:
    """A few of the longer lines, from all over the page."""
    sides = _extent(quads)
    if not len(quads):
        return quads
    longer = np.flatnonzero(sides[:, 0] >= np.median(sides[:, 0]))
    places = np.linspace(0, len(longer) - 1, min(_SAMPLE, len(longer))).round().astype(int)
    picked: Quads = quads[longer[places]]
    return picked


def skew_of(quads: Quads) -> float:
    """Degrees, clockwise, that the longer lines of an upright page are inclined by; 0 where they say nothing."""
    slopes: list[tuple[float, float]] = []
    for (x0, y0), (x1, y1), (x2, y2), (x3, y3) in quads.tolist():
        length, height = math.hypot(x1 - x0, y1 - y0), math.hypot(x3 - x0, y3 - y0)
        if length > _LONG * height:
            above = math.degrees(math.atan2(y1 - y0, x1 - x0))
            below = math.degrees(math.atan2(y2 - y3, x2 - x3))
            if abs(above + below) / 2 <= _MOST:
                slopes.append(((above + below) / 2, length))
    if len(slopes) < _ENOUGH:
        return 0.0
    skew = _weighted_median(slopes)
    return skew if abs(skew) > _STRAIGHT else 0.0


def _weighted_median(values: Sequence[tuple[float, float]]) -> float:
    ordered = sorted(values)
    half = sum(weight for _, weight in ordered) / 2
    for value, weight in ordered:
        half -= weight
        if half <= 0:
            return value
    return ordered[-1][0]


def levelled(pixels: Pixels, skew: float) -> Pixels:
    """A picture turned counterclockwise by so many degrees, on a sheet that holds all of it."""
    if not skew:
        return pixels
    picture = Image.fromarray(pixels).rotate(skew, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    return np.asarray(picture)
