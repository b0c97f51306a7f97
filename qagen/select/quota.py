"""No chunk gives more of a kind than was asked for, and no section more records than its share.

So a paper's long introduction does not drown its results, and a model that gives more than it was asked for shifts no balance.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from qagen.question_kinds import Wanted
from qagen.reasons import Reason
from qagen.records import Record, Rejection
from qagen.select.displaced import turned_down


def within_quotas(
    results: Iterable[Record | Rejection],
    max_per_section: int | None,
    incumbents: Container[str],
    wanted: Sequence[Wanted] = (),
    held: Container[str] = (),
) -> Iterator[Record | Rejection]:
    """Pass everything on in its order, with every record that is over a quota turned into its rejection.

    The base's records stay first. Of one kind that was asked for a chunk gives its best supported records; of a section each chunk gives
    its best supported record, then its second best, and so on. One paper at a time is in memory.

    Args:
        results: those of a paper follow each other.
        max_per_section: the most records of one section, or None; those without an answer do not count.
        incumbents: ids of the base's records.
        wanted: what was asked for; pairs of any kind have no quota.
        held: ids of records that a person brought back or made: they stay.
    """
    most: dict[tuple[str | None, str | None], int] = {
        (one.kind, one.difficulty): one.pairs for one in wanted if one.kind is not None
    }
    if max_per_section is None and not most:
        yield from results
        return
    for _, group in groupby(results, key=lambda result: result.paper.sha256):
        paper = list(group)
        over = _over_kinds(paper, most, incumbents)
        if max_per_section is not None:
            left = [
                None if place in over or not isinstance(result, Record) or result.is_unanswerable else result
                for place, result in enumerate(paper)
            ]
            kept = _kept(left, max_per_section, incumbents)
            detail = f"its section gives {max_per_section} records, and others come first"
            over |= {place: detail for place, record in enumerate(left) if record and place not in kept}
        for place, result in enumerate(paper):
            if isinstance(result, Record) and place in over and result.id not in held:
                yield turned_down(result, Reason.OVER_QUOTA, over[place])
            else:
                yield result


def _over_kinds(
    paper: Sequence[Record | Rejection],
    most: Mapping[tuple[str | None, str | None], int],
    incumbents: Container[str],
) -> dict[int, str]:
    """The places of the records of which their chunk has given enough, with what there is to say."""
    asked: dict[tuple[int, str | None, str | None], list[int]] = {}
    records = {place: result for place, result in enumerate(paper) if isinstance(result, Record)}
    for place, record in records.items():
        if (record.kind, record.difficulty) in most:
            asked.setdefault((record.chunk.index, record.kind, record.difficulty), []).append(place)
    over: dict[int, str] = {}
    for (_, kind, difficulty), places in asked.items():
        number = most[kind, difficulty]
        ordered = sorted(
            places,
            key=lambda place: (records[place].id not in incumbents, -records[place].checks.support, place),
        )
        detail = f"its chunk gives {number} of the kind {kind}, and others come first"
        over.update(dict.fromkeys(ordered[number:], detail))
    return over


def _kept(paper: Sequence[Record | None], max_per_section: int, incumbents: Container[str]) -> set[int]:
    """The places of the records that stay."""
    sections: dict[tuple[int, int], dict[int, list[int]]] = {}
    records = {place: result for place, result in enumerate(paper) if result is not None}
    for place, record in records.items():
        chunks = sections.setdefault((record.section.start, record.section.end), {})
        chunks.setdefault(record.chunk.index, []).append(place)
    kept: set[int] = set()
    for chunks in sections.values():
        turns = [
            (records[place].id not in incumbents, turn, place)
            for places in chunks.values()
            for turn, place in enumerate(
                sorted(places, key=lambda place: (-records[place].checks.support, place))
            )
        ]
        kept.update(place for _, _, place in sorted(turns)[:max_per_section])
    return kept
