"""The places of a paper that a record names: its chunk, or where its answer needs several, each of them. Pure."""

from collections.abc import Iterator

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


def place_faults(record: Record) -> Iterator[str]:
    """What contradicts itself in the places of a record that names several."""
    if record.places is None:
        return
    if len(record.places) < 2:
        yield f"it names {len(record.places)} of several places"
    elif record.places[0] != PlaceInfo(record.chunk, record.section):
        yield "its chunk and section are not those of its first place"
    for one, other in zip(record.places, record.places[1:], strict=False):
        if other.chunk.start < one.chunk.end:
            yield f"its places at {one.chunk.start} and {other.chunk.start} overlap, or are out of order"
    empty = set(record.places) - {place_of(item, record) for item in record.evidence}
    for number, place in enumerate(record.places, 1):
        if place in empty:
            yield f"place {number}: no evidence lies in it"


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
