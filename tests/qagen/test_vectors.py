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


def test_vectors_of_another_length_under_the_same_name_are_an_error(store):
    store.keep(["a"], [[1.0, 0.0]])
    store.keep(["b"], [[1.0]])
    with pytest.raises(WorkspaceError, match=r"another model answered under this name; delete the file"):
        store.of(["a", "b"])


def test_a_file_that_is_no_database_is_an_error(tmp_path):
    (tmp_path / "vectors").write_bytes(b"half a file, and not even that" * 100)
    with pytest.raises(
        WorkspaceError, match=r"cannot use the kept vectors .*: file is not a database; delete"
    ):
        VectorStore(tmp_path / "vectors", "mini")
