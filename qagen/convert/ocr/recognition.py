"""A line's pixels become characters with places and confidence, and those become words.

The reading model gives, for every eight columns of the line at 48 pixels of height, a probability of each character, and the
best of each run counts (CTC, Graves et al. 2006).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from qagen.convert.ocr.models import Floats, Models
from qagen.convert.pictures import Pixels

_HEIGHT = 48
"""Pixels that the model wants a line to be high."""
_NARROWEST, _WIDEST = 320, 4800
"""Pixels of a batch's width: what the model wants at least; what fits into memory."""
_BATCH = 3_000
"""Pixels of all lines of a batch beside each other."""


@dataclass(frozen=True, slots=True)
class Char:
    """A character; `place` is the middle of its columns, as a share of the line's width."""

    text: str
    place: float
    confidence: float


def read_lines(models: Models, crops: Sequence[Pixels]) -> list[tuple[Char, ...]]:
    """Read lines that lie level; the answers are in the order of the crops."""
    widths = [min(_WIDEST, max(1, round(crop.shape[1] * _HEIGHT / crop.shape[0]))) for crop in crops]
    found: list[tuple[Char, ...]] = [()] * len(crops)
    for numbers in _batches(widths):
        width = max(_NARROWEST, *(widths[number] for number in numbers))
        batch = np.zeros((len(numbers), 3, _HEIGHT, width), dtype=np.float32)
        for row, number in enumerate(numbers):
            batch[row, :, :, : widths[number]] = _scaled(crops[number], widths[number])
        for number, probabilities in zip(numbers, models.probabilities(batch), strict=True):
            found[number] = tuple(_decoded(probabilities, models.characters, width / widths[number]))
    return found


def _batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Lines of about the same width, so that little of a batch is empty."""
    batch: list[int] = []
    for number in sorted(range(len(widths)), key=lambda number: widths[number]):
        if batch and max(_NARROWEST, widths[number]) * (len(batch) + 1) > _BATCH:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _scaled(crop: Pixels, width: int) -> Floats:
    picture = Image.fromarray(crop).resize((width, _HEIGHT), Image.Resampling.BILINEAR)
    return np.asarray(picture, dtype=np.float32) / 127.5 - 1.0


def _decoded(probabilities: Floats, characters: Sequence[str], stretch: float) -> Iterator[Char]:
    """The characters of a line whose columns go on for `stretch` times its width."""
    best = probabilities.argmax(axis=1)
    columns = len(best)
    starts = [0, *(np.flatnonzero(best[1:] != best[:-1]) + 1).tolist()]
    for start, end in zip(starts, [*starts[1:], columns], strict=True):
        text = characters[int(best[start])]
        if text:
            confidence = float(probabilities[start:end, best[start]].max())
            yield Char(text, (start + end) / 2 / columns * stretch, confidence)
