"""What people decided about the pairs of a build, in numbers, as the manifest has it and the card tells it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated

from pydantic import Field

_Count = Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class SampleCounts:
    """What is known of a random sample of records.

    Attributes:
        seed: of the draw.
        size: how many were drawn.
        of: out of how many.
        judged: how many a person has judged.
        right: how many of these are right as they were.
        back: how many of those that were judged came up in this build again, word for word.
    """

    seed: int
    size: _Count
    of: _Count
    judged: _Count
    right: _Count
    back: _Count


@dataclass(frozen=True, slots=True)
class ReviewCounts:
    """Counts of pairs that came up in a build and that people had decided about.

    Attributes:
        accepted, edited, brought_back: records.
        turned_down: pairs that are no records for that reason.
        disputed: of all these, those about which people do not agree.
        reviewers: people who decided about any of them.
        overruled: reason -> records that a check or a judge has that against.
        lost: edits whose passage is in no paper's text any more.
        sample: of the sample that was drawn last; None where none was.
    """

    accepted: _Count = 0
    edited: _Count = 0
    brought_back: _Count = 0
    turned_down: _Count = 0
    disputed: _Count = 0
    reviewers: _Count = 0
    overruled: Mapping[str, _Count] = field(default_factory=dict)
    lost: _Count = 0
    sample: SampleCounts | None = None

    @property
    def records(self) -> int:
        """Records that a person has decided about."""
        return self.accepted + self.edited + self.brought_back

    def as_json(self) -> dict[str, object]:
        """The same as a JSON object."""
        return asdict(self)


NOTHING_REVIEWED = ReviewCounts()
