"""What of a page's characters is no part of what is read, found before lines are formed: the text layer mixes it with them.

Text that nobody sees, watermarks, line numbers.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pypdfium2

from qagen.convert.rules.characters import Characters
from qagen.convert.rules.dropcaps import joined
from qagen.convert.rules.layers import off_objects
from qagen.convert.rules.linenumbers import Numbering, line_numbers
from qagen.convert.rules.model import Kind
from qagen.convert.rules.painted import Painted
from qagen.convert.rules.unseen import Cause, unseen
from qagen.convert.rules.watermarks import watermarks

_LEVEL = 0.01
"""Radians up to which text is upright."""
_WORDS = 3
"""Different words that nobody sees, from which on they may say something."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was left out of a page.

    Attributes:
        counts: characters, blanks apart, by kind.
        causes: why nobody sees what is hidden, where that is words.
        doubtful: characters that look hidden, and are too many to be.
    """

    counts: Mapping[Kind, int] = field(default_factory=dict)
    causes: tuple[Cause, ...] = ()
    doubtful: int = 0


NOTHING = LeftOut()


@dataclass
class Sieve:
    """Takes out of one page after another what is not read.

    Attributes:
        layered: whether the PDF was marked by `layers.marked`.
    """

    layered: bool = False
    _numbering: Numbering = field(default_factory=Numbering)

    def read(
        self, page: pypdfium2.PdfPage, characters: Characters, objects: Painted
    ) -> tuple[Characters, LeftOut]:
        """The characters of a page that are read, drop caps in their place, and what the others were.

        Args:
            page: the page, open.
            characters: all of it, with their text objects.
            objects: what the page paints.
        """
        inked = characters.inked
        if characters.objects is None or not inked.any():
            return characters, NOTHING
        off = off_objects(objects) if self.layered else None
        hidden = unseen(page, objects, characters.objects, inked, characters.boxes.astype(np.float64), off)
        kept = hidden.causes == 0
        kinds = dict.fromkeys(np.flatnonzero(~kept & inked).tolist(), Kind.HIDDEN)
        words = {word for word in characters.where(~kept).text.split() if sum(map(str.isalpha, word)) > 1}
        kinds |= watermarks(characters, objects, inked & kept)
        kept[list(kinds)] = False
        upright = kept & (np.abs(characters.angles) < _LEVEL)
        numbers = line_numbers(characters.codes, characters.boxes, upright, self._numbering)
        kinds |= dict.fromkeys(numbers, Kind.LINE_NUMBER)
        kept[list(kinds)] = False
        causes = hidden.named() if len(words) >= _WORDS else ()
        left_out = LeftOut(Counter(kinds.values()), causes, hidden.doubtful)
        return joined(characters.where(kept)), left_out


def warnings_of(pages: Mapping[int, LeftOut]) -> list[str]:
    """What a reader of the document should know; pages are counted from 0."""
    causes: dict[tuple[Cause, ...], list[int]] = defaultdict(list)
    for page, left_out in sorted(pages.items()):
        if left_out.causes:
            causes[left_out.causes].append(page)
    found = [
        f"{numbered(alike)}: text that nobody sees ({' or '.join(cause.value for cause in why)}) was left out; instructions to a"
        " model can be hidden so"
        for why, alike in causes.items()
    ]
    doubtful = [page for page, left_out in sorted(pages.items()) if left_out.doubtful]
    if doubtful:
        found.append(
            f"{numbered(doubtful)}: so much text looks as if nobody saw it that it was kept; instructions to a model could be"
            " among it"
        )
    return found


def numbered(pages: Sequence[int]) -> str:
    """Pages, counted from 0 and rising, as they are called: "page 1", "pages 1-3, 5"."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    names = [f"{run[0] + 1}-{run[-1] + 1}" if len(run) > 1 else str(run[0] + 1) for run in runs]
    return f"page{'s' if len(pages) > 1 else ''} {', '.join(names)}"
