"""Whether any place of a paper answers a question, one way of answering after another."""

import pytest

from qagen.checks import IndexedSource
from qagen.checks.reading.quantities import quantities
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
MOULDS = (
    "The moulds were bought from Northcast Foundry in Leeds. Twelve moulds were coated with zirconia twice a week. In the second year the "
    "moulds were scraped to avoid cracks. Electrons leave the graphite anode through a copper collector. About 280M nodes are meshed in "
    "the moulds."
)
PAPER = WholePaper(
    f"{METHODS}\n\n{TABLE}\n{MOULDS}",
    [
        (0, len(METHODS)),
        (len(METHODS) + 2, len(METHODS) + 2 + len(TABLE)),
        (len(METHODS) + len(TABLE) + 3, len(METHODS) + len(TABLE) + 3 + len(MOULDS)),
    ],
    [("2. Casting of ingots",), ("3. Hardness",), ("4. Moulds",)],
)


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("At what temperature were the ingots annealed?", "The ingots were annealed"),
        ("How long were the ingots annealed?", "The ingots were annealed"),
        ("How long were the ingots annealed at 1123.15 K?", "The ingots were annealed"),
        ("How thick were the rolled plates?", "The ingots were annealed"),
        ("What was the thickness of the plates?", "The ingots were annealed"),
        ("What was the yield of sample B?", "The yield of sample B"),
        ("Why was the yield of sample B 43 %?", "The yield of sample B"),
        ("Which acid were the plates etched with?", "Plates were etched"),
        ("In which gas was alloy K-17 cast?", "Alloy K-17 was cast"),
        ("What is the hardness of K-17?", "| K-17 | 4.1 |"),
        ("What is the hardness of K-19?", "| K-19 | 5.2 |"),
        ("How many moulds were coated with zirconia?", "Twelve moulds"),
        ("How often were the moulds coated?", "Twelve moulds"),
        ("Why were the moulds scraped in the second year?", "In the second year"),
        ("How were the moulds scraped?", "In the second year"),
        ("Through which collector do electrons leave the anode?", "Electrons leave"),
        ("Which electrode do electrons leave?", "Electrons leave"),
        (
            "In what manner do electrons leave the anode of the graphite cell towards the copper collector?",
            "Electrons leave",
        ),
        ("How many nodes are meshed in the moulds?", "About 280M nodes"),
        ("Where is Northcast Foundry?", "The moulds were bought"),
        ("Which country were the moulds bought in?", "The moulds were bought"),
    ],
)
def test_a_question_that_a_section_answers_is_answered_by_its_sentence(question, begins):
    assert (PAPER.answering(question, 0.005) or "").startswith(begins)


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("How deep are the grooves of the moulds?", True),
        ("How wide are the grooves of the moulds?", False),
        ("How heavy are the grooves of the moulds?", False),
    ],
)
def test_a_measure_by_its_name_answers_how_deep_something_is(question, answers):
    text = "The grooves of the moulds have a depth of 4 mm."
    paper = WholePaper(text, [(0, len(text))], [("4. Moulds",)])
    assert (paper.answering(question, 0.005) is not None) is answers


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
        "How long were the ingots annealed at 900 °C?",
        "Who supplied the moulds?",
        "Why were the moulds scraped in the third year?",
        "How were the moulds polished?",
        "What was the cost of the moulds?",
        "What is the ratio of copper to graphite?",
        "What?",
    ],
)
def test_a_question_near_what_a_paper_says_is_not_answered_by_that(question):
    assert PAPER.answering(question, 0.005) is None


def test_the_nearest_passages_come_with_the_sentences_around_them_in_the_order_of_the_paper():
    leaked = "Plates were etched with nitric acid. The yield of sample B was 43 %, because the mould leaked."
    rows = TABLE.strip()
    assert PAPER.nearest("What is the hardness of K-19, and the yield of sample B?") == f"{leaked}\n\n{rows}"
    assert PAPER.nearest("What is the hardness of K-19?") == rows
    assert PAPER.nearest("Which collector?") == MOULDS[MOULDS.index("In the second") :]
    assert PAPER.nearest("Was it gold?") == ""


def test_a_paper_has_names_across_words_and_as_initials_of_words():
    assert [
        name for name in ("MOULDS", "zirconias", "nitricacid", "PWEW", "B", "43") if not PAPER.has(name)
    ] == []
    assert [name for name in ("K-1", "AKWC", "pwew", "PWE", "IAOC", "tesw") if PAPER.has(name)] == []


def test_a_paper_states_a_number_in_whatever_unit():
    told, untold = "850 °C, 1123.15 K, 720 min, 12, 5.2 GPa, 43", "13, 5.3 GPa, 0.43, 851 °C"
    assert [one.text for one in quantities(told) if not PAPER.states(one, 0.005)] == []
    assert [one.text for one in quantities(untold) if PAPER.states(one, 0.0005)] == []


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


def judged(question, answer=NOT_STATED, settings=None):
    pair = Pair(question, answer, 0, QuestionKind.UNANSWERABLE)
    return check_unanswerable(pair, IndexedSource(METHODS), PAPER, settings or CheckSettings())


def test_what_is_disabled_speaks_against_no_question_without_an_answer():
    lenient = CheckSettings(disabled=["wrong_kind"])
    said = judged("What was the rainfall in the northern valley?", "It was 7.8 mm.", lenient)
    assert (said.faults, said.pair.answer) == ((), NOT_STATED)
    assert [(edit.by, edit.before) for edit in said.edits] == [("not_stated", "It was 7.8 mm.")]
    found = judged("At what temperature were the ingots annealed?", "At 900 K.", lenient)
    assert [fault.reason for fault in found.faults] == [Reason.ANSWERABLE]


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
