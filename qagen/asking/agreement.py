"""How far two answers to the same question agree: the pair's own, and one that a model gave from the source alone.

One of them may say more than the other, so the better direction counts: how far the one bears out what the other says, by the checks
that an answer has to pass against its source. A contradiction in either direction ends it.
"""

from collections.abc import Iterable

from qagen.checks import Check, CheckInput, IndexedSource
from qagen.checks.negated import negated
from qagen.checks.refusal import refusal
from qagen.checks.turned_around import turned_around
from qagen.checks.ungrounded_number import ungrounded_number
from qagen.parsing.reasoning import set_apart
from qagen.records import Completion, Pair
from qagen.settings import CheckSettings

NOT_ANSWERED = "NOT ANSWERED"
_CONTRADICTIONS = (negated, turned_around)
"""What the one answer denies or turns around is a contradiction, whichever of them says more."""
_MOST_CHARS = 20_000


def read_answer(completion: Completion) -> str | None:
    """The answer of a response, "" where the model finds none in the source, or None where the response is no answer."""
    if completion.finish_reason == "length":
        return None
    final = set_apart(completion.text)
    text = completion.text[final.start : final.end].strip()
    if not text or len(text) > _MOST_CHARS:
        return None
    return "" if NOT_ANSWERED in text.upper() else text


def is_none(pair: Pair, again: str, settings: CheckSettings) -> bool:
    """Whether an answer given anew says that the source does not answer the question: in the form asked for, or as a refusal."""
    return not again or _fails(
        CheckInput.of(Pair(pair.question, again), IndexedSource("")), (refusal,), settings
    )


def agreement(pair: Pair, again: str, settings: CheckSettings) -> float:
    """How far an answer given anew agrees with the pair's, in [0, 1]; 0 where it `is_none`."""
    other = Pair(pair.question, again)
    if is_none(pair, again, settings):
        return 0.0
    ways = (CheckInput.of(pair, IndexedSource(again)), CheckInput.of(other, IndexedSource(pair.answer)))
    if any(_fails(way, _CONTRADICTIONS, settings) for way in ways):
        return 0.0
    return max(0.0 if _fails(way, (ungrounded_number,), settings) else way.support.score for way in ways)


def _fails(subject: CheckInput, checks: Iterable[Check], settings: CheckSettings) -> bool:
    return any(True for check in checks for _ in check(subject, settings))
