"""Gates for pairs whose every word stands in the source: what is said of what, and what was asked."""

import pytest

from qagen.checks import IndexedSource, check_pair
from qagen.checks.explain import explain
from qagen.reasons import Reason
from qagen.records import Pair
from qagen.settings import CheckSettings

TEXT = (
    "The yield of the copper catalyst varied from 23 to 45 % depending on its fluorine content. "
    "The yield of the nickel catalyst was reported to be 11 to 21 % [26,47]. "
    "The source and transfer line temperatures were set at 260 and 280 °C, respectively. "
    "Since the growth rates of the strains were different, wet weights were adjusted to 50 mg. "
    "The plates were stored at 4 °C for two days to allow for chromophore maturation. "
    "A disruption of the redox balance of the membrane can lead to cell death. "
    "mSandy1 was evolved further and carries six mutations. "
    "The variant mSandy2 has an emission maximum above 600 nm. "
    "ACC was phosphorylated on Ser-79. "
    "The handling of the sample sometimes affects the transport measurement. "
    "Samples were dried under nitrogen or by vacuum centrifugation. "
    "The silica pellets are heavier than the zeolite pellets in all of the trials."
)
SOURCE = IndexedSource(TEXT)


def faults(question, answer, settings=None, source=SOURCE):
    return {
        fault.reason: fault
        for fault in check_pair(Pair(question, answer), source, settings or CheckSettings()).faults
    }


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        (
            "What is the capital of France during the annealing of the copper catalyst?",
            "The yield of the copper catalyst varied from 23 to 45 %.",
            Reason.UNKNOWN_PREMISE,
        ),
        (
            "For how long were the plates stored at 77 °C for chromophore maturation?",
            "The plates were stored for two days to allow for chromophore maturation.",
            Reason.UNKNOWN_PREMISE,
        ),
        ("How many mutations does mSandy3 carry?", "It carries six mutations.", Reason.UNKNOWN_PREMISE),
        (
            "How many mutations does mSandy2 carry after it was evolved further?",
            "It was evolved further and carries six mutations.",
            Reason.UNKNOWN_PREMISE,
        ),
        (
            "Why were the plates stored at 4 °C for chromophore maturation?",
            "Wet weights were adjusted to 50 mg.",
            Reason.BESIDE_THE_QUESTION,
        ),
        (
            "Why does the sample handling change the transport measurement?",
            "The transport measurement changes because the measurement depends on how the sample is handled.",
            Reason.CIRCULAR,
        ),
        (
            "Why was the copper catalyst varied in its fluorine content?",
            "The fluorine content was varied because large reactors poison electrolyte membranes within several hours.",
            Reason.INVENTED_REASON,
        ),
        (
            "What happens when the redox balance of the membrane is disrupted?",
            "Cell death leads to a disruption of the redox balance of the membrane.",
            Reason.REVERSED_CAUSE,
        ),
        (
            "Why did the growth rates of the strains differ?",
            "The growth rates of the strains were different because wet weights were adjusted to 50 mg.",
            Reason.REVERSED_CAUSE,
        ),
        (
            "How does the yield of the copper catalyst depend on its fluorine content?",
            "The yield of the copper catalyst varies from 11 to 21 % depending on its fluorine content.",
            Reason.MISATTRIBUTED,
        ),
        (
            "Which temperature was set higher, that of the source or of the transfer line?",
            "The source temperature was set higher than the transfer line temperature.",
            Reason.WRONG_COMPARISON,
        ),
        (
            "Which pellets are heavier, silica or zeolite?",
            "The zeolite pellets are heavier than the silica pellets.",
            Reason.WRONG_COMPARISON,
        ),
        (
            "How does the handling of the sample affect the transport measurement?",
            "The handling of the sample always affects the transport measurement.",
            Reason.OVERSTATED,
        ),
        (
            "How were the samples dried under nitrogen or in vacuum?",
            "Samples were only dried by vacuum centrifugation, never otherwise.",
            Reason.OVERSTATED,
        ),
        (
            "How long were the tubes kept after adding these reagents?",
            "They were stored for two days.",
            Reason.DANGLING_REFERENCE,
        ),
        (
            "What did they do with the plates at 4 °C?",
            "The plates were stored for two days.",
            Reason.DANGLING_REFERENCE,
        ),
        (
            "What was done in the additional step?",
            "Wet weights were adjusted to 50 mg.",
            Reason.DANGLING_REFERENCE,
        ),
        (
            "Why were the plates stored at 4 °C for two days?",
            "The source and transfer line temperatures were set at 260 and 280 °C, respectively.",
            Reason.UNANSWERED,
        ),
        (
            "How many mutations does mSandy1 carry after further evolution?",
            "It was evolved further, and the variants are known.",
            Reason.UNANSWERED,
        ),
    ],
)
def test_what_is_joined_anew_is_turned_down_for_what_is_wrong_with_it(question, answer, reason):
    assert reason in faults(question, answer)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            "What happens when the redox balance of the membrane is disrupted?",
            "Cell death leads to a disruption of the redox balance of the membrane.",
        ),
        ("What did they do with the plates at 4 °C?", "The plates were stored for two days."),
        (
            "How does the yield of the copper catalyst depend on its fluorine content?",
            "The yield of the copper catalyst varies from 11 to 21 % depending on its fluorine content.",
        ),
    ],
)
def test_each_of_these_is_explained_with_its_sentence_and_spans_of_the_source(question, answer):
    verdict = check_pair(Pair(question, answer), SOURCE, CheckSettings())
    for item, fault in zip(explain(verdict, SOURCE), verdict.faults, strict=True):
        assert (item.detail, item.rule) == (fault.detail, f"{fault.reason}: {fault.reason.meaning}")
        assert item.sentence == (question if item.place == "question" else answer)
        assert item.spans[: len(fault.spans)] == fault.spans


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            "How does the yield of the copper catalyst depend on its fluorine content?",
            "With the fluorine content the yield of the copper catalyst varies from 23 to 45 %.",
        ),
        (
            "What range of yields was reported for the nickel catalyst?",
            "For the nickel catalyst a yield of 11 to 21 % was reported.",
        ),
        (
            "Which temperature was set higher, that of the source or of the transfer line?",
            "The transfer line temperature was set higher than the source temperature.",
        ),
        (
            "Why were the wet weights of the strains adjusted?",
            "The wet weights were adjusted because the growth rates of the strains were different.",
        ),
        (
            "What can a disruption of the redox balance of the membrane lead to?",
            "Such a disruption of the redox balance of the membrane can lead to cell death.",
        ),
        (
            "How does the handling of the sample affect the transport measurement?",
            "The handling of the sample does sometimes affect the transport measurement.",
        ),
        (
            "Why were the plates stored at 4 °C for two days?",
            "The plates were stored at 4 °C for two days so that the chromophore could mature.",
        ),
        (
            "How many mutations does mSandy1 carry after further evolution?",
            "After further evolution, mSandy1 carries six mutations.",
        ),
        (
            "Why is it that the wet weights of the strains were adjusted?",
            "Because the growth rates of the strains were different, the weights were adjusted.",
        ),
    ],
)
def test_what_the_source_says_passes_in_other_words(question, answer):
    assert faults(question, answer) == {}


def test_a_premise_is_refused_with_the_words_that_the_source_has_not():
    found = faults(
        "What is the capital of France?", "The yield of the copper catalyst varied from 23 to 45 %."
    )
    assert "'France'" in found[Reason.UNKNOWN_PREMISE].detail
    assert found[Reason.UNKNOWN_PREMISE].text == "What is the capital of France?"


def test_acronyms_that_the_paper_may_explain_elsewhere_and_initials_of_names_are_no_premise():
    source = IndexedSource(
        "Levels in E. coli rise near the VHS, where strain shifts the spectra of the γ band."
    )
    question = "Where do the levels in Escherichia coli rise near the van Hove singularity (VHS) in TIMP?"
    assert Reason.UNKNOWN_PREMISE not in faults(question, "They rise near the VHS.", source=source)


def test_a_label_with_another_number_is_an_unknown_name():
    source = IndexedSource("ACC was phosphorylated on Ser-79 and AMPK on Thr-172 of the subunit.")
    found = faults(
        "On which residue was ACC phosphorylated?", "ACC was phosphorylated on Thr-79.", source=source
    )
    assert found[Reason.UNKNOWN_NAME].found == "Thr-79"
    assert not faults(
        "On which residue was AMPK phosphorylated?", "AMPK was phosphorylated on Thr-172.", source=source
    )


def test_a_misattributed_number_names_its_rival_and_where_it_stands():
    fault = faults(
        "How does the yield of the copper catalyst depend on its fluorine content?",
        "The yield of the copper catalyst varies from 11 to 21 % depending on its fluorine content.",
    )[Reason.MISATTRIBUTED]
    start, end = fault.spans[0]
    assert TEXT[start:end].startswith("The yield of the copper catalyst varied from 23 to 45 %")


@pytest.mark.parametrize("margin", [0.0, 1.0])
def test_the_margin_decides_how_clear_a_rival_has_to_be(margin):
    found = faults(
        "How does the yield of the copper catalyst depend on its fluorine content?",
        "The yield of the copper catalyst varies from 11 to 21 % depending on its fluorine content.",
        CheckSettings(rival_margin=margin),
    )
    assert (Reason.MISATTRIBUTED in found) == (margin == 0.0)


def test_a_claim_of_which_the_source_has_next_to_nothing_is_unsupported_whatever_its_score():
    answer = (
        "The plates were stored at 4 °C for two days. Future research should evaluate clinical applicability."
    )
    question = "For how long were the plates stored at 4 °C for chromophore maturation?"
    lenient = CheckSettings(min_support=0.0)
    assert "next to nothing" in faults(question, answer, lenient)[Reason.UNSUPPORTED].detail
    assert Reason.UNSUPPORTED not in faults(question, answer, CheckSettings(min_support=0.0, min_shared=0.0))


@pytest.mark.parametrize("assent", ["Yes.", "No.", ""])
def test_a_mere_assent_is_no_claim(assent):
    question = "Were the plates stored at 4 °C for two days to allow for chromophore maturation?"
    said = "The plates were stored at 4 °C for two days to allow for chromophore maturation."
    verdict = check_pair(Pair(question, f"{assent} {said}".strip()), SOURCE, CheckSettings())
    assert verdict.support == 1.0


def test_differences_and_sums_of_numbers_that_the_answer_states_are_its_own():
    source = IndexedSource(
        "The exposure limit of ammonia is 35 ppm whereas the threshold limit of ammonia is 25 ppm."
    )
    question = "How do the exposure limit and the threshold limit of ammonia compare?"
    ok = "The exposure limit is 35 ppm, which is 10 ppm above the threshold limit of 25 ppm."
    assert Reason.UNGROUNDED_NUMBER not in faults(question, ok, source=source)
    bad = "The exposure limit is 35 ppm, which is 12 ppm above the threshold limit of 25 ppm."
    assert Reason.UNGROUNDED_NUMBER in faults(question, bad, source=source)


@pytest.mark.parametrize(
    ("stated", "denied"),
    [
        (
            "The catalytic activity is dispensable in these cells.",
            "The catalytic activity is not needed in these cells.",
        ),
        ("The reaction term is in general non-vanishing.", "The reaction term does not vanish in general."),
    ],
)
def test_denials_in_other_words_are_denials(stated, denied):
    assert Reason.NEGATED not in faults(
        "What is known of it in these cells?", denied, source=IndexedSource(stated)
    )
