"""An entailment model is run as its files say, alone with each claim; what is no model is an error of one line."""

import pytest

from qagen.errors import ModelMissing
from qagen.grounding.model import EntailmentModel
from qagen.grounding.weights import Kept, find
from qagen.grounding.windows import Claim
from tests.entailment_model import write_entailment_model

WINDOW = "the crystals were grown from a flux"
GOOD = Claim("how were they grown", "the crystals were grown", WINDOW, ((0, 35),))
WRONG = Claim("how were they grown", "the crystals were melted in a flux", WINDOW, ((0, 35),))
WORDS = f"{WINDOW} melted in how they"


@pytest.fixture
def folder(tmp_path):
    return write_entailment_model(tmp_path / "m", WORDS)


def scores(folder, *claims):
    return EntailmentModel(find(str(folder))).scores(claims)


def test_a_claim_whose_words_stand_in_the_window_is_borne_out(folder):
    assert scores(folder, GOOD, WRONG) == (0.982, 0.0)


def test_a_score_does_not_hang_on_the_claims_company(folder):
    claims = [GOOD, WRONG, *(Claim("q", "a flux " * number, WINDOW, ()) for number in range(1, 5))]
    together = scores(folder, *claims)
    assert together == tuple(one for claim in claims for one in scores(folder, claim))


@pytest.mark.parametrize("labels", [("entailment", "neutral", "contradiction"), ("Supported", "unsupported")])
def test_of_several_labels_the_one_that_speaks_for_the_claim_counts(tmp_path, labels):
    model = write_entailment_model(tmp_path / "m", WORDS, labels=labels)
    good, wrong = scores(model, GOOD, WRONG)
    assert good > 0.9
    assert wrong < 0.1


def test_labels_that_say_nothing_about_claims_are_refused(tmp_path):
    model = write_entailment_model(tmp_path / "m", WORDS, labels=("positive", "negative"))
    with pytest.raises(ModelMissing, match="none of the model's labels positive, negative says"):
        scores(model, GOOD)


def test_of_a_model_that_marks_tokens_the_worst_one_of_the_answer_counts(tmp_path):
    model = write_entailment_model(
        tmp_path / "m", WORDS, labels=("supported", "hallucinated"), per_token=True
    )
    good, wrong = scores(model, GOOD, WRONG)
    assert good > 0.9
    assert wrong < 0.1


def test_the_models_files_say_how_a_claim_is_written_for_it(tmp_path):
    layout = {"first": "{window} {question}", "second": "{sentence}", "tokens": 64}
    plain = write_entailment_model(tmp_path / "plain", f"{WORDS} why")
    own = write_entailment_model(tmp_path / "own", f"{WORDS} why", qagen=layout)
    claim = Claim("why", "why the crystals were grown", WINDOW, ())
    assert scores(plain, claim) < (0.5,) < scores(own, claim)


def test_braces_of_a_paper_are_no_names(tmp_path):
    model = write_entailment_model(tmp_path / "m", "{sentence} is {window}", qagen={"first": "{window}"})
    assert scores(model, Claim("", "{window}", "{sentence} is", ())) < (0.5,)


def test_a_long_claim_is_cut_to_what_the_model_takes(tmp_path):
    model = write_entailment_model(tmp_path / "m", WORDS, qagen={"tokens": 16})
    assert scores(model, Claim("q", "the " * 900, WINDOW, ())) == (0.982,)


def test_the_identity_is_of_the_files_whatever_their_folder_is_called(tmp_path, folder):
    same = write_entailment_model(tmp_path / "other", WORDS)
    changed = write_entailment_model(tmp_path / "changed", WORDS, note=1)
    known = find(str(folder)).identity
    assert find(str(same)).identity == known != find(str(changed)).identity


def test_a_folder_without_the_files_names_them(tmp_path, folder):
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelMissing, match=r"has no tokenizer.json"):
        find(str(folder))


def test_a_model_that_is_not_here_says_how_to_fetch_it():
    with pytest.raises(ModelMissing, match="qagen models pull --grounding org/model"):
        find("org/model")


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("model.onnx", b"no weights"),
        ("tokenizer.json", b"{}"),
        ("config.json", b"[1]"),
        ("config.json", b"\xff"),
    ],
)
def test_damaged_files_are_an_error_of_one_line(folder, file, data):
    (folder / file).write_bytes(data)
    with pytest.raises(ModelMissing, match="are no entailment model that can be run") as caught:
        EntailmentModel(Kept("m", folder))
    assert "\n" not in str(caught.value)
