"""The exact walk: a record beside the document that it was made from. Pure."""

from collections.abc import Iterator

from builder.verifying.places import chunks_named, place_of, places_of
from qagen.checks.reading.solution import is_borne_out
from qagen.chunking.evidence import evidence, pages
from qagen.chunking.sections import heading_text
from qagen.records import BETWEEN_PLACES, Document, Evidence, PlaceInfo, Record, SectionInfo, sha256

_TOLERANCE = 1e-4
"""Boxes in rows are rounded to four decimals."""


def fault_in_document(record: Record, document: Document) -> str | None:
    """The first thing about a record that its document does not bear out; None when all fits."""
    return next(_faults(record, document), None)


def _faults(record: Record, document: Document) -> Iterator[str]:
    if document.paper_sha256 != record.paper.sha256:
        yield f"the document is of the paper {document.paper_sha256[:16]}…, the record of {record.paper.sha256[:16]}…"
    if document.sha256 != record.paper.document_sha256:
        yield "the document's sha256 is not the record's"
    for number, place in enumerate(places_of(record), 1):
        named = f"place {number}: " if record.places else ""
        for fault in (*_chunk_faults(place, document), *_section_faults(place.section, document)):
            yield f"{named}{fault}"
    yield from _context_faults(record, document)
    for number, item in enumerate(record.evidence, 1):
        for fault in _evidence_faults(record, item, document):
            yield f"evidence {number}: {fault}"
    texts = [document.text[item.start : item.end] for item in record.evidence]
    if record.solution is not None and not is_borne_out(record.solution, record.answer, texts):
        yield f"the solution {record.solution.value:g} {record.solution.unit or ''} is not what answer and evidence state"


def _chunk_faults(place: PlaceInfo, document: Document) -> Iterator[str]:
    chunk, section = place.chunk, place.section
    text = document.text[chunk.start : chunk.end]
    if not 0 <= chunk.start < chunk.end <= len(document.text):
        yield f"the chunk [{chunk.start}, {chunk.end}) is not inside the document's {len(document.text)} characters"
    if sha256(text) != chunk.sha256:
        yield f"the chunk's sha256 is not that of the document's [{chunk.start}, {chunk.end})"
    if not section.start <= chunk.start < chunk.end <= section.end:
        yield f"the chunk [{chunk.start}, {chunk.end}) is not inside its section [{section.start}, {section.end})"
    stands = pages(document, chunk.start, chunk.end)
    if stands != chunk.pages:
        yield f"the chunk stands on pages {list(stands)}, the record says {list(chunk.pages)}"


def _context_faults(record: Record, document: Document) -> Iterator[str]:
    texts = [document.text[place.chunk.start : place.chunk.end] for place in places_of(record)]
    if record.context is not None and record.context != BETWEEN_PLACES.join(texts):
        yield (
            "the context is not the chunk's text"
            if not record.places
            else "the context is not the places' texts"
        )


def _section_faults(section: SectionInfo, document: Document) -> Iterator[str]:
    """The section's own heading stands at its beginning, and those above it before, in their order."""
    if section.end > len(document.text):
        yield f"the section ends at {section.end}, the document at {len(document.text)}"
    starts = [block.start for block in document.blocks]
    if section.start not in starts:
        yield f"no block of the document begins at {section.start}, where the section should"
    headings = [
        heading_text(document.text[block.start : block.end])
        for block in document.blocks
        if block.type == "SectionHeader" and block.start <= section.start
    ]
    if section.path and (not headings or headings[-1] != section.path[-1]):
        yield f"the section's heading {section.path[-1]!r} does not stand at {section.start}"
    above = iter(headings)
    if not all(heading in above for heading in section.path):
        yield f"the headings {list(section.path)} do not stand above {section.start} in this order"


def _evidence_faults(record: Record, item: Evidence, document: Document) -> Iterator[str]:
    if (place_of(item, record)) is None:
        yield f"[{item.start}, {item.end}) is not inside {chunks_named(record)}"
    text = document.text[item.start : item.end]
    if sha256(text) != item.sha256:
        yield f"its sha256 is not that of the document's [{item.start}, {item.end})"
    if item.text is not None and item.text != text:
        yield "its text is not the document's"
    expected = evidence(document, [(item.start, item.end)], with_text=False)
    if len(expected) != 1:
        yield f"[{item.start}, {item.end}) touches {len(expected)} regions of the document, not one"
    for place in expected[:1]:
        if place.page != item.page:
            yield f"it stands on page {place.page}, the record says {item.page}"
        if any(abs(one - other) > _TOLERANCE for one, other in zip(place.bbox, item.bbox, strict=False)):
            yield f"its box is {[round(side, 4) for side in place.bbox]}, the record says {list(item.bbox)}"
