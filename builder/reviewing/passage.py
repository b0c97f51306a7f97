"""What a pair is judged beside: its chunk with the evidence marked, and what each check objects to. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qagen.checks import CheckResult, IndexedSource
from qagen.checks.explain import explain

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: marked as evidence, or not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Objection:
    """What a check has against a pair.

    Attributes:
        rule: the reason's name and its meaning.
        detail: what it says of this pair.
        place: `question` or `answer`.
        sentence: what it objects to.
        source: the sentences of the chunk that speak against it, or come nearest.
    """

    rule: str
    detail: str
    place: str
    sentence: str
    source: tuple[str, ...]


def pieces(text: str, spans: Sequence[Span], offset: int = 0) -> tuple[Piece, ...]:
    """A text cut at the edges of spans.

    Args:
        text: the text.
        spans: half-open; those beyond the text's ends are cut off, overlapping ones count once.
        offset: where the text begins in what the spans are of.
    """
    return tuple(_pieces(text, sorted((start - offset, end - offset) for start, end in spans)))


def _pieces(text: str, spans: Sequence[Span]) -> Iterator[Piece]:
    place = 0
    for start, end in spans:
        start, end = max(place, start), min(end, len(text))
        if start >= end:
            continue
        if start > place:
            yield Piece(text[place:start], marked=False)
        yield Piece(text[start:end], marked=True)
        place = end
    if place < len(text):
        yield Piece(text[place:], marked=False)


def objections(verdict: CheckResult, source: IndexedSource) -> tuple[Objection, ...]:
    """What the checks have against a pair, each with the sentence that it objects to."""
    return tuple(
        Objection(
            one.rule,
            one.detail,
            one.place,
            one.sentence,
            tuple(" ".join(source.given[start:end].split()) for start, end in one.spans),
        )
        for one in explain(verdict, source)
    )
