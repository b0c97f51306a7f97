"""How good and how fast the weight-free layout is, on a folder of PDFs.

python -m benchmarks.layout PDFS [--reference DIR] [--headings FILE] [--mupdf PYTHON] [--list]
python -m benchmarks.layout PDFS --against FILE.py

--reference: markdown of the same papers by another converter, `<stem>.md`, for the reading order.
--headings: JSON of what the headings are, file name -> [[level, text], ...].
--list: also what was missed.
--mupdf: a Python that has PyMuPDF, the one program that leaves out text which a clip hides, as a reader does not see it.
--against: speed alone, beside another converter: a Python file with `RuleConverter()(path)`.

Printed for each paper, and for all together:

regions    share of regions whose slice is, with similarity >= 0.9, what pdftotext finds under their box (of the words
           whose middle is in it, in its order or line by line); in brackets the same with pdfium. At the end also how many
           match where formulas, which have no one order, are compared by their sorted letters, and without the paper that
           matches least; and, with --mupdf, how many match what MuPDF finds, the same with formulas by their letters, and what
           MuPDF or pdftotext finds, and the share of MuPDF's words as below: each program has an order of its own for formulas
pdftotext, pdfminer
           share of the words of the body, as that program reads it, that are in the document: one of three runs of
           letters, before, around or behind the word, stands in it. Body is every block of at least 15 words of which half
           are in lower case, but for blocks that stand on three pages
twice      words of the document's text that stand in it more often than in the text layer as both programs read it
tiled      whether the blocks tile the document
headings   whether they are as expected
order      longest common subsequence of words with the reference: its share of the reference's words and of the document's;
           then the same page by page, where a paragraph that goes on behind a figure is not put together; then that with
           the reference's TeX written as characters
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pypdfium2
from rapidfuzz.distance import LCSseq

from benchmarks.layout_extractors import Extract, letters, miner, mupdf, poppler
from benchmarks.layout_regions import Miss, missed_by_both, missed_by_pdfium, plain, region_matches
from qagen.records import Document, Region, sha256

_RUN = 16
"""Letters of a run that is looked for in the document."""
_TWICE = 60
"""Letters of a run that is counted."""


@dataclass
class Share:
    good: int = 0
    all: int = 0

    def add(self, good: int, all_: int) -> "Share":
        self.good += good
        self.all += all_
        return self

    def __str__(self) -> str:
        return f"{100 * self.good / self.all:6.2f} %" if self.all else "  none  "


def missing_words(stream: str, extract: Extract) -> tuple[list[str], int]:
    """Words of an extractor's body that the document's letters do not have, in [brackets] after the one before; and how many there are."""
    missing = []
    total = 0
    for block in extract.body():
        own = [letters(word) for word in block]
        run = "".join(own)
        at = 0
        for number, word in enumerate(own):
            if word:
                total += 1
                end = at + len(word)
                starts = (end - _RUN, (at + end - _RUN) // 2, at)
                runs = {run[max(0, start) : max(0, start) + max(_RUN, len(word))] for start in starts}
                if not any(part in stream for part in runs if part):
                    missing.append(" ".join([*block[max(0, number - 2) : number], f"[{block[number]}]"]))
                at = end
    return missing, total


def doubled_words(document: Document, extracts: list[Extract]) -> list[str]:
    """Words at which a run of letters begins that the document has more often than any extractor."""
    stream = letters(plain(document.text))
    others = [extract.stream() for extract in extracts]
    doubled = []
    for block in document.blocks:
        own = [letters(word) for word in plain(document.text[block.start : block.end]).split()]
        run = "".join(own)
        at = 0
        for word in own:
            part = run[at : at + _TWICE]
            at += len(word)
            times = stream.count(part) if word and len(part) == _TWICE else 0
            if times > 1 and all(other.count(part) < times for other in others):
                doubled.append(part)
    return doubled


# ---- reading order

_TEX_LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "theta": "θ", "lambda": "λ", "mu": "μ",
    "nu": "ν", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)


def words_of(markdown: str) -> list[str]:
    return re.findall(r"[^\W_]+", plain(markdown).lower())


def without_tex(markdown: str) -> str:
    """Formulas as characters: Greek letters, no commands, indices next to what they belong to."""

    def as_characters(match: re.Match[str]) -> str:
        text = re.sub(r"\\([A-Za-z]+) ?", lambda name: _TEX_LETTERS.get(name[1], " "), match[1] or match[2])
        return re.sub(r"[{}_^]", "", text)

    return _FORMULA.sub(as_characters, markdown)


def page_by_page(document: Document) -> str:
    """The document's regions in the order of pages; what goes on from the page or column before stands behind the captions above it."""
    pages: dict[int, list[Region]] = {}
    for block in document.blocks:
        for number, region in enumerate(block.regions):
            on_page = pages.setdefault(region.page, [])
            place = len(on_page)
            if number:
                later = [
                    other for other in document.blocks if other.start >= block.end and other.type == "Caption"
                ]
                on_page.extend(
                    first
                    for other in later
                    for first in other.regions[:1]
                    if first.page == region.page
                    and first.bbox[3] <= region.bbox[1] + 1
                    and first not in on_page
                )
                place = len(on_page)
            if region not in on_page:
                on_page.insert(place, region)
    return "\n\n".join(document.text[r.start : r.end] for page in sorted(pages) for r in pages[page])


def common(reference: list[str], own: list[str]) -> str:
    same = LCSseq.similarity(reference, own)
    return f"recall {same / len(reference):.4f} precision {same / len(own):.4f}"


def print_order(document: Document, reference: str) -> None:
    paged = page_by_page(document)
    print("  order", common(words_of(reference), words_of(document.text)))
    print("  order page by page", common(words_of(reference), words_of(paged)))
    print("  order without TeX", common(words_of(without_tex(reference)), words_of(document.text)))
    print("  order page by page, without TeX", common(words_of(without_tex(reference)), words_of(paged)))


# ---- all of it


def converter() -> ModuleType:
    os.environ.setdefault("FONT_PATH", __file__)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from qagen.convert.rules import conversion
    return conversion


def headings_of(document: Document) -> list[list[object]]:
    return [
        [block.level, document.text[block.start : block.end].strip().lstrip("# ")]
        for block in document.blocks
        if block.type == "SectionHeader"
    ]


CLIPPED = (
    "regions as MuPDF finds them",
    "the same, formulas by their letters",
    "regions as MuPDF or pdftotext finds them",
    "words of the body as MuPDF reads it",
)


def measure(paths: list[Path], args: argparse.Namespace) -> None:
    read = converter().read
    totals = [Share() for _ in range(4)]
    twice = 0
    by_paper: list[tuple[int, int]] = []
    clipped = [Share(), Share(), Share(), Share()]
    expected = json.loads(args.headings.read_text("utf-8")) if args.headings else {}
    print(f"{'':36}  regions (pdfium)     pdftotext  pdfminer  twice  tiled  headings")
    for path in paths:
        conversion = read(path, sha256(path.read_bytes()))
        document = conversion.document
        extracts = [poppler(path), miner(path)]
        stream = letters(plain(document.text))
        misses = region_matches(document, extracts[0])
        regions = sum(len(block.regions) for block in document.blocks)
        by_paper.append((regions - sum(not miss.formula for miss in misses), regions))
        if args.mupdf:
            clip_aware = mupdf(path, args.mupdf)
            unclipped = region_matches(document, clip_aware)
            clipped[0].add(regions - len(unclipped), regions)
            clipped[1].add(regions - sum(not miss.formula for miss in unclipped), regions)
            unread, read_by_it = missing_words(stream, clip_aware)
            clipped[3].add(read_by_it - len(unread), read_by_it)
            clipped[2].add(regions - missed_by_both(misses, unclipped), regions)
        lost = [missing_words(stream, extract) for extract in extracts]
        doubled = doubled_words(document, extracts)
        shares = [
            (regions - len(misses), regions),
            (regions - missed_by_pdfium(document, path), regions),
            *((total - len(missing), total) for missing, total in lost),
        ]
        texts = [str(Share(*share)) for share in shares]
        for total, share in zip(totals, shares, strict=True):
            total.add(*share)
        twice += len(doubled)
        headings = headings_of(document)
        as_expected = "" if path.name not in expected else "yes" if headings == expected[path.name] else "NO"
        print(
            f"{path.name[:36]:36}  {texts[0]} ({texts[1]})  {texts[2]}  {texts[3]}  {len(doubled):5}"
            f"  {'yes' if _tiles(document) else 'NO':5}  {as_expected}"
        )
        reference = args.reference / f"{path.stem}.md" if args.reference else None
        if reference and reference.exists():
            print_order(document, reference.read_text("utf-8"))
        if args.list:
            print_misses(document, misses, lost, doubled)
    texts = [str(total) for total in totals]
    print(f"{'all':36}  {texts[0]} ({texts[1]})  {texts[2]}  {texts[3]}  {twice:5}")
    print(f"regions: {totals[0].good} of {totals[0].all}")
    if args.mupdf:
        for name, share in zip(CLIPPED, clipped, strict=True):
            print(f"{name}: {share.good} of {share.all} ({str(share).strip()})")
    worst = min(by_paper, key=lambda paper: paper[0] / max(1, paper[1]))
    for name, papers in (
        ("all papers", by_paper),
        ("but the worst paper", [p for p in by_paper if p is not worst]),
    ):
        good, all_ = (sum(column) for column in zip(*papers, strict=True)) if papers else (0, 0)
        print(f"formulas by their letters, {name}: {good} of {all_} ({str(Share(good, all_)).strip()})")


def _tiles(document: Document) -> bool:
    ends = [0, *(block.end for block in document.blocks)]
    return [block.start for block in document.blocks] == ends[:-1] and ends[-1] == len(document.text)


def print_misses(
    document: Document,
    misses: list[Miss],
    lost: list[tuple[list[str], int]],
    doubled: list[str],
) -> None:
    for region, shown in ((miss.region, miss.shown) for miss in misses):
        own = document.text[region.start : region.end].replace("\n", " ")
        print(f"    region on page {region.page} {region.bbox}: {own[:160]!r} but shown {shown[:160]!r}")
    for name, (missing, _) in zip(("pdftotext", "pdfminer"), lost, strict=True):
        print(f"    missing of {name}: {' | '.join(missing)}")
    print(f"    twice: {' | '.join(doubled[:20])}")


# ---- speed

_OURS = """
from benchmarks.layout import converter
from qagen.records import sha256
from pathlib import Path
read = converter().read
convert = lambda path: read(Path(path), sha256(Path(path).read_bytes()))
"""
_OTHER = """
import importlib.util, warnings
warnings.simplefilter("ignore")
spec = importlib.util.spec_from_file_location("other", {path!r})
other = importlib.util.module_from_spec(spec)
spec.loader.exec_module(other)
convert = lambda path: other.RuleConverter()(path)
"""
_TIMED = """
import sys, time
begun = time.process_time()
for path in sys.argv[1:]:
    convert(path)
print("seconds", time.process_time() - begun)
"""


def compare_speed(paths: list[Path], other: Path) -> None:
    """CPU seconds of both converters for the same files, each in a process of its own, alternating, three times; the best counts."""
    count = 0
    for path in paths:
        with pypdfium2.PdfDocument(path) as document:
            count += len(document)
    found: dict[str, list[tuple[float, float]]] = {"rules": [], other.name: []}
    for _ in range(3):
        found["rules"].append(_seconds(_OURS, paths))
        found[other.name].append(_seconds(_OTHER.format(path=str(other)), paths))
    best = {name: [min(column) for column in zip(*runs, strict=True)] for name, runs in found.items()}
    for name, (converting, all_) in best.items():
        print(
            f"{name}: {count / converting:.1f} pages per CPU second, {count / all_:.1f} with start and imports"
        )
    ours, theirs = best.values()
    print(f"ratio: {theirs[0] / ours[0]:.2f}, with start and imports {theirs[1] / ours[1]:.2f}")


def _seconds(code: str, paths: list[Path]) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", code + _TIMED, *map(str, paths)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    all_ = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return float(output.split()[-1]), all_


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pdfs", type=Path)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--headings", type=Path)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--mupdf", metavar="PYTHON")
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    paths = sorted(args.pdfs.glob("*.pdf")) if args.pdfs.is_dir() else [args.pdfs]
    if args.against:
        compare_speed(paths, args.against)
    else:
        measure(paths, args)


if __name__ == "__main__":
    main()
