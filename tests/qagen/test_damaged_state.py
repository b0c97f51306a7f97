"""Each state file of a workspace, damaged in each way: one line that says what to do, or it is made anew; nothing hangs, nothing is lost."""

import json
import os
from contextlib import suppress

import pytest

from qagen.errors import WorkspaceError
from qagen.grounding.store import ScoreStore
from qagen.grounding.windows import Claim
from qagen.ledger.ledger import Ledger
from qagen.ledger.models import ModelIdentity, ModelRegistry
from qagen.ledger.refresh import Refreshes
from qagen.ledger.vectors import VectorStore
from qagen.records import Completion, Message, Request
from qagen.workspace import Workspace

PAPER = "ab" * 32
REQUEST = Request("r1", (Message("user", "Why?"),), temperature=0.6, top_p=0.95, max_tokens=9, seed=1)


def flipped(data):
    return data[:5] + bytes([data[5] ^ 0x80]) + data[6:]


def fifo(path):
    path.unlink()
    os.mkfifo(path)


def folder(path):
    path.unlink()
    path.mkdir()


def full_device(path):
    """Something that can be read for ever, and never written."""
    path.unlink()
    path.symlink_to("/dev/full")


def unreadable(path):
    path.chmod(0)


DAMAGES = {
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:9]),
    "emptied": lambda path: path.write_bytes(b""),
    "a high bit": lambda path: path.write_bytes(flipped(path.read_bytes())),
    "zeros": lambda path: path.write_bytes(bytes(100)),
    "another value": lambda path: path.write_bytes(b"[[]]"),
    "deep": lambda path: path.write_bytes(b"[" * 100_000),
    "a folder": folder,
    "a FIFO": fifo,
    "a full device": full_device,
    "unreadable": unreadable,
}


def spoil(path, damage):
    if damage == "unreadable" and os.geteuid() == 0:
        pytest.skip("root reads everything")
    if damage == "a full device" and not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full here")
    DAMAGES[damage](path)


FILES = ("workspace.json", "models.json", "refresh.json", f"papers/ab/{PAPER}/calls.jsonl")


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path)
    with made.locked():
        Ledger(made.calls(PAPER)).append(REQUEST, Completion("Because."))
        ModelRegistry(made).check_kept("r1", ModelIdentity("r1", "b1"))
        refreshes = Refreshes(made)
        refreshes.begin(["cd" * 32], "r1")
    return made


def used(workspace):
    """All that a build reads of a workspace's state."""
    with workspace.locked():
        ModelRegistry(workspace).check_kept("r1", ModelIdentity("r1", "b1"))
        Refreshes(workspace)
        ledger = Ledger(workspace.calls(PAPER))
        return ledger.get(REQUEST.key), ledger.damage(REQUEST.key)


def ended(workspace):
    try:
        return None, *used(workspace)
    except WorkspaceError as error:
        return str(error), None, None


def test_a_whole_workspace_is_used(workspace):
    assert used(workspace) == (Completion("Because."), None)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", FILES)
def test_a_damaged_state_file_is_one_line_or_is_made_anew(workspace, file, damage):
    path = workspace.root / file
    spoil(path, damage)
    error, answer, why = ended(workspace)
    if error is not None:
        assert str(path) in error
        assert "\n" not in error
        return
    assert file in ("workspace.json", FILES[-1])
    if file == "workspace.json":
        assert (answer, json.loads(path.read_bytes())) == (Completion("Because."), {"format": 1})
    else:
        assert answer is None  # what is left of the line is a piece, or is named
        assert why is None or str(path) in str(why)


def test_a_workspace_of_another_version_is_refused_still(workspace):
    (workspace.root / "workspace.json").write_text('{"format": 2}')
    with pytest.raises(WorkspaceError, match="has the format 2, and this qagen knows 1"):
        used(workspace)


def test_an_output_path_that_is_no_text_is_refused_before_anything_is_done(tmp_path):
    from builder.folder.replace import check_target
    from qagen.errors import DatasetError

    with pytest.raises(DatasetError, match="holds a character that is no text"):
        check_target(tmp_path / "out\udcff", tmp_path / "work")


def stored_vectors(place):
    store = VectorStore(place, "mini")
    try:
        if store.missing(["Why?"]):
            store.keep(["Why?"], [[3.0, 4.0]])
        return store.of(["Why?"]).tolist()
    finally:
        store.close()


def stored_scores(place):
    store = ScoreStore(place, "small", lambda claims: [0.5] * len(claims))
    try:
        return store.scores([Claim("Why?", "Because.", "It is so because.", 0)])
    finally:
        store.close()


STORES = {"embeddings.sqlite3": stored_vectors, "grounding.sqlite3": stored_scores}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", STORES)
def test_a_damaged_store_of_what_can_be_computed_anew_is_one_line_or_is_filled_again(tmp_path, name, damage):
    path = tmp_path / name
    whole = STORES[name](path)
    spoil(path, damage)
    said, found = None, whole
    try:
        found = STORES[name](path)
    except WorkspaceError as error:
        said = str(error)
    assert found == whole
    assert said is None or (str(path) in said and "\n" not in said)


@pytest.mark.parametrize("name", STORES)
def test_a_byte_that_changed_anywhere_in_a_store_is_no_traceback(tmp_path, name):
    path = tmp_path / name
    STORES[name](path)
    data = path.read_bytes()
    used = [place for place, byte in enumerate(data) if byte]
    for place in used[:: max(1, len(used) // 60)]:
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x41]) + data[place + 1 :])
        with suppress(WorkspaceError):
            STORES[name](path)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_report_of_a_run_says_nothing_and_the_others_are_read(workspace, damage):
    from builder.building.estimate import _runs

    run = {
        "model": "r1",
        "calls": {"made": 2, "completion_tokens": 90, "prompt_tokens": 200},
        "attempts": {"1": 2},
        "seconds": 4.0,
    }
    workspace.runs.mkdir()
    for name in ("1.json", "2.json"):
        (workspace.runs / name).write_text(json.dumps(run))
    both = len(list(_runs(workspace, "r1")))
    spoil(workspace.runs / "2.json", damage)
    assert (both, len(list(_runs(workspace, "r1")))) == (2, 1)
