"""The answer answers: it does not decline, and does not say that the text is silent."""

import re

from qagen.checks.subject import Subject
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_TEXT = r"(?:text|passages?|excerpt|context|document|paper|article|study|source|chunk|paragraph|information|material)"
_NOT_SAID = r"(?:contain|provide|mention|specify|state|include|give|discuss|address|offer|explain|describe|indicate|elaborate)"
_REFUSAL = re.compile(
    r"\b(?:as an? (?:AI|artificial intelligence|(?:large )?language model)\b)"
    r"|\bI(?:'m| am)? (?:cannot|can't|can not|could not|couldn't|am unable|was unable|unable|am not able|sorry|apologi[sz]e|do not have|"
    r"don't have|do not know|don't know|won't|am afraid)\b"
    r"|\b(?:unable|impossible|not possible) to (?:answer|determine|provide an answer)\b"
    rf"|\b{_TEXT}(?: (?:provided|given|above))? (?:does|do|did)(?: not|n't) (?:\w+ )?{_NOT_SAID}\b"
    rf"|\b(?:is|are|was|were)(?: not|n't) (?:\w+ )?(?:mentioned|specified|provided|stated|given|discussed|described|available|addressed) "
    rf"(?:in|by|from) (?:the|this) (?:\w+ )?{_TEXT}\b"
    rf"|\b(?:there is|contains|provides|includes) (?:no|not enough|insufficient) (?:\w+ )?(?:information|details?|mention|answer|context)\b"
    rf"|^no (?:\w+ )?(?:information|details?|answer)\b"
    r"|\bcan(?:not|'t| not) be (?:answered|determined from (?:the|this))\b"
    r"|\b(?:insufficient|not enough) (?:information|context|details?) (?:to|is|was|in|provided|given)\b"
    r"|\b(?:please|could you) (?:provide|clarify|share|supply) (?:me |the |more |a |additional |further )",
    re.IGNORECASE,
)


def refusal(subject: Subject, settings: CheckSettings) -> Fault | None:  # noqa: ARG001 - every check is called alike
    """Reject an answer that declines, asks back, or says that the text does not say."""
    if found := _REFUSAL.search(subject.answer.plain):
        return Fault(Reason.REFUSAL, f"the answer says {found[0]!r}", subject.pair.answer)
    return None
