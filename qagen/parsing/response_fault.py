"""Why a response without a usable pair has none: one reason for the response as a whole."""

from qagen.parsing.phrases import ASKS_BACK, REFUSAL, reads_like_reasoning
from qagen.reasons import Reason
from qagen.records import Fault

_HEAD = 600
"""Characters from the start in which a refusal or a question back shows."""
_LONG = 3000
"""A response longer than this is neither."""


def response_fault(
    whole: str, final: str, *, cut: str | None, reasoning: bool, faults: tuple[Fault, ...]
) -> Fault:
    """The fault of a response that gave no pair.

    Args:
        whole: the response as it came.
        final: its final text.
        cut: how it is known to be cut off, or None.
        reasoning: whether reasoning was set apart from it.
        faults: the faults of its pieces.
    """
    final = final.strip()
    if cut is not None:
        return Fault(Reason.TRUNCATED, f"{cut} before the first pair was complete", whole)
    if not final and not reasoning:
        return Fault(Reason.EMPTY, "there is no text in the response", whole)
    if not final:
        return Fault(Reason.REASONING_ONLY, "nothing follows the reasoning", whole)
    head = final[:_HEAD]
    reasons = {fault.reason for fault in faults}
    if len(final) <= _LONG and not reasons & {Reason.UNANSWERED_QUESTION, Reason.UNASKED_ANSWER}:
        refuses, asks = REFUSAL.search(head), ASKS_BACK.search(head)
        if (
            asks
            and (refuses is None or "?" in final or "please" in head.lower())
            and not reads_like_plan(final)
        ):
            return Fault(Reason.CLARIFICATION_REQUEST, f"it asks back: {_line(head, asks.start())!r}", whole)
        if refuses and not reads_like_plan(final):
            return Fault(Reason.REFUSAL, f"it says: {_line(head, refuses.start())!r}", whole)
    if reads_like_reasoning(final):
        return Fault(Reason.REASONING_ONLY, "a plan that never comes to the pairs", whole)
    if reasons == {Reason.TEMPLATE_ECHO}:
        return Fault(
            Reason.TEMPLATE_ECHO, "the form of the pairs is there, filled with placeholders only", whole
        )
    return Fault(Reason.NO_PAIRS, "no question with an answer was found", whole)


def reads_like_plan(text: str) -> bool:
    """Whether it speaks of the user or the task as thoughts do; a refusal speaks to the user."""
    return "the user" in text[:_HEAD].lower()


def _line(text: str, place: int) -> str:
    start = text.rfind("\n", 0, place) + 1
    return text[start:].partition("\n")[0][:120]
