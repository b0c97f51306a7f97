"""Publishing and using what was published, as commands and programs of their own, over a Hub of the test's."""

import json
import subprocess
import sys

import pytest

from tests.builder.corpora import folder, paper, record
from tests.builder.test_push import ALL_TRAIN
from tests.command import ENVIRONMENT, QAGEN
from tests.hub import OWNER, Fault, running

ONE = paper("one")
LOAD = """
import json
from datasets import load_dataset
import builder
found = {}
for tag in ("v1.0.0", "v1.1.0"):
    found[tag] = {config: {split: len(rows) for split, rows in load_dataset("org/qa", config, revision=tag).items()}
                  for config in ("default", "chat")}
    streamed = load_dataset("org/qa", revision=tag, split="train", streaming=True)
    found[tag]["streamed"] = [row["question"] for row in streamed]
    found[tag]["checked"] = len(builder.load("org/qa", "chat", revision=tag, split="train"))
print(json.dumps(found))
"""


@pytest.mark.slow
def test_versions_are_pushed_listed_loaded_streamed_and_compared_by_the_real_clients(tmp_path):
    with running() as hub:
        environment = {
            **ENVIRONMENT,
            "HF_ENDPOINT": hub.url,
            "HF_TOKEN": OWNER,
            "HF_HOME": str(tmp_path / "hf"),
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        }

        def run(*command):
            return subprocess.run(
                list(map(str, command)), env=environment, capture_output=True, text=True, check=False
            )

        questions = []
        for number, question in enumerate(("Why is it so?", "Why else?")):
            questions.append(record(ONE, question))
            folder(tmp_path / f"v{number}", list(questions), settings=ALL_TRAIN)
            pushed = run(
                *QAGEN, "push", tmp_path / f"v{number}", "org/qa", "--license", "cc-by-4.0", "--json"
            )
            assert pushed.returncode == 0, pushed.stderr
            assert OWNER not in pushed.stdout + pushed.stderr
        assert json.loads(pushed.stdout)["changes"] == ["1 record added (new pair 1)"]
        listed = run(*QAGEN, "versions", "org/qa")
        assert [line.split()[0] for line in listed.stdout.splitlines()] == ["1.1.0", "1.0.0"]
        loaded = run(sys.executable, "-c", LOAD)
        assert json.loads(loaded.stdout) == {
            "v1.0.0": {
                "default": {"train": 1}, "chat": {"train": 1}, "streamed": ["Why is it so?"], "checked": 1,
            },
            "v1.1.0": {
                "default": {"train": 2},
                "chat": {"train": 2},
                "streamed": ["Why is it so?", "Why else?"],
                "checked": 2,
            },
        }, loaded.stderr  # fmt: skip
        compared = run(*QAGEN, "diff", "org/qa@v1.0.0", "org/qa@v1.1.0", "--json")
        assert (json.loads(compared.stdout)["same"], len(json.loads(compared.stdout)["added"])) == (1, 1)
        unnamed = run(*QAGEN, "diff", "org/qa", tmp_path / "v1")
        assert (unnamed.returncode, unnamed.stderr) == (
            1,
            "error: 'org/qa' is no folder here; for a dataset on the Hub name its version too, for instance "
            "org/qa@v1.0.0\n",
        )


def test_without_a_token_it_is_one_line(tmp_path):
    folder(tmp_path / "d", [record(ONE, "Why?")], settings=ALL_TRAIN)
    with running() as hub:
        environment = {**ENVIRONMENT, "HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "hf")}
        run = subprocess.run(
            [*QAGEN, "push", str(tmp_path / "d"), "org/qa", "--license", "cc-by-4.0"],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (run.returncode, run.stderr) == (
            1, f"error: no token for {hub.url}: log in with `hf auth login`, or set HF_TOKEN\n",
        )  # fmt: skip
        assert hub.requests == []


def test_a_version_that_datasets_cannot_open_by_its_tag_is_told(tmp_path):
    folder(tmp_path / "d", [record(ONE, "Why?")], settings=ALL_TRAIN)
    with running() as hub:
        environment = {
            **ENVIRONMENT,
            "HF_ENDPOINT": hub.url,
            "HF_TOKEN": OWNER,
            "HF_HOME": str(tmp_path / "hf"),
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        }
        hub.faults.append(Fault("tree", 404, nth=3))  # the first time that `datasets` looks for files
        run = subprocess.run(
            [*QAGEN, "push", str(tmp_path / "d"), "org/qa", "--license", "cc-by-4.0"],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = run.stderr.splitlines()[-1]
        assert run.returncode == 1
        assert said.startswith(
            "error: org/qa@v1.0.0 is published, but `datasets` cannot open 'train' of 'default' ("
        )
        assert said.endswith("); try load_dataset by hand before you tell anybody of it")
        assert hub.repos["org/qa"].tags == {"v1.0.0": hub.repos["org/qa"].branches["main"]}


def test_a_hub_without_xet_is_told_with_what_to_set(tmp_path):
    folder(tmp_path / "v0", [record(ONE, "Why is it so?")], settings=ALL_TRAIN)
    with running() as hub:
        own = {"HF_ENDPOINT": hub.url, "HF_TOKEN": OWNER, "HF_HOME": str(tmp_path / "hf")}
        pushed = subprocess.run(
            [*QAGEN, "push", str(tmp_path / "v0"), "org/qa", "--license", "cc-by-4.0"],
            env={**ENVIRONMENT, **own, "HF_HUB_DISABLE_XET": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (pushed.returncode, pushed.stdout) == (1, "")
        assert pushed.stderr.startswith(f"error: {hub.url} does not take org/qa over Xet (Network error: ")
        assert pushed.stderr.endswith("; where that Hub has no Xet, set HF_HUB_DISABLE_XET=1\n")
        assert [commit.title for commit in hub.repos["org/qa"].history()] == ["initial commit"]
