"""Pairs of the kind that was asked for, and pairs of another one."""

import pytest

from qagen.checks import IndexedSource, check_pair
from qagen.question_kinds import Difficulty, QuestionKind
from qagen.reasons import Reason
from qagen.records import Pair
from qagen.settings import CheckSettings

SOURCE = IndexedSource(
    "The film cracked because the substrate shrank on cooling. It was annealed at 450 °C for 2 h in argon. Silver films cracked less than "
    "gold films, since silver creeps. Above 20 nm no film cracked."
)
WHY = "Why did the film crack on cooling?"
BECAUSE = "The film cracked because the substrate shrank on cooling."
HOW_MUCH = "At what temperature was the film annealed in argon?"
DEGREES = "The film was annealed at 450 °C for 2 h in argon."

RIGHT = {
    QuestionKind.FACTUAL: [("Which gas was the film annealed in?", DEGREES), (HOW_MUCH, DEGREES)],
    QuestionKind.COMPARISON: [
        (
            "How do silver and gold films differ in their cracking?",
            "Silver films cracked less than gold films.",
        ),
        ("Which crack less, silver films or gold films?", "Silver films cracked less than gold films."),
    ],
    QuestionKind.CAUSE: [(WHY, BECAUSE), ("What caused the film to crack on cooling?", BECAUSE)],
    QuestionKind.MECHANISM: [("How does cooling crack the film?", BECAUSE)],
    QuestionKind.METHOD: [
        ("How was the film annealed?", DEGREES),
        ("What procedure annealed the film?", DEGREES),
    ],
    QuestionKind.QUANTITATIVE: [(HOW_MUCH, DEGREES)],
    QuestionKind.CONDITION: [
        ("From which thickness on did no film crack?", "Above 20 nm no film cracked."),
        ("Under what conditions was the film annealed?", DEGREES),
    ],
    QuestionKind.OPEN: [
        ("What follows for films of gold on a substrate that shrinks?", BECAUSE),
        (WHY, BECAUSE),
    ],
}
NO_CAUSE, NO_WAY = "the question asks for no cause", "the question does not ask how something comes about"
WRONG = {
    QuestionKind.FACTUAL: [
        (WHY, BECAUSE, "the question asks for a reason"),
        (f' "{WHY}" is asked?', BECAUSE, "the question asks for a reason"),
    ],
    QuestionKind.COMPARISON: [(HOW_MUCH, DEGREES, "the question compares nothing")],
    QuestionKind.CAUSE: [
        (HOW_MUCH, DEGREES, NO_CAUSE),
        ("What effect does cooling have on the film?", BECAUSE, "the question asks for an effect"),
    ],
    QuestionKind.MECHANISM: [
        (HOW_MUCH, DEGREES, NO_WAY),
        ("How thick were the films that did not crack?", "Above 20 nm.", NO_WAY),
    ],
    QuestionKind.METHOD: [(WHY, BECAUSE, "the question does not ask how something was done")],
    QuestionKind.QUANTITATIVE: [
        (WHY, BECAUSE, "the answer states no value"),
        (
            "How much did the film annealed at 450 °C crack?",
            "The film that was annealed at 450 °C cracked.",
            "the answer states no value that the question does not state",
        ),
    ],
    QuestionKind.CONDITION: [(WHY, BECAUSE, "the question asks for no condition")],
    QuestionKind.OPEN: [
        ("How long was the film annealed?", DEGREES, "a question that begins 'How long' has one answer")
    ],
}


def objections(question, answer, kind, difficulty=None, **settings):
    verdict = check_pair(Pair(question, answer, 0, kind, difficulty), SOURCE, CheckSettings(**settings))
    return [fault.detail for fault in verdict.faults if fault.reason is Reason.WRONG_KIND]


@pytest.mark.parametrize(("kind", "pair"), [(kind, pair) for kind, pairs in RIGHT.items() for pair in pairs])
def test_a_pair_of_its_kind_passes(kind, pair):
    assert objections(*pair, kind) == []


@pytest.mark.parametrize(
    ("kind", "question", "answer", "problem"),
    [(kind, *case) for kind, cases in WRONG.items() for case in cases],
)
def test_a_pair_of_another_kind_is_turned_down(kind, question, answer, problem):
    assert objections(question, answer, kind) == [f"asked for {kind}: {problem}"]


def test_pairs_of_any_kind_are_of_no_wrong_one():
    cases = [case for cases in WRONG.values() for case in cases]
    assert [objections(question, answer, None) for question, answer, _ in cases] == [[] for _ in cases]


def test_the_rule_can_be_switched_off():
    assert objections(WHY, BECAUSE, QuestionKind.METHOD, disabled=("wrong_kind",)) == []


def test_what_is_asked_for_as_hard_takes_more_than_one_sentence_and_what_is_easy_does_not():
    long = f"{BECAUSE} {DEGREES} Above 20 nm no film cracked."
    assert objections(WHY, BECAUSE, QuestionKind.CAUSE, Difficulty.EASY) == []
    assert objections(WHY, BECAUSE, QuestionKind.CAUSE, Difficulty.HARD) == [
        "asked for cause: hard: one sentence of the source answers it"
    ]
    assert objections(WHY, long, QuestionKind.CAUSE, Difficulty.HARD) == []
    assert objections(WHY, long, QuestionKind.CAUSE, Difficulty.EASY) == [
        "asked for cause: easy: the answer puts 3 sentences of the source together"
    ]


def test_in_other_languages_only_values_are_looked_for():
    assert (
        objections(
            "Warum riss der Film beim Abkühlen?",
            "Weil das Substrat schrumpfte.",
            QuestionKind.METHOD,
            language="de",
        )
        == []
    )
    (detail,) = objections(
        "Wie warm war der Film?", "Der Film war sehr warm.", QuestionKind.QUANTITATIVE, language="de"
    )
    assert detail == "asked for quantitative: the answer states no value"
