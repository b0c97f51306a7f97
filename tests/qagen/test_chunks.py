from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.chunking.chunks import chunks
from qagen.chunking.sections import sections
from qagen.settings import ChunkSettings
from tests.documents import DOCUMENTS, document

SMALL = ChunkSettings(chars=200, overlap=60)


def cut(paper, settings=SMALL):
    return chunks(paper, sections(paper), settings)


def texts(paper, settings=SMALL):
    return [chunk.text for chunk in cut(paper, settings)]


def sentence(letter: str, chars: int) -> str:
    words = [letter * 4] * (chars // 5 - 1)
    return f"{letter.upper()}{' '.join(words)[1:]}.".ljust(chars - 1, ".").replace("..", ".")


def test_a_section_that_fits_is_one_chunk_without_its_heading():
    paper = document(
        ("##", "Results"), ("Text", "One thing rose. Another fell."), ("Text", "A third stayed.")
    )
    assert texts(paper) == ["One thing rose. Another fell.\n\nA third stayed."]


def test_chunks_end_at_sentence_ends_and_repeat_whole_sentences_from_the_one_before():
    first, second, third, fourth = (sentence(letter, 50) for letter in "abcd")
    fifth = sentence("e", 90)
    paper = document(("##", "Results"), ("Text", " ".join((first, second, third, fourth, fifth))))
    assert texts(paper) == [" ".join((first, second, third, fourth)), f"{fourth} {fifth}"]


def test_a_sentence_is_repeated_only_where_the_new_one_still_fits_with_it():
    before, repeated = f"X{'x' * 128}.", f"A{'a' * 48}."
    for new, second in (
        (f"B{'b' * 147}.", f"{repeated} B{'b' * 147}."),  # 200 characters
        (f"B{'b' * 148}.", f"B{'b' * 148}."),
    ):
        assert texts(document(("##", "Results"), ("Text", f"{before} {repeated} {new}")))[1] == second


def test_a_chunk_may_be_as_long_as_the_limit_and_repeat_as_much_as_the_overlap():
    """With the blank behind it, a sentence of 59 characters is an overlap of 60."""
    before = f"X{'x' * 98}."
    for chars, expected in ((99, 1), (100, 2)):
        paper = document(("##", "Results"), ("Text", f"{before} A{'a' * (chars - 2)}."))
        assert len(texts(paper)) == expected
    for chars, repeated in ((59, True), (60, False)):
        sentence = f"A{'a' * (chars - 2)}."
        paper = document(("##", "Results"), ("Text", f"{before} {sentence} B{'b' * 98}."))
        assert texts(paper)[1].startswith(sentence) == repeated


def test_a_paragraph_that_is_labelled_as_no_body_is_in_no_chunk():
    paper = document(
        ("##", "Results"), ("Text", "It rose."), ("Text", "Funding: nobody paid."), ("Text", "It fell.")
    )
    assert texts(paper) == ["It rose.", "It fell."]


def test_chunks_never_cross_sections_and_leave_out_what_is_no_body():
    paper = document(
        ("##", "Methods"),
        ("Text", "We heated it."),
        ("##", "Results"),
        ("Text", "It melted."),
        ("##", "References"),
        ("Text", "[1]"),
    )
    assert [(chunk.index, chunk.section.path, chunk.text, chunk.pages) for chunk in cut(paper)] == [
        (0, ("Methods",), "We heated it.", (2,)),
        (1, ("Results",), "It melted.", (4,)),
    ]


def test_figures_and_footnotes_part_the_text_around_them():
    paper = document(("##", "Results"), ("Text", "It rose."), ("Footnote", "1 A note."), ("Text", "It fell."))
    assert texts(paper) == ["It rose.", "It fell."]


def test_a_table_alone_may_exceed_the_limit_and_stays_whole():
    table = "\n".join(["| a | b |", "|---|---|", *(f"| {n} | {n} |" for n in range(40))])
    paper = document(("##", "Results"), ("Text", "Before it."), ("Table", table), ("Text", "After it."))
    assert texts(paper) == ["Before it.", table, "After it."]


def test_a_table_and_its_caption_are_one_whole():
    table, caption = "| a | b |\n" * 30, "Table 2: Rates. " + "They fall. " * 20
    before = document(
        ("##", "Results"), ("Text", "It fell."), ("Caption", caption.strip()), ("Table", table.strip())
    )
    assert texts(before) == ["It fell.", f"{caption.strip()}\n\n{table.strip()}"]
    behind = document(
        ("##", "Results"), ("Table", table.strip()), ("Caption", caption.strip()), ("Text", "It rose.")
    )
    assert texts(behind) == [f"{table.strip()}\n\n{caption.strip()}", "It rose."]


def test_a_caption_of_a_figure_is_no_part_of_the_table_beside_it():
    table, caption = "| a | b |\n" * 30, "Figure 2: Rates. " + "They fall. " * 20
    paper = document(("##", "Results"), ("Caption", caption.strip()), ("Table", table.strip()))
    assert table.strip() in texts(paper)


def test_captions_of_figures_are_chunks_of_their_own_where_that_is_wanted():
    paper = document(
        ("##", "Results"), ("Text", "One."), ("Caption", "Figure 1: A map."), ("Caption", "Fig. 2: A plot."),
        ("Text", "Two."), ("Caption", "Table 1: Rates."), ("Table", "| a |"),
    )  # fmt: skip
    assert texts(paper, ChunkSettings(captions="own")) == [
        "One.",
        "Figure 1: A map.",
        "Fig. 2: A plot.",
        "Two.\n\nTable 1: Rates.\n\n| a |",
    ]
    assert len(texts(paper, ChunkSettings())) == 1


def test_a_block_that_cannot_be_read_is_a_chunk_of_its_own_with_its_quality():
    paper = document(("##", "Results"), ("Text", "One."), ("Equation", "= = ("), ("Text", "Two."))
    blocks = tuple(replace(block, quality=0.2 if block.type == "Equation" else 0.9) for block in paper.blocks)
    assert len(cut(replace(paper, blocks=blocks), ChunkSettings(min_quality=0.2))) == 1
    found = cut(replace(paper, blocks=blocks))
    assert [(chunk.text, chunk.quality) for chunk in found] == [("One.", 0.9), ("= = (", 0.2), ("Two.", 0.9)]
    assert len(cut(replace(paper, blocks=blocks), ChunkSettings(min_quality=0))) == 1


def test_a_sentence_longer_than_a_chunk_is_cut_between_words():
    long = " ".join(["word"] * 100) + "."
    parts = texts(document(("##", "Results"), ("Text", long)))
    assert [len(part) for part in parts] == [199, 199, 100]
    assert " ".join(parts) == long


@pytest.mark.parametrize(("first", "parts"), [("Words", [200, 199, 100]), ("Wordss", [196, 199, 105])])
def test_of_a_long_sentence_each_part_has_as_many_words_as_fit_wherever_it_stands(first, parts):
    long, behind = " ".join([first, *["word"] * 99]) + ".", f"B{'b' * 148}."
    paper = document(
        ("##", "Results"), ("Text", f"It froze. {long}"), ("Footnote", "1 A note."), ("Text", behind)
    )
    before, *found, last = texts(paper)
    assert (before, last) == ("It froze.", behind)
    assert [len(part) for part in found] == parts
    assert " ".join(found) == long


def test_a_table_without_text_is_no_chunk_and_one_with_blanks_around_it_comes_without_them():
    paper = document(("##", "Results"), ("Table", "  "), ("Footnote", "1"), ("Table", " | a | "))
    assert texts(paper) == ["| a |"]


def test_a_word_longer_than_a_chunk_is_cut_at_the_limit():
    assert [len(part) for part in texts(document(("##", "Results"), ("Text", "x" * 450)))] == [200, 200, 50]


@pytest.mark.parametrize("first", ["x", "X"])
def test_what_stands_before_a_word_longer_than_a_chunk_ends_without_blanks(first):
    """The word goes on with the sentence, or begins one."""
    word = first + "x" * 249
    paper = document(("##", "Results"), ("Text", f"It rose. {word} and fell."))
    assert texts(paper) == ["It rose.", word[:200], f"{word[200:]} and fell."]


@given(DOCUMENTS, st.integers(200, 300), st.integers(0, 100))
def test_every_chunk_is_its_slice_within_the_limit_and_brings_something_new(paper, chars, overlap):
    found = cut(paper, ChunkSettings(chars=chars, overlap=overlap))
    tables = [
        paper.text[block.start : block.end].strip()
        for block in paper.blocks
        if block.type in {"Table", "Equation"}
    ]
    for place, chunk in enumerate(found):
        assert (chunk.index, paper.text[chunk.start : chunk.end]) == (place, chunk.text)
        assert chunk.text == chunk.text.strip() != ""
        assert len(chunk.text) <= chars or chunk.text in tables
        assert chunk.section.body
        assert chunk.section.text_start <= chunk.start < chunk.end <= chunk.section.end
    for before, after in pairwise(found):
        assert before.end < after.end
        assert before.end - after.start <= overlap


@given(DOCUMENTS)
def test_no_word_of_the_body_is_lost(paper):
    found = cut(paper)
    kept = {"Text", "ListGroup", "Table", "Equation", "Caption", "Code"}
    for section in sections(paper):
        for block in paper.blocks:
            if section.body and block.type in kept and section.text_start <= block.start < section.end:
                covered = {at for chunk in found for at in range(chunk.start, chunk.end)}
                missed = [
                    at
                    for at in range(block.start, block.end)
                    if at not in covered and not paper.text[at].isspace()
                ]
                assert missed == []
