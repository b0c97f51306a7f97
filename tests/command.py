"""The command as a user types it, in a process of its own."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

QAGEN = (sys.executable, "-c", "import sys; from builder.cli import main; sys.argv[0] = 'qagen'; main()")
_PROGRESS = re.compile(r"(papers|checking papers|writing rows) \d+ of \d+")
ENVIRONMENT = {
    **os.environ,
    "NO_COLOR": "1",
    "COLUMNS": "120",
    "TERMINAL_WIDTH": "120",
    "QAGEN_MODELS": os.devnull,
}


def qagen(*arguments, **options) -> subprocess.CompletedProcess[str]:
    command = [*QAGEN, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False, **options)


def build(papers, out, work, *arguments) -> tuple[int, dict]:
    """Build as most tests want it: no calls but those for pairs; a later option overrules these."""
    plain = ("--sections", "rules", "--judge", "off", "--json")
    run = qagen("build", papers, "--out", out, "--work", work, *plain, *arguments)
    assert run.stdout, run.stderr
    return run.returncode, json.loads(run.stdout)


def complaints(run: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines on stderr that are not about progress."""
    return [line for line in run.stderr.splitlines() if not _PROGRESS.match(line)]


def rows(folder: Path, config: str = "default") -> list[dict]:
    from builder.folder.read import rows as read_rows

    return [row for _, row in read_rows(folder, config)]


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
