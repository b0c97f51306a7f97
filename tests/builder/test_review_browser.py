"""The review by keyboard in a real browser, killed and started again, and the next build with another prompt."""

import json
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.command import ENVIRONMENT, QAGEN, build, rows
from tests.conftest import EXAMPLES
from tests.scripted_server import ScriptedServer

CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("uvicorn", reason="the extra `review` is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here")]
OTHER_PROMPT = """---
name: mine
description: another
---
Write {{ pairs }} pairs as asked before.

Excerpt:
{{ chunk }}
"""


@contextmanager
def serving(folder: Path, work: Path):
    """A running review: its address with the token, and the process."""
    command = [*QAGEN, "review", str(folder), "--work", str(work), "--reviewer", "ada"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=ENVIRONMENT
    )
    try:
        yield process.stdout.readline().strip(), process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@contextmanager
def browsing():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.faults, page.hosts = [], set()
        page.on("console", lambda message: page.faults.append(message.text))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("request", lambda request: page.hosts.add(request.url.split("/")[2]))
        yield page
        browser.close()


def enter(page, address):
    page.goto(address)
    page.wait_for_url(address.partition("?")[0])


def decide(page, key):
    before = page.url
    page.keyboard.press(key)
    page.wait_for_function(
        "before => location.href !== before && document.readyState === 'complete'", arg=before
    )


def decisions(work):
    return [json.loads(line) for line in (work / "reviews.jsonl").read_text().splitlines()]


def test_ten_records_by_keyboard_outlive_a_kill_and_hold_in_the_next_build(work, tmp_path):
    with ScriptedServer() as server:
        common = ("--base-url", server.base_url, "--model", "r1")
        build(EXAMPLES / "aftershocks.pdf", tmp_path / "d", work, *common)
        with browsing() as page:
            with serving(tmp_path / "d", work) as (address, process):
                enter(page, address)
                decide(page, "Enter")
                for key in "aa3aa1aa":
                    decide(page, key)
                page.keyboard.press("e")
                page.keyboard.press("Control+a")
                page.keyboard.press("Tab")
                page.locator("#new-answer").fill("Nobody has measured that.")
                decide(page, "Control+Enter")
                process.kill()
            with serving(tmp_path / "d", work) as (address, _):
                enter(page, address)
                decide(page, "Enter")
                decide(page, "a")
                page.goto(address.partition("?")[0] + "?config=rejected&reason=dangling_reference")
                decide(page, "Enter")
                decide(page, "b")
            faults = [said for said in page.faults if "ERR_CONNECTION_REFUSED" not in said]
            assert faults == []
            assert {host.partition(":")[0] for host in page.hosts} == {"127.0.0.1"}
        said = decisions(work)
        verdicts = [one["verdict"] for one in said]
        assert verdicts == [
            *["accept"] * 2,
            "reject",
            *["accept"] * 2,
            "reject",
            "accept",
            "accept",
            "edit",
            "accept",
            "bring_back",
        ]
        assert len({one["id"] for one in said}) == 11
        (tmp_path / "mine.md").write_text(OTHER_PROMPT)
        asked = len(server.requests)
        build(EXAMPLES / "aftershocks.pdf", tmp_path / "e", work, *common, "--prompt", tmp_path / "mine.md")
        assert len(server.requests) > asked
    before = {row["id"]: row for row in rows(tmp_path / "d")}
    after = {row["id"]: row for row in rows(tmp_path / "e")}
    assert len({row["generation"]["prompt"] for row in after.values()} - {"deep-qa"}) == 1
    for one in said:
        if one["verdict"] == "accept":
            assert after[one["id"]]["review"]["decision"] == "accept"
        elif one["verdict"] == "bring_back":
            assert after[one["id"]]["review"]["decision"] == "bring_back"
        else:
            assert (one["id"] in before, one["id"] in after) == (True, False)
    (edited,) = [row for row in after.values() if row["answer"] == "Nobody has measured that."]
    origin = before[next(one["id"] for one in said if one["verdict"] == "edit")]
    assert edited["edits"][-1] == {"by": "review", "field": "answer", "before": origin["answer"]}
    assert edited["chunk"] == origin["chunk"]
