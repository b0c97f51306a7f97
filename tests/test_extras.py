"""Without an extra, what needs it ends with one line that says which it is; `scripts/try_installs.py` tries the same where none is installed."""

import importlib.util
import runpy
import sys
import tomllib

import pytest
from fsspec.registry import _registry

from tests.command import qagen
from tests.conftest import EXAMPLES, ROOT

COMMANDS = runpy.run_path(str(ROOT / "scripts" / "try_installs.py"))["EXTRAS"]
PACKAGES = {
    "marker": ("marker", "surya"),
    "ocr": ("rapidocr",),
    "embedded": ("xllamacpp",),
    "grounding": ("onnxruntime", "tokenizers"),
    "ray": ("ray",),
    "review": ("uvicorn", "starlette"),
    "s3": ("s3fs",),
}
STANDING_ON_THEM = ("builder.reviewing.serve",)


def test_each_extra_has_a_command_that_needs_it():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert declared.keys() == COMMANDS.keys() == PACKAGES.keys()


@pytest.mark.parametrize("extra", sorted(COMMANDS))
def test_without_an_extra_its_command_ends_with_one_line_that_names_it(extra, tmp_path, monkeypatch):
    for name in PACKAGES[extra]:
        monkeypatch.setitem(sys.modules, name, None)  # how Python itself says that a module is not there
        assert importlib.util.find_spec(name) is None
    for name in STANDING_ON_THEM:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.delitem(_registry, "s3", raising=False)  # of a test before
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QAGEN_MODELS", str(tmp_path / "models"))
    command = [part.format(papers=EXAMPLES) for part in COMMANDS[extra]]
    run = qagen(*command)
    errors = [line for line in run.stderr.splitlines() if line.startswith("error: ")]
    assert (run.returncode, len(errors)) == (1, 1)
    assert f"qagen[{extra}]" in errors[0]
    assert "models pull" not in errors[0]
