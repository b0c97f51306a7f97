"""Texts that no model meant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qagen.parsing import explain, parse
from qagen.reasons import Reason

_PIECES = st.sampled_from(
    [
        "\n",
        "\n\n",
        " ",
        "\t",
        "###QUESTION:",
        "###ANSWER:",
        "**Question 1:**",
        "Q:",
        "A:",
        "Q1. ",
        "[Q] ",
        "[A] ",
        "A2) ",
        "Answer",
        "Question",
        "1. ",
        "- ",
        "> ",
        "---",
        "```",
        "```json\n",
        "<think>",
        "</think>",
        "<question>",
        "</answer>",
        "<answer here>",
        "Final Answer",
        "Here are the ten pairs:",
        "Q&A Pair 2",
        "Pair 3",
        "Let me know if",
        "How? ",
        "It is so.",
        "**",
        "__",
        "#",
        "{",
        "}",
        "[",
        "]",
        '"',
        '"question": "',
        '"answer": "',
        ",",
        ":",
        "\\",
        "\\u12",
        "\\nu",
        "？",
        "：",
        "\r\n",
        "\u2028",
        "\ufeff",
        "\x00",
        "�",
        "Answer 1: ",
        "Why does it?",
        "## Summary",
        "Okay, ",
    ]
)
_PAIRS = (
    ("How fast does it grow?", "It grows at 3 nm per hour."),
    ("Why does it melt?", "Heat loosens its bonds."),
    ("Where was it found?", "It was found in a lake."),
)
_FORMS = ("Q: {}\nA: {}", "###QUESTION: {}\n###ANSWER: {}", "**Question:** {}\n**Answer:** {}", "<question>{}</question>\n<answer>{}</answer>")  # fmt: skip


@st.composite
def _disturbed(draw) -> str:
    """Pairs in one form, with few odd pieces between and in them."""
    form, text = draw(st.sampled_from(_FORMS)), ""
    for pair in _PAIRS:
        odd = draw(st.lists(_PIECES, max_size=2))
        text += "".join(odd) + "\n\n" + form.format(*pair)
    return text


_noise = st.lists(_PIECES, max_size=40).map("".join) | st.text(max_size=200) | _disturbed()


@settings(max_examples=600, deadline=None)
@given(
    _noise, st.sampled_from([None, "stop", "length"]), st.none() | _noise, st.sampled_from(["text", "json"])
)
def test_no_text_makes_the_reader_raise(text, finish_reason, reasoning, response_format):
    parsed = parse(text, finish_reason=finish_reason, reasoning=reasoning, response_format=response_format)
    assert parsed.pairs or parsed.faults
    assert all(pair.question and pair.answer for pair in parsed.pairs)
    lines = explain(text, finish_reason=finish_reason, response_format=response_format)
    assert sum(len(line) for _, line in lines) <= len(text) + 1


@settings(max_examples=300, deadline=None)
@given(_noise, st.data())
def test_a_cut_text_never_gives_text_that_the_whole_does_not_hold(text, data):
    cut = text[: data.draw(st.integers(0, len(text)))]
    for pair in parse(cut, finish_reason="length").pairs:
        assert squeezed(pair.question) in squeezed(text)
        assert squeezed(pair.answer) in squeezed(text)


def squeezed(text: str) -> str:
    """Without blanks and line breaks, written out ones too."""
    return "".join(text.replace("\\n", " ").split())


@pytest.mark.parametrize(
    "unit", ["###QUESTION:\n###ANSWER:\n", "Q: a?\nA: b\n", "------\n", "```\n", "Pair 1\n"]
)
def test_more_markers_than_any_response_has_are_not_followed_up(unit):
    text = unit * 60_000
    parsed = parse(text)
    assert any("not read" in fault.detail and fault.reason is Reason.NO_PAIRS for fault in parsed.faults)


def test_more_json_than_any_response_has_is_not_followed_up():
    parsed = parse('[{"question": "How?", "answer": "So."},' + "[]," * 300_000, response_format="json")
    assert [(pair.question, pair.answer) for pair in parsed.pairs] == [("How?", "So.")]
    assert any("not read" in fault.detail for fault in parsed.faults)


def test_depth_costs_no_recursion():
    text = '{"a":' * 100_000 + '{"question": "How?", "answer": "So."}' + "}" * 100_000
    assert [pair.question for pair in parse(text, response_format="json").pairs] == ["How?"]


def test_tags_by_the_hundred_thousand_are_one_cut_thought():
    assert [fault.reason for fault in parse("<think>" * 100_000).faults] == [Reason.TRUNCATED]


def test_more_pairs_than_a_response_can_have_are_counted_and_the_first_are_taken():
    text = "".join(f"###QUESTION: How is it {n}?\n###ANSWER: It is {n}.\n" for n in range(600))
    parsed = parse(text, finish_reason="stop")
    assert (len(parsed.pairs), parsed.faults[-1].reason) == (500, Reason.TOO_MANY_PAIRS)
    assert parsed.faults[-1].detail == "600 pairs, of which the first 500 are taken"


def test_more_text_than_a_model_writes_is_not_read():
    text = "###QUESTION: How?\n###ANSWER: So.\n\n###QUESTION: Why?\n###ANSWER: " + "a " * 3_000_000
    parsed = parse(text, finish_reason="stop")
    assert [pair.question for pair in parsed.pairs] == ["How?"]
    assert [(fault.reason, fault.detail) for fault in parsed.faults] == [
        (Reason.TRUNCATED, "more than 5000000 characters; what follows was not read")
    ]


def test_a_response_beyond_several_limits_is_told_of_once():
    pairs = "".join(f"###QUESTION: Is it {n}?\n###ANSWER: It is {n}.\n\n" for n in range(502))
    parsed = parse(pairs + "a" * 5_000_000)
    assert [(fault.reason, fault.detail) for fault in parsed.faults] == [
        (Reason.TOO_MANY_PAIRS, "501 pairs, of which the first 500 are taken")
    ]


@pytest.mark.parametrize(
    "unit",
    [
        "<a>",
        "</a>",
        "<x1><x2>",
        "[AAA]",
        "{{a}}",
        "&lt;a&gt;",
        "| a |\n",
        "a: b\n",
        '("',
        "'a',",
        "“",
        "\\n",
        "<|",
        "a,b\n",
    ],
)
def test_signs_without_end_cost_no_more_than_their_length(unit):
    assert parse(unit * 40_000).faults
