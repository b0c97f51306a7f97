"""What a model's list of headings is mapped back to."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.asking.main_body import Body, heading_lines, match_headings, read_body
from qagen.chunking.sections import headings, sections
from qagen.records import Completion
from tests.documents import document

HEADINGS = [
    "1. Introduction",
    "2. Experimental",
    "2.1. Growth of the thin-film samples",
    "2.2. Microscopy of the cross-sections",
    "3. Results and discussion",
    "4. Conclusion",
    "Acknowledgements",
    "References",
]
LEVELS = ["##", "##", "###", "###", "##", "##", "##", "##"]
TEXT = "Salt lowers the freezing point of the brine below the ice of the lagoon. " * 4
PAPER = document(
    ("#", "Ice of the lagoon"),
    *[part for level, name in zip(LEVELS, HEADINGS, strict=True) for part in ((level, name), ("Text", TEXT))],
)
STARTS = [head.start for head in headings(PAPER)]


def answered(text, finish_reason="stop"):
    return read_body(Completion(text, finish_reason=finish_reason), PAPER)


def chosen(*places):
    return Body(frozenset(STARTS[place] for place in places), by="model")


def test_a_list_with_words_lost_blanks_in_words_and_full_stops_is_that_of_the_true_headings():
    said = (
        "I leave out the end matter.\n</think>\n\n### 1. Introduction\n2. Experimental.\n- 2.1. Growth of thin- film samples\n"
        "**2.2 Micro scopy of cross-sections**\n\n## 3. Results and discussion\n# 4. Conclusion\n"
    )
    assert answered(said) == chosen(0, 1, 2, 3, 4, 5)


def test_a_heading_named_without_any_of_its_subheadings_has_all_of_them_and_with_one_that_one_alone():
    rest = "3. Results and discussion\n4. Conclusion"
    assert answered(f"1. Introduction\n2. Experimental\n{rest}") == chosen(0, 1, 2, 3, 4, 5)
    assert answered(
        f"1. Introduction\n2. Experimental\n2.2. Microscopy of the cross-sections\n{rest}"
    ) == chosen(0, 1, 3, 4, 5)


def test_references_are_never_main_body():
    assert answered("\n".join(HEADINGS)) == chosen(0, 1, 2, 3, 4, 5, 6)


@pytest.mark.parametrize(
    ("text", "finish_reason", "fault"),
    [
        ("\n".join(HEADINGS[:6]), "length", "the model's answer was cut off"),
        (
            "1. Introduction\n2. Experimental\n2.1. Growth of the",
            "stop",
            "the model's answer breaks off with '2.1. Growth of the'",
        ),
        ("<think>1. Introduction", "stop", "the model gave no list of headings"),
        ("", "stop", "the model gave no list of headings"),
        (
            "1. Introduction\n2. Theory of glaciers\n5. Outlook\n6. Data",
            "stop",
            "3 of the 4 lines of the model's answer are no headings of the paper",
        ),
        ("1. Introduction", "stop", "the model's choice leaves out 83% of the main body's text"),
        ("x\n" * 99, "stop", "the model gave 99 lines for 8 headings"),
    ],
)
def test_an_answer_that_is_cut_off_or_impossible_leaves_the_choice_to_the_rules_and_says_why(
    text, finish_reason, fault
):
    assert answered(text, finish_reason) == Body(fault=fault)


def test_numbers_tell_headings_of_the_same_words_apart():
    shown = ["## 3.1 Results of the first run", "## 3.2 Results of the second run"]
    assert match_headings(["3.2 Results of the second run"], shown) == [1]
    assert match_headings(["3.3 Results of the second run"], shown) == [None]


@given(st.lists(st.sampled_from([*HEADINGS, "", "nothing", "2.", "4. Conclusions"]), max_size=14))
def test_places_ascend_and_an_exact_heading_in_order_is_found(lines):
    places = [place for place in match_headings(lines, HEADINGS) if place is not None]
    assert places == sorted(set(places))
    assert match_headings(HEADINGS, HEADINGS) == list(range(len(HEADINGS)))


@given(st.text(max_size=300), st.sampled_from(["stop", "length", None]))
def test_no_text_whatever_chooses_what_is_no_heading(text, finish_reason):
    body = answered(text, finish_reason)
    assert (body.starts is None) == bool(body.fault)
    assert (body.starts or frozenset()) <= set(STARTS)


def test_what_is_chosen_decides_and_what_has_no_heading_stays_with_the_rules():
    body = [section.body for section in sections(PAPER, {STARTS[0], STARTS[6]})]
    assert body == [False, True, False, False, False, False, False, True, False]


LABELLED = json.loads(Path(__file__).with_name("body_headings.json").read_text("utf-8"))


@pytest.mark.parametrize("paper", LABELLED)
def test_the_rules_agree_with_the_labels_of_every_paper(paper):
    """The headings of real papers, each labelled body (1) or not (0) by a reader."""
    made = document(
        ("#", "Title"),
        *[part for level, name, _ in LABELLED[paper] for part in (("#" * level, name), ("Text", TEXT))],
    )
    ruled = {section.start: section.body for section in sections(made) if section.path}
    found = [
        [name, int(ruled[head.start])]
        for head, (_, name, _) in zip(headings(made), LABELLED[paper], strict=True)
    ]
    assert found == [[name, label] for _, name, label in LABELLED[paper]]


@pytest.mark.parametrize("paper", LABELLED)
def test_a_model_that_repeats_the_labelled_headings_badly_is_understood(paper):
    """Articles dropped, a blank behind each hyphen, a full stop at the end."""
    made = document(
        ("#", "Title"),
        *[part for level, name, _ in LABELLED[paper] for part in (("#" * level, name), ("Text", TEXT))],
    )
    lines = [line for line, (_, _, label) in zip(heading_lines(made), LABELLED[paper], strict=True) if label]
    said = "\n".join(f"{line.replace(' the ', ' ').replace('-', '- ')}." for line in lines)
    body = read_body(Completion(said, finish_reason="stop"), made)
    expected = {
        head.start for head, (_, _, label) in zip(headings(made), LABELLED[paper], strict=True) if label
    }
    assert (body.fault, body.starts) == ("", expected)


@pytest.mark.skipif("QAGEN_HEADINGS" not in os.environ, reason="names a file with a real model's answer")
def test_a_real_answer_of_a_reasoning_model_is_mapped_line_by_line_and_its_cut_list_is_none():
    """`{"headings": [...], "response": "..."}`: the list stands whole in the thoughts, and is cut off behind them."""
    real = json.loads(Path(os.environ["QAGEN_HEADINGS"]).read_text("utf-8"))
    thoughts = real["response"].partition("</think>")[0]
    lines = [line for line in thoughts.splitlines() if line.startswith("#")]
    first = len(real["headings"]) - len(lines)
    assert match_headings(lines, real["headings"]) == list(range(first, len(real["headings"])))
    made = document(
        *[part for line in real["headings"] for part in (("##", line.lstrip("# ")), ("Text", TEXT))]
    )
    assert read_body(Completion(real["response"]), made).fault.startswith(
        "the model's answer breaks off with"
    )
    whole = read_body(Completion(thoughts), made)
    assert whole.starts == {head.start for head in headings(made)[first:]}
