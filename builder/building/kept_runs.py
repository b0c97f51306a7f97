"""What a workspace keeps of each run, `WORK/runs/<time>.json`: the only place where a clock is read."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from builder.building.job import BuildJob
from builder.building.report import calls_told
from qagen import __version__
from qagen.pipeline.stats import RunStats
from qagen.redaction import redact
from qagen.workspace import Workspace, write_atomically


def of_interrupted(job: BuildJob, run_stats: RunStats, seconds: float) -> dict[str, object]:
    """What is kept of a run that was stopped: enough for `qagen plan` to know how fast the model is."""
    return {
        "interrupted": True,
        "model": run_stats.model,
        "calls": calls_told(run_stats, run_stats.calls_reused),
        **of_asking(run_stats),
        "seconds": round(seconds, 3),
        "papers": {"found": len(job.papers), "converted": run_stats.converted, "reused": run_stats.reused},
    }


def of_asking(run_stats: RunStats) -> dict[str, object]:
    """What is kept of a run that asks and makes no dataset: who was asked for what; attempts are counted where rows are made."""
    return {
        "by_prompt": {label: asdict(cost) for label, cost in sorted(run_stats.by_prompt.items())},
        "attempts": {},
    }


def keep(workspace: Workspace, report: Mapping[str, object]) -> None:
    """Write what the run did into the workspace; the dataset folder itself knows no clock."""
    now = datetime.now(UTC)
    said = {"finished": now.isoformat(timespec="seconds"), "qagen": __version__, **report}
    stem = f"{now:%Y%m%dT%H%M%S}.{now.microsecond:06d}Z"
    place = workspace.runs / f"{stem}.json"
    while place.exists():  # a clock that was set back
        stem += "-"
        place = workspace.runs / f"{stem}.json"
    write_atomically(place, redact(json.dumps(said, indent=1)) + "\n")


def told_interrupted(work: Path, run_stats: RunStats) -> str:
    """What a person is told of a run that was stopped."""
    return (
        f"{run_stats.converted} conversions and {run_stats.calls.made} answers of this run are kept in {str(work)!r}, "
        "and the same command goes on from there"
    )
