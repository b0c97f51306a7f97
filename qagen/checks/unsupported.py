"""The source supports the answer well enough."""

from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings


def unsupported(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject an answer whose support is below the threshold."""
    found = subject.support
    least = settings.min_support - (settings.lone_claim_margin if found.claims == 1 else 0.0)
    if found.score < least:
        detail = f"support {found.score:.2f} is below {least:g}; least supported: {found.weakest!r}"
        yield Fault(Reason.UNSUPPORTED, detail, subject.answer.given, found.weakest)
    elif found.shared < settings.min_shared:
        detail = f"next to nothing of {found.strangest!r} stands in the source: {found.shared:.2f} is below {settings.min_shared:g}"
        yield Fault(Reason.UNSUPPORTED, detail, subject.answer.given, found.strangest)
