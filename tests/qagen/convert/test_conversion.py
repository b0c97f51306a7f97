"""Whole conversions: of PDFs written here, in this process; of the shared papers, through the real worker."""

import json
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from rapidfuzz import fuzz

from qagen.convert import Converter, convert, fingerprint, load
from qagen.convert.job import Job, Mode, WorkerAnswer
from qagen.convert.worker import serve
from qagen.errors import ConversionError
from qagen.reasons import Reason
from qagen.records import Document, Metadata, Paper, sha256
from qagen.settings import ConvertSettings
from tests.qagen.convert.conftest import SHARED, column, pdf
from tests.qagen.convert.invariants import assert_sound, plain

GOOD = sorted((SHARED / "good").glob("*.pdf"))
NASTY = {
    "bomb_giant.pdf": None,
    "cjk_korean_tables.pdf": None,
    "corrupt_docling.pdf": Reason.NOT_A_PDF,
    "corrupt_zen_of_python.pdf": None,
    "empty_page.pdf": Reason.NO_TEXT_LAYER,
    "encrypted_r6_empty_pw.pdf": None,
    "encrypted_r6_owner_only.pdf": None,
    "encrypted_r6_user_pw.pdf": Reason.ENCRYPTED,
    "fuzzed_pdfbox_3148.pdf": Reason.NO_TEXT_LAYER,
    "huge_400p.pdf": None,
    "invisible_text_layer.pdf": None,
    "negative_coords.pdf": None,
    "not_a_pdf.pdf": Reason.NOT_A_PDF,
    "paper_with_empty_pages.pdf": None,
    "rotated_page_90.pdf": None,
    "scan_with_ocr_text.pdf": None,
    "scanned_loremipsum_flat.pdf": Reason.NO_TEXT_LAYER,
    "truncated_prx_half.pdf": Reason.DAMAGED,
    "zero_bytes.pdf": Reason.EMPTY_FILE,
    "zero_pages.pdf": Reason.NO_PAGES,
}
shared = pytest.mark.skipif(not GOOD, reason=f"the shared PDFs are not at {SHARED}")


def read(conversion, paper: Paper) -> Document:
    found = conversion.read(paper.path, paper.sha256).document
    assert_sound(found)
    return found


def kinds(document: Document) -> list[tuple[str, int | None, str]]:
    return [
        (block.type, block.level, document.text[block.start : block.end].strip()) for block in document.blocks
    ]


PROSE = (
    "The measured rate of the reaction rises with the temperature of the",
    "bath and falls again above four hundred kelvin, because the surface is",
    "poisoned by carbon that the hot gas leaves behind on it in every run.",
)


def test_headings_paragraphs_and_captions_become_blocks_with_levels(conversion, paper_of):
    page = [
        (60, 740, 20, "A Study of Surfaces in Hot Gas"),
        (60, 700, 13, "1. Introduction"),
        *column(*PROSE, top=680),
        (60, 630, 13, "2. Results"),
        (60, 612, 11.5, "2.1. Rates"),
        *column(*PROSE, top=596),
        (60, 540, 8, "Figure 1: The rate over the temperature."),
    ]
    document = read(conversion, paper_of(pdf(page)))
    prose = " ".join(PROSE)
    assert kinds(document) == [
        ("SectionHeader", 1, "# A Study of Surfaces in Hot Gas"),
        ("SectionHeader", 2, "## 1. Introduction"),
        ("Text", None, prose),
        ("SectionHeader", 2, "## 2. Results"),
        ("SectionHeader", 3, "### 2.1. Rates"),
        ("Text", None, prose),
        ("Caption", None, "Figure 1: The rate over the temperature."),
    ]
    assert document.metadata == Metadata(
        title="A Study of Surfaces in Hot Gas",
        language="en",
        pages=1,
        origins={"title": "first page", "language": "text"},
    )


def test_a_paragraph_over_two_pages_is_one_block_without_running_heads(conversion, paper_of):
    def page(number: int, lines: tuple[str, ...]) -> list[tuple[float, float, float, str]]:
        head = (60, 780, 8, f"Journal of Surfaces {number}")
        return [head, *column(*lines, top=740), (300, 20, 8, str(number))]

    first = PROSE * 3 + PROSE[:1]
    document = read(conversion, paper_of(pdf(page(1, first), page(2, PROSE[1:] + PROSE))))
    crossing = [block for block in document.blocks if len(block.regions) == 2]
    assert [[region.page for region in block.regions] for block in crossing] == [[1, 2]]
    assert "Journal" not in document.text
    assert f"{PROSE[0]} {PROSE[1]} {PROSE[2]}" in plain(document.text)


def test_two_columns_are_read_one_after_the_other_whatever_the_stream_does(conversion, paper_of):
    left = [f"left line number {word} of the first column here" for word in "abcdefghijkl"]
    right = [f"right line number {word} of the second column too" for word in "abcdefghijkl"]
    lines = [
        line
        for pair in zip(
            column(*left, x=50, leading=40), column(*right, x=320, top=680, leading=40), strict=True
        )
        for line in pair
    ]
    document = read(conversion, paper_of(pdf(lines)))
    assert document.text.split() == " ".join([*left, *right]).split()


def test_a_line_keeps_its_place_and_box(conversion, paper_of):
    document = read(conversion, paper_of(pdf(column(*PROSE, x=60, top=700))))
    (block,) = document.blocks
    (region,) = block.regions
    assert [document.text[line.start : line.end] for line in region.lines] == list(PROSE)
    x0, y0, _, y1 = region.lines[0].bbox
    assert (round(x0), y0 < 100 < y1 + 4, region.page) == (60, True, 1)


@pytest.mark.parametrize(
    ("rotate", "corner"), [(0, (50, 90)), (90, (690, 50)), (180, (500, 690)), (270, (90, 500))]
)
def test_boxes_are_of_the_page_as_it_is_displayed(conversion, paper_of, rotate, corner):
    """A short line near the top left, in user space, of a page whose box does not begin at the origin."""
    data = pdf([(150.5, 799.5, 10, "Turned")], box=(100.3, 100.7, 700.9, 900.2), rotate=rotate)
    document = read(conversion, paper_of(data))
    x0, y0, x1, y1 = document.blocks[0].regions[0].bbox
    assert x0 - 45 <= corner[0] <= x1 + 45
    assert y0 - 45 <= corner[1] <= y1 + 45
    shown = pypdfium2.PdfDocument(data)
    width, height = shown[0].get_size()
    shown.close()
    assert 0 <= x0 < x1 <= width
    assert 0 <= y0 < y1 <= height


def test_markdown_in_the_text_is_escaped_and_slices_still_fit(conversion, paper_of):
    lines = (
        "Costs of 5$ and a_b_c or 2*3*4 are <b>not</b> markup & neither is | this",
        "line of running text that goes on for some time after the odd signs.",
    )
    document = read(conversion, paper_of(pdf(column(*lines))))
    assert plain(document.text) == " ".join(lines)
    assert [
        plain(document.text[line.start : line.end]) for line in document.blocks[0].regions[0].lines
    ] == list(lines)


def test_text_that_a_clip_cuts_away_or_that_lies_off_the_page_is_hidden(conversion, paper_of):
    proof, off = "An older proof of the page that nobody sees", "A line that lies above the page"
    clipped = f"q 0 0 600 400 re W n BT /F1 9 Tf 1 0 0 1 60 500 Tm ({proof}) Tj ET Q"
    data = pdf(column(*PROSE), before=f"{clipped} BT /F1 9 Tf 1 0 0 1 60 900 Tm ({off}) Tj ET")
    found = conversion.read(paper_of(data).path, "00" * 32)
    assert plain(found.document.text) == " ".join(PROSE)
    assert found.dropped == {"hidden": len("".join((proof + off).split()))}


def test_characters_of_a_math_font_are_what_the_font_means(conversion, paper_of):
    document = read(conversion, paper_of(pdf([(60, 700, 10, "k \\017 n")], font="CMMI10")))
    assert document.text == "k ϵ n\n"


def test_a_page_of_which_almost_all_would_be_left_out_is_kept_and_said(conversion, paper_of):
    paths = " ".join(f"{60 + 5 * n} {170 + 5 * n} 400 520 re S" for n in range(12))
    labels = [(70 + 37 * n % 400, 180 + 9 * n, 8, f"label{n:02} of it") for n in range(60)]
    found = conversion.read(paper_of(pdf(labels, before=paths)).path, "00" * 32)
    assert [text for *_, text in labels if text not in plain(found.document.text)] == []
    assert found.dropped == {}
    (warning,) = found.warnings
    assert warning.startswith("page 1: ")
    assert "plain text" in warning


def test_a_page_without_text_has_no_text_layer(conversion, paper_of):
    with pytest.raises(ConversionError) as caught:
        read(conversion, paper_of(pdf([])))
    assert caught.value.reason is Reason.NO_TEXT_LAYER
    assert "OCR" in caught.value.detail


def job(paper: Paper, folder: Path, **more) -> Job:
    return Job(paper.path, folder, paper.sha256, Mode("rules"), paper.path.parent, **more)


def test_the_worker_writes_the_document_and_says_so(conversion, paper_of, tmp_path):
    paper = paper_of(pdf(column(*PROSE)))
    said = []
    assert serve(job(paper, tmp_path / "f"), said.append) == WorkerAnswer("done")
    assert said == [WorkerAnswer("started"), *[WorkerAnswer("pages", 1)] * 3]
    found = load(tmp_path / "f", paper.sha256)
    assert isinstance(found, Document)
    assert plain(found.text) == " ".join(PROSE)


def test_the_worker_says_what_is_wrong_with_a_file(conversion, paper_of, tmp_path):
    def outcome(data: bytes) -> tuple[str, ...]:
        paper = paper_of(data)
        answer = serve(job(paper, tmp_path / "f"), str)
        return answer.state, answer.reason

    assert outcome(b"") == ("failed", "empty_file")
    assert outcome(b"<html>no such paper</html>") == ("failed", "not_a_pdf")
    assert outcome(b"%PDF-1.4 and then nothing") == ("failed", "damaged")
    assert outcome(pdf()) == ("failed", "no_pages")
    assert outcome(pdf([])) == ("failed", "no_text_layer")


def test_a_file_that_changed_or_went_away_is_tried_again(conversion, paper_of, tmp_path):
    paper = paper_of(pdf(column(*PROSE)))
    changed = serve(job(replace(paper, sha256="00" * 32), tmp_path / "f"), str)
    assert (changed.reason, "changed" in changed.detail) == ("crashed", True)
    gone = serve(job(replace(paper, path=tmp_path / "gone.pdf"), tmp_path / "f"), str)
    assert (gone.reason, "No such file" in gone.detail) == ("crashed", True)


def test_a_folder_that_cannot_be_made_is_unwritable(conversion, paper_of, tmp_path):
    paper = paper_of(pdf(column(*PROSE)))
    (tmp_path / "file").touch()
    answer = serve(job(paper, tmp_path / "file" / "f"), str)
    assert (answer.state, answer.remedy) == (
        "unwritable", "a file stands where a folder is needed; choose another place"
    )  # fmt: skip


def test_a_paper_is_converted_in_a_process_of_its_own(paper_of, tmp_path):
    paper = paper_of(pdf(column(*PROSE)), name="ä paper (1).pdf")
    document = convert(paper, tmp_path / "f", ConvertSettings(workers=1))
    assert plain(document.text) == " ".join(PROSE)
    assert load(tmp_path / "f", paper.sha256) == document


def test_the_fingerprint_is_of_what_changes_documents_only():
    settings = ConvertSettings()
    assert fingerprint(settings) == fingerprint(
        ConvertSettings(converter="rules", deadline=1, workers=3, memory=700)
    )
    assert fingerprint(settings) == fingerprint(
        ConvertSettings(page_deadline=1, password_file="words.txt", surya={"SURYA_INFERENCE_PORT": 9})
    )
    assert fingerprint(settings) != fingerprint(ConvertSettings(range_pages=7))
    assert len(fingerprint(settings)) == 16


@pytest.fixture(scope="module")
def converter():
    with Converter(ConvertSettings(workers=1, ocr="never")) as pool:
        yield pool


def as_paper(path: Path) -> Paper:
    return Paper(sha256(path.read_bytes()), path, path.name)


@shared
@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_file_ends_as_it_should(converter, tmp_path, name):
    paper, reason = as_paper(SHARED / "nasty" / name), NASTY[name]
    if reason is None:
        assert_sound(converter.convert(paper, tmp_path / "f"))
        return
    with pytest.raises(ConversionError) as caught:
        converter.convert(paper, tmp_path / "f")
    assert caught.value.reason is reason


EXPECTED = json.loads(Path(__file__).with_name("headings.json").read_text("utf-8"))
UNDER_ITS_BOX = {"mdpi_ijms25031660.pdf": 0.87}
"""Share of regions whose box shows their text; the exception has copies of its pages hidden below its figures."""


@pytest.mark.slow
@shared
@pytest.mark.parametrize("path", GOOD or [SHARED], ids=lambda path: path.name)
def test_a_good_paper_is_whole_and_every_region_shows_its_text(converter, tmp_path, path):
    document = converter.convert(as_paper(path), tmp_path / "f")
    assert_sound(document)
    matches = list(_matches(document, path))
    assert sum(matches) >= UNDER_ITS_BOX.get(path.name, 0.97) * len(matches)
    headings = [
        [block.level, document.text[block.start : block.end].strip().lstrip("# ")]
        for block in document.blocks
        if block.type == "SectionHeader"
    ]
    assert headings == EXPECTED.get(path.name, headings)


def _matches(document: Document, path: Path):
    with pypdfium2.PdfDocument(path) as pages:
        for block in document.blocks:
            for region in block.regions:
                page = pages[region.page - 1]
                left, _, _, top = page.get_bbox()
                x0, y0, x1, y1 = region.bbox
                text = page.get_textpage()
                shown = text.get_text_bounded(left + x0 - 1, top - y1 - 1, left + x1 + 1, top - y0 + 1)
                text.close()
                page.close()
                slice_ = document.text[region.start : region.end]
                # pdfium knows formulas in the order of the content stream only, which may be font by font.
                order = sorted if block.type == "Equation" else str
                yield fuzz.ratio(order(_bare(shown)), order(_bare(slice_))) >= 90


def _bare(text: str) -> str:
    """Without blanks, hyphens, markup and the hyphen mark of pdfium."""
    for mark in ("\x02", "\ufffe", "-", "‐", "‑", "|", "*", "#", "`", "“", "”", '"', "’", "'"):
        text = text.replace(mark, "")
    return "".join(plain(text).split())
