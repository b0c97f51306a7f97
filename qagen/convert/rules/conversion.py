"""A PDF becomes a document: all steps of the rules in order."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pypdfium2

from qagen.convert.fingerprint import label
from qagen.convert.job import Mode, Ocr
from qagen.convert.ocr.packages import INSTALL, missing
from qagen.convert.placeholders import says_nothing_else
from qagen.convert.provenance import assembled
from qagen.convert.rules import (
    areas,
    equations,
    flows,
    furniture,
    headings,
    kinds,
    layers,
    metadata,
    paragraphs,
    rows,
    typography,
    unread,
)
from qagen.convert.rules.hyphens import vocabulary
from qagen.convert.rules.model import DROPPED, Kind, Page, Piece
from qagen.convert.rules.rendering import Renderer
from qagen.convert.rules.scans import by_ocr
from qagen.convert.rules.textlayer import Sheet, Source, open_source
from qagen.convert.rules.words import Words
from qagen.convert.store import Conversion, PageRead
from qagen.errors import ConversionError
from qagen.reasons import Reason
from qagen.records import Document

_MOST_DROPPED = 0.85
"""Share of a page's characters above which rules that leave out so much are not believed."""
_ENOUGH = 400
"""Characters from which a page's share says something; a figure with a number below has fewer."""
_SCAN = 15
"""Letters and digits a page, on average, below which a PDF of several pages is a scan with stamps on it."""


def read(
    path: Path,
    paper_sha256: str,
    wanted: Sequence[int] | None = None,
    step: Callable[[int], None] = lambda _: None,
    ocr: Ocr = "none",
) -> Conversion:
    """Convert a PDF.

    Args:
        path: the PDF.
        paper_sha256: goes into the document.
        wanted: the pages to read, counted from 0, one after another; None for all.
        step: is called before each few pages with their number.
        ocr: which pages are read by OCR.

    Raises:
        ConversionError: no_text_layer where the pages are pictures.
    """
    copy, warnings = _marked(path)
    with pypdfium2.PdfDocument(copy or path) as document:
        source = open_source(document, wanted, step, layered=copy is not None, again=_reader(ocr))
        info = metadata.read_info(document)
    _require_text(source, ocr)
    found = furniture.find(source.pages)
    found |= dict.fromkeys(source.hidden, Kind.HIDDEN)
    type_ = typography.measure(source.pages, found)
    pieces: list[Piece] = []
    continued = wanted is not None and wanted[0] > 0
    first = -1 if continued else min(page.index for page in source.pages if page.lines)
    warnings += _warnings(source)
    words = Words(source)
    for page in source.pages:
        step(1)
        own = _pieces(page, found, type_, words, first_page=page.index == first)
        share = _share_dropped(page, found, own)
        if share > _MOST_DROPPED:
            own = _plain(page, found, type_)
            warnings.append(_kept_as_plain(page, share))
        pieces.extend(own)
    step(len(source.pages))
    kept = [piece for piece in pieces if piece.kind not in DROPPED]
    sheets = {page.index: page for page in source.pages}
    kept = headings.with_levels(kept, sheets, type_, info.title, continued=continued)
    kept = flows.mark_references(kept)
    known = vocabulary(line.text for page in source.pages for line in page.lines)
    about = metadata.metadata_of(source.pages, kept, info, known)
    renderer = Renderer(source.pages, known)
    rendered = [renderer.render(flow) for flow in flows.flows_of(kept)]
    text, blocks = assembled(rendered)
    if not text:
        raise _no_text_layer(source, ocr)
    read_so = tuple(_pages_read(source))
    result = Document(paper_sha256, text, blocks, about, label(Mode("rules"), by_ocr=bool(read_so)))
    return Conversion(result, _dropped(source, found, pieces), tuple(warnings), read_so)


def _reader(ocr: Ocr) -> Callable[[pypdfium2.PdfPage, Sheet], Sheet]:
    """What looks at each page once more."""
    if ocr == "none":
        return lambda _, sheet: sheet
    from qagen.convert.ocr.reading import read_page  # with onnxruntime, which is an extra

    return lambda page, sheet: by_ocr(page, sheet, ocr, read_page)


def _pages_read(source: Source) -> Iterator[PageRead]:
    for index, sheet in sorted(source.sheets.items()):
        if sheet.ocr:
            angle = sheet.ocr.angle
            yield PageRead(index + 1, round(sheet.ocr.confidence, 3), angle.turn, round(angle.skew, 2))


def _require_text(source: Source, ocr: Ocr) -> None:
    pages = source.pages
    readable = sum(sum(map(str.isalnum, line.text)) for page in pages for line in page.lines)
    if readable == 0 or (len(pages) > 2 and readable < _SCAN * len(pages)):
        raise _no_text_layer(source, ocr)


def _no_text_layer(source: Source, ocr: Ocr) -> ConversionError:
    giants = sum(sheet.left_out_images for sheet in source.sheets.values())
    if giants:
        hint = f"{giants} of them too large to be unpacked; save a copy with smaller ones"
    elif ocr != "none":
        hint = "and OCR found none either"
    elif missing():
        hint = f"{INSTALL} has them read by OCR; or run an OCR program over the PDF first"
    else:
        hint = "OCR is off; run again without --ocr never to have them read"
    return ConversionError(
        Reason.NO_TEXT_LAYER, f"no text on {len(source.pages)} page(s), only pictures or nothing; {hint}"
    )


def _pieces(
    page: Page, found: furniture.Furniture, type_: typography.Typography, words: Words, *, first_page: bool
) -> list[Piece]:
    """A page's pieces in reading order, with their kinds; what is dropped is among them."""
    lines = [line for line in page.lines if (page.index, line.place) not in found]
    ordered, columns = rows.rows_of(page, lines, type_.size)

    sorted_out = areas.sort_out(page, ordered, columns, type_, words)
    texts = [
        piece.as_kind(kinds.kind_of(piece, page, type_, first_page=first_page))
        for piece in paragraphs.pieces_of(sorted_out.rest, page.index, type_)
    ]
    texts = areas.whole_captions(texts)
    texts = areas.claim_by_captions(sorted_out.page, texts, columns, type_, words)
    texts = equations.in_order(equations.whole(texts, type_), words)
    place = {id(line): number for number, row in enumerate(ordered) for line in row.lines}

    def in_order(piece: Piece) -> int:
        return min(place[id(line)] for row in piece.rows for line in row.lines)

    return sorted([*texts, *sorted_out.tables, *sorted_out.figures], key=in_order)


def _share_dropped(page: Page, found: furniture.Furniture, pieces: list[Piece]) -> float:
    """The share of a page's characters that would be left out; what nobody sees does not count."""
    kinds_ = [(found.get((page.index, line.place)), _size(line.text)) for line in page.lines]
    shown = sum(size for kind, size in kinds_ if kind is not Kind.HIDDEN)
    left_out = sum(size for kind, size in kinds_ if kind is not None and kind is not Kind.HIDDEN)
    left_out += sum(_size(piece.text) for piece in pieces if piece.kind in DROPPED)
    return left_out / shown if shown >= _ENOUGH else 0.0


def _plain(page: Page, found: furniture.Furniture, type_: typography.Typography) -> list[Piece]:
    """All that is seen on a page as paragraphs, in reading order."""
    lines = [line for line in page.lines if found.get((page.index, line.place)) is not Kind.HIDDEN]
    for line in lines:
        found.pop((page.index, line.place), None)
    ordered, _ = rows.rows_of(page, lines, type_.size)
    return paragraphs.pieces_of(ordered, page.index, type_)


def _kept_as_plain(page: Page, share: float) -> str:
    return (
        f"page {page.index + 1}: {share:.0%} of its text looked like figures and page furniture, more than is ever"
        " left out; all of it was kept as plain text"
    )


def _dropped(source: Source, found: furniture.Furniture, pieces: list[Piece]) -> dict[str, int]:
    """Characters that are left out, by kind."""
    counts: Counter[str] = Counter()
    for sheet in source.sheets.values():
        counts.update({_name(kind): count for kind, count in sheet.left_out.counts.items()})
    for page in source.pages:
        for line in page.lines:
            kind = found.get((page.index, line.place))
            if kind:
                counts[_name(kind)] += _size(line.text)
    for piece in pieces:
        if piece.kind in DROPPED:
            counts[_name(piece.kind)] += _size(piece.text)
    return dict(sorted(counts.items()))


def _name(kind: Kind) -> str:
    return kind.name.lower()


def _size(text: str) -> int:
    return len("".join(text.split()))


def _marked(path: Path) -> tuple[bytes | None, list[str]]:
    """A copy in which layers that are off are marked, where there are such; else why they could not be read."""
    try:
        return layers.marked(path), []
    except layers.LayersUnreadable as error:
        return None, [
            f"the layers of the PDF could not be read ({error}); text on layers that are off may be in it"
        ]


def _warnings(source: Source) -> list[str]:
    unreadable = [
        f"page {index + 1}: it cannot be read, and was left out; fetch the PDF again"
        for index, sheet in sorted(source.sheets.items())
        if sheet.unreadable
    ]
    garbled = [
        f"page {index + 1}: the text layer looks garbled, as after bad OCR" for index in source.garbled
    ]
    left_out = unread.warnings_of({index: sheet.left_out for index, sheet in source.sheets.items()})
    cut = sorted({page for page, _ in source.hidden})
    off = (
        [
            f"{unread.numbered(cut)}: lines off the page or cut away by a clip were left out; instructions to a model can be"
            " hidden so"
        ]
        if cut
        else []
    )
    first = source.pages[0] if source.pages else None
    cover = (
        [
            "page 1: only says that a viewer cannot show a document; part of this one may be in a form or attached"
        ]
        if first and first.index == 0 and says_nothing_else(" ".join(line.text for line in first.lines))
        else []
    )
    return [*cover, *unreadable, *garbled, *left_out, *off]
