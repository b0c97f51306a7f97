"""Where in the PDF a stretch of the document stands."""

from collections.abc import Iterator, Sequence

from qagen.records import BBox, Document, Evidence, Region, sha256


def evidence(
    document: Document, spans: Sequence[tuple[int, int]], *, with_text: bool
) -> tuple[Evidence, ...]:
    """The places of some spans: one item for each region that a span touches, in document order.

    Args:
        document: the document that the spans are offsets into.
        spans: `[start, end)` each.
        with_text: whether the items carry the text itself.

    Returns:
        Items whose start and end are the intersection of span and region, without white space at the ends, and whose
        box is the union of the boxes of the region's lines that it touches.
    """
    found = []
    for start, end in sorted(spans):
        for region in _touched(document, start, end):
            first, last = _stripped(document.text, max(start, region.start), min(end, region.end))
            if first < last:
                text = document.text[first:last]
                box = _box(region, first, last)
                found.append(
                    Evidence(first, last, region.page, box, sha256(text), text if with_text else None)
                )
    return tuple(found)


def pages(document: Document, start: int, end: int) -> tuple[int, ...]:
    """The pages that `[start, end)` stands on, ascending."""
    return tuple(sorted({region.page for region in _touched(document, start, end)}))


def _touched(document: Document, start: int, end: int) -> Iterator[Region]:
    for block in document.blocks:
        if block.start < end and start < block.end:
            for region in block.regions:
                if region.start < end and start < region.end:
                    yield region


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    content = text[start:end]
    return start + len(content) - len(content.lstrip()), start + len(content.rstrip())


def _box(region: Region, start: int, end: int) -> BBox:
    boxes = [line.bbox for line in region.lines if line.start < end and start < line.end] or [region.bbox]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))
