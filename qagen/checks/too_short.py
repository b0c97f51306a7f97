"""Neither question nor answer is too short to say anything."""

from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings


def too_short(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject a question or an answer with fewer characters than the settings ask for."""
    question, answer = subject.question.given.strip(), subject.answer.given.strip()
    if subject.has_question and len(question) < settings.min_question_chars:
        least = settings.min_question_chars
        detail = f"the question has {len(question)} characters of {least}"
        yield Fault(Reason.TOO_SHORT, detail, subject.question.given, question)
    if len(answer) < settings.min_answer_chars:
        least = settings.min_answer_chars
        detail = f"the answer has {len(answer)} characters of {least}"
        yield Fault(Reason.TOO_SHORT, detail, subject.answer.given, answer)
