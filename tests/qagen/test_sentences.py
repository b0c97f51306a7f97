"""The splitter of sentences."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qagen.text.sentences import sentences


def texts(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


ONE_SENTENCE = [
    "Smith et al. [3] cooled the melt, e.g. by 12 K, as Fig. 3 and Eqs. 4 to 6 show (see Ref. [4]).",
    "Dr. J. K. Miller heated approx. 3.5 g at ca. 300 K, i.e. below the limit, vs. 4 g before.",
    "The cell of no. 5 held max. 3 charges at min. 2 bar in Sec. 3.2 and Tab. 1.",
    "Growth fell with $f(x) = a. B$ and rose later.",
    "The U.S. Department paid for it.",
    "It rose ... slowly at first.",
    "The rate (in min. 3) fell, as Li et al. (2020) saw.",
    "It was drawn by J. Smith and R. von F. Braun for free.",
    "S. Aureus grew faster than E. coli did.",
    "The value of v2.5 was 3.14 and nothing else.",
    "1. A numbered claim that ends here.",
    "- A claim with a mark that ends here.",
    "# 1. Introduction. The beginning",
    "| one. Two | three. Four |",
    "Was it cold? asked nobody.",
    "No stop at the end",
]


@pytest.mark.parametrize("text", ONE_SENTENCE)
def test_a_stop_that_belongs_to_an_abbreviation_or_a_formula_ends_nothing(text):
    assert texts(text) == [text]


TWO_SENTENCES = [
    ("It rose by 3.", "The rest fell."),
    ("It rose by 3.5 %.", "12 of 20 fell."),
    ('They call it "good."', "Nobody else does."),
    ("It was known.12,13", "However, it was new here."),
    ("It was known.<sup>12</sup>", "However, it was new here."),
    ("It was known.[12, 13]", "However, it was new here."),
    ("It was known. [12]", "However, it was new here."),
    ("It was known.¹²", "However, it was new here."),
    ("It was known (by some).", "(Others did not know.)"),
    ("This was done by Smith et al.", "The others did nothing."),
    ("They ate vitamin C.", "The others did not."),
    ("It was kept at 25 °C.", "Thicker layers failed."),
    ("It took 5 V.", "Higher values failed."),
    ("The rest is set C.", "P picks were missed."),
    ("They said no.", "The others did not."),
    ("It cooled in the U.S.", "However, it was warm in Peru."),
    ("The buffer was weak.", "pH fell at once."),
    ("The cell was old.", "mRNA was absent."),
    ("Is it so?", "It is!"),
    ("It stopped...", "The rest went on."),
    ("A bolt costs $5.", "A nut costs $6 or so."),
    ("**Methods.**", "We measured."),
    ("- One thing.", "Its consequence."),
]


@pytest.mark.parametrize(("first", "second"), TWO_SENTENCES)
@pytest.mark.parametrize("between", [" ", "\n", "\n\n"])
def test_a_stop_before_a_beginning_ends_a_sentence(first, second, between):
    assert texts(first + between + second) == [first, second]


def test_blank_lines_headings_rows_items_and_code_lines_are_boundaries():
    text = (
        "# Title\nwords without a stop\n\nmore words\n- an item\n* another\n1) third\n(a) fourth\n"
        "| a. B | c |\n| d | e |\nafter it\n```\nx = 1. \nY = 2\n```\nlast"
    )
    assert texts(text) == [
        "# Title",
        "words without a stop",
        "more words",
        "- an item",
        "* another",
        "1) third",
        "(a) fourth",
        "| a. B | c |",
        "| d | e |",
        "after it",
        "```",
        "x = 1.",
        "Y = 2",
        "```",
        "last",
    ]


def test_nothing_but_white_space_has_no_sentence():
    assert sentences("") == sentences(" \n\t\n ") == ()


PIECES = st.sampled_from(
    ["The ", "e.g. ", "et al. ", "A. ", "fell", ". ", ".", "! ", "\n", "\n\n", "$", "[12] ", "| ", "- ", "```", "3.5", "“", ") "]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join)))
@example("\x0b. \x1c\u2028. A")
@example("$.$. A $$. $$")
def test_spans_are_ordered_stripped_and_leave_out_only_white_space(text):
    spans = sentences(text)
    outside, at = "", 0
    for start, end in spans:
        assert at <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        outside += text[at:start]
        at = end
    assert (outside + text[at:]).strip() == ""
