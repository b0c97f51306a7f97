"""How many bytes of a new version's Parquet files are in chunks that the version before had too.

    python benchmarks/bytes_shared.py [RECORDS]        default 60000, 60 of each paper

The Hub's storage cuts files by content (Xet: 8 to 128 KiB, 64 KiB on average, by a gear hash over the last 64 bytes) and takes only
chunks that it does not have. The same is done here to the files of two versions, for four kinds of change. The texts are
random words, so that they shrink about as prose does. No network.
"""

import hashlib
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from qagen.records import Record

PER_PAPER = 60
LEAST, AVERAGE, MOST = 8 * 1024, 64 * 1024, 128 * 1024
GEAR = np.random.default_rng(7).integers(0, 2**64, 256, dtype=np.uint64)
MASK = np.uint64((AVERAGE - 1) << 48)


def chunks(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Content-defined chunks: their hash and length in bytes."""
    gear = GEAR[np.frombuffer(data, dtype=np.uint8)]
    for step in (1, 2, 4, 8, 16, 32):  # doubles the window: the last 64 bytes decide in the end
        shifted = np.zeros_like(gear)
        shifted[step:] = gear[:-step] << np.uint64(step)
        gear = gear + shifted
    ends = np.flatnonzero((gear & MASK) == 0) + 1
    start = 0
    while start < len(data):
        found = ends[np.searchsorted(ends, start + LEAST) :]
        end = min(int(found[0]) if len(found) else len(data), start + MOST, len(data))
        yield hashlib.sha256(data[start:end]).digest(), end - start
        start = end


def records(count: int) -> "list[Record]":
    from qagen.records import (
        ChunkInfo,
        Evidence,
        Generation,
        PaperInfo,
        Record,
        Scores,
        SectionInfo,
        record_id,
        sha256,
    )

    source = random.Random(1)
    words = ["".join(source.choices("etaoinshrdlu", k=source.randint(2, 10))) for _ in range(5000)]

    def text(length: int) -> str:
        return " ".join(source.choices(words, k=length))

    made = []
    generation = Generation("server", "m", "deep-qa", sha256("p"), 0.6, 0.95, 8192, 7, 1)
    for sha in sorted(sha256(f"paper {number}") for number in range(count // PER_PAPER)):
        info = PaperInfo(
            sha,
            f"paper:{sha}",
            f"{sha[:8]}.pdf",
            text(10),
            ("A. One",),
            2024,
            None,
            "CC BY 4.0",
            sha,
            "rules",
        )
        for place in range(PER_PAPER):
            question, answer, start = f"Why {text(12)}?", f"{text(45)}.", 2000 * (place // 10)
            made.append(
                Record(
                    id=record_id(sha, question, answer),
                    question=question,
                    answer=answer,
                    evidence=(Evidence(start, start + 90, 1, (1.0, 2.0, 3.0, 4.0), sha256(answer)),),
                    paper=info,
                    section=SectionInfo((text(3),), start, start + 2000),
                    chunk=ChunkInfo(place // 10, start, start + 2000, sha256(f"{sha}{start}"), (1,)),
                    generation=generation,
                    checks=Scores(round(source.random(), 4)),
                )
            )
    return made


def written(made: "list[Record]", place: Path) -> list[bytes]:
    from builder.building.assemble import assemble
    from builder.folder.provenance import BuildProvenance
    from qagen.settings import Settings

    settings = Settings.model_validate({"dataset": {"plots": False, "splits": {"validation": 0, "test": 0}}})
    papers = tuple(dict.fromkeys(one.paper for one in made))
    about = BuildProvenance(papers, "server", "m", "deep-qa", "0" * 64, None, "rules")
    assemble(made, place, about=about, settings=settings, shard_bytes=20_000_000)
    return [path.read_bytes() for path in sorted((place / "data").rglob("*.parquet"))]


def changed(one: "Record", number: int) -> "Record":
    from qagen.records import record_id

    answer = f"{one.answer} Changed {number}."
    return replace(one, answer=answer, id=record_id(one.paper.sha256, one.question, answer))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    made = records(count)
    papers = list(dict.fromkeys(one.paper.sha256 for one in made))
    source = random.Random(2)
    some = set(source.sample(papers, max(1, len(papers) // 100)))
    scattered = set(source.sample(range(len(made)), len(made) // 100))
    versions = {
        "one paper taken out": [one for one in made if one.paper.sha256 != papers[len(papers) // 3]],
        "1 % of the records changed, whole papers": [
            changed(one, number) if one.paper.sha256 in some else one for number, one in enumerate(made)
        ],
        "1 % of the records changed, anywhere": [
            changed(one, number) if number in scattered else one for number, one in enumerate(made)
        ],
        "every support score changed": [
            replace(one, checks=replace(one.checks, support=0.5)) for one in made
        ],
    }
    with tempfile.TemporaryDirectory() as folder:
        before = written(made, Path(folder) / "before")
        known = {digest for data in before for digest, _ in chunks(data)}
        total = sum(map(len, before))
        print(f"{count} records, {total / 1e6:.1f} MB of Parquet in {len(before)} files")
        for name, rows in versions.items():
            after = written(rows, Path(folder) / "after")
            pieces = [piece for data in after for piece in chunks(data)]
            shared = sum(size for digest, size in pieces if digest in known)
            same = len(set(after) & set(before))
            print(
                f"{name:<42}{shared / sum(map(len, after)):7.1%} of the bytes shared, {same} of {len(after)} files the same"
            )


if __name__ == "__main__":
    main()
