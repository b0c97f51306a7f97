"""The command as a user types it: in this process, where it costs no start, or in one of its own."""

import gc
import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

QAGEN = (sys.executable, "-c", "import sys; from builder.cli import main; sys.argv[0] = 'qagen'; main()")
_PROGRESS = re.compile(r"(papers|checking papers|writing rows) \d+ of \d+")
ENVIRONMENT = {
    **os.environ,
    "NO_COLOR": "1",
    "COLUMNS": "120",
    "TERMINAL_WIDTH": "120",
    "QAGEN_MODELS": os.devnull,
}


def qagen(*arguments, env=ENVIRONMENT) -> subprocess.CompletedProcess[str]:
    """Run a command in this process: same arguments, environment, streams and exit code, no new interpreter.

    Not for what is about the process itself: signals, a full device, what is imported, variables that libraries read when
    they are imported.
    """
    from builder.cli import main

    command = ["qagen", *map(str, arguments)]
    handler, threshold = signal.getsignal(signal.SIGTERM), gc.get_threshold()
    code: str | int | None = 0
    with (
        patch.object(sys, "argv", command),
        patch.dict(os.environ, env, clear=True),
        redirect_stdout(_stream()) as out,
        redirect_stderr(_stream()) as err,
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
        finally:
            signal.signal(signal.SIGTERM, handler)
            gc.unfreeze()
            gc.set_threshold(*threshold)
    return subprocess.CompletedProcess(command, code or 0, _written(out), _written(err))


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _written(stream: io.TextIOWrapper) -> str:
    return stream.buffer.getvalue().decode()


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
