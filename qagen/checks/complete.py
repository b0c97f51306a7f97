"""Question and answer are complete sentences: nothing was cut off."""

from qagen.checks.subject import Subject
from qagen.checks.words import FUNCTION_WORDS
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_ENDS = frozenset(".!?:…\"'”’)]}>*`|。")
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_LONGEST_PHRASE = 12
"""Words up to which an answer without a full stop may be a mere name or value."""


def incomplete(subject: Subject, settings: CheckSettings) -> Fault | None:  # noqa: ARG001 - every check is called alike
    """Reject an answer that breaks off, and a question that begins or ends in the middle."""
    words = len(subject.answer.words)
    if words and (ending := _broken_end(subject.answer.given.rstrip(), words)):
        return Fault(Reason.INCOMPLETE, f"the answer breaks off after {ending!r}", subject.pair.answer)
    question = subject.question.given.strip()
    if question and (question[-1] in ",;-–" or question.endswith("...")):
        return Fault(Reason.INCOMPLETE, f"the question breaks off after {question[-30:]!r}", question)
    return None


def _broken_end(answer: str, words: int) -> str | None:
    """The last words of an answer that breaks off, or None."""
    if not answer:
        return None
    tail = answer[-30:]
    if answer.endswith((",", ";", "-", "–", "...", "…", "(", "/", "=", "+")):
        return tail
    if answer[-1] in _ENDS or not answer[-1].isalnum():
        return tail if answer[-1] == ":" else None
    last = answer.rsplit(maxsplit=1)[-1].lower()
    opened = any(answer.count(opener) > answer.count(closer) for opener, closer in _CLOSERS.items())
    return tail if words > _LONGEST_PHRASE or last in FUNCTION_WORDS or opened else None
