"""The title, and how deep each heading is: its number says it first, then the headings set like it."""

import re
from collections import defaultdict
from dataclasses import replace

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from qagen.convert.rules.model import Kind, Page, Piece
from qagen.convert.rules.patterns import LETTERED, NUMBERED, ROMAN, core, is_well_known
from qagen.convert.rules.typography import Typography

_AUTHORS = re.compile(r"\d\s*,|,\s*and |[*†‡§∗]|\band\b.*\d|^by ", re.IGNORECASE)
_Look = tuple[int, bool, bool, bool]
"""Size, bold, italic, capitals: headings that look the same are as deep as each other."""


def with_levels(
    pieces: list[Piece],
    pages: dict[int, Page],
    type_: Typography,
    info_title: str = "",
    *,
    continued: bool = False,
) -> list[Piece]:
    """All pieces of the document in order, each heading with its level: 1 for the title, then 2 and so on.

    Where the pages are the rest of a longer document (`continued`), they have no title, and a level that none of their headings
    has is not closed up: "3.2.1" may be below a "3.2" of the pages before.
    """
    title = None if continued else find_title(pieces, pages, type_, info_title)
    settled = _without_labels(_without_title_matter(pieces, title), title)
    headings = [piece for piece in settled if piece.kind is Kind.HEADING and piece is not title]
    depths = _depths(headings)
    mixed = _mixed_looks(headings)
    levels = {id(piece): 1 + _depth(piece, depths, mixed=_look(piece) in mixed) for piece in headings}
    used = range(2, 2 + max(levels.values(), default=0)) if continued else sorted(set(levels.values()))
    ladder = {level: step for step, level in enumerate(used, start=2)}
    return [_levelled(piece, title, levels, ladder) for piece in settled]


def find_title(
    pieces: list[Piece], pages: dict[int, Page], type_: Typography, info_title: str = ""
) -> Piece | None:
    """The heading on the first page that the PDF's own title names, else the largest in its upper part, if any."""
    first = min((piece.page for piece in pieces), default=0)
    found = [
        piece
        for piece in pieces
        if piece.page == first
        and piece.kind is Kind.HEADING
        and piece.box[1] < 0.55 * pages[first].height
        and len(piece.text) > 12
        and len(piece.text.split()) > 2
        and not is_well_known(piece.text)
    ]
    named = [piece for piece in found if len(info_title) > 12 and _alike(piece.text, info_title)]
    if named:
        return named[0]
    largest = max((piece.size for piece in found), default=0.0)
    if largest < type_.size + 1.4:
        return next((piece for piece in found[:1] if _before_sections(piece, pieces)), None)
    return min((piece for piece in found if piece.size >= largest - 1.6), key=lambda piece: piece.box[1])


def _before_sections(piece: Piece, pieces: list[Piece]) -> bool:
    """Whether a long heading, no larger than others, is the document's first."""
    first = next(other for other in pieces if other.kind is Kind.HEADING)
    return piece is first and len(piece.text) > 30 and not _is_section(piece)


def _alike(one: str, other: str) -> bool:
    return fuzz.ratio(one, other, processor=default_process) >= 85


def _without_title_matter(pieces: list[Piece], title: Piece | None) -> list[Piece]:
    """Names, addresses and labels around the title, in display type, are no headings.

    They stand on the title's page before the first heading that is numbered or well known; without such a heading,
    only what looks like authors is taken for them.
    """
    if title is None:
        return pieces
    sure = next(
        (
            number
            for number, piece in enumerate(pieces)
            if piece.kind is Kind.HEADING and piece.page == title.page and _is_section(piece)
        ),
        None,
    )
    settled = []
    for number, piece in enumerate(pieces):
        matter = piece.page == title.page and (
            (sure is not None and number < sure) or bool(_AUTHORS.search(piece.text)) or piece.text.isupper()
        )
        loose = piece.kind is Kind.HEADING and piece is not title and not _is_section(piece)
        settled.append(replace(piece, kind=Kind.TEXT) if matter and loose else piece)
    return settled


def _without_labels(pieces: list[Piece], title: Piece | None) -> list[Piece]:
    """A line in display type right above a caption is a label of the figure, and so is one above such a label."""
    settled: list[Piece] = []
    labels: set[int] = set()
    for piece in reversed(pieces):
        below = settled[-1] if settled else None
        label = (
            piece.kind is Kind.HEADING
            and piece is not title
            and not _is_section(piece)
            and below is not None
            and (below.kind is Kind.CAPTION or id(below) in labels)
            and below.page == piece.page
            and below.box[3] > piece.box[3]
        )
        settled.append(replace(piece, kind=Kind.TEXT) if label else piece)
        if label:
            labels.add(id(settled[-1]))
    return settled[::-1]


def _is_section(piece: Piece) -> bool:
    text = piece.text
    return is_well_known(text) or bool(NUMBERED.match(text) or ROMAN.match(text))


def _look(piece: Piece) -> _Look:
    capitals = piece.text.upper() == piece.text and sum(char.isalpha() for char in piece.text) > 3
    return (round(piece.size), piece.share("bold") > 0.7, piece.share("italic") > 0.7, capitals)


def _depths(headings: list[Piece]) -> dict[_Look, int]:
    """A depth for each look, 1 for top sections: from numbers, from well-known names, from size."""
    looks: dict[_Look, list[Piece]] = defaultdict(list)
    for piece in headings:
        looks[_look(piece)].append(piece)
    depths: dict[_Look, int] = {}
    largest_known = max(
        (look[0] for look, group in looks.items() if any(is_well_known(p.text) for p in group)), default=0
    )
    for look, group in looks.items():
        numbers = [len(match[1].split(".")) for piece in group if (match := NUMBERED.match(piece.text))]
        known = sum(is_well_known(piece.text) for piece in group)
        if len(numbers) >= 0.5 * len(group):
            depths[look] = min(numbers)
        elif sum(bool(ROMAN.match(piece.text)) for piece in group) >= 0.5 * len(group):
            depths[look] = 1
        elif sum(bool(LETTERED.match(piece.text)) for piece in group) >= 0.5 * len(group):
            depths[look] = 2
        elif known >= 1 and known >= 0.2 * len(group):
            depths[look] = 1 if look[0] >= largest_known else 2
    top = max((look[0] for look, depth in depths.items() if depth == 1), default=None)
    sizes = sorted({look[0] for look in looks}, reverse=True)
    for look in looks:
        if look not in depths:
            depths[look] = _depth_by_look(look, top, sizes)
    return depths


def _mixed_looks(headings: list[Piece]) -> set[_Look]:
    """Looks of which the classical sections of a research paper, and other headings too, are set."""
    names: dict[_Look, set[str]] = defaultdict(set)
    for piece in headings:
        numbered = NUMBERED.match(piece.text) or ROMAN.match(piece.text)
        if not numbered:
            names[_look(piece)].add(core(piece.text))
    return {
        look
        for look, found in names.items()
        if any(name.startswith("result") for name in found)
        and any(name.startswith(("discussion", "method", "material")) for name in found)
    }


def _depth_by_look(look: _Look, top: int | None, sizes: list[int]) -> int:
    size, bold, _, capitals = look
    if top is None:
        return 1 + min(3, sizes.index(size))
    if size > top:
        return 1
    return 2 if size == top or bold or capitals else 3


def _depth(piece: Piece, depths: dict[_Look, int], *, mixed: bool) -> int:
    """Where sections and their parts look the same (`mixed`), the parts are those without a well-known name."""
    match = NUMBERED.match(piece.text)
    if match:
        return min(5, len(match[1].split(".")))
    if core(piece.text) == "abstract":
        return 1
    depth = depths[_look(piece)]
    return min(5, depth + 1 if depth == 1 and mixed and not is_well_known(piece.text) else depth)


def _levelled(piece: Piece, title: Piece | None, levels: dict[int, int], ladder: dict[int, int]) -> Piece:
    if piece is title:
        return replace(piece, level=1)
    if id(piece) in levels:
        return replace(piece, level=ladder[levels[id(piece)]])
    return piece
