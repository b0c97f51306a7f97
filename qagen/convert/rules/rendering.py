"""Flows become markdown, with the place of every line of the PDF in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qagen.convert.provenance import Place, Rendered, Slice, trimmed
from qagen.convert.rules.hyphens import Joint, Vocabulary
from qagen.convert.rules.joints import Joints
from qagen.convert.rules.model import FULL, Cell, Flow, Kind, Page, Piece, Span, TextLine
from qagen.convert.rules.patterns import BULLET

_PLAIN = frozenset({Kind.HEADING, Kind.EQUATION, Kind.CODE, Kind.TABLE})
"""Kinds that are written without italics and bold."""
_SYMBOL_FONT = re.compile(r"cmmi|cmsy|.*math", re.IGNORECASE)
_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "*_$"})
_DEEPEST_INDENT = 80
_LEVEL = 2
"""Of a heading that has none."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a line's text: how it is emphasised ("*", "**" or not), and whether it is raised."""

    text: str
    mark: str = ""
    raised: bool = False

    @property
    def blank(self) -> bool:
        return not self.text.strip()


@dataclass(slots=True)
class _Set:
    """A line on its way into the document: its parts, and what stands between it and the next one."""

    line: TextLine
    parts: list[_Part]
    glue: str = ""


class Renderer:
    """Writes flows as markdown."""

    def __init__(self, pages: Sequence[Page], vocabulary: Vocabulary) -> None:
        self._sheets = {page.index: page for page in pages}
        self._vocabulary = vocabulary
        self._joints = Joints(line.text for page in pages for line in page.lines)

    def render(self, flow: Flow) -> Rendered:
        """One flow as a block."""
        places, pages = _places(flow)
        shown = [Place(one.region, self._sheets[pages[one.region]].displayed(one.box)) for one in places]
        writer = _Writer(shown)
        if flow.kind is Kind.TABLE:
            _write_table(writer, flow.pieces[0])
        elif flow.kind is Kind.EQUATION:
            for cell in flow.pieces[0].cells[0]:
                if cell.box:
                    start = writer.begin()
                    writer.write(cell.text.translate(_ESCAPED))
                    writer.end(start)
                    writer.blank()
        elif flow.kind is Kind.CODE:
            _write_code(writer, flow)
        else:
            self._write_text(writer, flow)
        text, slices = writer.finished()
        read = frozenset(page for page in pages if self._sheets[page].angle)
        return Rendered(flow.kind.value, flow.level, text, slices, pages, read, _confidence(flow))

    def _write_text(self, writer: "_Writer", flow: Flow) -> None:
        if flow.kind is Kind.HEADING:
            writer.verbatim("#" * (flow.level or _LEVEL) + " ")
        lines = self._lines(flow)
        begins = self._items(flow, lines) if flow.kind is Kind.LIST else frozenset()
        for number, (one, parts) in enumerate(zip(lines, _marked(lines), strict=True)):
            if number in begins:
                writer.verbatim("\n- " if number else "- ")
            start = writer.begin()
            for text in parts:
                writer.write(text)
            writer.end(start)
            if one.glue:
                writer.blank()

    def _items(self, flow: Flow, lines: Sequence[_Set]) -> frozenset[int]:
        """The lines with which a list's items begin; their bullets are taken off."""
        begins = []
        number = 0
        for piece in flow.pieces:
            bullet = BULLET.match(piece.text)
            if bullet or number == 0:
                begins.append(number)
            if bullet:
                _strip_bullet(lines[number])
            number += sum(len(row.lines) for row in piece.rows)
        return frozenset(begins)

    def _lines(self, flow: Flow) -> list[_Set]:
        """The flow's lines, and what stands between them."""
        rows = [(row, line) for piece in flow.pieces for row in piece.rows for line in row.lines]
        around = [line for _, line in rows]
        found = [_Set(line, _parts(line, plain=flow.kind in _PLAIN)) for _, line in rows]
        for (row, line), (next_row, following), one in zip(rows, rows[1:], found, strict=False):
            if next_row is row:
                gap = following.box[0] - line.box[2]
                one.glue = "" if 0.12 * line.style.size > gap >= -line.width else " "
                continue
            one.glue = self._glue(one, following, around)
        return found

    def _glue(self, one: _Set, following: TextLine, around: Sequence[TextLine]) -> str:
        if self._joints.runs_on(one.line, following, around, self._vocabulary.counts):
            return ""
        joint = self._vocabulary.joint(one.line.text, following.text)
        if joint is Joint.HYPHEN_GONE and one.parts:
            last = one.parts[-1]
            one.parts[-1] = replace(last, text=last.text[:-1])
        return " " if joint is Joint.BLANK else ""


def _confidence(flow: Flow) -> float:
    """The mean over its characters."""
    lines = [line for piece in flow.pieces for row in piece.rows for line in row.lines]
    total = sum(len(line.text) for line in lines)
    return sum(line.confidence * len(line.text) for line in lines) / total if total else 1.0


class _Writer:
    """Markdown as it grows, single blanks between words, and where the lines stand in it."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = iter(places)
        self._out: list[str] = []
        self._length = 0
        self._blank = False
        self._slices: list[Slice] = []

    def verbatim(self, text: str) -> None:
        """Text of the document's own, which is no line's."""
        self._blank = False
        self._add(text)

    def blank(self) -> None:
        """A blank before what comes next, unless it begins a line."""
        self._blank = True

    def write(self, text: str) -> None:
        """Text with single blanks."""
        if text[:1].isspace():
            self._blank = True
        words = " ".join(text.split())
        if not words:
            return
        if self._blank and self._out and not self._out[-1][-1].isspace():
            self._add(" ")
        self._add(words)
        self._blank = text[-1:].isspace()

    def begin(self) -> int:
        """Where a line begins."""
        return self._length

    def end(self, start: int) -> None:
        """Note where a line that began at `start` stands; its place is the next one."""
        self._slices.append(Slice(start, self._length, next(self._places)))

    def finished(self) -> tuple[str, tuple[Slice, ...]]:
        """The text and its lines."""
        return trimmed("".join(self._out), self._slices)

    def _add(self, text: str) -> None:
        self._out.append(text)
        self._length += len(text)


def _parts(line: TextLine, *, plain: bool) -> list[_Part]:
    """A line's spans, without the blanks at its ends."""
    parts = [_Part(span.text, "" if plain else _mark(span), span.raised) for span in line.spans]
    while parts and parts[0].blank:
        parts.pop(0)
    while parts and parts[-1].blank:
        parts.pop()
    if parts:
        if parts[0].text[0].isspace():
            parts[0] = replace(parts[0], text=parts[0].text.lstrip())
        if parts[-1].text[-1].isspace():
            parts[-1] = replace(parts[-1], text=parts[-1].text.rstrip())
    return parts


def _mark(span: Span) -> str:
    """How a span is emphasised: italics of variables and single letters are noise in running text; words keep theirs."""
    if not (span.bold or span.italic) or span.raised:
        return ""
    if len(re.findall(r"[^\W\d_]", span.text)) < 3 or _SYMBOL_FONT.match(span.font.name):
        return ""
    return "*" if span.italic else "**"


def _marked(lines: Sequence[_Set]) -> list[list[str]]:
    """The lines' parts as markdown; what is set alike over several parts and lines stands between one pair of marks."""
    parts = [part for one in lines for part in one.parts]
    shown = [number for number, part in enumerate(parts) if not (part.blank or part.raised)]
    opens = {
        b for a, b in zip([None, *shown], shown, strict=False) if a is None or parts[a].mark != parts[b].mark
    }
    closes = {
        a
        for a, b in zip(shown, [*shown[1:], None], strict=True)
        if b is None or parts[a].mark != parts[b].mark
    }
    written = []
    for number, part in enumerate(parts):
        text = part.text.translate(_ESCAPED)
        core = text.strip()
        if core and part.raised:
            begins = not (number and _is_with(parts[number - 1], part))
            ends = not (number + 1 < len(parts) and _is_with(part, parts[number + 1]))
            core = f"{'<sup>' if begins else ''}{core}{'</sup>' if ends else ''}"
        elif core:
            core = f"{part.mark if number in opens else ''}{core}{part.mark if number in closes else ''}"
        lead, tail = " " if text[:1].isspace() else "", " " if text[-1:].isspace() else ""
        written.append(lead + core + tail)
    pieces = iter(written)
    return [[next(pieces) for _ in one.parts] for one in lines]


def _is_with(part: _Part, following: _Part) -> bool:
    """Whether two raised parts stand next to each other, without a blank."""
    apart = part.text[-1:].isspace() or following.text[:1].isspace()
    return part.raised and following.raised and not (apart or part.blank or following.blank)


def _strip_bullet(one: _Set) -> None:
    """Take the bullet off an item's first line, which may be nothing else."""
    match = BULLET.match("".join(part.text for part in one.parts) + "x")
    left = match.end() if match else 0
    parts = []
    for part in one.parts:
        cut = min(left, len(part.text))
        left -= cut
        parts.append(replace(part, text=part.text[cut:], raised=part.raised and not cut))
    one.parts = [part for part in parts if part.text]


def _write_code(writer: _Writer, flow: Flow) -> None:
    """Lines as they are set, with their indents."""
    lines = [line for piece in flow.pieces for row in piece.rows for line in row.lines]
    left = min(line.box[0] for line in lines)
    width = sum(line.width for line in lines) / max(1, sum(len(line.text) for line in lines))
    writer.verbatim("```\n")
    for piece in flow.pieces:
        for row in piece.rows:
            indent = round((row.box[0] - left) / width) if width else 0
            writer.verbatim(" " * min(indent, _DEEPEST_INDENT))
            for number, line in enumerate(row.lines):
                start = writer.begin()
                writer.verbatim((" " if number else "") + line.text.strip())
                writer.end(start)
            writer.verbatim("\n")
    writer.verbatim("```")


def _write_table(writer: _Writer, piece: Piece) -> None:
    """A pipe table; the first row is its head."""
    for number, row in enumerate(piece.cells):
        writer.verbatim("\n|" if number else "|")
        for cell in row:
            writer.verbatim(" ")
            _write_cell(writer, cell)
            writer.verbatim(" |")
        if number == 0:
            writer.verbatim("\n|" + " --- |" * len(row))


def _write_cell(writer: _Writer, cell: Cell) -> None:
    text = cell.text.replace("|", " ").replace("\n", " ").strip()
    if cell.box:
        start = writer.begin()
        writer.verbatim(text)
        writer.end(start)
    else:
        writer.verbatim("")


def _places(flow: Flow) -> tuple[list[Place], tuple[int, ...]]:
    """The place, on the page as it is read, of every line, in order, and the regions' pages.

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
