"""Where a pair stands that is a record: its chunks, its evidence, and its places where it needs several."""

from collections.abc import Sequence
from dataclasses import dataclass

from qagen.checks import CheckResult
from qagen.chunking.evidence import evidence
from qagen.records import (
    BETWEEN_PLACES,
    Chunk,
    ChunkGroup,
    ChunkInfo,
    Document,
    Evidence,
    Excerpt,
    PaperInfo,
    PlaceInfo,
    SectionInfo,
    sha256,
)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a pair stands.

    Attributes:
        paper: that it is of; of several the first.
        chunks: that it needs.
        evidence: in that paper.
        places: where it needs several; None where one chunk is all.
        context: the texts of its chunks.
        texts: of its evidence; empty where that is of several papers, between whose values nothing is decided.
    """

    paper: PaperInfo
    chunks: tuple[Chunk, ...]
    evidence: tuple[Evidence, ...]
    places: tuple[PlaceInfo, ...] | None
    context: str
    texts: tuple[str, ...] = ()


def placed_in(
    document: Document,
    paper: PaperInfo,
    excerpt: Excerpt,
    verdict: CheckResult,
    *,
    with_text: bool,
    by_person: bool,
) -> Placed:
    """Where a pair about one paper stands.

    Args:
        document: of the paper.
        paper: as records name it.
        excerpt: what the pair is about.
        verdict: with the places that it needs, and its evidence.
        with_text: whether its evidence has texts.
        by_person: whether a person finds it borne out also where no rule does.
    """
    if isinstance(excerpt, ChunkGroup):
        by_place = place_spans(excerpt, verdict, by_person=by_person)
        chunks = tuple(excerpt.chunks[number] for number in by_place)
        spans = [span for some in by_place.values() for span in some]
        places = group_places(chunks)
    else:
        chunks, places = (excerpt,), None
        spans = [excerpt.in_document(span) for span in verdict.evidence]
        if by_person and not spans:
            spans = [(excerpt.start, excerpt.end)]
    found = evidence(document, spans, with_text=with_text)
    texts = tuple(document.text[item.start : item.end] for item in found)
    return Placed(paper, chunks, found, places, BETWEEN_PLACES.join(chunk.text for chunk in chunks), texts)


def place_spans(group: ChunkGroup, verdict: CheckResult, *, by_person: bool) -> dict[int, list[Span]]:
    """The numbers of the chunks that a pair needs, each with its evidence in that one's document.

    Where only a person found it borne out, all chunks count of which rules need fewer than two, and a chunk without evidence as a whole.
    """
    needed = verdict.places if len(verdict.places) > 1 else range(len(group.chunks))
    found: dict[int, list[Span]] = {number: [] for number in needed}
    for span in verdict.evidence:
        number, where = group.placed(span)
        if number in found:
            found[number].append(where)
    for number, spans in found.items():
        if by_person and not spans:
            spans.append((group.chunks[number].start, group.chunks[number].end))
    return found


def section_info(chunk: Chunk) -> SectionInfo:
    """A chunk's section as records name it."""
    return SectionInfo(chunk.section.path, chunk.section.start, chunk.section.end)


def chunk_info(chunk: Chunk) -> ChunkInfo:
    """A chunk as records name it."""
    return ChunkInfo(chunk.index, chunk.start, chunk.end, sha256(chunk.text), chunk.pages)


def group_places(chunks: Sequence[Chunk]) -> tuple[PlaceInfo, ...]:
    """The places that chunks of one paper are."""
    return tuple(PlaceInfo(chunk_info(chunk), section_info(chunk)) for chunk in chunks)
