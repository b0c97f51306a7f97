"""What is asked for stands in the answer: a reason after "why", a number after "how many".

A true sentence that gives no reason is no answer to "why"; whether the reason is right is the question of others.
"""

import re
from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.words import NUMBER_WORDS, word_set
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_WHY = re.compile(r"\W*(?:why\b|for what reason\b|what (?:is|was) the reason\b)", re.IGNORECASE)
_REASONS = word_set(
    """
    because due since as so thus therefore thereby hence consequently owing to for lead leads led leading cause causes caused
    causing result results resulted resulting makes make making made allow allows allowed allowing enable enables enabled
    enabling give gives giving gave prevent prevents preventing avoid avoids ensure ensures ensuring reason reasons
    attributed attributable arise arises arising from comes come through by depends help helps helping contribute
    contributes favour favours favor favors explain explains explained reflects responsible via thanks drive drives
    driven whereas but means meaning required requires needed necessary if when without otherwise would could can cannot
    require yield yields produce produces too enough
    """
)
"""One of these stands in any sentence that gives a reason."""
_HOW_MANY = re.compile(
    r"\bhow (?:many|much|long|often|large|high|fast|far|big|old|thick|wide|deep|low|small)\b"
    r"|\bwhat (?:percentage|fraction|proportion|number|temperature|concentration|wavelength|duration)\b",
    re.IGNORECASE,
)
_AMOUNTS = NUMBER_WORDS.keys() | word_set(
    """
    once twice thrice half third thirds quarter quarters fifth double triple several many few none no all every each both
    overnight single tenfold twofold threefold always never more less longer shorter higher lower larger smaller fewer
    much most faster slower hundreds thousands tens dozens millions similar same equal increase increases increased
    decrease decreases decreased rise fall room ambient unknown until daily hourly weekly monthly annually
    """
)


def unanswered(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject an answer without a reason where one is asked for, or without any amount."""
    asked, answer = subject.question.plain, subject.answer
    if not answer.words:
        return
    if _WHY.match(asked) and _REASONS.isdisjoint(answer.vocabulary) and not _is_reason_in_source(subject):
        detail = "the question asks for a reason, and the answer gives none"
        yield Fault(Reason.UNANSWERED, detail, answer.given, answer.plain)
    elif (
        (amount := _HOW_MANY.search(asked))
        and _AMOUNTS.isdisjoint(answer.vocabulary)
        and not any(letter.isdigit() for letter in answer.plain)
    ):
        detail = f"the question asks {amount[0].lower()!r}, and the answer gives no amount"
        yield Fault(Reason.UNANSWERED, detail, answer.given, answer.plain)


_CUES = word_set(
    """
    because since due therefore thus hence so as owing consequently cause causes caused causing lead leads led leading result
    results resulted resulting attributed attributable allows allowed enables enabled prevents prevented responsible reason
    """
)


def _is_reason_in_source(subject: CheckInput) -> bool:
    """Whether the source gives what the answer says as a reason, so that the answer need not say so."""
    sentences = subject.source.sentences
    return any(
        not _CUES.isdisjoint(sentences[number].words)
        for alignment in subject.alignments
        for number in alignment.numbers[:1]
    )
