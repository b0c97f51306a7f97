"""Support grows with what the source says, and its evidence is whole sentences of the source."""

import json
from importlib import resources
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.checks import IndexedSource, check_pair
from qagen.checks.reading.names import long_form
from qagen.checks.reading.support_model import MODEL, SCALE, idf
from qagen.checks.reading.text import Prose
from qagen.checks.support import align, features, foreign_words, shared
from qagen.checks.support import support as score_of
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


MEASURED = IndexedSource(f"{TEXT} It took 30 min at 5 °C near Oslo.")


def weight_of(weights, stems):
    return sum(weights[stem] for stem in stems.split())


@pytest.mark.parametrize(
    ("sentence", "missing", "run", "close", "counted"),
    [
        # stems that the source lacks, the heaviest row of them, stems of the pairs that stand close there (a pair after the other);
        # then the shares in one place, of pairs side by side and of names; capitals and numbers that are missing
        ("Meltwater lets glaciers slide faster.", "", "", "let glaci slid fast", (1.0, 1 / 4, 1.0, 0, 0)),
        ("Zebras play chess on the ice.", "zebra pla ches", "zebra pla ches", "", (1 / 4, 0.0, 1.0, 0, 0)),
        ("Thin debris protects the sun.", "", "", "thin debri debri protect protect sun", (1.0, 1 / 3, 1.0, 0, 0)),
        ("It took 0.5 h near Bergen in 1997.", "h bergen 1997", "bergen 1997", "", (2 / 6, 0.0, 1 / 3, 1, 1)),
        ("Oslo took Bergen and Paris.", "bergen pari", "bergen pari", "", (1 / 2, 0.0, 0.0, 2, 0)),
        ("“Oslo” took Bergen.", "bergen", "bergen", "", (2 / 3, 0.0, 0.0, 1, 0)),
        ("Meltwater.", "", "", "", (1.0, 1.0, 1.0, 0, 0)),
    ],
)  # fmt: skip
def test_what_a_sentence_shares_with_the_source_is_measured_in_several_ways(
    sentence, missing, run, close, counted
):
    (alignment,) = align(Prose(sentence), MEASURED)
    weights, stems = alignment.weights, alignment.sentence.stems
    total, lost, row = sum(weights.values()), weight_of(weights, missing), weight_of(weights, run)
    pairs = sum(weights[one] + weights[other] for one, other in pairwise(stems))
    in_one_place, side_by_side, names, capitals, numbers = counted
    assert features(alignment, MEASURED) == pytest.approx(
        {
            "everywhere": 1 - lost / total,
            "one_place": in_one_place,
            "akin": 1 - lost / total,
            "bigrams": side_by_side,
            "close_pairs": weight_of(weights, close) / pairs if pairs else 1.0,
            "run_share": 1 - row / total,
            "run": 1 / (1 + row / SCALE),
            "names": names,
            "missing_capitals": 1 / (1 + capitals),
            "missing_numbers": 1 / (1 + numbers),
        }
    )


def test_a_word_that_begins_like_one_of_the_source_counts_for_the_most_part():
    (alignment,) = align(Prose("Deforming glaciology."), IndexedSource("Glaciers deform."))
    found, weights = features(alignment, IndexedSource("Glaciers deform.")), alignment.weights
    lost = weights["glaciolog"]
    assert found["everywhere"] == pytest.approx(1 - lost / sum(weights.values()))
    assert found["akin"] == pytest.approx(1 - 0.4 * lost / sum(weights.values()))


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("Debris on the surface protects the ice.", (2,)),
        ("Thin debris protects the sun.", (2, 3)),
        ("The ice of glaciers deforms, and debris warms it instead.", (3, 0)),
        ("Glaciers move, meltwater slides, the surface and the sun, and thin debris warms.", (3, 1, 2)),
        ("Zebras play chess.", ()),
    ],
)
def test_a_sentence_is_covered_by_the_few_that_share_most_of_it(sentence, numbers):
    (alignment,) = align(Prose(sentence), MEASURED)
    assert alignment.numbers == numbers


def test_an_answer_is_as_well_supported_as_its_worst_claims():
    sentences = (
        "Zebras play chess.",
        "Meltwater at the bed lets them slide faster.",
        "Debris warms the sun.",
    )
    found = score_of(align(Prose(" ".join(sentences)), MEASURED), MEASURED)
    scores = [claim.score for claim in found.claims]
    assert [claim.text for claim in found.claims] == [sentences[0], sentences[2], sentences[1]]
    assert scores == sorted(scores)
    assert found.score == pytest.approx(scores[0] + (scores[1] - scores[0]) / 4)
    assert found.evidence == tuple(
        (MEASURED.sentences[number].start, MEASURED.sentences[number].end) for number in (1, 2, 3)
    )
    assert [foreign_words(claim, MEASURED) for claim in found.claims] == [2, 0, 0]
    for claim in found.claims:
        shares = features(claim.alignment, MEASURED)
        expected = shares["everywhere"] / 2 + shares["bigrams"] / 4 + shares["close_pairs"] / 4
        assert claim.shared == shared(claim.alignment, MEASURED) == pytest.approx(expected)
