"""Which answers stand against each other: content against content, to one question about one chunk."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from qagen.reasons import Kind, Reason
from qagen.records import ChunkInfo, record_id, sha256
from qagen.select.contrast import contrasts, is_refuted, refuted_answers
from qagen.settings import SelectSettings
from tests.builder.corpora import FULL_GENERATION, paper, record, rejection

DOCS = Path(__file__).parents[2] / "docs"
ONE = paper("one")
QUESTION = "Why does the conductivity of the pressed pellets rise with pressure?"
NEAR = "Why does the conductivity of pressed pellets rise with the pressure?"
LOOSE = "Why does the conductivity of the pellets rise?"
OTHER = "How were the electrodes printed onto the glass?"
CHUNK = ChunkInfo(4, 0, 9, sha256("c"), (1, 2))


def kept(question=QUESTION, answer="It rises since the grains touch.", *, chunk=CHUNK, attempt=1):
    made = replace(record(ONE, question), answer=answer, chunk=chunk)
    generation = replace(FULL_GENERATION, attempt=attempt)
    return replace(made, id=record_id(ONE.sha256, question, answer), generation=generation)


def refuted(question=QUESTION, answer="It falls.", *, reason=Reason.TURNED_AROUND, **more):
    return replace(rejection(ONE), question=question, answer=answer, reason=reason, chunk=CHUNK, **more)


def against(rejected, *records):
    """The answer that stands against a rejected one."""
    answers = list(refuted_answers([("r", rejected)], {one.id for one in records}))
    return [one.chosen.answer for one in contrasts(records, answers, SelectSettings())]


@pytest.mark.parametrize(
    "reason",
    [
        Reason.DUPLICATE, Reason.NEAR_DUPLICATE, Reason.REPEATED_ANSWER, Reason.OVER_QUOTA, Reason.TOO_SHORT, Reason.ECHO,
        Reason.GARBLED, Reason.REFERS_TO_FIGURE, Reason.UNJUDGED, Reason.UNANSWERABLE, Reason.ANSWERED_DIFFERENTLY,
        Reason.UNKNOWN_PREMISE, Reason.DANGLING_REFERENCE, Reason.JUDGED_INCOMPLETE, Reason.OTHER_LANGUAGE,
    ],
)  # fmt: skip
def test_what_was_turned_down_for_anything_but_its_content_is_not_refuted(reason):
    assert not is_refuted(refuted(reason=reason))
    assert not is_refuted(refuted(also=(reason,)))


def test_what_was_turned_down_for_its_content_alone_is():
    assert is_refuted(refuted(reason=Reason.UNGROUNDED_NUMBER, also=(Reason.NEGATED, Reason.UNSUPPORTED)))
    assert not is_refuted(replace(refuted(), kind=Kind.COMPLETION))
    assert not is_refuted(replace(refuted(), answer=None))
    assert not is_refuted(replace(refuted(), chunk=None))


def test_the_same_question_stands_against_it_before_one_that_is_nearly_the_same():
    near = kept(NEAR, "Nearly.")
    assert against(refuted(), near, kept(OTHER, "Other."), kept(answer="Same.")) == ["Same."]
    assert against(refuted(), kept(OTHER, "Other."), near) == ["Nearly."]


def test_another_question_another_chunk_and_the_same_answer_stand_against_nothing():
    elsewhere = kept(chunk=replace(CHUNK, index=5))
    assert against(refuted(), kept(OTHER)) == []
    assert against(refuted(), elsewhere) == []
    assert against(refuted(answer="The same."), kept(NEAR, "The same.")) == []
    assert against(refuted()) == []


def test_a_question_with_another_number_is_another_question():
    asked = "Why does the conductivity of the pellets rise at {} K?"
    assert against(refuted(asked.format(300)), kept(asked.format(350))) == []
    assert against(refuted(asked.format(300)), kept(asked.format(300))) != []


def test_the_second_chance_stands_against_it_with_a_question_that_is_less_alike():
    assert against(refuted(), kept(LOOSE, "First.")) == []
    assert against(refuted(), kept(LOOSE, "First."), kept(LOOSE, "Second.", attempt=2)) == ["Second."]


def test_a_pair_that_is_a_record_or_was_turned_down_before_counts_once_or_not_at_all():
    twice = [("a", refuted()), ("b", refuted(reason=Reason.NEGATED))]
    assert [one.id for one in refuted_answers(twice, ())] == ["a"]
    known = record_id(ONE.sha256, QUESTION, "It falls.")
    assert list(refuted_answers(twice, {known})) == []


def test_the_documentation_names_the_reasons_that_are_of_content():
    text = (DOCS / "checks.md").read_text("utf-8")
    told = re.search(r"^What (`.*?)turn down is wrong in its content alone", text, re.MULTILINE | re.DOTALL)[
        1
    ]
    assert set(re.findall(r"`(\w+)`", told)) == {reason.value for reason in Reason if reason.is_content_fault}
