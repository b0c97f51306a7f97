import pytest

from qagen.checks import CheckInput, IndexedSource
from qagen.checks.swapped import swapped
from qagen.records import Pair
from qagen.settings import CheckSettings

SOURCE = IndexedSource(
    "Crystal structures of the widely opened (PDB 1V4T) and closed (PDB 1V4S) conformations were used. "
    "Spectra were recorded at the nominal base temperature of 20 mK. "
    "The effective electron temperature of the instrument was calibrated to be 310 mK."
)


def objections(answer: str) -> list[str]:
    subject = CheckInput.of(Pair("What are the values?", answer), SOURCE)
    return [fault.detail for fault in swapped(subject, CheckSettings())]


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (
            "The base temperature is 310 mK and the effective electron temperature is 20 mK.",
            "the answer exchanges '310 mK' and '20 mK'",
        ),
        (
            "The effective electron temperature is 20 mK, while the base temperature is 310 mK.",
            "the answer exchanges '20 mK' and '310 mK'",
        ),
    ],
)
def test_values_that_changed_places_are_turned_down(answer, detail):
    assert objections(answer) == [detail]


@pytest.mark.parametrize(
    "answer",
    [
        "The base temperature is 20 mK and the effective electron temperature is 310 mK.",
        "The effective electron temperature is 310 mK, while the base temperature is 20 mK.",
        "The temperatures are 310 mK and 20 mK.",
        "The base temperature is 7 mK and the effective electron temperature is 20 mK.",
        "The effective electron and base temperatures are 20 and 310 mK, respectively.",
    ],
)
def test_values_in_their_places_or_without_a_place_pass(answer):
    assert objections(answer) == []
