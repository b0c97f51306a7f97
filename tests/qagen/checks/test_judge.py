"""The verdict on a pair: faults in order, support, evidence."""

import pytest

from qagen.checks import CHECKS, IndexedSource, check_pair
from qagen.reasons import Reason
from qagen.records import Pair
from qagen.settings import CheckSettings

TEXT = (
    "Annealing the glass at 450 °C for 30 min lowered its hardness from 6.2 to 5.8 GPa. "
    "The drop is caused by the relaxation of residual stress near the surface. "
    "Longer treatments gave no further change, as shown in Fig. 3."
)
SOURCE = IndexedSource(TEXT)
SENTENCES = ((0, 82), (83, 156), (157, 218))
QUESTION = "Why does annealing lower the hardness of the glass?"
ANSWER = "The drop is caused by the relaxation of residual stress near the surface."


def reasons(question: str, answer: str, **settings: object) -> tuple[Reason, ...]:
    verdict = check_pair(Pair(question, answer), SOURCE, CheckSettings.model_validate(settings))
    return tuple(fault.reason for fault in verdict.faults)


def test_an_answer_that_is_a_sentence_of_the_source_is_fully_supported_by_just_that_sentence():
    for start, end in SENTENCES[:2]:
        verdict = check_pair(Pair(QUESTION, TEXT[start:end]), SOURCE, CheckSettings())
        assert (verdict.accepted, verdict.support, verdict.evidence) == (True, 1.0, ((start, end),))


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("", ANSWER, (Reason.EMPTY_QUESTION, Reason.TOO_SHORT, Reason.NOT_A_QUESTION)),
        (QUESTION, "...", (Reason.EMPTY_ANSWER, Reason.TOO_SHORT, Reason.UNSUPPORTED)),
        ("Why?", ANSWER, (Reason.TOO_SHORT,)),
        ("The hardness of the annealed glass", ANSWER, (Reason.NOT_A_QUESTION,)),
        ("What do the authors say about the stress in the glass?", ANSWER, (Reason.REFERS_TO_PAPER,)),
        ("What does Figure 3b show about longer treatments?", ANSWER, (Reason.REFERS_TO_FIGURE,)),
        (
            QUESTION,
            "Annealing at 540 °C for 30 min lowered the hardness of the glass.",
            (Reason.UNANSWERED, Reason.UNGROUNDED_NUMBER),
        ),
        (
            QUESTION,
            "Annealing at 450 K for 30 min lowered the hardness of the glass.",
            (Reason.UNGROUNDED_NUMBER,),
        ),
        (
            QUESTION,
            "Annealing the glass at 450 °C for 0.5 h lowered its hardness to 5.8 GPa.",
            (),
        ),
    ],
)
def test_each_fault_is_given_for_what_it_is(question, answer, expected):
    assert reasons(question, answer) == expected


def test_an_empty_question_is_no_fault_where_none_is_required():
    assert check_pair(Pair("", ANSWER), SOURCE, CheckSettings(), question_required=False).faults == ()


def test_a_check_that_is_disabled_is_not_run():
    names = [name for name, _ in CHECKS]
    assert reasons("", "?", disabled=names) == ()


def test_words_that_the_settings_allow_are_no_fault_but_the_next_ones_are():
    question = "What do the authors say about the stress in the glass of this study?"
    cleanups = ("attribution",)
    assert reasons(question, ANSWER, disabled=cleanups) == (Reason.REFERS_TO_PAPER,)
    allow = {"refers_to_paper": ("The authors",)}
    assert reasons(question, ANSWER, disabled=cleanups, allow=allow) == (Reason.REFERS_TO_PAPER,)
    allow = {"refers_to_paper": ("The authors", "this study")}
    assert reasons(question, ANSWER, disabled=cleanups, allow=allow) == ()


@pytest.mark.parametrize(
    ("settings", "pair", "reason"),
    [
        (
            {"max_phrase_words": 3},
            (QUESTION, "Relaxation of residual stress near the surface"),
            Reason.INCOMPLETE,
        ),
        ({"echo_similarity": 0.5}, (QUESTION, "Annealing lowers the hardness of the glass."), Reason.ECHO),
        (
            {"small_count": 1},
            (QUESTION, "There are two causes: relaxation and stress."),
            Reason.UNGROUNDED_NUMBER,
        ),
        (
            {"number_tolerance": 0.0},
            (QUESTION, "It fell when annealed for 0.501 h."),
            Reason.UNGROUNDED_NUMBER,
        ),
        (
            {"min_support": 1.0, "lone_claim_margin": 0.0, "min_foreign_words": 0},
            (QUESTION, "Residual stress relaxes near the surface."),
            Reason.UNSUPPORTED,
        ),
        (
            {"direction_margin": 0.0},
            (QUESTION, "Shorter treatments gave no further change."),
            Reason.TURNED_AROUND,
        ),
    ],
)
def test_thresholds_are_settings(settings, pair, reason):
    kept = {"number_tolerance": 0.005, "direction_margin": 2.0, "min_support": 0.0}
    assert reason not in reasons(*pair, **kept)
    assert reason in reasons(*pair, **{**kept, **settings})
