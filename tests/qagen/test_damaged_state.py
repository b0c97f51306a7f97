"""Each state file of a workspace, damaged in each way: one line that says what to do, or it is made anew; nothing hangs, nothing is lost."""

import json
import os

import pytest

from qagen.errors import WorkspaceError
from qagen.ledger import Ledger
from qagen.records import Completion, Message, Request
from qagen.refresh import Refreshes
from qagen.served import Served, ServedModels
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


DAMAGES = {
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:9]),
    "emptied": lambda path: path.write_bytes(b""),
    "a high bit": lambda path: path.write_bytes(flipped(path.read_bytes())),
    "zeros": lambda path: path.write_bytes(bytes(100)),
    "another value": lambda path: path.write_bytes(b"[[]]"),
    "deep": lambda path: path.write_bytes(b"[" * 100_000),
    "a folder": folder,
    "a FIFO": fifo,
}
FILES = ("workspace.json", "models.json", "refresh.json", f"papers/ab/{PAPER}/calls.jsonl")


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path)
    with made.locked():
        Ledger(made.calls(PAPER)).append(REQUEST, Completion("Because."))
        ServedModels(made).check_kept("r1", Served("r1", "b1"))
        refreshes = Refreshes(made)
        refreshes.begin(["cd" * 32], "r1")
    return made


def used(workspace):
    """All that a build reads of a workspace's state."""
    with workspace.locked():
        ServedModels(workspace).check_kept("r1", Served("r1", "b1"))
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
    DAMAGES[damage](path)
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
        assert why is None or str(path) in why


def test_a_workspace_of_another_version_is_refused_still(workspace):
    (workspace.root / "workspace.json").write_text('{"format": 2}')
    with pytest.raises(WorkspaceError, match="has the format 2, and this qagen knows 1"):
        used(workspace)


def test_an_output_path_that_is_no_text_is_refused_before_anything_is_done(tmp_path):
    from builder.swap import check_target
    from qagen.errors import DatasetError

    with pytest.raises(DatasetError, match="holds a character that is no text"):
        check_target(tmp_path / "out\udcff", tmp_path / "work")
