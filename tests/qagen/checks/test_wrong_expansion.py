"""What an acronym stands for: as in the source, or with a word exchanged."""

import pytest

from qagen.checks import CHECKS, IndexedSource
from qagen.checks.check_input import CheckInput
from qagen.records import Pair
from qagen.settings import CheckSettings

TEXT = (
    "Films of organic polyaniline (OPA) were cast. Power conversion efficiency (PCE) rose. "
    "The scanning electron microscope was used. Solid phase extraction (SPE) of the salts followed."
)


def told(answer, question="What is said?"):
    subject = CheckInput.of(Pair(question, answer), IndexedSource(TEXT))
    return [
        (fault.detail, fault.found) for fault in dict(CHECKS)["wrong_expansion"](subject, CheckSettings())
    ]


@pytest.mark.parametrize(
    "answer",
    [
        "Films of organic polyaniline (OPA) were cast.",
        "The organic polyanilines (OPA) were cast.",
        "The scanning electron microscope (SEM) was used.",
        "The scanning electron microscopes (SEMs) were used.",
        "The extraction by solid phase (SPE) followed.",
        "The quartz crystal films (QCF) were cast.",
        "(OPA) were cast.",
        "The films (XQZ) were cast.",
    ],
)
def test_an_acronym_that_is_spelled_out_as_in_the_source_passes(answer):
    assert told(answer) == []


@pytest.mark.parametrize(
    ("words", "acronym"),
    [
        ("Films of oxidised polyaniline", "OPA"),
        ("The power conversion rate", "PCE"),
        ("Solid phase extracted", "SPE"),
        ("Solid phase", "SPE"),
        ("Solid liquid extraction", "SPE"),
        ("Extraction", "SPE"),
        ("The scanning tunnel microscope", "STM"),
        ("Films of quartz", "FQ"),
    ],
)
def test_another_form_than_the_source_s_is_told(words, acronym):
    detail = f"the source does not expand {acronym!r} to {words!r}"
    assert told(f"{words} ({acronym}) followed.") == [(detail, f"{words} ({acronym}")]


def test_one_of_two_foreign_words_stands_in_the_place_of_the_source_s():
    words = "scanning tunnel microscope zeolites"
    detail = f"the source does not expand 'STMZ' to {words!r}"
    assert told(f"{words} (STMZ) were used.") == [(detail, words)]
    assert told("quartz tunnel microscope zeolites (QTMZ) were used.") == []


@pytest.mark.parametrize(
    ("words", "acronym", "other"),
    [
        ("Organic polyaniline", "PCE", "opa"),
        ("Organic polyaniline", "OPN", "opa"),
        ("The power conversion efficiency", "PCR", "pce"),
    ],
)
def test_the_acronym_of_another_form_is_told(words, acronym, other):
    detail = f"the source shortens {words!r} to {other!r}, not to {acronym!r}"
    assert told(f"{words} ({acronym}) followed.") == [(detail, words)]


def test_the_question_may_spell_an_acronym_out():
    question = "What do powder coated electrodes (PCE) do?"
    assert told("Powder coated electrodes (PCE) rose.", question) == []
    assert told("Powder coated zeolites (PCE) rose.", question) == [
        ("the source does not expand 'PCE' to 'Powder coated zeolites'", "Powder coated zeolites (PCE")
    ]
