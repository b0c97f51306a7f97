"""What the server engine costs beside a bare `openai` loop with a semaphore, and what its search for the number of calls finds.

python benchmarks/engine.py                       # 640 calls, 32 slots, 0.5 s; 5,120 calls, 256 slots, 1 s
python benchmarks/engine.py auto                  # auto concurrency beside fixed ones at servers of 1, 8 and 64 slots
python benchmarks/engine.py memory                # peak memory by the number of calls
python benchmarks/engine.py long [CALLS]          # 1,000, 10,000 and 100,000 calls of 1 ms: memory, open descriptors, time
python benchmarks/engine.py one KIND CALLS SLOTS SECONDS CONCURRENCY     # one measurement, as JSON

The server (slots.py) runs in a process of its own and each measurement in another. `window` is the time from the first request's arrival to
the last reply, as the server saw it, over the ideal, calls x seconds / slots. `cpu` is the client's, per call. KIND is engine, fill (the
whole run over papers: chunks, prompts, engine, ledger) or bare.
"""

import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PROMPT = "Write pairs about the excerpt, each deep and full of detail. " * 60
CPU_LIMIT, WINDOW_LIMIT = 1.3, 1.02


@contextmanager
def server(slots: int, seconds: float) -> Iterator[str]:
    command = [sys.executable, str(HERE / "slots.py"), "--slots", str(slots), "--seconds", str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


@dataclass
class Spent:
    """What is measured around some calls."""

    wall: float = 0.0
    cpu: float = 0.0

    def __enter__(self) -> "Spent":
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *error: object) -> None:
        self.wall, self.cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu


async def bare(url: str, calls: int, concurrency: int) -> Spent:
    """What a programme without qagen does: one openai client, a semaphore, gather."""
    import openai

    slots = asyncio.Semaphore(concurrency)
    # The client's own 5 s for connecting are too short for hundreds at once on a busy machine.
    async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0, timeout=600) as client:

        async def ask(seed: int) -> None:
            async with slots:
                answer = await client.chat.completions.create(
                    model="r1",
                    messages=[{"role": "user", "content": PROMPT}],
                    temperature=0.6,
                    top_p=0.95,
                    max_tokens=8192,
                    seed=seed,
                )
            assert answer.choices[0].message.content

        with Spent() as spent:
            await asyncio.gather(*map(ask, range(calls)))
    return spent


async def engine(url: str, calls: int, concurrency: int | str) -> tuple[Spent, dict[str, Any]]:
    """The engine alone; the next call goes out as soon as a place is free, as in a run."""
    from qagen.engines.server.engine import ServerEngine
    from qagen.records import Message, Request
    from qagen.settings import AskSettings

    request = Request("r1", (Message("user", PROMPT),), 0.6, 0.95, 8192, 0)
    ends, limits = [], []
    async with ServerEngine(AskSettings(base_url=f"{url}/v1", concurrency=concurrency)) as made:

        async def ask(seed: int) -> None:
            assert (await made.ask(replace(request, seed=seed))).text
            ends.append(time.perf_counter())
            limits.append(made.limit)

        with Spent() as spent:
            async with asyncio.TaskGroup() as group:
                for seed in range(calls):
                    await made.idle()
                    group.create_task(ask(seed))
                    await asyncio.sleep(0)
    return spent, {"ends": ends, "limits": limits}


def descriptors() -> int:
    """How many this process has open; 0 where the system does not tell."""
    place = Path("/proc/self/fd")
    return sum(1 for _ in place.iterdir()) if place.is_dir() else 0


async def watch_descriptors(found: list[int]) -> None:
    """Count them ten times a second."""
    while True:
        found.append(descriptors())
        await asyncio.sleep(0.1)


async def fill(url: str, calls: int, concurrency: int | str) -> tuple[Spent, dict[str, Any]]:
    """A whole run over papers that are converted already: chunks, prompts, engine and a ledger that is flushed to the disk."""
    from qagen.engines.server.engine import ServerEngine
    from qagen.pipeline.replay import Recipe
    from qagen.pipeline.run import Run, RunStats
    from qagen.progress import Lines
    from qagen.prompts import load_prompt
    from qagen.settings import AskSettings, ChunkSettings, Settings
    from qagen.workspace import Workspace

    ask = AskSettings(base_url=f"{url}/v1", concurrency=concurrency, enough=1)
    settings = Settings(ask=ask, chunk=ChunkSettings(chars=2000, overlap=0))
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        made_up = list(papers(workspace, settings, calls))
        recipe, filled = Recipe(settings, "server", "r1", load_prompt("deep-qa")), RunStats()
        opened: list[int] = []
        async with ServerEngine(ask) as made:
            watching = asyncio.create_task(watch_descriptors(opened))
            with Spent() as spent:
                await Run(workspace, recipe, Converted(), Lines(), filled).fill(made_up, made)
            watching.cancel()
    assert filled.calls_made == calls, filled
    middle = len(opened) // 2
    return spent, {
        "wall": spent.wall / calls,
        "descriptors": [max(opened[:middle], default=0), max(opened[middle:], default=0)],
    }


class Converted:
    def convert(self, paper: Any, folder: Path) -> Any:
        raise AssertionError(f"{paper} is converted already, in {folder}")


def papers(workspace: Any, settings: Any, chunks: int, per_paper: int = 20) -> Iterator[Any]:
    from qagen import convert
    from qagen.convert.store import Conversion, save
    from qagen.records import Block, Document, Metadata, Paper, Region

    for number in range(-(-chunks // per_paper)):
        paper = Paper(f"{number:064x}", Path(f"{number}.pdf"), f"{number}.pdf")
        blocks, text = [], ""
        for section in range(min(per_paper, chunks - number * per_paper)):
            body = f"Warm brine thins the ice of lagoon {number}-{section} from below. " * 25
            for kind, level, piece in (
                ("SectionHeader", 2, f"## Results {section}"),
                ("Text", None, body.strip()),
            ):
                start, text = len(text), f"{text}{piece}\n\n"
                region = Region(start, len(text), 1, (0.0, 0.0, 100.0, 100.0))
                blocks.append(Block(start, len(text), kind, level, (region,)))
        made = Document(paper.sha256, text, tuple(blocks), Metadata(pages=1), "rules")
        save(workspace.conversion(paper.sha256, convert.fingerprint(settings.convert)), Conversion(made))
        yield paper


def one(kind: str, calls: int, slots: int, seconds: float, concurrency: int | str) -> dict[str, Any]:
    """One measurement in this process."""
    with server(slots, seconds) as url:
        more: dict[str, Any] = {}
        if kind == "engine":
            spent, more = asyncio.run(engine(url, calls, concurrency))
        elif kind == "fill":
            spent, more = asyncio.run(fill(url, calls, concurrency))
        else:
            spent = asyncio.run(bare(url, calls, int(concurrency)))
        with urllib.request.urlopen(f"{url}/stats") as reply:
            stats = json.load(reply)
    assert stats["calls"] == calls, stats
    ideal = calls * seconds / slots
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {
        "window": stats["seconds"] / ideal,
        "cpu": spent.cpu / calls,
        "peak": peak / 2**20,
        **more,
    }


def apart(kind: str, calls: int, slots: int, seconds: float, concurrency: int | str) -> dict[str, Any]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "one", kind, *map(str, (calls, slots, seconds, concurrency))]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def beside_bare(calls: int, slots: int, seconds: float, rounds: int) -> bool:
    spare = max(1, slots // 8)
    print(
        f"{calls} calls, {slots} slots, {seconds} s each; concurrency {slots} + {spare}; median of {rounds} rounds"
    )
    kinds = {
        "bare": ("bare", slots + spare),
        f"bare, {slots}": ("bare", slots),
        "engine": ("engine", slots + spare),
        "fill": ("fill", slots + spare),
    }
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in kinds}
    for _ in range(rounds):
        for name, (kind, concurrency) in kinds.items():
            runs[name].append(apart(kind, calls, slots, seconds, concurrency))
    middle = {
        name: {key: statistics.median(run[key] for run in some) for key in ("window", "cpu", "peak")}
        for name, some in runs.items()
    }
    for name, found in middle.items():
        print(
            f"  {name:9} window/ideal {found['window']:.3f}   cpu {found['cpu'] * 1e3:.2f} ms a call   "
            f"peak {found['peak']:.0f} MB"
        )
    ours, theirs = middle["engine"], middle["bare"]
    ratio, window = ours["cpu"] / theirs["cpu"], ours["window"] / theirs["window"]
    print(
        f"  engine/bare: cpu {ratio:.2f} (limit {CPU_LIMIT}), window {window:.3f} (limit 1.000, of ideal {WINDOW_LIMIT})"
    )
    return ratio <= CPU_LIMIT and ours["window"] <= WINDOW_LIMIT and window <= 1.0


def auto() -> bool:
    good = True
    for slots, seconds in ((1, 0.05), (8, 0.2), (64, 0.5)):
        calls = 200 + 20 * slots
        fixed = {
            number: _rate_after(apart("engine", calls, slots, seconds, number)["ends"])
            for number in sorted({slots, slots + 1, slots + max(2, slots // 8), 2 * slots})
        }
        found = apart("engine", calls, slots, seconds, "auto")
        limits = found["limits"]
        moves = [(n, limit) for n, limit in enumerate(limits) if n == 0 or limit != limits[n - 1]]
        best = max(fixed, key=lambda number: fixed[number])
        share = _rate_after(found["ends"]) / fixed[best]
        shown = ", ".join(f"{number}: {rate:.2f}" for number, rate in fixed.items())
        print(f"{slots} slots, {seconds} s: calls a second after the first 200, by fixed number: {shown}")
        print(f"  auto {share:.3f} of the best (limit 0.95); limits by calls answered: {moves}")
        good &= share >= 0.95
    return good


def _rate_after(ends: list[float], first: int = 200) -> float:
    return (len(ends) - first) / (ends[-1] - ends[first - 1])


def memory() -> bool:
    peaks = {calls: apart("fill", calls, 64, 0.02, 72)["peak"] for calls in (640, 2_560, 10_240)}
    print(
        "peak memory of a whole run: "
        + ", ".join(f"{calls} calls {peak:.1f} MB" for calls, peak in peaks.items())
    )
    return max(peaks.values()) <= 1.1 * min(peaks.values())


def long(most: int) -> bool:
    """The same run at three lengths: what a call costs may not grow with their number."""
    found = []
    for calls in (most // 100, most // 10, most):
        run = apart("fill", calls, 16, 0.001, 18)
        found.append(run)
        first, second = run["descriptors"]
        print(
            f"{calls:>7,} calls: {run['wall'] * 1e3:.2f} ms and {run['cpu'] * 1e3:.2f} ms of CPU a call, peak {run['peak']:.1f} MB, "
            f"at most {first} descriptors open in the first half and {second} in the second",
            flush=True,
        )
    middle, last = found[1:]
    return bool(
        last["peak"] <= 1.1 * middle["peak"]
        and last["cpu"] <= 1.2 * middle["cpu"]
        and max(last["descriptors"]) <= max(middle["descriptors"]) + 8
    )


def main(arguments: list[str]) -> int:
    match arguments:
        case ["one", kind, calls, slots, seconds, concurrency]:
            number = int(concurrency) if concurrency.isdecimal() else concurrency
            print(json.dumps(one(kind, int(calls), int(slots), float(seconds), number)))
            return 0
        case ["auto"]:
            good = auto()
        case ["memory"]:
            good = memory()
        case ["long", *rest] if len(rest) <= 1:
            good = long(int(rest[0]) if rest else 100_000)
        case []:
            good = beside_bare(640, 32, 0.5, 3)
            good = beside_bare(5_120, 256, 1.0, 1) and good
        case _:
            print(__doc__)
            return 2
    print("within the limits" if good else "OUTSIDE the limits")
    return 0 if good else 1


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))
    os.environ["NO_PROXY"] = "127.0.0.1"
    sys.exit(main(sys.argv[1:]))
