"""Cutting the main body into chunks: slices of the document that a model is asked about.

A chunk ends where a sentence ends (where a word ends, if one sentence is longer than a chunk), stays inside one section
and repeats at most `overlap` characters of the one before it, from a sentence's beginning on.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from qagen.evidence import pages
from qagen.records import Block, Chunk, Document, Section
from qagen.sentences import sentences
from qagen.settings import ChunkSettings

_LEFT_OUT = frozenset(
    {
        "SectionHeader",
        "Figure",
        "FigureGroup",
        "Picture",
        "PictureGroup",
        "PageHeader",
        "PageFooter",
        "Footnote",
    }
    | {"Bibliography", "Reference", "TableOfContents", "Form", "Handwriting"}
)
_WHOLE = frozenset({"Table", "TableGroup", "Equation"})
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is not cut: a sentence, a part of a long one, or a table or equation as a whole (`whole`).

    `opens`: a chunk may begin with it as overlap.
    """

    start: int
    end: int
    whole: bool
    opens: bool


def chunks(document: Document, sections: Sequence[Section], settings: ChunkSettings) -> tuple[Chunk, ...]:
    """The chunks of the sections that are main body, in order.

    Each is at most `settings.chars` code points long, but for a table or an equation that is longer by itself.
    """
    spans = [
        (start, end, section)
        for section in sections
        if section.body
        for run in _runs(document, section)
        for start, end in _pack(document.text, run, settings)
    ]
    return tuple(
        Chunk(index, start, end, document.text[start:end], section, pages(document, start, end))
        for index, (start, end, section) in enumerate(spans)
    )


def _runs(document: Document, section: Section) -> Iterator[list[_Unit]]:
    """The units of a section between the blocks that are left out, since a chunk is one slice."""
    blocks = [block for block in document.blocks if section.text_start <= block.start < section.end]
    for left_out, group in groupby(blocks, key=lambda block: block.type in _LEFT_OUT):
        if not left_out:
            units = [unit for block in group for unit in _units(document.text, block)]
            if units:
                yield units


def _units(text: str, block: Block) -> Iterator[_Unit]:
    if block.type in _WHOLE:
        content = text[block.start : block.end]
        start = block.start + len(content) - len(content.lstrip())
        end = block.start + len(content.rstrip())
        if start < end:
            yield _Unit(start, end, whole=True, opens=False)
        return
    for start, end in sentences(text[block.start : block.end]):
        yield _Unit(block.start + start, block.start + end, whole=False, opens=True)


def _pack(text: str, units: Sequence[_Unit], settings: ChunkSettings) -> Iterator[tuple[int, int]]:
    pieces = [piece for unit in units for piece in _pieces(text, unit, settings.chars)]
    first = 0
    while first < len(pieces):
        last = first
        start = _with_overlap(pieces, first, settings)
        while last + 1 < len(pieces) and pieces[last + 1].end - start <= settings.chars:
            last += 1
        yield start, pieces[last].end
        first = last + 1


def _with_overlap(pieces: Sequence[_Unit], first: int, settings: ChunkSettings) -> int:
    """Where a chunk whose first new piece is `pieces[first]` begins: earlier by whole sentences, if they fit."""
    start, new_end = pieces[first].start, pieces[first].end
    for piece in reversed(pieces[:first]):
        fits = (
            pieces[first].start - piece.start <= settings.overlap and new_end - piece.start <= settings.chars
        )
        if piece.whole or not fits:
            break
        if piece.opens:
            start = piece.start
    return start


def _pieces(text: str, unit: _Unit, chars: int) -> Iterator[_Unit]:
    """A unit as it is, or the parts of a sentence that is longer than a chunk, cut between words where there are any."""
    if unit.whole or unit.end - unit.start <= chars:
        yield unit
        return
    start = end = unit.start
    for word in _WORD.finditer(text, unit.start, unit.end):
        if word.end() - start > chars and end > start:
            yield _Unit(start, end, unit.whole, opens=start == unit.start)
            start = word.start()
        while word.end() - start > chars:
            yield _Unit(start, start + chars, unit.whole, opens=start == unit.start)
            start += chars
        end = word.end()
    if end > start:
        yield _Unit(start, end, unit.whole, opens=start == unit.start)
