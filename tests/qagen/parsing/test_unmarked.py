"""Questions and answers that no marker names."""

import pytest

from qagen.parsing.grammar import read_marked
from qagen.parsing.unmarked import _LONGEST, answered_below, asked_before
from qagen.reasons import Reason


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Why is it so?", (0, "Why is it so?")),
        ("An aside.\n\nWhy is it so?", (11, "Why is it so?")),
        ("An aside.\n \nExplain the flow", (12, "Explain the flow")),
        ("One.\n\nTwo.\n\n### 3. **Why is it so?**", (12, "Why is it so?")),
        ("An aside.\nWhy is it so?", (10, "Why is it so?")),
        ("An aside.\nExplain the flow", None),
        ("An aside.\n\n---\nExplain the flow", (11, "Explain the flow")),
        ("It is so.", None),
        ("Describe how it flows.", (0, "Describe how it flows.")),
        ("**Why is it so?** ", (0, "Why is it so?")),
        ("(2) Why is it so?", (0, "Why is it so?")),
        ("Whyever so", None),
        ("", None),
    ],
)
def test_the_paragraph_before_an_answer_is_its_question_if_it_asks(text, found):
    assert asked_before(text, 0, len(text)) == found


def test_only_what_is_between_the_two_offsets_is_looked_at():
    text = "How?\n\nIt flows.\nWhy so? By creep.\nAnd so on."
    assert asked_before(text, 6, text.index(" By")) == (16, "Why so?")
    assert asked_before(text, 6, 15) is None
    assert asked_before(text, 1, 4) == (1, "ow?")


def below(text):
    reading = read_marked(f"\n{text}", cut=False)
    answered_below(reading, f"\n{text}")
    return [(pair.question, pair.answer) for pair in reading.pairs], [
        fault.reason for fault in reading.faults
    ]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("**Why?**\nBy the heat of it.\n\n**How?**\nBy the creep of it.", []),
        (
            "**Why is it so?**\nBy the heat of it.\n\n**How is it so?**\nBy the creep of it.",
            [("Why is it so?", "By the heat of it."), ("How is it so?", "By the creep of it.")],
        ),
        (
            "1. 冰为什么会如此流动的呢？\nBy the heat of it.\n2. 冰是怎么样流动起来的呢？\nBy the creep of it.",
            [("冰为什么会如此流动的呢？", "By the heat of it."), ("冰是怎么样流动起来的呢？", "By the creep of it.")],
        ),
        (
            "# Two questions\n\nHere are the two Q&A pairs:\n\n1. Why is it so?\nBy the heat of it.\n2. How is it so?\nBy the creep of it.",
            [("Why is it so?", "By the heat of it."), ("How is it so?", "By the creep of it.")],
        ),
        (
            "On ice.\n1. Why is it so?\nBy the heat of it.\n2. How is it so?\nBy the creep of it.",
            [],
        ),
        (
            "1. Why is it so?\nReason: By the heat of it.\n2. How is it so?\nReason: By the creep of it.",
            [("Why is it so?", "By the heat of it."), ("How is it so?", "By the creep of it.")],
        ),
        (
            "1. Why is it so?\nReason: By the heat of it.\n2. How is it so?\nMeans: By the creep of it.",
            [("Why is it so?", "Reason: By the heat of it."), ("How is it so?", "Means: By the creep of it.")],
        ),
        (
            "Why is it so?\nBy the heat of it.\n---\nHow is it so?\nBy the creep of it.",
            [("Why is it so?", "By the heat of it."), ("How is it so?", "By the creep of it.")],
        ),
        (
            "Why is it so?\nBy the heat of it.\nHow is it so?\nBy the creep of it.",
            [],
        ),
        ("1. Why is it so?\nBy the heat of it.\n2. How is it so?\nBy creep.", []),
        ("1. Why is it so?\nBy the heat of it.\n2. How is it so?\nOr is it not so?", []),
        ("1. Why is it so?\nBy the heat of it.\n**How is it so?**\nBy the creep of it.", []),
        (
            "###QUESTION: Why?\nBy heat.\n###QUESTION: How?\nBy creep.\n\nI hope this helps!",
            [("Why?", "By heat."), ("How?", "By creep.")],
        ),
        (
            "###QUESTION: Why?\nReason: By heat.\n###QUESTION: How?\nReason: By creep.",
            [("Why?", "By heat."), ("How?", "By creep.")],
        ),
    ],
)  # fmt: skip
def test_what_stands_below_each_question_is_its_answer_if_all_look_alike(text, pairs):
    assert below(text) == (pairs, [])


@pytest.mark.parametrize(
    "text",
    [
        "###QUESTION: Why?\nBy heat.",
        "###QUESTION: Why?\nBy heat.\n###QUESTION: How?",
        "###QUESTION: Why?\nBy heat.\n###QUESTION: The rest\nBy creep.",
        "###QUESTION: Why?\nBy heat.\n###QUESTION: How?\nBy creep.\n---\n###ANSWER:",
    ],
)
def test_questions_that_not_all_have_a_text_below_stay_unanswered(text):
    pairs, reasons = below(text)
    assert (pairs, set(reasons)) == ([], {Reason.UNANSWERED_QUESTION})


def test_five_answers_of_one_paragraph_show_where_generalities_begin():
    pairs = [(f"Why is number {n} so?", f"By the heat of {n}.") for n in range(5)]
    text = "\n\n".join(f"**{question}**\n\n{answer}" for question, answer in pairs)
    tail = "\n\nOverall, heat is what matters."
    assert below(text + tail) == (pairs, [])
    few = "\n\n".join(f"**{question}**\n\n{answer}" for question, answer in pairs[:4])
    assert below(few + tail)[0] == [*pairs[:3], (pairs[3][0], pairs[3][1] + tail)]


def test_the_pairs_of_a_text_without_markers_stand_where_their_questions_do():
    text = "\nHere are the two Q&A pairs:\n\n1. Why is it so?\nBy the heat of it.\n2. How is it so?\nBy the creep of it."
    reading = read_marked(text, cut=False)
    answered_below(reading, text)
    starts = [text.index("1. "), text.index("2. ")]
    assert [pair.start for pair in reading.pairs] == starts
    assert [place for place, label in reading.marks if label == "question"] == starts
    before = read_marked(text, cut=False).marks
    assert reading.marks == sorted(
        [*before, *((start, "question") for start in starts)], key=lambda mark: mark[0]
    )


def test_a_text_longer_than_any_answer_is_not_read_without_markers():
    text = "1. Why is it so?\nBy the heat of it.\n2. How is it so?\nBy the creep of it."
    assert len(below(text + " " * (_LONGEST - len(text) - 1))[0]) == 2
    assert below(text + " " * (_LONGEST - len(text)))[0] == []
