"""Which names of fields, columns and speakers mean a question, and which an answer."""

import pytest

from qagen.parsing.keys import answered_by, answers, asked_by, asks


@pytest.mark.parametrize(
    ("name", "asked", "answered"),
    [
        ("question", ("", True), None),
        ("**Question**", ("", True), None),
        ("QUERY", ("", True), None),
        ("q1", ("1", True), None),
        ("Question #12", ("12", True), None),
        ("question_text", ("", True), None),
        ("user question", ("", True), None),
        ("prompt", ("", False), None),
        ("user_3", ("3", False), None),
        ("answer", None, ("", True)),
        ("Answers", None, ("", True)),
        ("_Response_", None, ("", True)),
        ("A-2", None, ("2", True)),
        ("ideal_answer", None, ("", True)),
        ("Completion", None, ("", False)),
        ("solution 4", None, ("4", False)),
        ("topic", None, None),
        ("questionable", None, None),
        ("", None, None),
    ],
)
def test_a_name_tells_what_it_names_its_number_and_whether_it_is_sure(name, asked, answered):
    assert (asked_by(name), answered_by(name)) == (asked, answered)


@pytest.mark.parametrize(
    "role", ["user", "human", "student", "questioner", "prompter", "interviewer", "Human", "USER"]
)
def test_these_speakers_ask(role):
    assert (asks(role), answers(role)) == (True, False)


@pytest.mark.parametrize(
    "role",
    ["assistant", "gpt", "model", "ai", "bot", "chatgpt", "teacher", "expert", "chatbot", "Assistant", "AI"],
)
def test_these_speakers_answer(role):
    assert (asks(role), answers(role)) == (False, True)


@pytest.mark.parametrize("role", ["system", "tool", "", "users"])
def test_other_speakers_do_neither(role):
    assert (asks(role), answers(role)) == (False, False)
