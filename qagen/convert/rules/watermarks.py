"""Words laid over or under a page: slanted at any angle, or across its lines, large and light.

They are found among the characters, since the text layer cuts their words up and mixes them with the lines that they cross.
"""

import math

import numpy as np
import numpy.typing as npt

from qagen.convert.rules.characters import Characters, Floats
from qagen.convert.rules.model import Kind
from qagen.convert.rules.painted import FILL, Painted, colours

Flags = npt.NDArray[np.bool_]

_SLANTED = math.radians(8)
"""From which angle to the next side of the page text is slanted; a scan that lies askew is less."""
_LEVEL = 0.01
"""Radians up to which text is upright."""
_MOST = 0.5
"""Share of a page's characters from which on slanted text is the page's own."""
_TALL = 1.4
"""How much larger than the page's text slanted words are a watermark; smaller ones are labels, of axes mostly."""
_HUGE = 2.5
"""The same for upright words across the lines."""
_LIGHT, _FAINT = 150, 128
"""The darkest channel of a light colour from here on, of 255; the opacity of a faint one below it."""
_CROSSED = 2
"""Characters of the page's text that lie within each of a watermark's."""


def watermarks(characters: Characters, objects: Painted, inked: Flags) -> dict[int, Kind]:
    """The characters of a page that belong to watermarks, or to slanted labels, which are text at a side.

    Args:
        characters: the page's, with their text objects.
        objects: what the page paints.
        inked: which characters are no blanks.
    """
    level = inked & (np.abs(characters.angles) < _LEVEL)
    heights = characters.boxes[:, 3] - characters.boxes[:, 1]
    height = float(np.median(heights[level])) if level.any() else 0.0
    found = _slanted(characters, objects, inked, height)
    tall = inked & (heights > _HUGE * height)
    if height and tall.any():
        found |= _across(characters, np.flatnonzero(tall), characters.boxes[level])
    return found


def _slanted(characters: Characters, objects: Painted, inked: Flags, height: float) -> dict[int, Kind]:
    off = np.abs((characters.angles + math.pi / 4) % (math.pi / 2) - math.pi / 4)
    maybe = np.flatnonzero(inked & (off > _SLANTED))
    if not len(maybe) or characters.objects is None:
        return {}
    owners = characters.objects[maybe]
    slanted = {owner for owner in np.unique(owners).tolist() if _is_slanted(owner, objects)}
    own = [at for at, owner in zip(maybe.tolist(), owners.tolist(), strict=True) if owner in slanted]
    if len(own) > _MOST * inked.sum():
        return {}
    # A box is a good fifth higher than its letters' size.
    large = _TALL * height / 1.2
    return {
        at: Kind.WATERMARK if characters.styles[characters.fonts[at]].shown > large else Kind.SIDE_TEXT
        for at in own
    }


def _is_slanted(owner: int, objects: Painted) -> bool:
    """Whether a text object's line is slanted, and not just its letters, which lean where an italic is feigned."""
    number = objects.number(owner)
    if number is None:
        return False
    a, b, _, _, _, _ = objects.matrix(number)
    angle = math.atan2(b, a)
    return abs((angle + math.pi / 4) % (math.pi / 2) - math.pi / 4) > _SLANTED


def _across(characters: Characters, tall: npt.NDArray[np.intp], usual: Floats) -> dict[int, Kind]:
    """Of tall characters those that are light and have others within them."""
    if characters.objects is None:
        return {}
    across, down = (usual[:, 0] + usual[:, 2]) / 2, (usual[:, 1] + usual[:, 3]) / 2
    found = {}
    for at in tall.tolist():
        x0, y0, x1, y1 = characters.boxes[at]
        # The character's own middle may be among them.
        within = ((across > x0) & (across < x1) & (down > y0) & (down < y1)).sum() - 1
        if within >= _CROSSED and _is_light(int(characters.objects[at])):
            found[at] = Kind.WATERMARK
    return found


def _is_light(owner: int) -> bool:
    *colour, opacity = colours(FILL, [owner])[0].tolist() if owner else (0, 0, 0, 255)
    return min(colour) >= _LIGHT or opacity < _FAINT
