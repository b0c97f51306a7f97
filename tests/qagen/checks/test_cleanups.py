"""Cleanups keep the meaning, and say what they changed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.checks import IndexedSource, check_pair
from qagen.checks.cleanups.flattened_citations import without_flattened_citations
from qagen.checks.cleanups.markup import without_citations, without_links
from qagen.checks.reading.text import Text
from qagen.records import Edit, Pair
from qagen.settings import CheckSettings

NOTHING = IndexedSource("")


def cleaned(text, source=NOTHING, **settings):
    return check_pair(Pair("Why?", text), source, CheckSettings(**settings)).pair.answer


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("According to the study, gels swell in water.", "Gels swell in water."),
        ("The authors also found that gels swell.", "Gels swell."),
        ("Furthermore, the paper shows that gels swell.", "Furthermore, gels swell."),
        ("Gels swell. This study demonstrates that salt slows it.", "Gels swell. Salt slows it."),
        ("How do gels swell in this work?", "How do gels swell?"),
        ("What is the role of salt, as described in the paper?", "What is the role of salt?"),
        ("The gels mentioned in the article are soft.", "The gels are soft."),
        ("Salt, as presented in the paper, slows the swelling.", "Salt slows the swelling."),
        ("The gels were used in the present study for filters.", "The gels were used for filters."),
        ("The swelling was described in the paper.", "The swelling was described."),
    ],
)
def test_words_that_only_say_where_a_statement_stands_are_taken_out(before, after):
    assert cleaned(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "The study of ultrathin gels is of great interest.",
        "It is used in the study of gels.",
        "Filters of the paper industry swell.",
        "This work function is high.",
        "The paper deals with gels.",
    ],
)
def test_what_is_part_of_the_statement_stays(text):
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("See [the gel](#page-3-1) swell.", "See the gel swell."),
        ("It swells [12] in water [3-5, 8].", "It swells in water."),
        ("It swells \\[12\\].", "It swells."),
        ("It swells<sup>12,13</sup>.", "It swells."),
        ("It swells ![](_page_1.png)in <span id='a'>water</span>.", "It swells in water."),
        ("It lies in the range [0, 1] of values.", "It lies in the range [0, 1] of values."),
        ("It was shown in [12].", "It was shown in [12]."),
    ],
)
def test_links_and_citation_marks_are_taken_out(before, after):
    assert cleaned(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It shows thegrey gel.", "It shows the grey gel."),
        ("It was used forSXCT.", "It was used for SXCT."),
        ("Overall, the greygel is good.", "Overall, the greygel is good."),
        ("It is forecast.", "It is forecast."),
    ],
)
def test_a_lost_blank_is_put_back_where_the_source_shows_it(before, after):
    source = IndexedSource("Over all samples, the grey gel is used for SXCT and for casting.")
    assert cleaned(before, source) == after


def test_each_change_is_recorded_with_the_text_before_it():
    pair = Pair("How do gels swell [1] in this study?", "They swell.")
    verdict = check_pair(pair, NOTHING, CheckSettings())
    assert verdict.pair == Pair("How do gels swell?", "They swell.")
    assert verdict.edits == (
        Edit("citations", "question", "How do gels swell [1] in this study?"),
        Edit("attribution", "question", "How do gels swell in this study?"),
    )


def test_a_cleanup_that_is_disabled_changes_nothing():
    assert cleaned("Gels swell [1].", disabled=("citations",)) == "Gels swell [1]."


@given(st.text(alphabet="ab .,[]()#123\nThe study in paper", max_size=80))
def test_cleaning_never_makes_a_text_longer_where_no_blank_is_lost(text):
    once = cleaned(text)
    assert len(once) <= len(text)
    assert cleaned(once) == once or len(cleaned(once)) < len(once)


PIECES = st.sampled_from(
    [
        "According to the study, ",
        "the authors found that ",
        "forSXCT",
        "PANI",
        "PANI-coated",
        " (PANI)",
        "[12]",
        "[3-5, 8]",
        " as shown in this paper",
        "[gels](#page-1)",
        "![](_page.png)",
        "<span id='a'>",
        "</span>",
        "<sup>4</sup>",
        "Gels swell",
        ". ",
        ", ",
        "? ",
        "in this work",
        "é",
        "\n",
    ]
)


@given(*[st.lists(PIECES, max_size=12).map("".join)] * 2)
def test_taking_the_edits_back_the_last_first_gives_the_pair_as_it_was(question, answer):
    verdict = check_pair(Pair(question, answer), LONG_FORMS, CheckSettings())
    pair = verdict.pair
    for edit in reversed(verdict.edits):
        assert getattr(pair, edit.field) != edit.before
        pair = replace(pair, **{edit.field: edit.before})
    assert pair == Pair(question, answer)


LONG_FORMS = IndexedSource(
    "Films of polyaniline (PANI) were made by chemical vapour deposition (CVD). Carbon nanofibers (CNFs) and Cu (II) were "
    "added by the method. We used it in the sensor (NEMS)."
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("What is PANI used for?", "What is polyaniline (PANI) used for?"),
        ("Why is CVD used for PANI?", "Why is chemical vapour deposition (CVD) used for polyaniline (PANI)?"),
        ("Does PANI need PANI?", "Does polyaniline (PANI) need PANI?"),
        ("Why are CNFs added?", "Why are Carbon nanofibers (CNFs) added?"),
    ],
)
def test_abbreviations_of_a_question_are_spelled_out_as_the_source_does_and_can_be_taken_back(before, after):
    verdict = check_pair(Pair(before, "PANI."), LONG_FORMS, CheckSettings())
    assert (verdict.pair, verdict.edits) == (
        Pair(after, "PANI."),
        (Edit("abbreviations", "question", before),),
    )


@pytest.mark.parametrize(
    "question",
    [
        "What is polyaniline (PANI) used for?",
        "Why is Polyaniline, or PANI, used?",
        "Why are PANI-coated films used?",
        "Why is copper (II) used, and II?",
        "What is the NEMS?",
        "What is the SPANI?",
    ],
)
def test_abbreviations_that_are_told_or_stand_in_compounds_or_are_not_surely_known_stay(question):
    verdict = check_pair(Pair(question, "It is."), LONG_FORMS, CheckSettings())
    assert (verdict.pair, verdict.edits) == (Pair(question, "It is."), ())


def test_abbreviations_are_turned_down_or_kept_as_the_settings_say():
    pair = Pair("What is PANI used for in films?", "Films of polyaniline (PANI) were made.")

    def verdict(**settings):
        judged = check_pair(pair, LONG_FORMS, CheckSettings(**settings))
        return judged.pair.question, [fault.detail for fault in judged.faults]

    assert verdict(abbreviations="keep") == (pair.question, [])
    assert verdict(abbreviations="reject") == (
        pair.question,
        ["the question has 'PANI', which only the source spells out, as 'polyaniline'"],
    )


def test_a_citation_in_double_brackets_goes_whole_and_one_that_is_spoken_of_stays():
    assert cleaned("Prior work[\\[36\\]] shows it.") == "Prior work shows it."
    assert cleaned("The work [4] shows it.") == "The work [4] shows it."


CITING = IndexedSource(
    "The signal shows a decay.10,11 The software [12] is fast. It was shown before (3). Others agree (7). We use step 1 and step 2 here."
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The signal shows a decay.10,11 It is slow.", "The signal shows a decay. It is slow."),
        ("The signal shows a decay. 10,11", "The signal shows a decay."),
        ("The software12 is fast.", "The software is fast."),
        ("The decay10 is slow.", "The decay is slow."),
        ("The signal, 12 which is slow, falls.", "The signal, which is slow, falls."),
        ("The signal,12 then falls.", "The signal, then falls."),
        ("A decay^12 is slow.", "A decay is slow."),
        ("A decay^{12,13} is slow.", "A decay is slow."),
        ("Slow decay.¹² Then.", "Slow decay. Then."),
        ("It was shown before (3).", "It was shown before."),
        ("Others agree (7), and so on.", "Others agree, and so on."),
        ("It measures 3.5 mm. 12 It is.", "It measures 3.5 mm. It is."),
    ],
)
def test_numbers_of_references_that_lost_their_form_are_taken_out(before, after):
    assert without_flattened_citations(Text(before), CITING) == after


@pytest.mark.parametrize(
    "text",
    [
        "See Figure 12. It is slow.",
        "It is shown in Fig. 3 The gel.",
        "Cys138 is bound.",
        "The gels2 swell.",
        "It took step,12 then fell.",
        "An area of metre^2 is large.",
        "A decay².³ Then.",
        "Long metre² here.",
        "In step (3).",
        "Others agree (8).",
        "The answer is 12.",
        "decays5 and decays6 are levels",
    ],
)
def test_numbers_that_say_something_stay(text):
    assert without_flattened_citations(Text(text), CITING) == text


@pytest.mark.parametrize(
    "text",
    [
        "The software12 is fast.",
        "The decay10 is slow.",
        "It was shown before (3).",
        "Others agree (7), and so on.",
    ],
)
def test_a_number_at_a_word_or_in_parentheses_stays_where_the_source_does_not_cite_so(text):
    source = IndexedSource("Step 1 heats; step 2 cools. Nothing is cited.")
    assert without_flattened_citations(Text(text), source) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('=HYPERLINK("http://x","gel")', "gel"),
        ("=SUM(A1)", "SUM(A1)"),
        (" @gel swells", "gel swells"),
        ("+gel", "gel"),
        ("= 3", "= 3"),
        ("![pic](a.png) gel", " gel"),
        ("a [gel](#p) b", "a gel b"),
        ("a [source](https://x.y/z) b", "a b"),
        ("a [ref 3](https://x) b", "a b"),
        ("[the link](mailto:x) b", " b"),
        ("a [gel [1]](https://x(y)z) b", "a gel [1] b"),
        ("a [gel](other) b", "a [gel](other) b"),
        ("<script>x</script> gel", " gel"),
        ("gel <img src=x> swells", "gel  swells"),
        ("gel<script>a</script>", "gel"),
        ("<span>gel</span> <b>b</b>", "gel <b>b</b>"),
        ("a < b", "a < b"),
    ],
)
def test_of_links_their_words_stay_and_what_acts_goes(before, after):
    assert without_links(Text(before), NOTHING) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Gels swell [12].", "Gels swell."),
        ("[12] shows", "[12] shows"),
        ("in [12] it", "in [12] it"),
        ("range [0, 1] is", "range [0, 1] is"),
        ("Gels (ref. 3) swell", "Gels swell"),
        ("Gels (references [3-5]) swell", "Gels swell"),
        ("gel<sup>3</sup> x", "gel x"),
        ("gel<sup>3</sup>, x", "gel, x"),
        ("Gels [1][2] swell", "Gels swell"),
        ("gels [1](http://x) swell", "gels [1](http://x) swell"),
        ("the works [4] show", "the works [4] show"),
        ("of Smith [4] show", "of Smith show"),
        ("matrix [1, 2]", "matrix [1, 2]"),
        ("gels [a]", "gels [a]"),
    ],
)
def test_citation_marks_go_unless_they_are_spoken_of_or_are_no_citations(before, after):
    assert without_citations(Text(before), NOTHING) == after
