"""The source supports the answer well enough."""

from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.causes import weight
from qagen.checks.support import Claim, foreign_words
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_ASKED_OF_SOURCE = 0.4
"""The share of a question that a source has to have, so that the question is about it."""
_FOREIGN_ASIDE = 2
"""Foreign words from which on a claim beside others is no remark in everyday words."""
_WELL_SUPPORTED = 0.5
"""What the others have to have, so that such a remark is let pass."""


def unsupported(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject an answer whose support is below the threshold."""
    found = subject.support
    if _is_paraphrase(subject, settings):
        return
    least = settings.min_support - (settings.lone_claim_margin if len(found.claims) == 1 else 0.0)
    strangest = min(found.claims, key=lambda claim: (claim.shared, claim.text), default=None)
    if found.score < least:
        weakest = found.claims[0].text if found.claims else ""
        detail = f"support {found.score:.2f} is below {least:g}; least supported: {weakest!r}"
        yield Fault(Reason.UNSUPPORTED, detail, subject.answer.given, weakest)
    elif strangest is not None and strangest.shared < settings.min_shared:
        detail = (
            f"next to nothing of {strangest.text!r} stands in the source: "
            f"{strangest.shared:.2f} is below {settings.min_shared:g}"
        )
        yield Fault(Reason.UNSUPPORTED, detail, subject.answer.given, strangest.text)


def _is_paraphrase(subject: CheckInput, settings: CheckSettings) -> bool:
    """Whether an answer may say what the source says in everyday words: what it has beyond the source are not the words of a subject.

    That tells something only where the question is about the source; an answer from elsewhere comes with a question from elsewhere.
    One such claim may stand alone, or with fewer foreign words beside others that are well supported.
    """
    claims = subject.support.claims
    weak = [claim for claim in claims if _is_weak(claim, settings)]
    if not weak or _of_the_question(subject) < _ASKED_OF_SOURCE:
        return False
    if len(claims) == 1:
        return foreign_words(claims[0], subject.source) < settings.min_foreign_words
    few = min(_FOREIGN_ASIDE, settings.min_foreign_words)
    return all(foreign_words(claim, subject.source) < few for claim in weak) and all(
        claim.score >= _WELL_SUPPORTED for claim in claims if claim not in weak
    )


def _is_weak(claim: Claim, settings: CheckSettings) -> bool:
    return claim.score < settings.min_support or claim.shared < settings.min_shared


def _of_the_question(subject: CheckInput) -> float:
    """The share of the question's words, by weight, that the source has."""
    asked = subject.question.stems
    return weight(asked & subject.source.postings.keys()) / max(1.0, weight(asked))
