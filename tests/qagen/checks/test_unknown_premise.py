"""Which names and numbers of a question its source knows, be it in other words."""

import pytest

from qagen.checks import CHECKS, IndexedSource
from qagen.checks.check_input import CheckInput
from qagen.records import Pair
from qagen.settings import CheckSettings

TEXT = "The VHS was found in graphene. Norway exports salmon for 12 h at 4 °C. S. cerevisiae was grown beside mSandy1. It was made."


def named(question, answer="It was made."):
    subject = CheckInput.of(Pair(question, answer), IndexedSource(TEXT))
    return [fault.found for fault in dict(CHECKS)["unknown_premise"](subject, CheckSettings())]


@pytest.mark.parametrize(
    "question",
    [
        "What is the van Hove singularity of graphene?",
        "Which Norwegian salmon is it?",
        "How was Saccharomyces cerevisiae grown?",
        "What is exported for 720 min at 277 K?",
        "Xyloband does what?",
        "What is it: Xyloband?",
        "What do TLS and LEDs do?",
        "What does Fig. 9 show of 2D graphene?",
        "Which two of the nine are they?",
        "What is the graphenic VHS?",
    ],
)
def test_what_the_source_knows_or_cannot_know_is_let_pass(question):
    assert named(question) == []


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What is a Hove singularity of graphene?", ["Hove"]),
        ("Which Danish salmon is it?", ["Danish"]),
        ("How was Saccharomyces pombe grown?", ["Saccharomyces"]),
        ("What is exported for 13 h at 4 °C?", ["13 h"]),
        ("What did Xyloband and PbS2 do at 77 K?", ["77 K", "Xyloband", "PbS2"]),
    ],
)
def test_what_the_source_does_not_have_is_told(question, names):
    assert named(question) == names


def test_another_of_a_series_is_told_where_the_answer_comes_from_it():
    grown = "S. cerevisiae was grown beside it."
    assert named("What was grown beside mSandy2?", grown) == ["msandy2"]
    assert named("What was grown beside mSandy1?", grown) == []
    assert named("What was grown beside mSandy1 and mSandy2?", f"{grown} So was mSandy2.") == []
