"""`papers.csv`: what a person says of the PDFs beside it."""

import pytest

from qagen.errors import InputError
from qagen.papers import find_papers


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("a.pdf", "sub/b.pdf"):
        (tmp_path / name).write_text(name)
    return tmp_path


def stated(folder, *paths) -> dict:
    return {paper.file: dict(paper.stated) for paper in find_papers(paths or [folder])}


def test_cells_override_empty_ones_do_not_and_a_dash_says_that_there_is_none(folder):
    (folder / "papers.csv").write_text(
        "\ufefffile,title,authors,year,doi,license,language\n"
        'a.pdf,"Gas, hot",Ada Smith; Bo Short,2020,-,CC BY 4.0,\n'
        "sub/b.pdf,,-,,10.1/x,,de\n"
    )
    assert stated(folder) == {
        "a.pdf": {
            "title": "Gas, hot",
            "authors": ("Ada Smith", "Bo Short"),
            "year": 2020,
            "doi": None,
            "license": "CC BY 4.0",
        },
        "sub/b.pdf": {"authors": (), "doi": "10.1/x", "language": "de"},
    }
    assert stated(folder, folder / "a.pdf")["a.pdf"]["year"] == 2020


def test_the_nearest_list_counts(folder):
    (folder / "papers.csv").write_text("file,year\nsub/b.pdf,2001\n")
    (folder / "sub" / "papers.csv").write_text("file,year\nb.pdf,2002\n")
    assert stated(folder)["sub/b.pdf"] == {"year": 2002}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column 'file'"),
        ("file,titel\na.pdf,x\n", "unknown column 'titel'"),
        ("title\nx\n", "no column 'file'"),
        ("file,year\na.pdf,soon\n", "line 2: 'soon' is no year"),
        ("file,year\nnone.pdf,2000\n", "line 2: there is no file 'none.pdf'"),
        ("file,year\na.pdf,2000\na.pdf,2001\n", "line 3: 'a.pdf' stands there twice"),
        ("file,title\na.pdf,Gas, hot\n", "more cells than columns"),
        ('file,title\na.pdf,"Gas\n', "cannot read"),
    ],
)
def test_what_cannot_be_meant_is_an_error(folder, text, said):
    (folder / "papers.csv").write_text(text)
    with pytest.raises(InputError, match=said):
        find_papers([folder])


def test_what_is_said_of_one_of_two_identical_files_is_said_of_the_paper(folder):
    for name in ("b.pdf", "c.pdf", "d.pdf"):
        (folder / name).write_bytes(b"%PDF-the same")
    (folder / "papers.csv").write_text(
        "file,title,license,year\nd.pdf,D,CC0,\nc.pdf,C,,2024\nb.pdf,B,,\n", encoding="utf-8"
    )
    (paper,) = (paper for paper in find_papers([folder]) if paper.file == "b.pdf")
    assert dict(paper.stated) == {"title": "B", "license": "CC0", "year": 2024}
