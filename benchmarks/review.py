"""How long `qagen review` takes over many records: to its first page, and from a key to the next pair.

    python benchmarks/review.py [RECORDS]

In this process, without a browser: the application as it is served, called by its own test client. Medians and the slowest of 50.
"""

import statistics
import sys
import tempfile
import time
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from builder.reviewing.app import make_app
from builder.reviewing.desk import Desk
from builder.reviewing.guard import Guard
from qagen.records import record_id
from qagen.workspace import Workspace
from tests.builder.corpora import folder, paper, record

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

PORT = 8123


def results(count):
    """So many records of papers with 500 each, in the order of the papers' sha256."""
    papers = sorted(
        (paper(f"p{number}") for number in range(max(1, count // 500))), key=lambda one: one.sha256
    )
    for one in papers:
        first = record(one, "Why is it so?")
        for number in range(500):
            question = f"Why does specimen {number} of {one.file} creep faster at {300 + number} K than at room temperature?"
            answer = f"Since {number} dislocations climb past the precipitates once diffusion is fast enough, above {number} K."
            yield replace(first, question=question, answer=answer, id=record_id(one.sha256, question, answer))


def timed(call):
    began = time.perf_counter()
    answer = call()
    assert answer.status_code in (200, 303), answer.text
    return time.perf_counter() - began


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folder(place / "d", list(results(count)))
        began = time.perf_counter()
        desk = Desk(place / "d", Workspace(place / "work"), "ada", now=lambda: datetime.now(UTC))
        guard = Guard(PORT)
        client = TestClient(
            make_app(desk, guard), base_url=f"http://127.0.0.1:{PORT}", follow_redirects=False
        )
        timed(lambda: client.get("/", params={"token": guard.token}))
        timed(lambda: client.get("/"))
        print(
            f"{len(desk.table('default')):,} records; from nothing to the first page: {time.perf_counter() - began:.2f} s"
        )

        def key(number):
            own = desk.table("default").content_ids[number]
            fields = {"form_token": guard.form_token, "id": own, "verdict": "accept"}
            answer = client.post(f"/item/default/{number}?state=unreviewed", data=fields)
            return client.get(answer.headers["location"])

        for what, call in (
            ("the first page again", lambda _: client.get("/")),
            ("a search", lambda number: client.get("/", params={"q": f"specimen {number} "})),
            ("a page far back", lambda number: client.get("/", params={"page": str(1000 + number)})),
            ("a key to the next pair", key),
        ):
            times = [timed(lambda number=number, call=call: call(number)) for number in range(50)]
            print(f"{what}: {1000 * statistics.median(times):.0f} ms, slowest {1000 * max(times):.0f} ms")


if __name__ == "__main__":
    main()
