"""Numbers and names stand in the answer with the same partners as in the source.

"It varies from 11 to 21" has the numbers of the source, which gives them to another compound. For each number and name
that the answer brings, the place of the source that fits best to the words around it and to the question is compared with
the places of its rivals: numbers of the same unit, or names, that the answer does not have. A word counts as it is rare, as
it stands near, and half in another clause. Where a rival fits clearly better, the source says it of that one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter, itemgetter
from typing import NamedTuple

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.mentions import Mentions
from qagen.checks.reading.quantities import Quantity
from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.support_model import idfs
from qagen.checks.reading.text import stem
from qagen.checks.reading.words import FUNCTION_WORDS
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_GRAMMAR = frozenset(map(stem, FUNCTION_WORDS))
_OF_QUESTION = 0.8
"""What a word of the question counts beside one of the answer's clause."""
_BEFORE, _AFTER = 0.25, 0.125
"""What a word counts that only the next sentence, or the one before, has."""
_SLACK = 1e-6
_GREEK = re.compile("[α-ωΑ-Ω∆]")
_YEARS = range(1900, 2031)
_MOST_VALUES = 40
"""Numbers and names of an answer that are looked at."""

_Value = str | Quantity
"""A name as names are compared, or a number."""


class _Fit(NamedTuple):
    score: float
    name: str
    sentence: int


def misattributed(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject an answer with a number or name that the source gives to something else."""
    if not subject.answer.names and not any(subject.said):
        return
    question = Mentions(subject.question.plain, subject.asked)
    asked = {
        form: weight * _OF_QUESTION
        for form, weight in idfs(form for form in question.forms if form not in _GRAMMAR).items()
    }
    answer = subject.mentions
    excused = _Excused.of(question, answer)
    values = (
        (sentence, mentions, place, value)
        for sentence, mentions in zip(subject.answer.sentences, answer, strict=True)
        for place, value in _values(mentions)
        if not excused.is_asked(value)
    )
    for sentence, mentions, place, value in islice(values, _MOST_VALUES):
        found = _rival(value, _terms(mentions, place, asked, value), excused, subject.source, settings)
        if found is not None:
            own, rival = found
            detail = (
                f"the answer says {_text(value)!r}; where the source speaks of that, it says {rival.name!r}"
            )
            places = (subject.source.sentences[number] for number in dict.fromkeys((rival.sentence, own)))
            spans = tuple((place.start, place.end) for place in places)
            yield Fault(Reason.MISATTRIBUTED, detail, subject.answer.given, sentence.text, spans)


def _values(mentions: Mentions) -> Iterator[tuple[int, _Value]]:
    yield from mentions.numbers
    yield from mentions.names


@dataclass(frozen=True, slots=True)
class _Excused:
    """What question and answer name: it is no rival, and what the question names has its place."""

    said_numbers: tuple[Quantity, ...]
    said_names: frozenset[str]
    asked_numbers: frozenset[float]
    asked_names: frozenset[str]

    @classmethod
    def of(cls, question: Mentions, answer: Sequence[Mentions]) -> "_Excused":
        spelled_out = (mentions.forms[place] for mentions in answer for place in mentions.set_apart)
        return cls(
            said_numbers=tuple(number for mentions in answer for _, number in mentions.numbers),
            said_names=frozenset(name for mentions in answer for _, name in mentions.names),
            asked_numbers=frozenset(number.value for _, number in question.numbers),
            asked_names=frozenset((*(name for _, name in question.names), *spelled_out)),
        )

    def is_asked(self, value: _Value) -> bool:
        return value in self.asked_names if isinstance(value, str) else value.value in self.asked_numbers

    def names(self, value: _Value, tolerance: float) -> bool:
        if isinstance(value, str):
            return value in self.asked_names or value in self.said_names
        is_said = any(value.states(said, tolerance) for said in self.said_numbers)
        return is_said or value.value in self.asked_numbers


def _text(value: _Value) -> str:
    return value if isinstance(value, str) else value.text


def _comparable(one: _Value, other: _Value) -> bool:
    """Whether the one could stand where the other stands: numbers of one dimension, names with or without digits."""
    if isinstance(one, str) or isinstance(other, str):
        return _has_digit(one) == _has_digit(other) and not _is_variant(one, other)
    if not other.value:
        return False
    if one.unit is not None and other.unit is not None:
        return one.unit.dimension == other.unit.dimension
    if one.unit is not None or other.unit is not None:
        return False
    is_year = one.value in _YEARS or other.value in _YEARS
    is_same_kind = one.counted == other.counted or not one.counted or not other.counted
    return one.step <= 1 and other.step <= 1 and is_same_kind and not is_year


def _is_variant(one: _Value, other: _Value) -> bool:
    """Whether the one of two names is the other with a Greek letter at its end, as mutants of a gene are written: rev1, rev1Δ."""
    short, long = sorted((str(one), str(other)), key=len)
    return long.startswith(short) and bool(_GREEK.fullmatch(long[len(short) :]))


def _has_digit(value: _Value) -> bool:
    return not isinstance(value, str) or any(letter.isdigit() for letter in value)


def _terms(mentions: Mentions, place: int, asked: Mapping[str, float], value: _Value) -> dict[str, float]:
    """The words that a value is said of, with what they weigh: those of its clause, and those of the question."""
    clauses, forms = mentions.clauses, mentions.forms
    own = idfs(
        form
        for other, form in enumerate(forms)
        if clauses[other] == clauses[place] and other != place and form not in _GRAMMAR
    )
    found = {**own, **{form: weight for form, weight in asked.items() if form not in own}}
    if isinstance(value, str):
        return found
    return {form: weight for form, weight in found.items() if not form[0].isdigit()}


def _rival(
    value: _Value,
    terms: Mapping[str, float],
    excused: _Excused,
    source: IndexedSource,
    settings: CheckSettings,
) -> tuple[int, _Fit] | None:
    """The sentence where a value fits best, and the rival that fits better by more than the margin, if there is one."""
    own = max(
        ((_fit(source, number, place, terms), number) for number, place in _same(value, source, settings)),
        key=itemgetter(0),
        default=None,
    )
    if own is None:
        return None
    total = sum(terms.values())
    least = own[0] + settings.rival_margin * total
    beyond = (least - total * _BEFORE) / (1 - _BEFORE) - _SLACK
    near = frozenset(number for number, most in _most(terms, source) if most > beyond)
    if not near:
        return None
    fits = (
        _Fit(_fit(source, number, place, terms), _text(other), number)
        for number, place, other in _rivals(value, near, excused, source, settings)
    )
    best = max(fits, key=attrgetter("score"), default=None)
    return (own[1], best) if best is not None and best.score > least else None


def _same(value: _Value, source: IndexedSource, settings: CheckSettings) -> Iterator[tuple[int, int]]:
    """Where the source has the value itself: the number of the sentence, and the place in it."""
    if isinstance(value, str):
        yield from source.named.get(value, ())
    else:
        for number, place, other in source.numbered:
            if other.states(value, settings.number_tolerance):
                yield number, place


def _rivals(
    value: _Value, near: Iterable[int], excused: _Excused, source: IndexedSource, settings: CheckSettings
) -> Iterator[tuple[int, int, _Value]]:
    """Numbers or names of some sentences of the source that could stand where the value stands."""
    tolerance = settings.number_tolerance
    for number in sorted(near):
        mentions = source.mentions[number]
        for place, other in mentions.names if isinstance(value, str) else mentions.numbers:
            if _comparable(value, other) and not excused.names(other, tolerance):
                yield number, place, other


def _most(terms: Mapping[str, float], source: IndexedSource) -> Iterable[tuple[int, float]]:
    """By sentence of the source what stands in it of some words, were all of it next to the value."""
    most: dict[int, float] = {}
    for form, weight in terms.items():
        for number in source.mentioning.get(form, ()):
            most[number] = most.get(number, 0.0) + weight
    return most.items()


def _fit(source: IndexedSource, number: int, place: int, terms: Mapping[str, float]) -> float:
    """What stands around a place of the source of some words."""
    here = source.mentions[number]
    places, stems = here.places, source.sentence_stems
    before = stems[number - 1] if number else frozenset()
    after = stems[number + 1] if number + 1 < len(stems) else frozenset()
    total = 0.0
    for form, weight in terms.items():
        if form in places:
            total += weight * here.closeness(form, place)
        elif form in before:
            total += weight * _BEFORE
        elif form in after:
            total += weight * _AFTER
    return total
