"""What a whole response may be wrapped in."""

import json

import pytest

from qagen.parsing.unwrap import unwrap_response


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("a\r\nb\rc\u2028d\u2029e\x85f", "a\nb\nc\nd\ne\nf"),
        (r'"a\nb"', "a\nb"),
        (r' "a\nb" ', "a\nb"),
        (r'"a\nb', "a\nb"),
        ('"a\\', "a"),
        ('"a\nb\\n"', "a\nb\n"),
        (r'"a"', r'"a"'),
        (r'"a\nb" c', r'"a\nb" c'),
        ('"a\\nb"\nc', '"a\\nb"\nc'),
        (r'"a\x"', r'"a\x"'),
        (r'"a\nb" "c"', r'"a\nb" "c"'),
        ('"', '"'),
        (r"a.\nQuestion", "a.\nQuestion"),
        (r"a.\\nQuestion", "a.\nQuestion"),
        (r"a.\r\nQuestion", "a.\nQuestion"),
        (r"a.\n\n- b", "a.\n\n- b"),
        (r"a.\n", "a.\n"),
        (r"\nQuestion", "\nQuestion"),
        (r"a.\nA b", "a.\nA b"),
        (r"a.\nx b", r"a.\nx b"),
        (r"so\nQuestion", r"so\nQuestion"),
        (r"by \nu and \nabla", r"by \nu and \nabla"),
        (r"by \n= b", r"by \n= b"),
        (r'{"a": "b.\nNow"}', r'{"a": "b.\nNow"}'),
        (r'so {"a": "b.\nNow"}', r'so {"a": "b.\nNow"}'),
        (r"\boxed{a", "a"),
        (r"$$\boxed {a", "a"),
        (r"so \boxed{a", r"so \boxed{a"),
        (r"\item[Question:] a \item [Answer:] b", "Question: a Answer: b"),
        ("<![CDATA[a]]>b<![CDATA[c]]>", "abc"),
        ("a]]>b", "a]]>b"),
        ('<question id="1">a</question><Answer lang="en" n="2">b', "<question>a</question><Answer>b"),
        ("<answer lang>b<p id='1'>", "<answer lang>b<p id='1'>"),
        ("", ""),
    ],
)
def test_a_wrapping_comes_off_and_nothing_else(text, bare):
    assert unwrap_response(text) == bare


@pytest.mark.parametrize(("times", "left"), [(1, 0), (3, 0), (4, 1)])
def test_a_string_in_a_string_is_unwrapped_three_times(times, left):
    def wrapped(text, times):
        return wrapped(json.dumps(text), times - 1) if times else text

    assert unwrap_response(wrapped("a;\nb", times)) == wrapped("a;\nb", left)


@pytest.mark.parametrize("text", ['["a\\n"]', '{"a": "b\\n"}'])
def test_a_string_of_other_json_is_that_json(text):
    assert unwrap_response(json.dumps(text)) == text
