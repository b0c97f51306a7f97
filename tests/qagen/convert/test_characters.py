"""Characters: beyond U+FFFF, raised, from right to left, joined, of no Unicode; and what is imported to read them."""

import subprocess
import sys

import numpy as np
import pytest

from qagen.convert.rules.characters import ReadWord, of_words
from qagen.convert.rules.cleaning import clean, mended
from qagen.convert.rules.lines import in_lines, lines_of
from qagen.convert.rules.reader import _code_points
from tests.qagen.convert.conftest import column, pdf
from tests.qagen.convert.invariants import assert_sound

HEBREW = {char: f"{0x05D0 + number:04x}" for number, char in enumerate("QWXYZJ")}
ARABIC = {"k": "062e", "l": "0644", "Z": "06440627", "d": "062f", "h": "0647", "a": "0627"}


@pytest.fixture
def text_of(conversion, paper_of):
    """(pages, options of the PDF) -> the document's text."""

    def read(*pages, **options) -> str:
        document = conversion.read(paper_of(pdf(*pages, **options)).path, "00" * 32).document
        assert_sound(document)
        return document.text.strip()

    return read


def test_a_character_beyond_the_first_plane_is_one_code_point(text_of):
    codes = {"E": "d835dc38", "q": "d83dde00"}
    assert text_of(column("where E and q are kept in it"), unicode=codes) == "where 𝐸 and 😀 are kept in it"


def test_half_a_surrogate_and_codes_that_are_no_unicode_are_lost(text_of):
    assert text_of(column("the E of it"), unicode={"E": "d835"}) == "the \ufffd of it"
    codes = np.array([65, 0x110000, 0xFFFFFFFF, 0xDC00, 66], np.uint32)
    boxes = np.zeros((5, 4), np.float32)
    found, kept = _code_points(codes, np.ones(5, np.uintp), boxes)
    assert found.tolist() == [65, 0xFFFD, 0xFFFD, 0xFFFD, 66]
    assert kept.all()


def test_a_title_with_half_a_surrogate_is_cleaned(conversion, paper_of):
    data = pdf(
        column("some words of text"), info="/Title<feff0041002000740069d83d00740065006c0020006f006600200069>"
    )
    found = conversion.read(paper_of(data).path, "00" * 32)
    assert found.document.metadata.title == "A titel of i"


RAISED = {
    "a negative power": ([(60, 10, 0, "1.5 x 10"), (95.8, 6, 4, "-3"), (104, 10, 0, "m of it")], "1.5 x 10<sup>-3</sup> m of it"),
    "citations": ([(60, 10, 0, "before"), (89, 6, 4, "12,13"), (106, 10, 0, "for it")], "before<sup>12,13</sup> for it"),
    "a charge": ([(60, 10, 0, "of Ca"), (84.5, 6, 4, "2+"), (94, 10, 0, "in it")], "of Ca<sup>2+</sup> in it"),
    "two parts": ([(60, 10, 0, "of cm"), (84.5, 6, 4, "-"), (86.5, 6, 4, "1"), (95, 10, 0, "in it")], "of cm<sup>-1</sup> in it"),
    "a blank of its own": ([(60, 10, 0, "25 km"), (86, 6, 4, "2"), (89.4, 10, 0, " in all")], "25 km<sup>2</sup> in all"),
    "a subscript": ([(60, 10, 0, "the CO"), (92, 6, -2, "2"), (95.4, 10, 0, " in all")], "the CO2 in all"),
    "small capitals": ([(60, 10, 0, "S"), (66.7, 7.5, 0, "CIDOCS"), (98, 10, 0, " in all")], "SCIDOCS in all"),
}  # fmt: skip


@pytest.mark.parametrize("kind", RAISED)
def test_what_is_small_and_stands_above_the_baseline_is_a_superscript(kind, text_of):
    parts, expected = RAISED[kind]
    page = [(x, 700 + rise, size, text) for x, size, rise, text in parts]
    assert text_of([*page, (60, 680, 10, "A line below it that is longer than that.")]).startswith(expected)


def test_lines_of_chinese_are_joined_without_a_blank_and_keep_their_commas(text_of):
    codes = {"A": "672c", "B": "6587", "C": "51b0", "D": "5c42", ",": "ff0c"}
    lines = column("ABCD,ABCDABCDABCD,ABCDABCDABCD", "DCBADCBA,DCBADCBADCBADCBADCBAD", "ABCD")
    first, second = (
        "本文冰层，本文冰层本文冰层本文冰层，本文冰层本文冰层本文冰层",
        "层冰文本层冰文本，层冰文本层冰文本层冰文本层冰文本层冰文本层",
    )
    assert text_of(lines, unicode=codes) == f"{first}{second}本文冰层"


def test_a_latin_word_cut_at_the_end_of_a_line_of_chinese_is_whole(text_of):
    codes = {"A": "672c", "B": "6587", "C": "51b0", "D": "5c42"}
    lines = column("ABCDABCDABCDABCDABCDPy", "thonABCDABCDABCDABCDAB", "ABCD")
    assert "Python" in text_of(lines, unicode=codes)


def test_hebrew_is_in_reading_order_with_its_numbers_brackets_and_latin_words(text_of):
    seen = r".WQ ,2019 YXW \(Lake Vida\) JZYXWQ CO2 WQ 9%-W"
    assert text_of(column(seen), unicode=HEBREW) == "ב-9% אב CO2 אבגדהו (Lake Vida) בגד 2019, אב."


def test_lam_and_alef_of_one_glyph_are_in_order(text_of):
    assert text_of(column("h lZk"), unicode=ARABIC).lstrip("# ") == "خلال ه"


def test_a_joiner_stays_within_a_word_of_arabic_script():
    assert clean("داده\u200cها a\u200cb \u200c") == "داده\u200cها ab "


def test_a_joiner_that_is_drawn_by_an_object_without_width_is_found(text_of):
    # "ah" is 5.56 + 5.56 points wide in Helvetica, so that the letters meet at 65.56.
    joiner = "BT /F1 10 Tf 0 Tz 1 0 0 1 65.56 700 Tm ( ) Tj 100 Tz ET"
    page = [(60, 700, 10, "a"), (65.56, 700, 10, "hd")]
    assert text_of(page, unicode=ARABIC, before=joiner) == "ده\u200cا"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("，", "，"), ("ﬁnd", "find"), ("schÃ¶n", "schön"), ("a\u200bb\u00adc", "ab-c"), ("\u009c1\u0001", "1")],
)
def test_ftfy_mends_what_is_broken_and_leaves_what_is_wide(text, expected):
    assert mended(text) == expected


def test_a_page_that_cannot_be_opened_is_left_out_and_said(conversion, paper_of):
    data = pdf(column("some words of text"), column("another page"))
    found = conversion.read(paper_of(data.replace(b"[4 0 R 6 0 R]", b"[4 0 R 9 0 R]")).path, "00" * 32)
    assert found.document.text == "some words of text\n"
    assert found.warnings == ("page 2: it cannot be read, and was left out; fetch the PDF again",)


def test_words_that_ocr_read_become_lines_as_those_of_a_text_layer():
    lines = [
        [
            ReadWord("Rates", (60, 100, 90, 112), confidence=0.5),
            ReadWord("of", (94, 100, 104, 112), confidence=1.0),
        ],
        [ReadWord("gas", (60, 116, 78, 128), confidence=1.0)],
    ]
    found = lines_of(in_lines(of_words(lines)))
    assert [(line.text.strip(), line.box) for line in found] == [
        ("Rates of", (60, 100, 104, 112)),
        ("gas", (60, 116, 78, 128)),
    ]
    assert [round(line.confidence, 2) for line in found] == [0.67, 1.0]


def test_converting_by_rules_imports_nothing_of_marker(paper_of):
    paper = paper_of(pdf(column("some words of text")))
    blocked = [
        "marker",
        "pdftext",
        "surya",
        "torch",
        "transformers",
        "cv2",
        "scipy",
        "sklearn",
        "bs4",
        "markdownify",
        "PIL",
    ]
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({blocked!r}))\n"
        "from pathlib import Path; from qagen.convert import fingerprint; from qagen.settings import ConvertSettings\n"
        "from qagen.convert.rules.conversion import read\n"
        f"fingerprint(ConvertSettings(converter='rules')); print(read(Path({str(paper.path)!r}), '00' * 32).document.text)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("some words of text", 0), done.stderr
