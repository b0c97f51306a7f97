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

PLAIN = ("--sections", "rules", "--judge", "off", "--concurrency", "4", "--pairs", "3")


def command(place, server, *more):
    plain = (*PLAIN, "--model", "r1", "--base-url", server.base_url)
    return ("build", EXAMPLES, "--out", place / "d", "--work", place / "w", *plain, *more)


def test_on_this_machine_the_dataset_is_that_of_one_process(converted_examples, tmp_path):
    with ScriptedServer() as server:
        for name in ("here", "ray"):
            shutil.copytree(converted_examples / "papers", tmp_path / name / "w/papers")
        qagen(*command(tmp_path / "here", server))
        needed = len(server.requests)
        run = qagen(*command(tmp_path / "ray", server, "--on", "ray", "--units", "3"))
        assert (run.returncode, len(server.requests)) == (0, 2 * needed)
    assert [line for line in complaints(run) if not line.startswith(("units ", "["))] == [
        f"2 of 2 units done, 0 of them before: 0 papers converted now, {needed} calls made"
    ]
    assert hashes(tmp_path / "ray/d") == hashes(tmp_path / "here/d")


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


def test_a_driver_and_a_node_that_are_lost_cost_no_answer_that_was_kept(
    cluster, converted_examples, tmp_path
):
    address, lose = cluster
    hold = threading.Event()

    def reply(request, nth):
        if nth == 12:
            hold.wait(60)
        return paired({"messages": request["messages"][:1]})

    def kept(place):
        return {
            asked([{"role": turn.role, "content": turn.content} for turn in entry.request.messages])
            for path in place.glob("w/papers/*/*/calls.jsonl")
            for entry in Ledger(path).entries()
        }

    place = tmp_path / "ray"
    shutil.copytree(converted_examples / "papers", place / "w/papers")
    with ScriptedServer(reply) as server:
        arguments = command(place, server, "--on", f"ray://{address}", "--units", "3")
        driver = subprocess.Popen(
            [*QAGEN, *map(str, arguments)],
            env=ENVIRONMENT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert server.wait_for_requests(12, 200)
        answered, before = kept(place), len(server.requests)
        os.killpg(driver.pid, signal.SIGKILL)
        driver.wait()
        lose()
        hold.set()
        run = qagen(*arguments)
        assert run.returncode == 0, run.stderr
        later = {asked(request["messages"]) for request in server.requests[before:]}
        shutil.copytree(converted_examples / "papers", tmp_path / "here/w/papers")
        qagen(*command(tmp_path / "here", server))
    assert answered
    assert later & answered == set()
    assert hashes(place / "d") == hashes(tmp_path / "here/d")


def asked(messages):
    return json.dumps(messages, sort_keys=True)
