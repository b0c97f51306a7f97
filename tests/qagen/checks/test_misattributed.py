"""Which numbers and names of a source are rivals of the answer's own."""

import pytest

from qagen.checks import CHECKS, IndexedSource
from qagen.checks.check_input import CheckInput
from qagen.checks.misattributed import _comparable
from qagen.checks.reading.quantities import quantities
from qagen.records import Pair
from qagen.settings import CheckSettings


def told(question, answer, source):
    subject = CheckInput.of(Pair(question, answer), IndexedSource(source))
    return [
        tuple(
            fault.detail.removeprefix("the answer says ").split("; where the source speaks of that, it says ")
        )
        for fault in dict(CHECKS)["misattributed"](subject, CheckSettings())
    ]


def value(text):
    return quantities(text)[0] if text[0].isdigit() else text


@pytest.mark.parametrize(
    ("one", "other", "comparable"),
    [
        ("3 nm", "5 mm", True),
        ("3 nm", "5 s", False),
        ("3 nm", "5", False),
        ("3", "5 nm", False),
        ("3", "5", True),
        ("3", "0", False),
        ("0", "3", True),
        ("3", "1995", False),
        ("2004", "5", False),
        ("3 mice", "5 mice", True),
        ("3 mice", "5 rats", False),
        ("3 mice", "5", True),
        ("3", "5 rats", True),
        ("zif8", "uio66", True),
        ("zif8", "copper", False),
        ("copper", "nickel", True),
        ("zif8", "5", True),
        ("copper", "5", False),
        ("rev1", "rev1δ", False),
        ("rev1δ", "rev1", False),
        ("rev1", "rev3δ", True),
        ("rev1", "rev12", True),
    ],
)
def test_a_rival_could_stand_in_the_place_of_the_value(one, other, comparable):
    assert _comparable(value(one), value(other)) is comparable


YIELDS = "The copper foil in acetone gave a yield of 45 %. The zinc powder in toluene gave a yield of 21 %. It took 300 s with iron."


@pytest.mark.parametrize(
    ("question", "answer", "found"),
    [
        (
            "What did the copper foil in acetone give?",
            "The copper foil in acetone gave a yield of 21 %.",
            [("'21 %'", "'45 %'")],
        ),
        (
            "What did the zinc powder in toluene give?",
            "The zinc powder in toluene gave a yield of 45 %.",
            [("'45 %'", "'21 %'")],
        ),
        ("What did the copper foil in acetone give?", "The copper foil in acetone gave a yield of 45 %.", []),
        (
            "What did the copper foil in acetone give, 21 %?",
            "The copper foil in acetone gave a yield of 21 %.",
            [],
        ),
        (
            "Why not 45 % for the copper foil in acetone?",
            "The copper foil in acetone gave a yield of 21 %.",
            [],
        ),
        (
            "What did the foils give?",
            "The copper foil in acetone gave a yield of 21 %, the zinc powder in toluene one of 45 %.",
            [],
        ),
        ("What did the copper foil in acetone give?", "The copper foil in acetone gave a yield of 99 %.", []),
        ("What did the copper foil in acetone give?", "The copper foil in acetone took 300 s.", []),
    ],
)
def test_a_number_whose_rival_fits_better_is_told(question, answer, found):
    assert told(question, answer, YIELDS) == found


NAMES = "The vesicles were labelled with mCherry and washed. The mitochondria of the yeast were labelled with mTurquoise."


@pytest.mark.parametrize(
    ("question", "answer", "found"),
    [
        ("What were the vesicles labelled with?", "The washed vesicles were labelled with mTurquoise.", [("'mturquoise'", "'mcherry'")]),
        ("What were the vesicles labelled with?", "The washed vesicles were labelled with mCherry.", []),
        ("Were the vesicles labelled with mTurquoise?", "The washed vesicles were labelled with mTurquoise.", []),
        ("Were the vesicles labelled with mCherry?", "The washed vesicles were labelled with mTurquoise.", []),
        ("What were they labelled with?", "The washed vesicles were labelled with mTurquoise and mCherry.", []),
        ("What were the vesicles labelled with?", "The washed vesicles were labelled with mEos.", []),
    ],
)  # fmt: skip
def test_a_name_whose_rival_fits_better_is_told(question, answer, found):
    assert told(question, answer, NAMES) == found
