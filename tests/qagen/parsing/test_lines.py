"""Which lines structure a response, and what they say."""

import pytest

from qagen.parsing.lines import Line, Role, Scanner, Style, answer_on_the_line, on_their_own

Q, A = Role.QUESTION, Role.ANSWER
WORD, LETTER, LOOSE = Style.WORD, Style.LETTER, Style.LOOSE


def only(text, cut=False):
    return Scanner(f"\n{text}", cut).next(0)


def marker(role, content, style, number="", deco="", bold_open=False, sure=True):
    """What is expected of a marker; `content` counts from the line's start."""
    return role, content, style, number, deco, bold_open, sure


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("###QUESTION: Why?", marker(Q, 12, WORD, deco="###")),
        ("###ANSWER**: So.", marker(A, 12, WORD, deco="###")),
        ("Question 3: Why?", marker(Q, 11, WORD, "3")),
        ("Question #3: Why?", marker(Q, 12, WORD, "3")),
        ("Question 3 of 10: Why?", marker(Q, 17, WORD, "3")),
        ("Question (hard): Why?", marker(Q, 16, WORD)),
        ("Detailed Answer: So.", marker(A, 16, WORD)),
        ("Final Answer: So.", marker(A, 13, WORD)),
        ("Answers: So.", marker(A, 8, WORD)),
        ("Ques: Why?", marker(Q, 5, WORD)),
        ("问题：什么", marker(Q, 3, WORD)),
        ("答案: so", marker(A, 3, WORD)),
        ("1. **Question:** Why?", marker(Q, 16, WORD, deco="1. **")),
        ("> Question: Why?", marker(Q, 11, WORD, deco="> ")),
        ("**Question 3:** Why?", marker(Q, 15, WORD, "3", "**")),
        ("**Question: Why?", marker(Q, 11, WORD, deco="**", bold_open=True)),
        ("**Question: Why?**", marker(Q, 11, WORD, deco="**", bold_open=True)),
        ("**Question:** Why?", marker(Q, 13, WORD, deco="**")),
        ("Question:** Why?", marker(Q, 9, WORD)),
        ("Q: Why?", marker(Q, 2, LETTER)),
        ("- A: So.", marker(A, 4, LETTER, deco="- ")),
        ("`Q:` Why?", marker(Q, 4, LETTER, deco="`")),
        ("### Q: Why?", marker(Q, 6, WORD, deco="### ")),
        ("# Q: Why?", marker(Q, 4, LETTER, deco="# ")),
        ("Q1. Why?", marker(Q, 4, LOOSE, "1", sure=False)),
        ("Q. Why?", marker(Q, 3, LOOSE, sure=False)),
        ("[Q] Why?", marker(Q, 3, LOOSE, deco="[", sure=False)),
        ("A2) So.", marker(A, 4, LOOSE, "2", sure=False)),
        ("Q1 - Why?", marker(Q, 5, LOOSE, "1", sure=False)),
        ("Question 2 - Why?", marker(Q, 13, LOOSE, "2", sure=False)),
        ("**Q1** Why?", marker(Q, 6, LOOSE, "1", "**", sure=False)),
        ("**Question** Why?", marker(Q, 12, WORD, deco="**", sure=False)),
        ("<question>Why?", marker(Q, 10, WORD, deco="<", sure=False)),
        ("### Question Why?", marker(Q, 13, LOOSE, deco="### ", sure=False)),
        ("### QUESTION Why?", marker(Q, 13, WORD, deco="### ", sure=False)),
        ("Question", marker(Q, 8, WORD, sure=False)),
        ("**answer**", marker(A, 10, WORD, deco="**", sure=False)),
        ("answer 3", marker(A, 8, WORD, "3", sure=False)),
    ],
)
def test_a_marker_is_read_with_its_style_and_where_its_text_starts(text, expected):
    role, content, *rest = expected
    assert only(text) == Line(role, 1, 1 + content, 1 + len(text), *rest)


@pytest.mark.parametrize(
    ("text", "role", "content"),
    [
        ("------", Role.RULE, 6),
        ("--- Pair 1 ---", Role.RULE, 14),
        ("* * *", Role.RULE, 5),
        ("```python", Role.FENCE, 3),
        ("   ```", Role.FENCE, 6),
        ("Q&A Pair 2", Role.HEADING, 10),
        ("Pair 3: ice", Role.HEADING, 11),
        ("Set 2", Role.HEADING, 5),
        ("Question and answer 2", Role.HEADING, 21),
        ("###TOPIC: ice", Role.HEADING, 13),
        ("Final Answer", Role.FINAL, 0),
        ("**Final Answer**", Role.FINAL, 0),
        ("Here are the ten question-answer pairs:", Role.FINAL, 39),
    ],
)
def test_other_lines_that_structure_a_response_are_told_apart(text, role, content):
    assert only(text) == Line(role, 1, 1 + content, 1 + len(text))


@pytest.mark.parametrize(
    "text",
    [
        "It is so.", "question", "QUESTION Why?", "**Q** Why?", "(Q) Why?", "Q - Why?", "Question - Why?", "Question. Why?", "Ans. So.", "Answer 3.5 is",
        "Answers are", "Questions: a", "a: b", "pair", "Topic: ice", "Here we go", "Final thoughts", "--", "``", f"Final answer {'the ' * 100}",
        f"Here are the ten question-answer pairs {'x' * 300}",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_marker_is_text(text):
    assert only(text) is None


def test_lines_come_one_after_the_other_from_a_position_on():
    text = "\nQ: Why?\nHeat,\nA: so.\n---"
    scanner, found, position = Scanner(text, False), [], 0
    while (line := scanner.next(position)) is not None:
        found.append((line.role, text[line.start : line.end]))
        position = line.end
    assert found == [(Q, "Q: Why?"), (A, "A: so."), (Role.RULE, "---")]
    assert Scanner(text, False).next(1).role is A
    assert Scanner(f"\n{'x' * 400}\nFinal Answer", False).next(0) == Line(Role.FINAL, 402, 402, 414)


@pytest.mark.parametrize(
    ("text", "found"),
    [("------", False), ("Q1. Why", False), ("Q&A Pair 2", False), ("Q: Why", True), ("------\n", True)],
)
def test_the_last_line_of_a_cut_text_counts_only_if_more_could_not_change_it(text, found):
    assert (only(text, cut=True) is not None) == found


def test_a_scanner_looks_at_so_many_lines():
    scanner = Scanner("\n---\n---\n---", False)
    scanner.left = 2
    position, found = 0, 0
    while (line := scanner.next(position)) is not None:
        position, found = line.end, found + 1
    assert (found, scanner.left) == (2, 0)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("---- ###QUESTION: Why? ###ANSWER: So.", ["---- ###QUESTION: Why? ", "###ANSWER: So."]),
        ("Q: Why **A:** So.", ["Q: Why ", "**A:** So."]),
        ("I use ###QUESTION: here.", ["I use ###QUESTION: here."]),
        ("Why is it? ANSWER: So.", ["Why is it? ", "ANSWER: So."]),
        ("Why is it ANSWER: So.", ["Why is it ANSWER: So."]),
        ("It is “###QUESTION: so”", ["It is “###QUESTION: so”"]),
        ("1. **Q:** Why **A:** So.", ["1. **Q:** Why ", "**A:** So."]),
        ("Question: Why? #**Answer:** So.", ["Question: Why? ", "#**Answer:** So."]),
        ("**Question:** Why?", ["**Question:** Why?"]),
        ("Why? <answer>So.</answer>", ["Why? ", "<answer>So.</answer>"]),
        ("It is so. ##Q1: Why?", ["It is so. ", "##Q1: Why?"]),
        ("It is so\nand ###QUESTION: so.\nQ: Why ##A: So.", ["It is so\nand ###QUESTION: so.\nQ: Why ", "##A: So."]),
        ("No marker stands here.", ["No marker stands here."]),
    ],
)  # fmt: skip
def test_a_marker_behind_a_text_begins_a_line_of_its_own(text, pieces):
    assert on_their_own(f"\n{text}") == "\n" + "\n".join(pieces)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Q: Why? A: So.", "A:"),
        ("Q: Why? A：So: it is.", "A："),
        ("Q: Why?** Answer 2: So.", "Answer 2:"),
        ("Q: Why so A: So.", None),
        ("Q: Why?", None),
    ],
)
def test_an_answer_may_stand_behind_the_question_mark(text, mark):
    span = mark and (text.index(mark), text.index(mark) + len(mark))
    assert answer_on_the_line(f"{text}\nQ: How? A: So.", Line(Q, 0, 3, len(text))) == span
