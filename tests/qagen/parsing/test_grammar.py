"""What is no pair among the pieces of a marked text: each is reported with its reason and its words."""

import pytest

from qagen.parsing import explain, parse
from qagen.parsing.grammar import MOST_FAULTS, read_marked
from qagen.parsing.lines import MOST_CANDIDATES
from qagen.reasons import Reason
from qagen.records import Fault

PLACEHOLDER = "a placeholder stands where text should"
UNANSWERED = "no answer follows this question"
UNASKED = "no question stands before this answer"


def read(text, cut=False):
    reading = read_marked(f"\n{text}", cut)
    return [(pair.question, pair.answer) for pair in reading.pairs], reading.faults


@pytest.mark.parametrize(
    ("text", "pairs", "faults"),
    [
        ("###ANSWER: It slides.", [], [Fault(Reason.UNASKED_ANSWER, UNASKED, "It slides.")]),
        ("###ANSWER: ...", [], []),
        ("###ANSWER:", [], []),
        ("###QUESTION:\n###ANSWER:\n---", [], []),
        (
            "###QUESTION:\n###ANSWER: It slides.",
            [],
            [Fault(Reason.UNASKED_ANSWER, "the question before this answer is empty", "It slides.")],
        ),
        (
            "###QUESTION: How does ice move?\n###ANSWER:\n---",
            [],
            [
                Fault(
                    Reason.UNANSWERED_QUESTION,
                    "the answer behind this question is empty",
                    "How does ice move?",
                )
            ],
        ),
        ("###QUESTION: <question here>", [], [Fault(Reason.TEMPLATE_ECHO, PLACEHOLDER, "question here")]),
        (
            "###QUESTION: <question here>\n###ANSWER:\n---",
            [],
            [Fault(Reason.TEMPLATE_ECHO, PLACEHOLDER, "question here\n")],
        ),
        (
            "###QUESTION:\n###ANSWER: <answer here>\n---",
            [],
            [Fault(Reason.TEMPLATE_ECHO, PLACEHOLDER, "\nanswer here")],
        ),
        (
            "###QUESTION: Why does it melt?\n###ANSWER: <answer here>\n---",
            [],
            [Fault(Reason.TEMPLATE_ECHO, PLACEHOLDER, "Why does it melt?\nanswer here")],
        ),
        (
            "###QUESTION: <question here>\n###ANSWER: It is warm.\n---",
            [],
            [Fault(Reason.TEMPLATE_ECHO, PLACEHOLDER, "question here\nIt is warm.")],
        ),
        (
            "###QUESTION: Why?\n###QUESTION: Where?\n###ANSWER: At the bed.",
            [("Where?", "At the bed.")],
            [Fault(Reason.UNANSWERED_QUESTION, UNANSWERED, "Why?")],
        ),
        (
            "Q1: Why?\nQ2: How?\nQ1: Where?\n\nA2: By creep.",
            [("How?", "By creep.")],
            [
                Fault(Reason.UNANSWERED_QUESTION, UNANSWERED, "Where?"),
                Fault(Reason.UNANSWERED_QUESTION, UNANSWERED, "Why?"),
            ],
        ),
        (
            "Q1: Why?\nQ2: How?\n\nA2: By creep.\nA1: By heat.",
            [("How?", "By creep."), ("Why?", "By heat.")],
            [],
        ),
        (
            "Q3: Why?\nQ1: How?\nQ2: Where?\n---\nA2: Here.",
            [("Where?", "Here.")],
            [
                Fault(Reason.UNANSWERED_QUESTION, UNANSWERED, "Why?"),
                Fault(Reason.UNANSWERED_QUESTION, UNANSWERED, "How?"),
            ],
        ),
        (
            "Question: Why?\nAnswer: By heat.\nAnswer: By creep.",
            [("Why?", "By heat.")],
            [Fault(Reason.UNASKED_ANSWER, UNASKED, "By creep.")],
        ),
        (
            "Question: Why?\nAnswer: By heat.\n\nHow does it flow?\nAnswer: By creep.",
            [("Why?", "By heat."), ("How does it flow?", "By creep.")],
            [],
        ),
        ("Question: Why?\n## Answers\n---\nAnswer: By heat.", [("Why?", "By heat.")], []),
    ],
)
def test_each_piece_is_a_pair_or_a_fault(text, pairs, faults):
    assert read(text) == (pairs, faults)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("Q1. Why?\nA1. By heat.\n", [("Why?", "By heat.")]),
        ("Q: Why? A: By heat.\n", [("Why?", "By heat.")]),
        ("Q: Why? A：By heat: so.\n", [("Why?", "By heat: so.")]),
        ("Q1. Why?\nA2. By heat.\n", [("Why?", "By heat.")]),
        ("Q1: Why?\nA2. By heat.\n", []),
        ("Q1: Why?\nA1. By heat.\n", [("Why?", "By heat.")]),
        ("Q1: Why?\n---\nA1. By heat.\n", [("Why?", "By heat.")]),
        ("Q1: Why?\n---\nA2. By heat.\n", []),
        ("Q1. Why?\n---\nA2. By heat.\n", [("Why?", "By heat.")]),
        ("Question: Why?\n---\nA: By heat.\n", [("Why?", "By heat.")]),
        ("Question: Why?\nAnswer: By heat in\nA: the area.\n", [("Why?", "By heat in\nA: the area.")]),
        ("Question: Why?\nAnswer: By heat.\n---\nA: the area.\n", [("Why?", "By heat.")]),
        ("Question: Why?\nAnswer: By heat.\nQ: the heat.\n", [("Why?", "By heat.\nQ: the heat.")]),
        (
            "Question: Why?\nAnswer: By heat.\nQ: How so?\nA: By creep.",
            [("Why?", "By heat."), ("How so?", "By creep.")],
        ),
        ("Q1. Why?\nA1. By heat.\nQ2. so it is\n", [("Why?", "By heat.\nQ2. so it is")]),
    ],
)  # fmt: skip
def test_a_loose_marker_counts_where_its_surroundings_agree(text, pairs):
    assert read(text)[0] == pairs


@pytest.mark.parametrize(
    ("text", "pairs", "broken"),
    [
        ("###QUESTION: Why?\n###ANSWER: By heat.\n", [], "###QUESTION: Why?\n###ANSWER: By heat."),
        (
            "###QUESTION: Why?\n###ANSWER: By heat.\n###QUESTION: How do",
            [("Why?", "By heat.")],
            "###QUESTION: How do",
        ),
        ("###QUESTION: Why?\n###ANSWER: By heat.\n---\n", [("Why?", "By heat.")], None),
        ("###QUESTION: Why?\n###ANSWER: By heat.\n---\n###ANSWER: By cre", [("Why?", "By heat.")], "###ANSWER: By cre"),
        (
            "###QUESTION: Why?\n###ANSWER: By heat.\n---\n###QUESTION: How?\n###ANSWER: By cre",
            [("Why?", "By heat.")],
            "###QUESTION: How?\n###ANSWER: By cre",
        ),
        ("Question: Why?\nAnswer: By heat.\nQ: How?", [], "Question: Why?\nAnswer: By heat.\nQ: How?"),
    ],
)  # fmt: skip
def test_what_a_cut_text_ends_in_is_broken(text, pairs, broken):
    reading = read_marked(f"\n{text}", cut=True)
    assert ([(pair.question, pair.answer) for pair in reading.pairs], reading.broken) == (pairs, broken)


def test_a_cut_question_is_broken_and_no_fault():
    assert read("###QUESTION: Why?\n###QUESTION: How", cut=True) == (
        [],
        [Fault(Reason.UNANSWERED_QUESTION, UNANSWERED, "Why?")],
    )


@pytest.mark.parametrize(
    ("count", "last"),
    [
        (MOST_FAULTS, UNANSWERED),
        (MOST_FAULTS + 1, f"{UNANSWERED} (and 1 more pieces like these)"),
        (MOST_FAULTS + 7, f"{UNANSWERED} (and 7 more pieces like these)"),
    ],
)
def test_the_last_report_counts_the_pieces_that_have_none(count, last):
    _, faults = read("".join(f"###QUESTION: Why {n}?\n" for n in range(count)))
    assert faults == [
        *(Fault(Reason.UNANSWERED_QUESTION, UNANSWERED, f"Why {n}?") for n in range(MOST_FAULTS - 1)),
        Fault(Reason.UNANSWERED_QUESTION, last, f"Why {MOST_FAULTS - 1}?"),
    ]


def test_more_markers_than_any_response_has_are_told_of_with_what_follows_them():
    reading = read_marked("\n------" * (MOST_CANDIDATES + 300), cut=False)
    detail = (
        f"more than {MOST_CANDIDATES} lines look like markers; what follows the last of them was not read"
    )
    assert (reading.faults, reading.broken) == (
        [Fault(Reason.NO_PAIRS, detail, ("\n------" * 300)[:1000])],
        "",
    )


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("------", "separator"),
        ("Q&A Pair 2", "heading"),
        ("###TOPIC: ice", "heading"),
        ("```", "fence"),
        ("### Final Answer", "heading"),
        ("Here are the two question-answer pairs:", "introduction"),
    ],
)
def test_explain_names_what_stands_between_pairs(line, label):
    first, second = ("Question: Why?", "Answer: By heat."), ("Question: How?", "Answer: By creep.")
    explained = explain("\n".join([line, *first, line, "Aside.", *second]))
    assert explained[0] == (label, line)
    assert explained[3:] == (
        (label, line),
        ("outside", "Aside."),
        ("question", second[0]),
        ("answer", second[1]),
    )


def test_explain_names_a_question_that_nothing_marks():
    assert explain("How does it flow?\nAnswer: By creep.") == (
        ("question", "How does it flow?"),
        ("answer", "Answer: By creep."),
    )


FENCED = "It runs.\n\n```python\n# Question: how long?\nprint(1)\n```\n\nThat is all."


def test_markers_in_a_code_block_of_an_answer_are_text():
    assert (
        parse(f"Question: Why?\nAnswer: {FENCED}\nQuestion: How?\nAnswer: By creep.").pairs[0].answer
        == FENCED
    )


@pytest.mark.parametrize(
    ("text", "cut", "pairs"),
    [
        (
            "###QUESTION: Why?\n###ANSWER: So:\n```\nx = 1\n###QUESTION: How?\n###ANSWER: By\n```\ncreep.",
            False,
            [("Why?", "So:\n```\nx = 1"), ("How?", "By\n```\ncreep.")],
        ),
        (
            "###QUESTION: Why?\n###ANSWER: So:\n```\nx = 1\n---\n###QUESTION: How?\n###ANSWER: By creep.\n---\n",
            True,
            [("Why?", "So:\n```\nx = 1"), ("How?", "By creep.")],
        ),
        ("Question: Why?\nAnswer: So:\n```\nx = 1\n---\ny = 2\n", True, []),
        ("Question: Why?\nAnswer: So:\n```\nx = 1\n---\n```", True, []),
        ("Question: Why?\nAnswer: So:\n```\nx = 1\n---\n```\n---\n", True, [("Why?", "So:\n```\nx = 1\n---\n```")]),
        ("Question: Why?\nAnswer: So:\n```\nx = 1\n---\ny = 2\n", False, [("Why?", "So:\n```\nx = 1")]),
        (
            "```\nQuestion: Why?\nAnswer: By heat.\n```\n```\nQuestion: How?\nAnswer: By creep.\n```\nDone so far.",
            False,
            [("Why?", "By heat."), ("How?", "By creep.")],
        ),
    ],
)  # fmt: skip
def test_a_code_block_ends_at_its_fence_or_before_the_next_sure_marker(text, cut, pairs):
    assert read(text, cut)[0] == pairs


@pytest.mark.parametrize("count", [4, 5])
def test_generalities_are_cut_behind_four_answers_of_one_paragraph(count):
    pairs = [(f"Why number {n}?", f"By heat {n}.") for n in range(count)]
    tail = "\n\nOverall, heat is what matters."
    text = "\n".join(f"Question: {question}\nAnswer: {answer}" for question, answer in pairs)
    last = pairs[-1] if count > 4 else (pairs[-1][0], pairs[-1][1] + tail)
    assert read(text + tail)[0] == [*pairs[:-1], last]


def test_generalities_stay_where_an_answer_before_them_has_several_paragraphs():
    pairs = [(f"Why number {n}?", f"By heat.\n\nAnd by {n}.") for n in range(6)]
    tail = "\n\nOverall, heat is what matters."
    text = "\n".join(f"Question: {question}\nAnswer: {answer}" for question, answer in pairs)
    assert read(text + tail)[0] == [*pairs[:-1], (pairs[-1][0], pairs[-1][1] + tail)]
