"""A worker process: one PDF after another, each asked for by a line of JSON on stdin and answered by one on stdout.

asked     a job (`qagen.convert.job`)
answers   {"state": "started"} once marker is there and the PDF is begun, then
          {"state": "pages", "pages": 3} before each few pages, so that somebody can see that there is progress, then
          {"state": "done"} when the conversion lies in the folder, or
          {"state": "failed", "reason", "detail"}

Whatever a library prints goes to stderr. The process ends when its parent does.
"""

import ctypes
import json
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from qagen.convert.job import Job, Mode, WorkerAnswer
from qagen.convert.sandbox import confine
from qagen.errors import ConversionError, WorkspaceError
from qagen.reasons import Reason

if TYPE_CHECKING:
    from qagen.convert.store import Conversion

    Reader = Callable[[Path, str, Sequence[int] | None, Callable[[int], None]], Conversion]

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve requests until an empty one comes, or stdin ends."""
    answers = own_stdout()
    die_with_parent(int(sys.argv[1]))
    limit_memory(int(sys.argv[2]))
    writable, ports = json.loads(sys.argv[3])
    confine([Path(place) for place in writable], ports)
    for line in iter(_requests().get, "\n"):
        _say(answers, serve(Job.from_json(line), lambda answer: _say(answers, answer)))


def serve(job: Job, say: Callable[[WorkerAnswer], None]) -> WorkerAnswer:
    """Convert one PDF into its folder and say how it ended."""
    from qagen.convert.locks import open_unlocked
    from qagen.convert.preflight import check
    from qagen.convert.private_copy import private_copy

    try:
        with (
            private_copy(job.path, job.paper_sha256, job.scratch) as copy,
            open_unlocked(copy, job.passwords, job.scratch) as path,
        ):
            _save(job, path, check(path), say)
    except ConversionError as error:
        return _failed(error.reason, error.message, error.remedy)
    except WorkspaceError as error:
        return WorkerAnswer("unwritable", detail=error.message, remedy=error.remedy)
    except MemoryError:
        return _failed(Reason.OUT_OF_MEMORY, "the conversion asked for more memory than it may have")
    except OSError as error:
        return _failed(Reason.CRASHED, f"cannot read {str(job.path)!r}: {error.strerror or error}")
    except Exception as error:  # noqa: BLE001 -- marker and pdfium raise anything; a bad PDF must not end the pool
        return _failed(Reason.CRASHED, _where(error), "run again, and report it where it comes back")
    return WorkerAnswer("done")


def _save(job: Job, path: Path, pages: int, say: Callable[[WorkerAnswer], None]) -> None:
    """Read the PDF as its mode says, and write the conversion."""
    from qagen.convert.ranges import in_ranges
    from qagen.convert.store import save

    read = _reader(job.mode)
    say(WorkerAnswer("started"))

    def begin(count: int) -> None:
        say(WorkerAnswer("pages", count))

    save(
        job.folder,
        in_ranges(pages, job.mode.range_pages, lambda wanted: read(path, job.paper_sha256, wanted, begin)),
    )


def _reader(mode: Mode) -> "Reader":
    """What reads a PDF in a mode; imported only now, since marker comes with it."""
    if mode.name == "rules":
        from qagen.convert.rules.conversion import read

        return partial(read, ocr=mode.ocr)
    from qagen.convert.modelled import reader

    return reader(mode)


def _failed(reason: Reason, detail: str, remedy: str = "") -> WorkerAnswer:
    return WorkerAnswer("failed", reason=str(reason), detail=detail, remedy=remedy)


def _where(error: Exception) -> str:
    traceback.print_exception(error, file=sys.stderr)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}:{frame.lineno}"
    return f"{type(error).__name__} at {place}: {error}"


def _say(answers: TextIO, answer: WorkerAnswer) -> None:
    answers.write(answer.to_json())
    answers.flush()


def own_stdout() -> TextIO:
    """Keep stdout for the answers alone: everything else that is printed goes to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _requests() -> "queue.SimpleQueue[str]":
    """Read stdin in a thread, so that the end of the parent (and with it of stdin) ends a running conversion too."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            lines.put(line)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return lines


def die_with_parent(parent: int) -> None:
    """Let Linux kill this process with the thread that started it, also while C code holds everything up."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)


def limit_memory(mebibytes: int) -> None:
    """A hard stop for one giant allocation; the parent watches what is really used."""
    if sys.platform == "linux":
        import resource

        limit = (mebibytes + 1024) * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    main()
