"""Numbers that an answer reckons out of stated ones: a difference or sum, how many times as much, which share of it."""

import re
from collections.abc import Iterable, Iterator
from itertools import permutations

from qagen.checks.reading.quantities import Quantity
from qagen.checks.reading.units import PERCENT, Dimension

_ASKS = re.compile(
    r"\bby (?:how much|how many|what)\b|\bhow many times\b|\bhow (?:much|many) (?:more|less|fewer|\w+er)\b"
    r"|\b(?:difference|factor|ratio|total|altogether|combined|together|sum|percentage|fraction|share|proportion)\b",
    re.IGNORECASE,
)
"""How a question asks for what has to be reckoned."""
_RATIO: Dimension = PERCENT.dimension
_MOST_OPERANDS = 16
"""Numbers, from the first, of which others are reckoned."""


def asks_to_reckon(question: str) -> bool:
    """Whether a plain question asks for a difference, a ratio, a sum or a share."""
    return _ASKS.search(question) is not None


def is_reckoned(quantity: Quantity, operands: Iterable[Quantity], tolerance: float) -> bool:
    """Whether a number is what others come to, up to its rounding.

    tolerance: the relative difference below which two values are the same.
    """
    wanted = _in_base(quantity)
    allowed = max(
        tolerance * abs(wanted), quantity.rounding * (quantity.unit.factor if quantity.unit else 1.0)
    )
    others = [other for other in operands if other.value and other.value != quantity.value][:_MOST_OPERANDS]
    results = _differences(quantity, others) if _is_amount(quantity) else _ratios(quantity, others)
    return any(abs(result - wanted) <= allowed for result in results)


def _is_amount(quantity: Quantity) -> bool:
    return quantity.unit is not None and quantity.unit.dimension != _RATIO


def _differences(quantity: Quantity, others: list[Quantity]) -> Iterator[float]:
    """Differences and sums of two numbers of the dimension, also in words without a unit: "13 minutes: ten first, then three"."""
    alike = [
        _in_base(other) if other.unit else quantity.unit.to_base(other.value)
        for other in others
        if quantity.unit
        and ((other.unit is None and other.is_word) or _dimension(other) == _dimension(quantity))
    ]
    offset = quantity.unit.to_base(0.0) if quantity.unit else 0.0
    for one, other in permutations(alike, 2):
        yield one - other + offset
        yield one + other - offset


def _ratios(quantity: Quantity, others: list[Quantity]) -> Iterator[float]:
    """How many times one number is another of its dimension; of a share also what is more or less, and differences of shares."""
    is_share = quantity.unit is not None
    for one, other in permutations(others, 2):
        if _dimension(one) != _dimension(other):
            continue
        ratio = one.value / other.value if one.unit == other.unit else _in_base(one) / _in_base(other)
        yield ratio
        if is_share:
            yield abs(ratio - 1.0)
        if _dimension(one) == _dimension(quantity):
            yield _in_base(one) - _in_base(other)
    if is_share:
        yield from (abs(other.value - 1.0) for other in others if other.unit is None)


def _dimension(quantity: Quantity) -> Dimension | None:
    return quantity.unit.dimension if quantity.unit else None


def _in_base(quantity: Quantity) -> float:
    return quantity.unit.to_base(quantity.value) if quantity.unit else quantity.value
