"""Neither reasoning nor prompt nor the format of responses stands in the pair."""

import re
from collections.abc import Iterator

from qagen.checks.claims import speeches
from qagen.checks.subject import Subject
from qagen.checks.text import Text
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


def leak(subject: Subject, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject a pair with tags of reasoning or chat, or in which the model talks to itself or to its user."""
    for name, text in (("question", subject.question), ("answer", subject.answer)):
        for found in _leaked(text):
            yield Fault(Reason.LEAKED_REASONING, f"the {name} has {found!r}", text.given, found)


def _leaked(text: Text) -> Iterator[str]:
    if not _MARKS.isdisjoint(text.given):
        yield from (marker[0] for marker in _MARKERS.finditer(text.given))
    yield from speeches(text.plain, text.vocabulary)
