import ctypes

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.verifying.pages import PageError, PageText, covers, normalise, open_pdf, similarity

SCALE = 100


def pdf(path, *, rotate=0, crop=(20, 30, 420, 630)):
    """A page with one line of text at its bottom left and one at its top right."""
    content = (
        b"BT /F 12 Tf 60 70 Td (Lower words here) Tj ET BT /F 12 Tf 260 590 Td (Upper words there) Tj ET"
    )
    box = " ".join(map(str, crop)).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 450 700] /CropBox [%s] /Rotate %d /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> >> >>" % (box, rotate),
        b"<< /Length %d >> stream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body = b"%PDF-1.4\n"
    places = []
    for number, value in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj %s endobj\n" % (number, value)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(body))
    path.write_bytes(body + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + tail)
    return path


def displayed(path, wanted):
    """Where pdfium itself would draw a text of the page: the box of its glyphs, in points from the top left."""
    document = pdfium.PdfDocument(path)
    page = document[0]
    text = page.get_textpage()
    start = text.get_text_range().index(wanted)
    width, height = (round(side * SCALE) for side in page.get_size())
    corners = []
    for index in range(start, start + len(wanted)):
        left, bottom, right, top = text.get_charbox(index)
        for x, y in ((left, bottom), (right, top)):
            across, down = ctypes.c_int(), ctypes.c_int()
            raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down)
            corners.append((across.value / SCALE, down.value / SCALE))
    text.close()
    page.close()
    document.close()
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("wanted", ["Lower words here", "Upper words there"])
def test_text_is_found_in_its_box_however_the_page_is_turned_and_cropped(tmp_path, rotate, wanted):
    path = pdf(tmp_path / "p.pdf", rotate=rotate)
    box = displayed(path, wanted)
    with open_pdf(path) as pages:
        assert covers(pages.page(1), box)
        assert pages.inside(1, box) == normalise(wanted)
        assert normalise(wanted) in pages.page(1).letters


def test_a_page_that_is_not_there_and_a_file_that_is_no_pdf_say_so(tmp_path):
    with (
        open_pdf(pdf(tmp_path / "p.pdf")) as pages,
        pytest.raises(PageError, match="has 1 pages, not a page 2"),
    ):
        pages.page(2)
    (tmp_path / "text.pdf").write_text("no")
    with pytest.raises(PageError, match="cannot be opened"), open_pdf(tmp_path / "text.pdf"):
        pass
    with pytest.raises(PageError, match="cannot be opened"), open_pdf(tmp_path / "none.pdf"):
        pass


def test_a_page_that_cannot_be_read_says_so(tmp_path):
    path = pdf(tmp_path / "p.pdf")
    path.write_bytes(path.read_bytes().replace(b"3 0 obj << /Type", b"9 0 obj << /Type"))
    with open_pdf(path) as pages, pytest.raises(PageError, match="page 1 cannot be read"):
        pages.page(1)


PAGE = PageText("", 400, 600)


@pytest.mark.parametrize(
    ("box", "lies"),
    [
        ((0, 0, 400, 600), True),
        ((-0.5, 10, 100, 20), True),
        ((10, 10, 500, 20), False),
        ((10, 590, 100, 610), False),
        ((10, 20, 10, 30), False),
        ((50, 20, 10, 30), False),
        ((float("nan"), 20, 10, 30), False),
    ],
)
def test_a_box_has_an_area_and_lies_on_its_page(box, lies):
    assert covers(PAGE, box) is lies


@pytest.mark.parametrize(
    ("document", "page"),
    [
        ("the semi-conductor was **doped**", "The semi-\nconductor was doped"),
        ("an efficient ﬁlm", "an efﬁcient film"),
        ("a<sup>2</sup> of [this work](https://x.y)", "a2 of this work"),
        (r"$E = \alpha k_{B} T$", "E = kB T"),
        ("| a | b |\n| --- | --- |", "a b"),
        ("na\u00efve &lt; x", "naive < x"),
    ],
)
def test_markup_hyphens_ligatures_and_accents_make_no_difference(document, page):
    assert normalise(document) == normalise(page)


@given(st.text(), st.text(), st.text())
def test_a_text_is_wholly_like_one_that_holds_it(before, needle, after):
    letters = normalise(needle)
    expected = 1.0 if letters else 0.0
    assert similarity(letters, normalise(before) + letters + normalise(after)) == expected


def test_a_longer_text_is_not_found_in_a_shorter_one():
    assert similarity("abcdefghij", "abc") < 0.9
    assert similarity("abcdefghijklmnopqrst", "zzabcdefghiXklmnopqrstzz") == pytest.approx(0.95)
