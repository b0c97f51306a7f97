"""No paper gives more records than its share, and the dataset has no more than were wanted: as many of each paper as can be had.

Looked at when near-duplicates are gone, so that a quota is reached wherever there are records enough.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from qagen.question_kinds import Wanted
from qagen.select.entries import Entries
from qagen.settings import SelectSettings


@dataclass(frozen=True, slots=True)
class _Turn:
    """A record in the order in which those of its paper are taken; what is not taken first sorts behind."""

    is_newcomer: bool
    turn: int
    unsupported: float
    number: int

    @property
    def rank(self) -> tuple[bool, int, float, int]:
        return self.is_newcomer, self.turn, self.unsupported, self.number


def over_shares(
    entries: Entries, winners: Sequence[int], settings: SelectSettings, wanted: Sequence[Wanted]
) -> dict[int, str]:
    """The numbers of the records that are over a quota, each with what there is to say.

    Args:
        entries: all records.
        winners: for each the number of the record that it gave way to, or its own; those without an answer do not count.
        settings: the quotas.
        wanted: what was asked for: of several kinds each paper gives as many of each as their numbers are to each other.
    """
    over: dict[int, str] = {}
    if settings.max_per_paper is None and settings.max_records is None:
        return over
    stays = (
        number for number, winner in enumerate(winners) if winner == number and entries.is_answered(number)
    )
    left: list[_Turn] = []
    weights = {one.name: one.pairs for one in wanted}
    for _, group in groupby(stays, key=entries.paper):
        turns = list(_turns(entries, list(group), weights))
        most = settings.max_per_paper
        if most is not None:
            detail = f"its paper gives {most} records, and others come first"
            over.update((one.number, detail) for one in turns[most:])
            turns = turns[:most]
        left += turns
    if settings.max_records is not None and len(left) > settings.max_records:
        detail = f"the dataset has {settings.max_records} records, and others come first"
        left.sort(key=lambda one: one.rank)
        over.update((one.number, detail) for one in left[settings.max_records :])
    return over


def _turns(entries: Entries, numbers: Sequence[int], weights: dict[str, int]) -> Iterator[_Turn]:
    """The records of one paper in the order in which they are taken: the base's first, then each kind's best supported in turn."""
    by_kind: dict[str, list[int]] = {}
    for number in sorted(
        numbers, key=lambda number: (entries.is_newcomer(number), -entries.support(number), number)
    ):
        by_kind.setdefault(entries.kind(number), []).append(number)
    places = [
        (entries.is_newcomer(number), (place + 0.5) / weights.get(kind, 1), -entries.support(number), number)
        for kind, found in by_kind.items()
        for place, number in enumerate(found)
    ]
    for turn, (is_newcomer, _, unsupported, number) in enumerate(sorted(places)):
        yield _Turn(is_newcomer, turn, unsupported, number)
