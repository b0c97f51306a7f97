"""Builds on a real Ray: one of their own on this machine, and a head with two nodes, of which one is lost."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading

import pytest

from qagen.ledger.ledger import Ledger
from tests.command import ENVIRONMENT, QAGEN, complaints, hashes, qagen
from tests.conftest import EXAMPLES, ROOT
from tests.scripted_server import ScriptedServer, paired

pytest.importorskip("ray", reason="Ray is not installed: pip install 'qagen[ray]'")

CALLS = 4
RECIPE = ("--sections", "rules", "--judge", "off", "--pairs", "3")
PLAIN = (*RECIPE, "--concurrency", str(CALLS))


def options(server):
    return (*PLAIN, "--model", "r1", "--base-url", server.base_url)


def command(place, server, *more):
    return ("build", EXAMPLES, "--out", place / "d", "--work", place / "w", *options(server), *more)


def apart(*arguments):
    """A command in a process of its own: Ray takes hold of its process, and warns of itself."""
    return subprocess.run(
        [*QAGEN, *map(str, arguments)], env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


def sharded(place, server, count, converted):
    """The dataset of so many parts, each in a workspace of its own."""
    works = [place / f"{number}-of-{count}" for number in range(1, count + 1)]
    for number, work in enumerate(works, 1):
        shutil.copytree(converted / "papers", work / "papers")
        run = qagen("build", EXAMPLES, "--shard", f"{number}/{count}", "--work", work, *options(server))
        assert run.returncode == 0, run.stderr
    named = [argument for work in works for argument in ("--work", work)]
    run = qagen("assemble", EXAMPLES, "--out", place / "d", *named, *RECIPE, "--model", "r1")
    assert run.returncode == 0, run.stderr
    return hashes(place / "d")


def test_on_this_machine_the_dataset_is_that_of_one_process_and_of_any_parts(converted_examples, tmp_path):
    with ScriptedServer() as server:
        for name in ("here", "ray"):
            shutil.copytree(converted_examples / "papers", tmp_path / name / "w/papers")
        qagen(*command(tmp_path / "here", server))
        needed = len(server.requests)
        run = apart(*command(tmp_path / "ray", server, "--on", "ray", "--units", "3"))
        assert (run.returncode, len(server.requests)) == (0, 2 * needed), run.stderr
        assert server.peak <= CALLS
        parts = [sharded(tmp_path / str(count), server, count, converted_examples) for count in (1, 3, 7)]
    assert [line for line in complaints(run) if not line.startswith(("units ", "["))] == [
        f"2 of 2 units done, 0 of them before: 0 papers converted now, {needed} calls made"
    ]
    whole = hashes(tmp_path / "here/d")
    assert [hashes(tmp_path / "ray/d"), *parts] == [whole] * 4


@pytest.fixture
def cluster():
    """Its address, and a function that has it lose a node."""
    running = subprocess.Popen(
        [sys.executable, "-W", "ignore", ROOT / "tests/ray_cluster.py"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip

    def said(word):
        return next(line for line in running.stdout if line.startswith(word)).split()[-1]

    def lose():
        running.stdin.write("lose\n")
        running.stdin.flush()
        said("lost")

    with running:
        yield said("address"), lose
        running.stdin.close()
        running.stdout.read()


class Held:
    """Answers as any server until some requests have come; then one waits until something has been killed."""

    def __init__(self):
        self.go_on = threading.Event()
        self.at = None

    def __call__(self, request, nth):
        if nth == self.at:
            self.go_on.wait(120)
        return paired({"messages": request["messages"][:1]})

    def after(self, requests):
        self.go_on.clear()
        self.at = requests


def test_a_node_and_a_driver_that_are_lost_cost_no_answer_that_was_kept(
    cluster, converted_examples, tmp_path
):
    address, lose = cluster
    reply = Held()
    for name in ("here", "node", "driver"):
        shutil.copytree(converted_examples / "papers", tmp_path / name / "w/papers")
    with ScriptedServer(reply) as server:
        qagen(*command(tmp_path / "here", server))
        whole = hashes(tmp_path / "here/d")

        place = tmp_path / "node"
        driver, answered, before = held(place, server, reply, address)
        lose()
        reply.go_on.set()
        assert driver.wait() == 0
        again = asked_since(server, before)
        assert (bool(answered), again & answered, hashes(place / "d")) == (True, set(), whole)

        place = tmp_path / "driver"
        driver, answered, before = held(place, server, reply, address)
        os.killpg(driver.pid, signal.SIGKILL)
        driver.wait()
        reply.go_on.set()
        run = apart(*on_cluster(place, server, address))
        assert run.returncode == 0, run.stderr
        again = asked_since(server, before)
        assert (bool(answered), again & answered, hashes(place / "d")) == (True, set(), whole)
        assert server.peak <= CALLS


def on_cluster(place, server, address):
    return command(place, server, "--on", f"ray://{address}", "--units", "3")


def held(place, server, reply, address):
    """A build that waits for its twelfth answer: its process, what was asked for the answers that are kept, and how many requests came."""
    reply.after(len(server.requests) + 12)
    driver = subprocess.Popen(
        [*QAGEN, *map(str, on_cluster(place, server, address))],
        env=ENVIRONMENT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert server.wait_for_requests(reply.at, 300)
    answered = {
        asked([{"role": turn.role, "content": turn.content} for turn in entry.request.messages])
        for path in place.glob("w/papers/*/*/calls.jsonl")
        for entry in Ledger(path).entries()
    }
    return driver, answered, len(server.requests)


def asked_since(server, before):
    return {asked(request["messages"]) for request in server.requests[before:]}


def asked(messages):
    return json.dumps(messages, sort_keys=True)
