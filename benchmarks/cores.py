"""Whether more workers use more cores, and how much memory each of them takes.

    python -m benchmarks.cores PAPERS [--workers 1 2] [--copies 3]

PAPERS is a PDF or a folder of PDFs, each of which is converted by the rules so many times (with a change each, so that every copy
is a paper of its own), once with each number of workers in a workspace of its own. Printed for each: wall-clock seconds from the
first paper to the last with the workers' start, CPU seconds of the workers, the cores that this makes, and (on Linux) how many
it would have been on a quiet machine: with the time that the workers were ready to run and had to wait for a core; the largest
resident memory of a worker so far. At the end how many times as fast the last is as the first.
"""

import argparse
import os
import resource
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil

from qagen import convert
from qagen.papers.papers import find_papers
from qagen.records import Paper
from qagen.settings import ConvertSettings
from qagen.workspace import Workspace


class _Watch(threading.Thread):
    """Looks again and again how long the threads of the child processes ran and waited for a core."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.seen: dict[str, float] = {}

    def run(self) -> None:
        while not self.over.wait(0.1):
            for child in psutil.Process().children():
                for task in Path(f"/proc/{child.pid}/task").glob("*/schedstat"):
                    with suppress(OSError):
                        ran, waited, _ = task.read_text().split()
                        self.seen[str(task)] = (int(ran) + int(waited)) / 1e9

    def cores(self, seconds: float) -> float:
        self.over.set()
        self.join()
        return sum(self.seen.values()) / seconds


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("papers", type=Path)
    given.add_argument("--workers", type=int, nargs="+", default=[1, os.cpu_count() or 1])
    given.add_argument("--copies", type=int, default=3)
    options = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="qagen-cores-") as place:
        papers = _copies(options.papers, Path(place) / "papers", options.copies)
        seconds = [_run(papers, Path(place) / f"work-{count}", count) for count in options.workers]
    print(
        f"{options.workers[-1]} workers are {seconds[0] / seconds[-1]:.2f} times as fast as {options.workers[0]}"
    )


def _copies(source: Path, target: Path, count: int) -> tuple[Paper, ...]:
    target.mkdir()
    for original in sorted(source.glob("*.pdf")) if source.is_dir() else [source]:
        for number in range(count):
            data = original.read_bytes() + f"\n% copy {number}\n".encode()
            (target / f"{original.stem}-{number}.pdf").write_bytes(data)
    # The longest first, so that none is left over for one worker at the end.
    return tuple(sorted(find_papers([target]), key=lambda paper: -paper.path.stat().st_size))


def _run(papers: tuple[Paper, ...], work: Path, workers: int) -> float:
    """Convert all papers; the seconds that it took."""
    settings = ConvertSettings(converter="rules", workers=workers)
    workspace = Workspace(work)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    watch = _Watch()
    watch.start()
    with convert.Converter(settings) as converter, ThreadPoolExecutor(workers) as threads:

        def one(paper: Paper) -> int:
            folder = workspace.conversion(paper.sha256, convert.fingerprint(settings))
            return converter.convert(paper, folder).metadata.pages

        pages = sum(threads.map(one, papers))
        seconds = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{workers} worker(s): {len(papers)} papers, {pages} pages in {seconds:.1f} s, {cpu:.1f} CPU s,"
        f" {cpu / seconds:.2f} cores, {watch.cores(seconds):.2f} on a quiet machine, at most {after.ru_maxrss / 1024:.0f} MiB a worker"
    )
    return seconds


if __name__ == "__main__":
    main()
