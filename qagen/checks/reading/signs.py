"""Numbers with what stands before them: a minus, a relation, or a character that stands for a lost one."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qagen.checks.reading.quantities import Quantity

_MINUS = re.compile(r"(?:(?<![\w%°)\]])(?:-|minus ) ?|\bnegative )$", re.IGNORECASE)
_LOST = re.compile(r"(?<![\w)\]])[\ufffd\ue000-\uf8ff\u03ea\x00-\x08\x0e-\x1f]$")
"""What fonts without a map leave where a minus was."""
_EXPONENT = re.compile(r"[)\]]\^?[-+]$")
"""A power, such as the -1 of (T1T)-1, is no number by itself."""
_BELOW_ZERO = re.compile(r"\s*(?:degrees? )?(?:below|under) zero\b", re.IGNORECASE)
_RELATION = re.compile(r"(?P<symbol>[A-Za-zα-ωΑ-Ω²0-9]{0,4}) ?(?P<relation><=|>=|[<>≤≥≪≫=≈~]) ?[-+]?$")
_FAMILIES = {"<": "<", "<=": "<", "≤": "<", "≪": "<", ">": ">", ">=": ">", "≥": ">", "≫": ">"}
_SIGNS = frozenset("-+")
_RELATIONS = frozenset("<>=≤≥≪≫≈~")
_ENDS_OF_MINUS = frozenset("-sSeE")
"""What each of the patterns needs, which is quicker to look for."""
UNKNOWN = "unknown"
_CLOSEST = 40
"""Characters before a number in which its sign and relation are."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A number with what stands before it: `sign` is "-", "" or unknown, `relation` "<", ">" or ""."""

    quantity: Quantity
    sign: str
    relation: str
    symbol: str


def marked(text: str, found: Iterable[Quantity]) -> Iterator[Marked]:
    """Those of the numbers found in a plain text that are no names, pointers or items, in order."""
    for quantity in found:
        if (
            quantity.in_name
            or quantity.is_item
            or quantity.is_pointer
            or quantity.is_word
            or not quantity.value
        ):
            continue
        before = text[max(0, quantity.start - _CLOSEST) : quantity.start]
        tail = before.rstrip(" ")[-1:]
        if tail in _SIGNS and _EXPONENT.search(before):
            continue
        relation = None if _RELATIONS.isdisjoint(before[-4:]) else _RELATION.search(before)
        yield Marked(
            quantity=quantity,
            sign=_sign(before, text[quantity.end : quantity.end + _CLOSEST]),
            relation=_FAMILIES.get(relation["relation"], "") if relation else "",
            symbol=relation["symbol"] if relation else "",
        )


def _sign(before: str, after: str) -> str:
    last = before[-1:]
    if last and not last.isascii() and _LOST.search(before):
        return UNKNOWN
    if last and last < " " and _LOST.search(before):
        return UNKNOWN
    is_minus = before.rstrip(" ")[-1:] in _ENDS_OF_MINUS and _MINUS.search(before)
    return "-" if is_minus or _BELOW_ZERO.match(after) else ""
