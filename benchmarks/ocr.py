"""How well pictures of pages are read: papers with a text layer, printed to pictures, and read back.

    python -m benchmarks.ocr PAPERS [--papers 5] [--pages 3] [--dpi 200] [--skew 0] [--turn 0] [--verify]

Of each paper the first pages are rendered, saved as JPEG pictures in a PDF without text, and converted with `--ocr auto`. Compared are

words       every line of the text layer with the words that were read in its place: word error rate, that is the edit distance in
            words to the words of the text layer, as printed, case and signs counted. Lines that are set level only. Apart: the
            lines of running text (of the most frequent font size, at least 30 letters), a "clean" line without formulas.
order       the longest common subsequence of the words of both documents, as a share of the words that they have in common
headings    those of the text's conversion that the picture's has too, and the other way round
verify      with --verify: records of the extractive engine, walked back with the workspace and without it
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import pypdfium2
from PIL import Image
from rapidfuzz.distance import Levenshtein

from qagen.convert.ocr.reading import read_page
from qagen.convert.ocr.values import OcrPage
from qagen.convert.rules.conversion import read
from qagen.convert.rules.model import TextLine
from qagen.convert.rules.textlayer import open_source
from qagen.convert.store import Conversion

_ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "′": "'", "‐": "-", "…": "..."}
)
"""Signs that differ by nothing that a reader would miss."""
_LONG = 30


@dataclass
class Errors:
    """Edits and words of some lines."""

    edits: int = 0
    words: int = 0

    def add(self, wanted: Sequence[str], found: Sequence[str]) -> None:
        self.edits += Levenshtein.distance(wanted, found)
        self.words += len(wanted)

    def __str__(self) -> str:
        return f"{self.edits / max(1, self.words):.2%} of {self.words}"


def main() -> None:
    options = _options()
    clean, every = Errors(), Errors()
    seconds, count = 0.0, 0
    orders: list[tuple[int, int]] = []
    heads: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        for path in sorted(options.folder.glob("*.pdf"))[: options.papers]:
            text, picture = Path(place) / f"text-{path.name}", Path(place) / path.name
            pages = _print(path, text, picture, options)
            own_clean, own_every = Errors(), Errors()
            begun = time.process_time()
            seen = _pages_of(picture)
            seconds, count = seconds + time.process_time() - begun, count + pages
            _count_errors(text, seen, own_clean, own_every)
            for total, own in ((clean, own_clean), (every, own_every)):
                total.edits, total.words = total.edits + own.edits, total.words + own.words
            before, after = read(text, "0" * 64), read(picture, "0" * 64, ocr="needed")
            orders.append(_order(before, after))
            found = _headings(before, after)
            heads += found
            print(
                f"{path.name}: running text {own_clean}, all {own_every}, order {_share(orders[-1])}, "
                f"headings {dict(found)}, confidence {[page.confidence for page in after.ocr]}",
                flush=True,
            )
            if options.verbose:
                print(
                    "   missing",
                    _titles(before) - _titles(after),
                    "\n   new",
                    _titles(after) - _titles(before),
                )
        print(f"word error rate: running text {clean}, all {every}")
        print(
            f"order {_share((sum(a for a, _ in orders), sum(b for _, b in orders)))}, headings {dict(heads)}"
        )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{seconds / max(1, count):.1f} CPU seconds a page, {peak:.0f} MB at most")
        if options.verify:
            _verify(Path(place))


def _options() -> argparse.Namespace:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("folder", type=Path)
    given.add_argument("--papers", type=int, default=5)
    given.add_argument("--pages", type=int, default=3)
    given.add_argument("--dpi", type=int, default=200)
    given.add_argument("--skew", type=float, default=0.0, help="degrees, clockwise")
    given.add_argument("--turn", type=int, default=0, help="quarters, clockwise")
    given.add_argument("--verify", action="store_true")
    given.add_argument("--verbose", action="store_true")
    return given.parse_args()


def _print(path: Path, text: Path, picture: Path, options: argparse.Namespace) -> int:
    """The first pages as a PDF with their text, and as one of pictures; how many there are."""
    with pypdfium2.PdfDocument(path) as document, pypdfium2.PdfDocument.new() as some:
        count = min(options.pages, len(document))
        some.import_pages(document, list(range(count)))
        some.save(text)
        drawn = [_scan(document[index], options) for index in range(count)]
    drawn[0].save(picture, "PDF", save_all=True, append_images=drawn[1:], resolution=options.dpi, quality=85)
    return count


def _scan(page: pypdfium2.PdfPage, options: argparse.Namespace) -> Image.Image:
    drawn: Image.Image = page.render(scale=options.dpi / 72, draw_annots=False).to_pil().convert("L")
    drawn = drawn.rotate(-options.skew, Image.Resampling.BICUBIC, fillcolor=255)
    return drawn.rotate(-90 * options.turn, expand=True)


def _pages_of(picture: Path) -> list[OcrPage]:
    with pypdfium2.PdfDocument(picture) as document:
        return [read_page(page) for page in document]


def _count_errors(text: Path, seen: Sequence[OcrPage], clean: Errors, every: Errors) -> None:
    with pypdfium2.PdfDocument(text) as document:
        source = open_source(document, None, lambda _: None)
    sizes: Counter[float] = Counter()
    for page in source.pages:
        for line in page.lines:
            sizes[line.style.size] += len(line.text)
    usual = sizes.most_common(1)[0][0]
    for page, read_so in zip(source.pages, seen, strict=True):
        for line, found in _side_by_side(page.lines, read_so):
            wanted = _words(line.text)
            every.add(wanted, found)
            letters = sum(char.isalpha() for char in line.text)
            if line.style.size == usual and letters >= _LONG and line.style.math < 0.1:
                clean.add(wanted, found)


def _side_by_side(lines: Sequence[TextLine], page: OcrPage) -> Iterator[tuple[TextLine, list[str]]]:
    """Each level line with the words that were read in its place; each word goes to the line that it is nearest to."""
    level = [line for line in lines if line.upright and line.text.strip()]
    own: dict[int, list[tuple[float, str]]] = {number: [] for number in range(len(level))}
    wide, high = page.angle.read_size
    width, height = page.angle.width, page.angle.height
    width, height = (height, width) if page.angle.turn % 2 else (width, height)
    for word in (word for line in page.lines for word in line.words):
        x = (word.box[0] + word.box[2] - wide + width) / 2  # a skewed page lies on a larger sheet
        y = (word.box[1] + word.box[3] - high + height) / 2
        near = [
            (abs(y - (line.box[1] + line.box[3]) / 2), number)
            for number, line in enumerate(level)
            if line.box[0] - 3 <= x <= line.box[2] + 3 and line.box[1] - 2 <= y <= line.box[3] + 2
        ]
        if near:
            own[min(near)[1]].append((x, word.text))
    for number, line in enumerate(level):
        yield line, _words(" ".join(word for _, word in sorted(own[number])))


def _words(text: str) -> list[str]:
    return unicodedata.normalize("NFKC", text).translate(_ALIKE).split()


def _order(before: Conversion, after: Conversion) -> tuple[int, int]:
    """Words that both documents have in the same order, and words that both have."""
    one, other = (_words(found.document.text) for found in (before, after))
    same = SequenceMatcher(None, one, other, autojunk=False)
    common = sum((Counter(one) & Counter(other)).values())
    return sum(block.size for block in same.get_matching_blocks()), common


def _share(counts: tuple[int, int]) -> str:
    return f"{counts[0] / max(1, counts[1]):.2%}"


def _titles(found: Conversion) -> set[str]:
    document = found.document
    return {
        "".join(char for char in document.text[block.start : block.end].casefold() if char.isalnum())
        for block in document.blocks
        if block.type == "SectionHeader"
    }


def _headings(before: Conversion, after: Conversion) -> Counter[str]:
    one, other = _titles(before), _titles(after)
    return Counter(both=len(one & other), lost=len(one - other), new=len(other - one))


def _verify(place: Path) -> None:
    """Build a dataset of the pictures, with the evidence's texts, and walk its records back."""
    papers = place / "pictures"
    papers.mkdir()
    for path in place.glob("*.pdf"):
        if not path.name.startswith("text-"):
            path.rename(papers / path.name)
    qagen = [sys.executable, "-c", "from builder.cli import main; main()"]
    build = [
        *qagen,
        "build",
        papers,
        "--out",
        place / "set",
        "--work",
        place / "work",
        "--converter",
        "rules",
    ]
    subprocess.run([*build, "--engine", "extractive", "--with-context"], check=False, capture_output=True)
    for work in ("work", "none"):
        walk = [*qagen, "verify", place / "set", "--papers", papers, "--work", place / work, "--json"]
        done = subprocess.run(walk, check=False, capture_output=True, text=True)
        told = json.loads(done.stdout)
        print(
            f"verify with {work}:",
            {name: told[name] for name in ("records", "verified", "unverifiable", "failed")},
        )
        for verdict in told["not_verified"][:10]:
            print("  ", verdict)


if __name__ == "__main__":
    main()
