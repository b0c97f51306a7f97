"""The answer says more than the question."""

from rapidfuzz.fuzz import ratio

from qagen.checks.subject import Subject
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_ALIKE = 90
"""Similarity in percent from which an answer is the question in other words of order."""


def echo(subject: Subject, settings: CheckSettings) -> Fault | None:  # noqa: ARG001 - every check is called alike
    """Reject an answer that only repeats the question, or only asks."""
    answer, question = subject.answer.plain, subject.question.plain
    if not answer:
        return None
    if all(sentence.text.endswith("?") for sentence in subject.answer.sentences):
        return Fault(Reason.ECHO, "the answer only asks", subject.pair.answer)
    if question and ratio(answer.lower(), question.lower()) >= _ALIKE:
        return Fault(Reason.ECHO, "the answer is the question once more", subject.pair.answer)
    return None
