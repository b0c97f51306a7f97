"""What an entailment model is shown of a pair."""

from qagen.checks import CheckInput, IndexedSource
from qagen.grounding.windows import Claim, claims, window
from qagen.records import Pair

FILLER = " ".join(
    f"The furnace number {number} was cleaned with ethanol on the same day." for number in range(40)
)
GROWN = "The CeOBiS2 crystals were grown from a CsCl flux."
VALENCE = "Cerium was in a mixed valence of Ce3+ and Ce4+."


def of(question: str, answer: str, source: str) -> tuple[Claim, ...]:
    return claims(CheckInput.of(Pair(question, answer), IndexedSource(source)))


def test_each_sentence_of_the_answer_is_a_claim_beside_the_sentences_it_is_about():
    source = f"{GROWN} {FILLER} {VALENCE}"
    first, second = of(
        "How were the CeOBiS2 crystals grown?",
        "They came from a CsCl flux. The valence of cerium was mixed.",
        source,
    )
    assert (first.question, first.sentence) == (
        "How were the CeOBiS2 crystals grown?",
        "They came from a CsCl flux.",
    )
    assert GROWN in first.window
    assert VALENCE in second.window
    assert all(len(claim.window.split()) < 100 for claim in (first, second))


def test_the_spans_are_those_of_the_window_in_the_sources_order():
    source = f"{VALENCE} {FILLER} {GROWN}"
    (claim,) = of(
        "How were the crystals grown?", "The crystals with mixed valence grew in a CsCl flux.", source
    )
    assert list(claim.spans) == sorted(claim.spans)
    assert " ".join(source[start:end] for start, end in claim.spans) == claim.window
    assert GROWN in claim.window
    assert VALENCE in claim.window


def test_a_sentence_that_claims_nothing_is_not_asked_about():
    assert of("How were the crystals grown?", "Sure, I can help with that.", GROWN) == ()


def test_without_a_source_there_is_nothing_to_hold_a_claim_to():
    assert of("How were the crystals grown?", "The crystals grew in a flux.", "") == ()


def test_a_first_sentence_longer_than_the_window_is_taken_whole():
    long = "The crystals grew " + " and ".join(f"in flux {number}" for number in range(60)) + "."
    (claim,) = of("How were the crystals grown?", "The crystals grew in flux 59.", long)
    assert claim.window == long


def test_what_shares_nothing_with_the_claim_is_not_shown():
    source = IndexedSource(f"{GROWN} Peat bogs store carbon.")
    assert window((), ("cscl", "flux"), source) == (0,)
