"""CPU and time of a build on a Ray of its own, beside the same build in one process.

    python benchmarks/ray_overhead.py [--papers 30 120] [--pdfs DIR]

Counted is all that the command and its descendants use, user and system, Ray's daemons with them: this process adopts what is
orphaned, looks at all of them four times a second, and waits until the last has ended. What Ray's start costs is seen at a build of
one paper, and a ratio without it stands beside. The engine is the extractive one, so that the CPU is that of converting, of the checks
and of writing: with a model a build waits most of its time. The time means little on a machine that does other things.
The papers are the example papers, which are short, or those of DIR, each as often as it takes.
"""

import argparse
import contextlib
import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402

from tests.command import QAGEN, hashes  # noqa: E402

PAPERS = ROOT / "examples" / "papers" / "pdf"
_SUBREAPER = 36
_BETWEEN = 0.25


@dataclass(frozen=True)
class Cost:
    """What a build took.

    Attributes:
        cpu: seconds of CPU of all processes.
        of_ray: seconds of those that run nothing of ours: Ray's daemons, and the actors that Ray Data has for itself.
        wall: seconds until the command had ended.
    """

    cpu: float
    of_ray: float
    wall: float


def cost(place: Path, papers: Path, *more: str) -> Cost:
    """What a build and all its descendants use, as far as they are seen before they end."""
    options = ("--engine", "extractive", "--sections", "rules", "--out", place / "d", "--work", place / "w")
    began = time.monotonic()
    running = subprocess.Popen([*QAGEN, "build", papers, *map(str, options), *more], cwd=ROOT, stdout=subprocess.DEVNULL)  # fmt: skip
    used: dict[tuple[int, float], float] = {}
    of_ray: dict[tuple[int, float], bool] = {}
    wall = 0.0
    while psutil.Process().children():
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                known = (process.pid, process.create_time())
                used[known] = times.user + times.system
                of_ray[known] = is_of_ray(" ".join(process.cmdline()))
        time.sleep(_BETWEEN)
        with contextlib.suppress(ChildProcessError):
            while os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                ended, status = os.waitpid(-1, 0)
                if ended == running.pid:
                    running.returncode, wall = os.waitstatus_to_exitcode(status), time.monotonic() - began
    if running.returncode:
        raise SystemExit(f"FAILED: exit code {running.returncode}")
    return Cost(sum(used.values()), sum(seconds for known, seconds in used.items() if of_ray[known]), wall)


def is_of_ray(command: str) -> bool:
    """Whether a process is one of Ray's own; a process that works for us calls itself MapWorker."""
    return "ray::MapWorker" not in command and ("ray::" in command or "site-packages/ray/" in command)


def copies(folder: Path, count: int, sources: Path = PAPERS) -> Path:
    """So many PDFs: those of a folder, and copies of them that differ behind their end."""
    folder.mkdir()
    found = sorted(sources.glob("*.pdf"))
    for number in range(count):
        source = found[number % len(found)]
        (folder / f"{number}.pdf").write_bytes(source.read_bytes() + b"\n%% copy %d\n" % number)
    return folder


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--papers", type=int, nargs="+", default=[30, 120])
    options.add_argument("--pdfs", type=Path, default=PAPERS)
    given = options.parse_args()
    ctypes.CDLL(None).prctl(_SUBREAPER, 1)
    start = 0.0
    print(
        "papers  here: CPU s, s  Ray: CPU s, Ray's own, s  ratio of CPU  without the start  dataset  load",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as root:
        for count in (1, *given.papers):
            place = Path(root) / str(count)
            place.mkdir()
            papers = copies(place / "papers", count, given.pdfs)
            here, on_ray = cost(place / "here", papers), cost(place / "ray", papers, "--on", "ray")
            start = start or on_ray.cpu - here.cpu
            same = hashes(place / "ray/d") == hashes(place / "here/d")
            print(
                f"{count:6}  {here.cpu:9.1f}, {here.wall:5.0f}  {on_ray.cpu:9.1f}, {on_ray.of_ray:9.1f}, {on_ray.wall:5.0f}"
                f"  {on_ray.cpu / here.cpu:12.3f}  {(on_ray.cpu - start) / here.cpu:17.3f}  {'same' if same else 'OTHER':>7}"
                f"  {os.getloadavg()[0]:4.1f}",
                flush=True,
            )
            shutil.rmtree(place)


if __name__ == "__main__":
    main()
