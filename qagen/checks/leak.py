"""Neither reasoning nor prompt nor the format of responses stands in the pair."""

import re

from qagen.checks.claims import speech
from qagen.checks.subject import Subject
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_MARKERS = re.compile(
    r"</?(?:think|thinking|thought|reasoning|reflection|scratchpad|answer|response|assistant|user|system)>|<\|[^<>|]{1,40}\|>|"
    r"\[/?(?:INST|SYS|THINK)\]|<</?SYS>>|<start_of_turn>|<end_of_turn>|\{\{.*?\}\}|^```",
    re.IGNORECASE | re.MULTILINE,
)

_MARKS = frozenset("<[{`")
"""Every marker has one of these."""


def leak(subject: Subject, settings: CheckSettings) -> Fault | None:  # noqa: ARG001 - every check is called alike
    """Reject a pair with tags of reasoning or chat, or in which the model talks to itself or to its user."""
    for name, text in (("question", subject.question), ("answer", subject.answer)):
        marker = _MARKERS.search(text.given) if not _MARKS.isdisjoint(text.given) else None
        if found := marker[0] if marker else speech(text.plain, text.vocabulary):
            return Fault(Reason.LEAKED_REASONING, f"the {name} has {found!r}", text.given)
    return None
