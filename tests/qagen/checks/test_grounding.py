"""Gates for what a score of shared words cannot see."""

import pytest

from qagen.checks import IndexedSource, check_pair
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
SOURCE = IndexedSource(TEXT)
QUESTION = "How do the films respond to the gas?"
GATES = {
    Reason.UNGROUNDED_NUMBER,
    Reason.NEGATED,
    Reason.TURNED_AROUND,
    Reason.UNKNOWN_NAME,
    Reason.WRONG_EXPANSION,
}


def gates(answer, question=QUESTION):
    verdict = check_pair(Pair(question, answer), SOURCE, CheckSettings())
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
        (
            "Films came from chemical vapour deposition (CVD).",
            "Films came from vacuum deposition (CVD).",
            Reason.WRONG_EXPANSION,
        ),
        (
            "Films came from chemical vapour deposition (CVD).",
            "Films came from chemical vapour deposited (CVD).",
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
    assert gates("Electrodes with humidity drift (EHD) were used.") == {Reason.UNKNOWN_NAME}
    assert gates("The films show contact resistance humidity (CRH).") == {Reason.UNKNOWN_NAME}
    assert Reason.WRONG_EXPANSION in gates(
        "The films of the air (FAR) come by chemical not deposition (CND)."
    )
    assert Reason.WRONG_EXPANSION in gates("The contact ruthenium humidity (CRH) was small.")


HISTORY = IndexedSource(
    "In the 1980s the yield of indigo (0.5 μg/L) was low, and mauve (0.5 mg/L) gave no more. "
    "The pH was not very high at the low ionic strength. The receipt of shop17 was kept."
)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("It was made in the 1980s.", "It was made in 1980 min."),
        ("There was indigo (0.5 μg/L) and mauve (0.5 mg/L).", "There was indigo (0.5 mg/L)."),
        ("There were 0.5 mg/L.", "There were 17 mg/L."),
    ],
)
def test_a_number_counts_with_what_it_is_a_number_of(true, false):
    def found(answer):
        faults = check_pair(Pair(QUESTION, answer), HISTORY, CheckSettings()).faults
        return [fault.reason for fault in faults if fault.reason == Reason.UNGROUNDED_NUMBER]

    assert found(true) == []
    assert found(false) == [Reason.UNGROUNDED_NUMBER]


def test_what_the_source_denies_is_the_opposite_of_it():
    faults = check_pair(
        Pair(QUESTION, "The pH was low at low ionic strength."), HISTORY, CheckSettings()
    ).faults
    assert Reason.TURNED_AROUND not in {fault.reason for fault in faults}


COURTS = IndexedSource(
    "At least the film was easy to make. It was no longer transparent. A more modern court heard the case. "
    "The counter electrode improved the yield, and an increase of the pressure followed. "
    "The balance goes below a limit. The pain went away. The energy was increased."
)


def turned(answer, source=COURTS):
    faults = check_pair(Pair(QUESTION, answer), source, CheckSettings()).faults
    return [fault.detail for fault in faults if fault.reason == Reason.TURNED_AROUND]


@pytest.mark.parametrize(
    "answer",
    [
        "Most of all the film was easy to make.",
        "It was transparent for a shorter time.",
        "A lower court heard the case.",
        "A smaller counter electrode was used for the yield.",
        "The pressure was high, and the counter electrode was small.",
        "The balance drops to a limit.",
        "It gave energy and a reduction of pain.",
    ],
)
def test_words_that_are_no_opposites_or_are_said_of_something_else_turn_nothing_around(answer):
    assert turned(answer) == []


@pytest.mark.parametrize(
    "answer",
    [
        "The counter electrode reduced the yield.",
        "The balance rises above a limit.",
        "The energy was reduced.",
    ],
)
def test_opposites_of_the_same_thing_still_do(answer):
    assert len(turned(answer)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "If the sensor is not affected, the response stays.",
        "Unless it is not cold, the sensor is affected.",
        "The sensor is not necessarily affected by light.",
        "I cannot say by what the sensor is affected.",
    ],
)
def test_a_condition_or_a_mere_doubt_denies_nothing(answer):
    assert Reason.NEGATED not in gates(answer)


@pytest.mark.parametrize(
    ("answer", "foreign"),
    [
        ("Films were made by catalytic chemical vapour deposition (CVD).", "catalytic"),
        ("The films of courts polyaniline (PANI) respond.", "courts"),
        ("The response ruthenium the PANI films to polyaniline (PANI).", "ruthenium"),
    ],
)
def test_a_single_foreign_word_beside_an_expansion_was_exchanged(answer, foreign):
    faults = check_pair(Pair(QUESTION, answer), SOURCE, CheckSettings()).faults
    found = [(fault.reason, fault.found) for fault in faults if fault.reason in GATES]
    assert found == [(Reason.WRONG_EXPANSION, foreign)]
