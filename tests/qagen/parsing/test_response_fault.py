"""The one reason why a response gave no pair."""

import pytest

from qagen.parsing.response_fault import _HEAD, _LONG, reads_like_plan, response_fault
from qagen.reasons import Reason
from qagen.records import Fault

UNANSWERED = Fault(Reason.UNANSWERED_QUESTION, "no answer follows this question", "Why?")
UNASKED = Fault(Reason.UNASKED_ANSWER, "no question stands before this answer", "So.")
ECHO = Fault(Reason.TEMPLATE_ECHO, "a placeholder stands where text should", "...")
SORRY = "Sorry, but I cannot do that."
NONE = Fault(Reason.NO_PAIRS, "no question with an answer was found", "whole")
PLAN = Fault(Reason.REASONING_ONLY, "a plan that never comes to the pairs", "whole")


def fault(reason, detail):
    return Fault(reason, detail, "whole")


def refusal(line):
    return fault(Reason.REFUSAL, f"it says: {line!r}")


def asking(line):
    return fault(Reason.CLARIFICATION_REQUEST, f"it asks back: {line!r}")


@pytest.mark.parametrize(
    ("final", "reasoning", "faults", "expected"),
    [
        ("", False, (), fault(Reason.EMPTY, "there is no text in the response")),
        (" \n", True, (), fault(Reason.REASONING_ONLY, "nothing follows the reasoning")),
        ("Ice is cold.", False, (), NONE),
        ("Ice is cold.", True, (UNASKED,), NONE),
        ("Okay, so I need ten questions.", False, (), PLAN),
        ("Ice ...", False, (ECHO, ECHO), fault(Reason.TEMPLATE_ECHO, "the form of the pairs is there, filled with placeholders only")),
        ("Ice ...", False, (ECHO, UNASKED), NONE),
        (f"Ice.\n{SORRY}\nSo it is.", False, (), refusal(SORRY)),
        (SORRY, False, (ECHO,), refusal(SORRY)),
        (SORRY, False, (UNANSWERED,), NONE),
        (SORRY, False, (UNASKED,), NONE),
        (f"{SORRY} The user wants too much.", False, (), NONE),
        ("Ice.\nCould you share the text?\nIt is cold.", False, (), asking("Could you share the text?")),
        ("Could you share the text? The user forgot it.", False, (), NONE),
        (f"{SORRY} I do not see the excerpt", False, (), refusal(f"{SORRY} I do not see the excerpt")),
        (f"{SORRY} Do I not see the excerpt?", False, (), asking(f"{SORRY} Do I not see the excerpt?")),
        (f"{SORRY} I do not see the excerpt, please", False, (), asking(f"{SORRY} I do not see the excerpt, please")),
        ("I do not see the excerpt", False, (), asking("I do not see the excerpt")),
        ("x" * _HEAD + SORRY, False, (), NONE),
        (SORRY + "x" * (_LONG - len(SORRY)), False, (), refusal((SORRY + "x" * _LONG)[:120])),
        (SORRY + "x" * (_LONG - len(SORRY) + 1), False, (), NONE),
    ],
)  # fmt: skip
def test_a_response_without_pairs_has_one_reason(final, reasoning, faults, expected):
    assert response_fault("whole", final, cut=None, reasoning=reasoning, faults=faults) == expected


def test_a_cut_response_says_how_it_was_cut():
    found = response_fault("whole", "", cut="the text breaks off", reasoning=False, faults=(UNASKED,))
    assert found == fault(Reason.TRUNCATED, "the text breaks off before the first pair was complete")


def test_thoughts_speak_of_the_user_near_their_beginning():
    assert reads_like_plan("Here The User wants pairs.")
    assert not reads_like_plan("You want pairs." + " " * _HEAD + "the user")
