"""What the source calls the cause is not the answer's effect.

"Cell death leads to a disruption of the balance" has every word of "a disruption of the balance can lead to cell death".
"""

from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.causes import Causation, causations, weight
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_EACH_SIDE = 5.0
"""What cause and effect each have to share with the other side of the source: more than one rare word."""
_BOTH_SIDES = 2.0
"""What both sides may share the same way round at most; with more, the two statements agree in part."""
_SAME_WAY = 4.0
"""What a statement of the source has to share the same way round, so that it speaks for the answer."""


def reversed_cause(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject an answer that exchanges the cause and the effect of the source."""
    for sentence in subject.answer.sentences:
        for said in causations(sentence):
            against = None
            for stated, span in subject.source.causations:
                straight, turned = _overlaps(said, stated)
                if sum(straight) >= sum(turned):
                    if sum(straight) > _SAME_WAY:
                        against = None
                        break
                elif (
                    min(turned) >= _EACH_SIDE
                    and 2 * sum(straight) < sum(turned)
                    and min(straight) < _BOTH_SIDES
                ):
                    against = span
            if against is not None:
                detail = "the answer calls the effect what the source calls the cause"
                yield Fault(Reason.REVERSED_CAUSE, detail, subject.answer.given, sentence.text, (against,))


def _overlaps(said: Causation, stated: Causation) -> tuple[tuple[float, float], tuple[float, float]]:
    """What two statements share the same way round, and what crosswise."""
    straight = weight(said.cause & stated.cause), weight(said.effect & stated.effect)
    return straight, (weight(said.cause & stated.effect), weight(said.effect & stated.cause))
