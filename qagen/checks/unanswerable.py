"""Questions that a paper is not to answer: near what a chunk says, and answered nowhere in the paper."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from qagen.checks import CHECKS, CheckInput, CheckResult, IndexedSource, clean
from qagen.checks.reading.claims import refusals
from qagen.checks.reading.questions import asked_for, form_of_stem
from qagen.checks.reading.source import PREFIX
from qagen.checks.reading.text import Prose, Text
from qagen.checks.reading.whole_paper import WholePaper
from qagen.question_kinds import NOT_STATED
from qagen.reasons import Reason
from qagen.records import Edit, Fault, Pair
from qagen.settings import CheckSettings

_OF_QUESTIONS = frozenset(
    {
        "empty",
        "too_short",
        "not_a_question",
        "garbled",
        "incomplete",
        "repeated",
        "leaked_reasoning",
        "quotes_instruction",
        "glued",
        "definition",
        "refers_to_paper",
        "refers_to_figure",
        "unexplained_abbreviation",
        "dangling_reference",
    }
)
"""The checks of which the part counts that looks at the question; the answer is ours."""
_NOTHING = re.compile(
    r"\W*(?:(?:this|that|it|the (?:answer|information|value|\w+)) (?:is|was) )?"
    r"(?:not (?:be )?(?:stated|given|reported|specified|mentioned|provided|answered|known|available|disclosed|described|determined|addressed)|"
    r"unanswerable|unknown|no answer|none|n/?a|unspecified|unstated|cannot be (?:answered|determined|known)|"
    r"no (?:such )?(?:information|value|answer|data|details?) (?:is|are|was|were) (?:given|stated|provided|reported|available))"
    r"(?: (?:in|by|from) (?:the|this) \w+)?\W*",
    re.IGNORECASE,
)
_LEAST_NEAR = 0.15
"""Share of a question's weight that the chunk has to have, at least."""
_NEAREST = 2
"""Sentences of the chunk that are named as what the question is near to."""


def check_unanswerable(
    pair: Pair, source: IndexedSource, whole: WholePaper, settings: CheckSettings
) -> CheckResult:
    """Judge a question that is to have no answer.

    Args:
        pair: as parsed; its answer has to say that there is none, and becomes `NOT_STATED`.
        source: the chunk that it was asked about.
        whole: the paper.
        settings: as for other pairs.

    Returns:
        As for other pairs; `support` is the share of the question's weight that the chunk has, `evidence` the sentences that share
        most with it.
    """
    length = len(pair.question) + len(pair.answer)
    if length > settings.max_pair_chars:
        detail = f"the pair has {length} characters, more than {settings.max_pair_chars}"
        return CheckResult(pair, (), 0.0, (Fault(Reason.TOO_LONG, detail),), ())
    question, _, edits = clean(Pair(pair.question, NOT_STATED), source, settings)
    faults = list(_faults(question, source, settings))
    near, evidence = _near(question, source)
    if "wrong_kind" not in settings.disabled:
        faults += _of_another_kind(pair.answer, question, near)
    said = pair.answer if any(fault.text is pair.answer for fault in faults) else NOT_STATED
    if said != pair.answer:
        edits = (*edits, Edit("not_stated", "answer", pair.answer))
    if (answer := whole.answering(question.given, settings.number_tolerance)) is not None:
        faults.append(Fault(Reason.ANSWERABLE, f"the paper says {shortened(answer)!r}", question.given))
    return CheckResult(
        replace(pair, question=question.given, answer=said), edits, near, tuple(faults), evidence
    )


def says_nothing(answer: str) -> bool:
    """Whether an answer says that there is none, and nothing else."""
    text = Prose(answer)
    return _NOTHING.fullmatch(text.plain) is not None or (
        len(text.sentences) == 1 and any(refusals(text.plain, text.vocabulary))
    )


def _of_another_kind(answer: str, question: Text, near: float) -> Iterator[Fault]:
    """What speaks against its being a question without an answer that is near to the chunk."""
    if not says_nothing(answer):
        yield Fault(Reason.WRONG_KIND, "the answer says something, and was to say that there is none", answer)
    if near < _LEAST_NEAR:
        detail = f"the chunk has {near:.2f} of what the question speaks of, below {_LEAST_NEAR:g}"
        yield Fault(Reason.WRONG_KIND, detail, question.given)


def _faults(question: Text, source: IndexedSource, settings: CheckSettings) -> Iterator[Fault]:
    subject = CheckInput(question, Prose(NOT_STATED), source)
    for name, check in CHECKS:
        if name in _OF_QUESTIONS and name not in settings.disabled:
            of_question = (fault for fault in check(subject, settings) if fault.text == question.given)
            yield from islice(of_question, 1)


def _near(question: Text, source: IndexedSource) -> tuple[float, tuple[tuple[int, int], ...]]:
    """How much of what a question speaks of a chunk has, in [0, 1], and the sentences that have most of it, in their order."""
    weights = asked_for(question).weights
    total = sum(weights.values())
    if not total:
        return 0.0, ()
    forms = {form_of_stem(word): word for word in source.postings}
    known = {
        word
        for word in weights
        if word in forms or (len(word) >= PREFIX and word[:PREFIX] in source.prefixes)
    }
    gains: dict[int, float] = {}
    for word, weight in weights.items():
        for number in source.postings.get(forms.get(word, word), ()):
            gains[number] = gains.get(number, 0.0) + weight
    best = sorted(sorted(gains, key=lambda number: (-gains[number], number))[:_NEAREST])
    spans = tuple((source.sentences[number].start, source.sentences[number].end) for number in best)
    return round(sum(weights[word] for word in known) / total, 4), spans


_MOST_QUOTED = 200


def shortened(text: str) -> str:
    """A text on one line, as a detail quotes it."""
    text = " ".join(text.split())
    return text if len(text) <= _MOST_QUOTED else f"{text[:_MOST_QUOTED]}..."
