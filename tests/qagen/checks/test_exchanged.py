"""Two words that change sides of a third: when their roles are exchanged, and when nothing is."""

import pytest

from qagen.checks import CHECKS, IndexedSource
from qagen.checks.check_input import CheckInput
from qagen.records import Pair
from qagen.settings import CheckSettings

DRIVEN = "The turbines drive the pumps of the factory."
TURNED = "The pumps drive the turbines of the factory."
OTHERS = ("the answer has 'pumps' and 'turbines' on the other sides of 'drive' than the source",)


def details(answer, source):
    subject = CheckInput.of(Pair("What is said?", answer), IndexedSource(source))
    return tuple(fault.detail for fault in dict(CHECKS)["exchanged"](subject, CheckSettings()))


@pytest.mark.parametrize(
    ("source", "answer", "told"),
    [
        (DRIVEN, TURNED, OTHERS),
        (DRIVEN, DRIVEN, ()),
        (DRIVEN, f"Zebras graze. {TURNED}", OTHERS),
        (DRIVEN, f"The turbines of the factory were oiled, respectively. {TURNED}", OTHERS),
        (f"Zebras graze. {DRIVEN}", TURNED, OTHERS),
        (DRIVEN, f"{TURNED[:-1]}, respectively.", ()),
        (f"{DRIVEN[:-1]}, respectively.", TURNED, ()),
        (DRIVEN, "Of the factory the turbines drive the pumps.", ()),
        (DRIVEN, "The pumps are driven by the turbines of the factory.", ()),
        (DRIVEN, "The pumps are driving the turbines of the factory.", ()),
        ("The turbines heat the pumps of the factory.", "The pump heats the turbine of the factory.", ("the answer has 'pump' and 'turbine' on the other sides of 'heats' than the source",)),
        ("The turbines are driven by the pumps of the factory.", TURNED, ()),
        (
            "The turbines are driven by the pumps of the factory.",
            "The pumps are driven by the turbines of the factory.",
            ("the answer has 'pumps' and 'turbines' on the other sides of 'driven' than the source",),
        ),
        (f"{DRIVEN[:-1]} by night.", f"{TURNED[:-1]} by night.", OTHERS),
        (DRIVEN, "The pumps drive the turbines of the zinc smelter.", ()),
        ("The turbines interact with the pumps of the factory.", "The pumps interact with the turbines of the factory.", ()),
        ("The turbines and the pumps of the turbines drive it.", "The pumps drive the turbines.", ()),
        ("The turbines, fans and pumps were oiled.", "The pumps, fans and turbines were oiled.", ()),
        ("The turbines and fans and pumps were oiled.", "The pumps AND fans OR turbines were oiled.", ()),
        ("Some people make more things.", "More things make some people.", ()),
        ("The turbines drive the pumps.", "The pumps drive the turbines.", OTHERS),
        ("The turbines of the pumps.", "The pumps of the turbines.", ()),
    ],
)  # fmt: skip
def test_two_words_on_the_other_sides_of_a_third_are_told(source, answer, told):
    assert details(answer, source) == told


@pytest.mark.parametrize(("words", "told"), [(57, OTHERS), (58, ())])
def test_a_sentence_of_more_than_sixty_words_is_not_compared(words, told):
    more = " ".join(f"zinc{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(words))
    source, answer = (f"{text[:-16]} {more}." for text in (DRIVEN, TURNED))
    assert details(answer, source) == told
