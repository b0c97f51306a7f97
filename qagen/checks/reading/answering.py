"""Whether a sentence of a paper answers a question.

It does where it speaks of what the question speaks of, has the names and numbers that the question has, and has what is asked for: the
thing by its name, a number of its kind, a reason. The sentence before it and the heading above help it to speak of something, but not
to answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qagen.checks.reading.names import folded
from qagen.checks.reading.quantities import Quantity
from qagen.checks.reading.questions import AskedFor, form
from qagen.checks.reading.source import PREFIX
from qagen.checks.reading.text import Sentence, words
from qagen.checks.reading.words import FUNCTION_WORDS, REASON_CUES, word_set

AKIN = 0.6
"""What a word counts that only begins like one of the sentence."""
_MEASURED = 0.8
"""What a word counts that a unit says: "temperature", where the sentence has °C."""
_BESIDE = 0.5
"""What a word counts that stands in the sentence before, or the heading."""
_COUNTED = 4
"""Words behind a number among which is what it counts."""
_HOW_OFTEN = re.compile(
    r"\b(?:every|each|daily|hourly|weekly|monthly|yearly|annually|once|twice|times|per|a (?:day|week|month|year))\b",
    re.IGNORECASE,
)
_NEAR = 10
"""Words on either side of a number."""
_NAMES = r"(?P<name>diameter|depth|length|distance|height|width|radius|thickness|wavelength|elevation|size|age|volume|area)s?"
_CALLED_BEFORE = re.compile(
    rf"\b{_NAMES} (?:of|is|was|are|were|between)(?: (?:about|up|to|at|least|only|\d+\S*|and))* ?$",
    re.IGNORECASE,
)
_CALLED_AFTER = re.compile(rf" (?:in )?{_NAMES}\b", re.IGNORECASE)
_LEAST_REST = 2
"""Words of a question beside what it asks for, from which on a sentence that has all of them is taken to answer."""
_LONG = 7
"""Words from which on a question is long: other words for one of them hide less."""
_LEAST_NEWS = 1
"""Content words that an answering sentence has beyond the question."""
_REASONS = (REASON_CUES - {"so"}) | word_set(
    "reasons explained explains avoid ensure minimize minimise reduce to"
)
_WITH = re.compile(
    r"\b(?:using|with|by|via|through|from|as|called|named) (?P<what>(?:an? |the )?[a-z][a-z-]*(?: [a-z][a-z-]*){0,2})(?! of \d)\b"
)
_IN = re.compile(
    r"\b(?:using|with|by|via|through|from|in|into|under|to|of|on) (?P<what>(?:an? |the )?[a-z][a-z-]*(?: [a-z][a-z-]*){0,2})"
)
"""Words behind which a thing stands that was used; behind the second ones also what something was in."""
_SURROUNDINGS = frozenset(
    map(
        form,
        word_set(
            "solvent medium gas atmosphere solution buffer rock soil language country region city material electrolyte"
        ),
    )
)
_AGENTS = frozenset(
    map(
        form,
        word_set(
            "university company supplier manufacturer agency institution institute firm vendor author researcher committee"
        ),
    )
)
"""Who did something is named by a proper name."""
_PROPER = re.compile(r"(?<=[a-z,;(] )(?:[A-Z][\w-]+)")


@dataclass(frozen=True)
class Thresholds:
    """From which share of a question's weight on a sentence speaks of what it speaks of.

    Attributes:
        amount: where the question asks for a number, and the sentence has one of the kind.
        reason: where it asks for a reason, and the sentence has a word that gives one.
        implied: where it asks for a reason, and the sentence has no such word.
        named: where it asks for a thing by its name, and the sentence has the name.
        rest: where the sentence has not the name, of all the rest.
        other: anything else.
        long: of a long question, whatever it asks for, by a sentence with its neighbours.
    """

    amount: float = 0.62
    reason: float = 0.7
    implied: float = 0.9
    named: float = 0.68
    rest: float = 0.93
    other: float = 0.72
    long: float = 0.65


THRESHOLDS = Thresholds()


@dataclass(frozen=True)
class Place:
    """A sentence with what stands beside it.

    Attributes:
        beginnings: how its longer stems begin.
        names: whatever may be a name in it, folded.
        beside: the stems of the sentence before and of the headings above.
        beside_names, beside_quantities: those of the sentence before.
        passage: which passage of the paper it stands in.
        number: which sentence of the passage it is.
    """

    sentence: Sentence
    quantities: tuple[Quantity, ...]
    stems: frozenset[str]
    beginnings: frozenset[str]
    names: frozenset[str]
    beside: frozenset[str]
    beside_names: frozenset[str]
    beside_quantities: tuple[Quantity, ...]
    passage: int
    number: int

    @property
    def is_row(self) -> bool:
        """Whether it is a row of a table, whose words stand in its head."""
        return self.sentence.text.startswith("|")


def may_answer(place: Place, around: Sequence[Place], asked: AskedFor, tolerance: float) -> bool:
    """Whether a sentence answers a question, or, of a long one, it and those around it speak of most of it: other words may answer it.

    Args:
        place: the sentence.
        around: it and its neighbours in the same section.
        asked: the question.
        tolerance: the relative difference below which two numbers are the same.
    """
    if _answers(place, asked, tolerance):
        return True
    return len(asked.weights) >= _LONG and _cover(place, around, asked, tolerance)


def _cover(place: Place, around: Sequence[Place], asked: AskedFor, tolerance: float) -> bool:
    joined = replace(
        place,
        stems=frozenset().union(*(one.stems for one in around)),
        beginnings=frozenset().union(*(one.beginnings for one in around)),
        names=frozenset().union(*(one.names for one in around)),
        quantities=tuple(quantity for one in around for quantity in one.quantities),
        beside=frozenset(),
    )
    return (
        _share(joined, asked) >= THRESHOLDS.long
        and _has_names(joined, asked)
        and _has_numbers(joined, asked, tolerance)
    )


def _answers(place: Place, asked: AskedFor, tolerance: float) -> bool:
    """Whether a sentence answers."""
    if not asked.weights or not _has_names(place, asked) or not _has_numbers(place, asked, tolerance):
        return False
    if not all(_has(place, word) for word in asked.needed):
        return False
    share = _share(place, asked)
    if asked.is_amount:
        return share >= THRESHOLDS.amount and _has_amount(place, asked, tolerance)
    if len(place.stems - asked.stems) < _LEAST_NEWS:
        return False
    if asked.why:
        least = THRESHOLDS.implied if _REASONS.isdisjoint(place.sentence.words) else THRESHOLDS.reason
        return share >= least
    if asked.head:
        return _is_named(place, asked, share)
    return share >= THRESHOLDS.other


def _is_named(place: Place, asked: AskedFor, share: float) -> bool:
    """Whether a sentence names a thing that is asked for by its name, or speaks of all the rest of the question."""
    if share >= THRESHOLDS.named and _has_focus(place, asked):
        return True
    if not asked.is_which:
        return False
    rest = {word: weight for word, weight in asked.weights.items() if word not in asked.focus}
    alone = replace(place, beside=frozenset())
    return (
        len(rest) >= _LEAST_REST
        and _share(alone, replace(asked, weights=rest)) >= THRESHOLDS.rest
        and _may_name(place, asked)
    )


def _may_name(place: Place, asked: AskedFor) -> bool:
    """Whether a sentence has anything that the question has not and that could be the thing: a name, or what stands behind "with"."""
    text = place.sentence.text
    if asked.head not in _AGENTS and _is_used(text, asked):
        return True
    return any(
        folded(found[0]) not in asked.names and form(found[0].lower()) not in asked.stems
        for found in _PROPER.finditer(text)
    )


def _is_used(text: str, asked: AskedFor) -> bool:
    marks = _IN if asked.head in _SURROUNDINGS else _WITH
    for found in marks.finditer(text):
        if any(
            form(word) not in asked.stems
            for word in words(found["what"].lower())
            if word not in FUNCTION_WORDS
        ):
            return True
    return False


def _has_focus(place: Place, asked: AskedFor) -> bool:
    """Whether a sentence has the thing that is asked for, and it or what stands beside it what kind of thing."""
    said = asked.units if asked.dimensions and _of_kind(place, asked) else frozenset()
    return (asked.head in said or _has(place, asked.head)) and all(
        word in said or _has(place, word) or word in place.beside for word in asked.focus
    )


def _share(place: Place, asked: AskedFor) -> float:
    """The share of the question's weight that the sentence has, with what stands beside it."""
    total = found = 0.0
    for word, weight in asked.weights.items():
        total += weight
        if word in place.stems:
            found += weight
        elif word[:PREFIX] in place.beginnings and len(word) >= PREFIX:
            found += AKIN * weight
        elif word in asked.units and asked.dimensions and _of_kind(place, asked):
            found += _MEASURED * weight
        elif word in place.beside:
            found += _BESIDE * weight
    return found / total


def _has(place: Place, word: str) -> bool:
    return word in place.stems or (len(word) >= PREFIX and word[:PREFIX] in place.beginnings)


def _has_names(place: Place, asked: AskedFor) -> bool:
    missing = asked.names - place.names
    return missing <= place.beside_names


def _has_numbers(place: Place, asked: AskedFor, tolerance: float) -> bool:
    known = (*place.quantities, *place.beside_quantities)
    return all(
        any(other.states(one, tolerance) for other in known) for one in asked.numbers if not one.is_word
    )


def _of_kind(place: Place, asked: AskedFor) -> list[Quantity]:
    """The numbers of a sentence that may be what is asked for: of the dimension, and not called by another name beside them."""
    return [
        one
        for one in place.quantities
        if one.unit is not None
        and one.unit.dimension in asked.dimensions
        and not _is_called_otherwise(place.sentence.text, one, asked)
    ]


def _is_called_otherwise(text: str, one: Quantity, asked: AskedFor) -> bool:
    """Whether a number is said to be a diameter, where a thickness is asked for."""
    before = _CALLED_BEFORE.search(text[: one.start])
    after = _CALLED_AFTER.match(text[one.end :])
    called = {form(found["name"].lower()) for found in (before, after) if found}
    return bool(called) and asked.names_its_measure and called.isdisjoint(asked.measures)


def _has_amount(place: Place, asked: AskedFor, tolerance: float) -> bool:
    """Whether a sentence has a number that the question has not, of the kind that is asked for; else of the thing by its name."""
    of_kind = _of_kind(place, asked) if asked.dimensions else []
    if asked.head and not _has_focus(place, asked):
        return False
    if asked.of and not (_has(place, asked.of) or asked.of in place.beside):
        return False
    if asked.dimensions and not asked.head and not of_kind:
        return False
    if asked.how_often and not _HOW_OFTEN.search(place.sentence.text):
        return False
    return any(
        not (one.is_pointer or one.is_item)
        and (_is_counted(place.sentence.text, one, asked) or not (one.in_name or (asked.counts and one.unit)))
        and not any(other.states(one, tolerance) for other in asked.numbers)
        and (place.is_row or _is_near(place.sentence.text, one, asked))
        for one in of_kind or place.quantities
    )


def _is_counted(text: str, one: Quantity, asked: AskedFor) -> bool:
    """Whether what is counted stands right behind a number: "280M nodes", where M is no unit."""
    return asked.counts and any(
        form(word) == asked.head for word in words(text[one.end :].lower())[:_COUNTED]
    )


def _is_near(text: str, one: Quantity, asked: AskedFor) -> bool:
    """Whether one of the question's words stands near a number, so that the number is likely to be about it."""
    around = [*words(text[: one.start].lower())[-_NEAR:], *words(text[one.end :].lower())[:_NEAR]]
    return any(form(word) in asked.weights or word[:PREFIX] in asked.weights for word in around)
