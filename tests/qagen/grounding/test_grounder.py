"""The stage after the rules: who is read, who is turned down, and what is computed once."""

import sqlite3

import pytest

from qagen.checks import IndexedSource, check_pair
from qagen.checks.explain import explanation_lines
from qagen.errors import WorkspaceError
from qagen.grounding.grounder import Grounder, open_grounder
from qagen.grounding.store import FILE, ScoreStore
from qagen.grounding.windows import Claim
from qagen.reasons import Reason
from qagen.records import Pair
from qagen.settings import CheckSettings, GroundingSettings
from tests.entailment_model import write_entailment_model

TEXT = (
    "The CeOBiS2 crystals were grown from a CsCl flux at 900 °C. Their valence was mixed, which was seen by XPS. "
    "The bismuth layers carry the current below the transition."
)
SOURCE = IndexedSource(TEXT)
QUESTION = "How were the CeOBiS2 crystals grown in this process?"
GOOD = Pair(QUESTION, "The CeOBiS2 crystals were grown from a CsCl flux.")
TWO = Pair(QUESTION, "The CeOBiS2 crystals were grown from a CsCl flux. The bismuth layers were seen by XPS.")


class Marks:
    """Gives each claim the mark that a word of it has, and remembers what it was asked."""

    def __init__(self, **marks: float) -> None:
        self.marks = marks
        self.asked: list[str] = []

    def __call__(self, claims):
        self.asked += [claim.sentence for claim in claims]
        return [
            next((mark for word, mark in self.marks.items() if word in claim.sentence), 1.0)
            for claim in claims
        ]


def verdicts(*pairs, scorer, least=0.5):
    found = [check_pair(pair, SOURCE, CheckSettings()) for pair in pairs]
    return Grounder(scorer, least, "marks").add_scores(found, SOURCE)


def test_a_pair_gets_the_score_of_its_worst_claim():
    (verdict,) = verdicts(TWO, scorer=Marks(XPS=0.7))
    assert (verdict.grounding, verdict.accepted) == (0.7, True)


def test_a_pair_below_the_threshold_is_turned_down_with_the_claim_and_its_window():
    (verdict,) = verdicts(TWO, scorer=Marks(XPS=0.25))
    (fault,) = verdict.faults
    assert fault.reason is Reason.UNGROUNDED
    assert fault.found == "The bismuth layers were seen by XPS."
    assert (
        fault.detail == "marks finds it borne out to 0.250, below 0.5: 'The bismuth layers were seen by XPS.'"
    )
    shown = " ".join(TEXT[start:end] for start, end in fault.spans)
    assert "seen by XPS" in shown
    assert "The bismuth layers" in shown
    assert verdict.grounding == 0.25


def test_what_the_rules_turned_down_is_not_read():
    wrong = Pair(QUESTION, "The CeOBiS2 crystals were grown at 1234 °C from a flux.")
    marks = Marks()
    first, second, third = verdicts(GOOD, wrong, GOOD, scorer=marks)
    assert marks.asked == [GOOD.answer, GOOD.answer]
    assert (first.grounding, second.grounding, third.grounding) == (1.0, None, 1.0)
    assert not second.accepted
    assert Reason.UNGROUNDED not in {fault.reason for fault in second.faults}


def test_the_explanation_says_score_claim_and_window():
    (good,) = verdicts(TWO, scorer=Marks(XPS=0.7))
    shown = list(explanation_lines(good, SOURCE))
    assert shown[0].endswith("grounding 0.700")
    assert shown[1] == "        worst | The bismuth layers were seen by XPS."
    (low,) = verdicts(TWO, scorer=Marks(XPS=0.25))
    lines = list(explanation_lines(low, SOURCE))
    assert lines[0].startswith("turned down")
    assert lines[1].startswith("  ungrounded: ")
    assert "       answer | The bismuth layers were seen by XPS." in lines


CLAIMS = [Claim("q", f"sentence {number}", "window", ((0, 1),)) for number in range(3)]


def test_scores_are_computed_once_for_all_runs(tmp_path):
    first, second = Marks(sentence=0.5), Marks(sentence=0.9)
    store = ScoreStore(tmp_path / FILE, "model", first)
    assert store.scores([CLAIMS[0], CLAIMS[1], CLAIMS[0]]) == (0.5, 0.5, 0.5)
    store.close()
    again = ScoreStore(tmp_path / FILE, "model", second)
    assert again.scores(CLAIMS) == (0.5, 0.5, 0.9)
    assert (first.asked, second.asked) == (["sentence 0", "sentence 1"], ["sentence 2"])
    again.close()


def test_another_model_or_runtime_has_scores_of_its_own(tmp_path):
    for model, mark in (("one", 0.1), ("other", 0.2)):
        store = ScoreStore(tmp_path / FILE, model, Marks(sentence=mark))
        assert store.scores(CLAIMS[:1]) == (mark,)
        store.close()


def test_where_the_window_stands_is_no_part_of_what_is_kept(tmp_path):
    moved = Claim("q", "sentence 0", "window", ((7, 8),))
    marks = Marks()
    store = ScoreStore(tmp_path / FILE, "model", marks)
    store.scores([CLAIMS[0]])
    store.scores([moved])
    store.close()
    assert len(marks.asked) == 1


def test_a_file_that_is_no_store_is_an_error_of_one_line(tmp_path):
    (tmp_path / FILE).write_text("no database, but long enough to be taken for one" * 20)
    with pytest.raises(WorkspaceError, match="cannot use the kept scores"):
        ScoreStore(tmp_path / FILE, "model", Marks())


def test_a_store_of_another_shape_is_an_error_of_one_line(tmp_path):
    database = sqlite3.connect(tmp_path / FILE)
    database.execute("CREATE TABLE scores (other TEXT)")
    database.close()
    store = ScoreStore(tmp_path / FILE, "model", Marks())
    with pytest.raises(WorkspaceError, match="cannot use the kept scores"):
        store.scores(CLAIMS)
    store.close()


def test_off_is_no_model():
    with open_grounder(GroundingSettings(), None) as grounder:
        assert grounder is None


def test_a_folder_keeps_the_scores_of_its_model(tmp_path):
    model = write_entailment_model(tmp_path / "m", TEXT)
    settings = GroundingSettings(model=str(model))
    pair = check_pair(GOOD, SOURCE, CheckSettings())
    found = []
    for _ in range(2):
        with open_grounder(settings, tmp_path / "work") as grounder:
            found.append(grounder.add_scores([pair], SOURCE)[0].grounding)
    assert found[0] == found[1] == 0.982
    rows = sqlite3.connect(tmp_path / "work" / FILE)
    assert rows.execute("SELECT count(*) FROM scores").fetchone() == (1,)
    rows.close()
