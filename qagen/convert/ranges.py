"""Huge PDFs are converted a range of pages at a time, and the documents of the ranges put one behind the other."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from qagen.convert.store import Conversion
from qagen.errors import ConversionError
from qagen.reasons import Reason
from qagen.records import Block, Document, Line


def in_ranges(pages: int, size: int, read: Callable[[Sequence[int] | None], Conversion]) -> Conversion:
    """Convert a PDF, all pages at once or `size` of them at a time.

    Args:
        pages: how many the PDF has.
        size: how many are read at a time, at most.
        read: converts some pages, counted from 0; None for all.

    Raises:
        ConversionError: no_text_layer where no range has text; else whatever `read` raises.
    """
    if pages <= size:
        return read(None)
    found = []
    without: ConversionError | None = None
    for wanted in _ranges(pages, size):
        try:
            found.append(read(wanted))
        except ConversionError as error:
            if error.reason is not Reason.NO_TEXT_LAYER:
                raise
            without = error
    if not found and without is not None:
        raise without
    return replace(_joined(found, pages), warnings=_warnings(found, pages, size))


def _ranges(pages: int, size: int) -> Iterator[Sequence[int]]:
    """Ranges of nearly equal length: a last one of two pages would know too little of the rest."""
    count = -(-pages // size)
    for number in range(count):
        yield range(pages * number // count, pages * (number + 1) // count)


def _joined(found: Sequence[Conversion], pages: int) -> Conversion:
    texts: list[str] = []
    blocks: list[Block] = []
    dropped: Counter[str] = Counter()
    position = 0
    for conversion in found:
        last = conversion is found[-1]
        document = conversion.document
        # A document ends in one line end; between two ranges there are as many as between two blocks.
        text = document.text if last else document.text + "\n"
        moved = [_moved(block, position) for block in document.blocks]
        blocks += [*moved[:-1], replace(moved[-1], end=position + len(text))]
        texts.append(text)
        position += len(text)
        dropped.update(conversion.dropped)
    first, end = found[0].document, found[-1].document
    about = replace(first.metadata, pages=pages)
    if about.license is None and end.metadata.license:
        about = replace(
            about, license=end.metadata.license, origins={**about.origins, "license": "last pages"}
        )
    # The converter's name says more where pages of the range were read by OCR.
    converter = max((conversion.document.converter for conversion in found), key=len)
    document = Document(first.paper_sha256, "".join(texts), tuple(blocks), about, converter)
    pages_read = tuple(page for conversion in found for page in conversion.ocr)
    return replace(found[0], document=document, dropped=dict(sorted(dropped.items())), ocr=pages_read)


def _warnings(found: Sequence[Conversion], pages: int, size: int) -> tuple[str, ...]:
    cut = f"{pages} pages were read {size} at a time, at most: a paragraph that goes on from one range to the next is two blocks"
    return (cut, *(warning for conversion in found for warning in conversion.warnings))


def _moved(block: Block, by: int) -> Block:
    regions = tuple(
        replace(
            region,
            start=region.start + by,
            end=region.end + by,
            lines=tuple(Line(line.start + by, line.end + by, line.bbox) for line in region.lines),
        )
        for region in block.regions
    )
    return replace(block, start=block.start + by, end=block.end + by, regions=regions)
