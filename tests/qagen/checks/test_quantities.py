"""Numbers and units are read in whatever notation they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.checks.reading.quantities import quantities
from qagen.checks.reading.text import plain


def read(text):
    return quantities(plain(text))


def said(text):
    return [quantity.text for quantity in read(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5.0 × 10⁻⁶ mol L⁻¹", "5 μmol/L"),
        ("$1.5\\times10^{3}$ W m<sup>−2</sup>", "1.5 kW/m²"),
        ("10^{-5} M", "0.01 mM"),
        ("1,200 mL", "1.2 L"),
        ("25 percent", "25%"),
        ("12.5 wt.%", "12.5 %"),
        ("40 degrees Celsius", "40 °C"),
        ("40 ° C", "313.15 K"),
        ("3 mA h g-1", "3 Ah/kg"),
        ("2 hours", "120 min"),
        ("50 nanometers", "0.05 μm"),
        ("1e-3 V", "1 mV"),
        ("pH of 7", "pH 7.0"),
        ("two times", "2-fold"),
        ("3 mg per liter", "3 μg mL⁻¹"),
        ("0.5 Å", "50 pm"),
    ],
)
def test_one_quantity_in_two_notations_is_the_same(one, other):
    (first,), (second,) = read(one), read(other)
    assert first.states(second, 0.005)
    assert second.states(first, 0.005)


@pytest.mark.parametrize(
    ("stated", "given"),
    [
        ("3.21 eV", "3.12 eV"),
        ("5 mg", "5 μg"),
        ("60 °C", "60 K"),
        ("1.1 × 10−7 M", "1.1 × 10−7 mM"),
        ("0.9939", "9.9939"),
        ("pH 5", "pH 9"),
        ("5 m", "5 s"),
        ("0.65 V", "0.7 V"),
    ],
)
def test_another_number_or_unit_is_not_the_same(stated, given):
    (first,), (second,) = read(stated), read(given)
    assert not first.states(second, 0.005)


@pytest.mark.parametrize(
    ("stated", "given", "same"),
    [
        ("14.72 nm", "14.7 nm", True),
        ("14.7 nm", "14.72 nm", False),
        ("0.65 V", "about 0.7 V", True),
        ("1994", "1990s", True),
    ],
)
def test_a_number_may_be_rounded_but_not_made_up(stated, given, same):
    (first,), (second,) = read(stated), read(given)
    assert first.states(second, 0.005) is same


def test_the_unit_of_a_range_or_list_goes_to_all_its_members():
    assert [quantity.unit for quantity in read("from 30 to 60 °C")] == [read("1 °C")[0].unit] * 2
    assert {quantity.unit for quantity in read("2, 5 and 10 mg")} == {read("1 mg")[0].unit}
    assert [quantity.unit for quantity in read("In 1980s, 2 mg")] == [None, read("1 mg")[0].unit]


def test_numbers_in_names_items_of_lists_and_pointers_are_told_apart():
    assert [quantity.in_name for quantity in read("CO2, HT-2, 3D and 4 bars")] == [True, True, True, False]
    assert [quantity.is_item for quantity in read("1) heat it, and 2) cool it to 3 °C")] == [
        True,
        True,
        False,
    ]
    assert [quantity.is_item for quantity in read("Heat it. 2. Cool it to 3.")] == [True, False]
    assert [quantity.is_pointer for quantity in read("Fig. 2 and Table 3 give 4 mg")] == [True, True, False]


def test_what_is_counted_is_known():
    (count,) = read("three electrodes")
    assert (count.value, count.counted, count.is_word) == (3.0, "electrod", True)
    assert [(item.counted, item.joined) for item in read("9-methylcatechol and 8 of them")] == [
        ("methylcatechol", True),
        ("", False),
    ]


def test_a_word_that_begins_like_a_unit_is_none():
    assert said("5 methods, 5 m long, 5 mm/s, 3 V s") == ["5", "5 m", "5 mm/s", "3 V"]


@given(st.text(alphabet="0123456789.,×^-+ eE%°CmgμL/()x", max_size=60))
def test_any_text_can_be_read_and_each_quantity_is_its_slice(text):
    normal = plain(text)
    for quantity in quantities(normal):
        assert normal[quantity.start : quantity.end] == quantity.text


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1) Mix", [True]),
        ("(2) Mix", [True]),
        ("Mix; 2) mix: 3) mix and 4) mix or 5) mix", [True, True, True, True]),
        ("Mix 2) and 3) mix", [False, True]),
        ("So! 3. Next? 4. Next; 5: next", [True, True, True]),
        ("So 3. Next, 4. next", [False, False]),
        ("3: so", [True]),
        ("3.5: so", [False]),
        ("3 K: so", [False]),
    ],
)
def test_a_number_marks_an_item_where_one_begins(text, items):
    assert [one.is_item for one in quantities(text)] == items


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("5, 6 and 7 nm", [True, True, True]),
        ("5 of 7 nm", [False, True]),
        ("CO2 to 7 nm", [False, True]),
        ("1) to 7 nm", [False, True]),
        ("Fig. 2 to 7 nm", [False, True]),
        ("5k to 7 nm", [False, True]),
        ("5 K to 7 nm", [True, True]),
    ],
)
def test_a_number_has_the_unit_of_the_next_if_it_is_bare(text, units):
    assert [one.unit is not None for one in quantities(text)] == units


def test_numbers_in_words_are_looked_for_where_the_text_has_such_words():
    assert quantities("two mice", {"mice"}) == ()
    assert quantities("two mice", {"two", "mice"}) == quantities("two mice")


@pytest.mark.parametrize(
    ("text", "rounding", "coarseness"),
    [
        ("5", 0.0, 1.0),
        ("12", 0.5, 1.0),
        ("about 5", 0.5, 1.0),
        ("6,000", 0.5, 1.0),
        ("about 6,000", 500.0, 1000.0),
        ("about 6,500", 50.0, 100.0),
        ("3.12", 0.005, 0.01),
        ("0.9", 0.0, 0.1),
        ("about 0.9", 0.05, 0.1),
    ],
)
def test_a_number_may_be_rounded_by_half_of_what_its_last_digit_is_worth(text, rounding, coarseness):
    (one,) = quantities(text)
    assert (one.rounding, one.coarseness) == (rounding, coarseness)
