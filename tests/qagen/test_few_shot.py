"""Examples by the user: read from a file, drawn by the part of the paper, and never taken back as an answer."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.asking.examples import load_examples
from qagen.errors import SettingsError
from qagen.question_kinds import QuestionKind, Wanted
from qagen.reasons import Reason
from qagen.records import Chunk, Pair, Section

ANY = Wanted(10)
CAUSE = Wanted(2, QuestionKind.CAUSE)


def chunk(*path: str, text: str = "The text of a chunk.") -> Chunk:
    return Chunk(0, 0, len(text), text, Section(path, 0, len(text), 0, body=True), (1,))


def example(question: str, **more: str) -> dict[str, str]:
    return {"question": question, "answer": f"The answer to {question}", **more}


@pytest.fixture
def load(tmp_path):
    def written(*lines: object):
        file = tmp_path / "examples.jsonl"
        file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
        return load_examples(str(file))

    return written


def questions(found) -> list[str]:
    return [one.question for one in found]


def test_examples_for_a_part_of_the_paper_come_before_those_for_any(load):
    found = load(
        example("Any?"), example("Results?", section="results"), "", example("Methods?", section="methods")
    )
    assert questions(found.drawn(chunk("3. Results"), ANY)) == ["Results?"]
    assert questions(found.drawn(chunk("2. Methods"), ANY)) == ["Methods?"]
    assert questions(found.drawn(chunk("Discussion"), ANY)) == ["Any?"]


def test_examples_of_the_kind_that_is_asked_for_come_before_those_of_any(load):
    found = load(example("Any?"), example("Cause?", kind="cause"), example("Open?", kind="open"))
    assert questions(found.drawn(chunk("Results"), CAUSE)) == ["Cause?"]
    assert questions(found.drawn(chunk("Results"), ANY)) == ["Any?"]


def test_a_part_counts_more_than_a_kind_and_nothing_that_does_not_fit_is_shown(load):
    found = load(example("Part?", section="results"), example("Kind?", kind="cause"))
    assert questions(found.drawn(chunk("Results"), CAUSE)) == ["Part?"]
    assert found.drawn(chunk("Methods"), Wanted(1, QuestionKind.OPEN)) == ()


def test_three_of_many_are_drawn_the_same_ones_for_the_same_chunk(load):
    found = load(*(example(f"Number {number}?") for number in range(30)))
    drawn = [tuple(questions(found.drawn(chunk(text=f"Text {number}."), ANY))) for number in range(20)]
    assert {len(one) for one in drawn} == {3}
    assert len(set(drawn)) > 10
    assert drawn == [
        tuple(questions(found.drawn(chunk(text=f"Text {number}."), ANY))) for number in range(20)
    ]


@pytest.mark.parametrize(
    ("question", "answer", "what"),
    [
        ("Why is this another question?", "The answer to  any?", "answer"),
        ("why is the sky green", "Another answer.", "question"),
        ("Why is the sky green?", "The answer to Any.", "answer"),
    ],
)
def test_a_pair_that_is_an_example_given_back_is_an_echo(load, question, answer, what):
    found = load(example("Other?"), {"question": "Why is the sky green?", "answer": "The answer to Any?"})
    fault = found.echo(Pair(question, answer), 0.9)
    assert (fault.reason, fault.detail) == (Reason.ECHO, f"the {what} is that of example 2")


def test_a_pair_of_its_own_is_no_echo(load):
    found = load(example("Why is the sky green?"))
    assert (
        found.echo(Pair("Why is the sea green?", "Since algae grow in it for most of the year."), 0.9) is None
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "is no JSON; write one object a line"),
        ("[1]", "is no JSON object; it takes question, answer, section, kind"),
        ({"question": "Why?"}, "has no 'answer' with text; write one"),
        ({"question": " ", "answer": "So."}, "has no 'question' with text; write one"),
        ({"question": 3, "answer": "So."}, "has no 'question' with text; write one"),
        (
            example("Why?", part="results"),
            "has the unknown key 'part'; it takes question, answer, section, kind",
        ),
        (
            example("Why?", section="result"),
            "is 'result'; it is one of opening, introduction, methods, results",
        ),
        (example("Why?", kind="causes"), "is 'causes'; it is one of factual, comparison, cause"),
        (example("x" * 5000), "has 5,000 characters; shorten it to 4,000 at most"),
    ],
)
def test_a_line_that_is_no_example_is_one_clear_line(load, line, told):
    with pytest.raises(SettingsError) as error:
        load(example("Any?"), line)
    assert told in str(error.value)
    assert "line 2 of the examples" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_cannot_be_read_is_one_clear_line(load, tmp_path):
    (tmp_path / "latin.jsonl").write_bytes(b"\xff\xfe")
    (tmp_path / "large.jsonl").write_bytes(b" " * ((1 << 20) + 1))
    for name, told in {
        "none.jsonl": "No such file or directory; name a file of JSON lines",
        "latin.jsonl": "are not UTF-8 (invalid start byte); save them as UTF-8",
        "large.jsonl": "have 1,048,577 bytes",
        ".": "are no file; name a file of JSON lines",
    }.items():
        with pytest.raises(SettingsError, match="the examples") as error:
            load_examples(str(tmp_path / name))
        assert told in str(error.value)
    with pytest.raises(SettingsError, match="have no line with an example"):
        load("", "  ")


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda each: (
            st.lists(each) | st.dictionaries(st.sampled_from(["question", "answer", "section", "kind"]), each)
        ),
    )
)
def test_whatever_stands_in_a_line_it_is_an_example_or_one_clear_line(tmp_path_factory, value):
    file = tmp_path_factory.getbasetemp() / "any.jsonl"
    file.write_text(json.dumps(value))
    told = ""
    try:
        for one in load_examples(str(file)).found:
            assert one.question.encode()
            assert one.answer.encode()
    except SettingsError as error:
        told = str(error)
    assert "\n" not in told
