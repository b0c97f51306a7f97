"""Whether any place of a paper answers a question: looked for in all of its sections, not only in the chunk that it was asked about.

A sentence answers where it speaks of what the question speaks of, has the names and numbers that the question has, and has what is asked
for: the thing by its name, a number of its kind, a reason. The sentence before it and the heading above help it to speak of
something, but not to answer.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from qagen.checks.reading.names import folded, tokens
from qagen.checks.reading.quantities import Quantity
from qagen.checks.reading.questions import AskedFor, asked_for, form
from qagen.checks.reading.source import PREFIX, IndexedSource
from qagen.checks.reading.text import Sentence, Text, words
from qagen.checks.reading.words import FUNCTION_WORDS, word_set

_AKIN = 0.6
"""What a word counts that only begins like one of the sentence."""
_MEASURED = 0.8
"""What a word counts that a unit says: "temperature", where the sentence has °C."""
_BESIDE = 0.5
"""What a word counts that stands in the sentence before, or the heading."""
_CLOSEST = 40
"""Sentences that are looked at closely: those that share most with the question."""
_NEAREST = 6
"""Places that are shown to a model."""
_MOST_SHOWN = 6000
"""Characters of them."""
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
_LEAST_NEWS = 2
"""Content words that an answering sentence has beyond the question."""
_REASONS = word_set(
    """
    because since due therefore thus hence as owing consequently cause causes caused causing lead leads led leading result results
    resulted resulting attributed attributable allows allowed enables enabled prevents prevented responsible reason reasons
    explained explains avoid ensure minimize minimise reduce to
    """
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
    reason: float = 0.66
    implied: float = 0.9
    named: float = 0.68
    rest: float = 0.93
    other: float = 0.72
    long: float = 0.65


THRESHOLDS = Thresholds()


@dataclass(frozen=True)
class _Place:
    """A sentence with what stands beside it."""

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
    place: int = 0
    """Which of all places it is."""


class WholePaper:
    """All that a paper says, passage by passage: its sections with their headings, its captions and tables, without its references.

    Args:
        passages: the texts.
        headings: of each passage those above it; none are known where they are left out.
    """

    def __init__(self, passages: Sequence[str], headings: Sequence[Sequence[str]] = ()) -> None:
        self._passages = tuple(passages)
        self._headings = tuple(" ".join(path) for path in headings) or ("",) * len(self._passages)

    @cached_property
    def _sources(self) -> tuple[IndexedSource, ...]:
        return tuple(IndexedSource(text) for text in self._passages)

    @cached_property
    def _places(self) -> tuple[_Place, ...]:
        found = (
            place
            for number, source in enumerate(self._sources)
            for place in _places(source, number, self._headings[number])
        )
        return tuple(replace(one, place=number) for number, one in enumerate(found))

    @cached_property
    def _by_stem(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, place in enumerate(self._places):
            for word in place.stems | place.beginnings:
                found.setdefault(word, []).append(number)
        return found

    def answering(self, question: str, tolerance: float) -> str | None:
        """The sentence that answers a question; None where none does.

        Args:
            question: as asked.
            tolerance: the relative difference below which two numbers are the same.
        """
        asked = asked_for(Text(question))
        for place, _ in self._closest(asked, _CLOSEST):
            if _answers(place, asked, tolerance):
                return place.sentence.text
            if len(asked.weights) >= _LONG and self._covers(place, asked, tolerance):
                return place.sentence.text
        return None

    def _covers(self, place: _Place, asked: AskedFor, tolerance: float) -> bool:
        """Whether a sentence with its two neighbours speaks of most of a long question: it may answer it in other words."""
        around = [
            one
            for number in (place.place - 1, place.place, place.place + 1)
            if 0 <= number < len(self._places)
            for one in (self._places[number],)
            if one.passage == place.passage
        ]
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

    def nearest(self, question: str) -> str:
        """The places that come nearest to answering a question, with the sentences around them, in the order of the paper."""
        closest = self._closest(asked_for(Text(question)), _NEAREST)
        spans: dict[int, list[tuple[int, int]]] = {}
        for place, _ in closest:
            sentences = self._sources[place.passage].sentences
            first, last = (
                sentences[max(0, place.number - 1)],
                sentences[min(len(sentences) - 1, place.number + 1)],
            )
            spans.setdefault(place.passage, []).append((first.start, last.end))
        texts = [
            self._passages[passage][start:end]
            for passage, found in sorted(spans.items())
            for start, end in _merged(found)
        ]
        return "\n\n".join(texts)[:_MOST_SHOWN]

    def _closest(self, asked: AskedFor, most: int) -> list[tuple[_Place, float]]:
        gains: dict[int, float] = {}
        for word, weight in asked.weights.items():
            exact = self._by_stem.get(word, ())
            for number in exact:
                gains[number] = gains.get(number, 0.0) + weight
            if len(word) >= PREFIX:
                for number in set(self._by_stem.get(word[:PREFIX], ())) - set(exact):
                    gains[number] = gains.get(number, 0.0) + _AKIN * weight
        ordered = sorted(gains.items(), key=lambda item: (-item[1], item[0]))[:most]
        return [(self._places[number], gain) for number, gain in ordered]


def _forms(sentence: Sentence) -> frozenset[str]:
    return frozenset(f"{one[:-1]}y" if one.endswith("i") else one for one in sentence.stems)


def _merged(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start, end = -1, -1
    for first, last in sorted(spans):
        if first > end:
            if end >= 0:
                yield start, end
            start, end = first, last
        end = max(end, last)
    if end >= 0:
        yield start, end


def _places(source: IndexedSource, passage: int, above: str) -> Iterator[_Place]:
    heading = frozenset(map(form, Text(above).stems))
    header: Sentence | None = None
    for number, sentence in enumerate(source.sentences):
        if not sentence.stems:
            continue
        is_row = source.given[sentence.start : sentence.end].lstrip().startswith("|")
        header = (header or sentence) if is_row else None
        if source.given[sentence.start : sentence.end].lstrip().startswith("#"):
            heading |= _forms(sentence)
            continue
        before = (
            header if is_row and header is not sentence else source.sentences[number - 1] if number else None
        )
        beside = _forms(before) if before else frozenset()
        stems = _forms(sentence) | (beside if is_row else frozenset())
        yield _Place(
            sentence,
            source.quantities[number],
            stems,
            frozenset(word[:PREFIX] for word in stems if len(word) >= PREFIX),
            _names(sentence.text),
            beside | heading,
            _names(before.text) if before else frozenset(),
            source.quantities[number - 1] if number else (),
            passage,
            number,
        )


_LABEL = re.compile(r"[^\W_]+-\d+[a-z]?")


def _names(text: str) -> frozenset[str]:
    """Whatever may be a name in a plain text, folded."""
    return frozenset(folded(token) for token in (*tokens(text), *_LABEL.findall(text)))


def _answers(place: _Place, asked: AskedFor, tolerance: float) -> bool:
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


def _is_named(place: _Place, asked: AskedFor, share: float) -> bool:
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


def _may_name(place: _Place, asked: AskedFor) -> bool:
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


def _has_focus(place: _Place, asked: AskedFor) -> bool:
    """Whether a sentence has the thing that is asked for, and it or what stands beside it what kind of thing."""
    said = asked.units if asked.dimensions and _of_kind(place, asked) else frozenset()
    return (asked.head in said or _has(place, asked.head)) and all(
        word in said or _has(place, word) or word in place.beside for word in asked.focus
    )


def _share(place: _Place, asked: AskedFor) -> float:
    """The share of the question's weight that the sentence has, with what stands beside it."""
    total = found = 0.0
    for word, weight in asked.weights.items():
        total += weight
        if word in place.stems:
            found += weight
        elif word[:PREFIX] in place.beginnings and len(word) >= PREFIX:
            found += _AKIN * weight
        elif word in asked.units and asked.dimensions and _of_kind(place, asked):
            found += _MEASURED * weight
        elif word in place.beside:
            found += _BESIDE * weight
    return found / total


def _has(place: _Place, word: str) -> bool:
    return word in place.stems or (len(word) >= PREFIX and word[:PREFIX] in place.beginnings)


def _has_names(place: _Place, asked: AskedFor) -> bool:
    missing = asked.names - place.names
    return missing <= place.beside_names


def _has_numbers(place: _Place, asked: AskedFor, tolerance: float) -> bool:
    known = (*place.quantities, *place.beside_quantities)
    return all(
        any(other.states(one, tolerance) for other in known) for one in asked.numbers if not one.is_word
    )


def _of_kind(place: _Place, asked: AskedFor) -> list[Quantity]:
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
    return bool(called) and asked.names_its_measure and called.isdisjoint(asked.stems)


def _has_amount(place: _Place, asked: AskedFor, tolerance: float) -> bool:
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
        and _is_near(place.sentence.text, one, asked)
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
