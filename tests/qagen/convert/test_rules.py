"""The pure steps of the rules, on rows and words made here."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.convert.rules import (
    areas,
    equations,
    furniture,
    glyphs,
    headings,
    metadata,
    rows,
    ruled,
    tables,
    typography,
)
from qagen.convert.rules.drawings import to_display
from qagen.convert.rules.flows import flows_of, mark_references
from qagen.convert.rules.hyphens import Joint, vocabulary
from qagen.convert.rules.metadata import Info
from qagen.convert.rules.model import Kind, Page, Piece, Row, Style, TextLine
from qagen.convert.rules.patterns import core, is_table, is_well_known
from qagen.convert.rules.sizes import with_settled_sizes


def line(
    text: str, *, place=0, x=50.0, y=100.0, size=10.0, width=200.0, font="Body", estimated=False
) -> TextLine:
    style = Style(font, size, estimated=estimated)
    return TextLine(place, (x, y, x + width, y + size), text, style)


def page(*lines: TextLine, index=0) -> Page:
    return Page(index, 600, 800, lines)


def piece(text: str, kind=Kind.TEXT, *, page=0, column=0, level=None, **where) -> Piece:
    return Piece(kind, page, (Row((line(text, **where),), column),), level)


@pytest.mark.parametrize(
    ("first", "second", "elsewhere", "joint"),
    [
        ("the micro-", "scope was", "a microscope", Joint.HYPHEN_GONE),
        ("a well-", "known fact", "the well-known fact", Joint.NOTHING),
        ("of high", "quality", "", Joint.BLANK),
        ("of high-", "quality film", "high and quality", Joint.NOTHING),
        ("the photolumi-", "nescence of", "", Joint.HYPHEN_GONE),
        ("first-", "and second-order", "", Joint.BLANK),
        ("the non-", "Gaussian part", "", Joint.NOTHING),
        ("the COVID-", "19 years", "", Joint.NOTHING),
        ("by X-", "ray diffraction", "", Joint.NOTHING),
        ("an e-", "mail to", "the email of", Joint.NOTHING),
        ("the DNA-", "binding site", "", Joint.NOTHING),
        ("a pH-", "dependent rate", "", Joint.NOTHING),
        ("the NaCl-", "rich melt", "", Joint.NOTHING),
        ("of 2D-", "layers on", "", Joint.NOTHING),
        ("the dis-", "tance9 as", "", Joint.HYPHEN_GONE),
        ("state-of-the-", "art models", "", Joint.NOTHING),
        ("the state-", "of-the-art models", "", Joint.NOTHING),
        ("see https://doi.org/10.1000/", "abc123 for", "", Joint.NOTHING),
        ("the end —", "and more", "", Joint.BLANK),
        ("the end—", "and more", "", Joint.NOTHING),
    ],
)
def test_a_line_end_is_joined_as_the_document_shows(first, second, elsewhere, joint):
    assert vocabulary([elsewhere, first, second]).joint(first, second) is joint


@given(st.lists(st.text(max_size=30), min_size=2, max_size=6))
def test_every_line_end_has_a_joint(lines):
    known = vocabulary(lines)
    for first, second in pairwise(lines):
        assert known.joint(first, second) in Joint


WORD = st.tuples(
    st.text("abc123", min_size=1, max_size=5), st.integers(0, 500), st.integers(0, 60), st.integers(3, 40)
).map(lambda word: (word[0], (word[1], word[2] * 12.0, word[1] + word[3], word[2] * 12.0 + 9)))


@given(st.lists(WORD, max_size=60))
def test_a_grid_has_equal_rows_and_every_word_once(words):
    cells = tables.grid(words)
    if not cells:
        return
    assert len({len(row) for row in cells}) == 1
    found = Counter("".join(cell.text for row in cells for cell in row).replace(" ", ""))
    assert found == Counter("".join(text for text, _ in words))


def test_words_in_columns_become_cells():
    words = [
        ("Gas", (0, 0, 20, 9)), ("Rate", (100, 0, 120, 9)),
        ("pure", (0, 12, 20, 21)), ("air", (23, 12, 36, 21)), ("1.5", (100, 12, 115, 21)),
        ("argon-", (0, 24, 30, 33)), ("2", (100, 24, 105, 33)),
        ("rich", (0, 36, 20, 45)),
    ]  # fmt: skip
    assert [[cell.text for cell in row] for row in tables.grid(words)] == [
        ["Gas", "Rate"],
        ["pure air", "1.5"],
        ["argonrich", "2"],
    ]


def test_a_segment_over_several_columns_stands_in_the_first_of_them():
    row = [(0, 20), (60, 75), (110, 125), (160, 175)]
    words = [("Rates", (60, 0, 175, 9))]
    words += [(str(n), (x0, 12 * n, x1, 12 * n + 9)) for n in (1, 2) for x0, x1 in row]
    assert [[cell.text for cell in row] for row in tables.grid(words)] == [
        ["", "Rates", "", ""],
        ["1", "1", "1", "1"],
        ["2", "2", "2", "2"],
    ]


def test_the_end_of_a_stretched_cell_is_no_column():
    words = [
        ("Method", (0, 0, 30, 9)), ("Error", (100, 0, 120, 9)),
        ("[15]", (0, 12, 20, 21)), ("SIFT", (50, 12, 70, 21)), ("1.5", (100, 12, 115, 21)),
        ("ours", (0, 24, 20, 33)), ("2.5", (100, 24, 115, 33)),
        ("theirs", (0, 36, 20, 45)), ("3.5", (100, 36, 115, 45)),
    ]  # fmt: skip
    assert [[cell.text for cell in row] for row in tables.grid(words)] == [
        ["Method", "Error"],
        ["[15] SIFT", "1.5"],
        ["ours", "2.5"],
        ["theirs", "3.5"],
    ]


def test_numbers_above_one_another_are_rows_of_their_own_between_two_rules():
    words = [
        ("Gas", (0, 0, 20, 9)), ("Rate", (100, 0, 120, 9)),
        ("argon", (0, 12, 20, 21)), ("1.5", (100, 12, 115, 21)),
        ("xenon", (0, 24, 20, 33)), ("2.5", (100, 24, 115, 33)),
    ]  # fmt: skip
    assert [[cell.text for cell in row] for row in tables.grid(words, (-2, 10, 35))] == [
        ["Gas", "Rate"],
        ["argon", "1.5"],
        ["xenon", "2.5"],
    ]


def test_numbers_close_to_each_other_are_cells_and_a_head_over_them_parts_nothing():
    words = [("Signal", (0, 0, 25, 9)), ("CLS", (60, 0, 75, 9)), ("USR", (77, 0, 95, 9))]
    for row, label in enumerate(("first", "second", "third"), start=1):
        y = 12.0 * row
        words += [
            (label, (0, y, 25, y + 9)),
            (f"1.{row}", (60, y, 75, y + 9)),
            (f"2.{row}", (78, y, 95, y + 9)),
        ]
    assert [[cell.text for cell in row] for row in tables.grid(words)] == [
        ["Signal", "CLS USR", ""],
        ["first", "1.1", "2.1"],
        ["second", "1.2", "2.2"],
        ["third", "1.3", "2.3"],
    ]


def test_a_number_written_with_blanks_is_one_cell():
    words = [
        ("ions", (0, 0, 25, 9)), ("10", (60, 0, 70, 9)), ("000", (72, 0, 87, 9)),
        ("atoms", (0, 12, 25, 21)), ("20", (60, 12, 70, 21)), ("000", (72, 12, 87, 21)),
    ]  # fmt: skip
    assert [[cell.text for cell in row] for row in tables.grid(words)] == [
        ["ions", "10 000"],
        ["atoms", "20 000"],
    ]


def test_text_in_one_column_is_no_grid():
    assert tables.grid([("one", (0, 0, 20, 9)), ("two", (0, 12, 20, 21)), ("three", (0, 24, 20, 33))]) == ()


BOX = st.tuples(*[st.floats(0, 500)] * 4).map(
    lambda box: (min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3]))
)


@given(BOX, st.sampled_from([0, 90, 180, 270]))
def test_a_box_inside_the_page_is_displayed_inside_it_with_its_size(box, rotation):
    bounds = (-20.0, -30.0, 520.0, 530.0)
    x0, y0, x1, y1 = to_display(box, bounds, rotation)
    width, height = (560.0, 540.0) if rotation in (90, 270) else (540.0, 560.0)
    assert 0 <= x0 <= x1 <= width
    assert 0 <= y0 <= y1 <= height
    sides = sorted((x1 - x0, y1 - y0))
    assert sides == pytest.approx(sorted((box[2] - box[0], box[3] - box[1])), abs=1e-6)


def test_running_heads_page_numbers_and_line_numbers_are_furniture():
    def numbered(index: int) -> Page:
        head = line(f"Smith et al. {index} Journal", place=0, y=20)
        body = [line(f"Text number {index} {n}", place=1 + n, y=120 + 20 * n) for n in range(12)]
        numbers = [
            line(str(12 * index + n + 1), place=20 + n, x=10, y=120 + 20 * n, width=8) for n in range(12)
        ]
        return page(head, *body, *numbers, line(str(index), place=40, y=770, width=10), index=index)

    found = furniture.find(tuple(numbered(index) for index in range(4)))
    counts = Counter(found.values())
    assert counts == {Kind.PAGE_HEADER: 4, Kind.PAGE_FOOTER: 4, Kind.LINE_NUMBER: 48}


def test_a_heading_at_the_top_of_one_page_is_no_furniture():
    pages = (page(line("3. Results", y=40)), page(line("The rest of the text", y=40), index=1))
    assert furniture.find(pages) == {}


def test_the_lines_of_an_imprint_that_stand_apart_at_the_first_pages_foot_are_furniture():
    body = [line(f"{'the text' * n}", place=n, y=60 + 20 * n) for n in range(1, 31)]
    imprint = [
        line("Proceedings of a workshop", place=40, y=765, size=8),
        line("May 2018", place=41, y=775, size=8),
    ]
    found = furniture.find((page(*body, *imprint), page(*body[3:-3], index=1)))
    assert found == {(0, 40): Kind.PAGE_FOOTER, (0, 41): Kind.PAGE_FOOTER}


def test_the_beginning_of_a_running_head_is_one_too():
    body = [line(f"Text of a page {n}", place=n, y=120 + 20 * n) for n in range(5)]
    head = line("Smith et al. Journal of Gases Page 7 of 9", place=9, y=40)
    first = line("Smith et al. Journal of Gases", place=9, y=40)
    found = furniture.find((page(*body, first), *(page(*body, head, index=n) for n in (1, 2, 3))))
    assert found == {(n, 9): Kind.PAGE_HEADER for n in range(4)}


def test_small_print_at_the_foot_that_is_written_first_comes_last():
    note = [line(f"the licence {n}", place=n, y=700 + 9 * n, size=7) for n in range(3)]
    body = [line(f"Text of a page {n}", place=9 + n, y=100 + 12 * n) for n in range(9)]
    ordered, _ = rows.rows_of(page(*note, *body), [*note, *body], 10.0)
    assert [row.text for row in ordered] == [one.text for one in (*body, *note)]


def test_small_lines_beside_the_text_of_the_first_page_are_a_margin_box():
    body = [
        line("The running text of the first page", place=n, x=180, y=200 + 12 * n, width=370)
        for n in range(12)
    ]
    box = [line("Received in May", place=20 + n, x=40, y=204 + 12 * n, size=7, width=90) for n in range(6)]
    cell = line("A label as large as the text", place=40, x=40, y=320, width=90)
    found = furniture.find((page(*body, *box, cell),))
    assert found == {(0, 20 + n): Kind.MARGIN_BOX for n in range(6)}
    assert furniture.find((page(*body, *box, cell, index=1),)) == {}


def _rule(y: float) -> tuple[float, float, float, float]:
    return (50.0, y, 350.0, y + 0.5)


def test_rules_of_one_length_with_cells_between_them_make_a_table_without_a_caption():
    cells = [
        Row((line(text, place=n, x=x, y=y, width=60),))
        for n, (text, x, y) in enumerate(
            [("Gas", 60, 105), ("Rate", 200, 105), ("pure", 60, 125), ("air", 60, 137), ("1.5", 200, 125)]
        )
    ]
    columns = rows.Columns(((50.0, 550.0),))
    ruled_page = Page(0, 600, 800, (), tuple(map(_rule, (100.0, 120.0, 150.0))))
    assert ruled.tables(ruled_page, cells, columns, TYPE) == [ruled.Ruled((44.0, 99.0, 356.0, 151.5))]
    plot = Page(0, 600, 800, (), ruled_page.rules, ((40.0, 90.0, 300.0, 300.0),))
    assert ruled.tables(plot, cells, columns, TYPE) == []


def test_a_table_of_text_between_three_rules_of_one_length_is_one():
    heights = (100.0, 120.0, 220.0)
    texts = [
        line(f"the whole of a long line about gas number {n}", y=125 + 14 * n, width=380) for n in range(6)
    ]
    head = line("class represents", y=105, width=120)
    caption = line("Table 1: Classes.", y=230)
    sheet = replace(page(head, *texts, caption), rules=tuple((50.0, y, 450.0, y + 0.5) for y in heights))
    found, columns = rows.rows_of(sheet, list(sheet.lines), 10.0)
    assert [one.box for one in ruled.tables(sheet, found, columns, TYPE)] == [(44.0, 99.0, 456.0, 221.0)]


def test_many_lines_that_fill_all_columns_are_rows_between_two_rules():
    words = [(name, (x, 12 * n, x + 20, 12 * n + 9)) for n, name in enumerate("abcdef") for x in (0, 100)]
    assert [[cell.text for cell in row] for row in tables.grid(words, (-2, 80))] == [
        [name] * 2 for name in "abcdef"
    ]


def test_what_stands_between_two_rules_of_a_ruled_table_is_one_row():
    words = [
        ("Gas", (60, 0, 80, 9)), ("Rate", (200, 0, 220, 9)),
        ("pure", (60, 20, 80, 29)), ("1.5", (200, 20, 215, 29)), ("air", (60, 32, 76, 41)),
    ]  # fmt: skip
    cells = tables.grid(words, (-1.0, 15.0, 45.0))
    assert [[cell.text for cell in row] for row in cells] == [["Gas", "Rate"], ["pure air", "1.5"]]


def test_a_line_made_higher_by_a_superscript_has_its_fonts_usual_size():
    usual = [line("a line of running text", place=n, y=100 + 12 * n, estimated=True) for n in range(5)]
    higher = line("a line of runn. text.21", place=5, y=160, size=12.5, estimated=True)
    heading = line("A wide heading", place=6, y=180, size=12.5, width=300, estimated=True)
    (settled,) = with_settled_sizes([page(*usual, higher, heading)])
    assert [each.style.size for each in settled.lines] == [10] * 6 + [12.5]


TYPE = typography.Typography(10.0, frozenset({"Body"}), frozenset())


def test_levels_follow_numbers_and_never_skip():
    pieces = [
        piece("A Title of the Whole Paper", Kind.HEADING, size=20, y=50),
        piece("1 Introduction", Kind.HEADING, size=13, y=100),
        piece("2 Methods", Kind.HEADING, size=13, y=200),
        piece("2.1.1 Deep inside", Kind.HEADING, size=11, y=300),
        piece("References", Kind.HEADING, size=13, y=400),
    ]
    levelled = headings.with_levels(pieces, {0: page()}, TYPE)
    assert [each.level for each in levelled] == [1, 2, 2, 3, 2]


def test_subheadings_that_look_like_sections_are_below_them():
    names = [
        "Introduction",
        "Results",
        "Loss of the gene slows growth",
        "Discussion",
        "Materials and Methods",
        "Strains",
    ]
    pieces = [piece(name, Kind.HEADING, y=50.0 + 20 * n, page=1) for n, name in enumerate(names)]
    levelled = headings.with_levels(pieces, {1: page(index=1)}, TYPE)
    assert [each.level for each in levelled] == [2, 2, 3, 2, 2, 3]


def test_authors_in_display_type_are_no_headings():
    pieces = [
        piece("A Title of the Whole Paper", Kind.HEADING, size=20, y=50),
        piece("Ada Long and Bo Short", Kind.HEADING, size=13, y=80),
        piece("Abstract", Kind.HEADING, size=13, y=120),
    ]
    levelled = headings.with_levels(pieces, {0: page()}, TYPE)
    assert [each.kind for each in levelled] == [Kind.HEADING, Kind.TEXT, Kind.HEADING]


def test_the_pdfs_own_title_names_the_heading_that_is_it():
    pieces = [
        piece("The Journal of Great Logos", Kind.HEADING, size=24, y=30),
        piece("A study of gas on surfaces", Kind.HEADING, size=16, y=80),
    ]
    found = headings.find_title(pieces, {0: page()}, TYPE, "A Study of Gas on Surfaces")
    assert found is pieces[1]


def test_a_paragraph_goes_on_over_a_figure_on_the_next_page():
    start = piece("This sentence does not end at the", page=0, y=700)
    caption = piece("Figure 1. A map.", Kind.CAPTION, page=1, y=60)
    rest = piece("bottom of its page. And so on.", page=1, y=200)
    flows = flows_of([start, caption, rest])
    assert [flow.pieces for flow in flows] == [(start, rest), (caption,)]


@pytest.mark.parametrize("text", ["It ends here.", "It ends here.12,13", "It ends (so it does.)", "Does it?"])
def test_a_paragraph_that_ended_does_not_go_on(text):
    start, rest = piece(f"Some words before. {text}", y=700), piece("Another one begins here.", page=1, y=60)
    assert len(flows_of([start, rest])) == 2


def test_what_begins_with_a_short_row_in_the_middle_is_no_rest_of_a_paragraph():
    def of(page_: int, *places: tuple[float, float]) -> Piece:
        texts = [(f"Row {n} of a long paragraph about gas", x, width) for n, (x, width) in enumerate(places)]
        found = [line(text, x=x, width=width, y=100 + 12 * n) for n, (text, x, width) in enumerate(texts)]
        return Piece(Kind.TEXT, page_, tuple(Row((one,)) for one in found))

    whole = of(0, (50, 200), (50, 200))
    assert len(flows_of([whole, of(1, (50, 200), (50, 120))])) == 1
    assert len(flows_of([whole, of(1, (100, 90), (50, 200), (50, 180))])) == 2


def test_items_that_follow_each_other_make_one_list():
    items = [piece(f"• item {n}", Kind.LIST, y=100.0 + 15 * n) for n in range(3)]
    assert [flow.pieces for flow in flows_of(items)] == [tuple(items)]


def test_text_below_references_is_bibliography_up_to_the_next_section():
    pieces = [
        piece("Text."),
        piece("References", Kind.HEADING, level=2),
        piece("[1] A. B., 2001."),
        piece("Appendix", Kind.HEADING, level=2),
        piece("More."),
    ]
    kinds = [each.kind for each in mark_references(pieces)]
    assert kinds == [Kind.TEXT, Kind.HEADING, Kind.REFERENCE, Kind.HEADING, Kind.TEXT]


def test_numbered_references_need_no_heading():
    listed = [piece(f"[{n}] A. Author, A paper, J. {n} (2001).") for n in range(1, 10)]
    listed.insert(4, piece("and the rest of the one before, 12 (2002)."))
    pieces = [piece("As shown before."), *listed, piece("A footer that is not part of it.")]
    kinds = [each.kind for each in mark_references(pieces)]
    assert kinds == [Kind.TEXT, *[Kind.REFERENCE] * 10, Kind.TEXT]
    few = [piece(f"[{n}] is the first claim.") for n in range(1, 5)]
    assert mark_references(few) == few


def test_short_labels_beside_a_high_drawing_belong_to_its_figure_and_text_does_not():
    above = piece("A line of text above it", y=80)
    labels = [piece("a", y=110, x=40, width=5), piece("IQ-Anc FAST", y=300, x=40, width=40)]
    prose = piece(
        "So much text that it can be no label of any figure, whatever stands near to it here", y=320, x=300
    )
    caption = piece("Figure 1. All of it.", Kind.CAPTION, y=640)
    sheet = replace(page(), drawings=((100.0, 110.0, 250.0, 630.0),))
    columns = rows.Columns(((50.0, 550.0),))
    found = areas.claim_by_captions(sheet, [above, *labels, prose, caption], columns, TYPE, lambda *_: [])
    assert [(one.kind, one.text) for one in found] == [
        (Kind.TEXT, above.text),
        (Kind.FIGURE, "IQ-Anc FAST a"),
        (Kind.TEXT, prose.text),
        (Kind.CAPTION, caption.text),
    ]


def test_splinters_of_a_formula_make_one_equation_and_words_none():
    splinters = [
        piece(text, y=100.0 + 8 * n, width=20) for n, text in enumerate(["F =", "n", "i", "q q (6)"])
    ]
    prose = piece("where the force is that of all images", y=140)
    labels = [piece("Time", y=300, width=20), piece("0 20", y=310, width=20)]
    found = equations.whole([*splinters, prose, *labels], TYPE)
    assert [(each.kind, each.text) for each in found] == [
        (Kind.EQUATION, "F = n i q q (6)"),
        (Kind.TEXT, prose.text),
        (Kind.TEXT, "Time"),
        (Kind.TEXT, "0 20"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://doi.org/10.1038/s41586-020-1.", {"doi": "10.1038/s41586-020-1"}),
        ("Published online: 11 January 2022", {"year": 2022}),
        ("© The Author(s) 2023. All rights", {"year": 2023}),
        ("licensed under a Creative Commons Attribution 4.0 International License", {"license": "CC BY 4.0"}),
        ("Creative Commons Attribution-NonCommercial 3.0 Unported Licence", {"license": "CC BY-NC 3.0"}),
        ("under CC-BY-NC-ND 4.0 International", {"license": "CC BY-NC-ND 4.0"}),
        ("http://creativecommons.org/publicdomain/zero/1.0/", {"license": "CC0 1.0"}),
        ("Proceedings of the 58th Meeting on Gases, pages 22–28 July 5 - 10, 2020.", {"year": 2020}),
        ("arXiv:1804.07821v1 [cs.CV] 20 Apr 2018", {"year": 2018}),
        ("January 2007, Volume 18, Issue 3.", {"year": 2007}),
        ("See ref. 2019 and 12 others", {}),
    ],
)
def test_the_first_page_says_doi_year_and_licence(text, expected):
    found = metadata.metadata_of((page(line(text)),), [], Info())
    assert {key: getattr(found, key) for key in ("doi", "year", "license") if getattr(found, key)} == expected


@pytest.mark.parametrize(
    ("info", "title", "authors"),
    [
        (
            Info(title="Gas on hot surfaces", author="Ada Long; Bo Short"),
            "Gas on hot surfaces",
            ("Ada Long", "Bo Short"),
        ),
        (Info(title="Microsoft Word - paper_final.docx", author="along"), None, ()),
        (Info(title="12345 67", author="Long, A."), None, ()),
    ],
)
def test_the_pdfs_own_fields_count_where_they_are_sane(info, title, authors):
    found = metadata.metadata_of((page(line("Text")),), [], info)
    assert (found.title, found.authors) == (title, authors)


@pytest.mark.parametrize(
    ("below", "names"),
    [
        (
            "Ada Long1,2,*, Bo van der Short 2 and C. D. O’Neil†",
            ["Ada Long", "Bo van der Short", "C. D. O’Neil"],
        ),
        (
            "Ada Long,a Bo Short,b Cy Tall,a Di Smallb and Ed Wide *a",
            ["Ada Long", "Bo Short", "Cy Tall", "Di Small", "Ed Wide"],
        ),
        ("Ada Long,1 Bo Short2 1 Department of Physics, Some University", ["Ada Long", "Bo Short"]),
        ("Department of Physics, Some University", []),
        ("Cite This: J. Chem. 2022, 18, 4077", []),
        ("The measured rate of the reaction rises.", []),
    ],
)
def test_authors_below_the_title_are_names_without_their_marks(below, names):
    heading = piece("Gas on hot surfaces", y=100).as_kind(Kind.HEADING, 1)
    found = metadata.metadata_of((page(line("Text")),), [heading, piece(below, y=120)], Info())
    assert (list(found.authors), found.origins.get("authors")) == (names, "first page" if names else None)


def test_authors_in_columns_are_the_names_above_their_affiliations():
    def column(x: float, *texts: str) -> list[Piece]:
        lines = [line(text, x=x, y=120 + 12 * n) for n, text in enumerate(texts)]
        return [Piece(Kind.TEXT, 0, tuple(Row((one,)) for one in lines))]

    pieces = [
        piece("Gas on hot surfaces", y=100).as_kind(Kind.HEADING, 1),
        *column(50, "Ada Long", "Some University"),
        *column(50, "ada@some.edu"),
        *column(300, "Bo Short", "Institute of Gases", "Far Away"),
        *column(300, "bo@gases.org"),
        piece("Abstract", Kind.HEADING, y=200, level=2),
        *column(50, "Cy Tall", "Third University"),
    ]
    found = metadata.metadata_of((page(line("Text")),), pieces, Info())
    assert found.authors == ("Ada Long", "Bo Short")


def test_what_the_pdf_says_only_in_its_fields_is_told_from_what_is_printed():
    info = Info(title="Gas on hot surfaces", author="Ada Long; Bo Short", subject="J. Gas, doi:10.1234/Gas.5")
    found = metadata.metadata_of((page(line("© 2023 The Authors. CC BY 4.0")),), [], info)
    assert found.origins == {
        "title": "PDF",
        "authors": "PDF",
        "year": "first page",
        "doi": "PDF",
        "license": "first page",
    }


def test_the_language_is_told_where_there_is_enough_text():
    english = "The measured rate of the reaction rises with the temperature of the bath and falls again. " * 3
    german = (
        "Die gemessene Rate der Reaktion steigt mit der Temperatur des Bades und fällt dann wieder ab. " * 3
    )
    assert [metadata.language_of(text) for text in (english, german, "short")] == ["en", "de", None]


def test_well_known_headings_are_known_with_numbers_and_marks():
    assert [core(text) for text in ("IV. RESULTS", "3.1 Methods:", "■ REFERENCES", "Abstract")] == [
        "results", "methods", "references", "abstract",
    ]  # fmt: skip
    assert is_well_known("2 Materials and Methods")
    assert not is_well_known("Results of the second and much longer set of experiments that we ran")
    assert (is_table("Table 2: Rates"), is_table("Figure 2: Rates"), is_table("Rates")) == (
        True,
        False,
        False,
    )


FL, SHIFT, UNKNOWN = "\ue104", "\ue09d", "\ue0d5"


def test_ligatures_on_private_code_points_are_read_from_the_words_they_leave_behind():
    lines = [
        f"Red {FL}uorescent proteins and their {FL}exibility",
        f"red-shi{SHIFT}ed emission a{SHIFT}er the shi{SHIFT}",
    ]
    known = glyphs.readings(lines)
    assert [glyphs.mended(line, known) for line in lines] == [
        "Red fluorescent proteins and their flexibility",
        "red-shifted emission after the shift",
    ]


def test_the_document_itself_says_what_a_ligature_is():
    lines = ["The zifax and the zafix are old", "a zi\ue001ax and a za\ue001ix", "zifax zafix"]
    assert glyphs.readings(["The zofix zafix", "a zo\ue001ix, a za\ue001ix", *lines[2:]]) == {
        "\ue001": glyphs.LOST
    }
    assert glyphs.readings(["The zofix zafixx", "a zo\ue001x, a za\ue001xx"]) == {"\ue001": "fi"}


def test_what_nothing_tells_is_marked_as_lost():
    known = glyphs.readings([f"the unit{UNKNOWN}they are", f"a position{UNKNOWN}like the origin"])
    assert glyphs.mended(f"unit{UNKNOWN}they", known) == "unit\ufffdthey"


@pytest.mark.parametrize(
    ("printed", "sign"),
    [
        (["at 37 ?C overnight", "stored at 4 ?C"], "°"),
        (["21 mM?1 cm?1 and", "100 mg mL?1 of"], "−"),
        (["596 ? 2 632 ? 2", "mean 0.023 ? 0.001"], "±"),
        (["2.5 ? 105 s", "at 3 ? 10 s", "and 4 ?C once, 5 ?C twice"], "\ufffd"),
        (["a ? b", "c?d"], "\ufffd"),
    ],
)
def test_signs_on_control_codes_are_read_from_what_stands_around_them(printed, sign):
    code = glyphs.of_font("\x04", "AdvP4C4E74")
    lines = [line.replace("?", code) for line in printed]
    assert glyphs.readings(lines) == {code: sign}


@pytest.mark.parametrize(
    ("char", "font", "read"),
    [
        ("\x0f", "ABCDEF+CMMI10", "ϵ"),
        ("\x00", "CMSY8", "−"),
        ("\x0f", "MT2SYT", "•"),
        ("\x12", "CMEX10", "("),
        ("\uf061", "SymbolMT", "α"),
        ("\uf8ef", "CMEX10", ""),
    ],
)
def test_fonts_of_old_say_what_their_codes_are(char, font, read):
    assert glyphs.of_font(char, font) == read


@given(st.lists(st.text("ab \ue001\ue002\x03", max_size=20), max_size=6))
def test_nothing_odd_is_left_after_mending(lines):
    marked = ["".join(glyphs.of_font(c, "F") if glyphs.is_odd(c) else c for c in line) for line in lines]
    known = glyphs.readings(marked)
    assert not any(glyphs.is_odd(char) for line in marked for char in glyphs.mended(line, known))


def test_a_formula_is_read_from_left_to_right_and_its_fraction_from_top_to_bottom():
    words = [
        ("=", (12, 5, 17, 15)), ("λ", (0, 5, 6, 15)), ("m", (20, 11, 27, 21)), ("Δt", (19, 0, 28, 10)),
        ("P", (30, 5, 36, 15)), ("(10)", (90, 5, 110, 15)), ("i", (37, 9, 39, 16)),
    ]  # fmt: skip
    assert [text for text, _ in equations.read_order(words)] == ["λ", "=", "Δt", "m", "P", "i", "(10)"]


@given(st.lists(WORD, max_size=30))
def test_reading_order_keeps_every_word_of_a_formula(words):
    assert Counter(equations.read_order(words)) == Counter(words)
