import pytest
from hypothesis import given

from qagen.chunking.sections import heading_text, is_body_heading, sections
from tests.documents import DOCUMENTS, document

ABSTRACT = (
    "Grain boundaries slow the ions down. Cells that were pressed at a higher pressure kept more of their capacity, since "
    "the particles touched each other over a larger area. After two hundred cycles the difference had grown to a third, "
    "which the loss of contact at the cathode explains. A softer binder closes most of the gap at no cost in energy."
)


def test_sections_carry_the_path_of_headings_above_them_without_the_title():
    paper = document(
        ("#", "Ions in glass"),
        ("Text", "A. Author"),
        ("##", "1. Introduction"),
        ("Text", "Glass conducts."),
        ("##", "2. Results"),
        ("###", "2.1 *Slow* ions"),
        ("Text", "They are slow."),
        ("##", "References"),
        ("ListGroup", "[1] Somebody."),
    )
    assert [
        (section.path, section.body, paper.text[section.start : section.end]) for section in sections(paper)
    ] == [
        ((), False, "# Ions in glass\n\nA. Author\n\n"),
        (("1. Introduction",), True, "## 1. Introduction\n\nGlass conducts.\n\n"),
        (("2. Results",), True, "## 2. Results\n\n"),
        (("2. Results", "2.1 Slow ions"), True, "### 2.1 *Slow* ions\n\nThey are slow.\n\n"),
        (("References",), False, "## References\n\n[1] Somebody.\n\n"),
    ]


def test_an_abstract_without_a_heading_is_body_and_the_title_matter_around_it_is_not():
    paper = document(
        ("#", "Ions"),
        ("Text", "A. Author"),
        ("Text", ABSTRACT),
        ("Text", "Received 1 May"),
        ("##", "Methods"),
    )
    assert [(section.path, section.body) for section in sections(paper)] == [
        ((), False),
        ((), True),
        ((), False),
        (("Methods",), True),
    ]


def paragraph(*, words=100, capitals=2, sentences=2, marks=()):
    """Of as many words, of which some begin with a capital, some end a sentence, and some carry a mark."""
    made = ["water"] * words
    for place in range(capitals):
        made[place] = "Water"
    for place, mark in enumerate(marks, capitals):
        made[place] += mark
    for place in range(words - sentences, words):
        made[place] += "."
    return " ".join(made)


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        (paragraph(), True),
        (paragraph(capitals=44), True),
        (paragraph(capitals=45), False),
        (paragraph(words=60, capitals=27), False),
        (paragraph(sentences=1), False),
        (paragraph(marks="†@"), True),
        (paragraph(marks="†@‡"), False),
        (paragraph(marks=["", "1", " 1234"]), True),
        (paragraph(marks=["1", "2", " 12345", " 1234"]), False),
        (paragraph(marks=[" 123", " 123456", " 123"]), True),
        (paragraph(marks="XXX"), True),
        (paragraph(words=46), False),  # 279 characters with the line breaks behind it
        (f"{paragraph(words=46)}.", True),
    ],
)
def test_a_paragraph_before_the_first_heading_is_body_where_it_is_long_and_reads_as_prose(text, prose):
    (section,) = sections(document(("Text", text)))
    assert (section.path, section.body) == ((), prose)


def test_a_short_paragraph_is_no_prose_wherever_it_stands():
    paper = document(("Text", ABSTRACT), ("Text", "The authors are equal. The order is that of the names."))
    assert [section.body for section in sections(paper)] == [True, False]


def test_only_a_paragraph_before_the_first_heading_may_be_body():
    assert [section.body for section in sections(document(("Caption", ABSTRACT), ("##", "Methods")))] == [
        False,
        True,
    ]


def test_what_stands_below_a_heading_that_is_not_body_is_not_body():
    paper = document(
        ("##", "Supplementary Information"),
        ("###", "Methods"),
        ("Text", "x"),
        ("##", "Methods"),
        ("Text", "y"),
    )
    assert [section.body for section in sections(paper)] == [False, False, True]


def test_behind_the_references_only_appendices_and_methods_are_body():
    paper = document(
        ("##", "References"),
        ("##", "A Derivation"),
        ("###", "A.1 Steps"),
        ("##", "Appendix B"),
        ("##", "Online Methods"),
        ("##", "Recommended by the publisher"),
        ("###", "Another paper on ice"),
    )
    assert [(section.path[-1], section.body) for section in sections(paper)] == [
        ("References", False),
        ("A Derivation", True),
        ("A.1 Steps", True),
        ("Appendix B", True),
        ("Online Methods", True),
        ("Recommended by the publisher", False),
        ("Another paper on ice", False),
    ]


def test_a_paragraph_that_is_labelled_as_no_body_is_a_section_of_its_own():
    paper = document(
        ("##", "5. Conclusions"),
        ("Text", "Note: it melted."),
        ("Text", "**Author Contributions:** A.B. wrote it."),
        ("Text", "It froze again."),
        ("Text", "Funding: nobody paid."),
        ("##", "References"),
    )
    assert [(section.path, section.body, *headed(paper, section)) for section in sections(paper)] == [
        (("5. Conclusions",), True, "## 5. Conclusions\n\n", "Note: it melted.\n\n"),
        (
            ("5. Conclusions", "Author Contributions"),
            False,
            "",
            "**Author Contributions:** A.B. wrote it.\n\n",
        ),
        (("5. Conclusions",), True, "", "It froze again.\n\n"),
        (("5. Conclusions", "Funding"), False, "", "Funding: nobody paid.\n\n"),
        (("References",), False, "## References\n\n", ""),
    ]


def headed(paper, section):
    """A section's heading and its text."""
    return paper.text[section.start : section.text_start], paper.text[section.text_start : section.end]


def test_text_behind_a_labelled_paragraph_is_body_to_the_end_of_its_section():
    paper = document(("##", "Conclusions"), ("Text", "Funding: nobody paid."), ("Text", "It froze again."))
    assert [(section.body, *headed(paper, section)) for section in sections(paper)] == [
        (True, "## Conclusions\n\n", ""),
        (False, "", "Funding: nobody paid.\n\n"),
        (True, "", "It froze again.\n\n"),
    ]


def test_labels_part_each_section_that_is_body_and_no_other():
    paper = document(
        ("##", "Results"),
        ("Text", "Funding: nobody paid."),
        ("##", "Funding: who paid"),
        ("Text", "Licence: none."),
        ("##", "References"),
        ("Text", "Copyright: nobody's."),
    )
    assert [(section.path, paper.text[section.start : section.end]) for section in sections(paper)] == [
        (("Results",), "## Results\n\n"),
        (("Results", "Funding"), "Funding: nobody paid.\n\n"),
        (("Funding: who paid",), "## Funding: who paid\n\n"),
        (("Funding: who paid", "Licence"), "Licence: none.\n\n"),
        (("References",), "## References\n\nCopyright: nobody's.\n\n"),
    ]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Funding: nobody paid.", "Funding"),
        ("Funding: NSF: nobody paid.", "Funding"),
        ("*Conflict of interest statement*: none.", "Conflict of interest statement"),
        ("Funding:", None),
        ("Funding: \n", None),
        ("funding: nobody paid.", None),
        ("Funding nobody paid.", None),
        ("Note that funding: nobody paid.", None),
        (": nobody paid.", None),
        ("Funding by the society for the study of the ice of the lagoons in the north: nobody paid.", None),
        (
            "Supplementary tables of the ice of the lagoon in the east: one.",
            "Supplementary tables of the ice of the lagoon in the east",
        ),
        ("Supplementary tables of the ice of the lagoons in the east: one.", None),
    ],
)
def test_a_label_begins_with_a_capital_and_stands_before_a_colon_and_text_within_sixty_characters(
    text, label
):
    found = sections(document(("##", "Conclusions"), ("Text", text)))
    assert [section.path[1] for section in found if not section.body] == ([label] if label else [])


def test_labelled_paragraphs_that_follow_the_heading_or_each_other_leave_no_empty_section_between_them():
    paper = document(
        ("##", "Conclusions"), ("Text", "Funding: nobody paid."), ("Text", "Acknowledgements: nobody helped.")
    )
    assert [(section.path, paper.text[section.start : section.end]) for section in sections(paper)] == [
        (("Conclusions",), "## Conclusions\n\n"),
        (("Conclusions", "Funding"), "Funding: nobody paid.\n\n"),
        (("Conclusions", "Acknowledgements"), "Acknowledgements: nobody helped.\n\n"),
    ]


def test_headings_are_known_whatever_their_numbering_case_and_markup():
    for heading in (
        "References",
        "7. REFERENCES",
        "VII. References",
        "**Acknowledgements**",
        "ACKNOWLEDGMENTS",
        "Author Contributions:",
        "Funding",
        "Conflicts of interest",
        "Declaration of Competing Interest",
        "Data availability statement",
        "A. Supplementary material",
        "Supplementary Fig. 3",
        "Keywords",
        "Acknowledgements & Funding",
        "Data & Code Availability",
    ):
        assert not is_body_heading(heading), heading
    for heading in (
        "Abstract",
        "1 Introduction",
        "Results and discussion",
        "III. METHODS",
        "Conclusions",
        "Appendix A: Derivation",
        "Reference electrodes",
        "Data and methods",
        "Availability of nutrients in soil",
    ):
        assert is_body_heading(heading), heading


def test_a_heading_is_shown_without_markup_on_one_line():
    assert heading_text("## **3.1**  The *slow*\npath of Li<sup>+</sup>") == "3.1 The slow path of Li+"


@given(DOCUMENTS)
def test_sections_tile_the_document_in_order(paper):
    found = sections(paper)
    assert "".join(paper.text[section.start : section.end] for section in found) == paper.text
    assert all(section.start <= section.text_start <= section.end for section in found)
