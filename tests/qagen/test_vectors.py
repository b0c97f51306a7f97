import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import numpy as np
import pytest

from qagen.errors import WorkspaceError
from qagen.ledger.vectors import VectorStore


@pytest.fixture
def store(tmp_path):
    opened = VectorStore(tmp_path / "vectors", "mini")
    yield opened
    opened.close()


def test_what_is_kept_is_not_missing_and_comes_back_at_length_one(store, tmp_path):
    assert store.missing(["b", "a", "b"]) == ["b", "a"]
    store.keep(["a", "b"], [[3.0, 4.0], [0.0, 2.0]])
    assert store.missing(["a", "c"]) == ["c"]
    again = VectorStore(tmp_path / "vectors", "mini")
    assert again.of(["b", "a", "b"]).tolist() == np.array([[0, 1], [0.6, 0.8], [0, 1]], dtype="f4").tolist()
    again.close()


def test_vectors_of_whole_numbers_are_stretched_like_others(store):
    store.keep(["a"], [[3, 4]])
    assert store.of(["a"]).tolist() == np.array([[0.6, 0.8]], dtype="f4").tolist()


def test_another_model_has_vectors_of_its_own(store, tmp_path):
    store.keep(["a"], [[1.0]])
    other = VectorStore(tmp_path / "vectors", "maxi")
    assert other.missing(["a"]) == ["a"]
    other.close()


def test_what_was_kept_first_stays(store):
    store.keep(["a"], [[1.0, 0.0]])
    store.keep(["a"], [[0.0, 1.0]])
    assert store.of(["a"]).tolist() == [[1.0, 0.0]]


def test_thousands_of_texts_at_once(store):
    texts = [str(number) for number in range(1200)]
    store.keep(texts[:-1], [[1.0]] * 1199)
    assert store.missing(texts) == ["1199"]
    assert store.of(texts[:-1]).shape == (1199, 1)


@pytest.mark.parametrize("texts", [["a", "b"], ["a", "missing"], ["missing"], []])
def test_vectors_that_are_missing_or_of_another_length_are_an_error(store, tmp_path, texts):
    store.keep(["a"], [[1.0, 0.0]])
    store.keep(["b"], [[1.0]])
    with pytest.raises(WorkspaceError) as caught:
        store.of(texts)
    assert str(caught.value) == (
        f"{str(tmp_path / 'vectors')!r} has vectors of different lengths, or not all, for the embedding model 'mini': another model "
        "answered under this name; delete the file, and build again"
    )


def test_a_vector_that_is_cut_off_is_an_error(store, tmp_path):
    store.keep(["a"], [[1.0, 0.0]])
    with closing(sqlite3.connect(tmp_path / "vectors")) as database, database:
        database.execute("UPDATE vectors SET vector = substr(vector, 1, 7)")
    with pytest.raises(WorkspaceError, match="has vectors of different lengths"):
        store.of(["a"])


def test_what_is_not_here_is_looked_for_beside_and_stays_there(store, tmp_path):
    for name, vector in (("one", [1.0, 0.0]), ("other", [0.0, 1.0])):
        with closing(VectorStore(tmp_path / name, "mini")) as beside:
            beside.keep([name, "both"], [vector, vector])
    store.keep(["mine"], [[1.0, 0.0]])
    with closing(VectorStore(tmp_path / "vectors", "mini", [tmp_path / "one", tmp_path / "other"])) as opened:
        assert opened.missing(["mine", "one", "other", "both", "none"]) == ["none"]
        assert opened.of(["mine", "one", "other", "both"]).tolist() == [[1, 0], [1, 0], [0, 1], [1, 0]]
    assert store.missing(["mine", "one", "other", "both"]) == ["one", "other", "both"]


def test_vectors_and_texts_are_as_many(store):
    with pytest.raises(ValueError, match="shorter"):
        store.keep(["a", "b"], [[1.0]])
    assert store.missing(["a", "b"]) == ["a", "b"]


def test_the_thread_of_an_event_loop_may_use_what_another_opened(store):
    with ThreadPoolExecutor() as threads:
        assert threads.submit(store.missing, ["a"]).result() == ["a"]


def test_a_file_that_is_no_database_is_an_error(tmp_path):
    (tmp_path / "vectors").write_bytes(b"half a file, and not even that" * 100)
    with pytest.raises(
        WorkspaceError, match=r"cannot use the kept vectors .*: file is not a database; delete"
    ):
        VectorStore(tmp_path / "vectors", "mini")
