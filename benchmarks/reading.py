"""Pages a CPU second of the rules, start-up counted, beside an older checkout of them and beside other readers.

python -m benchmarks.reading PDFS [--before CHECKOUT] [--others PYTHON]

--before: a checkout of this project, with a virtual environment in `.venv`, whose rules are measured too.
--others: a Python that has pdf_oxide and liteparse, which are measured with words and their boxes, and as markdown.

Each is a process of its own that reads all PDFs, one after another; the rules do it as `qagen convert` does, through one worker.
Printed are pages, user and system seconds of the process and all its children, pages a second of them, and the largest
process's memory, which for the rules is measured for the worker alone.
"""

import argparse
import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_RULES = """
import json, resource, sys, tempfile
from pathlib import Path
from qagen.convert import Converter
from qagen.papers.papers import find_papers
from qagen.settings import ConvertSettings

pages = 0
with tempfile.TemporaryDirectory() as folder, Converter(ConvertSettings(converter="rules", workers=1)) as converter:
    for paper in find_papers([Path(sys.argv[1])]):
        pages += converter.convert(paper, Path(folder) / paper.sha256).metadata.pages
print(json.dumps([pages, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""
_OTHER = """
import json, resource, sys
from pathlib import Path

pages = 0
for path in sorted(Path(sys.argv[1]).glob("*.pdf")):
    {read}
print(json.dumps([pages, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""
_OTHERS = {
    "pdf_oxide, words with boxes": (
        "from pdf_oxide import PdfDocument; d = PdfDocument(str(path)); n = d.page_count(); pages += n;"
        " [d.extract_words(i) for i in range(n)]"
    ),
    "pdf_oxide, markdown": (
        "from pdf_oxide import PdfDocument; d = PdfDocument(str(path)); pages += d.page_count(); d.to_markdown_all()"
    ),
    "liteparse": (
        "from liteparse import LiteParse;"
        " pages += len(LiteParse(ocr_enabled=False, quiet=True).parse(str(path)).pages)"
    ),
}


@dataclass(frozen=True)
class Measured:
    """Pages read, CPU seconds of a process and its children, KiB of memory."""

    pages: int
    seconds: float
    memory: int


def measured(command: list[str], folder: Path) -> Measured:
    """Run a command that prints `[pages, KiB]` as its last line."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    pages, memory = json.loads(done.stdout.strip().split("\n")[-1])
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(pages, seconds, memory)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pdfs", type=Path)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--others", type=Path)
    asked = parser.parse_args()
    pdfs = str(asked.pdfs.resolve())
    here = Path.cwd()
    runs = {"rules": ([sys.executable, "-c", _RULES, pdfs], here)}
    if asked.before:
        python = str(asked.before.resolve() / ".venv" / "bin" / "python")
        runs["rules before"] = ([python, "-c", _RULES, pdfs], asked.before.resolve())
    for name, read in (_OTHERS if asked.others else {}).items():
        runs[name] = ([str(asked.others.absolute()), "-c", _OTHER.format(read=read), pdfs], here)
    found = {name: measured(*run) for name, run in runs.items()}
    ours = found["rules"]
    for name, one in found.items():
        rate = one.pages / one.seconds
        ratio = (ours.pages / ours.seconds) / rate
        print(
            f"{name:30} {one.pages:5} pages {one.seconds:7.2f} CPU s {rate:7.1f} pages/s"
            f" {one.memory / 1024:6.0f} MiB   rules are {ratio:.2f} times as fast"
        )


if __name__ == "__main__":
    main()
