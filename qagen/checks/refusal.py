"""The answer answers: it does not decline, and does not say that the text is silent."""

from qagen.checks.claims import refused
from qagen.checks.subject import Subject
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings


def refusal(subject: Subject, settings: CheckSettings) -> Fault | None:  # noqa: ARG001 - every check is called alike
    """Reject an answer that declines, asks back, or says that the text does not say."""
    if found := refused(subject.answer.plain, subject.answer.vocabulary):
        return Fault(Reason.REFUSAL, f"the answer says {found!r}", subject.pair.answer)
    return None
