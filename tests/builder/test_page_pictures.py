"""Pages drawn as pictures: boxes lie where the text is, and no PDF holds anybody up."""

import hashlib
import io
import sys
from dataclasses import astuple, replace

import numpy as np
import pypdf
import pypdfium2 as pdfium
import pytest
from PIL import Image

from builder.pages import FractionBox, PageRenderer, PageView, PdfFinder
from builder.pages.pictures import MAX_PIXELS, MAX_SIDE, DrawingAnswer, DrawingRequest, picture_of
from builder.pages.worker import Drawer
from qagen.errors import InputError, PictureError
from tests.builder.test_pages import displayed, pdf

A_PAGE = PageView(1)


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def paper(tmp_path):
    return pdf(tmp_path / "paper.pdf")


@pytest.fixture
def draw(tmp_path):
    drawer = Drawer()

    def drawn(place, view, **parts):
        request = DrawingRequest(place, sha256(place), tmp_path, (), view)
        return DrawingAnswer.model_validate(drawer.answer(replace(request, **parts)))

    yield drawn
    drawer.close()
    assert not list(tmp_path.glob("*-copy.pdf"))


def ink(answer, *, inside):
    """The share of a picture's dark pixels that lie in its first box, or outside of it."""
    picture = picture_of(answer, len(answer.boxes))
    dark = np.asarray(Image.open(io.BytesIO(picture.content)).convert("L")) < 128
    assert dark.shape == (picture.height, picture.width)
    box = picture.boxes[0]
    rows, columns = np.nonzero(dark)
    across, down = columns / picture.width, rows / picture.height
    within = (
        (box.left <= across)
        & (across <= box.left + box.width)
        & (box.top <= down)
        & (down <= box.top + box.height)
    )
    return (within if inside else ~within).mean()


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("scale", [0.7, 2.0])
def test_a_box_lies_on_its_text_however_the_page_is_turned_and_cut(tmp_path, draw, rotate, scale):
    path = pdf(tmp_path / "turned.pdf", rotate=rotate)
    x0, y0, x1, y1 = displayed(path, "Upper words there")
    answer = draw(path, PageView(1, ((x0 - 2, y0 - 2, x1 + 2, y1 + 2),), margin=30, scale=scale))
    assert answer.fault == ""
    assert ink(answer, inside=True) > 0.99  # the other line is far away, and not in the picture
    whole = draw(path, PageView(1, ((x0 - 2, y0 - 2, x1 + 2, y1 + 2),), scale=scale))
    assert 0.3 < ink(whole, inside=True) < 0.7  # half of the page's words


def test_a_crop_is_as_large_as_its_boxes_and_the_margin(paper, draw):
    answer = draw(paper, PageView(1, ((50.0, 100.0, 150.0, 140.0), (100.0, 150.0, 250.0, 160.0)), margin=10))
    assert (answer.width, answer.height, answer.pages) == (440, 160, 1)
    boxes = [
        [round(side * whole, 6) for side, whole in zip(astuple(box), (440, 160, 440, 160), strict=True)]
        for box in picture_of(answer, 2).boxes
    ]
    assert boxes == [[20, 20, 200, 80], [120, 120, 300, 20]]


def test_a_box_beside_the_page_shows_the_page_and_has_no_area(paper, draw):
    answer = draw(paper, PageView(1, ((9e9, 9e9, 9.1e9, 9.1e9),), margin=10))
    assert (answer.width, answer.height) == (800, 1200)
    assert picture_of(answer, 1).boxes == (FractionBox(1, 1, 0, 0),)


@pytest.mark.parametrize("crop", [(0, 0, 14000, 14000), (0, 0, 14000, 10), (0, 0, 20, 14000)])
def test_a_picture_of_a_giant_page_keeps_to_its_limits(tmp_path, draw, crop):
    path = pdf(tmp_path / "giant.pdf", crop=crop)
    path.write_bytes(path.read_bytes().replace(b"[0 0 450 700]", b"[0 0 14000 14000]"))
    document = pdfium.PdfDocument(path)
    assert document[0].get_size() == (crop[2], crop[3])
    document.close()
    answer = draw(path, PageView(1, scale=50.0))
    assert answer.fault == ""
    assert max(answer.width, answer.height) <= MAX_SIDE
    assert answer.width * answer.height <= MAX_PIXELS * 1.01


def test_what_cannot_be_drawn_says_why(tmp_path, paper, draw):
    torn = tmp_path / "torn.pdf"
    torn.write_bytes(b"%PDF-1.4 and no more")
    said = [
        draw(paper, PageView(7)).fault,
        draw(torn, A_PAGE).fault,
        draw(paper, A_PAGE, sha256="0" * 64).fault,
        draw(paper, A_PAGE, path=tmp_path / "gone.pdf").fault,
        draw(pdf(tmp_path / "thin.pdf", crop=(0, 0, 400, 0.5)), A_PAGE).fault,
    ]
    assert said == [
        "page 7 cannot be drawn: the PDF has 1 pages",
        "page 1 cannot be drawn: Failed to load document (PDFium: Data format error).",
        "the file changed while the run was using it",
        f"page 1 cannot be drawn: [Errno 2] No such file or directory: '{tmp_path / 'gone.pdf'}'",
        "page 1 cannot be drawn: it measures 400 x 0.5 points",
    ]
    assert draw(paper, A_PAGE).fault == ""


def test_a_pdf_that_wants_a_password_is_drawn_with_the_one_that_fits(tmp_path, paper):
    locked = tmp_path / "locked.pdf"
    writer = pypdf.PdfWriter(clone_from=paper)
    writer.encrypt("word", algorithm="RC4-40")
    writer.write(locked)
    with PageRenderer(passwords=("wrong", "word")) as renderer:
        assert renderer.render(locked, sha256(locked), PageView(1, scale=1)).width == 400
    with (
        PageRenderer() as renderer,
        pytest.raises(PictureError, match=r"^the PDF wants a password; put it on a line of a file [^;]*$"),
    ):
        renderer.render(locked, sha256(locked), A_PAGE)


def test_a_confined_process_draws_one_page_after_another(paper):
    with PageRenderer() as renderer:
        one = renderer.render(paper, sha256(paper), PageView(1, scale=1))
        with pytest.raises(
            PictureError, match=r"page 2 cannot be drawn: the PDF has 1 pages; look at the PDF itself"
        ):
            renderer.render(paper, sha256(paper), PageView(2))
        again = renderer.render(paper, sha256(paper), PageView(1, scale=1))
    assert one == again
    assert (one.width, one.height, one.pages) == (400, 600, 1)
    assert one.data_url.startswith("data:image/webp;base64,UklGR")


def scripted(body):
    return (
        sys.executable,
        "-c",
        f"import sys, time, os\nfor number, line in enumerate(iter(sys.stdin.readline, chr(10))): {body}",
    )


@pytest.mark.parametrize(
    ("body", "limits", "fault"),
    [
        ("os.abort()", {}, r"the drawing process ended by SIGABRT \(no word on stderr\)"),
        ("time.sleep(60)", {"deadline": 0.0}, r"drawing page 1 takes more than 0 s"),
        ("time.sleep(60)", {"memory": 0}, r"drawing page 1 takes more than 0 MiB"),
        ("print('{}', flush=True)", {}, r"what came of drawing page 1 is no picture"),
        ("print('no JSON', flush=True)", {}, r"what came of drawing page 1 is no picture"),
    ],
)
def test_a_page_that_ends_the_process_is_not_tried_again_and_the_others_are(paper, body, limits, fault):
    with PageRenderer(command=scripted(body), **limits) as renderer:
        for _ in range(2):
            with pytest.raises(PictureError, match=fault):
                renderer.render(paper, "0" * 64, A_PAGE)
        assert [*renderer._faults] == [("0" * 64, 1)]
        with pytest.raises(PictureError):
            renderer.render(paper, "1" * 64, A_PAGE)


def test_a_process_that_died_of_what_it_did_before_is_started_anew(paper):
    dying = 'os.abort() if number else print(\'{"fault": "it is blank"}\', flush=True)'
    with PageRenderer(command=scripted(dying)) as renderer:
        for _ in range(3):
            with pytest.raises(PictureError, match="it is blank"):
                renderer.render(paper, "0" * 64, A_PAGE)


@pytest.mark.parametrize(
    "box", [(1.0, 2.0, 3.0), (float("nan"), 1.0, 2.0, 3.0), (0.0, 0.0, float("inf"), 1.0)]
)
def test_a_box_that_is_none_is_told(paper, box):
    with (
        PageRenderer(command=("false",)) as renderer,
        pytest.raises(PictureError, match="a box on page 1 is none"),
    ):
        renderer.render(paper, "0" * 64, PageView(1, (box,)))


GOOD = {"content": b"RIFF....WEBP", "width": 2, "height": 3, "boxes": ((0.0, 0.0, 1.0, 1.0),), "pages": 1}


@pytest.mark.parametrize(
    "parts",
    [
        {"content": b"<svg onload=1>"},
        {"width": 0},
        {"height": MAX_SIDE + 1},
        {"boxes": ()},
        {"boxes": ((0.0, 0.0, 2.0, 1.0),)},
    ],
)
def test_an_answer_of_a_process_that_read_a_hostile_pdf_is_checked(parts):
    assert picture_of(DrawingAnswer.model_construct(**GOOD), 1) is not None
    assert picture_of(DrawingAnswer.model_construct(**{**GOOD, **parts}), 1) is None


def test_a_pdf_is_found_by_its_bytes_and_files_of_its_name_are_read_first(tmp_path):
    for name in ("a/one.pdf", "b/one.pdf", "b/two.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    finder = PdfFinder([tmp_path / "a", tmp_path])
    assert len(finder) == 4
    assert finder.find(sha256(tmp_path / "b/one.pdf"), "elsewhere/one.pdf") == tmp_path / "b/one.pdf"
    assert tmp_path / "b/two.pdf" not in finder._sums
    assert finder.find(sha256(tmp_path / "b/two.pdf"), "../../etc/passwd") == tmp_path / "b/two.pdf"
    assert finder.find("0" * 64) is None


def test_a_pdf_that_is_gone_is_not_found_and_a_place_that_is_not_there_is_an_error(tmp_path, paper):
    finder = PdfFinder([paper])
    wanted = sha256(paper)
    paper.unlink()
    assert finder.find(wanted, "paper.pdf") is None
    with pytest.raises(InputError, match="there is no file or folder"):
        PdfFinder([tmp_path / "nowhere"])
