"""Which of two things has more, in words and in numbers, from either side."""

import pytest

from qagen.checks import CHECKS, IndexedSource
from qagen.checks.check_input import CheckInput
from qagen.checks.reading.text import Prose
from qagen.checks.wrong_comparison import compares_alike
from qagen.records import Pair
from qagen.settings import CheckSettings

SILVER = "Silver films were thicker than gold films in argon."
BOTH = "The temperatures of silver and gold were 260 and 280 °C, respectively."
TIMES = "The reaction times of silver and gold were 20 and 30 min, respectively."


def details(answer, source):
    subject = CheckInput.of(Pair("What is said?", answer), IndexedSource(source))
    return [fault.detail for fault in dict(CHECKS)["wrong_comparison"](subject, CheckSettings())]


@pytest.mark.parametrize(
    ("source", "answer", "word"),
    [
        (SILVER, "Gold films were thicker than silver films.", "thicker"),
        (SILVER, "Silver films were thinner than gold films.", "thinner"),
        (SILVER, "Silver was thinner compared to gold.", "thinner"),
        (SILVER, "The films of silver, which were cast, were thinner than gold.", "thinner"),
        (f"Zebras graze. {SILVER} Zebras run.", "Gold films were thicker than silver films.", "thicker"),
        (BOTH, "Silver was hotter than gold.", "hotter"),
        (BOTH, "Gold was colder than silver.", "colder"),
        (TIMES, "Gold was faster than silver.", "faster"),
        ("Silver and gold films showed similar sensitivity.", "Silver was stronger than gold.", "stronger"),
        (
            "In argon silver, which is thicker than gold, was used.",
            "Gold was thicker than silver.",
            "thicker",
        ),
        ("Silver has a higher flux relative to gold.", "Gold has a higher flux than silver.", "higher"),
        (
            "Silver has a higher flux in comparison with gold.",
            "Gold has a higher flux than silver.",
            "higher",
        ),
    ],
)
def test_the_other_way_round_is_told(source, answer, word):
    assert details(answer, source) == [f"the source compares the two the other way round than {word!r}"]


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        (SILVER, "Silver films were thicker than gold films."),
        (SILVER, "Gold films were thinner than silver films."),
        (SILVER, "Gold films were thicker."),
        (SILVER, "Zinc films were thicker than gold films."),
        (SILVER, "Zinc films were thicker than copper films."),
        (f"{SILVER} Gold was thicker than silver at night.", "Gold films were thicker than silver films."),
        (f"Gold was thicker than silver at night. {SILVER}", "Gold films were thicker than silver films."),
        (BOTH, "Gold was hotter than silver."),
        (BOTH, "Silver was colder than gold."),
        (BOTH, "Silver was slower than gold."),
        (BOTH.replace(", respectively", ""), "Silver was hotter than gold."),
        (BOTH.replace("280", "260"), "Silver was hotter than gold."),
        (BOTH.replace("260 and", "260 K and"), "Silver was hotter than gold."),
        (BOTH.replace("260 and", "260, 270 and"), "Silver was hotter than gold."),
        (TIMES, "Silver was faster than gold."),
        ("Silver showed similar sensitivity.", "Silver was stronger than gold."),
        ("Silver and gold showed similar but lower sensitivity.", "Silver was stronger than gold."),
        ("A similar sensitivity was that of silver and gold.", "Silver was stronger than gold."),
    ],
)
def test_the_same_way_round_or_another_matter_is_let_pass(source, answer):
    assert details(answer, source) == []


@pytest.mark.parametrize(
    ("said", "alike"),
    [
        ("Silver films were thicker than gold films.", True),
        ("Gold films were thinner than silver films.", True),
        ("Gold films were thicker than silver films.", False),
        ("Zebras graze.", False),
    ],
)
def test_a_sentence_may_compare_as_the_source_does(said, alike):
    assert compares_alike(Prose(said).sentences[0], IndexedSource(f"Zebras run. {SILVER}")) is alike
