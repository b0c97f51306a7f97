"""Several papers asked as one."""

from qagen.checks.reading.quantities import quantities
from qagen.checks.reading.several_papers import SeveralPapers
from qagen.checks.reading.whole_paper import WholePaper

ONE = "Alloy K-17 was annealed at 850 °C in argon."
OTHER = "Alloy K-19 was etched with nitric acid for 12 h."
PAPERS = [WholePaper(text, [(0, len(text))]) for text in (ONE, OTHER)]
BOTH = SeveralPapers(PAPERS)


def test_they_have_the_names_and_numbers_that_any_of_them_has():
    (degrees,), (hours,), (other,) = (quantities(text) for text in ("850 °C", "12 h", "77 K"))
    assert [BOTH.has(name) for name in ("k17", "k19", "k21")] == [True, True, False]
    assert [BOTH.states(one, 0.005) for one in (degrees, hours, other)] == [True, True, False]


def test_any_of_them_may_answer():
    assert BOTH.answering("At what temperature was the alloy K-17 annealed?", 0.005) == ONE
    assert BOTH.answering("How long was the alloy K-19 etched?", 0.005) == OTHER
    assert BOTH.answering("Which wolves eat reindeer?", 0.005) is None


def test_what_each_of_them_has_is_a_place_of_its_own():
    found = BOTH.beside(["The alloy K-19 was etched with acid."])
    assert [part.given for part in found.parts] == [
        PAPERS[0].near(["The alloy K-19 was etched with acid."]),
        OTHER,
    ]
    asked = "How long was the alloy K-19 etched?"
    assert BOTH.nearest(asked) == "\n\n".join(paper.nearest(asked) for paper in PAPERS)
