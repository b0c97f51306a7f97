"""The tutorial does what it says: its own blocks of code, from a folder of PDFs to a trained step."""

import json
import math
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.command import complaints, qagen
from tests.conftest import EXAMPLES, ROOT
from tests.documentation import FENCED, Shown
from tests.scripted_server import ScriptedServer, paired

TUTORIAL = ROOT / "docs" / "tutorial.md"
TRAINEE = ROOT / "tests" / "tiny_trainee.py"
NOT_HERE = ("pip install", "ollama pull")
MISSING = [name for name in ("torch", "transformers", "trl") if find_spec(name) is None]


def test_the_tutorial_goes_from_a_folder_of_pdfs_to_a_trained_step(tmp_path, monkeypatch, capsys):
    pytest.importorskip("datasets")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    names: dict[str, object] = {}
    trained = []
    with ScriptedServer(lambda request, _: paired(request, 3), ("deepseek-r1:14b",)) as server:
        for language, code in FENCED.findall(TUTORIAL.read_text("utf-8")):
            if language == "console":
                for line in code.splitlines():
                    follow(line.removeprefix("$ "), server.base_url)
            elif "Trainer(" in code:
                trained.append(code)
            else:
                exec(compile(code, "tutorial.md", "exec"), names)
    printed = capsys.readouterr().out
    records, rejected = names["records"], names["rejected"]
    assert printed.count(" -> ") > 3
    assert sum(split.num_rows for split in records.values()) > 10
    assert str(records) in printed
    assert {"reason", "question"} <= set(rejected.column_names)
    assert "<html" in (tmp_path / "report.html").read_text("utf-8")
    assert len(trained) == 1
    if MISSING:
        pytest.skip(
            f"the last block, which trains, was left out: not installed: {', '.join(MISSING)}; see `make check`"
        )
    take_a_step(tmp_path)


def follow(line: str, server: str) -> None:
    """A line of a `console` block, as a reader would type it."""
    if line.startswith("cp "):
        assert line == "cp -r examples/papers/pdf papers"
        shutil.copytree(EXAMPLES, "papers")
    elif not line.startswith(NOT_HERE):
        words = Shown("docs/tutorial.md", line).words
        asked = ("--base-url", server) if "--model" in words else ()
        done = qagen(*words, *asked)
        assert done.returncode == 0, complaints(done)
        assert done.stdout


def take_a_step(place) -> None:
    """Run the block that trains, with a model of a few thousand weights in the place of the one that it names."""
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", TRAINEE, TUTORIAL, place / "dataset"],
        capture_output=True, text=True, env=offline, cwd=place, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    (came,) = json.loads(done.stdout.splitlines()[-1])
    assert came["steps"] == 1
    assert math.isfinite(came["loss"])
    assert came["rows"] > 10
    assert came["trained"].endswith("<|end|>")
