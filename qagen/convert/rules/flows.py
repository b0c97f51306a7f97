"""Pieces in reading order become flows: a paragraph that goes on in the next column or page is one block."""

import re
from dataclasses import replace

from qagen.convert.rules.model import Flow, Kind, Piece
from qagen.convert.rules.patterns import CAPTION, REFERENCES, core, is_well_known

_ENDED = re.compile(r"[.?!:;][\"'”’)\]]*(?:\s?[\[(]?\d+(?:\s?[,–-]\s?\d+)*[\])]?)?$")
_GOES_ON = re.compile(r"[a-z(\[0-9α-ω]")
_SHORTENED = re.compile(r"\b(?:Figs?|Eqs?|Refs?|al|e\.g|i\.e|vs|cf)\.$")
_NOTE = re.compile(r"[*†‡§¶∗]|\S+@\S")
_REFERENCE = re.compile(r"\[(\d{1,3})\] ")
_FEW = 8
"""Numbered references from which they need no heading to be known."""
_PROSE = frozenset({Kind.TEXT, Kind.FOOTNOTE, Kind.EQUATION, Kind.LIST})
_BETWEEN = frozenset({Kind.FIGURE, Kind.CAPTION, Kind.TABLE, Kind.FOOTNOTE})
"""What may stand between the two parts of a paragraph."""
_CONTINUED = frozenset({Kind.TEXT, Kind.REFERENCE, Kind.LIST, Kind.FOOTNOTE, Kind.CAPTION})


def mark_references(pieces: list[Piece]) -> list[Piece]:
    """Text below a heading such as "References" is the bibliography, up to the next heading as deep.

    Where there is none, it is the numbered references that follow each other from the first on.
    """
    if not any(piece.kind is Kind.HEADING and core(piece.text) in REFERENCES for piece in pieces):
        start, end = _numbered(pieces)
        return [
            replace(piece, kind=Kind.REFERENCE) if start <= place < end and piece.kind in _PROSE else piece
            for place, piece in enumerate(pieces)
        ]
    marked = []
    level: int | None = None
    for piece in pieces:
        if piece.kind is Kind.HEADING:
            if core(piece.text) in REFERENCES:
                level = piece.level or 2
            elif level is not None and ((piece.level or 2) <= level or is_well_known(piece.text)):
                level = None
        elif level is not None and piece.kind in _PROSE:
            marked.append(replace(piece, kind=Kind.REFERENCE))
            continue
        marked.append(piece)
    return marked


def _numbered(pieces: list[Piece]) -> tuple[int, int]:
    """From where to where pieces begin with [1], [2], ..., with at most one other between two; empty if they are few."""
    best = (0, 0)
    for first, piece in enumerate(pieces):
        if not piece.text.startswith("[1] "):
            continue
        number, last = 1, first
        for place in range(first + 1, len(pieces)):
            match = _REFERENCE.match(pieces[place].text)
            if match and number < int(match[1]) <= number + 2:
                number, last = int(match[1]), place
            elif place > last + 2:
                break
        if number >= _FEW:
            goes_on = last + 1 < len(pieces) and pieces[last + 1].kind in _PROSE and _is_rest(pieces, last)
            best = (first, last + 2 if goes_on else last + 1)
    return best


def _is_rest(pieces: list[Piece], last: int) -> bool:
    """Whether what follows the last numbered reference is its own rest."""
    return not _ENDED.search(pieces[last].text) and _alike(pieces[last], pieces[last + 1])


def flows_of(pieces: list[Piece]) -> list[Flow]:
    """Blocks of the document in reading order; each takes in the later pieces that go on with it."""
    rest = list(pieces)
    flows = []
    while rest:
        run = [rest.pop(0)]
        while (following := _continuation(run[-1], rest)) is not None:
            run.append(rest.pop(following))
        flows.append(Flow(run[0].kind, tuple(run), run[0].level))
    return _lists(flows)


def _continuation(piece: Piece, rest: list[Piece]) -> int | None:
    """Where in `rest` the piece goes on, if it does."""
    if piece.kind not in _CONTINUED:
        return None
    for number, candidate in enumerate(rest):
        if candidate.page > piece.page + 1:
            return None
        if candidate.kind is piece.kind or (piece.kind is Kind.LIST and candidate.kind is Kind.TEXT):
            if _goes_on(piece, candidate):
                return number
            if candidate.kind in (Kind.FOOTNOTE, Kind.CAPTION) and candidate.kind is piece.kind:
                return None
            if candidate.kind not in _BETWEEN and _alike(piece, candidate):
                return None
        elif candidate.kind not in _BETWEEN:
            return None
    return None


def _alike(piece: Piece, other: Piece) -> bool:
    """Whether two pieces are set alike; what is not, such as a note below a column, may stand between."""
    return piece.font == other.font and abs(piece.size - other.size) < 0.5


def _goes_on(piece: Piece, other: Piece) -> bool:
    """Whether `other`, in another column or on the next page, is the rest of `piece`."""
    last, first = piece.rows[-1], other.rows[0]
    higher = piece.page != other.page or first.box[1] < last.box[1]
    if not higher or not _alike(piece, other) or CAPTION.match(other.text) or _NOTE.match(other.text):
        return False
    text = piece.text
    if _ENDED.search(text) or len(text) < 20:
        return bool(_SHORTENED.search(text))
    if re.search(r"[a-z]-$", text) or re.match(r"[a-z]", other.text):
        return True
    widest = max(row.box[2] for row in piece.rows)
    full = last.box[2] > widest - 2 * last.style.size and (piece.kind is not Kind.TEXT or _begins_full(other))
    return full and (len(piece.rows) > 1 or bool(_GOES_ON.match(other.text)))


def _begins_full(piece: Piece) -> bool:
    """Whether the first of several rows is neither set in nor short, as in the middle of a paragraph."""
    first, left = piece.rows[0], min(row.box[0] for row in piece.rows)
    return first.box[0] < left + first.style.size and first.width > 0.75 * max(
        row.width for row in piece.rows
    )


def _lists(flows: list[Flow]) -> list[Flow]:
    """Items that follow each other make one list."""
    joined: list[Flow] = []
    for flow in flows:
        if flow.kind is Kind.LIST and joined and joined[-1].kind is Kind.LIST:
            joined[-1] = replace(joined[-1], pieces=joined[-1].pieces + flow.pieces)
        else:
            joined.append(flow)
    return joined
