"""Question and answer have to stand by themselves."""

import inspect
import re

import pytest

from qagen.checks import CHECKS, IndexedSource, check_pair
from qagen.reasons import Reason
from qagen.records import Pair
from qagen.settings import CheckSettings

GROUNDING = (
    "ungrounded_number",
    "negated",
    "turned_around",
    "unknown_name",
    "wrong_expansion",
    "unsupported",
    "unknown_premise",
    "unanswered",
    "beside_the_question",
    "circular",
    "invented_reason",
    "reversed_cause",
    "wrong_sign",
    "misattributed",
    "wrong_comparison",
    "overstated",
)
QUESTION = "Why does the gel swell faster in warm water?"
ANSWER = "Warm water loosens the network, so that the chains of the gel take up water faster."


def faults(question, answer, source=""):
    verdict = check_pair(Pair(question, answer), IndexedSource(source), CheckSettings(disabled=GROUNDING))
    return {fault.reason for fault in verdict.faults}


def test_a_check_has_one_name_for_setting_function_file_and_reason():
    names = [name for name, _ in CHECKS]
    assert len(set(names)) == len(names)
    for name, check in CHECKS:
        reasons = set(re.findall(r"Reason\.([A-Z_]+)", inspect.getsource(inspect.getmodule(check))))
        expected = {"EMPTY_QUESTION", "EMPTY_ANSWER"} if name == "empty" else {name.upper()}
        assert (check.__name__, check.__module__, reasons) == (name, f"qagen.checks.{name}", expected)


def test_a_sound_pair_has_no_fault():
    assert faults(QUESTION, ANSWER) == set()


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What is the main objective of this paper?", Reason.REFERS_TO_PAPER),
        ("What methods were used in the present work?", Reason.REFERS_TO_PAPER),
        ("What did the authors say about the swelling of gels?", Reason.REFERS_TO_PAPER),
        ("How does the gel compare with the gels reported here?", Reason.REFERS_TO_PAPER),
        ("What is the DOI of the article on gels?", Reason.REFERS_TO_PAPER),
        ("In which year was the article about gels published?", Reason.REFERS_TO_PAPER),
        ("Who are the authors of reference [4]?", Reason.REFERS_TO_PAPER),
        ("What do we learn about our gel?", Reason.REFERS_TO_PAPER),
        ("What does Figure 3b show about gels?", Reason.REFERS_TO_FIGURE),
        ("How is Eq. (6) used for gels?", Reason.REFERS_TO_FIGURE),
        ("What is described in Section 2.4 about gels?", Reason.REFERS_TO_FIGURE),
        ("According to Table 1, how do gels swell?", Reason.REFERS_TO_FIGURE),
        ("How does the gel look in the region C-3?", Reason.REFERS_TO_FIGURE),
        ("What does page 3 of the text on pages 4 say, or see page 12 on gels?", Reason.REFERS_TO_FIGURE),
        ("Which gel is described in the previous chapter?", Reason.REFERS_TO_FIGURE),
        ("Which gels are given in the supplementary material?", Reason.REFERS_TO_FIGURE),
        ("What does FigS1 say of gels?", Reason.REFERS_TO_FIGURE),
        ("What does the abbreviation GPC stand for?", Reason.DEFINITION),
        ("What is the definition of swelling?", Reason.DEFINITION),
        ("What is meant by swelling pressure?", Reason.DEFINITION),
        ("What is a hydrogel?", Reason.DEFINITION),
        ("Why is swelling analyzed in 凝胶 samples of gels?", Reason.OTHER_LANGUAGE),
        ("Warum quillt das Gel in warmem Wasser schneller als in kaltem?", Reason.OTHER_LANGUAGE),
        ("Why are the gel und the water so warm in the test?", Reason.OTHER_LANGUAGE),
        ("The swelling of the gel in water", Reason.NOT_A_QUESTION),
        ("Why does the gel swell faster in...", Reason.INCOMPLETE),
        ("</think> Why does the gel swell?", Reason.LEAKED_REASONING),
        ("**Question 2:** Why does the gel swell?", Reason.GLUED),
    ],
)
def test_a_question_that_does_not_stand_alone_is_turned_down(question, reason):
    assert reason in faults(question, ANSWER)


@pytest.mark.parametrize(
    "question",
    [
        "What is the role of salt in the swelling of gels?",
        "What are quantum dots and why are they used in sensors?",
        "How does the study of gels help our understanding of cells?",
        "What is the significance of the factor f(dv, a) in crack growth?",
        "Why does a photon produce two electron-hole pairs in the gel?",
        "Which supplementary motor area is active when gels are touched?",
        "Explain how warm water changes the network of a gel.",
        "How does the α-phase of the gel differ from the β-phase?",
    ],
)
def test_a_question_that_stands_alone_is_kept(question):
    assert faults(question, ANSWER) == set()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("The provided text does not contain information about this.", Reason.REFUSAL),
        ("I cannot answer this question based on the provided text.", Reason.REFUSAL),
        ("As an AI language model, I am unable to determine this.", Reason.REFUSAL),
        ("The text does not say why the gel swells in water.", Reason.REFUSAL),
        ("Write exactly 10 question/answer pairs. The gel swells in water.", Reason.LEAKED_REASONING),
        ("You are a helpful assistant. The gel swells in water.", Reason.LEAKED_REASONING),
        ("The question stands on its own: the gel swells in water.", Reason.LEAKED_REASONING),
        ("Okay, so the user wants an answer. The gel swells in water.", Reason.LEAKED_REASONING),
        ("<think>Let me look at it. The gel swells in water.", Reason.LEAKED_REASONING),
        ("Here is the answer to your question: the gel swells.", Reason.LEAKED_REASONING),
        ("The gel swells in water.\n\nSummary: gels swell in water.", Reason.GLUED),
        ("The gel swells in water.\n\nQUESTION: What else?\nANSWER: See above.", Reason.GLUED),
        ("The gel swells in water. These questions cover the main points.", Reason.GLUED),
        (QUESTION, Reason.ECHO),
        (QUESTION.rstrip("?") + ".", Reason.ECHO),
        ("Warm water loosens the network by the product \ufffd\ufffd of the chains.", Reason.GARBLED),
        ("Warm water loosens the \uf0b7 network of the chains in the gel.", Reason.GARBLED),
        ("Warm water loosens\x00 the network of the chains in the gel.", Reason.GARBLED),
        ("The gel swells in warm water because the network becomes loose and the", Reason.INCOMPLETE),
        ("The gel swells in warm water, which is caused by the following:", Reason.INCOMPLETE),
        ("The gel swells in water (see the loose network of chains", Reason.INCOMPLETE),
        ("Das Gel quillt, weil warmes Wasser das Netzwerk lockert und Ketten löst.", Reason.OTHER_LANGUAGE),
        (
            "Le gel gonfle plus vite parce que la chaleur relâche les chaînes du réseau.",
            Reason.OTHER_LANGUAGE,
        ),
        (
            "该凝胶在温水中膨胀得更快，因为网络变得松散，链条吸收水分更快，并且这是可逆的过程。",
            Reason.OTHER_LANGUAGE,
        ),
        ("The gel swells faster, as shown in the figure.", Reason.REFERS_TO_FIGURE),
        ("The gel swells at the rim (marked by blue arrows) of the sample.", Reason.REFERS_TO_FIGURE),
        ("This paper deals with gels that swell in water.", Reason.REFERS_TO_PAPER),
    ],
)
def test_an_answer_that_is_no_answer_is_turned_down(answer, reason):
    assert reason in faults(QUESTION, answer)


def test_words_of_another_script_are_kept_where_the_source_has_them():
    question = "Why is the 凝胶 gel of the ancient recipe so soft?"
    assert faults(question, ANSWER, source="The 凝胶 gel is soft.") == set()


def test_paper_may_be_a_material():
    answer = "Wet fingers take up more dye from the paper than dry ones do."
    assert faults("How much dye do fingers take up?", answer) == {Reason.REFERS_TO_PAPER}
    assert faults("How much dye do fingers take up?", answer, source="Printing paper was touched.") == set()


def test_a_short_phrase_needs_no_full_stop():
    assert faults("At which temperature does the gel melt?", "At about 80 °C in pure, warm water") == set()


def test_a_pair_that_is_too_long_is_not_read():
    verdict = check_pair(Pair("Why?", "a " * 20_000), IndexedSource(""), CheckSettings())
    assert ([fault.reason for fault in verdict.faults], verdict.support) == ([Reason.TOO_LONG], 0.0)
