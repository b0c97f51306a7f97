"""What a pair was made of: its chunk, or each of several, with the text as far as it is here, and where its evidence stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from builder.reviewing.passage import Piece, pieces
from qagen.checks import CheckResult
from qagen.chunking.evidence import evidence
from qagen.pipeline.placing import place_spans
from qagen.records import (
    BETWEEN_PLACES,
    BBox,
    Chunk,
    ChunkGroup,
    Document,
    Evidence,
    PaperInfo,
    PlaceInfo,
    Record,
    Rejection,
    Section,
)

NOT_HERE = "the text is not in this workspace: name the one that the dataset was built in, with --work"


@dataclass(frozen=True, slots=True)
class PagePlace:
    """A page of a paper with the boxes of the evidence on it.

    Attributes:
        place: the number of the pair's place that it is of, from 0.
        paper: that it is a page of.
    """

    page: int
    boxes: tuple[BBox, ...]
    place: int
    paper: PaperInfo


@dataclass(frozen=True, slots=True)
class Passage:
    """The text of one place, cut at the edges of the evidence.

    Attributes:
        title: which place it is; empty where there is one.
        pieces: empty where the text is not here.
        missing: why it is not; else empty.
    """

    title: str
    pieces: tuple[Piece, ...]
    missing: str = ""


@dataclass(frozen=True)
class SourcePlace:
    """One place of a pair.

    Attributes:
        paper: that it is of.
        info: its chunk and section.
        document: of the paper; None where it is not here.
        text: of the chunk; None where it is not here.
        evidence: in it.
    """

    paper: PaperInfo
    info: PlaceInfo
    document: Document | None
    text: str | None
    evidence: tuple[Evidence, ...]

    @property
    def chunk(self) -> Chunk:
        """The chunk, with whatever text of it is here."""
        place, section = self.info.chunk, self.info.section
        around = Section(section.path, section.start, section.end, section.start, body=True)
        return Chunk(place.index, place.start, place.end, self.text or "", around, place.pages)


def source_places(
    thing: Record | Rejection, document_of: Callable[[PaperInfo], Document | None]
) -> tuple[SourcePlace, ...]:
    """The places of a record or rejection; none of one that is about no chunk.

    Args:
        thing: that is looked at.
        document_of: the document of a paper, where it is here.
    """
    if thing.chunk is None or thing.section is None:
        return ()
    infos = thing.places or (PlaceInfo(thing.chunk, thing.section),)
    own = thing.evidence if isinstance(thing, Record) else ()
    context = thing.context if isinstance(thing, Record) else None
    found, begin = [], 0
    for info in infos:
        paper, start, end = info.paper or thing.paper, info.chunk.start, info.chunk.end
        document = document_of(paper)
        text = document.text[start:end] if document else None
        if text is None and context is not None:
            text = context[begin : begin + end - start]
        inside = own if info.paper is None else info.evidence or ()
        inside = tuple(item for item in inside if start <= item.start < item.end <= end)
        found.append(SourcePlace(paper, info, document, text, inside))
        begin += end - start + len(BETWEEN_PLACES)
    return tuple(found)


def with_evidence(places: Sequence[SourcePlace], verdict: CheckResult) -> tuple[SourcePlace, ...]:
    """The places with the evidence that the checks find, where all documents are here."""
    group = ChunkGroup(tuple(place.chunk for place in places))
    spans = place_spans(group, verdict, by_person=False)
    return tuple(
        SourcePlace(
            place.paper,
            place.info,
            place.document,
            place.text,
            evidence(place.document, spans.get(number, ()), with_text=False) if place.document else (),
        )
        for number, place in enumerate(places)
    )


def passages(places: Sequence[SourcePlace]) -> tuple[Passage, ...]:
    """The texts of the places; of several each with a title."""
    if not places:
        return (Passage("", (), "this is about no passage"),)
    return tuple(_passage(number, place, len(places)) for number, place in enumerate(places, 1))


def _passage(number: int, place: SourcePlace, count: int) -> Passage:
    path = " › ".join(place.info.section.path) or "before the first heading"
    of = f"{place.paper.title or place.paper.file}: " if place.info.paper is not None else ""
    title = f"Place {number} of {count}: {of}{path}" if count > 1 else ""
    if place.text is None:
        return Passage(title, (), NOT_HERE)
    spans = [(item.start, item.end) for item in place.evidence]
    return Passage(title, pieces(place.text, spans, place.info.chunk.start))


def pages_of(places: Sequence[SourcePlace]) -> tuple[PagePlace, ...]:
    """The pages of the evidence with its boxes, or those of the chunks where there is no evidence; place by place."""
    bare = not any(place.evidence for place in places)
    found = []
    for number, place in enumerate(places):
        boxes: dict[int, list[BBox]] = {}
        for item in place.evidence:
            boxes.setdefault(item.page, []).append(item.bbox)
        if bare:
            boxes = {page: [] for page in place.info.chunk.pages[:2]}
        found += [PagePlace(page, tuple(some), number, place.paper) for page, some in sorted(boxes.items())]
    return tuple(found)
