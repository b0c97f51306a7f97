"""Wordings are found wherever they stand, though only texts with certain words are searched."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qagen.checks.leaked_reasoning import PROMPTS
from qagen.checks.reading.claims import CLAIMLESS, REFUSALS, SPEECHES, refusals
from qagen.checks.reading.cues import cues
from qagen.checks.reading.text import Text, words
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


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: wording.pattern.pattern[:40])
def test_every_wording_spares_most_texts_its_search(wording):
    assert wording.needs
    assert len(wording.needs[0]) < 100


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (r"\byour task is\b", [{"task"}, {"your"}, {"is", "is's"}]),
        (r"\b(?:let me|let's) see\b", [{"let", "let's"}, {"see", "see's"}]),
        (r"\bI(?:'m| am)? afraid\b", [{"i", "i'm"}, {"afraid", "afraid's"}]),
        (r"\b(?:unable|not possible) to\b", [{"possible", "unable"}, {"to", "to's"}]),
        (r"\b(?:figs?\.?|tables?) ?\d", [{"fig", "figs", "table", "tables"}]),
        (r"\bsummari[sz]ed (?:\w+ ){0,3}by\b", [{"summarised", "summarized"}, {"by", "by's"}]),
        (r"^no (?:\w+ )?answers?\b", [{"no"}, {"answer", "answer's", "answers", "answers's"}]),
        (r"\bfigures?(?=[?.,;]|$)", [{"figure", "figure's", "figures", "figures's"}]),
        (r"\bI 'll go\b", [{"i"}, {"ll"}, {"go", "go's"}]),
        (r"\bun\w+ly\b", []),
        (r"(?:maybe )?\d+", []),
    ],
)
def test_cues_are_read_off_an_expression(pattern, found):
    def in_order(sets):
        return sorted(map(sorted, sets))

    assert in_order(cues(pattern, re.IGNORECASE)) == in_order(found)


def test_a_refusal_is_found_though_an_apostrophe_follows_its_last_word():
    text = Text("It is not mentioned in the paper's appendix.")
    assert [*refusals(text.plain, text.vocabulary)] == ["is not mentioned in the paper"]
