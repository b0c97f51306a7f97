"""The answer is about what the question asks.

A true sentence of the source is no answer when the question's words stand somewhere else. This is told only where both
places are certain: an answer of one sentence that one sentence of the source has most of, and a question whose words
another one has most of. An answer in words of its own has no certain place, and is left to the support score.
"""

import re
from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.causes import weight
from qagen.checks.reading.source import PREFIX, IndexedSource
from qagen.checks.reading.text import stem
from qagen.checks.reading.words import word_set
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_ASKING = frozenset(
    map(
        stem,
        word_set(
            "difference role effect purpose main advantage reason explain describe compare used happen affect type kind "
            "determine result"
        ),
    )
)
"""What questions are asked with."""
_MOST_OF_ANSWER, _MOST_OF_QUESTION = 0.65, 0.6
"""The share of their weight that one sentence has to have, so that the place is certain."""
_ELSEWHERE = 0.5
"""The share of the answer's weight in its own place that the question's place may have at most."""

_CLOSE = 2
"""Sentences after which one still takes up what was said."""
_TAKING_UP = frozenset(
    (word,)
    for word in word_set("this these that those it they such the its their he she here thus therefore")
)
_TWICE = re.compile(r"(?:,|\band|\bor) (?:\w+ )?(?:what|which|where|how|why|when|who)\b", re.IGNORECASE)
"""What asks for a second thing, which stands elsewhere."""


def beside_the_question(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject an answer out of a sentence that has little of what is asked, while another sentence has it."""
    long_forms = (word for forms in subject.question_expansions.values() for form in forms for word in form)
    asked = frozenset(subject.question.stems) - _ASKING - frozenset(map(stem, long_forms))
    said = frozenset(subject.answer.stems)
    if len(subject.answer.sentences) != 1 or not asked or not said or _TWICE.search(subject.question.plain):
        return
    source = subject.source
    of_answer = _shares(said, source)
    if not of_answer or max(of_answer) < _MOST_OF_ANSWER:
        return
    of_question = _shares(asked, source)
    here = of_answer.index(max(of_answer))
    there = of_question.index(max(of_question))
    if (
        of_question[there] >= _MOST_OF_QUESTION
        and of_question[here] <= settings.min_asked_share * of_question[there]
        and of_answer[there] < _ELSEWHERE * of_answer[here]
        and not _takes_up(source, here, there)
    ):
        place = source.sentences[there]
        detail = "the source speaks of what is asked elsewhere than of what is answered"
        yield Fault(
            Reason.BESIDE_THE_QUESTION,
            detail,
            subject.answer.given,
            subject.answer.sentences[0].text,
            ((place.start, place.end),),
        )


def _shares(wanted: frozenset[str], source: IndexedSource) -> list[float]:
    """What each sentence of the source has of the weight of some stems."""
    total = weight(wanted)
    return [_weight_in(wanted, source, number) / total for number in range(len(source.sentences))]


def _weight_in(wanted: frozenset[str], source: IndexedSource, number: int) -> float:
    """What a sentence of the source has of some stems, or of words that begin like them."""
    here, begins = source.sentence_stems[number], source.sentence_beginnings[number]
    return weight(
        frozenset(
            word for word in wanted if word in here or (len(word) >= PREFIX and word[:PREFIX] in begins)
        )
    )


def _takes_up(source: IndexedSource, here: int, there: int) -> bool:
    """Whether a sentence closely follows another and begins with what may mean it: "This", "The drop"."""
    return 0 < here - there <= _CLOSE and source.sentences[here].words[:1] in _TAKING_UP
