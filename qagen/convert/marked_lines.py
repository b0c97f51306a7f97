"""The text layer's lines as marker's provider gives them, with cleaned characters and true coordinates."""

import math
from collections.abc import Sequence

from marker.providers import ProviderOutput
from marker.schema.polygon import PolygonBox

from qagen.convert.rules.cleaning import clean
from qagen.convert.rules.model import around


def shift_of(width: float, height: float, rotation: int) -> tuple[float, float]:
    """How far pdftext's coordinates are off, because it rounds the page's size up before it turns the axes."""
    across, down = math.ceil(width) - width, math.ceil(height) - height
    return {0: (0.0, down), 90: (0.0, 0.0), 180: (across, 0.0), 270: (down, across)}[rotation]


def clean_line(output: ProviderOutput, shift: tuple[float, float]) -> None:
    """Clean a line's characters and move the line, not its spans, by `shift` to where it is displayed."""
    for span in output.spans:
        span.text = clean(span.text)
    # Blanks may lie far from the words they are said to stand between.
    inked = [tuple(span.polygon.bbox) for span in output.spans if span.text.strip()]
    if inked or shift != (0.0, 0.0):
        x0, y0, x1, y1 = around(inked) if inked else output.line.polygon.bbox
        moved = [x0 - shift[0], y0 - shift[1], x1 - shift[0], y1 - shift[1]]
        output.line.polygon = _polygon_of(moved)
    _mend_scripts(output)


def _mend_scripts(output: ProviderOutput) -> None:
    """Take back superscripts that are none: pdftext takes many subscripts and italics of formulas for them."""
    spans = [span for span in output.spans if span.text.strip()]
    if not spans:
        return
    main = max(spans, key=lambda span: len(span.text.strip()))
    middle = (main.polygon.bbox[1] + main.polygon.bbox[3]) / 2
    for span in spans:
        if not span.has_superscript:
            continue
        center = (span.polygon.bbox[1] + span.polygon.bbox[3]) / 2
        too_low = center > middle - 0.05 * main.polygon.height
        too_big = bool(span.font_size and main.font_size and span.font_size > 0.9 * main.font_size)
        if span is main or too_low or too_big:
            span.has_superscript = False


def _polygon_of(box: Sequence[float]) -> PolygonBox:
    """Marker's polygon of a box, at least a point wide and high."""
    x0, y0, x1, y1 = box
    x1, y1 = max(x1, x0 + 1), max(y1, y0 + 1)
    return PolygonBox.model_construct(polygon=[[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
