"""Where the final text of a response begins and ends, and what is set apart from it."""

import pytest

from qagen.parsing import explain
from qagen.parsing.reasoning import Apart, set_apart, without_tags
from qagen.parsing.tags import Act, Holds, tags
from tests.qagen.parsing.spellings import DRAFT, PAIRS, SPELLINGS


def closed(before, final, behind="", between=()):
    return before + final + behind, Apart(
        len(before), len(before) + len(final), before, between, None, behind
    )


def opened(final, unclosed):
    return final + unclosed, Apart(0, len(final), "", (), unclosed)


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        closed("", "Only text."),
        closed("<think>Hm.</think>", "\nWhy?"),
        closed("Hm.</think>", "\nWhy?"),
        closed("<think>a</think>Q?<think>b</think>", "Why?", between=("Q?",)),
        closed("<think>a</think>Q?<think>b</think>R?<think>c</think>", "Why?", between=("Q?", "R?")),
        closed("<think>a</think>\n<think>b</think>", "Why?"),
        closed("<think>a</think>", "Question?", "<think>b</think>done"),
        closed("<think>a</think>Q?<think>b</think>", "Why?", "<think>c</think>"),
        closed("<think>a</think>Q?<think>b</think>", '{"a": 1}', between=("Q?",)),
        closed("", "Why?\n", "</think>"),
        closed("", "Why?\n", "</think><|im_end|>"),
        closed("Why?\n</think>", "Done."),
        closed("Why?\n</think>", "Or how?", "</think>nothing</think>"),
        closed("Okay, so why?\n</think>", ""),
        closed("[THINK]a[/THINK]", "Why?"),
        closed("<zebra>plan</zebra>", "\nWhy?"),
        closed("Ice, a plan. <zebra|>", "\nWhy?"),
        closed("Okay, a plan.</zebra>", "\nWhy?"),
        closed("", "Ice, a plan.</zebra>\nWhy?"),
        closed("Plan.<|channel|>analysis<|message|>Hm.<|end|>", ""),
        closed("<zebra>plan</zebra>", "\n为什么？"),
        *(
            closed("<zebra>plan</zebra>", f"\n{word} 1: tell it")
            for word in ("QUESTION", "Question", "question")
        ),
        closed("", "<zebra>plan</zebra>\nDone."),
        closed("", "`<think>` is a tag, why?"),
        closed("", "“<think>” is a tag, why?"),
        closed("<think>plan\n<answer>", "Why?</answer>"),
        closed("<think>plan</think>", "<answer>Why?</answer>"),
        closed("<|channel|>analysis<|message|>Hm.<|end|><|channel|>final<|message|>", "Why?", "<|return|>"),
        closed("<|channel|>analysis<|message|>Hm.<|end|>", ""),
        closed("<|channel|>commentary<|message|>", "Why?", "<|end|>"),
        closed("<|channel|>final<|message|>a<|end|><|channel|>final<|message|>", "Why?"),
        closed("<|channel|>zebra<|message|>Hm.<|end|><|channel|>reply<|message|>", "Why?"),
        closed("analysisWe need pairs.assistantfinal", "\nQ: Why?"),
        closed("analysisWe need pairs.assistantcommentary\nQ: a\nassistantfinal", "\nQ: Why?"),
        closed("", "analysisIce is cold."),
        closed("## Reasoning\nHm.\n## Response", "\nWhy?"),
        closed("", "## Reasoning\nHm."),
        closed("Hm.\n...done thinking.", "\nWhy?"),
        closed("```thinking\nHm.\n```", "\nWhy?"),
        closed("", "```thinking\nHm.\n## Response\nWhy?"),
        opened("Why?\n", "<think>Hm"),
        opened("", "<|channel|>analysis<|message|>Hm."),
        opened("", "analysisWe need pairs."),
    ],
)
def test_a_response_is_taken_apart_at_the_ends_of_its_reasoning(text, apart):
    assert set_apart(text) == apart


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        closed("", "Only text."),
        closed("Why?\n</think>", ""),
        closed("<think>a</think>Q?<think>b</think>", "done", between=("Q?",)),
        closed("<zebra>plan</zebra>", "\nDone."),
        closed("", "Why?\n<zebra>plan"),
        closed("", "An aside: <zebra>plan"),
        opened("", "<zebra>plan"),
        opened("", "## Reasoning\nHm."),
        opened("", "<|channel|>zebra<|message|>Why?"),
        closed("<|channel|>commentary<|message|>", "Why?"),
    ],
)
def test_of_a_cut_response_the_final_text_may_be_missing(text, apart):
    assert set_apart(text, cut=True) == apart


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("a<think>b</think>c", "a\n------\nb\n------\nc"),
        ("a<zebra>b", "a\n------\nb"),
        ("a<|im_end|>b", "a\n------\nb"),
        ("a<b>c</b>", "a<b>c</b>"),
        ("<answer>a</answer>", "<answer>a</answer>"),
        ("</s>a", "</s>a"),
        ("", ""),
    ],
)
def test_a_line_stands_for_each_tag_that_no_pair_may_cross(text, bare):
    assert without_tags(text) == bare


R, F, U = Holds.REASONING, Holds.FINAL, Holds.UNKNOWN


@pytest.mark.parametrize(
    ("text", "act", "holds", "name", "known"),
    [
        ("<think>", Act.OPEN, R, "think", True),
        ("</think>", Act.CLOSE, R, "think", True),
        ("<THINK >", Act.OPEN, R, "think", True),
        ("[THINK]", Act.OPEN, R, "think", True),
        ("[/THINK]", Act.CLOSE, R, "think", True),
        ("◁musing▷", Act.OPEN, R, "musing", True),
        ("◁zebra▷", Act.OPEN, U, "zebra", False),
        ("<musing>", Act.OPEN, R, "musing", False),
        ("<|musing|>", Act.OPEN, R, "musing", True),
        ("<|begin_of_thought|>", Act.OPEN, R, "thought", True),
        ("<|end_of_thought|>", Act.CLOSE, R, "thought", True),
        ("<start_draft>", Act.OPEN, R, "draft", True),
        ("<stop_draft>", Act.CLOSE, R, "draft", True),
        ("<｜think｜>", Act.OPEN, R, "think", True),
        ("<｜begin▁of▁sentence｜>", Act.OPEN, U, "sentence", False),
        ("<|channel>analysis", Act.OPEN, R, "analysis", True),
        ("<|channel>", Act.OPEN, R, "thought", True),
        ("<|channel>final", Act.OPEN, F, "final", True),
        ("<channel|>", Act.CLOSE, R, "thought", True),
        ("<musing|>", Act.CLOSE, R, "musing", True),
        ("<|open|>Reflect<|sep|>", Act.OPEN, R, "reflect", True),
        ("<|close|>Reflect<|sep|>", Act.CLOSE, R, "reflect", True),
        ("<|open|>answer<|sep|>", Act.OPEN, F, "answer", True),
        ("<!-- plan", Act.OPEN, R, "comment", False),
        ("-->", Act.CLOSE, R, "comment", False),
        ("<answer>", Act.OPEN, F, "answer", False),
        ("</answer>", Act.CLOSE, F, "answer", False),
        ("{{/thinking}}", Act.CLOSE, R, "thinking", True),
        ("&lt;think&gt;", Act.OPEN, R, "think", True),
        ("<zebra>", Act.OPEN, U, "zebra", False),
        ("<td>", Act.MARK, U, "td", False),
        ("<|im_end|>", Act.MARK, U, "im_end", False),
        ("</s>", Act.MARK, U, "s", False),
    ],
)
def test_the_form_of_a_tag_says_what_it_does_and_its_name_what_it_is_for(text, act, holds, name, known):
    (tag,) = tags(f"Ice {text} melts")
    assert (tag.start, tag.end) == (4, 4 + len(text))
    assert (tag.act, tag.holds, tag.name, tag.known) == (act, holds, name, known)


def test_a_text_has_its_tags_in_order():
    assert [tag.name for tag in tags("<a1>b</a2> 3 < 4 [x] <think>")] == ["a1", "a2", "think"]


@pytest.mark.parametrize(
    "text",
    [text for name, text in SPELLINGS if name.startswith(("reasoning", "channels")) and "JSON" not in name],
    ids=[name for name, _ in SPELLINGS if name.startswith(("reasoning", "channels")) and "JSON" not in name],
)
def test_explain_takes_the_pairs_for_pairs_and_the_draft_for_none(text):
    labels = {line.rpartition(":")[2].strip(" *"): label for label, line in explain(text)}
    for question, answer in PAIRS:
        assert (labels[question], labels[answer]) == ("question", "answer")
    assert labels.get(DRAFT[0], "reasoning") in ("reasoning", "draft")
    assert labels.get(DRAFT[1], "reasoning") in ("reasoning", "draft")
