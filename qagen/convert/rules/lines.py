"""Lines of a page out of its characters: what stands twice dropped, columns parted, spans of one font, superscripts."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from qagen.convert.rules import bidi, glyphs
from qagen.convert.rules.characters import BLANK, LINE_END, Characters, Font
from qagen.convert.rules.cleaning import mended
from qagen.convert.rules.gutters import parted
from qagen.convert.rules.model import Span, around
from qagen.convert.rules.scripts import raised
from qagen.records import BBox

HYPHEN_MARK = 2
"""The code that pdfium gives a hyphen at a line's end."""
_HYPHEN = 45
_DIGITS = range(48, 58)
_WORD_GAP = 0.13
"""Gap between the words of two fonts, in their size; a slanted letter leaves less before an upright one."""
_WORD_END, _WORD_START = re.compile(r"[^\W\d_]{2}$"), re.compile(r"[^\W\d_]{2}")
_FLAT = 0.08
"""How far baselines of one span may be apart, in its height."""
_ACROSS = (math.radians(45), math.radians(135))
"""Angles between which text is turned against the line before it."""
_LEVEL = 0.1
"""Sine of an angle up to which a line is level."""
_FIXED, _SERIF, _SYMBOLIC, _SCRIPT, _PLAIN, _ITALIC = 1, 2, 4, 8, 32, 64
_FORCE_BOLD, _EXTERNAL = 1 << 18, 1 << 19
_KNOWN = (
    _FIXED | _SERIF | _SYMBOLIC | _SCRIPT | _PLAIN | _ITALIC | (1 << 16) | (1 << 17) | _FORCE_BOLD | _EXTERNAL
)
"""Flags of a font descriptor (PDF 32000-1, table 123), and one that pdfium adds."""


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line as it is set.

    Attributes:
        start, end: where its characters are among the page's.
        box: around what is seen of it.
        spans: its parts; their texts may hold private characters.
        angle: of its longest span, in radians, clockwise as displayed.
        middles: a character in the middle of each span.
        confidence: the mean of its characters'.
    """

    start: int
    end: int
    box: BBox
    spans: tuple[Span, ...]
    angle: float
    middles: tuple[int, ...]
    confidence: float = 1.0

    @property
    def text(self) -> str:
        """That of its spans."""
        return "".join(span.text for span in self.spans)


def in_lines(characters: Characters) -> Characters:
    """The characters as lines need them: each once, line ends at hyphens, columns parted, right-to-left text in order."""
    characters = _with_hyphens(characters)
    kept = _first_of_each(characters)
    return bidi.logical(parted(characters if kept.all() else characters.where(kept)))


def lines_of(characters: Characters) -> list[SetLine]:
    """A page's lines, in its order; none where there is nothing but blanks."""
    if not characters.inked.any():
        return []
    starts = _runs(characters)
    ends = np.append(starts[1:], len(characters))
    boxes = _boxes(characters, starts)
    text = characters.text
    lines = (_line(characters, text, group, boxes) for group in _grouped(characters, starts, ends, boxes))
    return [line for line in lines if line]


def _with_hyphens(characters: Characters) -> Characters:
    """Characters with a hyphen and a line end where pdfium marks a hyphen at a line's end.

    Behind a blank or a digit the mark is a sign of some font.
    """
    codes = characters.codes
    marks = np.flatnonzero(codes[1:] == HYPHEN_MARK) + 1
    before = codes[marks - 1]
    hyphens = marks[(before > BLANK) & ~((before >= _DIGITS[0]) & (before <= _DIGITS[-1]))]
    if not len(hyphens):
        return characters
    places = np.sort(np.concatenate((np.arange(len(codes)), hyphens)))
    ended = characters.where(places.astype(np.int32))
    first = hyphens + np.arange(len(hyphens))
    ended.codes[first], ended.codes[first + 1] = _HYPHEN, LINE_END
    return ended


def _first_of_each(characters: Characters) -> npt.NDArray[np.bool_]:
    """Which characters are not a second copy of a word at the same place, as bold type is feigned."""
    count = len(characters)
    kept = np.ones(count, np.bool_)
    inked = characters.inked
    if not inked.any():
        return kept
    places = np.round(characters.boxes[inked][:, :2]).astype(np.int64)
    keys = (places[:, 0] << 42) ^ (places[:, 1] << 21) ^ characters.codes[inked]
    if len(np.unique(keys)) == len(keys):
        return kept
    breaks = np.ones(count, np.bool_)
    breaks[1:] = ~inked[:-1] | (characters.fonts[1:] != characters.fonts[:-1])
    breaks[1:] |= characters.angles[1:] != characters.angles[:-1]
    starts = np.flatnonzero(breaks)
    corners = np.round(_around(characters.boxes, starts)).astype(np.int64).tolist()
    ends = np.append(starts[1:], count).tolist()
    text, fonts = characters.text, characters.fonts[starts].tolist()
    seen = set()
    for start, end, corner, font in zip(starts.tolist(), ends, corners, fonts, strict=True):
        key = (*corner, text[start:end], font)
        if key in seen and inked[start]:
            kept[start:end] = False
        seen.add(key)
    return kept


def _around(boxes: npt.NDArray[np.float32], starts: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
    low = np.minimum.reduceat(boxes[:, :2], starts, axis=0)
    high = np.maximum.reduceat(boxes[:, 2:], starts, axis=0)
    return np.concatenate((low, high), axis=1)


def _runs(characters: Characters) -> npt.NDArray[np.intp]:
    """Where another font, angle or baseline begins, or another line."""
    breaks = np.ones(len(characters), np.bool_)
    fonts, angles, codes = characters.fonts, characters.angles, characters.codes
    heights = characters.boxes[:-1, 3] - characters.boxes[:-1, 1]
    breaks[1:] = (fonts[1:] != fonts[:-1]) | (angles[1:] != angles[:-1]) | (codes[:-1] == LINE_END)
    breaks[1:] |= np.abs(np.diff(characters.baselines)) > np.maximum(0.2, _FLAT * heights)
    return np.flatnonzero(breaks)


def _boxes(characters: Characters, starts: npt.NDArray[np.intp]) -> list[BBox | None]:
    """Around what is seen of each run; None where it is blank."""
    inked = characters.inked
    boxes = characters.boxes.copy()
    boxes[~inked, :2], boxes[~inked, 2:] = np.inf, -np.inf
    return [
        None if box[0] > box[2] else (box[0], box[1], box[2], box[3])
        for box in _around(boxes, starts).tolist()
    ]


Run = tuple[int, int, int]
"""The number of a run, and where it begins and ends."""


def _grouped(
    characters: Characters,
    starts: npt.NDArray[np.intp],
    ends: npt.NDArray[np.intp],
    boxes: Sequence[BBox | None],
) -> Iterator[list[Run]]:
    """Runs that make a line: up to its end, or to where text is turned or lies below all of it."""
    line_ends = (characters.codes[ends - 1] == LINE_END).tolist()
    angles = characters.angles[starts].tolist()
    group: list[Run] = []
    bottom, angle, ended = -math.inf, 0.0, False
    for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        box = boxes[number]
        below = box is not None and bottom > -math.inf and box[1] > bottom
        if group and (ended or below or _is_across(angles[number], angle)):
            yield group
            group, bottom = [], -math.inf
        if not group:
            angle = angles[number]
        group.append((number, start, end))
        bottom = max(bottom, box[3]) if box else bottom
        ended = line_ends[number]
    if group:
        yield group


def _is_across(angle: float, other: float) -> bool:
    if angle == other:
        return False
    apart = abs(angle - other) % (2 * math.pi)
    return _ACROSS[0] <= min(apart, 2 * math.pi - apart) <= _ACROSS[1]


def _line(
    characters: Characters, text: str, group: list[Run], boxes: Sequence[BBox | None]
) -> SetLine | None:
    """A line; None where nothing of it is seen."""
    parts = _parts(characters, text, group, boxes)
    if not any(part.text.strip() for part in parts):
        return None
    main = max(parts, key=lambda part: len(part.text.strip()))
    level = abs(math.sin(main.angle)) < _LEVEL and math.cos(main.angle) > 0
    sets = [(part.text, part.box, part.font, part.baseline) for part in parts]
    up = raised(sets) if level and len(parts) > 1 else [False] * len(parts)
    spans = tuple(
        Span(part.text, part.box, part.font, *_look(part.font), high)
        for part, high in zip(parts, up, strict=True)
    )
    start, end = group[0][1], group[-1][2]
    sure = 1.0 if characters.confidence is None else float(characters.confidence[start:end].mean())
    box = _sized(around([part.box for part in parts]))
    return SetLine(start, end, box, spans, main.angle, tuple(part.middle for part in parts), sure)


@dataclass(slots=True)
class _Part:
    """A run on its way to a span: a blank one goes to the run before it."""

    text: str
    box: BBox
    font: Font
    baseline: float
    angle: float
    middle: int


def _parts(characters: Characters, text: str, group: list[Run], boxes: Sequence[BBox | None]) -> list[_Part]:
    parts: list[_Part] = []
    before = ""
    for number, start, end in group:
        box, font = boxes[number], characters.styles[characters.fonts[start]]
        raw = text[start:end].rstrip("\n")
        if glyphs.is_dingbats(font.name):
            raw = glyphs.of_dingbats(raw, font.name)
        elif glyphs.is_odd(raw):
            raw = "".join(glyphs.of_font(char, font.name) if glyphs.is_odd(char) else char for char in raw)
        shown = mended(raw).replace("\n", " ")
        if box is None:
            if parts:
                parts[-1].text += shown
            else:
                before += shown
            continue
        middle = (start + end - 1) // 2
        angle, baseline = float(characters.angles[start]), float(characters.baselines[start])
        parts.append(_Part(before + shown, box, font, baseline, angle, middle))
        before = ""
    _part_words(parts)
    return [part for part in parts if part.text]


def _part_words(parts: list[_Part]) -> None:
    """A blank between words of one size in two fonts with a gap between them, where the text layer has none."""
    for part, following in pairwise(parts):
        size = part.font.shown
        apart = following.box[0] - part.box[2] > _WORD_GAP * size
        alike = (
            abs(size - following.font.shown) < 0.1 * size and abs(part.baseline - following.baseline) < 0.5
        )
        words = _WORD_END.search(part.text) and _WORD_START.match(following.text)
        if apart and alike and words and abs(math.sin(part.angle)) < _LEVEL:
            part.text += " "


def _sized(box: BBox) -> BBox:
    """At least a point wide and high."""
    x0, y0, x1, y1 = box
    return (x0, y0, max(x1, x0 + 1), max(y1, y0 + 1))


@lru_cache(maxsize=1000)
def _look(font: Font) -> tuple[bool, bool]:
    """Whether a font is bold and italic, by its flags and its name; a symbol font's slant is no emphasis."""
    name, flags = font.name.lower(), font.flags & _KNOWN
    slanted = bool(flags & _ITALIC) and flags & ~_EXTERNAL != _SYMBOLIC | _ITALIC
    return bool(flags & _FORCE_BOLD) or "bold" in name, slanted or "ital" in name
