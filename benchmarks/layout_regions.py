"""Whether the text of a document's regions is what other programs find under their boxes."""

import re
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from rapidfuzz import fuzz

from benchmarks.layout_extractors import Extract, Word, letters
from qagen.records import Document, Region

_ALIKE = 90


def plain(markdown: str) -> str:
    """Markdown without its marks."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", " ", markdown)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return re.sub(r"</?[a-z]+(?: [^>]*)?>", "", text)


@dataclass(frozen=True)
class Miss:
    """A region whose text is not what is found under its box; `formula`: its letters are, in another order."""

    region: Region
    shown: str
    formula: bool


def region_matches(document: Document, extract: Extract) -> list[Miss]:
    """The regions whose text is not what a program finds under their box, with what it finds."""
    missed = []
    for block in document.blocks:
        for region in block.regions:
            own = letters(plain(document.text[region.start : region.end]))
            under = [word for word in extract.words.get(region.page, []) if _is_under(word, region)]
            by_line = sorted(under, key=lambda word: (_line_of(word, region), word.box[0]))
            orders = ["".join(letters(word.text) for word in words) for words in (under, by_line)]
            if not own and not any(orders):
                continue
            if max(fuzz.ratio(own, order) for order in orders) < _ALIKE:
                shown = " ".join(word.text for word in under)
                as_letters = fuzz.ratio(sorted(own), sorted(orders[0])) >= _ALIKE
                missed.append(Miss(region, shown, formula=block.type == "Equation" and as_letters))
    return missed


def _is_under(word: Word, region: Region) -> bool:
    x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
    x0, y0, x1, y1 = region.bbox
    return x0 - 1 <= x <= x1 + 1 and y0 - 1 <= y <= y1 + 1


def _line_of(word: Word, region: Region) -> int:
    """The line of the region that a word is nearest to, in height."""
    y = (word.box[1] + word.box[3]) / 2
    tops = sorted({round(line.bbox[1]): line.bbox for line in region.lines}.values(), key=lambda box: box[1])
    return min(range(len(tops)), key=lambda n: abs((tops[n][1] + tops[n][3]) / 2 - y)) if tops else 0


def missed_by_both(misses: list[Miss], others: list[Miss]) -> int:
    """How many of the regions that one program does not find another does not find either."""
    found = {id(miss.region) for miss in others}
    return sum(id(miss.region) in found for miss in misses)


def missed_by_pdfium(document: Document, path: Path) -> int:
    """Regions whose text is not what pdfium, under marker and here too, finds under their box."""
    missed = 0
    with pypdfium2.PdfDocument(path) as pages:
        for region in (region for block in document.blocks for region in block.regions):
            page = pages[region.page - 1]
            left, _, _, top = page.get_bbox()
            x0, y0, x1, y1 = region.bbox
            text = page.get_textpage()
            shown = text.get_text_bounded(left + x0 - 1, top - y1 - 1, left + x1 + 1, top - y0 + 1)
            text.close()
            page.close()
            missed += (
                fuzz.ratio(letters(shown), letters(plain(document.text[region.start : region.end]))) < _ALIKE
            )
    return missed
