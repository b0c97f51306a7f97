"""What a line's ink and its characters' places say of its font: how large it is, and how thick its strokes are."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qagen.convert.ocr.recognition import Char
from qagen.convert.pictures import Pixels

Ink = NDArray[np.bool_]
"""Which pixels of a line are ink."""

_ADVANCES = {
    **dict.fromkeys("ijlt", 0.278),
    **dict.fromkeys("frsIJ()-[]", 0.36),
    **dict.fromkeys("acez", 0.444),
    **dict.fromkeys("wABCDGHKNOQRUVXY", 0.69),
    **dict.fromkeys("ELTZFPS", 0.595),
    **dict.fromkeys("mM", 0.83),
    **dict.fromkeys("W%@", 0.95),
    **dict.fromkeys(".,:;'’|", 0.26),
}
"""Widths of characters as a share of their font's size, about those of Times-Roman (Adobe's metrics); others have half of it."""
_PAIRS = 8
"""Characters next to each other from which on their distance says the font's size."""
_CAP_HEIGHT, _X_HEIGHT = 0.69, 0.45
"""Shares of a text font's size."""
_CONTRAST = 30
"""Grey values between paper and ink, at least."""
_SAME = 0.1
"""Sizes that differ by less are one size: fonts differ by so much in the width of their characters."""


def ink_of(crop: Pixels) -> Ink:
    """Which pixels are ink: darker (or, on a dark ground, lighter) than halfway between paper and ink."""
    low, high = np.percentile(crop, (2, 98))
    dark: Ink = crop < (low + high) / 2
    if high - low < _CONTRAST:
        return np.zeros_like(dark)
    return ~dark if dark.mean() > 0.5 else dark


def advance(char: str) -> float:
    """A character's usual width as a share of its font's size."""
    return _ADVANCES.get(char, 0.5)


def size_of(chars: Sequence[Char], ink: Ink, width: float) -> float:
    """The font's size in pixels: from the distances of its characters, or where there are few from the ink's height.

    Args:
        chars: the line's characters.
        ink: its ink.
        width: of what the characters' places are shares of, in pixels.
    """
    pairs = [(one, other) for one, other in pairwise(chars) if not (one.text + other.text).count(" ")]
    if len(pairs) < _PAIRS:
        return _by_height("".join(char.text for char in chars), ink)
    distance = sum(other.place - one.place for one, other in pairs) * width
    return distance / sum((advance(one.text) + advance(other.text)) / 2 for one, other in pairs)


def _by_height(text: str, ink: Ink) -> float:
    """By the rows that hold most of the ink: those between baseline and the top of small letters, or of capitals and digits."""
    rows = ink.sum(axis=1)
    if not rows.any():
        return float(ink.shape[0]) * _CAP_HEIGHT
    dense = np.flatnonzero(rows >= np.percentile(rows[rows > 0], 85) / 2)
    tall = sum(char.isupper() or char.isdigit() for char in text) > sum(char.islower() for char in text)
    return float(dense[-1] - dense[0] + 1) / (_CAP_HEIGHT if tall else _X_HEIGHT)


def stroke_of(ink: Ink) -> float:
    """The usual thickness of its upright strokes in pixels: the mean of the runs of ink in its rows, long ones apart."""
    edges = np.diff(np.pad(ink, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    runs = np.nonzero(edges == -1)[1] - np.nonzero(edges == 1)[1]
    if not len(runs):
        return 0.0
    return float(runs[runs <= 2 * np.median(runs)].mean())


def settled(sizes: Sequence[float], weights: Sequence[int]) -> list[float]:
    """The sizes in steps of half a point, those that are nearly the same made the same: the most frequent first.

    Args:
        sizes: of each line, in points.
        weights: its characters.
    """
    counts: Counter[float] = Counter()
    for size, weight in zip(sizes, weights, strict=True):
        counts[round(size * 4) / 4] += weight
    found: list[float] = []
    for size, _ in counts.most_common():
        if all(abs(size / known - 1) > _SAME for known in found):
            near = {other: count for other, count in counts.items() if abs(other / size - 1) <= _SAME}
            found.append(sum(other * count for other, count in near.items()) / sum(near.values()))
    return [round(min(found, key=lambda known: abs(known - size)) * 2) / 2 for size in sizes]
