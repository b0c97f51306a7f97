"""The answer comes from at least two of the places that it was asked of.

Of a source that is one place nothing is said.
"""

from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.places import places_covered
from qagen.checks.reading.joined import JoinedSource
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings


def places_uncovered(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject an answer whose evidence lies in fewer than two of the source's places."""
    source = subject.source
    if not isinstance(source, JoinedSource):
        return
    covered = places_covered(subject, source)
    if len(covered) < 2:
        where = f"the {covered[0] + 1}. alone" if covered else "none"
        detail = f"of the {len(source.parts)} places the evidence lies in {where}"
        yield Fault(Reason.PLACES_UNCOVERED, detail, subject.answer.given, subject.answer.plain)
