"""The walk without a document: what a record says about itself, and its evidence on the pages of the PDF."""

from collections.abc import Iterator

from builder.verifying.pages import LEAST_SIMILARITY, Pages, Witness, covers, normalise, similarity
from builder.verifying.places import chunks_named, context_fault, parts_of, place_faults, place_of
from qagen.records import Document, Evidence, Record, record_id, sha256

_SIDES = 4


def fault_within(record: Record) -> str | None:
    """The first contradiction inside a record; None where there is none. Pure."""
    return next(_contradictions(record), None)


def _contradictions(record: Record) -> Iterator[str]:
    if record.id != record_id(record.paper.sha256, record.question, record.answer):
        yield "the id is not that of its paper, question and answer"
    if not record.evidence:
        yield "it names no evidence"
    if fault := context_fault(record):
        yield fault
    yield from place_faults(record)
    for part in parts_of(record):
        yield from _evidence_contradictions(part)


def _evidence_contradictions(record: Record) -> Iterator[str]:
    for number, item in enumerate(record.evidence, 1):
        if len(item.bbox) != _SIDES:
            yield f"evidence {number}: its box has {len(item.bbox)} sides"
        if item.text is not None and sha256(item.text) != item.sha256:
            yield f"evidence {number}: its sha256 is not that of its text"
        place = place_of(item, record)
        if place is None:
            yield f"evidence {number}: [{item.start}, {item.end}) is not inside {chunks_named(record)}"
        elif item.page not in place.chunk.pages:
            yield f"evidence {number}: page {item.page} is none of the chunk's pages {list(place.chunk.pages)}"


def fault_on_pages(record: Record, pages: Pages, document: Document | None) -> str | None:
    """The first evidence that does not stand where the record says; None when all do.

    Args:
        record: its evidence has texts, or `document` has them.
        pages: the PDF's pages.
        document: the paper's document, or None.

    Raises:
        PageError: where a page cannot be read.
    """
    for number, item in enumerate(record.evidence, 1):
        text = document.text[item.start : item.end] if document else item.text or ""
        witness = pages.by_ocr if item.ocr and _read_by_rules(record) else pages
        fault = _fault_on_page(item, normalise(text), witness)
        if fault:
            return f"evidence {number}: {fault}"
    return None


def _read_by_rules(record: Record) -> bool:
    """Whether it was the reader that is here too, and not marker's models."""
    return (record.paper.converter or "").startswith("rules-")


def _fault_on_page(item: Evidence, needle: str, pages: Witness) -> str | None:
    """Compare letters and digits; an evidence of signs only has none, and its box alone is looked at."""
    page = pages.page(item.page)
    if not covers(page, item.bbox):
        return f"its box {list(item.bbox)} is not on page {item.page} of {page.width:.0f} x {page.height:.0f} points"
    if not needle:
        return None
    if similarity(needle, pages.inside(item.page, item.bbox)) >= LEAST_SIMILARITY:
        return None
    found = similarity(needle, page.letters)
    if found >= LEAST_SIMILARITY:
        return f"its text stands on page {item.page}, but not in the box {list(item.bbox)}"
    return f"its text is not on page {item.page}: similarity {found:.2f}, needed {LEAST_SIMILARITY}"
