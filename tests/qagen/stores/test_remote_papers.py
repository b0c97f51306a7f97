"""Papers in a store."""

import pytest

from qagen.errors import InputError, StoreError
from qagen.papers.papers import find_papers
from qagen.papers.shard import Shard
from qagen.records import sha256
from qagen.stores.papers import Index, RemotePapers
from qagen.stores.store import Store


def found(address, folder, index_store=None, shard=None):
    there = RemotePapers(Store(address), folder / "files", Index(folder / "index", index_store))
    there.find(shard)
    return there


def test_papers_of_a_store_are_those_of_a_folder(papers, tmp_path):
    there = found(papers, tmp_path)
    there.bring(lambda _: True)
    folder = tmp_path / "files"
    assert [(paper.file, paper.path.read_bytes()) for paper in find_papers([folder], there.sums)] == [
        (paper.file, paper.path.read_bytes()) for paper in find_papers([folder])
    ]
    assert sorted(paper.file for paper in find_papers([folder])) == ["a.pdf", "deep/b.PDF"]


def test_of_papers_of_other_parts_only_the_sums_are_known(papers, tmp_path):
    shard = Shard.of(sha256(b"one"), 2)
    there = found(papers, tmp_path, shard=shard)
    there.bring(shard.holds)
    content = {path.name: path.read_bytes() for path in there.sums}
    two = b"two" if shard.holds(sha256(b"two")) else b""
    assert content == {"a.pdf": b"one", "copy of a.pdf": b"one", "b.PDF": two}
    assert set(there.sums.values()) == {sha256(b"one"), sha256(b"two")}


def test_a_paper_is_read_once_for_its_sum_by_whoever_comes_first(papers, store, tmp_path):
    found(papers, tmp_path / "first", store)
    other = found(papers, tmp_path / "second", store)
    assert [path.read_bytes() for path in other.sums] == [b"", b"", b""]
    other.bring({sha256(b"two")}.__contains__)
    assert [path.read_bytes() for path in sorted(other.sums)] == [b"", b"two", b""]


def test_a_paper_that_is_not_the_one_of_the_index_is_named(papers, store, tmp_path):
    found(papers, tmp_path / "first", store)
    (one,) = store.list("index")
    lines = store.read(one.name).replace(sha256(b"two").encode(), sha256(b"three").encode())
    store._fs.rm(store._place(one.name))
    store.put("index", "", "jsonl", lines)
    other = found(papers, tmp_path / "second", store)
    with pytest.raises(InputError, match=r"deep/b.PDF' is not the paper"):
        other.bring(lambda _: True)


@pytest.mark.parametrize(("name", "data"), [("index/readme", b""), (f"index/{sha256(b'x')}.jsonl", b"y")])
def test_an_index_that_nobody_here_wrote_is_named(name, data, papers, store, tmp_path):
    store.create(name, data)
    with pytest.raises(StoreError, match="is damaged"):
        found(papers, tmp_path, store)


def test_lines_of_an_index_that_say_nothing_are_passed_over(papers, store, tmp_path):
    store.put("index", "", "jsonl", b'{"address": 1}\n\xff\n')
    assert len(found(papers, tmp_path, store).sums) == 3


@pytest.mark.parametrize(
    "name",
    [
        "../x.pdf",
        "a/../../x.pdf",
        "a//x.pdf",
        "./x.pdf",
        "a\\x.pdf",
        "a\0.pdf",
        "x" * 300 + ".pdf",
        "a.pdf/x.pdf",
    ],
)
def test_a_name_that_no_file_can_have_is_named(name, papers, tmp_path):
    store = Store(papers)
    store._fs.store[f"{store._root}/{name}"] = store._fs.store[f"{store._root}/a.pdf"]
    with pytest.raises(InputError, match=r"cannot be the name of a file"):
        found(papers, tmp_path / "m")
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size] == []


def test_what_papers_csv_says_is_known_of_papers_that_are_not_here(papers, tmp_path):
    Store(papers).create("papers.csv", b"file,title\na.pdf,On ones\ndeep/b.PDF,On twos\n")
    there = found(papers, tmp_path)
    named = {paper.file: dict(paper.stated)["title"] for paper in find_papers([there.path], there.sums)}
    assert named == {"a.pdf": "On ones", "deep/b.PDF": "On twos"}


def test_papers_that_are_gone_or_changed_in_the_store_are_so_here(papers, tmp_path):
    found(papers, tmp_path).bring(lambda _: True)
    store = Store(papers)
    store._fs.rm(store._place("deep/b.PDF"))
    store._fs.pipe_file(store._place("a.pdf"), b"another one")
    there = found(papers, tmp_path)
    there.bring(lambda _: True)
    assert {path.name: path.read_bytes() for path in there.sums} == {
        "a.pdf": b"another one",
        "copy of a.pdf": b"one",
    }


def test_one_paper_may_be_named_by_its_address(papers, tmp_path):
    there = found(f"{papers}/deep/b.PDF", tmp_path)
    there.bring(lambda _: True)
    assert [(paper.file, paper.path.read_bytes()) for paper in find_papers([there.path], there.sums)] == [
        ("b.PDF", b"two")
    ]


def test_where_there_is_no_paper_it_is_said(papers, tmp_path):
    with pytest.raises(InputError, match=r"no PDF in 'memory://.*/nowhere'"):
        found(f"{papers}/nowhere", tmp_path)
