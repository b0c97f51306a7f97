import hashlib
import os

import pytest

from qagen.errors import InputError
from qagen.papers.papers import find_papers
from qagen.records import Paper


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_folders_are_searched_for_pdfs_in_any_case_and_files_are_taken_as_named(tmp_path):
    (tmp_path / "papers" / "test").mkdir(parents=True)
    for name, data in {
        "a.pdf": b"1",
        "B.PDF": b"2",
        "test/training-manual.pdf": b"3",
        "notes.txt": b"4",
        ".hidden.pdf": b"5",
    }.items():
        (tmp_path / "papers" / name).write_bytes(data)
    (tmp_path / "odd").write_bytes(b"6")
    found = find_papers([tmp_path / "papers", tmp_path / "odd"])
    assert found == tuple(
        sorted(
            (
                Paper(sha(b"1"), tmp_path / "papers/a.pdf", "a.pdf"),
                Paper(sha(b"2"), tmp_path / "papers/B.PDF", "B.PDF"),
                Paper(sha(b"3"), tmp_path / "papers/test/training-manual.pdf", "test/training-manual.pdf"),
                Paper(sha(b"6"), tmp_path / "odd", "odd"),
            ),
            key=lambda paper: paper.sha256,
        )
    )


def test_of_identical_files_the_smallest_label_counts(tmp_path):
    for name in ("z.pdf", "a.pdf", "m.pdf"):
        (tmp_path / name).write_bytes(b"same")
    assert [paper.file for paper in find_papers([tmp_path])] == ["a.pdf"]


def test_two_different_papers_of_one_name_are_two_papers(tmp_path):
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "paper.pdf").write_bytes(folder.encode())
    assert [paper.file for paper in find_papers([tmp_path / "x", tmp_path / "y"])] == [
        "paper.pdf",
        "paper.pdf",
    ]


def test_a_folder_that_links_back_to_itself_is_searched_once(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"1")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [paper.file for paper in find_papers([tmp_path])] == ["a.pdf"]


def test_a_name_that_is_no_unicode_gets_a_label_that_is(tmp_path):
    (tmp_path / "p\udcff.pdf").write_bytes(b"1")
    assert [paper.file for paper in find_papers([tmp_path])] == ["p\ufffd.pdf"]


def test_a_path_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"there is no file or folder '.*nowhere'; check the spelling"):
        find_papers([tmp_path / "nowhere"])


def test_what_is_neither_a_file_nor_a_folder_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.pdf")
    with pytest.raises(InputError, match=r"'.*pipe\.pdf' is neither a file nor a folder"):
        find_papers([tmp_path / "pipe.pdf"])
    (tmp_path / "a.pdf").write_bytes(b"1")
    assert [paper.file for paper in find_papers([tmp_path])] == ["a.pdf"]


def test_a_folder_without_pdfs_is_named(tmp_path):
    with pytest.raises(
        InputError, match=rf"^no PDF in '{tmp_path}'; name a folder that holds some, or the files themselves$"
    ):
        find_papers([tmp_path])


def test_a_broken_link_is_no_paper(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"1")
    (tmp_path / "gone.pdf").symlink_to(tmp_path / "nothing")
    assert [paper.file for paper in find_papers([tmp_path])] == ["a.pdf"]
