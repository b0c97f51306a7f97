"""Neither reasoning nor prompt nor the format of responses stands in the pair."""

import re

from qagen.checks.subject import Subject
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_MARKERS = re.compile(
    r"</?(?:think|thinking|thought|reasoning|reflection|scratchpad|answer|response|assistant|user|system)>|<\|[^<>|]{1,40}\|>|"
    r"\[/?(?:INST|SYS|THINK)\]|<</?SYS>>|<start_of_turn>|<end_of_turn>|\{\{.*?\}\}|^```",
    re.IGNORECASE | re.MULTILINE,
)
_SPEECH = re.compile(
    r"\bthe (?:user|prompt|instructions?|system prompt)(?:'s| (?:wants?|asks?|asked|is asking|says?|said|needs?|requires?|mentions?|provided|gave))\b"
    r"|^\W*(?:okay|ok|alright|all right|hmm+|wait|sure|certainly|of course|great|let me|let's|first, I|now, I|so, I|well,)\b(?=[,.!:]| (?:so|I|let|the user|here|we)\b|(?<=let me)|(?<=let's))"
    r"|\b(?:let me|let's) (?:think|look|see|check|start|go|re-?read|consider|figure|break|try|make sure|formulate|write|draft|move)\b"
    r"|\bI (?:need|have|should|must|will|'ll|want|am going|can|could|might) (?:to )?(?:think|make sure|ensure|answer|formulate|write|create|generate|"
    r"look|check|include|avoid|mention|focus|provide|start|find|consider|come up|explain|note)\b"
    r"|\bI(?:'ll| think| believe| guess| recall| remember| wonder)\b"
    r"|^\W*(?:final answer|my answer|the answer is|here (?:is|are) (?:the|my|an?|your)|here's (?:the|my|an?)|answer to (?:the )?question)\b ?[^.?!]{0,40}:"
    r"|\b(?:hope this helps|feel free to ask|let me know if)\b",
    re.IGNORECASE | re.MULTILINE,
)


def leak(subject: Subject, settings: CheckSettings) -> Fault | None:  # noqa: ARG001 - every check is called alike
    """Reject a pair with tags of reasoning or chat, or in which the model talks to itself or to its user."""
    for name, text in (("question", subject.question), ("answer", subject.answer)):
        if found := _MARKERS.search(text.given) or _SPEECH.search(text.plain):
            return Fault(Reason.LEAKED_REASONING, f"the {name} has {found[0]!r}", text.given)
    return None
