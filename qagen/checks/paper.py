"""Question and answer stand without the paper: they do not speak of it, its authors or the excerpt."""

import re

from qagen.checks.subject import Subject
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_WRITING = (
    r"(?:stud(?:y|ies)|papers?|works?|articles?|manuscripts?|publications?|research|investigations?|reports?|contributions?|"
    r"reviews?|thes[ie]s|dissertations?|letters?|surveys?|analys[ie]s|experiments?)"
)
_TEXT = r"(?:text|excerpt|passage|paragraph|chunk|document|context|snippet|abstract|manuscript|article|paper|transcript)"
_PAPER = re.compile(
    rf"\b(?:this|the (?:present|current|presented|reported|cited|given|provided|above)|our|these) "
    rf"(?:[a-z]+ )?{_WRITING}(?! (?:of|on|to|in which)\b)\b"
    rf"|\b(?:the|this|provided|given|above) (?:(?:provided|given|above|source|following|input) )*{_TEXT}\b(?!-)"
    rf"(?! (?:of|clips?|sheets?|samples?|strips?|substrates?|webs?|machines?|mills?|mining|editor|window|length)\b)"
    r"|\b(?:the|these|our|this study's) (?:authors?|researchers|investigators|writers)\b"
    r"|\bauthors? (?:of|in) (?:the|this)\b"
    r"|\b(?:described|reported|presented|discussed|mentioned|shown|used|proposed|studied|done|obtained|found|noted|provided) "
    r"(?:here(?:in)?|above|below|earlier)\b"
    r"|\b(?:in|by|of|from|according to) the (?:present |current |reported )?study\b",
    re.IGNORECASE,
)


def refers_to_paper(subject: Subject, settings: CheckSettings) -> Fault | None:  # noqa: ARG001 - every check is called alike
    """Reject a pair that speaks of "this study", "the authors", "the excerpt"."""
    for name, text in (("question", subject.question), ("answer", subject.answer)):
        if found := _PAPER.search(text.plain):
            return Fault(Reason.REFERS_TO_PAPER, f"the {name} says {found[0]!r}", text.given)
    return None
