"""Numbers that a text states, found by their values: texts may hold thousands, and be made to."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from qagen.checks.reading.quantities import Quantity
from qagen.checks.reading.units import Dimension

_SLACK = 1e-9
"""By how much more than asked, relatively, values are looked around: the comparison itself is made by the quantities."""


_MANY = 50
"""Numbers of a sentence or an answer from which on it is worth while to look for those that come again."""


def distinct(quantities: Sequence[Quantity]) -> Iterable[Quantity]:
    """Quantities without those that are the same as one before, but for their places, where there are many."""
    if len(quantities) < _MANY:
        return quantities
    return dict.fromkeys(quantity._replace(start=0, end=0) for quantity in quantities)


class _Sorted:
    """Quantities in the order of some value of theirs."""

    def __init__(self, pairs: Sequence[tuple[float, Quantity]]) -> None:
        ordered = sorted(pairs, key=lambda pair: pair[0])
        self._values = [value for value, _ in ordered]
        self._quantities = [quantity for _, quantity in ordered]

    def around(self, value: float, difference: float) -> Sequence[Quantity]:
        """Those whose values are about that close."""
        reach = difference * (1 + 2 * _SLACK) + abs(value) * _SLACK
        first = bisect_left(self._values, value - reach)
        return self._quantities[first : bisect_right(self._values, value + reach)]


class Stated:
    """The numbers of a text, indexed once."""

    def __init__(self, quantities: Sequence[Quantity]) -> None:
        self._by_value = _Sorted([(quantity.value, quantity) for quantity in quantities])
        bases: dict[Dimension, list[tuple[float, Quantity]]] = {}
        for quantity in quantities:
            if quantity.unit is not None:
                base = quantity.unit.to_base(quantity.value)
                bases.setdefault(quantity.unit.dimension, []).append((base, quantity))
        self._by_dimension = {dimension: _Sorted(pairs) for dimension, pairs in bases.items()}
        self.counted = frozenset(quantity.counted for quantity in quantities if not quantity.in_name)
        """The stems of what is counted, numbers in names aside."""

    def stating(self, quantity: Quantity, tolerance: float) -> Iterator[Quantity]:
        """Those that a quantity may be given for, in no order; `tolerance` as for `Quantity.states`."""
        unit = quantity.unit
        for other in self._by_value.around(quantity.value, quantity.rounding):
            same_unit = unit is None or other.unit is None or other.unit == unit
            if same_unit and other.states(quantity, tolerance):
                yield other
        if unit is not None and unit.dimension in self._by_dimension:
            base = unit.to_base(quantity.value)
            difference = max(quantity.rounding * unit.factor, tolerance * abs(base))
            for other in self._by_dimension[unit.dimension].around(base, difference):
                if other.unit != unit and other.states(quantity, tolerance):
                    yield other

    def contradicting(self, quantity: Quantity) -> list[Quantity]:
        """Those that have the same number with another unit of the kind."""
        if quantity.unit is None:
            return []
        return [
            other
            for other in self._by_value.around(quantity.value, 0.0)
            if other.contradicts_unit_of(quantity)
        ]
