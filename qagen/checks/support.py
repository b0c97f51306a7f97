"""How well the source supports an answer, and where.

Each claim of the answer is covered by the few sentences of the source that share most of its weight, a word weighing
as much as it is rare. What shared words tell is measured in a handful of ways, each a number in [0, 1] that only
grows with support; a logistic model whose weights are all positive makes one score of them. The length of the answer
is not among them. An answer is as well supported as its worst claims: one invented sentence makes a record wrong,
however well the others are covered.
"""

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass
from itertools import chain, pairwise
from operator import attrgetter

from qagen.checks.reading.claims import claims_something
from qagen.checks.reading.quantities import quantities
from qagen.checks.reading.source import PREFIX, IndexedSource
from qagen.checks.reading.stated import distinct
from qagen.checks.reading.support_model import MODEL, RARE, SCALE, idfs
from qagen.checks.reading.text import Sentence, Text, stem, words

Span = tuple[int, int]

_MOST_SENTENCES = 3
"""How many sentences of the source one sentence of an answer may draw on."""
_LEAST_GAIN = 0.12
"""The share of a sentence's weight that a further source sentence has to add."""
_AKIN = 0.6
"""What a word counts that only begins like a word of the source."""
_CONVERTED = 0.005
"""Relative difference below which a number in another unit is the same."""
_BEYOND_ASCII = "{"
"""What comes after the last small letter of ASCII; capitals and digits come before the first."""
_NO_CLAIM = 0.5
"""The score of an answer that claims nothing."""
_SECOND_WORST = 0.25
"""How much the second worst claim counts beside the worst."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """A sentence of an answer with the sentences of the source that cover it best.

    Attributes:
        sentence: the sentence of the answer.
        numbers: which sentences of the source, the best first.
        weights: the sentence's stems with what each weighs.
    """

    sentence: Sentence
    numbers: tuple[int, ...]
    weights: dict[str, float]


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer that claims something, and how well the source supports it.

    Attributes:
        score: in [0, 1].
        shared: in [0, 1], how much it has in common with the source: its words count half, its neighbouring words the other half.
    """

    alignment: Alignment
    score: float
    shared: float

    @property
    def text(self) -> str:
        """The sentence."""
        return self.alignment.sentence.text


@dataclass(frozen=True, slots=True)
class Support:
    """How well an answer is supported.

    Attributes:
        score: in [0, 1].
        evidence: where in the source it comes from.
        claims: what it claims, the least supported first.
    """

    score: float
    evidence: tuple[Span, ...]
    claims: tuple[Claim, ...] = ()


def align(answer: Text, source: IndexedSource) -> tuple[Alignment, ...]:
    """Find for each sentence of an answer that has content the sentences of the source that cover it best."""
    return tuple(cover(sentence, source) for sentence in answer.sentences if sentence.stems)


def support(alignments: tuple[Alignment, ...], source: IndexedSource) -> Support:
    """Score an answer by its alignments with the source."""
    numbers = sorted({number for alignment in alignments for number in alignment.numbers})
    evidence = tuple((source.sentences[number].start, source.sentences[number].end) for number in numbers)
    claims = sorted(
        (_claim(alignment, source) for alignment in alignments if claims_something(alignment.sentence)),
        key=attrgetter("score", "text"),
    )
    if not claims:
        return Support(_NO_CLAIM if alignments else 0.0, evidence)
    worst, second = claims[0].score, claims[min(1, len(claims) - 1)].score
    return Support(worst + _SECOND_WORST * (second - worst), evidence, tuple(claims))


def _claim(alignment: Alignment, source: IndexedSource) -> Claim:
    found = features(alignment, source)
    return Claim(alignment, MODEL.score(found), _shared(found))


def foreign_words(claim: Claim, source: IndexedSource) -> int:
    """How many words of a claim are of no everyday language and not the source's."""
    return sum(
        weight >= RARE and word not in source.postings for word, weight in claim.alignment.weights.items()
    )


def shared(alignment: Alignment, source: IndexedSource) -> float:
    """How much a sentence has in common with the source, in [0, 1]: its words count half, its neighbouring words the other half."""
    return _shared(features(alignment, source))


def _shared(found: dict[str, float]) -> float:
    return found["everywhere"] / 2 + (found["bigrams"] + found["close_pairs"]) / 4


def cover(sentence: Sentence, source: IndexedSource) -> Alignment:
    """Choose the sentence that covers most of the weight, then the one that adds most, and so on."""
    weights = idfs(sentence.stems)
    left, total = weights.copy(), sum(weights.values())
    gains: dict[int, float] = {}
    for word, weight in left.items():
        for number in source.postings.get(word, ()):
            gains[number] = gains.get(number, 0.0) + weight
    chosen: list[int] = []
    while gains and len(chosen) < _MOST_SENTENCES:
        most = max(gains.values())
        if most < _LEAST_GAIN * total:
            break
        best = min(
            (number for number, gain in gains.items() if gain == most),
            key=lambda number: len(source.sentences[number].stems),
        )
        chosen.append(best)
        for word in source.sentences[best].stems:
            if weight := left.pop(word, 0.0):
                for number in source.postings[word]:
                    gains[number] -= weight
    return Alignment(sentence, tuple(chosen), weights)


def features(alignment: Alignment, source: IndexedSource) -> dict[str, float]:
    """What the words that a sentence shares with the source tell, by name; each in [0, 1], 1 being full support."""
    stems, weights = alignment.sentence.stems, alignment.weights
    total = sum(weights.values())
    missing = {word: weight for word, weight in weights.items() if word not in source.postings}
    if any(word[0].isdigit() for word in missing):
        otherwise = _stated_otherwise(alignment.sentence, source)
        missing = {word: weight for word, weight in missing.items() if word not in otherwise}
    lost = sum(missing.values())
    akin = sum(weight for word, weight in missing.items() if word[:PREFIX] in source.prefixes)
    run = _longest_run(stems, missing)
    everywhere = 1.0 - lost / total
    bigrams, close_pairs = _pairs(stems, weights, source) if len(stems) > 1 else (everywhere, everywhere)
    return {
        "everywhere": everywhere,
        "one_place": _in_one_place(weights, source),
        "akin": everywhere + _AKIN * akin / total,
        "bigrams": bigrams,
        "close_pairs": close_pairs,
        "run_share": 1.0 - run / total,
        "run": 1.0 / (1.0 + run / SCALE),
        **_names(alignment.sentence, missing),
    }


def _pairs(stems: tuple[str, ...], weights: dict[str, float], source: IndexedSource) -> tuple[float, float]:
    """Of the neighbouring words, the share of the pairs that the source has side by side, and of the weight that it has close by."""
    neighbours = source.bigrams
    beside, weighed, close = 0, 0.0, 0.0
    for pair in pairwise(stems):
        weight = weights[pair[0]] + weights[pair[1]]
        weighed += weight
        if source.has_close(*pair):
            beside += pair in neighbours
            close += weight
        elif source.has_close(*pair[::-1]):
            close += weight
    return beside / (len(stems) - 1), close / weighed


def _longest_run(stems: tuple[str, ...], missing: dict[str, float]) -> float:
    """The weight of the heaviest row of words of which the source has none."""
    longest = current = 0.0
    for word in stems:
        current = current + missing[word] if word in missing else 0.0
        if current > longest:
            longest = current
    return longest


def _in_one_place(weights: dict[str, float], source: IndexedSource) -> float:
    """The share of the words that one sentence of the source has together with its neighbours."""
    counts = Counter(chain.from_iterable(map(source.places, weights)))
    return max(counts.values()) / len(weights) if counts else 0.0


def _names(sentence: Sentence, lacking: Container[str]) -> dict[str, float]:
    """What capitalised words and numbers tell, the first word aside: the share that the source has, and how few it lacks.

    Of a name that is missing the reader cannot know anything; of a missing number still less.
    """
    names = [
        word
        for word in sentence.tokens
        if word < "a" or (word > _BEYOND_ASCII and (word[0].isupper() or word[0].isdigit()))
    ]
    if names and sentence.text.lstrip("\"'([").startswith(names[0]):
        del names[0]
    missing = [name for name in names if stem(name.lower()) in lacking]
    numbers = sum(name[0].isdigit() for name in missing)
    return {
        "names": 1.0 - len(missing) / len(names) if names else 1.0,
        "missing_capitals": 1.0 / (1 + len(missing) - numbers),
        "missing_numbers": 1.0 / (1 + numbers),
    }


def _stated_otherwise(sentence: Sentence, source: IndexedSource) -> frozenset[str]:
    """The stems of numbers that the source has in another notation or unit, or rounded: 30 min for 0.5 h, 12 500 for 12,500."""
    return frozenset(
        stem(word)
        for quantity in distinct(quantities(sentence.text))
        if any(source.stated.stating(quantity, _CONVERTED))
        for word in words(quantity.text)
        if word[0].isdigit()
    )
