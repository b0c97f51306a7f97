"""Cutting the main body into chunks: slices of the document that a model is asked about.

A chunk ends where a sentence ends (where a word ends, if one sentence is longer than a chunk), stays inside one section
and repeats at most `overlap` characters of the one before it, from a sentence's beginning on.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby

from qagen.chunking.evidence import pages
from qagen.records import Block, Chunk, Document, Section
from qagen.settings import ChunkSettings
from qagen.text.sentences import sentences

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
_TABLE = re.compile(r"\W*(?:supplementary |extended data )?(?:tab\b|table|key resources?\b)", re.IGNORECASE)
"""How the caption of a table begins."""


class _Kind(Enum):
    """Of blocks that make a run together."""

    TEXT = auto()
    GARBLED = auto()
    LEFT_OUT = auto()


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is not cut: a sentence, a part of a long one, or a table or equation as a whole (`whole`).

    `opens`: a chunk may begin with it as overlap.
    """

    start: int
    end: int
    whole: bool = False
    opens: bool = False


def chunks(document: Document, sections: Sequence[Section], settings: ChunkSettings) -> tuple[Chunk, ...]:
    """The chunks of the sections that are main body, in order.

    Each is at most `settings.chars` code points long, but for a table or an equation that is longer by itself.
    """
    spans = [
        (start, end, section, quality)
        for section in sections
        if section.body
        for run, quality in _runs(document, section, settings)
        for start, end in _pack(document.text, run, settings)
    ]
    return tuple(
        Chunk(index, start, end, document.text[start:end], section, pages(document, start, end), quality)
        for index, (start, end, section, quality) in enumerate(spans)
    )


def _runs(
    document: Document, section: Section, settings: ChunkSettings
) -> Iterator[tuple[list[_Unit], float]]:
    """The units of a section between the blocks that are left out, since a chunk is one slice; their lowest quality.

    Blocks that cannot be read, and captions where they are wanted apart, are runs of their own.
    """
    blocks = [block for block in document.blocks if section.text_start <= block.start < section.end]

    def kind_of(block: Block) -> _Kind | int:
        if block.type in _LEFT_OUT:
            return _Kind.LEFT_OUT
        if block.quality < settings.min_quality:
            return _Kind.GARBLED
        if settings.captions == "own" and block.type == "Caption" and not _is_tables(document.text, block):
            return block.start  # each is a run of its own
        return _Kind.TEXT

    for kind, group in groupby(blocks, key=kind_of):
        run = list(group)
        units = [] if kind is _Kind.LEFT_OUT else list(_all_units(document.text, run))
        if units:
            yield units, min(block.quality for block in run)


def _is_tables(text: str, block: Block) -> bool:
    """Whether a caption is a table's: it stays with its table."""
    return bool(_TABLE.match(text, block.start))


def _all_units(text: str, blocks: Sequence[Block]) -> Iterator[_Unit]:
    """The units of blocks; a table and its caption, which stands before or behind it, are one."""
    number = 0
    while number < len(blocks):
        pair = blocks[number : number + 2]
        captioned = any(block.type == "Caption" and _is_tables(text, block) for block in pair)
        if captioned and {block.type for block in pair} == {"Caption", "Table"}:
            content = text[pair[0].start : pair[1].end]
            yield _Unit(pair[0].start, pair[0].start + len(content.rstrip()), whole=True)
            number += 2
        else:
            yield from _units(text, blocks[number])
            number += 1


def _units(text: str, block: Block) -> Iterator[_Unit]:
    if block.type in _WHOLE:
        content = text[block.start : block.end]
        if content.strip():
            start = block.start + len(content) - len(content.lstrip())
            yield _Unit(start, block.start + len(content.rstrip()), whole=True)
        return
    for start, end in sentences(text[block.start : block.end]):
        yield _Unit(block.start + start, block.start + end, opens=True)


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
            yield _Unit(start, end)
            start = word.start()
        while word.end() - start > chars:
            yield _Unit(start, start + chars)
            start += chars
        end = word.end()
    yield _Unit(start, end)
