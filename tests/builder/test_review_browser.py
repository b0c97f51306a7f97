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


def place_of(page):
    """The config and number of the row that is shown; None in a list."""
    path = page.url.partition("?")[0].split("/")
    return (path[-2], int(path[-1])) if path[-3] == "item" else None


def focused(page):
    return page.evaluate("document.activeElement.id")


def test_every_key_of_the_table_does_what_it_says(work, tmp_path):
    with ScriptedServer() as server:
        build(
            EXAMPLES / "aftershocks.pdf", tmp_path / "d", work, "--base-url", server.base_url, "--model", "r1"
        )
    ids = [row["id"] for row in rows(tmp_path / "d")]
    with browsing() as page, serving(tmp_path / "d", work) as (address, _):
        enter(page, address)
        page.keyboard.press("/")
        assert focused(page) == "f-q"
        page.keyboard.press("a")  # is typed, and decides nothing
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        page.keyboard.press("Escape")
        walked = []
        for key in ("Enter", "s", "n", "j", "ArrowRight", "p", "k", "ArrowLeft"):
            decide(page, key)
            walked.append(place_of(page))
        assert walked == [("default", number) for number in (0, 1, 2, 3, 4, 3, 2, 1)]
        page.keyboard.press("r")
        assert focused(page) == "reason"
        page.keyboard.type("a name, and 1 number")
        decide(page, "Enter")
        assert place_of(page) == ("default", 2)
        decide(page, "a")
        decide(page, "u")
        assert (place_of(page), decisions(work)[-1]["verdict"]) == (("default", 2), "undo")
        decide(page, "l")
        assert place_of(page) is None
        page.goto(address.partition("?")[0] + "?config=rejected&reason=dangling_reference")
        decide(page, "Enter")
        turned_down = place_of(page)
        decide(page, "x")
        decide(page, "u")
        assert place_of(page) == turned_down
        page.keyboard.press("r")
        page.keyboard.type("it points at nothing")
        decide(page, "Enter")
        assert page.faults == []
    said = [(one["id"], one["verdict"], one.get("reason", "")) for one in decisions(work)]
    bad = said[-1][0]
    assert said == [
        (ids[1], "reject", "a name, and 1 number"),
        (ids[2], "accept", ""),
        (ids[2], "undo", ""),
        (bad, "reject", ""),
        (bad, "undo", ""),
        (bad, "reject", "it points at nothing"),
    ]


def test_the_last_decision_is_taken_back_from_the_list_that_it_ended_in(work, tmp_path):
    with ScriptedServer() as server:
        build(
            EXAMPLES / "aftershocks.pdf", tmp_path / "d", work, "--base-url", server.base_url, "--model", "r1"
        )
    last = len(rows(tmp_path / "d")) - 1
    with browsing() as page, serving(tmp_path / "d", work) as (address, _):
        enter(page, address)
        page.goto(f"{address.partition('?')[0]}item/default/{last}")
        decide(page, "a")
        assert place_of(page) is None
        decide(page, "u")
        assert place_of(page) == ("default", last)
        assert page.faults == []
    assert [one["verdict"] for one in decisions(work)] == ["accept", "undo"]
