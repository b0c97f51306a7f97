"""Two things that the answer compares stand to each other as in the source.

The source says so in words ("A is higher than B"), or gives both numbers ("260 and 280 °C, respectively"); an answer that
compares them the other way round has all of its words.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.causes import weight
from qagen.checks.reading.quantities import Quantity, quantities
from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.text import Sentence, stem, words
from qagen.checks.reading.words import FUNCTION_WORDS, word_set
from qagen.checks.support import Span
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_MORE = word_set(
    "higher more larger greater stronger longer wider broader thicker deeper heavier bigger older hotter warmer brighter taller later slower"
)
_LESS = word_set(
    "lower less smaller fewer weaker shorter narrower thinner shallower lighter younger colder cooler dimmer earlier faster quicker sooner finer"
)
_BY_TIME = word_set("faster quicker sooner slower earlier later")
"""More of these is less time, so they are compared with numbers only where the numbers are times."""
_COMPARATIVES = _MORE | _LESS
_VERBS = word_set(
    "is are was were be has have had received shows showed exhibits exhibited gives gave does do can may"
)
_RELATIVES = frozenset({"which", "that"})
_COMPARED = frozenset(
    {
        ("compared", "to"),
        ("compared", "with"),
        ("relative", "to"),
        ("comparison", "to"),
        ("comparison", "with"),
    }
)
_ALIKE = word_set("similar similarly same equal equally comparable identical alike indistinguishable")
"""So a source says that of two things neither has more."""
_AFTER_OBJECT = word_set(
    "on in at for after before when during with under by from to while but and because which that"
)
_THAN_WITHIN, _SUBJECT, _RELATIVE, _SIDE = 8, 12, 24, 8
"""Words between a comparative and "than"; words of which the thing before a verb is made, of which one that "which" stands for, and either elsewhere."""


class _Comparison(NamedTuple):
    word: str
    one: frozenset[str]
    other: frozenset[str]

    @property
    def is_more(self) -> bool:
        return self.word in _MORE


def wrong_comparison(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject an answer that compares two things the other way round than the source."""
    for sentence in subject.answer.sentences:
        for said in _comparisons(sentence.words):
            against: Span | None = None
            for stated in subject.source.sentences:
                agrees = _agrees(said, stated)
                if agrees:
                    against = None
                    break
                if agrees is False:
                    against = (stated.start, stated.end)
            if against is not None:
                detail = f"the source compares the two the other way round than {said.word!r}"
                yield Fault(Reason.WRONG_COMPARISON, detail, subject.answer.given, sentence.text, (against,))


def compares_alike(sentence: Sentence, source: IndexedSource) -> bool:
    """Whether the source compares the same two things with the same outcome, be it from the other side."""
    return any(_agrees(said, stated) for said in _comparisons(sentence.words) for stated in source.sentences)


def _comparisons(sentence: Sequence[str]) -> Iterator[_Comparison]:
    """What a sentence compares, where it names both things and they differ."""
    for place, word in enumerate(sentence):
        than = _than(sentence, place) if word in _COMPARATIVES else None
        if than is None:
            continue
        one, other = _content(_before_verb(sentence[:place])), _content(_object(sentence[than + 1 :]))
        if one - other and other - one:
            yield _Comparison(word, one - other, other - one)


def _than(sentence: Sequence[str], place: int) -> int | None:
    """Where a comparative at a place has the last word before what it compares with: "than", or the second of "compared to"."""
    for other in range(place + 1, min(len(sentence), place + 1 + _THAN_WITHIN)):
        if sentence[other] == "than":
            return other
        if tuple(sentence[other : other + 2]) in _COMPARED:
            return other + 1
    return None


def _before_verb(before: Sequence[str]) -> Sequence[str]:
    for place in range(len(before) - 1, 0, -1):
        if before[place] in _VERBS:
            if before[place - 1] in _RELATIVES:
                return before[max(0, place - _RELATIVE) : place - 1]
            return before[max(0, place - _SUBJECT) : place]
    return before[-_SIDE:]


def _object(after: Sequence[str]) -> Sequence[str]:
    for place, word in enumerate(after[:_SIDE]):
        if place and word in _AFTER_OBJECT:
            return after[:place]
    return after[:_SIDE]


def _content(some: Sequence[str]) -> frozenset[str]:
    return frozenset(
        stem(word)
        for word in some
        if word not in FUNCTION_WORDS and word not in _COMPARATIVES and word != "than"
    )


def _agrees(said: _Comparison, stated: Sentence) -> bool | None:
    """Whether a sentence of the source says the same (True), the opposite (False), or nothing of it."""
    if said.one.isdisjoint(stated.forms) or said.other.isdisjoint(stated.forms):
        return None
    for other in _comparisons(stated.words):
        straight = weight(said.one & other.one), weight(said.other & other.other)
        crossed = weight(said.one & other.other), weight(said.other & other.one)
        if min(straight) > 0 and sum(straight) > sum(crossed):
            return said.is_more == other.is_more
        if min(crossed) > 0 and sum(crossed) > sum(straight):
            return said.is_more != other.is_more
    if _are_alike(said, stated):
        return False
    return _agrees_in_numbers(said, stated)


def _are_alike(said: _Comparison, stated: Sentence) -> bool:
    """Whether a sentence calls the two alike: "A and B showed similar sensitivity", with all words of both before that."""
    place = next((place for place, word in enumerate(stated.words) if word in _ALIKE), None)
    if place is None or not _COMPARATIVES.isdisjoint(stated.words):
        return False
    before = frozenset(stated.forms[max(0, place - _SUBJECT) : place])
    return said.one <= before and said.other <= before


def _agrees_in_numbers(said: _Comparison, stated: Sentence) -> bool | None:
    """The same by the two numbers that a sentence gives with "respectively", in the order of the two things."""
    if "respectively" not in stated.words:
        return None
    numbers = [number for number in quantities(stated.text) if not (number.in_name or number.is_pointer)]
    if len(numbers) != 2 or numbers[0].unit != numbers[1].unit or numbers[0].value == numbers[1].value:
        return None
    if said.word in _BY_TIME and not _is_time(numbers[0]):
        return None
    first = _first(said.one, stated), _first(said.other, stated)
    if first[0] == first[1]:
        return None
    one, other = numbers if first[0] < first[1] else reversed(numbers)
    return (one.value > other.value) == said.is_more


def _is_time(number: Quantity) -> bool:
    return number.unit is not None and number.unit.dimension == (("time", 1),)


def _first(stems: frozenset[str], sentence: Sentence) -> int:
    """Where the rarest of some stems that a sentence has stands for the first time."""
    forms = tuple(stem(word) for word in words(sentence.text.lower()))
    return min((-weight(frozenset({form})), forms.index(form)) for form in stems if form in forms)[1]
