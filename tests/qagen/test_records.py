import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.reasons import Reason
from qagen.records import Message, Request, canonical_json, record_id

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def request(**changes):
    values = {
        "model": "r1",
        "messages": (Message("user", "Why?"),),
        "temperature": 1.0,
        "top_p": 0.95,
        "max_tokens": 100,
        "seed": 7,
    }
    return Request(**{**values, **changes})


def test_a_number_is_written_one_way():
    assert canonical_json({"b": 1.0, "a": [1, 0.5, -0.0]}) == '{"a":[1,0.5,0],"b":1}'
    assert request(temperature=1).key == request(temperature=1.0).key


@given(JSON)
def test_equal_values_have_one_text(value):
    copy = dict(reversed(value.items())) if isinstance(value, dict) else value
    assert canonical_json(copy) == canonical_json(value)


def test_what_json_does_not_know_is_refused():
    with pytest.raises(ValueError, match="Out of range float"):
        canonical_json([float("nan")])


@pytest.mark.parametrize(
    "change",
    [
        {"model": "r2"},
        {"messages": (Message("system", "Why?"),)},
        {"messages": (Message("user", "Why not?"),)},
        {"temperature": 0.9},
        {"top_p": 0.9},
        {"max_tokens": 101},
        {"seed": 8},
        {"attempt": 2},
        {"response_format": "json"},
    ],
)
def test_whatever_can_change_an_answer_changes_the_key(change):
    assert request(**change).key != request().key


def test_an_id_follows_from_paper_question_and_answer_alone():
    digest = hashlib.sha256('["ab","Why é?","So."]'.encode()).hexdigest()
    assert record_id("ab", "Why é?", "So.") == digest[:32]


def test_every_reason_says_what_it_means():
    assert [reason for reason in Reason if not reason.meaning.endswith(".")] == []
    assert Reason("no_text_layer") is Reason.NO_TEXT_LAYER
