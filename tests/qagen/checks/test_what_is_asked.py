"""What is asked for stands in the answer, its reason where the source has it, and nobody's role is exchanged."""

import pytest

from qagen.checks import IndexedSource, check_pair
from qagen.checks.explain import explain
from qagen.checks.reading.whole_paper import whole_paper
from qagen.reasons import Reason
from qagen.records import Pair
from qagen.settings import CheckSettings

TEXT = (
    "Each row of the matrix represents a spectrum and each column represents an elution profile. "
    "The kelp was fixed in formaldehyde and permeabilized with ethanol before staining. "
    "Superconductivity is driven by valence fluctuation in the undoped crystals. "
    "The logs of user sessions were obtained from the archive of a maritime library. "
    "The tubes were cooled slowly to three degrees. "
    "Oxygen diffuses along the grain boundaries. "
    "Brittle tubes of the kelp tank crack because residual stress gathers at the weld. "
    "The bulk density of the foam is 1.2 g/cm3. "
    "Capillary electrophoresis (CE) and capillary electrochromatography (CEC) were compared. "
    "The kelp was harvested off the coast of Norway by twenty-five divers."
)
SOURCE = IndexedSource(TEXT)


def found(question, answer, paper="", **settings):
    pair, checks = Pair(question, answer), CheckSettings(**settings)
    return check_pair(pair, SOURCE, checks, paper=whole_paper(paper) if paper else None).faults


def reasons(question, answer, paper="", **settings):
    return [fault.reason for fault in found(question, answer, paper, **settings)]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            "What do rows and columns of the matrix hold?",
            "Each row of the matrix represents an elution profile and each column represents a spectrum.",
        ),
        (
            "How was the kelp prepared before staining?",
            "The kelp was fixed in ethanol and permeabilized with formaldehyde before staining.",
        ),
        (
            "What drives what in the undoped crystals?",
            "In the undoped crystals valence fluctuation is driven by superconductivity.",
        ),
    ],
)
def test_two_words_that_change_sides_of_a_third_have_changed_roles(question, answer):
    (fault,) = found(question, answer)
    assert fault.reason is Reason.EXCHANGED
    assert fault.detail.startswith("the answer has ")
    verdict = check_pair(Pair(question, answer), SOURCE, CheckSettings())
    (told,) = explain(verdict, SOURCE)
    assert told.spans[0] in [(sentence.start, sentence.end) for sentence in SOURCE.sentences]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            "What do rows and columns of the matrix hold?",
            "Each column represents an elution profile, and each row of the matrix represents a spectrum.",
        ),
        (
            "What is superconductivity driven by in the undoped crystals?",
            "Valence fluctuation drives superconductivity in the undoped crystals.",
        ),
        (
            "How was the kelp prepared before staining?",
            "Before staining the kelp was fixed in formaldehyde and permeabilized with ethanol.",
        ),
    ],
)
def test_another_order_voice_or_beginning_changes_no_roles(question, answer):
    assert reasons(question, answer) == []


@pytest.mark.parametrize(
    ("question", "answer", "detail"),
    [
        (
            "Which library supplied the logs of user sessions?",
            "The logs of user sessions were obtained from a certain library.",
            "the question asks for something, and the answer says nothing that the question does not",
        ),
        (
            "How were the tubes cooled to three degrees?",
            "The tubes were cooled to three degrees in a particular way.",
            "the question asks for a way, and the answer says nothing that the question does not",
        ),
        (
            "What is the bulk density of the foam?",
            "The bulk density of the foam was measured by weighing a slice of it.",
            "the question asks 'what is the bulk density of', and the answer gives no amount",
        ),
        (
            "Why do brittle tubes crack at the weld?",
            "Brittle tubes crack at the weld with time.",
            "the question asks for a reason, and the answer gives none",
        ),
    ],
)
def test_an_answer_without_what_is_asked_for_is_none(question, answer, detail):
    settings = {"disabled": ("echo", "unsupported", "beside_the_question")}
    source = IndexedSource(TEXT.replace(" because residual stress gathers", ", and residual stress gathers"))
    verdict = check_pair(Pair(question, answer), source, CheckSettings(**settings))
    assert [(fault.reason, fault.detail) for fault in verdict.faults] == [(Reason.UNANSWERED, detail)]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            "Which library supplied the logs of user sessions?",
            "They came from the archive of a maritime library.",
        ),
        ("How were the tubes cooled to three degrees?", "The tubes were cooled slowly."),
        (
            "Which diffuses along the grain boundaries, oxygen or ethanol?",
            "Oxygen diffuses along the grain boundaries.",
        ),
        ("What is the bulk density of the foam?", "It is 1.2 g/cm3."),
    ],
)
def test_a_short_answer_with_what_is_asked_for_passes(question, answer):
    assert reasons(question, answer) == []


def test_a_reason_that_the_source_gives_for_something_else_is_invented():
    question = "Why was the kelp fixed in formaldehyde before staining?"
    answer = "The kelp was fixed in formaldehyde because residual stress gathers at the weld."
    (fault,) = found(question, answer)
    assert (fault.reason, fault.detail) == (
        Reason.INVENTED_REASON,
        "the source says 'residual stress gathers at the weld' of something else",
    )
    (span,) = fault.spans
    assert (
        TEXT[slice(*span)]
        == "Brittle tubes of the kelp tank crack because residual stress gathers at the weld."
    )
    assert (
        reasons("Why do brittle tubes crack?", "They crack because residual stress gathers at the weld.")
        == []
    )


def test_words_that_the_source_shortens_otherwise_are_no_long_form():
    question = "Which two techniques were compared?"
    (fault,) = found(question, "Capillary electrophoresis (CEC) was compared with another technique.")
    assert (fault.reason, fault.detail) == (
        Reason.WRONG_EXPANSION,
        "the source shortens 'Capillary electrophoresis' to 'ce', not to 'CEC'",
    )
    right = "Capillary electrophoresis (CE) and capillary electrochromatography (CEC) were compared."
    assert reasons(question, right) == []


@pytest.mark.parametrize("number", ["25", "Twenty-five", "twenty five"])
def test_a_number_is_the_same_in_words(number):
    assert reasons("How many Norwegian divers harvested kelp?", f"{number} divers harvested the kelp.") == []


def test_another_number_in_words_is_another_number():
    assert reasons("How many divers harvested kelp?", "Thirty-five divers harvested the kelp.") == [
        Reason.UNGROUNDED_NUMBER
    ]


def test_one_in_so_many_is_a_share():
    source = IndexedSource("Fewer than 5% of the larvae of the mutant strain survived the high dose.")
    question = "Which share of the larvae of the mutant strain survived?"
    for share, faults in (("one in twenty", []), ("one in ten", [Reason.UNGROUNDED_NUMBER])):
        answer = f"Fewer than {share} of the larvae of the mutant strain survived the high dose."
        verdict = check_pair(Pair(question, answer), source, CheckSettings())
        assert [fault.reason for fault in verdict.faults] == faults


PAPER = f"Kelp of Zeeland was grown in the LOFAR basin at 17 kPa. {TEXT} Deep Ocean Thermal Mapping followed."


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("How was the kelp of Zeeland fixed before staining?", [Reason.UNKNOWN_PREMISE]),
        ("How was the kelp that grew at 17 kPa fixed before staining?", [Reason.UNKNOWN_PREMISE]),
        ("How was the kelp of the LOFAR basin fixed before staining?", []),
        ("How was the kelp of the DOTM programme fixed before staining?", []),
    ],
)
def test_a_premise_may_stand_anywhere_in_the_paper(question, alone):
    answer = "The kelp was fixed in formaldehyde before staining."
    assert reasons(question, answer) == alone
    assert reasons(question, answer, PAPER) == []


@pytest.mark.parametrize(
    ("premise", "said"),
    [
        ("of Patagonia", "the question names 'Patagonia', neither the source nor the rest of the paper does"),
        (
            "that grew at 19 kPa",
            "the question says '19 kPa', neither the source nor the rest of the paper does",
        ),
        ("of the ALMA basin", "the question names 'ALMA', neither the source nor the rest of the paper does"),
    ],
)
def test_a_premise_that_the_whole_paper_has_not_is_unknown(premise, said):
    question = f"How was the kelp {premise} fixed before staining?"
    (fault,) = found(question, "The kelp was fixed in formaldehyde before staining.", PAPER)
    assert (fault.reason, fault.detail) == (Reason.UNKNOWN_PREMISE, said)


def test_the_only_claim_of_an_answer_may_be_further_from_the_words_of_the_source():
    question, answer = "Why do brittle tubes crack?", "They crack because stress gathers at joints."
    score = check_pair(Pair(question, answer), SOURCE, CheckSettings()).support
    strict = CheckSettings(min_support=score + 0.05, lone_claim_margin=0.0, min_foreign_words=0)
    assert [fault.reason for fault in check_pair(Pair(question, answer), SOURCE, strict).faults] == [
        Reason.UNSUPPORTED
    ]
    assert (
        reasons(question, answer, min_support=score + 0.05, lone_claim_margin=0.06, min_foreign_words=0) == []
    )


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Was all of the kelp fixed in ethanol?", "No, formaldehyde was what fixed it, not ethanol."),
        ("Is kelp harvested by many divers off Norway?", "No, only twenty-five divers harvested the kelp."),
        ("What was not fixed in ethanol?", "The kelp was not fixed in ethanol before staining."),
    ],
)
def test_what_an_answer_denies_of_its_question_needs_no_denial_in_the_source(question, answer):
    assert {Reason.NEGATED, Reason.OVERSTATED}.isdisjoint(reasons(question, answer))


def test_a_denial_that_nobody_asked_for_needs_one():
    assert reasons(
        "How was the kelp prepared?", "The kelp was not fixed in formaldehyde before staining."
    ) == [Reason.NEGATED]


def test_a_mutant_named_with_a_greek_letter_is_no_rival_of_its_gene():
    source = IndexedSource(
        "The kex7Δ larvae survived a dose of 5 mM. The kex7 gene of the larvae lies on chromosome 3."
    )
    pair = Pair("Which larvae survived the dose?", "Larvae that lack the gene kex7 survived a dose of 5 mM.")
    assert check_pair(pair, source, CheckSettings()).faults == ()
