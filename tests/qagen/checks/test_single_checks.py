"""Single checks, asked directly: what each objects to, in which words, and what it lets pass."""

import pytest

from qagen.checks.check_input import CheckInput
from qagen.checks.check_pair import CHECKS
from qagen.checks.reading.source import IndexedSource
from qagen.records import Pair
from qagen.settings import CheckSettings


def objections(check, question, answer, source):
    """What a check says of a pair, whatever others say."""
    subject = CheckInput.of(Pair(question, answer), IndexedSource(source))
    return [(fault.detail, fault.text) for fault in dict(CHECKS)[check](subject, CheckSettings())]


MEMBRANES = (
    "Membranes of cellulose were stable in ethanol. "
    "The coated membranes kept their flux in every cycle. "
    "Only the grafted fibres swelled in acetone. "
    "Nearly all of the lipids were oxidised. "
    "The pumps ran for three days. "
)


@pytest.mark.parametrize(
    ("answer", "said", "word"),
    [
        ("All membranes of cellulose were stable in ethanol.", "all membranes of cellulose", "all"),
        (
            "Membranes of cellulose were always stable in ethanol.",
            "of cellulose were always stable in ethanol",
            "always",
        ),
        (
            "Membranes of cellulose were only stable in ethanol.",
            "of cellulose were only stable in ethanol",
            "only",
        ),
        ("Membranes of cellulose were stable in any ethanol.", "were stable in any ethanol", "any"),
        ("All of the coated membranes kept their flux.", "all of the coated", "all"),
        ("The pumps never ran for three days.", "the pumps never ran for three", "never"),
        ("The pumps ran for three whole days everywhere.", "three whole days everywhere", "everywhere"),
        ("The pumps ran entirely for three days.", "the pumps ran entirely for three days", "entirely"),
    ],
)
def test_a_word_that_leaves_no_exception_is_shown_where_the_source_leaves_some(answer, said, word):
    detail = f"the answer says {said!r}, the source says nothing of {word!r} there"
    assert objections("overstated", "What happened?", answer, MEMBRANES) == [(detail, answer)]
    assert objections("overstated", f"What happened, {word}?", answer, MEMBRANES) == []


@pytest.mark.parametrize(
    "answer",
    [
        "Not all membranes of cellulose were stable in ethanol.",
        "Membranes of cellulose were stable in ethanol at all.",
        "Membranes of cellulose were stable in 96% of all ethanol.",
        "All three membranes of cellulose were stable in ethanol.",
        "They were all membranes of cellulose stable in ethanol.",
        "Membranes of cellulose were only mildly stable in ethanol.",
        "Membranes of cellulose were only 3 days stable in ethanol.",
        "Membranes of cellulose were not equally stable in every ethanol.",
        "Membranes of cellulose were stable in ethanol without any swelling.",
        "Almost all membranes of cellulose were stable in ethanol.",
        "The coated membranes kept their flux in all cycles.",
        "Solely the grafted fibres swelled in acetone.",
        "Only the coated fibres swelled in acetone.",
        "All of the lipids were oxidised.",
        "No, only membranes of cellulose were stable in ethanol.",
    ],
)
def test_a_word_that_is_taken_back_or_that_the_source_has_overstates_nothing(answer):
    assert objections("overstated", "What happened?", answer, MEMBRANES) == []


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("What do these reagents do?", "these reagents"),
        ("What do these reagents do in perovskite growth?", "these reagents"),
        ("What is the additional step?", "the additional step"),
        ("How do they swell?", "they"),
        ("What happens to those fibres?", "those fibres"),
        ("What was the first result?", "the first result"),
        ("What is its role?", "its"),
        ("And what is their role in photosynthesis?", "their"),
        ("What does the method do?", "the method"),
        ("What was the above electrode?", "the above electrode"),
    ],
)
def test_what_a_question_speaks_of_as_if_it_were_known_is_shown(question, what):
    detail = f"the question says {what!r} and does not name what that is"
    assert objections("dangling_reference", question, "It is so.", MEMBRANES) == [(detail, question)]


@pytest.mark.parametrize(
    "question",
    [
        "Why were the tubes heated?",
        "Why were the tubes of the reactor heated?",
        "Why were the carbon nanotubes heated?",
        "What is the additional step of zeolite purification?",
        "How does the gel swell when it is wet?",
        "Why is it that ions diffuse?",
        "Why is it good to heat zeolites?",
        "What happens to those treated with ozone?",
        "How does this study measure turbidity?",
        "What was the initial concentration of glucose?",
        "Why do Alders grow near the river?",
    ],
)
def test_what_a_question_names_itself_is_known(question):
    assert objections("dangling_reference", question, "It is so.", MEMBRANES) == []


FOAM = "Stress gathers at the weld. The foam was weighed because it melted in the oven."


@pytest.mark.parametrize(
    ("question", "answer", "detail"),
    [
        (
            "Why do the tubes crack?",
            "The tubes crack at the weld with time.",
            "for a reason, and the answer gives none",
        ),
        (
            "Why do the tubes crack?",
            "The results were obtained at the weld.",
            "for a reason, and the answer gives none",
        ),
        (
            "Why do the tubes crack at the weld?",
            "The tubes crack at the weld for days.",
            "for a reason, and the answer gives none",
        ),
        (
            "For what reason do tubes crack?",
            "They crack at night.",
            "for a reason, and the answer gives none",
        ),
        ("What is the reason for cracks?", "It is damp.", "for a reason, and the answer gives none"),
        (
            "How many tubes cracked?",
            "The tubes cracked at the weld.",
            "'how many', and the answer gives no amount",
        ),
        ("How many A4 tubes cracked?", "The A4 tubes cracked.", "'how many', and the answer gives no amount"),
        (
            "What is the density of the foam?",
            "All of the foam was weighed.",
            "'what is the density of', and the answer gives no amount",
        ),
        (
            "What was the bulk density of the foam?",
            "It was weighed.",
            "'what was the bulk density of', and the answer gives no amount",
        ),
        (
            "At what temperature did it melt?",
            "It melted in the oven.",
            "'at what temperature', and the answer gives no amount",
        ),
        (
            "What is known, and how often did it melt?",
            "It melted in the oven.",
            "'and how often', and the answer gives no amount",
        ),
        (
            "Which library supplied the logs?",
            "The logs were supplied by a certain library.",
            "for something, and the answer says nothing that the question does not",
        ),
        (
            "How were the logs supplied?",
            "The logs were supplied in a particular way.",
            "for a way, and the answer says nothing that the question does not",
        ),
        (
            "In which library are logs?",
            "The logs are in a library.",
            "for something, and the answer says nothing that the question does not",
        ),
    ],
)
def test_what_is_asked_for_and_not_given_is_said(question, answer, detail):
    assert objections("unanswered", question, answer, FOAM) == [(f"the question asks {detail}", answer)]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Why do the tubes crack?", "The tubes crack since stress gathers."),
        ("How many tubes cracked?", "Several tubes cracked."),
        ("How many tubes cracked?", "Tubes 4A cracked."),
        ("What is the density of the foam?", "It doubled: double."),
        ("What is the density of the effect?", "It was weighed."),
        ("Beyond counting how often it melted, what was done?", "It was weighed in the oven slowly."),
        ("Which is larger, the log or the library?", "The log is larger than the library."),
        ("Who supplied the logs?", "Librarians supplied the logs."),
        ("Who supplied the logs?", "The logs were supplied by 3 people."),
        ("Is the log supplied?", "The log is supplied."),
        ("What is it?", ""),
    ],
)
def test_an_answer_that_gives_what_is_asked_for_is_one(question, answer):
    assert objections("unanswered", question, answer, FOAM) == []
