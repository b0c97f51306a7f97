"""Several papers as one, for a question that is to need each of them."""

from collections.abc import Sequence

from qagen.checks.reading.joined import JoinedSource
from qagen.checks.reading.quantities import Quantity
from qagen.checks.reading.whole_paper import WholePaper


class SeveralPapers(WholePaper):
    """What several papers say together.

    Attributes:
        papers: each by itself, in the order of the places of the source.
    """

    def __init__(self, papers: Sequence[WholePaper]) -> None:
        super().__init__("", ())
        self.papers = tuple(papers)

    def has(self, name: str) -> bool:
        """Whether any of them has a name."""
        return any(paper.has(name) for paper in self.papers)

    def states(self, quantity: Quantity, tolerance: float) -> bool:
        """Whether any of them has a number."""
        return any(paper.states(quantity, tolerance) for paper in self.papers)

    def answering(self, question: str, tolerance: float) -> str | None:
        """A sentence of any of them that answers a question; None where none does."""
        found = (paper.answering(question, tolerance) for paper in self.papers)
        return next((sentence for sentence in found if sentence is not None), None)

    def nearest(self, question: str) -> str:
        """What comes nearest to answering a question in each of them."""
        return "\n\n".join(paper.nearest(question) for paper in self.papers)

    def beside(self, claims: Sequence[str]) -> JoinedSource:
        """What each of them has that comes near to some claims, as a place of its own."""
        return JoinedSource([paper.near(claims) for paper in self.papers])
