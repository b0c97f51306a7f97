"""A rebuild that has nothing to do, and memory over the number of papers.

    python benchmarks/rebuild.py [PAPERS ...]        default 100 1000, 30 chunks each

Makes papers whose conversions and answers lie in the workspace already (no PDF is read, no model asked), builds them once with
the ledger filled, and once more with nothing to do, each in a process of its own. Shown are CPU seconds, wall seconds and peak
memory of both, and the second's CPU time as a share of the first's. Aims: below 3 %, below 60 s, peaks within 15 %.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qagen.records import Document

CHUNKS = 30
PAIRS = 3
SUBJECTS = [
    "strain",
    "pressure",
    "heat",
    "moisture",
    "light",
    "acidity",
    "salt",
    "current",
    "voltage",
    "density",
    "porosity",
    "wear",
    "noise",
    "drift",
]
VERBS = [
    "raises",
    "lowers",
    "delays",
    "broadens",
    "sharpens",
    "splits",
    "blocks",
    "feeds",
    "masks",
    "reverses",
]
THINGS = [
    "diffusion",
    "growth",
    "decay",
    "emission",
    "uptake",
    "transport",
    "nucleation",
    "fracture",
    "adhesion",
    "contrast",
    "yield",
    "recovery",
]
PLACES = [
    "grain",
    "layer",
    "cell",
    "bed",
    "shelf",
    "membrane",
    "crystal",
    "canopy",
    "sediment",
    "electrode",
    "lattice",
    "vessel",
]


def sentence(source: random.Random, sample: int) -> str:
    return (
        f"The {source.choice(SUBJECTS)} of the {source.choice(PLACES)} {source.choice(VERBS)} the {source.choice(THINGS)} by "
        f"{source.randint(2, 97)} percent in sample {sample} because the {source.choice(SUBJECTS)} of the "
        f"{source.choice(PLACES)} changes first."
    )


def document(paper: str, source: random.Random) -> "tuple[Document, list[list[str]]]":
    from qagen.records import Block, Document, Line, Metadata, Region

    text, blocks, told = "", [], []

    def add(kind: str, content: str, level: int | None = None) -> None:
        nonlocal text
        start, end = len(text), len(text) + len(content) + 2
        line = Line(start, start + len(content), (72.0, 72.0, 520.0, 90.0))
        region = Region(start, start + len(content), 1, (72.0, 72.0, 520.0, 90.0), (line,))
        blocks.append(Block(start, end, kind, level, (region,)))
        text += f"{content}\n\n"

    add("SectionHeader", f"# Paper {paper[:8]}", 1)
    for number in range(CHUNKS):
        add("SectionHeader", f"## {number + 1}. Results of part {number + 1}", 2)
        told.append([sentence(source, 6 * number + place) for place in range(6)])
        add("Text", " ".join(told[-1]))
    return Document(paper, text, tuple(blocks), Metadata(title=f"Paper {paper}", pages=1), "made"), told


def answer(sentences: list[str]) -> str:
    pairs = [
        f"------\n###QUESTION: Why does the {one.split(' because ')[0].split('The ', 1)[1]}?\n###ANSWER: {one}\n------\n"
        for one in sentences[:PAIRS]
    ]
    return "I have read it.\n</think>\n\n" + "\n".join(pairs)


def fill(root: Path, papers: int) -> None:
    """Papers that are no PDFs, since nobody opens them, with conversions and answers."""
    from qagen import convert
    from qagen.asking.dialogues import body_chunks, chunk_dialogue, whole_paper
    from qagen.asking.main_body import Body
    from qagen.asking.recipe import Recipe
    from qagen.convert.store import Conversion, save
    from qagen.ledger.ledger import _encode
    from qagen.prompts import load_prompt
    from qagen.records import Completion, Paper
    from qagen.records import sha256 as digest
    from qagen.settings import Settings
    from qagen.workspace import Workspace

    settings, workspace = Settings(), Workspace(root / "w")
    recipe = Recipe(settings, "server", "r1", load_prompt(settings.ask.prompt))
    fingerprint = convert.fingerprint(settings.convert)
    (root / "papers").mkdir()
    real_fsync, os.fsync = os.fsync, lambda _: None
    for number in range(papers):
        content = f"%PDF-1.4 paper {number}\n"
        (root / f"papers/{number:05d}.pdf").write_text(content)
        paper = Paper(digest(content), root / f"papers/{number:05d}.pdf", f"{number:05d}.pdf")
        made, told = document(paper.sha256, random.Random(number))
        save(workspace.conversion(paper.sha256, fingerprint), Conversion(made))
        lines, whole = [], whole_paper(made)
        for chunk, sentences in zip(body_chunks(made, Body(), recipe), told, strict=True):
            request = next(chunk_dialogue(paper, whole, chunk, recipe)).request
            completion = Completion(
                answer(sentences), finish_reason="stop", prompt_tokens=900, completion_tokens=300
            )
            lines.append(_encode(request, completion, recipe.prompt.label if recipe.prompt else None))
        workspace.calls(paper.sha256).write_bytes(b"".join(lines))
    os.fsync = real_fsync


def build(root: Path) -> dict[str, float]:
    """CPU seconds, wall seconds and peak MiB of a build in a process of its own."""
    arguments = [
        "build",
        "papers",
        "--out",
        "d",
        "--work",
        "w",
        "--model",
        "r1",
        "--offline",
        "--sections",
        "rules",
        "--json",
    ]
    script = "import sys; from builder.cli import main; sys.argv[0] = 'qagen'; main()"
    start = time.monotonic()
    running = subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert running.stdout is not None
    report = json.loads(running.stdout.read())
    _, status, usage = os.wait4(running.pid, 0)
    assert status == 0, (status, report)
    return {
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": time.monotonic() - start,
        "peak": usage.ru_maxrss / 1024,
        "records": report["records"],
    }


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or [100, 1000]
    peaks = {}
    for papers in sizes:
        root = Path(tempfile.mkdtemp())
        try:
            fill(root, papers)
            first, again = build(root), build(root)
        finally:
            shutil.rmtree(root)
        assert first["records"] == again["records"] > 0
        peaks[papers] = first["peak"]
        for name, one in (("first", first), ("again", again)):
            print(
                f"{papers:6d} papers  {name}  {one['records']:8.0f} records  {one['cpu']:8.1f} s CPU  {one['wall']:8.1f} s  "
                f"peak {one['peak']:6.0f} MiB"
            )
        print(
            f"{papers:6d} papers  the second takes {again['cpu'] / first['cpu']:.1%} of the first's CPU time"
        )
    least, most = min(peaks.values()), max(peaks.values())
    print(f"peak memory of the first build: the largest is {most / least - 1:.0%} above the smallest")


if __name__ == "__main__":
    main()
