"""Gates for what a score of shared words cannot see."""

import pytest

from qagen.checks import Source, judge
from qagen.reasons import Reason
from qagen.records import Pair
from qagen.settings import CheckSettings

TEXT = (
    "Films of polyaniline (PANI) were made by chemical vapour deposition (CVD) at 60 °C. "
    "The response of the PANI films to NH3 increased with the thickness up to 22 nm. "
    "The sensor is affected by the humidity of the air. "
    "The contact resistance was small, and no drift was seen. "
    "Two electrodes were attached after annealing."
)
SOURCE = Source(TEXT)
QUESTION = "How do the films respond to the gas?"
GATES = {
    Reason.UNGROUNDED_NUMBER,
    Reason.NEGATED,
    Reason.TURNED_AROUND,
    Reason.UNKNOWN_NAME,
    Reason.WRONG_EXPANSION,
}


def gates(answer, question=QUESTION):
    verdict = judge(Pair(question, answer), SOURCE, CheckSettings())
    return {fault.reason for fault in verdict.faults} & GATES


@pytest.mark.parametrize(
    ("true", "false", "reason"),
    [
        ("The films were made at 60 °C.", "The films were made at 80 °C.", Reason.UNGROUNDED_NUMBER),
        ("The films were made at 60 °C.", "The films were made at 60 K.", Reason.UNGROUNDED_NUMBER),
        ("Two electrodes were attached.", "Three electrodes were attached.", Reason.UNGROUNDED_NUMBER),
        ("The sensor is affected by humidity.", "The sensor is not affected by humidity.", Reason.NEGATED),
        ("The sensor is affected by humidity.", "The sensor isn't affected by humidity.", Reason.NEGATED),
        (
            "The response increased with the thickness.",
            "The response decreased with the thickness.",
            Reason.TURNED_AROUND,
        ),
        ("The contact resistance was small.", "The contact resistance was large.", Reason.TURNED_AROUND),
        ("The PANI films respond to NH3.", "The PANI films respond to NO2.", Reason.UNKNOWN_NAME),
        (
            "Films came from chemical vapour deposition (CVD).",
            "Films came from chemical vacuum deposition (CVD).",
            Reason.WRONG_EXPANSION,
        ),
    ],
)
def test_one_wrong_word_is_seen_and_the_right_one_kept(true, false, reason):
    assert gates(true) == set()
    assert gates(false) == {reason}


@pytest.mark.parametrize(
    "answer",
    [
        "There was no drift, so the signal did not drift.",
        "The sensor is affected not only by the gas but by the humidity.",
        "Three factors matter: thickness, humidity and deposition.",
        "1) The films are deposited. 2) The electrodes are attached.",
        "The response first increases and then decreases.",
        "The films are deposited from the vapour (CVD).",
    ],
)
def test_what_the_source_lets_one_say_is_kept(answer):
    assert gates(answer) == set()


def test_names_and_numbers_of_the_question_may_be_used():
    assert gates("At 90 °C the films of PEDOT respond.", "How do films of PEDOT respond at 90 °C?") == set()


def test_an_expansion_of_its_own_may_have_no_word_that_is_foreign_to_the_source():
    assert gates("Chemical films deposition (CFD) was used.") == {Reason.UNKNOWN_NAME}
    assert gates("The films show contact resistance humidity (CRH).") == {Reason.UNKNOWN_NAME}
    assert Reason.WRONG_EXPANSION in gates("The contact ruthenium humidity (CRH) was small.")
