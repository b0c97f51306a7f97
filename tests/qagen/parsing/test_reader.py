"""What comes of a response as a whole: its pairs, its faults and its reasoning, and what each line is taken for."""

import pytest

from qagen.parsing import Parsed, explain, jsonpairs, parse, reader
from qagen.reasons import Reason
from qagen.records import Fault, Pair

DRAFT = "a complete pair that stands only where the model was still drafting"
AGAIN = "the same question is answered again further down; the last answer counts"
KEPT = "what stands before the cut is kept, the rest is not"
CUT = "the response was cut off at its length limit"


def form(*pairs):
    return "".join(f"###QUESTION: {question}\n###ANSWER: {answer}\n" for question, answer in pairs)


WHY, HOW, WHERE, WHEN = (
    ("Why?", "By heat."),
    ("How?", "By creep."),
    ("Where?", "At the bed."),
    ("When?", "Now."),
)
LOOSE = "Q: Why?\nA: By heat.\nQ: How?\nA: By creep.\n"
SEVERAL = form(*((f"Why number {n}?", f"By heat {n}.") for n in range(3)))


def parsed(pairs, faults=(), reasoning=None):
    return Parsed(tuple(Pair(*pair, place) for place, pair in enumerate(pairs)), tuple(faults), reasoning)


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        (form(WHY), {}, parsed([WHY])),
        (f"<think>One.\n\nTwo.</think>\n{form(WHY)}", {}, parsed([WHY], (), "One.\n\nTwo.")),
        (
            f"<think>a</think>{form(WHY)}<think>b</think>done",
            {"reasoning": " Before. "},
            parsed([WHY], (), "Before.\n\na\n\nb\n------\ndone"),
        ),
        (f"Okay, so I plan.\n\n{form(WHY)}", {}, parsed([WHY], (), "Okay, so I plan.")),
        (f"Sure thing.\n\n{form(WHY)}", {}, parsed([WHY])),
        (
            f"{form(WHY)}<think>Once more",
            {},
            parsed([WHY], [Fault(Reason.TRUNCATED, f"the reasoning is never closed; {KEPT}", "")], "Once more"),
        ),
        (
            f"{form(WHY)}\n### Final Answer\n{form(('why?', 'Thus.'), HOW)}",
            {},
            parsed([("why?", "Thus."), HOW], [Fault(Reason.SUPERSEDED, AGAIN, "Why?\nBy heat.")]),
        ),
        (
            f"<think>{form(WHY)}</think>{form(HOW)}",
            {},
            parsed([HOW], [Fault(Reason.DRAFT_IN_REASONING, DRAFT, "Why?\nBy heat.")], form(WHY).strip()),
        ),
        (
            f"<think>a</think>{form(WHY)}---<think>{form(HOW)}</think>{form(WHERE)}",
            {},
            parsed(
                [WHERE],
                [Fault(Reason.DRAFT_IN_REASONING, DRAFT, "Why?\nBy heat.")],
                f"a\n------\n{form(WHY)}---\n------\n{form(HOW)}".strip(),
            ),
        ),
        (
            "",
            {"reasoning": f"{form(WHY)}---"},
            parsed(
                [],
                [
                    Fault(Reason.REASONING_ONLY, "nothing follows the reasoning", ""),
                    Fault(Reason.DRAFT_IN_REASONING, DRAFT, "Why?\nBy heat."),
                ],
                f"{form(WHY)}---",
            ),
        ),
        (
            "",
            {"reasoning": form(WHY)},
            parsed([], [Fault(Reason.REASONING_ONLY, "nothing follows the reasoning", "")], form(WHY).strip()),
        ),
        (
            f"Okay, so I plan.\n{LOOSE}{form(WHERE, WHEN)}",
            {},
            parsed(
                [WHERE, WHEN],
                [Fault(Reason.DRAFT_IN_REASONING, DRAFT, f"{q}\n{a}") for q, a in (WHY, HOW)],
                f"Okay, so I plan.\n{LOOSE}".strip(),
            ),
        ),
        (
            f"Okay, so I plan.\n{LOOSE}{form(WHERE)}",
            {},
            parsed([WHY, HOW, WHERE], (), "Okay, so I plan."),
        ),
        (f"{LOOSE}{form(WHERE, WHEN)}", {}, parsed([WHY, HOW, WHERE, WHEN])),
        (
            f"Okay, so I plan.\n{form(WHY, HOW)}{LOOSE.replace('?', ' so?')}",
            {},
            parsed([WHY, HOW, ("Why so?", "By heat."), ("How so?", "By creep.")], (), "Okay, so I plan."),
        ),
        ("Okay, so I plan.", {}, parsed([], [Fault(Reason.REASONING_ONLY, "a plan that never comes to the pairs", "Okay, so I plan.")], "Okay, so I plan.")),
        (
            "Q1: Why?\nQ2: How?\nA2: By creep.\n\nQ3: Why?\nA3: By heat.",
            {},
            parsed([HOW, WHY]),
        ),
        (
            f"{form(WHY)}###QUESTION: How do",
            {"finish_reason": "length"},
            parsed([WHY], [Fault(Reason.TRUNCATED, f"{CUT}; {KEPT}", "###QUESTION: How do")]),
        ),
        (
            f"Okay, so I plan.\n{LOOSE}Q: Wh",
            {"finish_reason": "length"},
            parsed(
                [],
                [
                    Fault(Reason.TRUNCATED, f"{CUT} before the first pair was complete", f"Okay, so I plan.\n{LOOSE}Q: Wh"),
                    *(Fault(Reason.DRAFT_IN_REASONING, DRAFT, f"{q}\n{a}") for q, a in (WHY, HOW)),
                ],
                f"Okay, so I plan.\n{LOOSE}Q: Wh",
            ),
        ),
        (
            f"Okay, so I plan.\n{form(WHY)}###QUESTION: How do",
            {"finish_reason": "length"},
            parsed([WHY], [Fault(Reason.TRUNCATED, f"{CUT}; {KEPT}", "###QUESTION: How do")], "Okay, so I plan."),
        ),
        (
            f"{form(WHY)}</think>",
            {"finish_reason": "length"},
            parsed(
                [],
                [
                    Fault(Reason.TRUNCATED, f"{CUT} before the first pair was complete", f"{form(WHY)}</think>"),
                    Fault(Reason.DRAFT_IN_REASONING, DRAFT, "Why?\nBy heat."),
                ],
                form(WHY).strip(),
            ),
        ),
        (
            '[{"question": "Why?", "answer": "By heat."}, {"question": "How?", "answer": "By',
            {},
            parsed([WHY], [Fault(Reason.TRUNCATED, f"the text breaks off; {KEPT}", '{"question": "How?", "answer": "By')]),
        ),
        (
            f"{SEVERAL}###QUESTION: How?\n###ANSWER: By creep of the",
            {},
            parsed(
                [(f"Why number {n}?", f"By heat {n}.") for n in range(3)],
                [Fault(Reason.TRUNCATED, f"the last answer breaks off inside a sentence; {KEPT}", "###QUESTION: How?\n###ANSWER: By creep of the")],
            ),
        ),
        (
            f"{SEVERAL}###QUESTION: How?\n###ANSWER: By creep of the\n---",
            {},
            parsed([*((f"Why number {n}?", f"By heat {n}.") for n in range(3)), ("How?", "By creep of the")]),
        ),
        ('{"text": "' + form(WHY, HOW).replace("\n", "\\n") + '"}', {"response_format": "json"}, parsed([WHY, HOW])),
        (
            '{"text": "' + form(WHY, HOW).replace("\n", "\\n"),
            {"response_format": "json"},
            parsed([], [Fault(Reason.NO_PAIRS, "no question with an answer was found", '{"text": "' + form(WHY, HOW).replace("\n", "\\n"))]),
        ),
    ],
)  # fmt: skip
def test_a_response_is_read_as_a_whole(text, options, expected):
    assert parse(text, **options) == expected


def test_json_that_was_asked_for_comes_before_marked_text():
    text = 'Q: Why?\nA: By heat.\n\n{"question": "How?", "answer": "By creep."}'
    assert parse(text, response_format="json") == parsed([HOW])
    assert parse(text).pairs[0].question == "Why?"


@pytest.mark.parametrize(
    ("text", "options", "labels"),
    [
        (
            f"<think>One.\n\nTwo.</think>\n{form(WHY)}",
            {},
            "reasoning blank reasoning blank question answer blank",
        ),
        (f"{form(WHY)}<think>Once\n\nmore", {}, "question answer blank reasoning blank reasoning"),
        (
            f"<think>a</think>{form(WHY)}<think>b\nc</think>done",
            {"reasoning": "Before.\n\nSo."},
            "reasoning blank reasoning reasoning question answer blank reasoning reasoning",
        ),
        (
            f"{form(WHY)}\n### Final Answer\n{form(WHY, HOW)}",
            {},
            "draft draft blank heading question answer question answer blank",
        ),
        (
            f"Okay, so I plan.\n{LOOSE}{form(WHERE, WHEN)}",
            {},
            "reasoning draft draft draft draft question answer question answer blank",
        ),
        (f"Sure thing.\n{form(WHY)}", {}, "outside question answer blank"),
        ('{"question": "Why?",\n"answer": "By heat."}', {}, "json json"),
        ("An aside.", {}, "outside"),
        ("###ANSWER: By heat.\nSo.", {}, "answer answer"),
        ("", {}, "blank"),
    ],
)
def test_each_line_is_taken_for_something(text, options, labels):
    explained = explain(text, **options)
    assert [label for label, _ in explained] == labels.split()


def test_more_text_than_a_model_writes_is_cut_there(monkeypatch):
    text = form(WHY) + "###QUESTION: How?\n###ANSWER: By creep."
    monkeypatch.setattr(reader, "MOST_CHARACTERS", len(text) - 3)
    detail = f"more than {len(text) - 3} characters; what follows was not read"
    assert parse(text, finish_reason="stop") == parsed([WHY], [Fault(Reason.TRUNCATED, detail, "ep.")])
    assert parse(text[:-3], finish_reason="stop").faults == ()
    monkeypatch.setattr(reader, "MOST_CHARACTERS", 10)
    found = parse("It flows. " + "a" * 2000)
    assert found == parsed(
        [], [Fault(Reason.NO_PAIRS, "more than 10 characters; what follows was not read", "a" * 1000)]
    )


def test_more_pairs_than_a_response_can_have_are_counted(monkeypatch):
    monkeypatch.setattr(reader, "MOST_PAIRS", 2)
    told = [Fault(Reason.TOO_MANY_PAIRS, "4 pairs, of which the first 2 are taken", "Where?\nAt the bed.")]
    assert parse(form(WHY, HOW, WHERE, WHEN)) == parsed([WHY, HOW], told)
    assert parse(form(WHY, HOW)) == parsed([WHY, HOW])
    unread = f"{form(WHY, HOW, WHERE, WHEN)}---\n"
    monkeypatch.setattr(reader, "MOST_CHARACTERS", len(unread))
    assert parse(f"{unread}More.") == parsed([WHY, HOW], told)


def test_drafts_are_looked_for_at_the_end_of_the_reasoning(monkeypatch):
    drafts = f"{form(WHY)}---\n{form(HOW)}---\n"
    monkeypatch.setattr(reader, "_DRAFTS", len(drafts) - 20)
    assert [fault.text for fault in parse(f"<think>{drafts}</think>{form(WHERE)}").faults] == [
        "How?\nBy creep."
    ]


def test_more_signs_of_json_than_any_response_has_are_not_read(monkeypatch):
    text = '[{"question": "Why?", "answer": "By heat."}, {"question": "How?"' + " " * 2000
    monkeypatch.setattr(jsonpairs, "_MOST_TOKENS", 12)
    reading = jsonpairs.read_json(text)
    detail = "more than 12 signs of JSON; what follows was not read"
    assert reading.faults == [Fault(Reason.NO_PAIRS, detail, text[text.index('"question": "How') :][:1000])]
    monkeypatch.setattr(jsonpairs, "_MOST_TOKENS", 15)
    assert jsonpairs.read_json(text).faults == []
