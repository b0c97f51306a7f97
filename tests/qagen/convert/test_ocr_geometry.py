"""Pages that are turned and skewed, gaps between words, sizes: what stands around the models that read pictures."""

import math
import zlib
from contextlib import contextmanager

import numpy as np
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.convert.ocr.angle import levelled, skew_of, upright
from qagen.convert.ocr.recognition import Char
from qagen.convert.ocr.shape import settled
from qagen.convert.ocr.spacing import words_of
from qagen.convert.ocr.values import Angle
from qagen.convert.pictures import draw
from qagen.convert.quality import read_quality
from qagen.convert.rules.scans import lacks_text, looks_garbled
from tests.qagen.convert.conftest import column, pdf
from tests.qagen.convert.scans import page, scan

QUADS = np.array([[[10, 20], [90, 20], [90, 26], [10, 26]], [[10, 40], [80, 40], [80, 46], [10, 46]]], float)


@contextmanager
def opened(data: bytes):
    """The first page of a PDF."""
    document = pypdfium2.PdfDocument(data)
    shown = document[0]
    try:
        yield shown
    finally:
        shown.close()
        document.close()


@pytest.mark.parametrize("turn", range(4))
def test_a_box_of_a_turned_page_is_given_back_as_displayed(turn):
    """A mark in the picture, turned clockwise, is where the turned box says."""
    picture = np.full((60, 100), 255, np.uint8)
    picture[20:26, 10:90] = 0
    shown = np.rot90(picture, -turn)
    rows, columns = np.nonzero(shown == 0)
    angle = Angle(turn, 0.0, float(shown.shape[1]), float(shown.shape[0]))
    expected = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert angle.displayed((10, 20, 90, 26)) == pytest.approx(expected)


@given(turn=st.integers(0, 3), skew=st.floats(-10, 10), x=st.floats(0.2, 0.8), y=st.floats(0.2, 0.8))
def test_a_point_inside_a_page_stays_on_it(turn, skew, x, y):
    angle = Angle(turn, skew, 600.0, 800.0)
    wide, high = angle.read_size
    box = (x * wide, y * high, x * wide + 1, y * high + 1)
    x0, y0, x1, y1 = angle.displayed(box)
    assert 0 <= x0 < x1 <= 600
    assert 0 <= y0 < y1 <= 800
    assert (x1 - x0) * (y1 - y0) < 2


@pytest.mark.parametrize("skew", [-4.0, 3.0])
def test_a_skewed_picture_is_levelled_and_its_boxes_lie_on_the_skewed_ink(skew):
    sheet = np.full((600, 400), 255, np.uint8)
    sheet[290:300, 100:300] = 0
    skewed = levelled(sheet, -skew)
    level = levelled(skewed, skew)
    rows, columns = np.nonzero(level < 128)
    assert rows.max() - rows.min() <= 12
    angle = Angle(0, skew, float(skewed.shape[1]), float(skewed.shape[0]))
    x0, y0, x1, y1 = angle.displayed((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
    found_rows, found_columns = np.nonzero(skewed < 128)
    ink = (found_columns.min(), found_rows.min(), found_columns.max() + 1, found_rows.max() + 1)
    assert (x0, y0, x1, y1) == pytest.approx(ink, abs=3)


def test_skew_is_what_the_long_lines_say():
    slope = math.tan(math.radians(2))
    lines = [
        [[10, y], [410, y + 400 * slope], [410, y + 400 * slope + 10], [10, y + 10]]
        for y in range(0, 200, 20)
    ]
    short = [[[10, 300], [30, 310], [30, 320], [10, 310]]]
    assert skew_of(np.array([*lines, *short], float)) == pytest.approx(2, abs=0.05)
    assert skew_of(np.array(lines[:2], float)) == 0.0
    assert skew_of(np.zeros((0, 4, 2))) == 0.0


def test_the_way_up_is_that_which_can_be_read():
    picture = np.zeros((60, 100), np.uint8)
    picture[0, 0] = 1

    def likes_the_corner(pixels, _):
        return 0.9 if pixels[0, 0] else 0.3

    for turn in range(0, 4, 2):
        found, _, told = upright(np.rot90(picture, -turn).copy(), QUADS, likes_the_corner)
        assert (told, bool(found[0, 0])) == (turn, True)


def chars(text: str, width: float) -> list[Char]:
    return [Char(char, (place + 0.5) / width, 1.0) for place, char in enumerate(text) if char != "_"]


def test_a_gap_in_the_ink_parts_words_where_no_blank_was_read():
    """Ten pixels a place; `_` is a place without ink for which nothing was read."""
    text = "2_of 17"
    ink = np.zeros((10, 10 * len(text)), bool)
    for place, char in enumerate(text):
        if char not in "_ ":
            ink[:, 10 * place + 1 : 10 * place + 9] = True
    assert [word.text for word in words_of(chars(text, len(text)), ink, 20.0)] == ["2", "of", "17"]
    close = np.tile(np.arange(10) % 10 < 8, (10, 4))
    assert [word.text for word in words_of(chars("of17", 4), close, 20.0)] == ["of17"]


def test_sizes_that_are_nearly_the_same_are_one():
    assert settled([10.1, 9.9, 10.4, 14.0, 9.6], [50, 60, 40, 12, 50]) == [10.0, 10.0, 10.0, 14.0, 10.0]
    assert settled([], []) == []


def test_what_was_read_without_confidence_cannot_be_read():
    assert (read_quality(1.0), read_quality(0.95), read_quality(0.5)) == (1.0, 1.0, 0.0)
    assert read_quality(0.7) < 0.5


def test_a_page_lacks_text_when_there_is_none_or_a_stamp_on_a_picture():
    with opened(scan(page())) as shown:
        assert lacks_text(shown, "")
        assert lacks_text(shown, "Downloaded from the library of a university on 2 May")
        assert not lacks_text(shown, "A layer of text " * 30)
    with opened(pdf(column("Some words of a short page."))) as shown:
        assert not lacks_text(shown, "Some words of a short page.")


def test_most_of_a_page_has_to_be_garbled():
    good = "The measured rate of the reaction rises with the temperature of the bath and falls again. " * 16
    bad = "qxz kvbn mwrt plkj hgfd sxcv bnmq wrtp lkjh gfds zxcv " * 14
    assert looks_garbled(bad)
    assert not looks_garbled(good)
    assert not looks_garbled(good + bad[:400])


def with_image(width: int, height: int) -> bytes:
    """A page covered by a black image of so many pixels."""
    data = zlib.compress(bytes(width * height // 8))
    image = (
        f"6 0 obj<</Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray"
        f"/BitsPerComponent 1/Filter/FlateDecode/Length {len(data)}>>stream\n"
    ).encode()
    body = pdf([(60, 700, 10, "x")], before="q 600 0 0 800 0 0 cm /I Do Q")
    body = body[: body.index(b"xref\n")].replace(b"/Resources<<", b"/Resources<</XObject<</I 6 0 R>>", 1)
    body += image + data + b"\nendstream endobj\n"
    places = [b"%010d 00000 n " % body.index(b"%d 0 obj" % number) for number in range(1, 7)]
    lines = [b"xref", b"0 7", b"0000000000 65535 f ", *places]
    end = b"trailer<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"\n".join(lines) + b"\n" + end


@pytest.mark.parametrize(("side", "left_out", "white"), [(800, 0, False), (12_000, 1, True)])
def test_a_giant_image_is_never_unpacked(side, left_out, white):
    with opened(with_image(side, side)) as shown:
        picture = draw(shown, 72)
    assert (picture.left_out, bool((picture.pixels == 255).mean() > 0.9)) == (left_out, white)


@pytest.mark.parametrize("box", [(0, 0, 14_400, 14_400), (0, 0, 3, 3), (0, 0, 14_400, 2)])
def test_a_page_of_any_size_is_drawn_within_bounds(box):
    with opened(pdf(column("x"), box=box)) as shown:
        assert max(draw(shown, 200).pixels.shape) <= 3_600
