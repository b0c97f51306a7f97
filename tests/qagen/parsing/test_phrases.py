"""What models say around pairs."""

import pytest

from qagen.parsing.phrases import is_placeholder, reads_like_reasoning


@pytest.mark.parametrize(
    ("text", "holds_a_place"),
    [
        ("", True),
        ("...", True),
        ("<question here>", True),
        ("[Answer]", True),
        ("{your_question}", True),
        ("(insert answer)", True),
        ("`text goes here`", True),
        ("Question", True),
        ("Detailed answer", True),
        ("First text ...", True),
        ("Sample text…", True),
        ("Sample text", False),
        ("Sample text (one)", False),
        ("Why is it a question?", False),
        ("<b>It flows.</b>", False),
        ("12", False),
        ("α", False),
        ("?!", True),
        ("." * 80, True),
        ("." * 81, False),
    ],
)
def test_a_placeholder_only_holds_the_place_of_a_text(text, holds_a_place):
    assert is_placeholder(text) is holds_a_place


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("Okay, the user wants pairs.", True),
        ("\n\t**Let me** begin.", False),
        ("\r\n\t*#>- Let me begin.", True),
        ("I need ten pairs.", True),
        ("The task is clear.", True),
        ("Ice flows. Let me begin.", False),
        ("", False),
    ],
)
def test_reasoning_shows_in_how_it_begins(text, reads):
    assert reads_like_reasoning(text) is reads
