"""The source supports the answer well enough."""

from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.causes import weight
from qagen.checks.reading.claims import claims_something
from qagen.checks.support import foreign
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_ASKED_OF_SOURCE = 0.4
"""The share of a question that a source has to have, so that the question is about it."""


def unsupported(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject an answer whose support is below the threshold."""
    found = subject.support
    if found.claims == 1 and _is_paraphrase(subject, settings):
        return
    least = settings.min_support - (settings.lone_claim_margin if found.claims == 1 else 0.0)
    if found.score < least:
        detail = f"support {found.score:.2f} is below {least:g}; least supported: {found.weakest!r}"
        yield Fault(Reason.UNSUPPORTED, detail, subject.answer.given, found.weakest)
    elif found.shared < settings.min_shared:
        detail = f"next to nothing of {found.strangest!r} stands in the source: {found.shared:.2f} is below {settings.min_shared:g}"
        yield Fault(Reason.UNSUPPORTED, detail, subject.answer.given, found.strangest)


def _is_paraphrase(subject: CheckInput, settings: CheckSettings) -> bool:
    """Whether an answer may say what the source says in everyday words: what it has beyond the source are not the words of a subject.

    That tells something only where the question is about the source; an answer from elsewhere comes with a question from elsewhere.
    """
    if _of_the_question(subject) < _ASKED_OF_SOURCE:
        return False
    claims = [found for found in subject.alignments if claims_something(found.sentence)]
    return all(len(foreign(found, subject.source)) < settings.min_foreign_words for found in claims)


def _of_the_question(subject: CheckInput) -> float:
    """The share of the question's words, by weight, that the source has."""
    asked = subject.question.stems
    return weight(asked & subject.source.postings.keys()) / max(1.0, weight(asked))
