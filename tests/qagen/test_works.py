import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.papers.works import doi_key, title_key, work_of
from qagen.records import Metadata

SHA = "ab" * 32


def test_a_work_is_its_doi_else_its_title_else_its_paper():
    title = "Growth of Thin Oxide Films"
    assert work_of(Metadata(title=title, doi="10.1000/X"), SHA) == "doi:10.1000/x"
    assert work_of(Metadata(title=title), SHA) == "title:growth of thin oxide films"
    assert work_of(Metadata(), SHA) == f"paper:{SHA}"


@pytest.mark.parametrize(
    "written",
    [
        "10.1000/Abc.1",
        "doi:10.1000/abc.1",
        "https://doi.org/10.1000/ABC.1",
        "DOI 10.1000/abc.1.",
        "(10.1000/abc.1)",
    ],
)
def test_a_doi_is_the_same_however_it_is_written(written):
    assert doi_key(written) == "doi:10.1000/abc.1"


def test_versions_of_an_arxiv_preprint_have_one_doi():
    assert (
        doi_key("10.48550/arXiv.2101.00001v3")
        == doi_key("10.48550/arXiv.2101.00001")
        == "doi:10.48550/arxiv.2101.00001"
    )


@pytest.mark.parametrize("written", [None, "", "11.1000/abc", "none", "10.12/x"])
def test_what_is_no_doi_gives_none(written):
    assert doi_key(written) is None


def test_titles_are_compared_without_case_accents_dashes_and_line_ends():
    assert title_key("Größe of\nThin–Film Naïve\u00a0States") == title_key("GROSSE OF THIN-FILM NAIVE STATES")


@pytest.mark.parametrize(
    "written", [None, "", "Introduction", "untitled-2", "Research Article", "1 2 3 4 5 6 7 8 9", "a b c"]
)
def test_a_title_too_short_or_general_names_no_work(written):
    assert title_key(written) is None


@given(st.text(), st.one_of(st.none(), st.text()))
def test_any_text_has_a_work(title, doi):
    assert work_of(Metadata(title=title, doi=doi), SHA).partition(":")[0] in {"doi", "title", "paper"}
