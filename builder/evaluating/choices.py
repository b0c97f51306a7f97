"""Questions with several answers of which one is true: false ones by exchanging what the answer turns on.

A false answer is the true one with another value of the same kind from the same paper in the place of the one that is
asked for, so that neither length nor wording tells it apart. "False" is checked, not hoped for:

1. The value is not the true one in another notation, unit or rounding (relative difference at least 0.1), and is neither
   in the question nor in the answer.
2. No place in the paper's whole text says of that value what the answer says of the true one: the sentences around each
   place that states it have less than half of the content words of question and answer.
3. The checks of content that every record has passed turn the false answer down, against the record's own chunk and
   against the places that state the value. Checks of form and language stay out: they would turn it down for other reasons.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from math import log10

from builder.evaluating.papers import MANY, PaperText, Place
from builder.evaluating.records import SourceRecord
from builder.evaluating.values import Value, exchangeable, exchanged, values
from qagen.checks import CHECKS, IndexedSource, check_pair
from qagen.checks.reading.text import Text
from qagen.records import Pair
from qagen.settings import CheckSettings

LONGEST_ANSWER = 1_000
"""Code points of an answer from which on it is no choice to compare with others."""
_SHARED = 0.5
"""The part of an answer's content words that a place may not have which states a false value."""
_FACTOR = 1.5
"""Powers of ten by which a plausible value differs at most."""
_BAND = 0.5
"""Powers of ten within which values are equally plausible; nearer ones are taken first."""
_TRIED = 40
"""Values that are tried for one answer, at most."""


_CONTENT = frozenset(
    {
        "ungrounded_number",
        "wrong_sign",
        "misattributed",
        "swapped",
        "exchanged",
        "unknown_name",
        "wrong_expansion",
        "unsupported",
    }
)
_CHECKS = CheckSettings(
    disabled=tuple(name for name, _ in CHECKS if name not in _CONTENT), max_pair_chars=1_000_000
)


class LeftOut(StrEnum):
    """Why a record has no multiple choice."""

    NO_DOCUMENT = "no_document"
    SEVERAL_PAPERS = "several_papers"
    NO_VALUE = "no_value"
    FEW_VALUES = "few_values"
    MAYBE_TRUE = "maybe_true"
    TOO_LONG = "too_long"

    @property
    def meaning(self) -> str:
        """The same for a person."""
        return {
            "no_document": "the paper's text is not at hand; name the workspace of the build with --work",
            "several_papers": "it needs several papers, and what one of them says may make a false answer true",
            "no_value": "the answer has no quantity, count or name that is asked for and could be exchanged",
            "few_values": "the paper states too few other values of the kind",
            "maybe_true": "too few of the paper's other values are surely false here",
            "too_long": f"the answer has more than {LONGEST_ANSWER} characters",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Choice:
    """A question with its answers.

    Attributes:
        choices: the true answer and the false ones, in an order drawn by the record's id and the seed.
        answer_index: the place of the true one, from 0.
        differs_in: `quantity`, `count` or `name`.
    """

    record: SourceRecord
    choices: tuple[str, ...]
    answer_index: int
    differs_in: str


@dataclass(frozen=True, slots=True)
class ChoiceRules:
    """How choices are made.

    Attributes:
        count: answers of a question, the true one among them.
        seed: draws which false ones are taken, and their order.
    """

    count: int = 4
    seed: int = 0


def choice(record: SourceRecord, paper: PaperText, rules: ChoiceRules) -> Choice | LeftOut:
    """The multiple choice of one record, or why there is none. Pure: the same in, the same out."""
    if record.context is None:
        return LeftOut.NO_DOCUMENT
    if len(record.answer) > LONGEST_ANSWER:
        return LeftOut.TOO_LONG
    asked = tuple(values(record.question))
    found = LeftOut.NO_VALUE
    for value in _distinct(_asked_for(record)):
        if any(value.is_same(other) for other in asked):
            continue
        others = [other for other in paper.by_kind.get(value.kind, ()) if _is_plausible(value, other)]
        if len(others) < rules.count - 1:
            found = found if found is LeftOut.MAYBE_TRUE else LeftOut.FEW_VALUES
            continue
        others.sort(key=lambda other: (_band(value, other), _draw(rules.seed, record.id, other.text)))
        false = _false_answers(record, record.context, paper, value, others[:_TRIED], rules.count - 1)
        if len(false) == rules.count - 1:
            return _ordered(record, false, value, rules.seed)
        found = LeftOut.MAYBE_TRUE
    return found


def _asked_for(record: SourceRecord) -> Iterator[Value]:
    """The exchangeable values in the sentence of the answer that speaks most of what is asked."""
    answer = IndexedSource(record.answer)
    asked = Text(record.question).stems
    nearest = max(answer.sentences, key=lambda one: len(asked.intersection(one.stems)), default=None)
    for value in exchangeable(record.answer, record.question):
        if nearest is not None and nearest.start <= value.start < nearest.end:
            yield value


def _distinct(found: Iterator[Value]) -> Iterator[Value]:
    seen: list[Value] = []
    for value in found:
        if not any(value.kind == other.kind and value.is_same(other) for other in seen):
            seen.append(value)
            yield value


def _is_plausible(value: Value, other: Value) -> bool:
    if value.is_same(other):
        return False
    if value.quantity is None or other.quantity is None:
        return not value.beside.isdisjoint(other.beside)
    return value.quantity.value > 0 < other.quantity.value and _distance(value, other) <= _FACTOR


def _distance(value: Value, other: Value) -> float:
    """Powers of ten between two quantities above 0."""
    if value.quantity is None or other.quantity is None:
        return 0.0
    return abs(log10(value.quantity.value / other.quantity.value))


def _band(value: Value, other: Value) -> int:
    return int(_distance(value, other) / _BAND)


def _false_answers(
    record: SourceRecord, context: str, paper: PaperText, value: Value, others: Sequence[Value], wanted: int
) -> list[str]:
    """As many false answers as are wanted, or fewer where there are not so many."""
    own = IndexedSource(context)
    stated = [*values(record.question), *values(record.answer)]
    about = _content(record, value)
    taken: list[Value] = []

    def accepted() -> Iterator[str]:
        for other in others:
            if any(other.is_same(one) for one in (*taken, *stated)) or paper.stands_for_same(value, other):
                continue
            if paper.has_in_words(other):
                continue
            answer = exchanged(record.answer, value, other)
            places = paper.stating(other)
            if len(places) > MANY or _is_said(about, places):
                continue
            if not _passes(record.question, answer, own, places):
                taken.append(other)
                yield answer

    return list(islice(accepted(), wanted))


def _content(record: SourceRecord, value: Value) -> frozenset[str]:
    """The stems of what question and answer speak of, without the value itself and other numbers."""
    stems = Text(record.question).stems | Text(record.answer).stems
    return frozenset(stem for stem in stems - Text(value.text).stems if not stem[0].isdigit())


def _is_said(about: frozenset[str], places: Sequence[Place]) -> bool:
    """Whether one of the places speaks of the same as the answer."""
    return not about or any(len(about & place.stems) >= _SHARED * len(about) for place in places)


def _passes(question: str, answer: str, own: IndexedSource, places: Sequence[Place]) -> bool:
    """Whether a false answer would be taken for a good one: by its chunk, or by a place that states its value."""
    texts = dict.fromkeys(place.text for place in places)
    sources = (own, *map(IndexedSource, texts))
    return any(check_pair(Pair(question, answer), source, _CHECKS).accepted for source in sources)


def _ordered(record: SourceRecord, false: Sequence[str], value: Value, seed: int) -> Choice:
    answers = sorted([record.answer, *false], key=lambda answer: _draw(seed, record.id, f"place of {answer}"))
    return Choice(record, tuple(answers), answers.index(record.answer), value.kind[0])


def _draw(seed: int, record_id: str, what: str) -> bytes:
    """A key to sort by that is a record's own."""
    return hashlib.sha256(f"{seed}\n{record_id}\n{what}".encode()).digest()


def counted(left_out: Sequence[LeftOut]) -> dict[str, int]:
    """How often each reason was given, in the order of `LeftOut`."""
    counts = Counter(left_out)
    return {reason.value: counts[reason] for reason in LeftOut if counts[reason]}
