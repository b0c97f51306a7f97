"""Time and memory of `qagen assemble` over the number of records, from 64 workspaces.

    python benchmarks/assemble_shards.py [PAPERS ...]        default 54 214 834 3334, 300 records each
    python benchmarks/assemble_shards.py --unchecked [PAPERS ...]   without the checks, whose time is most of it
    python benchmarks/assemble_shards.py --keep DIR PAPERS          leaves the workspaces there, for another look

Makes papers whose conversions, answers and receipts lie in the workspaces of their parts already (no PDF is read, no model asked), and
assembles them in a process of its own, near-duplicates, splits and the manifest included. Shown are CPU and wall seconds and the peak of
the resident memory, and what lies on the disk. Linear time shows as CPU seconds per 1,000 records that stay the same, bounded memory as
a peak that does. A check sees one pair and its paper, so that what it takes grows with the records alone.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qagen.asking.recipe import Recipe
    from qagen.records import Document, Paper
    from qagen.workspace import Workspace

SHARDS = 64
PAPERS = (54, 214, 834, 3334)
CHUNKS = 30
PAIRS = 10
WORDS = 30_000
VERBS = (
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
)


@cache
def words() -> "tuple[list[str], list[float]]":
    """Invented words and how often each comes, added up: as in a language, some often and most seldom."""
    source = random.Random(1)
    syllables = [one + other for one in "bcdfglmnprstv" for other in "aeiou"]
    made = ["".join(source.choices(syllables, k=source.randint(2, 4))) for _ in range(WORDS)]
    return made, list(accumulate(1 / (place + 10) for place in range(WORDS)))


def sentence(source: random.Random, sample: int) -> str:
    """A sentence that gives a number and a cause."""
    made, often = words()
    one, two, three, four, five = source.choices(made, cum_weights=often, k=5)
    return (
        f"The {one} of the {two} {source.choice(VERBS)} the {three} by {source.randint(2, 97)} percent in sample {sample} "
        f"because the {four} of the {five} changes first."
    )


def document(paper: str, source: random.Random) -> "tuple[Document, list[list[str]]]":
    """A paper of one chunk a section, and the sentences of each."""
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
        told.append([sentence(source, PAIRS * number + place) for place in range(PAIRS)])
        add("Text", " ".join(told[-1]))
    return Document(paper, text, tuple(blocks), Metadata(title=f"Paper {paper}", pages=1), "made"), told


def answer(sentences: list[str]) -> str:
    """A response with a pair about each sentence."""
    pairs = [
        f"------\n###QUESTION: Why does the {one.split(' because ')[0].split('The ', 1)[1]}?\n###ANSWER: {one}\n------\n"
        for one in sentences
    ]
    return "I have read it.\n</think>\n\n" + "\n".join(pairs)


def fill(root: Path, papers: int, *, unchecked: bool) -> None:
    """Files that are no PDFs, since nobody opens them, and workspaces with what parts of a dataset leave."""
    from builder.sharding import receipt
    from qagen.asking.recipe import Recipe
    from qagen.checks import CHECKS
    from qagen.papers.shard import Shard
    from qagen.pipeline.stats import RunStats
    from qagen.prompts import load_prompt
    from qagen.records import Paper
    from qagen.records import sha256 as digest
    from qagen.settings import load_settings
    from qagen.workspace import Workspace

    disabled = [name for name, _ in CHECKS] if unchecked else []
    tables = {"chunk": {"sections": "rules"}, "judge": {"mode": "off"}, "checks": {"disabled": disabled}}
    (root / "qagen.toml").write_text("".join(f"[{name}]\n{_toml(table)}" for name, table in tables.items()))
    settings = load_settings(root / "qagen.toml")
    recipe = Recipe(settings, "server", "r1", load_prompt("deep-qa"))
    (root / "papers").mkdir()
    real_fsync, os.fsync = os.fsync, lambda _: None
    of_shard: dict[int, list[str]] = defaultdict(list)
    for number in range(papers):
        content = f"%PDF-1.4 paper {number}\n"
        place = root / f"papers/{number:05d}.pdf"
        place.write_text(content)
        paper = Paper(digest(content), place, place.name)
        part = Shard.of(paper.sha256, SHARDS)
        of_shard[part.index].append(paper.sha256)
        fill_paper(Workspace(root / f"w/{part.index}"), paper, recipe, random.Random(number))
    for index in range(1, SHARDS + 1):
        made = receipt.receipt_of(Shard(index, SHARDS), of_shard[index], recipe, RunStats())
        receipt.write(Workspace(root / f"w/{index}"), made)
    os.fsync = real_fsync


def _toml(table: "Mapping[str, object]") -> str:
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())


def fill_paper(workspace: "Workspace", paper: "Paper", recipe: "Recipe", source: random.Random) -> None:
    """The conversion of a paper and the answers about its chunks."""
    from qagen import convert
    from qagen.asking.dialogues import body_chunks, chunk_dialogue, whole_paper
    from qagen.asking.main_body import Body
    from qagen.convert.store import Conversion, save
    from qagen.ledger.ledger import Entry, encode
    from qagen.records import Completion

    made, told = document(paper.sha256, source)
    fingerprint = convert.fingerprint(recipe.settings.convert)
    save(workspace.conversion(paper.sha256, fingerprint), Conversion(made))
    label = recipe.prompt.label if recipe.prompt else None
    whole, lines = whole_paper(made), []
    for chunk, sentences in zip(body_chunks(made, Body(), recipe), told, strict=True):
        request = next(chunk_dialogue(paper, whole, chunk, recipe)).request
        said = Completion(answer(sentences), finish_reason="stop", prompt_tokens=900, completion_tokens=800)
        lines.append(encode(Entry(request.key, request, said, label)))
    workspace.calls(paper.sha256).write_bytes(b"".join(lines))


def assemble(root: Path) -> dict[str, float]:
    """CPU seconds, wall seconds, peak MiB and records of an assembly in a process of its own."""
    works = [argument for index in range(1, SHARDS + 1) for argument in ("--work", f"w/{index}")]
    options = ["--config", "qagen.toml", "--model", "r1", "--prompt", "deep-qa", "--json"]
    script = "import sys; from builder.cli import main; sys.argv[0] = 'qagen'; main()"
    started = time.monotonic()
    running = subprocess.Popen(
        [sys.executable, "-c", script, "assemble", "papers", "--out", "d", *works, *options],
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
        "wall": time.monotonic() - started,
        "peak": usage.ru_maxrss / 1024,
        "records": report["records"],
    }


def size_mib(folder: Path) -> float:
    """MiB in the files below a folder."""
    return sum(place.stat().st_size for place in folder.rglob("*") if place.is_file()) / 2**20


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("papers", type=int, nargs="*", default=PAPERS)
    parser.add_argument("--unchecked", action="store_true")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    for papers in given.papers:
        root = given.keep or Path(tempfile.mkdtemp())
        root.mkdir(exist_ok=True)
        try:
            if not (root / "w").exists():
                fill(root, papers, unchecked=given.unchecked)
            told = assemble(root)
            print(
                f"{papers:6d} papers  {told['records']:9,.0f} records  {told['cpu']:8.1f} s CPU  "
                f"{1000 * told['cpu'] / told['records']:6.3f} s per 1,000  {told['wall']:8.1f} s  peak {told['peak']:6.0f} MiB  "
                f"workspaces {size_mib(root / 'w'):8.1f} MiB  dataset {size_mib(root / 'd'):7.1f} MiB",
                flush=True,
            )
        finally:
            if given.keep is None:
                shutil.rmtree(root)


if __name__ == "__main__":
    main()
