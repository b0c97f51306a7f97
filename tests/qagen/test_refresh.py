"""Refreshes that were begun and are not ended."""

import json

import pytest

from qagen.errors import WorkspaceError
from qagen.ledger.ledger import Ledger
from qagen.ledger.refresh import Refreshes
from qagen.records import Completion, Message, Request
from qagen.workspace import Workspace

ONE, OTHER = "ab" * 32, "cd" * 32


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path)
    for paper in (ONE, OTHER):
        for model in ("r1", "q"):
            answer(made, paper, model)
    return made


def answer(workspace, paper, model):
    request = Request(model, (Message("user", "Ask."),), 0.6, 0.95, 100, 1)
    Ledger(workspace.calls(paper)).append(request, Completion("So.", raw="{}"))


def left(workspace, paper):
    return [entry.request.model for entry in Ledger(workspace.calls(paper)).entries()]


def note(workspace):
    return json.loads((workspace.root / "refresh.json").read_text())


def test_what_was_asked_since_a_refresh_began_is_not_set_aside_by_the_next_process(workspace):
    assert Refreshes(workspace).begin([ONE], "r1") == (1, False)
    assert (left(workspace, ONE), left(workspace, OTHER)) == (["q"], ["r1", "q"])
    answer(workspace, ONE, "r1")
    assert Refreshes(workspace).begin([ONE, OTHER], "r1") == (1, True)
    assert (left(workspace, ONE), left(workspace, OTHER)) == (["q", "r1"], ["q"])
    assert Refreshes(workspace).begin([ONE], "q") == (1, False)
    value = {"format": 1, "models": {"q": [ONE], "r1": [ONE, OTHER]}}
    assert (workspace.root / "refresh.json").read_text() == json.dumps(value, indent=1) + "\n"


def test_papers_whose_questions_are_all_answered_are_set_aside_anew(workspace):
    refreshes = Refreshes(workspace)
    refreshes.begin([ONE, OTHER], "r1")
    refreshes.begin([ONE], "q")
    refreshes.end([ONE], ["r1"])
    assert note(workspace)["models"] == {"q": [ONE], "r1": [OTHER]}
    answer(workspace, ONE, "r1")
    assert Refreshes(workspace).begin([ONE], "r1") == (1, False)


def test_where_no_refresh_is_under_way_nothing_is_noted(workspace):
    file = workspace.root / "refresh.json"
    refreshes = Refreshes(workspace)
    refreshes.end([ONE], ["r1"])
    refreshes.drop()
    assert not file.exists()
    refreshes.begin([ONE], "r1")
    refreshes.end([ONE], ["r1", "q"])
    assert not file.exists()
    refreshes.end([ONE], ["r1"])  # once more: the file is gone already
    assert not file.exists()


def test_where_another_model_answers_meanwhile_the_next_refresh_begins_anew(workspace):
    refreshes = Refreshes(workspace)
    refreshes.begin([ONE], "r1")
    refreshes.drop()
    assert not (workspace.root / "refresh.json").exists()
    answer(workspace, ONE, "r1")
    assert refreshes.begin([ONE], "r1") == (1, False)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 2, "models": {}}', '{"format": 1}', '{"format": 1, "models": 1}']
)
def test_a_note_that_cannot_be_read_is_one_line_with_what_to_do(workspace, text):
    (workspace.root / "refresh.json").write_text(text)
    with pytest.raises(WorkspaceError) as caught:
        Refreshes(workspace)
    assert str(caught.value) == (
        f"{str(workspace.root / 'refresh.json')!r} cannot be read by this qagen: it says which answers a --refresh has set aside; "
        "remove it, and the next --refresh begins anew"
    )
