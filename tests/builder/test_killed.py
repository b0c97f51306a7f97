"""A build that is killed without a word, again and again, ends with the same bytes as one that was left alone."""

import shutil
import signal
import subprocess
import threading

import pytest

from tests.command import ENVIRONMENT, QAGEN, build, hashes
from tests.conftest import EXAMPLES
from tests.scripted_server import ScriptedServer, paired

pytestmark = pytest.mark.slow

KILLS = (1, 9, 18)
"""At which request of a run it is killed."""
SLOTS = 4


def first_turn(request):
    return paired({"messages": request["messages"][:1]})


def killed_at(count: int, out, work) -> int:
    """Run a build until the server has so many requests, kill it, and say how many requests there were in the end."""
    reached = threading.Event()

    def reply(request, nth):
        if nth == count:
            reached.set()
        return first_turn(request)

    with ScriptedServer(reply) as server:
        command = [*QAGEN, "build", EXAMPLES, "--out", out, "--work", work, "--base-url", server.base_url]
        running = subprocess.Popen(
            [*map(str, command), "--concurrency", str(SLOTS), "--sections", "rules", "--judge", "off"],
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
        )
        assert reached.wait(60)
        running.send_signal(signal.SIGKILL)
        running.wait(60)
        return len(server.requests)


def test_kills_cost_no_more_than_the_calls_under_way_and_change_no_byte(work, tmp_path):
    with ScriptedServer(lambda request, nth: first_turn(request)) as server:
        undisturbed = tmp_path / "undisturbed"
        shutil.copytree(work, undisturbed / "w")
        build(EXAMPLES, undisturbed / "d", undisturbed / "w", "--base-url", server.base_url)
        needed = len(server.requests)
    spent = sum(killed_at(count, tmp_path / "d", work) for count in KILLS)
    assert not (tmp_path / "d").exists()
    with ScriptedServer(lambda request, nth: first_turn(request)) as server:
        build(EXAMPLES, tmp_path / "d", work, "--base-url", server.base_url)
        spent += len(server.requests)
    assert needed <= spent <= needed + SLOTS * len(KILLS)
    assert hashes(tmp_path / "d") == hashes(undisturbed / "d")
