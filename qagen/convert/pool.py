"""Worker processes that convert one PDF at a time, are killed when they take too long or too much, and replaced.

A worker costs seconds to start (marker brings torch along), so it stays for the next paper. It is started by a
thread that lives as long as the pool, because Linux sends the parent-death signal when the starting thread ends.
"""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO

from qagen.convert.store import load, reason_of, save_failure
from qagen.errors import ConversionError, WorkspaceError
from qagen.reasons import Reason
from qagen.records import Document, Paper
from qagen.settings import ConvertSettings

WORKER = (sys.executable, "-P", "-m", "qagen.convert.worker")
_POLL = 0.05
"""Seconds between two looks at the clock, the memory and the stop event."""
_GOODBYE = 5.0
"""Seconds that a dismissed worker has to end; after that it is killed."""


class Converter:
    """A pool of worker processes; leave it (`with`) and no process is left.

    Args:
        settings: deadline, memory limit and number of workers.
        command: what starts a worker; it is given this process's id and the memory limit in MiB.
    """

    def __init__(self, settings: ConvertSettings, *, command: Sequence[str] = WORKER) -> None:
        self._settings = settings
        self._command = tuple(command)
        self._slots = threading.Semaphore(settings.workers or os.cpu_count() or 1)
        self._nursery = ThreadPoolExecutor(max_workers=1, thread_name_prefix="qagen-convert")
        self._lock = threading.Lock()
        self._all: set[_Worker] = set()
        self._idle: list[_Worker] = []
        self._closed = threading.Event()

    def __enter__(self) -> "Converter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._dismiss()
        self.close()

    def _dismiss(self) -> None:
        """Let the workers that have nothing to do end by themselves, as a process should."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.dismiss()
        for worker in idle:
            worker.wait(_GOODBYE)

    def close(self) -> None:
        """Kill all workers; a conversion that is still running in another thread is cancelled."""
        self._closed.set()
        with self._lock:
            workers = list(self._all)
        for worker in workers:
            worker.kill()
        self._nursery.shutdown(wait=True, cancel_futures=True)
        for worker in list(self._all):
            worker.kill()

    def convert(self, paper: Paper, folder: Path, *, stop: threading.Event | None = None) -> Document:
        """Convert a paper into `folder`, a conversion's folder of the workspace; waits for a free worker.

        Args:
            paper: the PDF.
            folder: where document.md, blocks.jsonl and meta.json, or failure.json, are written.
            stop: when it is set, the worker is killed and the call ends within a tenth of a second.

        Raises:
            ConversionError: why the PDF cannot become a document.
            CancelledError: when `stop` was set or the pool was closed.
            WorkspaceError: where the folder cannot be written.
        """

        def stopped() -> bool:
            return self._closed.is_set() or (stop is not None and stop.is_set())

        while not self._slots.acquire(timeout=_POLL):
            if stopped():
                raise CancelledError
        try:
            return self._convert(paper, folder, stopped)
        except ConversionError as error:
            save_failure(folder, error)
            raise
        finally:
            self._slots.release()

    def _convert(self, paper: Paper, folder: Path, stopped: Callable[[], bool]) -> Document:
        if stopped():
            raise CancelledError
        worker = self._take()
        keep = False
        try:
            worker.ask(paper, folder)
            self._await(worker, stopped)
            keep = worker.resident() < self._settings.memory * 2**20 // 2
        except ConversionError as error:
            keep = worker.alive() and error.reason is not Reason.OUT_OF_MEMORY
            raise
        finally:
            self._give_back(worker, keep=keep)
        document = load(folder, paper.sha256)
        if not isinstance(document, Document):
            raise ConversionError(Reason.CRASHED, f"the conversion in {str(folder)!r} vanished; run again")
        return document

    def _take(self) -> "_Worker":
        while True:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            if worker is None:
                break
            if worker.alive():
                return worker
            self._give_back(worker, keep=False)
        return self._nursery.submit(self._start).result()

    def _start(self) -> "_Worker":
        worker = _Worker([*self._command, str(os.getpid()), str(self._settings.memory)])
        with self._lock:
            self._all.add(worker)
        return worker

    def _give_back(self, worker: "_Worker", *, keep: bool) -> None:
        if keep and not self._closed.is_set():
            with self._lock:
                self._idle.append(worker)
            return
        worker.kill()
        with self._lock:
            self._all.discard(worker)

    def _await(self, worker: "_Worker", stopped: Callable[[], bool]) -> None:
        """Wait for the worker's last answer; the deadline begins anew once marker is loaded."""
        settings = self._settings
        deadline = time.monotonic() + settings.deadline
        while True:
            try:
                answer = worker.answer(_POLL)
            except ConversionError:
                if stopped():
                    raise CancelledError from None
                raise
            if stopped():
                raise CancelledError
            if answer is not None:
                if _is_last(answer):
                    return
                deadline = time.monotonic() + settings.deadline
            if worker.resident() > settings.memory * 2**20:
                worker.kill()
                raise ConversionError(
                    Reason.OUT_OF_MEMORY,
                    f"the conversion needed more than {settings.memory} MiB; raise `memory` in [convert] to allow more",
                )
            if time.monotonic() > deadline:
                worker.kill()
                raise ConversionError(
                    Reason.TIMED_OUT,
                    f"no document after {settings.deadline:g} s; raise `deadline` in [convert] to allow more",
                )


def convert(
    paper: Paper, folder: Path, settings: ConvertSettings, *, stop: threading.Event | None = None
) -> Document:
    """Convert one paper in a worker of its own; see `Converter.convert`, which is cheaper for many."""
    with Converter(settings) as converter:
        return converter.convert(paper, folder, stop=stop)


def _is_last(answer: dict[str, str]) -> bool:
    """Whether the conversion is done.

    Raises:
        ConversionError: when the worker says that it failed.
        WorkspaceError: when it could not write the result.
    """
    if answer["state"] == "failed":
        raise ConversionError(reason_of(answer["reason"]), answer["detail"])
    if answer["state"] == "unwritable":
        raise WorkspaceError(answer["detail"])
    return answer["state"] == "done"


class _Worker:
    """One process in a session of its own, with its answers in a queue and its stderr in an unnamed file."""

    def __init__(self, command: Sequence[str]) -> None:
        self._lock = threading.Lock()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 -- closed in kill()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, **_environment()},
        )
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        assert self._process.stdout
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def _read(self, stdout: IO[str]) -> None:
        with stdout:
            for line in stdout:
                self._answers.put(line)
        self._answers.put("")

    def ask(self, paper: Paper, folder: Path) -> None:
        request = {
            "path": str(paper.path.absolute()),
            "folder": str(folder.absolute()),
            "sha256": paper.sha256,
        }
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._crash() from None

    def answer(self, timeout: float) -> dict[str, str] | None:
        """The next answer, or None after `timeout` seconds.

        Raises:
            ConversionError: crashed, when the process has ended instead.
        """
        try:
            line = self._answers.get(timeout=timeout)
        except queue.Empty:
            return None
        if not line:
            raise self._crash()
        answer: dict[str, str] = json.loads(line)
        return answer

    def _crash(self) -> ConversionError:
        code = self._process.wait()
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        last = self._last_words()
        return ConversionError(Reason.CRASHED, f"the converting process ended {how} ({last}); run again")

    def _last_words(self) -> str:
        with self._lock:
            if self._errors.closed:
                return "it was told to stop"
            self._errors.seek(0)
            lines = self._errors.read()[-2000:].decode("utf-8", "replace").split("\n")
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "no word on stderr")

    def alive(self) -> bool:
        return self._process.poll() is None

    def resident(self) -> int:
        """Bytes of memory in use, 0 where the system does not say."""
        try:
            pages = Path(f"/proc/{self._process.pid}/statm").read_text("ascii").split()[1]
        except (OSError, IndexError):
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def dismiss(self) -> None:
        """Ask the process to end: an empty line is the last request."""
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write("\n")
            self._process.stdin.flush()

    def wait(self, seconds: float) -> None:
        """Wait until the process has ended, or for so long."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)

    def kill(self) -> None:
        """End the process and everything it started; harmless when it has ended already."""
        if self._process.returncode is None:
            try:
                if sys.platform == "win32":
                    self._process.kill()
                else:
                    os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self._process.wait()
        self._reader.join()
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        with self._lock:
            self._errors.close()


def _environment() -> dict[str, str]:
    """Nothing is downloaded (marker fetches a font unless FONT_PATH is a file), and one core per worker."""
    return {
        "FONT_PATH": str(Path(__file__)),
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONUTF8": "1",
        "PYTHONWARNINGS": "ignore",
    }
