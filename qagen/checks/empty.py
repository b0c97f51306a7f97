"""There is a question and an answer."""

from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings


def empty(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject a question or an answer without a word."""
    if subject.has_question and not subject.question.words:
        yield Fault(Reason.EMPTY_QUESTION, "the question has no words", subject.question.given)
    if not subject.answer.words:
        yield Fault(Reason.EMPTY_ANSWER, "the answer has no words", subject.answer.given)
