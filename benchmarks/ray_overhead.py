"""CPU of a build on a Ray of its own, as a ratio to the same build in one process: python benchmarks/ray_overhead.py [--papers 60]

Counted is all that the command and its descendants use, user and system, Ray's daemons with them: this process adopts what is
orphaned, looks at all of them ten times a second, and waits until the last has ended. What Ray's start costs is seen at a build of
one paper, and stands beside. The engine is the extractive one, so that the CPU is that of converting, of the checks and of writing:
with a model a build waits most of its time.
"""

import argparse
import contextlib
import ctypes
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402

from tests.command import QAGEN, hashes  # noqa: E402

PAPERS = sorted((ROOT / "examples" / "papers" / "pdf").glob("*.pdf"))
_SUBREAPER = 36
_BETWEEN = 0.1


def cpu(place: Path, papers: Path, *more: str) -> float:
    """Seconds of CPU that a build and all its descendants use, as far as they are seen before they end."""
    options = ("--engine", "extractive", "--sections", "rules", "--out", place / "d", "--work", place / "w")
    running = subprocess.Popen([*QAGEN, "build", papers, *map(str, options), *more], cwd=ROOT, stdout=subprocess.DEVNULL)  # fmt: skip
    used: dict[tuple[int, float], float] = {}
    while psutil.Process().children():
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                used[process.pid, process.create_time()] = times.user + times.system
        time.sleep(_BETWEEN)
        with contextlib.suppress(ChildProcessError):
            while os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                ended, status = os.waitpid(-1, 0)
                if ended == running.pid:
                    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"FAILED: exit code {running.returncode}")
    return sum(used.values())


def copies(folder: Path, count: int) -> Path:
    """So many PDFs: the examples, and copies of them that differ behind their end."""
    folder.mkdir()
    for number in range(count):
        source = PAPERS[number % len(PAPERS)]
        (folder / f"{number}.pdf").write_bytes(source.read_bytes() + b"\n%% copy %d\n" % number)
    return folder


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--papers", type=int, default=60)
    given = options.parse_args()
    ctypes.CDLL(None).prctl(_SUBREAPER, 1)
    with tempfile.TemporaryDirectory() as root:
        place = Path(root)
        found = {}
        for count in (1, given.papers):
            papers = copies(place / f"papers-{count}", count)
            for name, more in (("one process", ()), ("ray", ("--on", "ray"))):
                found[count, name] = cpu(place / f"{name}-{count}", papers, *more)
                print(f"{count} papers, {name}: {found[count, name]:.1f} s of CPU", flush=True)
            same = hashes(place / f"ray-{count}/d") == hashes(place / f"one process-{count}/d")
            print(f"{count} papers: dataset {'identical' if same else 'DIFFERENT'}")
        start = found[1, "ray"] - found[1, "one process"]
        here, on_ray = found[given.papers, "one process"], found[given.papers, "ray"]
        print(
            f"start of Ray {start:.1f} s; ratio {on_ray / here:.3f}, without the start {(on_ray - start) / here:.3f}"
        )


if __name__ == "__main__":
    main()
