"""Two numbers or names of an answer are not exchanged: "1V4S is open, 1V4T closed" for the other way round.

Each is looked at with the clause it stands in, in the answer and in the source. What only the one clause of the answer
says has to stand with the same partner in the source.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, islice, product

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.causes import content, weight
from qagen.checks.reading.mentions import Mentions
from qagen.checks.reading.quantities import Quantity
from qagen.checks.reading.source import IndexedSource
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

Value = str | Quantity
"""A name as names are compared, or a number."""
Sides = tuple[frozenset[str], frozenset[str]]
"""What stands with the one of two values and not with the other, and the other way round; stems."""

_APART = re.compile(r"[;:]|, |\b(?:and|but|while|whereas|versus|than|or)\b")
_MOST_PAIRS, _MOST_PLACES = 6, 3
"""Pairs of an answer that are looked at, and places of the source for each value."""
_CLEARLY = 2.0
"""How many times heavier what changed places has to be than what is in its own."""
_ONE_CLAUSE = 90
"""Characters around a value within which words are said of it."""


def swapped(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject an answer in which two values have each the words that the source gives to the other."""
    for sentence, mentions in zip(subject.answer.sentences, subject.mentions, strict=True):
        if len(mentions.names) + len(mentions.numbers) < 2 or "respectively" in sentence.words:
            continue
        for one, other in islice(_pairs(mentions), _MOST_PAIRS):
            wanted = _sides(sentence.text, mentions, one, other)
            if wanted is None:
                continue
            against = _exchanged(wanted, one[1], other[1], subject.source, settings)
            if against is not None:
                first, second = (value if isinstance(value, str) else value.text for _, value in (one, other))
                detail = f"the answer exchanges {first!r} and {second!r}"
                yield Fault(Reason.SWAPPED, detail, subject.answer.given, sentence.text, (against,))


def _pairs(mentions: Mentions) -> Iterator[tuple[tuple[int, Value], tuple[int, Value]]]:
    """Two numbers of one dimension, or two names, that differ; in the order in which they stand."""
    for one, other in combinations(sorted(mentions.names), 2):
        if one[1] != other[1]:
            yield one, other
    for first, second in combinations(mentions.numbers, 2):
        is_same_kind = (first[1].unit and first[1].unit.dimension) == (
            second[1].unit and second[1].unit.dimension
        )
        if is_same_kind and first[1].value != second[1].value:
            yield first, second


def _sides(text: str, mentions: Mentions, one: tuple[int, Value], other: tuple[int, Value]) -> Sides | None:
    """What a sentence says of each of two values; None where no clause ends between them."""
    first, second = sorted((mentions.start(one[0]), mentions.start(other[0])))
    cuts = [first + found.start() for found in _APART.finditer(text[first:second])]
    if not cuts:
        return None
    cut = cuts[-1]
    before, after = text[max(0, cut - _ONE_CLAUSE) : cut], text[cut : cut + _ONE_CLAUSE]
    left, right = (_said_of(content(side)) for side in (before, after))
    found = left - right, right - left
    return found if mentions.start(one[0]) == first else (found[1], found[0])


def _said_of(stems: frozenset[str]) -> frozenset[str]:
    return frozenset(form for form in stems if form.isalpha())


def _exchanged(
    wanted: Sides, one: Value, other: Value, source: IndexedSource, settings: CheckSettings
) -> tuple[int, int] | None:
    """Where the source gives each of the values the words of the other, and nowhere its own."""
    ones = _places(one, source, settings)
    others = _places(other, source, settings) if ones else ()
    if not ones or not others or max(len(ones), len(others)) > _MOST_PLACES:
        return None
    found: tuple[int, int] | None = None
    for (number, place), (second, beside) in product(ones, others):
        sides = _stated(source, (number, place, one), (second, beside, other))
        if sides is None:
            return None
        straight = weight(wanted[0] & sides[0]) + weight(wanted[1] & sides[1])
        crossed = weight(wanted[0] & sides[1]), weight(wanted[1] & sides[0])
        if min(crossed) < settings.min_exchanged or sum(crossed) < _CLEARLY * straight:
            return None
        found = (source.sentences[number].start, source.sentences[number].end)
    return found


def _places(value: Value, source: IndexedSource, settings: CheckSettings) -> Sequence[tuple[int, int]]:
    """The sentences and places in which the source has a value."""
    if isinstance(value, str):
        return source.named.get(value, ())
    tolerance = settings.number_tolerance
    return [(number, place) for number, place, stated in source.numbered if stated.states(value, tolerance)]


def _stated(
    source: IndexedSource, one: tuple[int, int, Value], other: tuple[int, int, Value]
) -> Sides | None:
    if one[0] == other[0]:
        text = source.sentences[one[0]].text
        return _sides(text, source.mentions[one[0]], one[1:], other[1:])
    left, right = (_said_of(source.sentence_stems[place[0]]) for place in (one, other))
    return left - right, right - left
