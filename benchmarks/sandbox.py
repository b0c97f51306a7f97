"""A run over many papers of which some kill their worker, hang it or eat its memory; prints what became of each kind.

    python benchmarks/sandbox.py PAPERS [--copies 200] [--workers N]

PAPERS is a folder of PDFs. They are copied with a change each (so that every copy is a paper of its own), and every twentieth
copy is a killer: its worker, on reading it, dies of a signal, never answers, or takes memory without end. The first pass must
reject just those, each for its reason, and no other; the second, over the same workspace, must try just those again. Nothing of
the project is replaced but the program that a worker runs: it looks for a mark in the file's last bytes before it begins.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from qagen import convert
from qagen.convert import worker
from qagen.convert.job import Job
from qagen.errors import ConversionError
from qagen.papers.papers import find_papers
from qagen.records import Paper
from qagen.settings import ConvertSettings
from qagen.workspace import Workspace

KINDS = ("crashed", "timed_out", "out_of_memory")
EVERY = 20
"""One copy of so many is a killer."""


def main() -> int:
    """Run both passes; the exit code says whether they went as they must."""
    if sys.argv[1:2] == ["worker"]:
        del sys.argv[1]
        return _work()
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("papers", type=Path)
    given.add_argument("--copies", type=int, default=200)
    given.add_argument("--workers", type=int, default=os.cpu_count())
    options = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="qagen-sandbox-") as place:
        expected = _copies(options.papers, Path(place) / "papers", options.copies)
        papers = find_papers([Path(place) / "papers"])
        workspace = Workspace(Path(place) / "work")
        passes = [_run(papers, workspace, options.workers) for _ in range(2)]
    found, again = passes
    wrong = {
        file: (expected.get(file), found.get(file))
        for file in {*expected, *found}
        if expected.get(file) != found.get(file)
    }
    left = psutil.Process().children(recursive=True)
    print(f"{len(papers)} papers, {len(expected)} killers: rejected {dict(Counter(found.values()))}")
    print(
        f"wrong: {wrong or 'none'}; tried again by the next run: {len(again)} of {len(found)}; workers left: {len(left)}"
    )
    return 0 if not wrong and again == found and not left else 1


def _copies(source: Path, target: Path, count: int) -> dict[str, str]:
    """Write the copies; returns the killers' labels with the reason that each must be rejected for."""
    originals = sorted(source.glob("*.pdf"))
    target.mkdir()
    expected = {}
    for number in range(count):
        name = f"{number:04}.pdf"
        data = originals[number % len(originals)].read_bytes() + f"\n% copy {number}\n".encode()
        if number % EVERY == EVERY // 2:
            kind = KINDS[len(expected) % len(KINDS)]
            expected[name] = kind
            data += f"% killer {kind}\n".encode()
        (target / name).write_bytes(data)
    return expected


def _run(papers: tuple[Paper, ...], workspace: Workspace, workers: int) -> dict[str, str]:
    """Convert what is not converted; returns the rejected papers' labels with their reasons."""
    settings = ConvertSettings(converter="rules", workers=workers, page_deadline=20.0, memory=1024)
    command = (sys.executable, "-P", str(Path(__file__).absolute()), "worker")
    rejected: dict[str, str] = {}
    tried: list[str] = []
    began = time.monotonic()
    with convert.Converter(settings, command=command) as converter, ThreadPoolExecutor(workers) as threads:

        def one(paper: Paper) -> None:
            folder = workspace.conversion(paper.sha256, convert.fingerprint(settings))
            if convert.load(folder, paper.sha256) is not None:
                return
            tried.append(paper.file)
            try:
                converter.convert(paper, folder)
            except ConversionError as error:
                rejected[paper.file] = str(error.reason)

        list(threads.map(one, papers))
    print(f"tried {len(tried)}, rejected {len(rejected)}, {time.monotonic() - began:.0f} s")
    return rejected


def _work() -> int:
    """The project's worker, but for the files that are marked."""
    serve = worker.serve

    def deadly(job: Job, say: Callable[[dict[str, object]], None]) -> dict[str, object]:
        end = job.path.read_bytes()[-60:]
        if b"% killer crashed" in end:
            os.kill(os.getpid(), 11)
        if b"% killer timed_out" in end:
            say({"state": "started"})
            say({"state": "pages", "pages": 1})
            time.sleep(3600)
        if b"% killer out_of_memory" in end:
            say({"state": "started"})
            taken = [b"x" * 2**24 for _ in range(60)]
            while taken:
                taken.append(b"x" * 2**24)
                time.sleep(0.05)
        return serve(job, say)

    worker.serve = deadly  # type: ignore[assignment]
    worker.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
