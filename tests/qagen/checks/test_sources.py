"""Texts are indexed once while memory allows, and never kept beyond it."""

from hypothesis import given
from hypothesis import strategies as st

from qagen.checks.reading.sources import SourceCache


def test_a_text_that_comes_again_is_not_indexed_again():
    sources = SourceCache(10)
    first = sources.of("abc")
    assert (sources.of("de"), sources.of("abc")) != (first, first)
    assert sources.of("abc") is first


def test_the_text_that_was_not_used_for_longest_goes_first():
    sources = SourceCache(4)
    first, second = sources.of("aa"), sources.of("bb")
    assert sources.of("aa") is first
    sources.of("cc")
    assert sources.of("aa") is first
    assert sources.of("bb") is not second


@given(st.lists(st.text(max_size=8)))
def test_no_more_is_kept_than_is_allowed_but_always_the_last(texts):
    sources = SourceCache(10)
    for text in texts:
        assert sources.of(text).given == text
        kept = {other for other in texts if other in sources}
        assert text in kept
        assert sum(map(len, kept)) <= 10
