"""What is taken for unreadable, and what is merely rare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.convert.quality import quality

READABLE = [
    (
        "Text",
        "The measured rate of the reaction rises with the temperature of the bath and falls again above 400 K.",
    ),
    (
        "Text",
        "Die gemessene Geschwindigkeit der Reaktion wächst mit der Temperatur des Bades, fällt aber über 400 K.",
    ),
    ("Text", "반응의 측정된 속도는 욕조의 온도에 따라 증가하고 사백 켈빈 이상에서는 다시 감소한다."),
    (
        "Text",
        "Call gc(verbose=TRUE) and tm(x, seqmod=FALSE) on the data of https://doi.org/10.1000/a_b before fitting.",
    ),
    (
        "Text",
        "The mutants MKTAYIAKQRQISFVKSHFSRQ and the primers CCGCGG, m5C and R.DraR1 were kept at −80 °C.",
    ),
    ("Table", "| Gas | Rate |\n| --- | --- |\n| CO2 | 1.5 ± 0.2 |"),
    ("Equation", "F ( g · q ) = − g · ∇ U ( q ) (5)"),
    ("Equation", "λ = Δ t m 2 [ ( P − I ) 2 ] − 1 σ [ q ′ ( t + Δ t ) ] (10)"),
    ("Text", ""),
]
UNREADABLE = [
    ("Equation", "Fg g U ( ) () · = − ·∇ qq (5) ( ) () ="),
    ("Equation", "G t g tg G qq ( ) ( ), i j i j [ ]={ · ∈ } (3)"),
    ("Text", "toi n»Bfl. iseorty ttsrootj saifii, GROTE, nut , s*r;tiiR» and"),
    ("Text", "Wkh phdvxuhg udwh ri wkh uhdfwlrq ulvhv zlwk wkh whpshudwxuh ri wkh edwk dqg idoov djdlq"),
    ("Text", "CafÃ© rÃ©sumÃ© naÃ¯ve Ã©tude Ã  lâ€™Ã©cole"),
    ("Text", "the \ufffd\ufffduorescence of \ufffd\ufffd proteins"),
    ("Text", "t h e r a t e o f t h e r e a c t i o n r i s e s w i t h t h e h e a t"),
]


@pytest.mark.parametrize(("kind", "text"), READABLE)
def test_what_can_be_read_is_readable(kind, text):
    assert quality(text, kind) >= 0.8


@pytest.mark.parametrize(("kind", "text"), UNREADABLE)
def test_what_nobody_can_read_is_not(kind, text):
    assert quality(text, kind) < 0.5


def test_one_lost_character_in_a_paragraph_does_not_make_it_unreadable():
    assert (
        0.8
        < quality(
            "The unit\ufffdthey are the general positions, each of them with its own symmetry in it", "Text"
        )
        < 1
    )


@given(st.text(max_size=200), st.sampled_from(["Text", "Equation", "Table", "Code"]))
def test_quality_is_between_nought_and_one(text, kind):
    assert 0 <= quality(text, kind) <= 1
