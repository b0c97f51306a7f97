"""The answer answers: it does not decline, and does not say that the text is silent."""

from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.claims import refusals
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings


def refusal(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject an answer that declines, asks back, or says that the text does not say."""
    for found in refusals(subject.answer.plain, subject.answer.vocabulary):
        yield Fault(Reason.REFUSAL, f"the answer says {found!r}", subject.answer.given, found)
