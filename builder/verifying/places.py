"""The places of a paper that a record names: its chunk, or where its answer needs several, each of them. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from qagen.records import BETWEEN_PLACES, Evidence, PlaceInfo, Record, sha256


def places_of(record: Record) -> tuple[PlaceInfo, ...]:
    """The places: one, but for a record that needs several."""
    return record.places or (PlaceInfo(record.chunk, record.section),)


def place_of(item: Evidence, record: Record) -> PlaceInfo | None:
    """The place whose chunk an evidence lies in; None where it lies in none."""
    inside = (
        place for place in places_of(record) if place.chunk.start <= item.start < item.end <= place.chunk.end
    )
    return next(inside, None)


def chunks_named(record: Record) -> str:
    """The chunks for a person, in offsets."""
    spans = [f"[{place.chunk.start}, {place.chunk.end})" for place in places_of(record)]
    return f"the chunk {spans[0]}" if record.places is None else f"one of the chunks {', '.join(spans)}"


def parts_of(record: Record) -> tuple[Record, ...]:
    """A record as each of its papers has a part in it: itself, but for one whose places are of several."""
    if record.places is None or not is_across(record):
        return (record,)
    begin, parts = 0, []
    for place in record.places:
        end = begin + place.chunk.end - place.chunk.start
        parts.append(
            replace(
                record,
                paper=place.paper or record.paper,
                chunk=place.chunk,
                section=place.section,
                evidence=place.evidence or (),
                context=None if record.context is None else record.context[begin:end],
                places=None,
                solution=None,
            )
        )
        begin = end + len(BETWEEN_PLACES)
    return tuple(parts)


def is_across(record: Record) -> bool:
    """Whether the places of a record are of several papers."""
    return any(place.paper is not None for place in record.places or ())


def place_faults(record: Record) -> Iterator[str]:
    """What contradicts itself in the places of a record that names several."""
    if record.places is None:
        return
    if len(record.places) < 2:
        yield f"it names {len(record.places)} of several places"
    if is_across(record):
        yield from _faults_across(record, record.places)
        return
    if record.places and record.places[0] != PlaceInfo(record.chunk, record.section):
        yield "its chunk and section are not those of its first place"
    for one, other in zip(record.places, record.places[1:], strict=False):
        if other.chunk.start < one.chunk.end:
            yield f"its places at {one.chunk.start} and {other.chunk.start} overlap, or are out of order"
    empty = set(record.places) - {place_of(item, record) for item in record.evidence}
    for number, place in enumerate(record.places, 1):
        if place in empty:
            yield f"place {number}: no evidence lies in it"


def _faults_across(record: Record, places: Sequence[PlaceInfo]) -> Iterator[str]:
    """The same where the places are of several papers."""
    if places[0] != PlaceInfo(record.chunk, record.section, record.paper, record.evidence):
        yield "its paper, chunk, section and evidence are not those of its first place"
    named = [place.paper.sha256 if place.paper else "" for place in places]
    for number, place in enumerate(places, 1):
        if place.paper is None:
            yield f"place {number}: it names no paper, and others do"
        if not place.evidence:
            yield f"place {number}: no evidence lies in it"
    if any(other <= one for one, other in pairwise(named)):
        yield "the papers of its places are not different ones, or out of order"
    if record.solution is not None:
        yield "it has a solution, and its places are of several papers"


def context_fault(record: Record) -> str | None:
    """Whether a context is not the text of the chunk, or the chunks' texts, going by their sha256 and lengths; None where it is."""
    if record.context is None:
        return None
    if record.places is None:
        return (
            None
            if sha256(record.context) == record.chunk.sha256
            else "the context's sha256 is not the chunk's"
        )
    begin = 0
    for number, place in enumerate(record.places, 1):
        end = begin + place.chunk.end - place.chunk.start
        if sha256(record.context[begin:end]) != place.chunk.sha256:
            return f"place {number}: the sha256 of its part of the context is not the chunk's"
        begin = end + len(BETWEEN_PLACES)
    return None
