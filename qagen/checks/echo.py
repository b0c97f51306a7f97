"""The answer says more than the question."""

from collections.abc import Iterator

from rapidfuzz.fuzz import ratio

from qagen.checks.check_input import CheckInput
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings


def echo(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject an answer that only repeats the question, or only asks."""
    answer, question = subject.answer.plain, subject.question.plain
    if not answer:
        return
    if all(sentence.text.endswith("?") for sentence in subject.answer.sentences):
        yield Fault(Reason.ECHO, "the answer only asks", subject.answer.given, answer)
    elif question and ratio(answer.lower(), question.lower(), score_cutoff=100 * settings.echo_similarity):
        yield Fault(Reason.ECHO, "the answer is the question once more", subject.answer.given, answer)
