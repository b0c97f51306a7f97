"""Scans made on the fly: lines of text drawn into pictures, and those put into PDFs without any text."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

DPI = 200
LINES = (
    "The measured rate of the reaction",
    "rises with the temperature of the",
    "bath, and falls again after noon.",
    "Nobody has seen it fall at night.",
)


def page(
    lines: Sequence[str] = LINES, *, size=11.0, points=(300, 200), left=40.0, top=40.0, leading=16.0
) -> Image.Image:
    """A page of so many points with lines of text, as it is printed."""
    scale = DPI / 72
    picture = Image.new("L", (round(points[0] * scale), round(points[1] * scale)), 255)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=round(size * scale))
    for number, line in enumerate(lines):
        draw.text((left * scale, (top + number * leading) * scale), line, fill=0, font=font)
    return picture


def scan(*pictures: Image.Image) -> bytes:
    """A PDF whose pages are pictures."""
    out = io.BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], resolution=DPI)
    return out.getvalue()
