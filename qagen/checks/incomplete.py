"""Question and answer are complete sentences: nothing was cut off."""

from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.words import FUNCTION_WORDS
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_ENDS = frozenset(".!?:…\"'”’)]}>*`|。")
_CLOSERS = {"(": ")", "[": "]", "{": "}"}


def incomplete(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject an answer that breaks off, and a question that begins or ends in the middle."""
    words = len(subject.answer.words)
    if words and (ending := _broken_end(subject.answer.given.rstrip(), words, settings.max_phrase_words)):
        yield Fault(
            Reason.INCOMPLETE, f"the answer breaks off after {ending!r}", subject.answer.given, ending
        )
    question = subject.question.given.strip()
    if question and (question[-1] in ",;-–" or question.endswith("...")):
        ending = question[-30:]
        yield Fault(
            Reason.INCOMPLETE, f"the question breaks off after {ending!r}", subject.question.given, ending
        )


def _broken_end(answer: str, words: int, max_phrase_words: int) -> str | None:
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
    return tail if words > max_phrase_words or last in FUNCTION_WORDS or opened else None
