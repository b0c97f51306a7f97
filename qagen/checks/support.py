"""How well the source supports an answer, and where.

Each sentence of the answer is covered by the few sentences of the source that share most of its weight, where a
word weighs as much as it is rare in the source. An answer is as well supported as its worst sentence: one invented
sentence makes a record wrong, however well the others are covered.
"""

from dataclasses import dataclass

from qagen.checks.source import Source
from qagen.checks.text import Sentence, Text

Span = tuple[int, int]

_MOST_SENTENCES = 3
"""How many sentences of the source one sentence of an answer may draw on."""
_LEAST_GAIN = 0.12
"""The share of a sentence's weight that a further source sentence has to add."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """A sentence of an answer with the sentences of the source that cover it best.

    Attributes:
        sentence: the sentence of the answer.
        numbers: which sentences of the source, the best first.
        coverage: the share of the sentence's weight that they cover, in [0, 1].
    """

    sentence: Sentence
    numbers: tuple[int, ...]
    coverage: float


@dataclass(frozen=True, slots=True)
class Support:
    """A score in [0, 1], where in the source it comes from, and the sentence of the answer that has the least."""

    score: float
    evidence: tuple[Span, ...]
    weakest: str = ""


def align(answer: Text, source: Source) -> tuple[Alignment, ...]:
    """Find for each sentence of an answer that has content the sentences of the source that cover it best."""
    return tuple(_covered(sentence, source) for sentence in answer.sentences if sentence.stems)


def support(alignments: tuple[Alignment, ...], source: Source) -> Support:
    """Score an answer by its alignments with the source."""
    if not alignments:
        return Support(0.0, ())
    weakest = min(alignments, key=lambda alignment: alignment.coverage)
    numbers = sorted({number for alignment in alignments for number in alignment.numbers})
    spans = tuple((source.sentences[number].start, source.sentences[number].end) for number in numbers)
    return Support(weakest.coverage, spans, weakest.sentence.text)


def _covered(sentence: Sentence, source: Source) -> Alignment:
    """Choose the sentence that covers most of the weight, then the one that adds most, and so on."""
    weights = {stem: source.rarity(stem) for stem in sentence.stems}
    total = sum(weights.values())
    left = dict(weights)
    chosen: list[int] = []
    while len(chosen) < _MOST_SENTENCES:
        gains: dict[int, float] = {}
        for stem, weight in left.items():
            for number in source.postings.get(stem, ()):
                gains[number] = gains.get(number, 0.0) + weight
        best = max(
            gains, key=lambda number: (gains[number], -len(source.sentences[number].stems)), default=None
        )
        if best is None or gains[best] < _LEAST_GAIN * total:
            break
        chosen.append(best)
        for stem in source.sentences[best].stems:
            left.pop(stem, None)
    return Alignment(sentence, tuple(chosen), 1.0 - sum(left.values()) / total)
