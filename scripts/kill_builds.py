"""Kill builds without a word, at seeded random moments and at every rename, and compare what comes of them in the end.

    python scripts/kill_builds.py [--kills 60] [--seed 1] [--slots 4]

A server of this process answers and counts. After the kills the build runs once more, undisturbed; its dataset has to be
byte-identical to that of a build that was never killed, and no call may have been made twice but those that were under way at a
kill. Exit code 1 where that does not hold.
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.scripted_server import ScriptedServer, paired  # noqa: E402

PAPERS = ROOT / "examples" / "papers" / "pdf"
QAGEN = [sys.executable, "-c", "import sys; from builder.cli import main; sys.argv[0] = 'qagen'; main()"]
# Counts os.replace and os.rename (which pathlib calls too), and ends the process without a word before or after the n-th.
DYING = """
import os, sys
left, after = int(sys.argv.pop(1)), sys.argv.pop(1) == "after"
def dying(real):
    def rename(*arguments, **keywords):
        global left
        left -= 1
        if left == 0 and not after:
            os.kill(os.getpid(), 9)
        done = real(*arguments, **keywords)
        if left == 0:
            os.kill(os.getpid(), 9)
        return done
    return rename
os.rename, os.replace = dying(os.rename), dying(os.replace)
from builder.cli import main
sys.argv[0] = "qagen"
main()
"""


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


class Bench:
    """Papers, a server, and builds over them."""

    def __init__(self, root: Path, slots: int) -> None:
        self.root, self.slots = root, slots
        self.server = ScriptedServer(lambda request, nth: paired({"messages": request["messages"][:1]}))

    def arguments(self, place: Path) -> list[str]:
        common = ["--base-url", self.server.base_url, "--model", "r1", "--concurrency", str(self.slots)]
        return ["build", str(PAPERS), "--out", str(place / "d"), "--work", str(place / "w"), *common]

    def start(self, command: list[str], place: Path) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [*command, *self.arguments(place)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            start_new_session=True,
        )

    def finished(self, place: Path) -> None:
        if self.start(QAGEN, place).wait() != 0:
            raise SystemExit("FAILED: a build that nobody killed did not end well")

    def distinct(self, first: int) -> tuple[int, int]:
        """Requests since `first`, and how many different ones."""
        bodies = [str(sorted(request.items())) for request in self.server.requests[first:]]
        return len(bodies), len(set(bodies))


def random_kills(bench: Bench, kills: int, seed: int, length: float) -> int:
    """Kill builds at random moments, until so many were met while they ran; returns in how many workspaces that was.

    A build that ends before its moment has come has the whole dataset, and the next one begins with an empty workspace.
    """
    moments, met, workspaces = random.Random(seed), 0, 1
    place = bench.root / "random"
    while met < kills:
        running = bench.start(QAGEN, place)
        wait = moments.uniform(0.2, length)
        threading.Event().wait(wait)
        if running.poll() is None:
            met += 1
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            print(f"kill {met}: after {wait:.2f} s", flush=True)
            continue
        bench.finished(place)
        shutil.rmtree(place / "w")
        workspaces += 1
    bench.finished(place)
    return workspaces


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--kills", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--slots", type=int, default=4)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as root:
        bench = Bench(Path(root), given.slots)
        with bench.server:
            start = time.monotonic()
            bench.finished(bench.root / "whole")
            length = time.monotonic() - start
            whole = hashes(bench.root / "whole/d")
            needed, _ = bench.distinct(0)
            print(f"undisturbed: {needed} calls, {len(whole)} files, {length:.1f} s")
            good = True
            first = len(bench.server.requests)
            workspaces = random_kills(bench, given.kills, given.seed, length)
            made, _ = bench.distinct(first)
            allowed = workspaces * needed + given.kills * given.slots
            same = hashes(bench.root / "random/d") == whole
            good &= same and made <= allowed
            print(f"{given.kills} kills of running builds: {made} calls in {workspaces} workspaces of {needed} calls, "
                  f"at most {allowed} allowed; dataset {'identical' if same else 'DIFFERENT'}")  # fmt: skip
            for when in ("before", "after"):
                number = 0
                while True:
                    number += 1
                    place = bench.root / f"rename-{when}-{number}"
                    shutil.copytree(bench.root / "whole/w", place / "w")
                    for folder in list((place / "w").glob("papers/*/*/convert-*"))[:1]:
                        shutil.rmtree(folder)  # one conversion is done anew, so that its renames are met too
                    (place / "w/models.json").unlink(missing_ok=True)
                    first = len(bench.server.requests)
                    died = bench.start([sys.executable, "-c", DYING, str(number), when], place).wait() != 0
                    bench.finished(place)
                    same = hashes(place / "d") == whole
                    made, _ = bench.distinct(first)
                    good &= same and made == 0
                    print(f"killed {when} rename {number}: {'died' if died else 'there was none'}; {made} calls; "
                          f"dataset {'identical' if same else 'DIFFERENT'}")  # fmt: skip
                    shutil.rmtree(place)
                    if not died:
                        break
    print("all good" if good else "FAILED")
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
