"""Whether any place of a paper answers a question, one way of answering after another."""

import pytest

from qagen.checks import IndexedSource
from qagen.checks.reading.whole_paper import WholePaper
from qagen.checks.unanswerable import check_unanswerable, says_nothing
from qagen.question_kinds import NOT_STATED, QuestionKind
from qagen.reasons import Reason
from qagen.records import Pair
from qagen.settings import CheckSettings

METHODS = (
    "Alloy K-17 was cast in argon. The ingots were annealed at 850 °C for 12 h and rolled to plates of 3 mm thickness. Plates were etched "
    "with nitric acid. The yield of sample B was 43 %, because the mould leaked."
)
TABLE = "| alloy | hardness (GPa) |\n| --- | --- |\n| K-17 | 4.1 |\n| K-19 | 5.2 |\n"
PAPER = WholePaper(
    f"{METHODS}\n\n{TABLE}",
    [(0, len(METHODS)), (len(METHODS) + 2, len(METHODS) + 2 + len(TABLE))],
    [("2. Casting of ingots",), ("3. Hardness",)],
)


@pytest.mark.parametrize(
    "question",
    [
        "At what temperature were the ingots annealed?",
        "How long were the ingots annealed?",
        "How thick were the rolled plates?",
        "What was the yield of sample B?",
        "Why was the yield of sample B 43 %?",
        "Which acid were the plates etched with?",
        "In which gas was alloy K-17 cast?",
        "What is the hardness of K-19?",
    ],
)
def test_a_question_that_a_section_answers_is_answered(question):
    assert PAPER.answering(question, 0.005) is not None


@pytest.mark.parametrize(
    "question",
    [
        "At what pressure were the ingots annealed?",
        "What was the density of the ingots?",
        "What was the yield of sample C?",
        "What is the hardness of K-18?",
        "How many ingots were annealed?",
        "What was the diameter of the rolled plates?",
        "How long were the plates etched?",
        "Which company cast alloy K-17?",
        "What was the yield of sample B after 30 cycles?",
        "How often were the ingots annealed?",
    ],
)
def test_a_question_near_what_a_paper_says_is_not_answered_by_that(question):
    assert PAPER.answering(question, 0.005) is None


def test_the_nearest_passages_come_in_the_order_of_the_paper():
    assert PAPER.nearest("What is the hardness of K-19, and the yield of sample B?").startswith(
        "Plates were etched"
    )
    assert "| K-19 | 5.2 |" in PAPER.nearest("What is the hardness of K-19?")


@pytest.mark.parametrize(
    "answer",
    [
        "Not stated.",
        "not stated",
        "**Not stated**",
        "N/A",
        "The excerpt does not mention this.",
        "This is not given in the text.",
    ],
)
def test_an_answer_that_says_that_there_is_none_says_nothing(answer):
    assert says_nothing(answer)


@pytest.mark.parametrize(
    "answer", ["It was 5 nm.", "Not stated, but it was probably 5 nm thick.", "Not much."]
)
def test_an_answer_that_says_something_is_none_of_them(answer):
    assert not says_nothing(answer)


def judged(question, answer=NOT_STATED):
    pair = Pair(question, answer, 0, QuestionKind.UNANSWERABLE)
    return check_unanswerable(pair, IndexedSource(METHODS), PAPER, CheckSettings())


def test_a_question_without_an_answer_keeps_what_the_model_wrote_for_it():
    found = judged("What was the density of the annealed ingots?", "The text does not say what it was.")
    assert (found.pair.answer, found.accepted) == (NOT_STATED, True)
    assert [(edit.by, edit.field, edit.before) for edit in found.edits] == [
        ("not_stated", "answer", "The text does not say what it was.")
    ]
    assert [METHODS[start:end].split()[1] for start, end in found.evidence] == ["ingots"]
    assert 0 < found.support < 1


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        ("At what temperature were the ingots annealed?", NOT_STATED, Reason.ANSWERABLE),
        ("What was the density of the ingots?", "It was 7.8 g/cm3.", Reason.WRONG_KIND),
        ("What was the rainfall in the northern valley?", NOT_STATED, Reason.WRONG_KIND),
        ("Which density do the authors give for the ingots?", NOT_STATED, Reason.REFERS_TO_PAPER),
        ("Density?", NOT_STATED, Reason.TOO_SHORT),
        ("What was the density " + "of the ingots " * 2000 + "?", NOT_STATED, Reason.TOO_LONG),
    ],
)
def test_what_is_wrong_with_a_question_without_an_answer_is_said(question, answer, reason):
    assert reason in {fault.reason for fault in judged(question, answer).faults}
