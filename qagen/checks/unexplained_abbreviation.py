"""A question has no abbreviation that only the source spells out, where the settings want such questions turned down."""

from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.abbreviations import unexplained
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings


def unexplained_abbreviation(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject a question with an abbreviation that only the source spells out, where the settings ask for that."""
    if settings.abbreviations != "reject":
        return
    for match, long in unexplained(subject.question.given, subject.source):
        detail = f"the question has {match[0]!r}, which only the source spells out, as {long!r}"
        spans = subject.source.spelling_out(match[0])
        yield Fault(Reason.UNEXPLAINED_ABBREVIATION, detail, subject.question.given, match[0], spans)
