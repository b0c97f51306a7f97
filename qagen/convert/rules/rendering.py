"""marker's blocks and its markdown, with the place of every line.

Each flow becomes one of marker's blocks and is rendered by the renderer of all modes (`qagen.convert.provenance`), each
line between two marks.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

from marker.schema import BlockTypes
from marker.schema.blocks import Block as MarkerBlock
from marker.schema.document import Document as MarkerDocument
from marker.schema.groups.page import PageGroup
from marker.schema.polygon import PolygonBox
from marker.schema.registry import get_block_class, register_block_class
from marker.schema.text.line import Line as MarkerLine

from qagen.convert.provenance import END, START, Place, ProvenanceRenderer, Rendered, without_marks
from qagen.convert.rules.hyphens import Joint, Vocabulary
from qagen.convert.rules.model import FULL, Flow, Kind, Page, Piece, TextLine
from qagen.convert.rules.patterns import BULLET
from qagen.convert.rules.provider import TextLayer

_PLAIN = frozenset({Kind.HEADING, Kind.EQUATION, Kind.CODE, Kind.TABLE})
"""Kinds that are rendered without italics and bold."""


class MarkedLine(MarkerLine):  # type: ignore[misc]  # marker has no types
    """marker's line between two marks, with what joins it to the next line, which is settled before."""

    glue: str = " "

    def assemble_html(self, document: Any, child_blocks: Any, *_: Any) -> str:  # noqa: ARG002 -- marker's signature
        """The spans' HTML between marks."""
        return START + "".join(child.html for child in child_blocks) + self.glue + END


register_block_class(BlockTypes.Line, MarkedLine)


class Renderer(ProvenanceRenderer):
    """The renderer of all modes, for flows: each becomes one of marker's blocks."""

    def __init__(self, provider: TextLayer, pages: tuple[Page, ...], vocabulary: Vocabulary) -> None:
        super().__init__()
        self._provider = provider
        self._vocabulary = vocabulary
        self._sheets = {page.index: page for page in pages}
        self._document = MarkerDocument(
            filepath=provider.filepath, pages=[_page(provider, page.index) for page in pages]
        )

    def render(self, flow: Flow) -> Rendered:
        """One flow as markdown."""
        self._join(flow)
        block = self._block(flow)
        output = block.render(self._document, None, {}, self.block_config)
        markup = self.splice_content_refs(self._document, output, {})
        places, pages = _places(flow)
        sheets = [self._sheets[page] for page in pages]
        places = [Place(one.region, sheets[one.region].displayed(one.box)) for one in places]
        return without_marks(flow.kind.value, flow.level, self.marked(markup), places, pages)

    def _outputs(self, piece: Piece) -> Iterator[tuple[TextLine, Any]]:
        outputs = self._provider.page_lines[piece.page]
        for row in piece.rows:
            for line in row.lines:
                yield line, outputs[line.place]

    def _join(self, flow: Flow) -> None:
        """Settle what stands between the flow's lines."""
        lines = [
            (line, row, output)
            for piece in flow.pieces
            for row in piece.rows
            for line, output in self._of(piece, row)
        ]
        for number, (line, row, output) in enumerate(lines):
            spans = output.spans
            for span in spans:
                span.text = span.text.replace("\n", " ")
                if flow.kind in _PLAIN or _is_symbol(span):
                    span.formats = ["plain"]
            _strip(spans)
            if number + 1 == len(lines):
                output.line.glue = ""
                continue
            following, its_row, _ = lines[number + 1]
            if its_row is row:
                gap = following.box[0] - line.box[2]
                output.line.glue = "" if gap < 0.12 * line.style.size else " "
                continue
            joint = self._vocabulary.joint(line.text, following.text)
            output.line.glue = " " if joint is Joint.BLANK else ""
            if joint is Joint.HYPHEN_GONE:
                spans[-1].text = spans[-1].text[:-1]
        for _, _, output in lines:
            for span in output.spans:
                if span.has_superscript:
                    _raise(span)

    def _of(self, piece: Piece, row: Any) -> Iterator[tuple[TextLine, Any]]:
        outputs = self._provider.page_lines[piece.page]
        return ((line, outputs[line.place]) for line in row.lines)

    def _block(self, flow: Flow) -> MarkerBlock:
        if flow.kind is Kind.TABLE:
            block = self._new(flow.kind.value, flow.pieces[0])
            block.html = _table_html(flow.pieces[0])
            return block
        if flow.kind is Kind.EQUATION:
            block = self._new(flow.kind.value, flow.pieces[0])
            block.html = " ".join(
                f"{START}{html.escape(cell.text)}{END}" for cell in flow.pieces[0].cells[0] if cell.box
            )
            return block
        if flow.kind is Kind.CODE:
            block = self._new(flow.kind.value, flow.pieces[0])
            block.html = "<pre>" + "\n".join(self._code(flow)) + "</pre>"
            return block
        if flow.kind is Kind.LIST:
            return self._list(flow)
        block = self._new(flow.kind.value, flow.pieces[0])
        if flow.kind is Kind.HEADING:
            block.heading_level = flow.level
        self._fill(block, flow.pieces)
        return block

    def _list(self, flow: Flow) -> MarkerBlock:
        group = self._new(flow.kind.value, flow.pieces[0])
        item: MarkerBlock | None = None
        for piece in flow.pieces:
            bullet = BULLET.match(piece.text)
            if item is None or bullet:
                item = self._new("ListItem", piece)
                group.add_structure(item)
            if bullet:
                first = next(output for _, output in self._outputs(piece))
                _strip_bullet(first.spans)
            self._fill(item, (piece,))
        return group

    def _code(self, flow: Flow) -> Iterator[str]:
        lines = [
            (row, line, output)
            for piece in flow.pieces
            for row in piece.rows
            for line, output in self._of(piece, row)
        ]
        left = min(line.box[0] for _, line, _ in lines)
        chars = sum(len(output.raw_text) for _, _, output in lines)
        width = sum(line.width for _, line, _ in lines) / max(1, chars)
        for piece in flow.pieces:
            for row in piece.rows:
                indent = round((row.box[0] - left) / width) if width else 0
                texts = (START + html.escape(output.raw_text) + END for _, output in self._of(piece, row))
                yield " " * min(indent, 80) + " ".join(texts)

    def _new(self, kind: str, piece: Piece) -> MarkerBlock:
        page = self._document.get_page(piece.page)
        x0, y0, x1, y1 = piece.box
        polygon = PolygonBox.from_bbox([x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)])
        block = page.add_block(get_block_class(BlockTypes[kind]), polygon)
        block.source = "heuristics"
        return block

    def _fill(self, block: MarkerBlock, pieces: tuple[Piece, ...]) -> None:
        for piece in pieces:
            page = self._document.get_page(piece.page)
            for _, output in self._outputs(piece):
                page.add_full_block(output.line)
                for span in output.spans:
                    page.add_full_block(span)
                    output.line.add_structure(span)
                block.add_structure(output.line)


def _page(provider: TextLayer, index: int) -> PageGroup:
    page = get_block_class(BlockTypes.Page)(
        page_id=index, polygon=provider.get_page_bbox(index), children=[], structure=[], refs=[]
    )
    page.text_extraction_method = "pdftext"
    return page


def _is_symbol(span: Any) -> bool:
    """Italics of variables and single letters are noise in running text; words keep theirs."""
    return len(re.findall(r"[^\W\d_]", span.text)) < 3 or bool(
        re.match(r"cmmi|cmsy|.*math", span.font or "", re.I)
    )


def _raise(span: Any) -> None:
    """A superscript, written here because marker's own pattern cuts escaped characters in two."""
    raised = re.match(r"[\d\W]+", span.text)
    head, tail = (raised[0], span.text[raised.end() :]) if raised else (span.text, "")
    span.html = f"<sup>{html.escape(head)}</sup>{html.escape(tail)}"


def _strip(spans: list[Any]) -> None:
    """No blanks at a line's ends."""
    while len(spans) > 1 and not spans[-1].text.strip():
        spans.pop()
    while len(spans) > 1 and not spans[0].text.strip():
        spans.pop(0)
    if spans:
        spans[-1].text = spans[-1].text.rstrip()
        spans[0].text = spans[0].text.lstrip()


def _strip_bullet(spans: list[Any]) -> None:
    spans[0].text = re.sub(r"^\s*[•●○◦■▪▫‣∙·]\s*", "", spans[0].text)
    spans[0].has_superscript = False


def _table_html(piece: Piece) -> str:
    rows = (
        "<tr>"
        + "".join(
            f"<td>{START}{html.escape(cell.text)}{END}</td>" if cell.box else "<td></td>" for cell in row
        )
        + "</tr>"
        for row in piece.cells
    )
    return "<table><tbody>" + "".join(rows) + "</tbody></table>"


def _places(flow: Flow) -> tuple[list[Place], tuple[int, ...]]:
    """The place, on the page as it is read, of everything that is marked, in the order of the marks, and the regions' pages.

    A region is a run of lines on one page in one column.
    """
    if flow.kind in (Kind.TABLE, Kind.EQUATION):
        cells = [Place(0, cell.box) for row in flow.pieces[0].cells for cell in row if cell.box]
        return cells, (flow.pieces[0].page,)
    places: list[Place] = []
    runs: list[tuple[int, int]] = []
    for piece in flow.pieces:
        for row in piece.rows:
            column = runs[-1][1] if runs and FULL in (row.column, runs[-1][1]) else row.column
            if not runs or runs[-1] != (piece.page, column) or row is piece.rows[0]:
                runs.append((piece.page, row.column))
            places.extend(Place(len(runs) - 1, line.box) for line in row.lines)
    return places, tuple(page for page, _ in runs)
