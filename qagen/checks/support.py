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
class Support:
    """A score in [0, 1] and the sentences of the source behind it, sorted and not overlapping."""

    score: float
    evidence: tuple[Span, ...]
    weakest: str = ""
    """The sentence of the answer that has the least support, in plain notation."""


def support(answer: Text, source: Source) -> Support:
    """Score an answer against its source."""
    scored = [(*_covered(sentence, source), sentence) for sentence in answer.sentences if sentence.stems]
    if not scored:
        return Support(0.0, ())
    score, _, weakest = min(scored, key=lambda item: item[0])
    numbers = sorted({number for _, numbers, _ in scored for number in numbers})
    spans = tuple((source.sentences[number].start, source.sentences[number].end) for number in numbers)
    return Support(score, spans, weakest.text)


def _covered(sentence: Sentence, source: Source) -> tuple[float, tuple[int, ...]]:
    """The share of a sentence's weight that its best source sentences cover, and their numbers."""
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
    return 1.0 - sum(left.values()) / total, tuple(chosen)
