"""Pictures of pages read by the real models, from pixels to records that can be walked back."""

import json

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from qagen.convert.rules.conversion import read
from qagen.errors import ConversionError
from tests.qagen.convert.conftest import column, pdf
from tests.qagen.convert.invariants import assert_sound
from tests.qagen.convert.scans import LINES, page, scan

pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")
pytest.importorskip("onnxruntime", reason="the extra `ocr` is not installed")

TEXT = " ".join(LINES) + "\n"


def converted(paper_of, data: bytes, ocr="needed"):
    paper = paper_of(data)
    found = read(paper.path, paper.sha256, ocr=ocr)
    assert_sound(found.document)
    return found


@pytest.mark.parametrize(
    ("turn", "skew"), [(0, 0.0), (1, 0.0), (2, 0.0), (3, 0.0), (0, 2.5), (1, -3.0)], ids=str
)
def test_a_page_reads_the_same_whichever_way_it_lay_on_the_scanner(paper_of, turn, skew):
    picture = page().rotate(-skew, Image.Resampling.BICUBIC, fillcolor=255).rotate(-90 * turn, expand=True)
    found = converted(paper_of, scan(picture))
    assert found.document.text == TEXT
    (seen,) = found.ocr
    assert (seen.page, seen.turn, seen.confidence > 0.9) == (1, turn, True)
    assert seen.skew == pytest.approx(skew, abs=0.4)
    assert all(region.ocr for block in found.document.blocks for region in block.regions)
    ink = np.asarray(picture) < 128
    x0, y0, x1, y1 = (round(side * 200 / 72) for side in found.document.blocks[0].regions[0].bbox)
    assert ink[y0:y1, x0:x1].sum() > 0.97 * ink.sum()


def test_two_columns_are_read_one_after_the_other(paper_of):
    left = [
        "A tale of ice begins in the",
        "first column of the page and",
        "has some more lines below it",
        "until the column has an end.",
    ]
    right = [
        "Then it goes on at the top of",
        "the second column, as papers",
        "do, and has some lines there",
        "before it comes to its end.",
    ]
    picture = page(left, points=(440, 200), left=30)
    other = page(right, points=(440, 200), left=240)
    both = Image.fromarray(np.minimum(np.asarray(picture), np.asarray(other)))
    assert converted(paper_of, scan(both)).document.text.split() == " ".join([*left, *right]).split()


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("L", (800, 600), 255),
        Image.new("L", (800, 600), 0),
        Image.fromarray(np.random.default_rng(1).integers(0, 256, (600, 800), np.uint8)),
        Image.new("L", (3, 3), 0),
    ],
    ids=["blank", "black", "noise", "tiny"],
)
def test_a_picture_without_text_has_none(paper_of, picture):
    with pytest.raises(ConversionError, match=r"no text on 1 page.* OCR found none either"):
        converted(paper_of, scan(picture))


def test_a_scan_is_rejected_with_a_hint_where_it_may_not_be_read(paper_of):
    with pytest.raises(ConversionError, match="OCR is off; run again without --ocr never"):
        converted(paper_of, scan(page()), ocr="none")


def test_only_pages_without_text_are_read_unless_all_are_to_be(paper_of):
    with_text = pypdfium2.PdfDocument(pdf(column(*LINES), box=(0, 0, 400, 800)))
    with pypdfium2.PdfDocument(scan(page())) as other:
        with_text.import_pages(other)
    paper = paper_of(b"")
    with_text.save(paper.path)
    with_text.close()
    assert [seen.page for seen in read(paper.path, "0" * 64, ocr="needed").ocr] == [2]
    assert [seen.page for seen in read(paper.path, "0" * 64, ocr="all").ocr] == [1, 2]
    assert read(paper.path, "0" * 64, ocr="none").ocr == ()
    read_so = read(paper.path, "0" * 64, ocr="needed").document
    assert "rapidocr-" in read_so.converter
    assert {region.page: region.ocr for block in read_so.blocks for region in block.regions} == {
        1: False,
        2: True,
    }


def test_a_garbled_text_layer_gives_way_to_what_the_picture_says(paper_of):
    """Its letters are others than those that are printed, as after bad OCR: white on white, behind the picture."""
    bad = ["qxz kvbn mwrt plkj hgfd sxcv bnmq wrtp lkjh gfds zxcv"] * 6
    document = pypdfium2.PdfDocument(
        pdf(column(*bad, top=180, x=5, size=8), box=(0, 0, 300, 200), before="1 g")
    )
    picture = pypdfium2.PdfImage.new(document)
    picture.set_bitmap(pypdfium2.PdfBitmap.from_pil(page()))
    picture.set_matrix(pypdfium2.PdfMatrix().scale(300, 200))
    shown = document[0]
    shown.insert_obj(picture)
    shown.gen_content()
    shown.close()
    paper = paper_of(b"")
    document.save(paper.path)
    document.close()
    assert read(paper.path, "0" * 64, ocr="needed").document.text == TEXT
    assert "qxz" in read(paper.path, "0" * 64, ocr="none").document.text


def test_records_of_a_scan_are_walked_back_with_and_without_the_workspace(tmp_path):
    from tests.command import qagen

    lines = [
        "1. Results",
        "",
        "The boiling point of the brine was 104 degrees at sea level in all",
        "of the forty experiments that were made between May and August.",
        "The yield of the reaction rose from 12 percent to 47 percent when",
        "the temperature of the bath was raised from 300 K to 350 K slowly.",
        "Silver was removed from the solution by adding sodium chloride, and",
        "the precipitate was washed three times with water before drying it.",
    ]
    (tmp_path / "papers").mkdir()
    picture = page(lines, points=(420, 220)).rotate(90, expand=True)
    (tmp_path / "papers" / "scan.pdf").write_bytes(scan(picture))
    out, work = tmp_path / "set", tmp_path / "work"
    build = ["build", tmp_path / "papers", "--out", out, "--work", work, "--converter", "rules"]
    built = qagen(*build, "--engine", "extractive", "--with-context")
    assert built.returncode == 0, (built.stdout, built.stderr)
    for place in (work, tmp_path / "none"):
        done = qagen("verify", out, "--papers", tmp_path / "papers", "--work", place, "--json")
        told = json.loads(done.stdout)
        assert (told["verified"], told["not_verified"]) == (told["records"], []), told
        assert told["records"] > 0
    assert "were read by OCR" in " ".join((out / "README.md").read_text("utf-8").split())
