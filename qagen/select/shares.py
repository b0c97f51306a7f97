"""No paper gives more records than its share, and the dataset has no more than were wanted: as many of each paper as can be had.

Looked at when near-duplicates are gone, so that a quota is reached wherever there are records enough.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from struct import Struct

from qagen.question_kinds import Wanted
from qagen.select.entries import Entries
from qagen.select.shelf import Table
from qagen.settings import SelectSettings

_TURN = Struct("<I")
_Bucket = tuple[bool, int]
"""Whether newcomers, and their turn: the records of a round, of each paper one at most."""


class OverShares:
    """Which records are over a quota, by their number."""

    def __init__(self, count: int, settings: SelectSettings) -> None:
        """Begin with none of so many."""
        self._over = bytearray(count)
        self._details = (
            None,
            f"its paper gives {settings.max_per_paper} records, and others come first",
            f"the dataset has {settings.max_records} records, and others come first",
        )

    def detail(self, number: int) -> str | None:
        """What there is to say of a record that is over; None for one that is not."""
        return self._details[self._over[number]]

    def of_paper(self, number: int) -> None:
        """Note that a record is over its paper's quota."""
        self._over[number] = 1

    def of_dataset(self, number: int) -> None:
        """Note that a record is over the dataset's quota."""
        self._over[number] = 2


def over_shares(
    entries: Entries, stays: Callable[[int], bool], settings: SelectSettings, wanted: Sequence[Wanted]
) -> OverShares:
    """Which records are over a quota.

    Args:
        entries: all records.
        stays: whether a record, by its number, gave way to none; those without an answer do not count.
        settings: the quotas.
        wanted: what was asked for: of several kinds each paper gives as many of each as their numbers are to each other.
    """
    over = OverShares(len(entries), settings)
    if settings.max_per_paper is None and settings.max_records is None:
        return over
    counted = (number for number in range(len(entries)) if stays(number) and entries.is_answered(number))
    weights = {one.name: one.pairs for one in wanted}
    turn_of = entries.shelf.table(_TURN.size)
    rounds: Counter[_Bucket] = Counter()
    for _, group in groupby(counted, key=entries.paper):
        for turn, number in enumerate(_turns(entries, list(group), weights)):
            if settings.max_per_paper is not None and turn >= settings.max_per_paper:
                over.of_paper(number)
                continue
            turn_of.put(number, _TURN.pack(turn + 1))
            rounds[entries.is_newcomer(number), turn] += 1
    if settings.max_records is not None and rounds.total() > settings.max_records:
        _over_dataset(entries, turn_of, rounds, settings.max_records, over)
    return over


def _over_dataset(
    entries: Entries, turn_of: Table, rounds: Mapping[_Bucket, int], most: int, over: OverShares
) -> None:
    """Take round after round; of the last one that is taken those with the best support."""
    left, last = most, max(rounds)
    for bucket, count in sorted(rounds.items()):
        if count > left:
            last = bucket
            break
        left -= count
    in_last: list[tuple[float, int]] = []
    for number in range(len(entries)):
        (turn,) = _TURN.unpack(turn_of.get(number))
        bucket = (entries.is_newcomer(number), turn - 1)
        if turn and bucket > last:
            over.of_dataset(number)
        elif turn and bucket == last:
            in_last.append((-entries.support(number), number))
    for _, number in sorted(in_last)[left:]:
        over.of_dataset(number)


def _turns(entries: Entries, numbers: Sequence[int], weights: Mapping[str, int]) -> Iterator[int]:
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
    return (number for *_, number in sorted(places))
