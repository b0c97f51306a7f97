"""Neither reasoning nor prompt nor the format of responses stands in the pair."""

import re
from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.claims import speeches
from qagen.checks.reading.text import Text
from qagen.checks.reading.wordings import Wordings, wording
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_MARKERS = re.compile(
    r"</?(?:think|thinking|thought|reasoning|reflection|scratchpad|answer|response|assistant|user|system)>|<\|[^<>|]{1,40}\|>|"
    r"\[/?(?:INST|SYS|THINK)\]|<</?SYS>>|<start_of_turn>|<end_of_turn>|\{\{[^{}]{0,200}\}\}|^```",
    re.IGNORECASE | re.MULTILINE,
)

PROMPTS = Wordings(
    wording(
        r"\b(?:write|generate|create|formulate|produce|give|provide|make|ask) (?:me )?(?:exactly |at least |about |up to )?"
        r"(?:\d{1,3}|three|five|ten|twenty|several|some) (?:\w+ ){0,3}(?:questions?\b|Q ?& ?A|QA\b)"
    ),
    wording(
        r"\byou are (?:a|an) (?:\w+ ){0,3}(?:assistant|expert|AI|language model|teacher|examiner|scientist|researcher)\b"
    ),
    wording(r"\byour task is\b"),
    wording(r"\bfollow (?:these|the) (?:instructions|guidelines)\b"),
    wording(
        r"\b(?:questions?|answers?|pairs?) (?:(?:has|have|must|should|needs?) (?:to )?)?stands? on (?:its|their) own\b"
    ),
    wording(r"\bwrite exactly \d{1,3} pairs\b|\bin this form, between lines\b"),
)
"""What prompts tell a model, and no paper its readers."""
_MARKS = frozenset("<[{`")
"""Every marker has one of these."""


def leaked_reasoning(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject a pair with tags of reasoning or chat, words of a prompt, or in which the model talks to itself or to its user."""
    for name, text in (("question", subject.question), ("answer", subject.answer)):
        for found in _leaked(text):
            yield Fault(Reason.LEAKED_REASONING, f"the {name} has {found!r}", text.given, found)


def _leaked(text: Text) -> Iterator[str]:
    if not _MARKS.isdisjoint(text.given):
        yield from (marker[0] for marker in _MARKERS.finditer(text.given))
    yield from (told[0] for told in PROMPTS.search(text.plain, text.vocabulary))
    yield from speeches(text.plain, text.vocabulary)
