"""The one value that a question asks for and its answer states, for rewards that a program can check.

There is a solution only where nothing is left to judgement: the question asks how much or how many, the answer states one
value of that kind beside what the question says itself, and the evidence states the very value. A bound ("more than 5 mm"), a
range, a value whose sign the PDF lost, or two values that both could be meant give none.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qagen.checks.reading.quantities import Quantity, quantities
from qagen.checks.reading.signs import UNKNOWN, marked
from qagen.checks.reading.text import plain
from qagen.checks.reading.units import PH, Dimension
from qagen.checks.reading.words import FUNCTION_WORDS
from qagen.records import Solution

_LENGTH: Dimension = (("length", 1),)
_TIME: Dimension = (("time", 1),)
_MONTH: Dimension = (("month", 1),)
_RATIO: Dimension = (("ratio", 1),)
_TEMPERATURE: Dimension = (("temperature", 1),)
_LENGTHS, _TIMES, _RATIOS = frozenset({_LENGTH}), frozenset({_TIME, _MONTH}), frozenset({_RATIO})
_ANY: frozenset[Dimension] = frozenset({(("any", 1),)})
"""Stands for every dimension; the value has to have a unit."""
_COUNT: frozenset[Dimension] = frozenset()
"""Stands for a number without a unit."""

_HOW: dict[str, frozenset[Dimension]] = {
    "many": _COUNT,
    "long": _LENGTHS | _TIMES,
    "old": _TIMES,
    "thick": _LENGTHS,
    "wide": _LENGTHS,
    "deep": _LENGTHS,
    "tall": _LENGTHS,
    "far": _LENGTHS,
    "hot": frozenset({_TEMPERATURE}),
    "cold": frozenset({_TEMPERATURE}),
    **dict.fromkeys(
        ("much", "high", "large", "big", "fast", "small", "low", "strong", "heavy", "close"), _ANY
    ),
}
_NOUNS: dict[str, frozenset[Dimension]] = {
    "temperature": frozenset({_TEMPERATURE}),
    **dict.fromkeys(("percentage", "percent", "proportion", "share"), _RATIOS),
    **dict.fromkeys(
        ("wavelength", "thickness", "length", "width", "height", "depth", "diameter", "radius", "distance"),
        _LENGTHS,
    ),
    **dict.fromkeys(("duration", "lifetime", "half-life", "time"), _TIMES),
    **dict.fromkeys(
        (
            *("concentration", "pressure", "mass", "weight", "area", "volume", "speed", "velocity", "rate", "dose", "ph"),
            *("frequency", "energy", "gap", "bandgap", "voltage", "potential", "current", "power", "density", "yield"),
            *("efficiency", "accuracy", "sensitivity", "specificity", "conductivity", "capacity", "resolution", "value"),
            *("strength", "modulus", "resistance", "intensity", "size", "amount", "fraction", "reduction", "increase"),
            *("decrease", "improvement", "content"),
        ),
        _ANY,
    ),
}  # fmt: skip
_HOW_ASKED = re.compile(rf"\bhow ({'|'.join(_HOW)})\b", re.IGNORECASE)
_NO_PART = FUNCTION_WORDS | {
    *(
        "effect",
        "role",
        "influence",
        "impact",
        "cause",
        "reason",
        "difference",
        "conclusion",
        "conclusions",
        "finding",
        "findings",
    ),
    *(
        "regarding",
        "concerning",
        "about",
        "behind",
        "relationship",
        "relation",
        "main",
        "purpose",
        "method",
        "methods",
    ),
}
"""What does not stand between "what is the" and the name of an amount that is asked for."""
_WHAT_ASKED = re.compile(
    rf"\b(?:what|which) (?:(?:is|was|are|were) )?(?:the |a )?(?:(?!(?:{'|'.join(sorted(_NO_PART))})\b)[\w-]+ ){{0,3}}?"
    rf"({'|'.join(_NOUNS)})\b(?!-)(?: ([a-z]+))?",
    re.IGNORECASE,
)
_BEHIND_A_HEAD = FUNCTION_WORDS | frozenset(
    (
        "used",
        "required",
        "needed",
        "applied",
        "measured",
        "observed",
        "reported",
        "obtained",
        "achieved",
        "reached",
        "found",
        "chosen",
    )
)
"""What may stand behind the thing asked for; "temperature dependence" asks for another thing."""
_BOUND = re.compile(
    r"(?:\b(?:than|least|most|over|above|under|below|beyond|within|exceeds?|exceeded|exceeding|up to|down to|minimum of|maximum of|"
    r"every|each|between|from|first|last)|[<>≤≥≪≫]) ?(?:about |approximately |around |~|≈)?$",
    re.IGNORECASE,
)
_OR_MORE = re.compile(
    r" (?:or|and) (?:more|less|fewer|above|below|higher|lower|longer|shorter|greater|over|older|younger)\b"
)
_SPREAD = re.compile(r" ?(?:±|\+/-) ?")
_UNIT = re.compile(
    r"^(?:[\d.,]+(?: \d{3})*(?: ?[×x·*] ?10 ?\^? ?[+-]?\d{1,2}|[eE][+-]?\d{1,2}|\^[+-]?\d{1,2})?|[A-Za-z]+)[ -]?(?P<unit>.*)$"
)
_CLOSEST = 40
"""Characters before a number in which a bound is named."""


@dataclass(frozen=True, slots=True)
class _Value:
    """A number of a text: `sign` is "-" or "", `is_exact` whether it is no bound and its sign is known, `spread` what follows its "±"."""

    quantity: Quantity
    sign: str
    is_exact: bool
    spread: Quantity | None

    def is_same(self, other: "_Value") -> bool:
        mine, theirs = self.quantity, other.quantity
        return (mine.value, mine.unit, self.sign) == (theirs.value, theirs.unit, other.sign)

    def states(self, other: "_Value") -> bool:
        return self.is_exact and self.sign == other.sign and self.quantity.states(other.quantity, 0.0)


def solution(question: str, answer: str, evidence: Iterable[str]) -> Solution | None:
    """The value that the question asks for; None where it asks for none, or the answer leaves open which it is.

    Args:
        question: of the pair.
        answer: of the pair.
        evidence: the texts that support the answer, as they stand in the document.
    """
    asked = plain(question)
    dimensions = _asked(asked)
    if dimensions is None:
        return None
    given = list(_values(asked))
    found = [
        value
        for value in _values(plain(answer))
        if _fits(value.quantity, dimensions) and not any(value.is_same(other) for other in given)
    ]
    if not found or not found[0].is_exact or not all(found[0].is_same(other) for other in found):
        return None
    return _solution(found[0]) if _is_in(evidence, found[0]) else None


def is_borne_out(given: Solution, answer: str, evidence: Iterable[str]) -> bool:
    """Whether an answer states a solution, and its evidence the same value."""
    said = [value for value in _values(plain(answer)) if _solution(value) == given]
    return bool(said) and _is_in(evidence, said[0])


def _is_in(evidence: Iterable[str], value: _Value) -> bool:
    return any(stated.states(value) for text in evidence for stated in _values(plain(text)))


def _asked(question: str) -> frozenset[Dimension] | None:
    """The dimensions of what a question asks for, `_COUNT` or `_ANY`; None where it asks for no amount."""
    how = _HOW_ASKED.search(question)
    if how is not None:
        return _HOW[how[1].lower()]
    what = _WHAT_ASKED.search(question)
    if what is None or (what[2] and what[2].lower() not in _BEHIND_A_HEAD):
        return None
    return _NOUNS[what[1].lower()]


def _fits(quantity: Quantity, dimensions: frozenset[Dimension]) -> bool:
    """Whether a number is of the kind that is asked for; a count has no unit, and everything else has one."""
    if dimensions == _COUNT:
        return quantity.unit is None and not quantity.joined and quantity.value.is_integer()
    if quantity.unit is None:
        return False
    return dimensions == _ANY or quantity.unit.dimension in dimensions


def _values(text: str) -> Iterator[_Value]:
    """The numbers of a plain text that state something; what stands behind "±" belongs to the one before it."""
    found = [
        one
        for one in quantities(text, frozenset(text.lower().split()))
        if not (one.in_name or one.is_pointer or one.is_item or one.is_decade)
    ]
    for place, quantity in enumerate(found):
        if place and _is_spread(text, found[place - 1], quantity):
            continue
        after = found[place + 1] if place + 1 < len(found) else None
        spread = after if after and _is_spread(text, quantity, after) else None
        before = text[max(0, quantity.start - _CLOSEST) : quantity.start]
        mark = next(iter(marked(text, [quantity])), None)
        sign, relation = (mark.sign, mark.relation) if mark else ("", "")
        exact = sign != UNKNOWN and not relation and _BOUND.search(before) is None
        yield _Value(quantity, sign, exact and not _is_open(text, quantity), spread)


def _is_spread(text: str, one: Quantity, after: Quantity) -> bool:
    return _SPREAD.fullmatch(text[one.end : after.start]) is not None


def _is_open(text: str, quantity: Quantity) -> bool:
    """Whether "or more", "or less" and the like follow."""
    return _OR_MORE.match(text, quantity.end) is not None


def _solution(value: _Value) -> Solution | None:
    quantity, spread = value.quantity, value.spread
    unit = _UNIT.match(spread.text if spread else quantity.text)
    name = unit["unit"] if unit and quantity.unit else ""
    if not name and quantity.unit not in (None, PH):
        return None  # its unit stands behind another number
    tolerance = 0.0 if quantity.unit is None and not quantity.is_rough else quantity.rounding
    if spread is not None and spread.unit == quantity.unit:
        tolerance = spread.value
    return Solution(-quantity.value if value.sign else quantity.value, name or None, tolerance)
