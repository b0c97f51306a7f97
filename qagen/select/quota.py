"""No section gives more records than its share, so that a paper's long introduction does not drown its results."""

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import groupby

from qagen.reasons import Reason
from qagen.records import Record, Rejection
from qagen.select.displaced import turned_down


def within_quotas(
    results: Iterable[Record | Rejection],
    max_per_section: int | None,
    incumbents: Container[str],
    held: Container[str] = (),
) -> Iterator[Record | Rejection]:
    """Pass everything on in its order, with every record that is over its section's quota turned into its rejection.

    The base's records stay first; then each chunk of the section gives its best supported record, then its second best, and so
    on. One paper at a time is in memory.

    Args:
        results: those of a paper follow each other.
        max_per_section: the most records of one section, or None.
        incumbents: ids of the base's records.
        held: ids of records that a person brought back or made: they stay, and count first.
    """
    if max_per_section is None:
        yield from results
        return
    for _, group in groupby(results, key=lambda result: result.paper.sha256):
        paper = list(group)
        kept = _kept(paper, max_per_section, incumbents, held)
        for place, result in enumerate(paper):
            if isinstance(result, Rejection) or place in kept:
                yield result
            else:
                detail = f"its section gives {max_per_section} records, and others come first"
                yield turned_down(result, Reason.OVER_QUOTA, detail)


def _kept(
    paper: Sequence[Record | Rejection],
    max_per_section: int,
    incumbents: Container[str],
    held: Container[str],
) -> set[int]:
    """The places of the records that stay."""
    sections: dict[tuple[int, int], dict[int, list[int]]] = {}
    records = {place: result for place, result in enumerate(paper) if isinstance(result, Record)}
    for place, record in records.items():
        chunks = sections.setdefault((record.section.start, record.section.end), {})
        chunks.setdefault(record.chunk.index, []).append(place)
    kept = {place for place, record in records.items() if record.id in held}
    for chunks in sections.values():
        turns = [
            (place not in kept, records[place].id not in incumbents, turn, place)
            for places in chunks.values()
            for turn, place in enumerate(
                sorted(places, key=lambda place: (-records[place].checks.support, place))
            )
        ]
        kept.update(place for *_, place in sorted(turns)[:max_per_section])
    return kept
