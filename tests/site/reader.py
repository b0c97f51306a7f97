"""Somebody who reads the documentation and types every command that it shows.

    python -m tests.site.reader PLACE SERVER     types all of them in the folder PLACE, and prints a line of JSON for each

Run in a process of its own, since huggingface_hub reads the address of the Hub when it is imported.
"""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from subprocess import CompletedProcess

import typst

from tests.command import complaints, qagen
from tests.documentation import PAGES, ROOT, Shown, shown

MODELS = ("deepseek-r1:14b", "deepseek-r1:32b", "qwen3:14b", "r1")
ASKING = ("build", "plan", "assemble", "doctor")
_PAPER = """#set page(width: 16cm, height: 12cm)
#align(center, text(size: 16pt, weight: "bold")[{title}])
Ada Author, 2024. DOI: {doi}. This article is licensed under CC BY 4.0.
= 1. Introduction
{introduction}
= 2. Results
{results}
"""
PAPERS = {
    "cells.pdf": _PAPER.format(
        title="Slow ageing of sodium cells", doi="10.1234/abc",
        introduction="Sodium cells lose capacity when their cathode takes up water. We stored coated and bare cathodes for ninety days in moist air. "
        "The coating of aluminium oxide keeps water away from the surface of the cathode. Bare cathodes had a layer of carbonate after ten days.",
        results="Coated cells kept 91 % of their capacity after 500 cycles at 25 °C. Bare cells kept 64 % of it under the same conditions. "
        "The resistance of bare cells doubled because carbonate blocks the transport of sodium ions. Impedance spectra of coated cells did not change.",
    ),
    "soils.pdf": _PAPER.format(
        title="Nitrogen in terraced soils", doi="10.1234/soils",
        introduction="Terraces hold back sediment that would otherwise leave a slope with heavy rain. Their soils were sampled at forty places in three valleys. "
        "Nitrogen leaches from slopes faster than from terraces since water runs off more quickly there. Older terraces have deeper soils.",
        results="Terraced soils had 2.4 g of nitrogen per kilogram, and slopes beside them 1.1 g. The difference grew with the age of the terraces. "
        "Roots of grasses bind sediment, which explains why abandoned terraces lost little nitrogen. Erosion pins showed a loss of 3 mm a year on slopes.",
    ),
    "stars.pdf": _PAPER.format(
        title="Rotation of 42 young dwarfs", doi="10.1234/stars",
        introduction="Young dwarfs spin quickly and slow down as their wind carries angular momentum away. Light curves of 42 members of one cluster were measured. "
        "Spots that cross the disc make a star fainter with the period of its rotation. Binaries were left out by their radial velocities.",
        results="The median period was 4.7 days for single dwarfs of half a solar mass. Heavier dwarfs rotated more slowly, with a median of 8.2 days. "
        "Magnetic braking sets in earlier in heavier dwarfs because their convective envelopes are thinner. Flares were seen on 38 of them.",
    ),
}  # fmt: skip
"""Short ones, so that a build takes a moment."""
GIVEN = {
    "qagen.toml": "[checks]\nmin_support = 0.3\n",
    "response.txt": "###QUESTION: Why is it so?\n###ANSWER: Because it is.\n",
    "pairs.jsonl": json.dumps({"id": "1", "source": "The cells kept 91 % of their capacity.", "answer": "They kept 91 %.", "question": "How much capacity did the cells keep?"}) + "\n",
    "judged.json": "[]",
    "corpus.jsonl": json.dumps({"text": "Nothing that a paper says."}) + "\n",
}  # fmt: skip
"""What a reader has of their own."""


@dataclass(frozen=True)
class Ran:
    """A command that was run, with its exit code and what it complained of."""

    page: str
    text: str
    code: int
    said: str


class Reader:
    """Somebody who types what a page shows, in a folder with what the page takes for granted.

    Args:
        place: an empty folder.
        server: the address of a model server that knows `MODELS`.
    """

    def __init__(self, place: Path, server: str) -> None:
        self.server = server
        self.typed: set[tuple[str, ...]] = set()
        (place / "papers").mkdir(parents=True)
        for name, source in PAPERS.items():
            (place / "papers" / name).write_bytes(typst.compile(source.encode(), timestamp=0))
        for name, text in GIVEN.items():
            (place / name).write_text(text, encoding="utf-8")
        shutil.copytree(ROOT / "examples" / "papers" / "pdf", place / "examples" / "papers" / "pdf")
        os.chdir(place)

    def read(self, page: Path) -> Iterator[Ran]:
        """Each command of a page that no earlier page showed."""
        for one in shown(page):
            if one.why_not is None and tuple(one.words) not in self.typed:
                self.typed.add(tuple(one.words))
                done = self.type(one.text.partition("qagen ")[2])
                yield Ran(one.page, one.text, done.returncode, "\n".join(complaints(done)))

    def type(self, line: str) -> CompletedProcess[str]:
        """Run a command; names of the reader's own are those of here: owner, version, server, model."""
        words = [re.sub(r"^(me|YOU)/", "org/", word) for word in Shown("", f"qagen {line}").words]
        words = [word.replace("@v1.2.0", "@v1.0.0") for word in words]
        asks = words[0] in ASKING and "--engine" not in words
        if "--base-url" in words:
            words[words.index("--base-url") + 1] = self.server
        elif asks or "--judge" in words:
            words += ["--base-url", self.server]
        if asks and "--model" not in words:
            words += ["--model", MODELS[0]]
        done = qagen(*words, env={**os.environ})
        if into := re.search(r" > (\S+)", line):
            Path(into[1]).write_text(done.stdout, encoding="utf-8")
        return done


def main(place: str, server: str) -> None:
    reader = Reader(Path(place), server)
    for page in PAGES:
        for ran in reader.read(page):
            print(json.dumps(asdict(ran)), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
