"""Several papers asked as one."""

import pytest

from qagen.checks.reading.quantities import quantities
from qagen.checks.reading.several_papers import SeveralPapers
from qagen.checks.reading.whole_paper import WholePaper

ONE = "Alloy K-17 was annealed at 850 °C in argon."
OTHER = "Alloy K-19 was etched with nitric acid for 12 h."


@pytest.fixture
def papers():
    return [WholePaper(text, [(0, len(text))]) for text in (ONE, OTHER)]


@pytest.fixture
def both(papers):
    return SeveralPapers(papers)


def test_they_have_the_names_and_numbers_that_any_of_them_has(both):
    (degrees,), (hours,), (other,) = (quantities(text) for text in ("850 °C", "12 h", "77 K"))
    assert [both.has(name) for name in ("k17", "k19", "k21")] == [True, True, False]
    assert [both.states(one, 0.005) for one in (degrees, hours, other)] == [True, True, False]


def test_any_of_them_may_answer(both):
    assert both.answering("At what temperature was the alloy K-17 annealed?", 0.005) == ONE
    assert both.answering("How long was the alloy K-19 etched?", 0.005) == OTHER
    assert both.answering("Which wolves eat reindeer?", 0.005) is None


def test_what_each_of_them_has_is_a_place_of_its_own(papers, both):
    found = both.beside(["The alloy K-19 was etched with acid."])
    assert [part.given for part in found.parts] == [
        papers[0].near(["The alloy K-19 was etched with acid."]),
        OTHER,
    ]
    asked = "How long was the alloy K-19 etched?"
    assert both.nearest(asked) == "\n\n".join(paper.nearest(asked) for paper in papers)
