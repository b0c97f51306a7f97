"""The example papers are what their sources say."""

import sys
from importlib.metadata import version
from pathlib import Path

import pytest

PAPERS = Path(__file__).parents[1] / "examples" / "papers"


@pytest.mark.skipif(version("typst") != "0.15.2", reason="the committed PDFs were made with typst 0.15.2")
def test_building_the_example_papers_gives_the_committed_bytes(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(PAPERS)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    from build import build

    built = {path.name: path.read_bytes() for path in build(tmp_path)}
    assert built == {path.name: path.read_bytes() for path in (PAPERS / "pdf").glob("*.pdf")}
