"""One question and one answer: no second pair, summary or closing remark is glued to them."""

import re
from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.text import Text
from qagen.checks.reading.words import word_set
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_MARK = re.compile(
    r"(?:^|(?<=[\s*_#.?!|>-]))[*_#\s]{0,8}(?:question|answer|Q ?& ?A|Q/A|pair)[ *_]{0,8}#?\d{0,3}[ *_]{0,8}:"
    r"|(?:^|\s)[*_]{0,4}(?-i:[QA])\d{0,3}[*_]{0,4}:(?=[*_\s])"
    r"|^[ \t]{0,8}(?:-{3,}|={3,}|_{3,}|\*{3,}|#{1,6} )",
    re.IGNORECASE | re.MULTILINE,
)
_SUMMARY = re.compile(
    r"(?:^|(?<=[.!?]\s)|(?<=\n))\W{0,12}(?:summary|in short|tl;?dr|key takeaways?|takeaways?|overall summary|conclusion|explanation|rationale|"
    r"justification|reasoning|sources?|references?|evidence|keywords?|note|notes)[ *_]{0,8}:",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\b(?:these|the above|the following|all(?: of)? these) (?:\w+ )?(?:questions|Q&As?|pairs|question[- ]answer pairs|answers)\b|\bquestion-and-answer pairs?\b",
    re.IGNORECASE,
)

_CLOSING_CUES = frozenset({"questions", "q", "qa", "qas", "pair", "pairs", "answers"})
_MARKED = word_set(
    """
    question answer pair q summary short tl tldr takeaway takeaways conclusion explanation rationale justification reasoning source
    sources reference references evidence keyword keywords note notes
    """
)
"""Words of which every mark before a colon has one, except "A:"."""
_ANSWER_MARK = re.compile(r"A\d{0,3}[*_]{0,4}:")
_RULES = ("---", "===", "___", "***", "#")


def glued(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject a pair to which another pair, a summary or a remark on the pairs is attached."""
    for name, text in (("question", subject.question), ("answer", subject.answer)):
        for found in _glued(text):
            yield Fault(Reason.GLUED, f"the {name} goes on with {found!r}", text.given, found)


def _glued(text: Text) -> Iterator[str]:
    marked = ":" in text.given and (
        not text.vocabulary.isdisjoint(_MARKED) or _ANSWER_MARK.search(text.given)
    )
    if marked or any(rule in text.given for rule in _RULES):
        yield from (mark[0].strip() for mark in _MARK.finditer(text.given))
        yield from (mark[0].strip() for mark in _SUMMARY.finditer(text.given))
    if not text.vocabulary.isdisjoint(_CLOSING_CUES):
        yield from (remark[0] for remark in _CLOSING.finditer(text.plain))
