"""Time and memory of writing a dataset folder, over the number of records.

    python benchmarks/assemble.py [RECORDS ...]        default 25000 50000 100000 200000

Each size runs in a process of its own, so that its peak memory is its own. Linear time shows as seconds per 100,000 records
that stay the same; bounded memory as a peak that does.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qagen.records import PaperInfo, Record

SIZES = (25_000, 50_000, 100_000, 200_000)
PER_PAPER = 200


def records(count: int) -> "Iterator[Record]":
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

    generation = Generation("server", "m", "deep-qa", sha256("p"), 0.6, 0.95, 8192, 7, 1)
    for sha in sorted(sha256(f"paper {number}") for number in range(count // PER_PAPER)):
        info = PaperInfo(
            sha,
            f"paper:{sha}",
            f"{sha[:8]}.pdf",
            "A title",
            ("A. One",),
            2024,
            None,
            "CC BY 4.0",
            sha,
            "rules",
        )
        for place in range(PER_PAPER):
            question = f"Why does quantity {place} of sample {sha[:6]} rise when the pressure is raised above a limit?"
            answer = (
                f"It rises since the contact area of sample {sha[:6]} grows with the pressure, by {place} percent. "
                * 3
            )
            start = 2000 * (place // 10)
            yield Record(
                record_id(sha, question, answer),
                question,
                answer,
                (Evidence(start, start + 100, 1, (50.0, 60.5, 300.25, 90.0), sha256(answer)),),
                info,
                SectionInfo(("3. Results", "3.1 Pressure"), 0, 10**6),
                ChunkInfo(place // 10, start, start + 1900, sha256(question), (1, 2)),
                generation,
                Scores(0.75),
            )


def papers(count: int) -> "list[PaperInfo]":
    found = {record.paper.sha256: record.paper for record in records(count)}
    return list(found.values())


def run(count: int) -> None:
    from builder.building.assemble import assemble
    from builder.folder.manifest import BuildProvenance
    from qagen.settings import Settings

    about = BuildProvenance(papers=tuple(papers(count)), engine="server", model="m")
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        assemble(records(count), Path(folder) / "d", about=about, settings=Settings())
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"records": count, "seconds": round(seconds, 1), "peak_mib": round(peak)}))


def main() -> None:
    sizes = [int(argument) for argument in sys.argv[1:]] or list(SIZES)
    for size in sizes:
        done = subprocess.run(
            [sys.executable, __file__, "--one", str(size)], capture_output=True, text=True, check=True
        )
        row = json.loads(done.stdout)
        per = row["seconds"] / row["records"] * 100_000
        print(
            f"{row['records']:>8} records  {row['seconds']:>6.1f} s  {per:>5.1f} s per 100,000  peak {row['peak_mib']} MiB"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        run(int(sys.argv[2]))
    else:
        main()
