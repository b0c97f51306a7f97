"""JSON values among other words."""

import pytest

from qagen.parsing.objects import _MOST_VALUES, objects_in


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", []),
        ("No value is here.", []),
        ('Here: {"a": 1} and [2, 3].', [{"a": 1}, [2, 3]]),
        ('[1, {"a": 2}] {"b": 3}', [[1, {"a": 2}], {"b": 3}]),
        ('{"a": [1, 2]}', [{"a": [1, 2]}]),
        ('{"cut": [1, 2], "rest": ', [[1, 2]]),
        ("{not one} but [4]", [[4]]),
        ("[[5]", [[5]]),
        ("{}[]", [{}, []]),
        ("[" * 20_000, []),
    ],
)
def test_each_value_that_reads_as_json_comes_once_and_in_order(text, values):
    assert list(objects_in(text)) == values


def test_only_so_many_beginnings_are_tried():
    assert list(objects_in("[]" * (_MOST_VALUES + 5))) == [[]] * _MOST_VALUES
    assert list(objects_in("{" * (_MOST_VALUES - 1) + "[1]")) == [[1]]
    assert list(objects_in("{" * _MOST_VALUES + "[1]")) == []
