"""Convert a few PDFs in marker's own modes on this machine, check what comes out, and print a verdict for each.

    python scripts/check_marker_modes.py PDF... [--download] [--mode marker-fast --mode marker-balanced] [--ocr]

Each PDF is converted by the rules, which need no models, and by each mode. A mode that cannot run here is `not run`, with what
is missing. Where it runs, it is checked that the blocks tile the document, that every region's page and box show its text (as
an independent extractor finds it there), that the text has most of the words that the rules found, and that no server is left.
With --download the weights are fetched, gigabytes for marker-balanced. The exit code is 0 where every mode passed, 3 where some
were not run, 1 where one failed.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pypdfium2
from rapidfuzz import fuzz

from qagen import convert
from qagen.errors import ConversionError, ConverterMissing, QagenError
from qagen.papers.papers import find_papers
from qagen.records import Document, Paper
from qagen.settings import ConvertSettings

MODES = ("marker-fast", "marker-balanced")
LEAST_PLACES, LEAST_WORDS = 0.9, 0.8
"""Shares of regions that show their text, and of the rules' words that the mode has, from which a mode passes."""


def main() -> int:
    """Check all modes on all PDFs."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("pdfs", type=Path, nargs="+", metavar="PDF")
    given.add_argument("--mode", choices=MODES, action="append", help="only this mode; may be repeated")
    given.add_argument("--download", action="store_true", help="fetch weights that are not here")
    given.add_argument("--ocr", action="store_true", help="read every page by OCR as well")
    options = given.parse_args()
    papers = find_papers(options.pdfs)
    verdicts = []
    for name in options.mode or MODES:
        for ocr in (False, True) if options.ocr else (False,):
            verdict = _mode(
                ConvertSettings(converter=name, ocr="always" if ocr else "auto", download=options.download),
                papers,
            )
            verdicts.append(verdict)
            print(f"{verdict.upper():8} {name}{' --ocr' if ocr else ''}")
    return 1 if "failed" in verdicts else 3 if "not run" in verdicts else 0


def _mode(settings: ConvertSettings, papers: tuple[Paper, ...]) -> str:
    before = set(psutil.Process().children(recursive=True))
    faults = []
    try:
        with convert.Converter(settings) as converter, tempfile.TemporaryDirectory() as place:
            for paper in papers:
                found = list(
                    _faults(converter, paper, Path(place) / paper.sha256, ocr=settings.ocr == "always")
                )
                print(f"  {paper.file}: {'; '.join(found) or 'as it should be'}")
                faults += found
    except ConverterMissing as error:
        print(f"  {error}")
        return "not run"
    except QagenError as error:
        faults.append(str(error))
        print(f"  {error}")
    left = set(psutil.Process().children(recursive=True)) - before
    if left:
        faults.append("processes left")
        print(f"  left behind: {', '.join(str(process.pid) for process in left)}")
    return "failed" if faults else "passed"


def _faults(converter: convert.Converter, paper: Paper, folder: Path, *, ocr: bool) -> Iterator[str]:
    """What is wrong with one paper's document."""
    began = time.monotonic()
    try:
        document = converter.convert(paper, folder)
    except ConversionError as error:
        yield str(error)
        return
    rules = convert.convert(paper, folder.with_name("rules"), ConvertSettings(converter="rules", workers=1))
    ends = [0, *(block.end for block in document.blocks)]
    if [block.start for block in document.blocks] != ends[:-1] or ends[-1] != len(document.text):
        yield "the blocks do not tile the document"
    shown = _shown(document, paper.path)
    words, known = _words(document), _words(rules)
    kept = (words & known).total() / max(1, known.total())
    pages = document.metadata.pages
    print(
        f"  {paper.file}: {document.converter}; {pages} pages in {time.monotonic() - began:.0f} s; regions that show their text "
        f"{shown:.3f}; words of the rules' document {kept:.3f}"
    )
    # Where OCR reads the page, its words are not those of the text layer letter by letter.
    if shown < (0.6 if ocr else LEAST_PLACES):
        yield f"only {shown:.3f} of the regions show their text"
    if kept < LEAST_WORDS:
        yield f"only {kept:.3f} of the words are there"


def _words(document: Document) -> Counter[str]:
    return Counter("".join(char if char.isalnum() else " " for char in document.text.lower()).split())


def _shown(document: Document, path: Path) -> float:
    """The share of regions below whose box another extractor finds their text."""
    good = total = 0
    with pypdfium2.PdfDocument(path) as pdf:
        for block in document.blocks:
            for region in block.regions if block.type not in ("Equation", "Table", "Code") else ():
                page = pdf[region.page - 1]
                left, _, _, top = page.get_bbox()
                x0, y0, x1, y1 = region.bbox
                there = page.get_textpage().get_text_bounded(
                    left + x0 - 1, top - y1 - 1, left + x1 + 1, top - y0 + 1
                )
                total += 1
                good += fuzz.ratio(_plain(document.text[region.start : region.end]), _plain(there)) >= 85
    return good / max(1, total)


def _plain(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


if __name__ == "__main__":
    sys.exit(main())
