"""Names in the answer stand in the source or in the question: acronyms, formulas, labels of samples."""

from collections.abc import Iterator

from qagen.checks.names import folded, is_name, tokens
from qagen.checks.subject import Subject
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings


def unknown_name(subject: Subject, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject an answer with a name that neither the source nor the question has."""
    unknown = [token for token in tokens(subject.answer.plain) if not token.islower() and is_name(token)]
    if not unknown:
        return
    known = subject.source.names | {folded(token) for token in tokens(subject.question.plain)}
    for token in unknown:
        name = folded(token)
        if name not in known and name not in subject.source.compact:
            detail = f"the answer names {token!r}, the source does not"
            yield Fault(Reason.UNKNOWN_NAME, detail, subject.answer.given, token)
