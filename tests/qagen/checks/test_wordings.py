"""Wordings are found wherever they stand, though only texts with certain words are searched."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qagen.checks.leaked_reasoning import PROMPTS
from qagen.checks.reading.claims import CLAIMLESS, REFUSALS, SPEECHES
from qagen.checks.reading.text import words
from qagen.checks.refers_to_figure import POINTERS

ASCII = st.characters(codec="ascii")
WORDINGS = [one for many in (SPEECHES, REFUSALS, CLAIMLESS, POINTERS, PROMPTS) for one in many.all]


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: wording.pattern.pattern[:40])
@settings(max_examples=20, deadline=None)
@given(st.data())
def test_every_match_of_a_wording_has_the_words_that_it_is_looked_for_by(wording, data):
    match = data.draw(st.from_regex(wording.pattern, fullmatch=True, alphabet=ASCII))
    there = {*words(match.lower()), *words(match.lower().replace("'", " "))}
    assert [need for need in wording.needs if need.isdisjoint(there)] == []
