"""Numbers are found by their values, just as comparing each with each would find them."""

from hypothesis import given
from hypothesis import strategies as st

from qagen.checks import IndexedSource, check_pair
from qagen.checks.reading.quantities import quantities
from qagen.checks.reading.stated import Stated, distinct
from qagen.reasons import Reason
from qagen.records import Pair
from qagen.settings import CheckSettings

NUMBERS = st.sampled_from(
    ["0", "3", "0.5", "5.0", "12", "12.5", "12.46", "1,000", "1e3", "about 13", "five", "10^-6", "CO2"]
)
UNITS = st.sampled_from(["", " nm", " μm", " °C", " K", " min", " h", " %", " films", "-fold", " mg/L", " kPa"])  # fmt: skip
TEXTS = st.lists(st.tuples(NUMBERS, UNITS).map("".join), max_size=12).map(". Then ".join)


@given(TEXTS, TEXTS, st.sampled_from([0.0, 0.005, 0.1]))
def test_what_states_a_number_is_found_as_by_comparing_it_with_all(text, other, tolerance):
    known, index = quantities(text), Stated(quantities(text))
    for quantity in quantities(other):
        found = sorted(one.start for one in index.stating(quantity, tolerance))
        assert found == [one.start for one in known if one.states(quantity, tolerance)]
        contradicting = sorted(one.start for one in index.contradicting(quantity))
        assert contradicting == [one.start for one in known if one.contradicts_unit_of(quantity)]


@given(TEXTS, st.integers(1, 20))
def test_of_many_numbers_each_is_kept_once(text, times):
    many = quantities(". Then ".join([text] * times))
    kept = {one._replace(start=0, end=0) for one in distinct(many)}
    assert kept == {one._replace(start=0, end=0) for one in many}


def test_a_pair_of_nothing_but_numbers_is_judged_like_any_other():
    numbers = " ".join(f"{number} nm," for number in range(1000, 2200)) + " 77 nm"
    verdict = check_pair(
        Pair(f"What is {numbers}?", f"It is {numbers} 1."), IndexedSource(numbers), CheckSettings()
    )
    assert Reason.UNGROUNDED_NUMBER not in {fault.reason for fault in verdict.faults}
    verdict = check_pair(
        Pair("What is it, in all?", f"It is {numbers}."), IndexedSource("It is 5 nm."), CheckSettings()
    )
    assert [fault.found for fault in verdict.faults if fault.reason is Reason.UNGROUNDED_NUMBER] == [
        "1000 nm"
    ]
