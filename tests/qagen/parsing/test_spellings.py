"""Reasoning, channels, remains and shapes in any spelling: see spellings.py."""

import pytest

from qagen.parsing import parse
from qagen.reasons import Reason
from tests.qagen.parsing.spellings import DRAFT, PAIRS, SPELLINGS


def squeezed(text):
    return "".join(text.split())


def pairs_of(text, **options):
    """The pairs of a text, blanks aside: a shape may have its own line breaks."""
    return [
        (" ".join(pair.question.split()), " ".join(pair.answer.split()))
        for pair in parse(text, **options).pairs
    ]


@pytest.mark.parametrize("text", [text for _, text in SPELLINGS], ids=[name for name, _ in SPELLINGS])
def test_a_person_and_the_reader_see_the_same_two_pairs(text):
    assert pairs_of(text) == PAIRS


@pytest.mark.parametrize(
    "text", [text for _, text in SPELLINGS[::5]], ids=[name for name, _ in SPELLINGS[::5]]
)
def test_a_cut_response_gives_no_draft_and_no_half_pair(text):
    whole = {tuple(map(squeezed, pair)) for pair in PAIRS}
    for cut in range(1, len(text), 37):
        got = {tuple(map(squeezed, pair)) for pair in pairs_of(text[:cut], finish_reason="length")}
        assert got <= whole, text[:cut]


@pytest.mark.parametrize("tag", ["scratchpad", "musings", "zx:inner"])
def test_what_a_block_drafts_is_reported_as_a_draft(tag):
    draft = "###QUESTION: {}\n###ANSWER: {}".format(*DRAFT)
    final = "###QUESTION: {}\n###ANSWER: {}".format(*PAIRS[0])
    parsed = parse(f"<{tag}>A try.\n{draft}\n\nOnce more.\n</{tag}>\n{final}")
    assert [fault.reason for fault in parsed.faults] == [Reason.DRAFT_IN_REASONING]


@pytest.mark.parametrize(
    "answer",
    [
        "The value was H<sub>2</sub>O<sup>2</sup>",
        "The set is \\{a, b\\}",
        "It follows that $$x = \\frac{1}{2}$$",
        "The bracket is \\[x = 1\\]",
        "It runs\n\n```python\nprint(1)\n```",
        "The mean is <r>",
        "The cost $\\nu$ and \\neq stay, and so does C:\\new",
        "Users and humans differ: the user decides.",
        "A window of [0, 1] is used [12]",
        "The token is written `<eos>` in the vocabulary.",
    ],
)
def test_what_looks_like_a_remain_and_belongs_to_the_answer_stays(answer):
    text = f"###QUESTION: What is it, then?\n###ANSWER: {answer}\n\n###QUESTION: And what is the other?\n###ANSWER: {answer}"
    assert [pair.answer for pair in parse(text, finish_reason="stop").pairs] == [answer, answer]


@pytest.mark.parametrize(
    "text",
    [
        "| Depth | Speed |\n|---|---|\n| 3 m | 4 m/s |\n| 5 m | 6 m/s |",
        "[1, 2, 3]",
        "{'a': 'b', 'c': 'd'}",
        "Depth: 3 m\nSpeed: 4 m/s\nDepth: 5 m\nSpeed: 6 m/s",
        "a,b\n1,2",
        '{"messages": [{"role": "user", "content": "Is it so?"}]}',
    ],
)
def test_data_that_asks_nothing_gives_no_pair(text):
    assert pairs_of(text) == []
