"""Kills builds of a part whose workspace is in a store, at random moments, and counts what is asked again.

    python scripts/kill_remote.py --kills 10

moto's server is the store, and a scripted one the model, which takes its time. Each build is a process of its own that is killed with
SIGKILL; every other one loses its disk too. It publishes twice a second here, and its claims die after three. After each kill what the
store has is read; the next build must ask none of it. At the end the dataset is compared with that of a build without a store.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from builder.building.build import build_dataset
from builder.sharding.assembling import assemble_dataset
from qagen.ledger.maintenance import entries
from qagen.settings import Settings
from qagen.stores.opening import Means, reading
from qagen.workspace import Workspace
from tests.command import hashes
from tests.conftest import EXAMPLES
from tests.object_store import object_store
from tests.scripted_server import ScriptedServer, paired

ADDRESS = Path("s3://bucket/work")
CHILD = """
import sys
from qagen.stores import claims, opening, publishing
claims.LEASE, claims.RENEWED_EVERY, claims._LOOKED_EVERY, publishing.LEASE = 3.0, 0.5, 0.2, 3.0
opening.Means.__init__.__defaults__ = (*opening.Means.__init__.__defaults__[:-1], 0.5)
from builder.cli import main
main()
"""


def settings(server: ScriptedServer) -> Settings:
    return Settings.model_validate(
        {
            "dataset": {"plots": False},
            "chunk": {"sections": "rules"},
            "judge": {"mode": "off"},
            "ask": {"model": "r1", "base_url": server.base_url, "concurrency": 2},
        }
    )


def asked(request: dict) -> str:
    """What tells a request from others."""
    return json.dumps([request["messages"], request.get("seed")], sort_keys=True)


def published(means: Means) -> set[str]:
    """What the store has answers to."""
    with reading([], [ADDRESS], means=means) as here:
        return {
            asked({"messages": [{"role": m.role, "content": m.content} for m in entry.request.messages], "seed": entry.request.seed})
            for _, entry in entries(Workspace(here.work))
        }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    chance = random.Random(given.seed)

    def reply(request, _):
        time.sleep(0.4)
        return paired(request)

    with (
        tempfile.TemporaryDirectory() as folder,
        object_store() as store,
        ScriptedServer(reply, models=("r1",)) as server,
    ):
        root = Path(folder)
        environment = {**os.environ, **store.environment, "QAGEN_SCRATCH": str(root / "scratch")}
        import fsspec

        fsspec.filesystem("s3", skip_instance_cache=True, **store.options).mkdir("bucket")
        build_dataset([EXAMPLES], root / "local", settings=settings(server), work=root / "work")
        needed, total, again = len(server.requests), 0, 0
        server.requests.clear()
        means = Means(scratch=root / "reader", options=store.options)
        command = [sys.executable, "-c", CHILD, "build", str(EXAMPLES), "--shard", "1/1", "--work", "s3://bucket/work",
                   "--model", "r1", "--sections", "rules", "--judge", "off", "--concurrency", "2",
                   "--base-url", server.base_url]  # fmt: skip
        for kill in range(given.kills + 1):
            before = published(means) if kill else set()
            process = subprocess.Popen(
                command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
            if kill < given.kills:
                deadline = time.monotonic() + 120
                wanted = chance.randint(0, 12)
                while (
                    len(server.requests) < wanted and time.monotonic() < deadline and process.poll() is None
                ):
                    time.sleep(0.05)
                time.sleep(chance.random())
                process.kill()
            said = process.communicate()[1].decode().strip().splitlines()
            made = [asked(request) for request in server.requests]
            server.requests.clear()
            total += len(made)
            again += len(before.intersection(made))
            print(
                f"{kill}: exit {process.returncode}, asked {len(made)}, of which published before {len(before.intersection(made))}, "
                f"published before it {len(before)}; {said[-1] if said else ''}",
                flush=True,
            )
            if kill % 2:
                shutil.rmtree(root / "scratch", ignore_errors=True)
        with reading([], [ADDRESS], means=means) as here:
            assemble_dataset([EXAMPLES], root / "remote", settings=settings(server), works=here.works)
        same = hashes(root / "remote") == hashes(root / "local")
        print(
            f"needed {needed}, asked {total} over {given.kills} kills, published answers asked again {again}, same dataset {same}"
        )
        return 0 if same and not again else 1


if __name__ == "__main__":
    sys.exit(main())
