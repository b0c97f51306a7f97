"""From spans of the document to places on pages: the last step of a record's way back to its PDF."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from qagen.records import BBox, Document, Evidence, Region, sha256


def evidence(
    document: Document, spans: Sequence[tuple[int, int]], *, with_text: bool
) -> tuple[Evidence, ...]:
    """Say where spans of the document stand in the paper: one item per region that they touch.

    Args:
        document: the document that the spans are of.
        spans: `(start, end)` in code points, half-open, in any order; overlapping ones count once.
        with_text: whether the items carry their text.

    Returns:
        Items in document order. `start` and `end` are the intersection of span and region without blanks at
        its ends; `bbox` is the union of the boxes of the lines it touches, or the region's box where it
        touches none. Text that stands in no region gives no item.
    """
    return tuple(
        _item(document, region, first, last, with_text)
        for start, end in _merged(spans)
        for region, first, last in _touched(document, start, end)
    )


def pages(document: Document, start: int, end: int) -> tuple[int, ...]:
    """The pages on which a slice of the document stands, ascending, 1-based; blanks stand on none."""
    return tuple(sorted({region.page for region, _, _ in _touched(document, start, end)}))


def _merged(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans in order, those that overlap joined."""
    current: tuple[int, int] | None = None
    for start, end in sorted(spans):
        if current is None:
            current = start, end
        elif start < current[1]:
            current = current[0], max(current[1], end)
        else:
            yield current
            current = start, end
    if current is not None:
        yield current


def _touched(document: Document, start: int, end: int) -> Iterator[tuple[Region, int, int]]:
    """Each region that a slice touches with text, in document order, and the intersection without blanks.

    The blocks tile the document in order, so the first one is found by bisection.
    """
    first = max(0, bisect_right(document.blocks, start, key=lambda block: block.start) - 1)
    for block in document.blocks[first:]:
        if block.start >= end:
            return
        for region in block.regions:
            begin = max(start, region.start)
            content = document.text[begin : min(end, region.end)]
            if content.strip():
                yield region, begin + len(content) - len(content.lstrip()), begin + len(content.rstrip())


def _item(document: Document, region: Region, start: int, end: int, with_text: bool) -> Evidence:
    boxes = [line.bbox for line in region.lines if line.start < end and line.end > start]
    text = document.text[start:end]
    return Evidence(
        start=start,
        end=end,
        page=region.page,
        bbox=_union(boxes) if boxes else region.bbox,
        sha256=sha256(text),
        text=text if with_text else None,
        ocr=region.ocr or None,
    )


def _union(boxes: Sequence[BBox]) -> BBox:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)
