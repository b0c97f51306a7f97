import json
from dataclasses import replace

import pytest

from qagen.errors import ModelChanged, WorkspaceError
from qagen.ledger.models import ModelIdentity, ModelRegistry
from qagen.records import Completion
from qagen.workspace import Workspace


def said(name=None, fingerprint=None):
    return Completion("x", served_model=name, fingerprint=fingerprint)


def test_the_first_model_that_answers_under_a_name_is_remembered_for_later_runs(tmp_path):
    ModelRegistry(Workspace(tmp_path)).check_answer("r1", said("r1:32b", "a"))
    ModelRegistry(Workspace(tmp_path)).check_answer("other", said("r1:7b", "b"))
    with pytest.raises(ModelChanged) as caught:
        ModelRegistry(Workspace(tmp_path)).check_answer("r1", said("r1:7b", "a"))
    assert str(caught.value) == (
        "for 'r1' the server answers with r1:7b (fingerprint a), and answers in this workspace are from r1:32b (fingerprint a): "
        "another model under the same name; go on with both with --accept-model-change, or ask everything anew with --refresh "
        "(the old answers are set aside)"
    )


@pytest.mark.parametrize("later", [said("r1:32b"), said(None, "a"), said(None, None), said("r1:32b", "a")])
def test_what_a_server_does_not_say_is_not_compared(tmp_path, later):
    models = ModelRegistry(Workspace(tmp_path))
    models.check_answer("r1", said("r1:32b", "a"))
    models.check_answer("r1", later)


def test_a_change_that_is_accepted_stays_accepted_and_both_may_answer(tmp_path):
    ModelRegistry(Workspace(tmp_path)).check_answer("r1", said("x", "a"))
    ModelRegistry(Workspace(tmp_path), accept=True).check_answer("r1", said("x", "b"))
    later = ModelRegistry(Workspace(tmp_path))
    later.check_answer("r1", said("x", "a"))
    later.check_answer("r1", said("x", "b"))
    with pytest.raises(ModelChanged, match=r"are from x \(fingerprint a\) and x \(fingerprint b\): another"):
        later.check_answer("r1", said("x", "c"))


def test_a_name_that_is_forgotten_takes_what_answers_next(tmp_path):
    models = ModelRegistry(Workspace(tmp_path))
    models.check_answer("r1", said("x"))
    models.forget("r1")
    ModelRegistry(Workspace(tmp_path)).check_answer("r1", said("y"))


def test_a_digest_stands_beside_the_answer_and_a_later_one_stops_the_run_before_it_asks(tmp_path):
    models = ModelRegistry(Workspace(tmp_path))
    models.expect("r1", ["aa"])
    assert models.check_answer("r1", said("x", "fp")) == Completion(
        "x", served_model="x", fingerprint="fp", digest="aa"
    )
    later = ModelRegistry(Workspace(tmp_path))
    later.expect("r1", ["aa"])
    with pytest.raises(
        ModelChanged, match=r"the server has weights with the digest bb, and answers .* x \(f"
    ):
        later.expect("r1", ["bb"])
    ModelRegistry(Workspace(tmp_path), accept=True).expect("r1", ["bb"])


def test_weights_that_nobody_has_asked_are_not_remembered(tmp_path):
    ModelRegistry(Workspace(tmp_path)).expect("r1", ["aa"])
    ModelRegistry(Workspace(tmp_path)).expect("r1", ["bb"])


def test_what_is_said_later_of_a_known_model_counts_from_then_on(tmp_path):
    models = ModelRegistry(Workspace(tmp_path))
    models.check_answer("r1", said("x"))
    models.check_answer("r1", said("x", "a"))
    with pytest.raises(ModelChanged):
        ModelRegistry(Workspace(tmp_path)).check_answer("r1", said("x", "b"))


def test_servers_with_different_weights_under_one_name_are_not_one_model(tmp_path):
    with pytest.raises(ModelChanged) as caught:
        ModelRegistry(Workspace(tmp_path)).expect("r1", ["aa", "bb", None])
    assert str(caught.value) == (
        "the servers have different models under the name 'r1' (digests aa, bb); name those that have the same with --base-url, or "
        "go on with all of them with --accept-model-change"
    )
    several = ModelRegistry(Workspace(tmp_path), accept=True)
    several.expect("r1", ["aa", "bb"])
    assert several.check_answer("r1", said()).digest is None
    models = ModelRegistry(Workspace(tmp_path))
    models.expect("r1", ["aa", None])
    assert models.check_answer("r1", said()).digest is None


def test_answers_that_are_kept_are_compared_too(tmp_path):
    models = ModelRegistry(Workspace(tmp_path))
    models.check_answer("r1", said("x", "b"))
    models.check_kept("r1", ModelIdentity("x"))
    with pytest.raises(
        ModelChanged, match=r"for 'r1' an answer that is kept here is from x \(fingerprint a\), and"
    ):
        models.check_kept("r1", ModelIdentity("x", "a"))


def test_what_an_answer_says_of_its_weights_goes_before_what_the_server_said(tmp_path):
    models = ModelRegistry(Workspace(tmp_path), accept=True)
    models.expect("r1", ["aa"])
    answer = replace(said("x"), digest="bb")
    assert models.check_answer("r1", answer) == answer
    ModelRegistry(Workspace(tmp_path)).check_kept("r1", ModelIdentity("x", digest="bb"))
    with pytest.raises(ModelChanged):
        ModelRegistry(Workspace(tmp_path)).check_kept("r1", ModelIdentity("x", digest="aa"))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 1}', '{"format": 1, "models": {"r1": [1]}}', "1"]
)
def test_a_damaged_file_is_said_with_what_to_do(tmp_path, text):
    (tmp_path / "models.json").write_text(text)
    with pytest.raises(WorkspaceError) as caught:
        ModelRegistry(Workspace(tmp_path))
    assert str(caught.value) == (
        f"{str(tmp_path / 'models.json')!r} is damaged: it says which models answered; move it away, and what answers next is taken "
        "for the model"
    )


def test_a_file_of_a_newer_version_is_refused(tmp_path):
    (tmp_path / "models.json").write_text(json.dumps({"format": 2, "models": {}}))
    with pytest.raises(WorkspaceError) as caught:
        ModelRegistry(Workspace(tmp_path))
    assert str(caught.value) == (
        f"{str(tmp_path / 'models.json')!r} has the format 2, and this version reads up to 1; update qagen, or choose another "
        "workspace with --work"
    )


@pytest.mark.parametrize(
    ("identity", "shown"),
    [
        (ModelIdentity("r1", "a", "0123456789abcdef"), "r1 (fingerprint a, digest 0123456789ab)"),
        (ModelIdentity("r1"), "r1 (fingerprint not given)"),
        (ModelIdentity(None, "a"), "no name (fingerprint a)"),
        (ModelIdentity(digest="0123456789abcdef"), "weights with the digest 0123456789abcdef"),
    ],
)
def test_a_model_is_told_by_what_is_known_of_it(identity, shown):
    assert str(identity) == shown


def test_a_size_that_was_known_first_holds_whatever_is_said_later(tmp_path):
    models = ModelRegistry(Workspace(tmp_path))
    assert (models.size("r1", 8), models.size("r1", None)) == (8, None)
    models.keep_size("r1", 8)
    models.keep_size("r1", 9)
    models.keep_size("q", None)
    later = ModelRegistry(Workspace(tmp_path))
    assert (later.size("r1", 9), later.size("r1", None), later.size("q", 9)) == (8, 8, None)
    later.forget("r1")
    assert ModelRegistry(Workspace(tmp_path)).size("r1", 9) == 9


def test_the_file_says_who_answered_under_which_name_and_sizes_only_where_some_are_known(tmp_path):
    models = ModelRegistry(Workspace(tmp_path))
    models.check_answer("r1", said("x", "a"))
    models.check_answer("a", said("y"))
    one = {"served_model": "x", "fingerprint": "a", "digest": None}
    other = {"served_model": "y", "fingerprint": None, "digest": None}
    value = {"format": 1, "models": {"a": [other], "r1": [one]}}
    assert (tmp_path / "models.json").read_text() == json.dumps(value, indent=1) + "\n"
    models.keep_size("r1", 8)
    models.keep_size("a", None)
    assert (tmp_path / "models.json").read_text() == json.dumps(
        value | {"sizes": {"a": 0, "r1": 8}}, indent=1
    ) + "\n"


def test_an_answer_that_says_nothing_of_its_model_is_nobodys(tmp_path):
    models = ModelRegistry(Workspace(tmp_path))
    models.check_answer("r1", said())
    assert not (tmp_path / "models.json").exists()
    models.check_answer("r1", said("x"))
    models.check_answer("r1", said())
    assert ModelRegistry(Workspace(tmp_path)).check_answer("r1", said("x")) == said("x")
