"""Which records a card shows: drawn by their ids, which are hashes, and not picked."""

from qagen.records import Record

EXAMPLES = 3
"""How many, where there are so many."""


class ExampleDraw:
    """Draws records while they pass by, those of a paper one after another; of as many papers as there are."""

    def __init__(self) -> None:
        self._paper = ""
        self._of_paper: list[str] = []
        self._drawn: list[tuple[int, str]] = []

    def add(self, record: Record) -> None:
        """Let a record pass by."""
        if record.paper.sha256 != self._paper:
            self._drawn, self._of_paper = self._with_paper(), []
            self._paper = record.paper.sha256
        self._of_paper = sorted([*self._of_paper, record.id])[:EXAMPLES]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of those that are drawn of what has passed."""
        return tuple(name for _, name in self._with_paper())

    def _with_paper(self) -> list[tuple[int, str]]:
        """The smallest ids, the first of each paper before the second of any."""
        return sorted([*self._drawn, *enumerate(self._of_paper)])[:EXAMPLES]
