"""`papers.csv`: what a person says of the PDFs beside it."""

import unicodedata

import pytest

from qagen.errors import InputError
from qagen.papers.papers import find_papers


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
        ("file,title\na.pdf,Gas, hot\n", "'hot' stands in a column without a name"),
        ("file,title,\na.pdf,Gas,hot\n", "'hot' stands in a column without a name"),
        ("file,title,Title\na.pdf,x,y\n", "no column 'file', or one twice"),
        ("title,file\nx\n", "line 2: there is no file ''"),
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


SAYS_2020 = {"a.pdf": {"title": "Gas, hot", "year": 2020}, "sub/b.pdf": {}}


@pytest.mark.parametrize(
    "written",
    [
        b'file,title,year\r\na.pdf,"Gas, hot",2020\r\n,,\r\n,,\r\n',
        b'\r\nfile,title,year,,\r\n\r\na.pdf,"Gas, hot",2020,,\r\n',
        b' File , TITLE,Year \n a.pdf ," Gas, hot", 2020.0\n',
        b"\xef\xbb\xbfFILE;Title;Year\na.pdf;Gas, hot;2020\n",
        b"sep=;\r\nfile;title;year\r\na.pdf;Gas, hot;2020\r\n",
        "file\ttitle\tyear\r\na.pdf\tGas, hot\t2020\r\n".encode("utf-16"),
    ],
    ids=[
        "blank rows",
        "unnamed columns",
        "case and blanks",
        "semicolons",
        "said delimiter",
        "tabs in UTF-16",
    ],
)
def test_lists_are_read_as_spreadsheets_write_them(folder, written):
    (folder / "papers.csv").write_bytes(written)
    assert stated(folder) == SAYS_2020


@pytest.mark.parametrize(("on_disk", "in_list"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_names_of_files_and_folders_may_be_composed_otherwise(tmp_path, on_disk, in_list):
    (tmp_path / unicodedata.normalize(on_disk, "Übung")).mkdir()
    named = "Übung/Müller 2020.pdf"
    (tmp_path / unicodedata.normalize(on_disk, named)).write_text("x")
    (tmp_path / "papers.csv").write_text(f"file,year\n{unicodedata.normalize(in_list, named)},2020\n")
    assert list(stated(tmp_path).values()) == [{"year": 2020}]


def test_of_two_names_that_differ_in_composition_alone_each_is_its_own(tmp_path):
    names = [unicodedata.normalize(form, "Müller.pdf") for form in ("NFC", "NFD")]
    for name in names:
        (tmp_path / name).write_text(name)
    (tmp_path / "papers.csv").write_text(f"file,year\n{names[0]},2001\n{names[1]},2002\n")
    assert stated(tmp_path) == {names[0]: {"year": 2001}, names[1]: {"year": 2002}}


def test_folders_may_be_parted_as_windows_does(folder):
    (folder / "papers.csv").write_text("file,year\nsub\\b.pdf,2002\n")
    assert stated(folder)["sub/b.pdf"] == {"year": 2002}
