"""What becomes of a record that is not selected."""

from dataclasses import replace

from qagen.reasons import Kind, Reason
from qagen.records import PlaceInfo, Record, Rejection


def turned_down(record: Record, reason: Reason, detail: str, displaced_by: str | None = None) -> Rejection:
    """The rejection of a record, with its provenance."""
    return Rejection(
        Kind.PAIR,
        reason,
        detail,
        record.paper,
        question=record.question,
        answer=record.answer,
        section=record.section,
        chunk=record.chunk,
        generation=record.generation,
        displaced_by=displaced_by,
        places=_without_evidence(record.places),
        question_kind=record.kind,
        difficulty=record.difficulty,
    )


def _without_evidence(places: tuple[PlaceInfo, ...] | None) -> tuple[PlaceInfo, ...] | None:
    """The places as every rejection has them."""
    return None if places is None else tuple(replace(place, evidence=None) for place in places)
