"""What is no pair, and how it is reported."""

import json

import pytest

from qagen.parsing import explain, parse
from qagen.reasons import Reason
from qagen.records import Fault, Pair

FIRST = ("How does ice move over till?", "It slides, and the till deforms.")
SECOND = ("Why does it speed up in spring?", "Water lifts it from its bed.")


def canonical(*pairs):
    return "".join(f"------\n###QUESTION: {q}\n###ANSWER: {a}\n------\n" for q, a in pairs)


def pairs_of(text, **options):
    return [(pair.question, pair.answer) for pair in parse(text, **options).pairs]


def reasons_of(text, **options):
    return [fault.reason for fault in parse(text, **options).faults]


@pytest.mark.parametrize(
    ("text", "options", "reasons"),
    [
        ("", {}, [Reason.EMPTY]),
        (" \n\t\n", {}, [Reason.EMPTY]),
        ("", {"reasoning": "Hm, what to ask?"}, [Reason.REASONING_ONLY]),
        ("<think>\nWhat to ask?\n</think>\n", {}, [Reason.REASONING_ONLY]),
        ("Okay, so I need ten questions about ice. I will start with sliding.", {}, [Reason.REASONING_ONLY]),
        ("I'm sorry, but I can't help with this.", {}, [Reason.REFUSAL]),
        ("As an AI language model I must decline.", {}, [Reason.REFUSAL]),
        ("Could you please share the excerpt first?", {}, [Reason.CLARIFICATION_REQUEST]),
        ("I'm sorry, but I don't see any text. Please provide it.", {}, [Reason.CLARIFICATION_REQUEST]),
        ("Glaciers are rivers of ice.", {}, [Reason.NO_PAIRS]),
        (
            "###QUESTION: <question here>\n###ANSWER: <answer here>",
            {},
            [Reason.TEMPLATE_ECHO, Reason.TEMPLATE_ECHO],
        ),
        ("###QUESTION: ...\n###ANSWER: ...", {}, [Reason.TEMPLATE_ECHO, Reason.TEMPLATE_ECHO]),
        ("###QUESTION: How is ice made?", {}, [Reason.NO_PAIRS, Reason.UNANSWERED_QUESTION]),
        ("###QUESTION: How is ice made?\n###ANSWER:\n---", {}, [Reason.NO_PAIRS, Reason.UNANSWERED_QUESTION]),
        ("###ANSWER: It slides.", {}, [Reason.NO_PAIRS, Reason.UNASKED_ANSWER]),
        ("###QUESTION:\n###ANSWER: It slides.", {}, [Reason.NO_PAIRS, Reason.UNASKED_ANSWER]),
        ("<think>\nWhat to", {}, [Reason.TRUNCATED]),
        ("###QUESTION: How does ice", {"finish_reason": "length"}, [Reason.TRUNCATED]),
        (
            '[{"question": "<question here>", "answer": "..."}]',
            {},
            [Reason.TEMPLATE_ECHO, Reason.TEMPLATE_ECHO],
        ),
        (
            '{"question": "How is ice made?"}',
            {"response_format": "json"},
            [Reason.NO_PAIRS, Reason.UNANSWERED_QUESTION],
        ),
        ('{"answer": "It slides."}', {"response_format": "json"}, [Reason.NO_PAIRS, Reason.UNASKED_ANSWER]),
    ],
)
def test_a_response_without_pairs_says_why(text, options, reasons):
    parsed = parse(text, **options)
    assert (parsed.pairs, [fault.reason for fault in parsed.faults]) == ((), reasons)


def test_pairs_before_a_closing_tag_with_nothing_behind_it_are_drafts():
    text = canonical(FIRST, SECOND) + "</think>\n\nThese pairs are what was asked for."
    assert pairs_of(text) == []
    assert reasons_of(text) == [Reason.NO_PAIRS, Reason.DRAFT_IN_REASONING, Reason.DRAFT_IN_REASONING]
    assert parse(text).faults[1].text == "\n".join(FIRST)


def test_pairs_in_a_servers_reasoning_are_drafts():
    assert reasons_of("", reasoning=canonical(FIRST)) == [Reason.REASONING_ONLY, Reason.DRAFT_IN_REASONING]


def test_pairs_between_two_thoughts_are_reported():
    text = f"<think>one</think>\n{canonical(FIRST)}<think>two</think>\n{canonical(SECOND)}"
    assert (pairs_of(text), reasons_of(text)) == ([SECOND], [Reason.DRAFT_IN_REASONING])


def test_pairs_in_a_thought_that_is_never_closed_are_not_published():
    text = f"<think>\n{canonical(FIRST)}"
    assert (pairs_of(text), reasons_of(text)) == ([], [Reason.TRUNCATED, Reason.DRAFT_IN_REASONING])


def test_pairs_before_a_thought_that_is_never_closed_are_kept():
    text = f"{canonical(FIRST)}<think>\nLet me check"
    assert (pairs_of(text), reasons_of(text)) == ([FIRST], [Reason.TRUNCATED])


def test_reasoning_without_tags_that_was_cut_gives_no_pairs():
    text = "Okay, let me draft some.\n\nQuestion: How does ice move?\nAnswer: It slides.\n\nQuestion: Why?\nAnswer: Wa"
    assert (pairs_of(text, finish_reason="length"), reasons_of(text, finish_reason="length")) == (
        [],
        [Reason.TRUNCATED, Reason.DRAFT_IN_REASONING],
    )


def test_an_answer_may_speak_of_tags():
    pair = ("How are tags used?", "The model writes `</think>` where it ends, and “<think>” where it starts.")
    assert pairs_of(canonical(pair)) == [pair]


def test_of_a_question_answered_twice_the_last_answer_counts():
    text = canonical((FIRST[0], "It slides.")) + "Wait, that is too thin.\n\n" + canonical(FIRST)
    assert (pairs_of(text), reasons_of(text)) == ([FIRST], [Reason.SUPERSEDED])


def test_pairs_before_a_final_heading_are_drafts():
    text = f"{canonical(FIRST)}\n**Final Answer**\n\n{canonical(SECOND)}"
    assert (pairs_of(text), reasons_of(text)) == ([SECOND], [Reason.DRAFT_IN_REASONING])


def test_an_announcement_of_the_smaller_part_makes_no_drafts():
    text = f"{canonical(FIRST, SECOND)}{canonical(('How deep?', 'Very deep.'))}\nHere are the question-answer pairs:\n\n{canonical(('How wide?', 'Very wide.'))}"
    assert len(pairs_of(text)) == 4


def test_a_final_answer_below_a_question_is_its_answer():
    assert pairs_of(f"Question: {FIRST[0]}\n**Final Answer**\n{FIRST[1]}") == [FIRST]
    assert pairs_of(f"Question: {FIRST[0]}\nFinal Answer: {FIRST[1]}") == [FIRST]


def test_a_second_answer_is_not_glued_to_the_first():
    text = f"Question: {FIRST[0]}\nAnswer: {FIRST[1]}\nAnswer: {SECOND[1]}"
    assert (pairs_of(text), reasons_of(text)) == ([FIRST], [Reason.UNASKED_ANSWER])


def test_answers_without_markers_stand_below_their_questions():
    text = f"### Question 1: {FIRST[0]}\n{FIRST[1]}\n### Question 2: {SECOND[0]}\n\n{SECOND[1]}\n\nI hope this helps!"
    assert pairs_of(text) == [FIRST, SECOND]


def test_symbols_that_look_like_letters_stay_in_the_answer():
    answer = "With\nQ: heat added\nA: area of the bed\n\nthe balance is closed."
    assert pairs_of(canonical((FIRST[0], answer), SECOND)) == [(FIRST[0], answer), SECOND]


def test_a_remark_between_pairs_ends_the_answer():
    text = f"Question: {FIRST[0]}\nAnswer: {FIRST[1]}\n\nNow, the next question is on water.\n\nQuestion: {SECOND[0]}\nAnswer: {SECOND[1]}"
    assert pairs_of(text) == [FIRST, SECOND]


def test_a_sign_off_on_the_answers_own_line_is_cut():
    assert pairs_of(canonical((FIRST[0], f"{FIRST[1]} Let me know if you need more!"))) == [FIRST]


def test_a_closing_summary_under_a_heading_is_cut_where_the_answer_has_no_headings():
    assert pairs_of(f"Q: {FIRST[0]}\nA: {FIRST[1]}\n\n### Summary\nAll about ice.") == [FIRST]
    answer = f"### Cause\n{FIRST[1]}\n\n### Summary\nAll about ice."
    assert pairs_of(f"Q: {FIRST[0]}\nA: {answer}") == [(FIRST[0], answer)]


def test_words_between_marks_of_the_form_are_unwrapped():
    assert pairs_of(f"###QUESTION: <{FIRST[0]}>\n###ANSWER: [{FIRST[1]}]") == [FIRST]
    assert pairs_of(f"**QUESTION: {FIRST[0]}**\n**ANSWER: {FIRST[1]}**") == [FIRST]
    assert pairs_of(f"**Question: **{FIRST[0]}\n**Answer: {FIRST[1]}**") == [FIRST]


def test_a_text_of_unknown_end_that_stops_inside_a_sentence_loses_its_last_pair():
    whole = canonical(
        *((f"How is {name} made?", f"It is made of {name}.") for name in ("ice", "till", "firn"))
    )
    text = f"{whole}###QUESTION: {SECOND[0]}\n###ANSWER: Water lifts it from the"
    assert (len(pairs_of(text)), reasons_of(text)) == (3, [Reason.TRUNCATED])
    assert len(pairs_of(text, finish_reason="stop")) == 4


def test_latex_survives_json_that_forgets_to_double_its_backslashes():
    raw = r'[{"question": "What are \beta, \theta and \nu?", "answer": "As \frac{\rho}{2}:\nnext to \alpha, \(x\) and \upsilon \u03b1."}]'
    answer = "As \\frac{\\rho}{2}:\nnext to \\alpha, \\(x\\) and \\upsilon α."
    assert pairs_of(raw) == [("What are \\beta, \\theta and \\nu?", answer)]


def test_json_that_doubles_its_backslashes_is_taken_at_its_word():
    assert pairs_of('{"question": "What is \\\\nu?", "answer": "Both \\\\nu\\nu and \\\\beta."}') == [
        ("What is \\nu?", "Both \\nu\nu and \\beta.")
    ]


def test_json_with_bare_quotation_marks_is_read():
    assert pairs_of('[{"question": "How is the "soft" mode damped?", "answer": "It is "hard" to say."}]') == [
        ('How is the "soft" mode damped?', 'It is "hard" to say.')
    ]


def test_json_that_was_cut_keeps_its_complete_objects():
    text = '```json\n[{"question": "How?", "answer": "So."}, {"question": "Why?", "answer": "Bec'
    assert (pairs_of(text), reasons_of(text)) == ([("How?", "So.")], [Reason.TRUNCATED])


def test_json_by_question_and_with_lists_for_answers_is_read():
    assert pairs_of('{"How?": "So.", "Why?": "Because."}', response_format="json") == [
        ("How?", "So."),
        ("Why?", "Because."),
    ]
    assert pairs_of('{"question": "How?", "answer": ["So.", "And so."], "level": 3}') == [
        ("How?", "So.\nAnd so.")
    ]


def test_tagged_text_is_read_where_json_was_asked_for():
    assert pairs_of(canonical(FIRST), response_format="json") == [FIRST]


def test_the_reasoning_is_kept_apart():
    assert (
        parse(f"<think>\nOn ice.\n</think>\n{canonical(FIRST)}", reasoning="Before.").reasoning
        == "Before.\n\nOn ice."
    )
    assert (
        parse(f"Okay, let me think of ice.\n\n{canonical(FIRST)}").reasoning
        == "Okay, let me think of ice.\n\n------"
    )
    assert parse(canonical(FIRST)).reasoning is None


def test_more_pieces_than_anyone_reads_are_counted():
    faults = parse("###QUESTION: Why number one?\n" * 150).faults
    assert (len(faults), faults[-1].detail) == (
        101,
        "no answer follows this question (and 50 more pieces like these)",
    )


def test_explain_names_each_line():
    text = f"Okay, let me plan.\n\nHere are the ten question-answer pairs:\n\n---\nQuestion: {FIRST[0]}\nAnswer: {FIRST[1]}\n\nLet me know if you want more."
    assert explain(f"<think>Hm.</think>\n{text}", reasoning="Before.") == (
        ("reasoning", "Before."),
        ("reasoning", "<think>Hm.</think>"),
        ("blank", ""),
        ("reasoning", "Okay, let me plan."),
        ("blank", ""),
        ("introduction", "Here are the ten question-answer pairs:"),
        ("blank", ""),
        ("separator", "---"),
        ("question", f"Question: {FIRST[0]}"),
        ("answer", f"Answer: {FIRST[1]}"),
        ("blank", ""),
        ("closing remark", "Let me know if you want more."),
    )


def test_explain_names_drafts_and_what_is_cut_off():
    text = f"{canonical(FIRST)}\n### Final Answer\n{canonical(SECOND)}###QUESTION: And"
    labels = [
        label for label, _ in explain(text, finish_reason="length") if label not in ("blank", "separator")
    ]
    assert labels == ["draft", "draft", "heading", "question", "answer", "cut off"]


def test_a_response_of_thoughts_alone_is_said_to_be_that():
    text = "<think>Only thoughts here.</think>"
    assert parse(text).faults == (Fault(Reason.REASONING_ONLY, "nothing follows the reasoning", text),)


@pytest.mark.parametrize("name", ["role", "from", "speaker", "author"])
def test_turns_are_told_apart_by_whoever_speaks_them(name):
    turns = [{name: "user", "content": "Why does it melt?"}, {name: "assistant", "content": "It is warm."}]
    assert parse(json.dumps(turns)).pairs == (Pair("Why does it melt?", "It is warm."),)


def test_a_bar_in_a_cell_of_a_table_is_part_of_its_text():
    table = "| Question | Answer |\n|---|---|\n| When is a \\| b true? | Where a \\| b holds. |\n"
    assert parse(table).pairs == (Pair("When is a | b true?", "Where a | b holds."),)
