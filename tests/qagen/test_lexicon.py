"""Lists that several rules share: what one of them knows the others know."""

import pytest

from qagen.checks.reading.claims import refusals, speeches
from qagen.checks.reading.text import Text
from qagen.chunking.sections import is_body_heading, is_references
from qagen.convert.rules import patterns
from qagen.parsing import parse
from qagen.reasons import Reason
from qagen.text.lexicon import REFERENCE_HEADINGS


def test_every_heading_that_a_conversion_takes_for_references_is_one_for_the_sections_too():
    assert patterns.REFERENCES <= REFERENCE_HEADINGS


@pytest.mark.parametrize("heading", sorted(REFERENCE_HEADINGS))
def test_a_heading_of_references_is_never_main_body(heading):
    for written in (heading.title(), f"7. {heading.upper()}"):
        assert is_references(written)
        assert not is_body_heading(written)


@pytest.mark.parametrize(
    "text",
    [
        "I'm very sorry, but that is beyond me.",
        "I cannot do that with this excerpt.",
        "I must decline.",
        "I do not feel comfortable with that.",
        "As a large language model, this is beyond me.",
        "I am not permitted to quote from it.",
    ],
)
def test_what_is_a_refusal_as_a_response_is_one_as_an_answer(text):
    assert [fault.reason for fault in parse(text, finish_reason="stop").faults] == [Reason.REFUSAL]
    answer = Text(text)
    assert [*refusals(answer.plain, answer.vocabulary)] != []


@pytest.mark.parametrize("line", ["Let me double that.", "Let me formulate it.", "Let me verify this."])
def test_a_plan_is_cut_off_a_response_and_found_in_an_answer(line):
    response = f"###QUESTION: Why is the flux used?\n###ANSWER: It melts the carbonate at 900 °C.\n{line} And more.\n"
    (pair,) = parse(response, finish_reason="stop").pairs
    assert pair.answer == "It melts the carbonate at 900 °C."
    text = Text(line)
    assert [*speeches(text.plain, text.vocabulary)] != []
