"""Kill nodes, converters and drivers of builds on Ray at seeded random moments, and compare what comes of them in the end.

    python scripts/kill_ray.py [--kills 10] [--seed 1] [--seconds 3600] [--kinds node converter driver] [--together]

A head and two nodes run on this machine; a server of this process answers and counts. A build whose node or converter is killed has to
end well by itself, one whose driver is killed when it is run again: with a dataset that is byte-identical to that of a build on one
machine, and without asking again for any answer that was in a ledger at the kill. Exit code 1 where that does not hold.
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"

import psutil  # noqa: E402
import typst  # noqa: E402

from qagen.ledger.ledger import Ledger  # noqa: E402
from tests.command import hashes  # noqa: E402
from tests.ray_cluster import add_node, head  # noqa: E402
from tests.scripted_server import Reply, ScriptedServer, paired  # noqa: E402

PAPERS = ROOT / "examples" / "papers"
QAGEN = [sys.executable, "-c", "import sys; from builder.cli import main; sys.argv[0] = 'qagen'; main()"]
KINDS = ("node", "converter", "driver")
DELAY = 0.15
"""Seconds that the server takes for an answer, so that there is something under way to be killed."""


def late(request: dict, _: int) -> Reply:
    threading.Event().wait(DELAY)
    return paired({"messages": request["messages"][:1]})


class Bench:
    """Papers, a server, a cluster, and builds on it."""

    def __init__(self, root: Path, copies: int) -> None:
        self.root, self.papers = root, root / "papers"
        shutil.copytree(PAPERS / "pdf", self.papers)
        for path in sorted(self.papers.glob("*.pdf")):
            source = PAPERS / f"{path.stem}.typ"
            for copy in range(2, copies + 1):
                (self.papers / f"{path.stem}-{copy}.pdf").write_bytes(retold(source, copy))
        self.server = ScriptedServer(late)
        self.cluster = head()
        self.nodes = [add_node(self.cluster) for _ in range(2)]

    def start(self, place: Path, *more: str) -> "subprocess.Popen[bytes]":
        place.mkdir(exist_ok=True)
        common = ["--base-url", self.server.base_url, "--model", "r1", "--concurrency", "4", "--judge", "off"]
        with (place / "log").open("ab") as log:
            return subprocess.Popen(
                [*QAGEN, "build", str(self.papers), "--out", str(place / "d"), "--work", str(place / "w"), *common, *more],
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=ROOT,
                start_new_session=True,
            )  # fmt: skip

    def on_ray(self, place: Path) -> "subprocess.Popen[bytes]":
        return self.start(place, "--on", f"ray://{self.cluster.address}", "--units", "4")

    def kept(self, place: Path) -> set[str]:
        """What was asked for the answers that are in the ledgers."""
        return {
            identity([{"role": turn.role, "content": turn.content} for turn in entry.request.messages], entry.request.seed)
            for path in place.glob("w/papers/*/*/calls.jsonl")
            for entry in Ledger(path).entries()
        }  # fmt: skip

    def calls(self) -> tuple[int, int]:
        """How many requests have come: those for pairs, and those for which headings are main body."""
        return len(self.server.requests), len(self.server.choices)

    def asked(self, since: tuple[int, int] = (0, 0)) -> list[str]:
        """What was asked after so many requests."""
        pairs, headings = since
        bodies = self.server.requests[pairs:] + self.server.choices[headings:]
        return [identity(body["messages"], body.get("seed")) for body in bodies]

    def kill(self, kind: str, driver: "subprocess.Popen[bytes]", random_: random.Random) -> bool:
        """Kill one thing without a word; False where there is none at the moment."""
        if kind == "driver":
            os.killpg(driver.pid, signal.SIGKILL)
            return True
        if kind == "node":
            dying = self.nodes.pop(random_.randrange(len(self.nodes)))
            self.cluster.remove_node(dying, allow_graceful=False)
            self.nodes.append(add_node(self.cluster))
            return True
        workers = converters()
        if workers:
            random_.choice(workers).kill()
        return bool(workers)


def retold(source: Path, number: int) -> bytes:
    """A paper as a PDF whose every paragraph and heading of a subsection names a number: no request about it is one about another."""
    text = re.sub(
        r"^(\+ )?(?=[A-Z].{60})", rf"\1Repetition {number}. ", source.read_text("utf-8"), flags=re.MULTILINE
    )
    text = re.sub(r"^(== .*)$", rf"\1 {number}", text, flags=re.MULTILINE)
    return typst.compile(text.encode(), root=source.parent, ignore_system_fonts=True, timestamp=0)


def identity(messages: object, seed: object) -> str:
    return json.dumps([messages, seed], sort_keys=True)


def converters() -> list[psutil.Process]:
    """The children that convert, of the processes that Ray has started for this cluster."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if "qagen.convert.worker" in process.cmdline():
                found.append(process)
        except psutil.Error:
            continue
    return found


@dataclass(frozen=True)
class Kill:
    """What was there when something was killed: the answers in the ledgers, and how many requests had come."""

    kind: str
    kept: set[str]
    calls: tuple[int, int]


def one_round(
    bench: Bench, kinds: Sequence[str], place: Path, alike: set[str], length: float, random_: random.Random
) -> tuple[list[Kill], bool, int]:
    """A build with a kill of each kind, in any order; which were met, how it ended, and how many kept answers were asked for again.

    A moment is counted from the start of the driver that is there then: one that was killed is run again.
    """
    running, met = bench.on_ray(place), list[Kill]()
    began = time.monotonic()
    for moment, kind in sorted((random_.uniform(0.2, 1.0) * length, kind) for kind in kinds):
        while running.poll() is None and time.monotonic() - began < moment:
            threading.Event().wait(0.1)
        if kind == "converter":  # there is none at some moments
            while running.poll() is None and not converters():
                threading.Event().wait(0.05)
        kill = Kill(kind, bench.kept(place) - alike, bench.calls())
        if running.poll() is None and bench.kill(kind, running, random_):
            met.append(kill)
            if kind == "driver":
                running.wait()
                running, began = bench.on_ray(place), time.monotonic()
    code = running.wait()
    return met, code == 0, sum(one in kill.kept for kill in met for one in bench.asked(kill.calls))


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--kills", type=int, default=10)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--copies", type=int, default=1, help="papers made of each example paper")
    options.add_argument("--seconds", type=float, default=3600)
    options.add_argument("--together", action="store_true", help="a kill of each kind in one build")
    options.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    given = options.parse_args()
    began, random_ = time.monotonic(), random.Random(given.seed)
    with tempfile.TemporaryDirectory() as root:
        bench = Bench(Path(root), given.copies)
        with bench.server:
            if bench.start(bench.root / "local").wait() != 0:
                raise SystemExit("FAILED: a build on this machine did not end well")
            whole, needed, before = hashes(bench.root / "local/d"), len(bench.asked()), bench.calls()
            alike = {one for one, count in Counter(bench.asked()).items() if count > 1}
            start = time.monotonic()
            code = bench.on_ray(bench.root / "ray").wait()
            length, made = time.monotonic() - start, len(bench.asked(before))
            good = code == 0 and hashes(bench.root / "ray/d") == whole and made == needed
            print(f"undisturbed: {needed} calls here, {made} on Ray in {length:.1f} s; "
                  f"dataset {'identical' if good else 'DIFFERENT'}; {len(alike)} requests are alike for several papers and not looked at",
                  flush=True)  # fmt: skip
            good &= rounds(bench, given, whole, alike, length, began, random_)
        bench.cluster.shutdown()
    print("all good" if good else "FAILED")
    raise SystemExit(0 if good else 1)


def rounds(
    bench: Bench,
    given: argparse.Namespace,
    whole: dict[str, str],
    alike: set[str],
    length: float,
    began: float,
    random_: random.Random,
) -> bool:
    good, met = True, dict.fromkeys(given.kinds, 0)
    while min(met.values()) < given.kills and time.monotonic() - began < given.seconds:
        left = [kind for kind in given.kinds if met[kind] < given.kills]
        kinds = left if given.together else [min(left, key=lambda one: met[one])]
        place = bench.root / f"{random_.random()}"
        killed, ended, repeated = one_round(bench, kinds, place, alike, length, random_)
        same = ended and hashes(place / "d") == whole
        good &= same and not repeated
        for kill in killed:
            met[kill.kind] += 1
        told = ", ".join(f"{kill.kind} with {len(kill.kept)} answers kept" for kill in killed) or "nothing"
        print(f"{time.monotonic() - began:.0f} s: killed {told}; {repeated} kept answers asked again; "
              f"dataset {'identical' if same else 'DIFFERENT'}", flush=True)  # fmt: skip
        if not same:
            print((place / "log").read_text(errors="replace")[-3000:], flush=True)
        shutil.rmtree(place)
    print("kills met: " + ", ".join(f"{count} of a {kind}" for kind, count in met.items()))
    return good


if __name__ == "__main__":
    main()
