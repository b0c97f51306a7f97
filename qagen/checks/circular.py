"""A reason says more than what it is a reason for.

"The yeast grew less because less yeast grew" answers no question: every word of its reason is the question's own. Words
that weigh next to nothing ("the same", "a fact") are nothing new.
"""

import re
from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.causes import content, reasons, weight
from qagen.checks.reading.source import PREFIX
from qagen.checks.reading.text import stem
from qagen.checks.reading.words import word_set
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_NOTHING_NEW = frozenset(
    map(
        stem,
        word_set(
            "thing same way fact reason result done use used using case make made give given show shown need needed"
        ),
    )
)
_ASKS_WHY = re.compile(
    r"\bwhy\b|\bfor what reason\b|\bhow come\b|\bwhat (?:\w+ ){0,2}(?:causes?|caused|explains?|explained|reason)\b",
    re.IGNORECASE,
)
_LEAST_REPEATED = 0.3
"""The share of a reason's weight that has to come out of the question."""
_SAYS_SO = 4.0
"""What cause and effect of the source each have to share with the answer's, so that the source says the same."""
_BEGINNING = 4
"""Letters from which on a word that begins another is a form of it."""


def circular(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject an answer whose reason is the question's claim over again."""
    if not _ASKS_WHY.search(subject.question.plain):
        return
    asked = frozenset(subject.question.stems)
    for sentence in subject.answer.sentences:
        for claim, reason in reasons(sentence):
            said = content(reason)
            new = frozenset(word for word in said if word not in _NOTHING_NEW and not _is_known(word, asked))
            total = weight(said)
            repeated = total - weight(new)
            if not said or weight(new) >= settings.min_reason_news or repeated < _LEAST_REPEATED * total:
                continue
            told = frozenset(
                word for word in content(claim) if word not in _NOTHING_NEW and not _is_known(word, asked)
            )
            if weight(told) >= settings.min_reason_news or _is_stated(
                frozenset(asked | content(claim)), new, subject
            ):
                continue
            detail = f"the reason {reason.strip(' .,')!r} says nothing that the question does not"
            yield Fault(Reason.CIRCULAR, detail, subject.answer.given, sentence.text)


def _is_stated(matter: frozenset[str], reason: frozenset[str], subject: CheckInput) -> bool:
    """Whether the source calls what is new in a reason the cause of the matter, however little that is."""
    return any(
        min(weight(reason & stated.cause), weight(matter & stated.effect)) >= _SAYS_SO
        for stated, _ in subject.source.causations
    )


def _is_known(word: str, asked: frozenset[str]) -> bool:
    """Whether the question has a form of a word."""
    if word in asked:
        return True
    return any(
        (len(word) >= PREFIX and word[:PREFIX] == other[:PREFIX])
        or (min(len(word), len(other)) >= _BEGINNING and (word.startswith(other) or other.startswith(word)))
        for other in asked
    )
