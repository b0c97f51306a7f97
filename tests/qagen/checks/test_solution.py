"""The one value that a question asks for: there only where nothing is left to judgement."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.checks.reading.solution import is_borne_out, solution
from qagen.records import Solution

GAP = "What is the band gap of ZnO at 300 K?"


@pytest.mark.parametrize(
    ("question", "answer", "evidence", "found"),
    [
        (GAP, "At 300 K it is 3.37 eV.", "ZnO has a gap of 3.37 eV at 300 K.", Solution(3.37, "eV", 0.005)),
        (
            "How many patients were enrolled?",
            "A total of 1,024 patients were enrolled.",
            "We enrolled 1024 patients.",
            Solution(1024.0, None, 0.0),
        ),
        (
            "How many phases were found?",
            "Three phases were found.",
            "Three phases were seen.",
            Solution(3.0, None, 0.0),
        ),
        (
            "At what temperature does it melt?",
            "It melts at −5.2 °C.",
            "It melts at −5.2 °C.",
            Solution(-5.2, "°C", 0.05),
        ),
        ("What is the yield?", "The yield is 45 ± 2 %.", "a yield of 45 ± 2 %", Solution(45.0, "%", 2.0)),
        (
            "What is the rate?",
            "It is 1.2 × 10<sup>−5</sup> s<sup>−1</sup>.",
            "a rate of 1.2 × 10−5 s−1",
            Solution(1.2e-05, "s-1", 5e-07),
        ),
        (
            "At what pH was it kept?",
            "It was kept at pH 7.4.",
            "It stood at pH 7.4.",
            Solution(7.4, None, 0.05),
        ),
        (
            "How much faster is it?",
            "It is 3.5 times faster.",
            "It is 3.5 times faster.",
            Solution(3.5, "times", 0.05),
        ),
        (
            "How long was the film annealed?",
            "It was annealed for 30 min.",
            "It was annealed for 0.5 h.",
            Solution(30.0, "min", 0.5),
        ),
    ],
)
def test_an_amount_that_is_asked_for_and_stated_once_is_the_solution(question, answer, evidence, found):
    assert solution(question, answer, [evidence]) == found
    assert is_borne_out(found, answer, [evidence])


@pytest.mark.parametrize(
    ("question", "answer", "evidence"),
    [
        ("Why does the yield rise?", "It rises by 45 %.", "It rises by 45 %."),
        ("What is the effect of temperature on it?", "It melts at 5.2 °C.", "It melts at 5.2 °C."),
        ("What temperature dependence is seen?", "It melts at 5.2 °C.", "It melts at 5.2 °C."),
        ("How long was it annealed?", "It was annealed for 30 to 60 min.", "annealed for 30 to 60 min"),
        ("What was found regarding the potential-dependent current?", "It is 700 mV.", "It is 700 mV."),
        ("What were the conclusions about the yield?", "The yield is 45 %.", "a yield of 45 %"),
        ("What is the yield?", "The yield is more than 45 %.", "a yield of more than 45 %"),
        ("What is the yield?", "The yield is 45 % or more.", "a yield of 45 % or more"),
        ("What is the yield?", "The yield is < 45 %.", "a yield of < 45 %"),
        ("What is the yield?", "The yield is 45 %, and 60 % with a catalyst.", "45 %, and 60 %"),
        ("What is the yield?", "The yield is 45 %.", "a yield of at least 45 %"),
        ("At what temperature does it melt?", "It melts at −5.2 °C.", "It melts at 5.2 °C."),
        ("At what temperature does it melt?", "It melts at \ufffd5.2 °C.", "It melts at \ufffd5.2 °C."),
        ("What is the yield?", "The yield is 45 %.", "a yield of 54 %"),
        ("How long was it annealed?", "It was annealed at 300 °C.", "annealed at 300 °C"),
        ("What is the band gap at 3.37 eV?", "It is 3.37 eV.", "a gap of 3.37 eV"),
        ("How many samples were there?", "There were many samples.", "many samples"),
        ("How much did it cost?", "It cost 300.", "It cost 300."),
    ],
)
def test_what_leaves_room_for_judgement_has_none(question, answer, evidence):
    assert solution(question, answer, [evidence]) is None


def test_without_evidence_there_is_none():
    assert solution(GAP, "It is 3.37 eV.", []) is None


def test_a_value_that_nobody_states_is_not_borne_out():
    answer, evidence = "It is 3.37 eV.", ["a gap of 3.37 eV"]
    assert not is_borne_out(Solution(3.4, "eV", 0.05), answer, evidence)
    assert not is_borne_out(Solution(3.37, "meV", 0.005), answer, evidence)
    assert not is_borne_out(Solution(3.37, "eV", 0.005), answer, ["a gap of 3.1 eV"])


@given(st.decimals(min_value=1, max_value=9999, places=2), st.sampled_from(["eV", "mg/L", "%", "nm", "°C"]))
def test_every_value_and_unit_comes_back_and_lies_within_its_own_tolerance(value, unit):
    said = f"The value is {value} {unit}."
    found = solution("What is the value?", said, [said])
    assert found == Solution(float(value), unit, 0.005)


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_the_text_a_solution_is_a_finite_value(question, answer):
    found = solution(f"How many {question}", answer, [answer])
    assert found is None or (math.isfinite(found.value) and found.tolerance >= 0)
