"""Pairs in JSON of any form, and what is no pair there."""

import json

import pytest

from qagen.parsing import parse
from qagen.parsing.grammar import MOST_FAULTS
from qagen.parsing.jsonpairs import holds_pairs, looks_like_json, read_json
from qagen.reasons import Reason
from qagen.records import Fault

PLACEHOLDER = "a placeholder stands where text should"
UNANSWERED = "no answer stands beside this question"
UNASKED = "no question stands beside this answer"


def read(value, loose=False):
    reading = read_json(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), loose)
    return [(pair.question, pair.answer) for pair in reading.pairs], reading.faults


@pytest.mark.parametrize(
    ("value", "pairs"),
    [
        ({"question": "Why?", "answer": "Heat."}, [("Why?", "Heat.")]),
        ({"answer": "Heat.", "question": "Why?"}, [("Why?", "Heat.")]),
        ({" Question ": " Why? ", "ANSWER": " Heat. "}, [("Why?", "Heat.")]),
        ({"q1": "Why?", "a1": "Heat.", "q2": "How?", "a2": "Creep."}, [("Why?", "Heat."), ("How?", "Creep.")]),
        ({"q1": "Why?", "q2": "How?", "a2": "Creep.", "a1": "Heat."}, [("Why?", "Heat."), ("How?", "Creep.")]),
        ({"question": "Why?", "query": "How?", "answer": "Heat."}, [("Why?", "Heat.")]),
        ({"question": "", "query": "How?", "answer": "Creep."}, [("How?", "Creep.")]),
        ({"question": "Why?", "answer": "Heat.", "response": "Creep."}, [("Why?", "Heat.")]),
        ({"question": "Why?", "answer": "", "response": "Creep."}, [("Why?", "Creep.")]),
        ({"question": "Why?", "prompt": "Be exact.", "answer": "Heat."}, [("Why?", "Heat.")]),
        ({"prompt": "Be exact.", "question": "Why?", "answer": "Heat."}, [("Why?", "Heat.")]),
        ({"question": "Why?", "answer": "Heat.", "output": "Yes"}, [("Why?", "Heat.")]),
        ({"question": "Why?", "output": "Yes", "answer": "Heat."}, [("Why?", "Heat.")]),
        ({"instruction": "Why is", "input": "ice cold", "output": "Heat."}, [("Why is\nice cold", "Heat.")]),
        ({"instruction": "Be exact.", "input": "Why? ", "output": "Heat."}, [("Why?", "Heat.")]),
        ({"instruction": "Why?", "input": "Or how?", "output": "Heat."}, [("Why?\nOr how?", "Heat.")]),
        ({"instruction": "Why?", "input": "", "output": "Heat."}, [("Why?", "Heat.")]),
        ({"question": "Why?", "answer": ["Heat.", "And creep."]}, [("Why?", "Heat.\nAnd creep.")]),
        ({"questions": ["Why?", "How?"], "answers": ["Heat.", "Creep."]}, [("Why?", "Heat."), ("How?", "Creep.")]),
        ({"question": "Why?", "answers": ["Heat.", "Creep."]}, [("Why?", "Heat.")]),
        ({"question": "Why?", "answer": "Heat.", "answers": ["Creep."]}, [("Why?", "Heat.")]),
        ({"q1": "Why?", "q2": "How?", "answers": ["Heat.", "Creep."]}, [("Why?", "Heat."), ("How?", "Creep.")]),
        ({"question": "Why?", "answers": {"text": ["Heat."], "start": [0]}}, [("Why?", "Heat.")]),
        ({"question": {"text": "Why?"}, "answer": {"value": "Heat."}}, [("Why?", "Heat.")]),
        ({"question": {"content": "Why?"}, "answer": {"message": "Heat."}}, [("Why?", "Heat.")]),
        ({"question": {"parts": ["Why?"]}, "answer": {"parts": ["Heat.", "Creep."]}}, [("Why?", "Heat.")]),
        ({"Why?": "Heat.", "How? ": "Creep."}, [("Why?", "Heat."), ("How?", "Creep.")]),
        ({"Why": "Heat."}, []),
        ([["Why?", "Heat."], ["How？", "Creep."]], [("Why?", "Heat."), ("How？", "Creep.")]),
        ([["Why?", "How?"]], []),
        ([["Why? ", "How? "]], []),
        ([[" Why?\n", "Heat. "]], [("Why?", "Heat.")]),
        ([["Why?", "How？"]], []),
        ([["Heat.", "Why?"]], []),
        ([["Why?"], ["Heat."]], []),
        ([["Why?", "Heat.", "Creep."]], []),
        ({"1": {"question": "Why?", "answer": "Heat."}}, [("Why?", "Heat.")]),
        ({"n": 3, "question": "Why?", "answer": "Heat."}, [("Why?", "Heat.")]),
        ({"question": "Why?", "is_hard": True, "page": None, "answer": "Heat.", "score": 0.9}, [("Why?", "Heat.")]),
        ({"tags": [], "question": "Why?", "pages": [1, 2], "answer": "Heat."}, [("Why?", "Heat.")]),
        ({"prompt": "Why?", "completion": "Heat."}, [("Why?", "Heat.")]),
        (
            [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Heat."}, {"role": "assistant", "content": "Creep."}],
            [("Why?", "Heat.")],
        ),
        (
            [{"role": "assistant", "content": "Hello."}, {"role": "user", "content": "Why?"}, {"role": "tool", "content": "5"}, {"role": "bot", "content": "Heat."}],
            [("Why?", "Heat.")],
        ),
        (
            [{"role": "user", "content": ["Why", "so?"]}, {"role": "model", "parts": [{"text": "Heat."}, {"text": "Creep."}]}],
            [("Why\nso?", "Heat.\nCreep.")],
        ),
        ({"role": "user", "question": "Why?", "answer": "Heat."}, [("Why?", "Heat.")]),
        *(
            ([{name: "system", "content": "Be exact."}, {name: "user", "content": "Why?"}, {name: "gpt", "content": "Heat."}], [("Why?", "Heat.")])
            for name in ("role", "from", "speaker", "author")
        ),
    ],
)  # fmt: skip
def test_pairs_are_found_by_the_names_of_their_fields(value, pairs):
    assert read(value) == (pairs, [])


@pytest.mark.parametrize(
    ("value", "pairs", "faults"),
    [
        ({"question": "Why?"}, [], [Fault(Reason.UNANSWERED_QUESTION, UNANSWERED, "Why?")]),
        ({"question": "Why?", "answer": " "}, [], [Fault(Reason.UNANSWERED_QUESTION, UNANSWERED, "Why?")]),
        ({"answer": "Heat."}, [], [Fault(Reason.UNASKED_ANSWER, UNASKED, "Heat.")]),
        ({"question": "", "answer": "Heat."}, [], [Fault(Reason.UNASKED_ANSWER, UNASKED, "Heat.")]),
        ({"question": "", "answer": ""}, [], []),
        ({"answer": " "}, [], []),
        ({"prompt": "Be exact."}, [], []),
        ({"output": "Heat."}, [], []),
        ({"prompt": "", "answer": "Heat."}, [], []),
        (
            {"question": "<question here>", "answer": "Heat."},
            [],
            [Fault(Reason.TEMPLATE_ECHO, PLACEHOLDER, "<question here>\nHeat.")],
        ),
        (
            {"question": "Why?", "answer": "..."},
            [],
            [Fault(Reason.TEMPLATE_ECHO, PLACEHOLDER, "Why?\n...")],
        ),
        (
            {"questions": ["Why?", "How?"], "answers": ["Heat."]},
            [("Why?", "Heat.")],
            [Fault(Reason.UNANSWERED_QUESTION, UNANSWERED, "How?")],
        ),
        (
            {"q1": "Why?", "q2": "How?", "answers": ["Heat."]},
            [("Why?", "Heat.")],
            [Fault(Reason.UNANSWERED_QUESTION, UNANSWERED, "How?")],
        ),
        (
            {"questions": ["Why?"]},
            [],
            [Fault(Reason.UNANSWERED_QUESTION, UNANSWERED, "Why?")],
        ),
        (
            {"question_1": "Why?", "answer_2": "Creep."},
            [],
            [
                Fault(Reason.UNANSWERED_QUESTION, UNANSWERED, "Why?"),
                Fault(Reason.UNASKED_ANSWER, UNASKED, "Creep."),
            ],
        ),
        ({"answer": "Question: Why?\nAnswer: Heat."}, [], []),
    ],
)  # fmt: skip
def test_what_lacks_its_other_half_is_told(value, pairs, faults):
    assert read(value) == (pairs, faults)


@pytest.mark.parametrize(
    "text",
    [
        '{"question": "Why?", "answer": "Heat."}',
        "{'question': 'Why?', 'answer': 'Heat.'}",
        "{“question”: “Why?”, “answer”: “Heat.”}",
        '{question: "Why?", answer: "Heat."}',
        'QA(question="Why?", answer="Heat.")',
        "QA(question = 'Why?', answer = 'Heat.')",
        "('Why?', 'Heat.')",
        "[('Why?', 'Heat.'),]",
        "{'question': 'Why?', 'answer': 'Heat.',}",
        '{"question": "Why?", "answer": "Heat.", "more": {"level": [1, 2}]}}',
        '{"question": "Why?"], "answer": "Heat."}',
        '{"question": "Why?", "answer": "Heat."}}]',
    ],
)
def test_careless_writing_is_read_where_it_is_looked_for(text):
    assert read(text, loose=True) == ([("Why?", "Heat.")], [])


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ('[{"question": "Why?", "answer": "Heat."}', '[{"question": "Why?", "answer": "Heat."}'),
        ('[{"question": "Why?", "answer": "Heat."}, {"question": "Ho', '{"question": "Ho'),
        ('{"question": "Why?", "answer": "He', '{"question": "Why?", "answer": "He'),
        ('{"question": "Why?", "answer": "Heat."}', None),
        ('{"title": "On ice", "te', None),
    ],
)
def test_what_is_never_closed_is_broken(text, broken):
    assert read_json(text).broken == broken


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (r"a\nb\tc\rd", "a\nb\tc\rd"),
        (r"a \"b\" \\ \/", 'a "b" \\ /'),
        (r"\u03b1 and \u03B2", "α and β"),
        (r"\ud800 stays", r"\ud800 stays"),
        (r"\beta and \frac{1}{2}", r"\beta and \frac{1}{2}"),
        (r"\theta, \nu, \rho and \tau", r"\theta, \nu, \rho and \tau"),
        (r"a\nThe, \tno, \rso", "a\nThe, \tno, \rso"),
        (r"\\nu is \nu", "\\nu is \nu"),
        (r"\\alpha is \alpha", "\\alpha is \\alpha"),
        (r"\\ and \( x \)", r"\ and \( x \)"),
        (r"\\beta is \beta", r"\beta is \beta"),
        ("no escape", "no escape"),
    ],
)
def test_escapes_are_resolved_unless_they_begin_a_command_of_latex(raw, text):
    assert read(f'{{"question": "Why?", "answer": "{raw}"}}')[0] == [("Why?", text)]


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ('{"a": 1}', True),
        ('[{"a": 1}]', True),
        ('  ```json\n[{"a": 1}]', True),
        ('pairs = [{"a": 1}]', True),
        ("{question: 1}", True),
        ("(// so", True),
        ("{ # so", True),
        ("[Question] Why?", False),
        ("[1] Why?", False),
        ("{X-ray}", False),
        ("Why? {}", False),
        ("", False),
        (" " * 300 + "{}", False),
    ],
)
def test_a_document_of_json_shows_at_its_start(text, looks):
    assert looks_like_json(text) is looks


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("Question: Why?\nAnswer: Heat.", True),
        ("**QUESTION**: Why?\n**ANSWER:** Heat.", True),
        ("Q1: Why? A1. Heat.", True),
        ('{"question": "Why?", "answer": "Heat."}', True),
        ("Question: Why?", False),
        ("Answer: Heat.", False),
    ],
)
def test_a_string_with_markers_of_both_kinds_holds_pairs(text, holds):
    assert holds_pairs(text) is holds


def test_texts_that_hold_pairs_are_read_in_turn():
    long = "###QUESTION: Why is it so?\n###ANSWER: By the heat of it."
    short = "Question: a\nAnswer: b"
    for value in ({"prompt": long}, {"output": long}, {"text": long}, [long], {"zebra": long}):
        parsed = parse(json.dumps(value))
        assert [(pair.question, pair.answer) for pair in parsed.pairs] == [
            ("Why is it so?", "By the heat of it.")
        ]
        assert parsed.faults == ()
    assert read_json(json.dumps([short, long, "c" * 39, "d" * 40])).texts == [long, "d" * 40]


def test_an_instruction_whose_output_holds_pairs_is_no_question():
    inside = "###QUESTION: Why is it so?\n###ANSWER: By heat."
    reading = read_json(json.dumps({"instruction": "Write pairs.", "output": inside}))
    assert (reading.pairs, reading.faults, set(reading.texts)) == ([], [], {inside})


def test_no_more_faults_are_told_than_anyone_reads():
    _, faults = read([{"question": f"Why {n}?"} for n in range(MOST_FAULTS + 5)])
    assert faults == [Fault(Reason.UNANSWERED_QUESTION, UNANSWERED, f"Why {n}?") for n in range(MOST_FAULTS)]


def test_a_pair_stands_where_its_object_begins():
    text = '[{"question": "Why?", "answer": "Heat."}, ["How?", "Creep."], {"Where?": "Here."}]'
    reading = read_json(text)
    assert [pair.start for pair in reading.pairs] == [
        text.index(sign) for sign in ('{"q', '["How', '{"Where')
    ]
    assert reading.marks == [(0, "json")]
