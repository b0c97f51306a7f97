"""The round trip's comparison of two answers."""

import pytest

from qagen.asking.agreement import agreement, read_answer
from qagen.records import Completion, Pair
from qagen.settings import CheckSettings

QUESTION = "Why does the ice of the lagoon thin from below in spring?"
ANSWER = (
    "Warm brine of 3.2 % salt melts the ice of the lagoon from below because salt lowers its freezing point."
)


def agreed(again, answer=ANSWER):
    return agreement(Pair(QUESTION, answer), again, CheckSettings())


def test_the_same_answer_agrees_and_so_do_a_shorter_and_a_longer_one():
    assert agreed(ANSWER) == 1.0
    assert (
        agreed("Salt lowers the freezing point, so warm brine melts the ice of the lagoon from below.") > 0.5
    )
    assert agreed(f"{ANSWER} Snow on top of it keeps it thin as well.") > 0.5


@pytest.mark.parametrize(
    "again",
    [
        "",
        "I cannot answer this question from the text.",
        "Wind packs the snow into drifts and cools the meadows.",
        ANSWER.replace("3.2 %", "7.9 %"),
        ANSWER.replace("lowers", "does not lower"),
        ANSWER.replace("lowers", "raises"),
    ],
)
def test_no_answer_another_one_or_one_that_contradicts_does_not_agree(again):
    assert agreed(again) < 0.5


@pytest.mark.parametrize(
    ("text", "finish_reason", "read"),
    [
        ("It is so.\n</think>\n\nBecause salt does it.", "stop", "Because salt does it."),
        ("Not answered.", "stop", ""),
        ("Because salt", "length", None),
        ("<think>Because salt does it.", "stop", None),
        ("  ", "stop", None),
        ("x" * 30_000, "stop", None),
    ],
)
def test_an_answer_is_the_final_text_and_what_is_cut_off_or_endless_is_none(text, finish_reason, read):
    assert read_answer(Completion(text, finish_reason=finish_reason)) == read
