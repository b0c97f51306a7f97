"""What one pass over a text gives."""

from dataclasses import dataclass, field

from qagen.records import Fault


@dataclass(frozen=True, slots=True)
class Found:
    """A complete pair, and where its question starts in the text."""

    question: str
    answer: str
    start: int


@dataclass(slots=True)
class Reading:
    """What one pass over a text gave.

    Attributes:
        pairs: the complete pairs, in order.
        faults: what stands in the text and is no pair.
        marks: `(offset, label)`: from this offset on the text was taken for that; offsets ascend.
        finals: offsets of lines that announce the final pairs, and whether they say "final".
        broken: the pair that the end of the text cuts, as it stands, or None.
        unanswered: `(start, text)` of the questions without an answer's marker.
        texts: of JSON without pairs the longer strings, which may hold pairs themselves.
    """

    pairs: list[Found] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    marks: list[tuple[int, str]] = field(default_factory=list)
    finals: list[tuple[int, bool]] = field(default_factory=list)
    broken: str | None = None
    unanswered: list[tuple[int, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def amount(self) -> int:
        """How much was found: pairs first, then texts that may hold some."""
        return 2 if self.pairs else int(bool(self.texts))
