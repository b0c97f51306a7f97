import errno

import pytest

from qagen.errors import WorkspaceError
from qagen.workspace import Workspace, translate_os_errors, write_atomically


def test_a_paper_lies_below_the_first_digits_of_its_sha256(tmp_path):
    workspace, sha = Workspace(tmp_path), "abcd" * 16
    assert workspace.conversion(sha, "f00") == tmp_path / "papers" / "ab" / sha / "convert-f00"
    assert workspace.calls(sha) == tmp_path / "papers" / "ab" / sha / "calls.jsonl"


def test_a_second_run_in_one_workspace_is_told_at_once(tmp_path):
    with Workspace(tmp_path / "w").locked():
        with pytest.raises(
            WorkspaceError, match=r"another qagen run is using the workspace '.*'; wait for it, or give"
        ):
            with Workspace(tmp_path / "w").locked():
                raise AssertionError
    with Workspace(tmp_path / "w").locked():
        """Free again."""


def test_a_file_is_written_as_a_whole_and_replaces_what_was_there(tmp_path):
    file = tmp_path / "deep" / "file.txt"
    write_atomically(file, "one")
    write_atomically(file, b"two")
    assert {path.name: path.read_bytes() for path in file.parent.iterdir()} == {"file.txt": b"two"}


def test_a_write_that_fails_leaves_what_was_there_and_no_rest(tmp_path):
    file = tmp_path / "file.txt"
    write_atomically(file, "one")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(file, "\ud800")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file.txt": b"one"}


def test_a_folder_in_the_place_of_a_file_is_named_and_not_what_was_written_for_it(tmp_path):
    (tmp_path / "file.txt").mkdir()
    said = (
        f"cannot write {str(tmp_path / 'file.txt')!r}: Is a directory; a folder stands where a file is needed"
    )
    with pytest.raises(WorkspaceError) as raised:
        write_atomically(tmp_path / "file.txt", "one")
    assert str(raised.value).startswith(said)


def test_a_workspace_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="a file stands where a folder is needed; choose another place"):
        with Workspace(tmp_path / "file" / "w").locked():
            raise AssertionError


def test_a_full_disk_is_explained_and_a_bug_keeps_its_traceback(tmp_path):
    with pytest.raises(
        WorkspaceError,
        match="No space left on device; free some space and run again; what was finished is kept",
    ):
        with translate_os_errors(tmp_path):
            raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(OSError, match="Bad file descriptor"), translate_os_errors(tmp_path):
        raise OSError(errno.EBADF, "Bad file descriptor")
