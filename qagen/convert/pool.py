"""Worker processes that convert one PDF at a time, are killed when they take too long or too much, and replaced.

A worker costs seconds to start (marker brings torch along), so it stays for the next paper. It is started by a
thread that lives as long as the pool, because Linux sends the parent-death signal when the starting thread ends.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from qagen.convert.job import Job, WorkerAnswer
from qagen.convert.locks import passwords, scratch
from qagen.convert.modes import mode_of
from qagen.convert.process import Worker, WorkerDied
from qagen.convert.sandbox import ports_of
from qagen.convert.servers import Servers
from qagen.convert.store import load, reason_of, save_failure, take_over
from qagen.errors import ConversionError, WorkspaceError
from qagen.reasons import Reason
from qagen.records import Document, Paper
from qagen.settings import ConvertSettings

WORKER = (sys.executable, "-P", "-m", "qagen.convert.worker")
_POLL = 0.05
"""Seconds between two looks at the clock, the memory and the stop event."""
_GOODBYE = 5.0
"""Seconds that a dismissed worker has to end; after that it is killed."""
_BY_OCR = 15.0
"""Seconds that each page adds to the file's deadline where pages may be read by OCR."""
_DEATHS = 2
"""A PDF that so many workers died over is a rejection; the first may have died of what it did before."""


def cores() -> int:
    """The cores that this process may use: a container or a batch job often has few of the machine's."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Converter:
    """A pool of worker processes; leave it (`with`) and no process is left.

    Args:
        settings: the converter, deadlines, memory limit and number of workers.
        command: what starts a worker; it is given this process's id, the memory limit in MiB, and as JSON the
            folders that it may write and the ports that it may reach.
    """

    def __init__(self, settings: ConvertSettings, *, command: Sequence[str] = WORKER) -> None:
        self._settings = settings
        self._command = tuple(command)
        self._passwords = passwords(settings)
        self._held = ExitStack()
        self._scratch = self._held.enter_context(scratch(self._passwords))
        self._slots = threading.Semaphore(settings.workers or cores())
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="qagen-convert")
        self._lock = threading.Lock()
        self._all: set[Worker] = set()
        self._idle: list[Worker] = []
        self._closed = threading.Event()
        self._servers: Servers | None = None

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
        self._starter.shutdown(wait=True, cancel_futures=True)
        for worker in list(self._all):
            worker.kill()
        if self._servers:
            self._servers.stop()
        self._held.close()

    def convert(self, paper: Paper, folder: Path, *, stop: threading.Event | None = None) -> Document:
        """Convert a paper into `folder`, a conversion's folder of the workspace; waits for a free worker.

        Args:
            paper: the PDF.
            folder: where document.md, blocks.jsonl and meta.json, or failure.json, are written.
            stop: when it is set, the worker is killed and the call ends within a tenth of a second.

        Raises:
            ConversionError: why the PDF cannot become a document.
            ConverterMissing: where the converter cannot run here, whatever the PDF.
            CancelledError: when `stop` was set or the pool was closed.
            WorkspaceError: where the folder cannot be written.
        """

        def stopped() -> bool:
            return self._closed.is_set() or (stop is not None and stop.is_set())

        job = Job(
            paper.path.absolute(),
            folder.absolute(),
            paper.sha256,
            mode_of(self._settings),
            self._scratch,
            self._passwords,
        )
        while not self._slots.acquire(timeout=_POLL):
            if stopped():
                raise CancelledError
        try:
            return self._document(job, stopped)
        except ConversionError as error:
            save_failure(folder, error)
            raise
        finally:
            self._slots.release()

    def _document(self, job: Job, stopped: Callable[[], bool]) -> Document:
        for death in range(1, _DEATHS + 1):
            if stopped():
                raise CancelledError
            try:
                self._convert(job, stopped, fresh=death > 1)
                break
            except WorkerDied as died:
                if stopped():
                    raise CancelledError from None
                if death == _DEATHS:
                    raise ConversionError(
                        Reason.CRASHED,
                        f"{died}, twice",
                        remedy="run again, and report the PDF where it comes back",
                    ) from None
        document = load(job.folder, job.paper_sha256)
        if not isinstance(document, Document):
            raise ConversionError(
                Reason.CRASHED, f"the conversion in {str(job.folder)!r} vanished", remedy="run again"
            )
        return document

    def _convert(self, job: Job, stopped: Callable[[], bool], *, fresh: bool) -> None:
        worker = self._starter.submit(self._start, job).result() if fresh else self._take(job)
        keep = False
        try:
            staged = worker.stage / job.folder.name
            worker.ask(replace(job, folder=staged))
            self._await(worker, job, stopped)
            take_over(staged, job.folder)
            keep = worker.resident() < self._settings.memory * 2**20 // 2
        except ConversionError as error:
            keep = worker.alive() and error.reason is not Reason.OUT_OF_MEMORY
            raise
        finally:
            self._give_back(worker, keep=keep)

    def _take(self, job: Job) -> Worker:
        while True:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            if worker is None:
                return self._starter.submit(self._start, job).result()
            if worker.alive():
                return worker
            self._give_back(worker, keep=False)

    def _start(self, job: Job) -> Worker:
        if self._servers is None:
            self._servers = Servers(job.mode, self._settings)
        environment = self._servers.start(self._closed)
        stage = Path(self._held.enter_context(TemporaryDirectory(prefix="qagen-convert-"))).resolve()
        writable = [str(place) for place in (stage, self._scratch) if place]
        allowed = json.dumps([writable, ports_of(environment)])
        command = [*self._command, str(os.getpid()), str(self._settings.memory), allowed]
        worker = Worker(command, environment, stage)
        with self._lock:
            self._all.add(worker)
        return worker

    def _give_back(self, worker: Worker, *, keep: bool) -> None:
        if keep and not self._closed.is_set():
            with self._lock:
                self._idle.append(worker)
            return
        worker.kill()
        with self._lock:
            self._all.discard(worker)

    def _await(self, worker: Worker, job: Job, stopped: Callable[[], bool]) -> None:
        """Wait for the worker's last answer; the deadlines begin once marker is loaded."""
        watch = _Watch(self._settings, job)
        while True:
            answer = worker.answer(_POLL)
            if stopped():
                raise CancelledError
            if answer is not None:
                if _is_last(answer):
                    return
                watch.heard(answer)
            try:
                watch.look(worker.resident())
            except ConversionError:
                worker.kill()
                raise


class _Watch:
    """The limits of one conversion: of the file, of the pages that the worker is at, and of memory."""

    def __init__(self, settings: ConvertSettings, job: Job) -> None:
        self._settings = settings
        by_ocr = job.mode.name == "rules" and job.mode.ocr != "none"
        self._page = settings.page_deadline or (
            300.0 if job.mode.name != "rules" else 120.0 if by_ocr else 30.0
        )
        self._more = _BY_OCR if by_ocr else 0.0
        self._file = time.monotonic() + settings.deadline
        self._pages, self._step = "", self._file

    def heard(self, answer: WorkerAnswer) -> None:
        """Marker is loaded, or the worker begins with some pages."""
        now = time.monotonic()
        if answer.state == "started":
            self._file = now + self._settings.deadline
            self._step = self._file
        if answer.state == "pages":
            self._pages = f" on {answer.pages} page(s)"
            self._file += answer.pages * self._more
            self._step = now + answer.pages * self._page

    def look(self, resident: int) -> None:
        """Look at the clock and at the memory in use.

        Raises:
            ConversionError: timed_out or out_of_memory.
        """
        settings, now = self._settings, time.monotonic()
        if resident > settings.memory * 2**20:
            raise ConversionError(
                Reason.OUT_OF_MEMORY,
                f"the conversion needed more than {settings.memory} MiB",
                remedy="raise `memory` in [convert] to allow more",
            )
        if now > self._file:
            raise ConversionError(
                Reason.TIMED_OUT,
                f"no document after {settings.deadline:g} s",
                remedy="raise `deadline` in [convert] to allow more",
            )
        if now > self._step:
            raise ConversionError(
                Reason.TIMED_OUT,
                f"more than {self._page:g} s a page{self._pages}",
                remedy="raise `page_deadline` in [convert] to allow more",
            )


def convert(
    paper: Paper, folder: Path, settings: ConvertSettings, *, stop: threading.Event | None = None
) -> Document:
    """Convert one paper in a worker of its own; see `Converter.convert`, which is cheaper for many."""
    with Converter(settings) as converter:
        return converter.convert(paper, folder, stop=stop)


def _is_last(answer: WorkerAnswer) -> bool:
    """Whether the conversion is done.

    Raises:
        ConversionError: when the worker says that it failed.
        WorkspaceError: when it could not write the result.
    """
    if answer.state == "failed":
        raise ConversionError(reason_of(answer.reason), answer.detail, answer.remedy)
    if answer.state == "unwritable":
        raise WorkspaceError(answer.detail, answer.remedy)
    return bool(answer.state == "done")
