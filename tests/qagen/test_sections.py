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
    assert [
        (section.path, section.body, paper.text[section.text_start : section.end])
        for section in sections(paper)
    ] == [
        (("5. Conclusions",), True, "Note: it melted.\n\n"),
        (
            ("5. Conclusions", "Author Contributions"),
            False,
            "**Author Contributions:** A.B. wrote it.\n\n",
        ),
        (("5. Conclusions",), True, "It froze again.\n\n"),
        (("5. Conclusions", "Funding"), False, "Funding: nobody paid.\n\n"),
        (("References",), False, ""),
    ]


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
