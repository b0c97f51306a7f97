"""A server that is killed in mid-run and started again after a minute: is anything lost, is anything asked twice that had answered?

python benchmarks/unplug.py [SECONDS]      # 400 calls at 8 slots of 0.5 s, killed after 100 answers, away for 60 s

The run is the real one, with its engine, breaker and ledgers; only the papers are made up. The server writes
down what it was asked and what
it answered, the ledgers say what was kept, and the two are compared call by call. Kills the server with SIGKILL.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
os.environ["NO_PROXY"] = "127.0.0.1"

from engine import Converted, papers  # noqa: E402 - needs the path above

from qagen.engines.server.engine import ServerEngine  # noqa: E402
from qagen.ledger.ledger import Ledger  # noqa: E402
from qagen.pipeline.replay import Recipe  # noqa: E402
from qagen.pipeline.run import Run, RunStats  # noqa: E402
from qagen.progress import Lines  # noqa: E402
from qagen.prompts import load_prompt  # noqa: E402
from qagen.settings import AskSettings, ChunkSettings, Settings  # noqa: E402
from qagen.workspace import Workspace  # noqa: E402

CALLS, SLOTS, SECONDS, BEFORE = 400, 8, 0.5, 100


class Server:
    """The server of slots.py, always at the same port."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.port = 0
        self.under_way: Counter[str] = Counter()
        self.start()

    def start(self) -> None:
        command = [sys.executable, str(HERE / "slots.py"), "--slots", str(SLOTS), "--seconds", str(SECONDS)]
        command += ["--port", str(self.port), "--log", str(self.log)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def told(self, what: str) -> Counter[str]:
        """The seeds of the calls of which the log says so."""
        lines = [line.split() for line in self.log.read_text(encoding="utf-8").splitlines()]
        return Counter(seed for said, seed in lines if said == what)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


async def unplug(server: Server, away: float) -> None:
    def kill() -> None:
        while len(server.told("answered")) < BEFORE:
            time.sleep(0.1)
        server.stop()
        server.under_way = server.told("asked") - server.told("answered")
        print(
            f"killed after {len(server.told('answered'))} answers with {len(server.under_way)} calls under way, away for "
            f"{away:g} s"
        )

    await asyncio.to_thread(kill)
    await asyncio.sleep(away)
    await asyncio.to_thread(server.start)


async def run(server: Server, folder: Path, away: float) -> tuple[RunStats, Counter[str]]:
    ask = AskSettings(base_url=f"http://127.0.0.1:{server.port}/v1", enough=1)
    settings = Settings(ask=ask, chunk=ChunkSettings(chars=2000, overlap=0))
    workspace = Workspace(folder)
    made = list(papers(workspace, settings, CALLS))
    recipe, filled, watch = Recipe(settings, "server", "r1", load_prompt("deep-qa")), RunStats(), Lines()
    async with ServerEngine(ask, note=watch.note) as engine:
        filling = Run(workspace, recipe, Converted(), watch, filled).fill(made, engine)
        await asyncio.gather(unplug(server, away), filling)
    kept = [entry for paper in made for entry in Ledger(workspace.calls(paper.sha256)).entries()]
    return filled, Counter(str(entry.request.seed) for entry in kept)


def main(away: float) -> int:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "server.log")
        began = time.perf_counter()
        try:
            filled, kept = asyncio.run(run(server, Path(folder) / "work", away))
        finally:
            server.stop()
        asked, answered = server.told("asked"), server.told("answered")
    again = asked - Counter(set(asked))
    sent_again = answered - Counter(set(answered))
    print(
        f"{time.perf_counter() - began:.0f} s; {len(kept)} answers kept of {CALLS}, {len(filled.unanswered)} chunks without"
    )
    print(f"asked once more: {again.total()}, answered once more: {sent_again.total()}")
    good = kept == answered and len(kept) == CALLS and not filled.unanswered and again == server.under_way
    print("nothing lost, nothing asked again that had answered" if good else "NOT as it should be")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0))
