import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qagen.select.index import Index, SameQuestions, vector_keys, word_keys
from qagen.select.shelf import Memory

KEYS = st.lists(st.sampled_from([0, 1, 2, 4096, 8192, 2**32 - 1]), min_size=3, max_size=3)
"""Three of them end in the same bits, and so stand in one chain."""
ASKED = st.lists(st.lists(st.tuples(KEYS, st.booleans()), min_size=1, max_size=30), max_size=4)
"""Lookups, each of questions by their keys, and whether they are taken."""


def keys_of(rows):
    return np.array(rows, dtype=np.uint32)


def sharing(keys, taken):
    """What `candidates` says, by looking at every question that was taken."""
    shared = {}
    for band, key in enumerate(keys):
        chain = [(number, one[band]) for number, one in enumerate(taken) if one[band] % 4096 == key % 4096]
        for number, found in chain[-12:]:
            if found == key:
                shared[number] = shared.get(number, 0) + 1
    return sorted(shared, key=lambda number: (-shared[number], number))


@given(ASKED, st.integers(1, 40))
def test_the_index_finds_whoever_shares_a_key_most_shared_first_in_whatever_lookups(asked, most):
    index, taken = Index(3, 100, Memory()), []
    for questions in asked:
        lookup = index.look_up(keys_of([keys for keys, _ in questions]))
        for place, (keys, is_taken) in enumerate(questions):
            assert lookup.candidates(place, most) == sharing(keys, taken)[:most]
            if is_taken:
                assert lookup.add(place) == len(taken)
                taken.append(keys)
        lookup.keep()


def test_of_a_key_that_many_share_the_newest_twelve_are_candidates():
    index, all_keys = Index(2, 100, Memory()), keys_of([[5, number] for number in range(100)])
    for start in range(0, 100, 5):
        lookup = index.look_up(all_keys[start : start + 5])
        for place in range(5):
            lookup.add(place)
        lookup.keep()
    assert index.look_up(keys_of([[5, 0]])).candidates(0, 100) == [0, *range(88, 100)]


def test_an_index_of_many_still_finds():
    rng = np.random.default_rng(0)
    all_keys = rng.integers(0, 2**32, size=(10_000, 2), dtype=np.uint32)
    index = Index(2, len(all_keys), Memory())
    lookup = index.look_up(all_keys)
    for place in range(len(all_keys)):
        lookup.add(place)
    lookup.keep()
    again = index.look_up(all_keys[[0, 5_000, 9_999]])
    assert [again.candidates(place, 1) for place in range(3)] == [[0], [5_000], [9_999]]


@given(st.lists(st.integers(0, 6), max_size=30))
def test_of_records_that_ask_the_same_the_one_taken_last_is_found(said):
    taken = SameQuestions(
        lambda number: bytes([said[number] % 2]) * 8 + bytes([said[number]]), len(said), Memory()
    )
    for number, key in enumerate(said):
        earlier = [other for other in range(number) if said[other] == key]
        assert taken.find(number) == (earlier[-1] if earlier else None)
        taken.add(number)


def test_keys_of_equal_questions_are_equal_and_of_others_not():
    words = word_keys([["a", "b"], ["a", "b"], ["c"]])
    assert (words[0] == words[1]).all()
    assert not (words[0] == words[2]).any()
    vectors = vector_keys(np.array([[1, 0, 0], [1, 0, 0], [-1, 0, 0]], dtype=np.float32))
    assert (vectors[0] == vectors[1]).all()
    assert not (vectors[0] == vectors[2]).any()
