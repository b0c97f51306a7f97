"""Time and memory of writing a dataset folder, over the number of records.

    python benchmarks/assemble.py [RECORDS ...]        default 25000 50000 100000 200000
    python benchmarks/assemble.py --configs [RECORDS]  all configs beside the first three, default 50000

Each size runs in a process of its own, so that its peak memory is its own. Linear time shows as seconds per 100,000 records
that stay the same; bounded memory as a peak that does. With `--configs` each set of configs is written three times, by turns, from
records with traces, a solution in every tenth and a refuted answer to it; what counts is the processor's time.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qagen.records import PaperInfo, Record, Rejection

SIZES = (25_000, 50_000, 100_000, 200_000)
PER_PAPER = 200
FEW = ("default", "chat", "rejected")
TURNS = 3


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


def results(count: int) -> "Iterator[Record | Rejection]":
    """The same records with traces; every tenth has a solution, and a refuted answer to its question."""
    from qagen.reasons import Kind, Reason
    from qagen.records import Rejection, Solution, Trace, TracedRecord

    for number, record in enumerate(records(count)):
        is_tenth = number % 10 == 9
        if is_tenth:
            record = replace(record, solution=Solution(float(number), "percent", 0.5))
        yield TracedRecord.of(record, Trace(f"They ask about it. {record.answer} So that is it.", 0.9))
        if is_tenth:
            yield Rejection(
                Kind.PAIR,
                Reason.UNGROUNDED_NUMBER,
                "'98,765 percent' is not in the chunk",
                record.paper,
                question=record.question,
                answer=f"{record.answer} That is 98,765 percent.",
                section=record.section,
                chunk=record.chunk,
                generation=record.generation,
            )


def run(count: int, configs: "tuple[str, ...] | None" = None) -> None:
    from builder.building.assemble import assemble
    from builder.folder.provenance import BuildProvenance
    from qagen.settings import Settings

    about = BuildProvenance(papers=tuple(papers(count)), engine="server", model="m")
    chosen = {} if configs is None else {"dataset": {"configs": list(configs)}}
    given = records(count) if configs is None else iter(list(results(count)))
    with tempfile.TemporaryDirectory() as folder:
        began, used = time.perf_counter(), time.process_time()
        made = assemble(given, Path(folder) / "d", about=about, settings=Settings.model_validate(chosen))
        seconds, processor = time.perf_counter() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = {config: sum(splits.values()) for config, splits in made.contents.rows.items()}
    told = {"records": count, "seconds": round(seconds, 1), "peak_mib": round(peak)}
    print(json.dumps({**told, "processor": round(processor, 2), "rows": rows}))


def one(*arguments: str) -> "dict[str, Any]":
    done = subprocess.run(
        [sys.executable, __file__, "--one", *arguments], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def compare_configs(count: int) -> None:
    from qagen.settings import CONFIGS

    spent: dict[tuple[str, ...], list[float]] = {FEW: [], CONFIGS: []}
    for _ in range(TURNS):
        for configs, seconds in spent.items():
            row = one(str(count), *configs)
            seconds.append(row["processor"])
            print(f"{row['processor']:>7.2f} s  {row['rows']}")
    print(f"all configs take {min(spent[CONFIGS]) / min(spent[FEW]):.2f} times the first three")


def main() -> None:
    if sys.argv[1:2] == ["--configs"]:
        compare_configs(int(sys.argv[2]) if sys.argv[2:] else 50_000)
        return
    sizes = [int(argument) for argument in sys.argv[1:]] or list(SIZES)
    for size in sizes:
        row = one(str(size))
        per = row["seconds"] / row["records"] * 100_000
        print(
            f"{row['records']:>8} records  {row['seconds']:>6.1f} s  {per:>5.1f} s per 100,000  peak {row['peak_mib']} MiB"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        run(int(sys.argv[2]), tuple(sys.argv[3:]) or None)
    else:
        main()
