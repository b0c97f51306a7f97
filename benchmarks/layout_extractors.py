"""What programs that share no code with the converter read from a PDF: poppler's pdftotext, pdfminer.six, and MuPDF."""

import html
import json
import logging
import re
import subprocess
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pdfminer.high_level import extract_pages
from pdfminer.layout import LTTextContainer

BBox = tuple[float, float, float, float]
_PROSE_WORDS = 15
"""Words from which on a block may be prose."""
_SHARE = 0.5
"""Share of words in lower-case letters from which on it is."""
_BANNER_PAGES = 3
"""Pages on which a block stands word for word, numbers apart, that is a banner and no body."""


@dataclass(frozen=True)
class Word:
    text: str
    page: int
    box: BBox


@dataclass(frozen=True)
class Extract:
    """All words of each page, with boxes where the program gives them, and the words of each block."""

    words: dict[int, list[Word]]
    blocks: list[list[str]]

    def body(self) -> list[list[str]]:
        """The blocks that are prose and no banner: what a document must not lose."""
        prose = [block for block in self.blocks if _is_prose(block)]
        seen = Counter(_without_numbers(block) for block in prose)
        return [block for block in prose if seen[_without_numbers(block)] < _BANNER_PAGES]

    def stream(self) -> str:
        """Letters and digits of the whole text."""
        return letters(" ".join(word for block in self.blocks for word in block))


def letters(text: str) -> str:
    """Letters and digits alone, in lower case: the same whatever a program does with blanks and hyphens."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).lower() if char.isalnum())


def _is_prose(block: list[str]) -> bool:
    lower = sum(bool(re.fullmatch(r"[^\W\d_]{2,}[.,;:]?", word)) and word[0].islower() for word in block)
    return len(block) >= _PROSE_WORDS and lower >= _SHARE * len(block)


def _without_numbers(block: list[str]) -> str:
    return re.sub(r"\d+", "#", " ".join(block))


_TAG = re.compile(
    r'<(?P<tag>page|block) |<word xMin="(?P<x0>[-\d.]+)" yMin="(?P<y0>[-\d.]+)" xMax="(?P<x1>[-\d.]+)"'
    r' yMax="(?P<y1>[-\d.]+)">(?P<text>.*?)</word>'
)


def poppler(path: Path) -> Extract:
    """pdftotext's words with boxes, in points from the top left of the crop box."""
    command = ["pdftotext", "-q", "-bbox-layout", "-cropbox", str(path), "-"]
    output = subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8", "replace")
    words: dict[int, list[Word]] = {}
    blocks: list[list[str]] = []
    page = 0
    for match in _TAG.finditer(output):
        if match["tag"] == "page":
            page += 1
            words[page] = []
        elif match["tag"] == "block":
            blocks.append([])
        else:
            box = (float(match["x0"]), float(match["y0"]), float(match["x1"]), float(match["y1"]))
            text = html.unescape(match["text"])
            words[page].append(Word(text, page, box))
            blocks[-1].append(text)
    return Extract(words, blocks)


def miner(path: Path) -> Extract:
    """pdfminer's text boxes."""
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    blocks = [
        re.sub(r"\(cid:\d+\)", " ", item.get_text()).split()
        for page in extract_pages(path)
        for item in page
        if isinstance(item, LTTextContainer)
    ]
    return Extract({}, blocks)


_MUPDF = """
import json, sys, pymupdf
with pymupdf.open(sys.argv[1]) as pages:
    print(json.dumps([page.get_text("words") for page in pages]))
"""


def mupdf(path: Path, python: str) -> Extract:
    """MuPDF's words with boxes, without those that a clip hides, read by a Python that has PyMuPDF."""
    output = subprocess.run([python, "-c", _MUPDF, str(path)], check=True, capture_output=True).stdout
    words: dict[int, list[Word]] = {}
    blocks: dict[tuple[int, int], list[str]] = {}
    for page, found in enumerate(json.loads(output), start=1):
        words[page] = [Word(text, page, (x0, y0, x1, y1)) for x0, y0, x1, y1, text, *_ in found]
        for *_, text, block, _line, _word in found:
            blocks.setdefault((page, block), []).append(text)
    return Extract(words, list(blocks.values()))
