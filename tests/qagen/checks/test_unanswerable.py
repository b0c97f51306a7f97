"""What comes of a question that is to have no answer: the whole result."""

import pytest

from qagen.checks import CheckResult, IndexedSource
from qagen.checks.reading.whole_paper import WholePaper
from qagen.checks.unanswerable import check_unanswerable, shortened
from qagen.question_kinds import NOT_STATED, Difficulty, QuestionKind
from qagen.reasons import Reason
from qagen.records import Edit, Fault, Pair
from qagen.settings import CheckSettings

CAST = "Alloy K-17 was cast in argon."
ANNEALED = "The ingots were annealed at 850 °C for 12 h and rolled to plates of 3 mm thickness."
ETCHED = "Plates were etched with nitric acid."
TEXT = f"{CAST} {ANNEALED} {ETCHED}"
SLURRY = "Which pH did the slurry have before it was cast?"
WOLVES = "Which wolves eat reindeer in Lapland?"
SAYS = Fault(Reason.WRONG_KIND, "the answer says something, and was to say that there is none", "Moss.")
FAR = Fault(Reason.WRONG_KIND, "the chunk has 0.00 of what the question speaks of, below 0.15", WOLVES)


def judged(question, answer, **settings):
    pair = Pair(question, answer, 3, QuestionKind.UNANSWERABLE, Difficulty.HARD)
    return check_unanswerable(
        pair, IndexedSource(TEXT), WholePaper(TEXT, [(0, len(TEXT))]), CheckSettings(**settings)
    )


def result(question, answer, support, evidence, faults=(), edits=()):
    return CheckResult(
        Pair(question, answer, 3, QuestionKind.UNANSWERABLE, Difficulty.HARD),
        edits,
        support,
        faults,
        tuple((TEXT.index(sentence), TEXT.index(sentence) + len(sentence)) for sentence in evidence),
    )


@pytest.mark.parametrize(
    ("answer", "said", "faults", "edits"),
    [
        (NOT_STATED, NOT_STATED, (), ()),
        (
            "The paper does not say.",
            NOT_STATED,
            (),
            (Edit("not_stated", "answer", "The paper does not say."),),
        ),
        ("Moss.", "Moss.", (SAYS,), ()),
    ],
)
def test_a_question_near_the_chunk_keeps_an_answer_only_if_it_says_something(answer, said, faults, edits):
    assert judged(SLURRY, answer) == result(SLURRY, said, 0.2727, [CAST], faults, edits)


@pytest.mark.parametrize(
    ("answer", "said", "faults"), [(NOT_STATED, NOT_STATED, (FAR,)), ("Moss.", "Moss.", (SAYS, FAR))]
)
def test_a_question_far_from_the_chunk_is_of_another_kind(answer, said, faults):
    assert judged(WOLVES, answer) == result(WOLVES, said, 0.0, [], faults)


def test_a_disabled_check_leaves_the_question_and_drops_the_answer():
    edits = (Edit("not_stated", "answer", "Moss."),)
    assert judged(WOLVES, "Moss.", disabled=("wrong_kind",)) == result(WOLVES, NOT_STATED, 0.0, [], (), edits)


def test_a_question_that_the_paper_answers_says_where():
    asked = "At what temperature were the ingots annealed?"
    found = judged(asked, NOT_STATED)
    assert found.faults == (Fault(Reason.ANSWERABLE, f"the paper says {ANNEALED!r}", asked),)
    assert (found.support, found.evidence) == (0.7083, ((30, 30 + len(ANNEALED)),))


def test_the_two_sentences_that_share_most_are_shown_in_their_order():
    found = judged(
        "Which plates of the alloy K-17 that was cast in argon were etched with acid twice?", NOT_STATED
    )
    assert [TEXT[start:end] for start, end in found.evidence] == [CAST, ETCHED]


def test_a_pair_longer_than_allowed_is_not_looked_at():
    question, answer = "Why is the alloy cast in argon?", "Moss."
    length = len(question) + len(answer)
    long = Fault(Reason.TOO_LONG, f"the pair has {length} characters, more than {length - 1}")
    assert judged(question, answer, max_pair_chars=length - 1) == result(question, answer, 0.0, [], (long,))
    assert SAYS in judged(question, answer, max_pair_chars=length).faults


@pytest.mark.parametrize(
    ("question", "faults"),
    [
        (
            "???",
            [
                Fault(Reason.EMPTY_QUESTION, "the question has no words", "???"),
                Fault(Reason.TOO_SHORT, "the question has 3 characters of 15", "???", "???"),
            ],
        ),
        (
            "What does Fig. 3 and what does Table 2 of this alloy show?",
            [
                Fault(
                    Reason.REFERS_TO_FIGURE,
                    "the question points at 'Fig. 3'",
                    "What does Fig. 3 and what does Table 2 of this alloy show?",
                    "Fig. 3",
                ),
            ],
        ),
        ("What is argon?", [Fault(Reason.DEFINITION, "the question only asks 'What is argon?'", "What is argon?", "What is argon?")]),
    ],
)  # fmt: skip
def test_each_check_of_questions_objects_once(question, faults):
    found = judged(question, NOT_STATED, min_question_chars=4 if question != "???" else 15)
    assert [
        fault for fault in found.faults if fault.reason not in (Reason.WRONG_KIND, Reason.ANSWERABLE)
    ] == faults


@pytest.mark.parametrize(
    ("text", "short"),
    [("It is\n  so.", "It is so."), ("a" * 200, "a" * 200), ("a" * 201, "a" * 200 + "...")],
)
def test_a_long_text_is_quoted_by_its_beginning(text, short):
    assert shortened(text) == short
