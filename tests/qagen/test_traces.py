"""Traces: a pair's question asked anew, and its thoughts kept only where the answer agrees."""

from dataclasses import replace

import pytest

from qagen.asking.dialogue import replay_dialogue
from qagen.asking.judged import unjudged
from qagen.asking.recipe import Recipe
from qagen.asking.traces import trace_dialogue
from qagen.checks import IndexedSource, check_pair
from qagen.prompts import load_prompt
from qagen.reasons import Reason
from qagen.records import Chunk, Completion, Fault, Pair, Section, Trace
from qagen.settings import Settings

TEXT = "The conductivity of the pellets rose by 45 % since the grains touched at a pressure of 380 MPa. It fell above."
CHUNK = Chunk(0, 0, len(TEXT), TEXT, Section(("Results",), 0, len(TEXT), 0, body=True), (1,))
PAIR = Pair(
    "Why did the conductivity of the pellets rise?",
    "It rose by 45 % since the grains touched at a pressure of 380 MPa.",
)


def recipe(mode="off"):
    settings = Settings.model_validate({"judge": {"mode": mode}})
    return Recipe(settings, "server", "r1", reasoning=load_prompt("reasoning", "round-trip"))


def judged(**more):
    verdict = check_pair(PAIR, IndexedSource(TEXT), Settings().checks)
    assert verdict.accepted
    return replace(unjudged(verdict), **more)


def asked(*answers, one=None, chosen=None):
    """What comes of a pair, and how many requests it took."""
    given = iter(answers)
    replay = replay_dialogue(
        trace_dialogue(CHUNK, [one or judged()], chosen or recipe()), lambda key: next(given, None)
    )
    (result,) = replay.value
    return result.outcome, result.trace, len(replay.paid) + len(replay.open)


def completion(text, reasoning=None, finish_reason="stop"):
    return Completion(text, reasoning=reasoning, finish_reason=finish_reason)


def test_thoughts_are_kept_where_the_answer_agrees_wherever_the_server_puts_them():
    kept = ("kept", Trace("The grains touched.", 1.0), 1)
    assert asked(completion(PAIR.answer, "The grains touched.")) == kept
    assert asked(completion(f"<think>\nThe grains touched.\n</think>\n\n{PAIR.answer}")) == kept
    assert asked(completion(f"The grains touched.\n</think>\n\n{PAIR.answer}")) == kept


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("It did not rise by 45 % since the grains did not touch at a pressure of 380 MPa.", "disagrees"),
        ("It rose by 60 % since the binder melted.", "disagrees"),
        ("NOT ANSWERED", "no_answer"),
    ],
)
def test_thoughts_that_lead_elsewhere_are_not(answer, outcome):
    assert asked(completion(answer, "Hm.")) == (outcome, None, 1)


def test_an_answer_without_thoughts_or_with_the_prompt_in_them_leaves_no_trace():
    assert asked(completion(PAIR.answer)) == ("no_reasoning", None, 1)
    requests = replay_dialogue(trace_dialogue(CHUNK, [judged()], recipe()), lambda key: None).open
    shown = requests[0].request.messages[-1].content
    assert asked(completion(PAIR.answer, f"I see {shown}")) == ("no_reasoning", None, 1)


def test_an_answer_that_is_cut_off_is_asked_for_once_more_and_one_to_come_is_waited_for():
    cut = completion(PAIR.answer, "The grains", "length")
    assert asked(cut, completion(PAIR.answer, "They touched.")) == ("kept", Trace("They touched.", 1.0), 2)
    assert asked(cut, cut) == ("unusable", None, 2)
    assert asked() == ("waiting", None, 1)


def test_halves_of_surrogate_pairs_are_replaced():
    _, trace, _ = asked(completion(PAIR.answer, "They \ud800 touched."))
    assert trace.reasoning.encode()


def test_who_was_turned_down_is_not_asked_about():
    fault = (Fault(Reason.JUDGED_INACCURATE, "no"),)
    assert asked(one=judged(faults=fault, outcome="turned_down")) == ("", None, 0)


def test_a_pair_whose_judge_cannot_be_read_is_asked_about_where_the_build_may_do_without_the_judge():
    unread = judged(
        faults=(Fault(Reason.UNJUDGED, "no"),), outcome="unjudged", problem="it has no labels for the pair"
    )
    assert asked(one=unread, chosen=recipe("auto")) == ("waiting", None, 1)
    assert asked(one=unread, chosen=recipe("all")) == ("", None, 0)


def test_the_prompt_is_its_own_so_that_the_ledger_and_the_plan_tell_its_calls_apart():
    (question,) = replay_dialogue(trace_dialogue(CHUNK, [judged()], recipe()), lambda key: None).open
    assert question.prompt.startswith("reasoning@")
    assert (question.request.response_format, question.request.model) == ("text", "r1")
