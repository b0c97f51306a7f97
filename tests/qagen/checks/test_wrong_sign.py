"""Signs and relations of numbers."""

import pytest

from qagen.checks import IndexedSource, check_pair
from qagen.reasons import Reason
from qagen.records import Pair
from qagen.settings import CheckSettings

QUESTION = "What was found for the growth of the ice and the depth of the snow?"


def wrong(stated, answer, question=QUESTION):
    faults = check_pair(Pair(question, answer), IndexedSource(stated), CheckSettings()).faults
    return [fault for fault in faults if fault.reason is Reason.WRONG_SIGN]


CORRELATION = "A correlation of r = \u22120.82 (p < 0.001) was found for the growth of the ice and the depth of the snow."
CHANGE = "The change was -0.35 ± 0.02 mm per year in the north and 0.12 mm per year in the south of the lake."
COLD = "The flux of the lake was measured in 2019 at \u221210 °C by the crew of the ship."


@pytest.mark.parametrize(
    ("stated", "answer"),
    [
        (CORRELATION, "A correlation of r = 0.82 (p < 0.001) was found for the growth of the ice."),
        (CORRELATION, "A correlation of r = -0.82 (p > 0.001) was found for the growth of the ice."),
        (CHANGE, "The change was 0.35 ± 0.02 mm per year in the north of the lake."),
        (CHANGE, "The change was -0.12 mm per year in the south of the lake."),
        (COLD, "The flux of the lake was measured at 10 °C in 2019."),
        (COLD, "The flux of the lake was measured at +10 °C in 2019."),
        (
            "The flux of the lake was measured in 2019 at \ufffd10 °C.",
            "The flux of the lake was measured at 10 °C.",
        ),
        (
            "The flux of the lake was measured in 2019 at \ufffd10 °C.",
            "The flux of the lake was measured at -10 °C.",
        ),
    ],
)
def test_a_sign_or_relation_that_the_source_has_not_is_turned_down(stated, answer):
    assert len(wrong(stated, answer)) == 1


@pytest.mark.parametrize(
    ("stated", "answer"),
    [
        (CORRELATION, "A correlation of r = -0.82 (p < 0.001) was found for the growth of the ice."),
        (CORRELATION, "A correlation of \u22120.82 was found, with p \u2264 0.001."),
        (COLD, "The flux of the lake was measured at \u201310 °C in 2019."),
        (COLD, "The flux of the lake was measured at minus 10 °C in 2019."),
        (COLD, "The flux of the lake was measured at 10 degrees below zero in 2019."),
        (
            "The ice had a thickness of 5\u201310 cm in the winter.",
            "The ice was from 5 to 10 cm thick in the winter.",
        ),
        ("The ice had a thickness of 5 to 10 cm in the winter.", "The ice was 5-10 cm thick in the winter."),
        ("The Cys-138 residue of HT-2 is bound.", "The residue Cys 138 of HT2 is bound."),
    ],
)
def test_what_the_source_has_in_another_spelling_passes(stated, answer):
    assert wrong(stated, answer) == []


def test_a_lost_character_before_a_number_is_called_uncertain():
    fault = wrong("The lake was measured in 2019 at \ufffd10 °C.", "The lake was measured at 10 °C.")[0]
    assert "lost" in fault.detail


@pytest.mark.parametrize(
    "said", ["12,500", "12 500", "12\u202f500", "12500", "1.25 × 10\u2074", "12.5 × 10\u00b3"]
)
def test_notations_of_one_number_are_that_number(said):
    stated = IndexedSource(
        "The CO2 flux was 12,500 mol per day. It was measured in 2019 by the crew of the ship."
    )
    pair = Pair(
        "What was the CO2 flux that the crew of the ship measured?", f"The CO2 flux was {said} mol per day."
    )
    assert check_pair(pair, stated, CheckSettings()).accepted


@pytest.mark.parametrize(("one", "other"), [("J/K·mol", "J per K per mol"), ("emu/mol·K", "emu/(mol K)")])
def test_what_a_dot_ties_to_a_divisor_divides_too(one, other):
    stated = IndexedSource(f"The specific heat jump of the sample was 38.2 {one} at the transition.")
    pair = Pair(
        "How large was the specific heat jump of the sample?", f"The specific heat jump was 38.2 {other}."
    )
    faults = check_pair(pair, stated, CheckSettings()).faults
    assert Reason.UNGROUNDED_NUMBER not in {fault.reason for fault in faults}
