from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qagen.chunking.evidence import evidence, pages
from qagen.records import Block, Document, Evidence, Line, Metadata, Region, sha256
from tests.documents import DOCUMENTS

TEXT = "First line\nsecond line\n\nOn the next page.\n\n"
LINES = (Line(0, 10, (10, 10, 60, 20)), Line(11, 22, (12, 22, 70, 32)))
DOCUMENT = Document(
    "ab" * 32,
    TEXT,
    (
        Block(0, 24, "Text", None, (Region(0, 22, 1, (10, 10, 70, 32), LINES),)),
        Block(24, 43, "Text", None, (Region(24, 41, 3, (5, 5, 90, 15)),)),
    ),
    Metadata(),
    "test-1",
)


def item(start, end, page, bbox, text=None):
    return Evidence(start, end, page, bbox, sha256(TEXT[start:end]), text)


def test_a_span_within_one_line_has_that_lines_box():
    assert evidence(DOCUMENT, [(11, 17)], with_text=True) == (item(11, 17, 1, (12, 22, 70, 32), "second"),)


def test_a_span_over_two_lines_has_the_union_of_their_boxes():
    assert evidence(DOCUMENT, [(6, 17)], with_text=False) == (item(6, 17, 1, (10, 10, 70, 32)),)


def test_of_lines_without_a_blank_between_them_a_span_has_the_boxes_of_those_that_it_is_in():
    first, second = (10, 10, 60, 20), (12, 22, 70, 32)
    lines = (Line(0, 10, first), Line(10, 22, second))
    block = replace(DOCUMENT.blocks[0], regions=(replace(DOCUMENT.blocks[0].regions[0], lines=lines),))
    text = TEXT.replace("line\n", "line-", 1)
    paper = replace(DOCUMENT, text=text, blocks=(block, DOCUMENT.blocks[1]))
    found = [evidence(paper, [span], with_text=False)[0].bbox for span in ((6, 10), (10, 17), (9, 11))]
    assert found == [first, second, (10, 10, 70, 32)]


def test_a_span_over_two_pages_gives_an_item_for_each():
    assert evidence(DOCUMENT, [(11, 43)], with_text=False) == (
        item(11, 22, 1, (12, 22, 70, 32)),
        item(24, 41, 3, (5, 5, 90, 15)),
    )


def test_blanks_at_the_ends_of_a_span_are_left_out_and_blanks_alone_give_nothing():
    assert evidence(DOCUMENT, [(10, 18)], with_text=False) == (item(11, 17, 1, (12, 22, 70, 32)),)
    assert evidence(DOCUMENT, [(10, 11), (22, 24), (5, 5), (7, 3)], with_text=False) == ()


def test_spans_that_end_before_they_begin_change_nothing_of_others():
    spans = [(6, 17), (33, 37)]
    for nothing in ((3, 1), (8, 8), (9, 7), (40, 12), (33, 30)):
        assert evidence(DOCUMENT, [nothing, *spans], with_text=True) == evidence(
            DOCUMENT, spans, with_text=True
        )


def test_overlapping_spans_count_once_and_order_does_not_matter():
    assert evidence(DOCUMENT, [(14, 22), (11, 17)], with_text=False) == evidence(
        DOCUMENT, [(11, 22)], with_text=False
    )


def test_spans_apart_from_each_other_give_an_item_each_and_those_that_only_touch_too():
    assert evidence(DOCUMENT, [(33, 37), (0, 5), (11, 17), (17, 22)], with_text=False) == (
        item(0, 5, 1, (10, 10, 60, 20)),
        item(11, 17, 1, (12, 22, 70, 32)),
        item(18, 22, 1, (12, 22, 70, 32)),
        item(33, 37, 3, (5, 5, 90, 15)),
    )


def test_evidence_that_was_read_off_a_picture_says_so():
    first, second = DOCUMENT.blocks
    scanned = replace(first, regions=(replace(first.regions[0], ocr=True),))
    found = evidence(replace(DOCUMENT, blocks=(scanned, second)), [(11, 43)], with_text=False)
    assert [one.ocr for one in found] == [True, None]


def test_pages_are_those_of_the_regions_with_text():
    assert [pages(DOCUMENT, *span) for span in [(0, 5), (0, 43), (22, 43), (22, 24), (43, 43)]] == [
        (1,),
        (1, 3),
        (3,),
        (),
        (),
    ]


SPANS = st.lists(st.tuples(st.integers(0, 800), st.integers(0, 800)), max_size=6)


@given(DOCUMENTS, SPANS)
def test_items_are_slices_in_order_and_do_not_overlap(document, spans):
    items = evidence(document, spans, with_text=True)
    for one in items:
        assert one.text == document.text[one.start : one.end] == one.text.strip() != ""
        assert one.sha256 == sha256(one.text)
        assert any(start <= one.start < one.end <= end for start, end in merged(spans))
    for one, following in pairwise(items):
        assert one.end <= following.start
    whole = [span for span in spans if span[0] < span[1]]
    assert {one.page for one in items} == {page for span in whole for page in pages(document, *span)}


@given(DOCUMENTS, SPANS)
def test_an_items_own_place_gives_the_item_again(document, spans):
    for one in evidence(document, spans, with_text=False):
        assert evidence(document, [(one.start, one.end)], with_text=False) == (one,)


@given(DOCUMENTS)
def test_everything_that_is_no_blank_and_stands_on_a_page_is_found(document):
    items = evidence(document, [(0, len(document.text))], with_text=True)
    expected = [document.text[r.start : r.end].strip() for b in document.blocks for r in b.regions]
    assert [one.text for one in items] == [text for text in expected if text]


def merged(spans):
    found = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
