"""Signs and relations of numbers are those of the source.

A sign counts where the source has one in that place: r = -0.82 is not r = 0.82, and p > 0.001 not p < 0.001. Dashes
between two numbers are ranges, and those in names are none. Where the character before a number of the source is one that
stands for a lost one, its sign is not known, and neither reading is borne out.
"""

from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.causes import weight
from qagen.checks.reading.signs import UNKNOWN, Marked, marked
from qagen.checks.reading.text import Sentence
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_BETTER = 1.5
"""By how much more weight a place of the source has to fit the answer, so that it alone counts."""


def wrong_sign(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject an answer with a sign or a relation that the source has not where it states the number."""
    for sentence, numbers in zip(subject.answer.sentences, subject.said, strict=True):
        for said in marked(sentence.text, numbers):
            stated = _stated(said, sentence, subject, settings.number_tolerance)
            if not stated:
                continue
            place, others = stated[0][1], [other for other, _ in stated]
            what = _objection(said, others)
            if what:
                shown = f"{said.sign}{said.quantity.text}"
                detail = f"the answer says {shown!r}{_with(said)}; {what}"
                span = subject.source.sentences[place]
                yield Fault(
                    Reason.WRONG_SIGN, detail, subject.answer.given, sentence.text, ((span.start, span.end),)
                )


def _with(said: Marked) -> str:
    return f" after {said.relation!r}" if said.relation else ""


def _objection(said: Marked, others: list[Marked]) -> str:
    """What speaks against a number in all places of the source that fit it best."""
    if all(other.sign == UNKNOWN for other in others):
        return "the source has lost the character before it, which may have been a sign"
    if all(other.sign != said.sign for other in others):
        return "the source has it without that sign" if said.sign else "the source has it with a minus"
    relations = {other.relation for other in others if not said.symbol or other.symbol == said.symbol}
    if said.relation and relations and all(relation and relation != said.relation for relation in relations):
        return f"the source has it after {min(relations)!r}"
    return ""


def _stated(
    said: Marked, sentence: Sentence, subject: CheckInput, tolerance: float
) -> list[tuple[Marked, int]]:
    """The same number in the places of the source that fit the sentence and the question best, with their sentences."""
    wanted = frozenset(sentence.stems) | subject.question.stems
    found = [
        (weight(wanted & subject.source.sentence_stems[number]), other, number)
        for number, other in subject.source.marked
        if other.quantity.states(said.quantity, tolerance)
    ]
    most = max((fit for fit, _, _ in found), default=0.0)
    return [(other, number) for fit, other, number in found if fit * _BETTER >= most]
