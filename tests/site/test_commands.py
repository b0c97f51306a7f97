"""Every command that a page shows is typed here, in the order of reading: none fails."""

import json
import os
import subprocess
import sys

from tests.command import ENVIRONMENT
from tests.documentation import PAGES, ROOT, shown
from tests.hub import OWNER, running
from tests.scripted_server import ScriptedServer, paired
from tests.site.reader import MODELS


def test_every_command_that_can_be_run_here_does_what_the_page_says_of_it(tmp_path):
    with running() as hub, ScriptedServer(lambda request, _: paired(request, 3), MODELS) as server:
        environment = {
            **ENVIRONMENT,
            "HF_ENDPOINT": hub.url,
            "HF_TOKEN": OWNER,
            "HF_HOME": str(tmp_path / "hf"),
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "USE_TORCH": "0",
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.site.reader", tmp_path / "reader", server.base_url],
            capture_output=True, text=True, env=environment, cwd=ROOT, check=False,
        )  # fmt: skip
    ran = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one for one in ran if one["code"] != 0] == []
    assert done.returncode == 0, done.stderr[-2000:]
    wanted = {tuple(one.words) for page in PAGES for one in shown(page) if one.why_not is None}
    assert len(ran) == len(wanted) > 40
    place = tmp_path / "reader"
    for made in (
        "dataset/manifest.json",
        "report.html",
        "compared.html",
        "evalset",
        "calls.jsonl",
        "tasks.json",
    ):
        assert (place / made).exists(), made
    assert {tag for name in ("org/papers-qa", "org/qagen-try") for tag in hub.repos[name].tags} == {
        "v1.0.0",
        "v1.1.0",
    }
    assert os.listdir(place / "part-2" / "receipts")
