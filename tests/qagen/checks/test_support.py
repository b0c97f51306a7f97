"""Support grows with what the source says, and its evidence is whole sentences of the source."""

import json
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.checks import IndexedSource, check_pair
from qagen.checks.reading.names import long_form
from qagen.checks.reading.support_model import MODEL, idf
from qagen.records import Pair
from qagen.settings import CheckSettings

TEXT = (
    "Glaciers move because ice deforms under its own weight. Meltwater at the bed lets them slide faster in summer. "
    "Debris on the surface protects the ice from the sun. Thin debris warms it instead."
)
SOURCE = IndexedSource(TEXT)
SPANS = tuple((sentence.start, sentence.end) for sentence in SOURCE.sentences)
WORDS = st.sampled_from([*TEXT.split(), "Zebras", "play", "chess", "not", "5 mg", "(ABC)", "?", "\n"])


def support(answer):
    return check_pair(Pair("", answer), SOURCE, CheckSettings(), question_required=False).support


def test_sentences_of_the_source_are_fully_supported_by_just_themselves():
    for first, second in ((0, 2), (1, 3)):
        answer = " ".join(TEXT[slice(*SPANS[number])] for number in (first, second))
        verdict = check_pair(Pair("", answer), SOURCE, CheckSettings(), question_required=False)
        assert (verdict.support, verdict.evidence) == (1.0, (SPANS[first], SPANS[second]))


def test_one_invented_sentence_lowers_the_score_of_the_whole_answer():
    true = "Meltwater lets glaciers slide faster in summer."
    invented = "Zebras play chess on Tuesdays."
    assert support(true) > 0.8
    assert support(f"{true} {invented}") < 0.35
    assert support(invented) < 0.1


def test_a_sentence_that_claims_nothing_does_not_count():
    true = "Meltwater lets glaciers slide faster in summer."
    assert support(f"Sure, I can help with that! {true}") == support(true)
    assert support("Sure, I can help with that!") == 0.5
    assert support("...") == 0.0


@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_any_answer_gets_a_score_in_bounds_and_evidence_of_whole_sentences_in_order(answer):
    verdict = check_pair(Pair("", answer), SOURCE, CheckSettings(), question_required=False)
    assert 0.0 <= verdict.support <= 1.0
    assert list(verdict.evidence) == sorted(set(verdict.evidence))
    assert set(verdict.evidence) <= set(SPANS)


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=400))
def test_no_text_breaks_the_checks(question, answer, source):
    settings = CheckSettings()
    assert check_pair(Pair(question, answer), IndexedSource(source), settings) == check_pair(
        Pair(question, answer), IndexedSource(source), settings
    )


FEATURES = tuple(MODEL.weights)


@given(st.lists(st.floats(0, 1), min_size=len(FEATURES), max_size=len(FEATURES)), st.sampled_from(FEATURES))
def test_the_score_never_falls_when_a_feature_grows(values, grown):
    features = dict(zip(FEATURES, values, strict=True))
    assert MODEL.score(features) <= MODEL.score(features | {grown: 1.0}) <= 1.0


def test_no_weight_of_the_shipped_model_is_negative_and_common_words_weigh_less():
    numbers = json.loads(
        resources.files("qagen.checks.reading").joinpath("support.json").read_text(encoding="utf-8")
    )
    assert min(weight for pair in numbers["weights"].values() for weight in pair) >= 0
    assert idf("year") < idf("glaci") == numbers["rare"]


@pytest.mark.parametrize(
    ("before", "acronym", "form"),
    [
        (
            "by high-performance liquid chromatography ",
            "HPLC",
            ("high", "performance", "liquid", "chromatography"),
        ),
        ("the solid phase extraction ", "SPE", ("solid", "phase", "extraction")),
        ("nothing that fits ", "XQZ", ()),
        ("", "ABC", ()),
    ],
)
def test_the_long_form_of_an_acronym_is_found_before_it(before, acronym, form):
    assert long_form(before, acronym) == form
