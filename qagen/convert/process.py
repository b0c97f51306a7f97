"""A worker as its pool sees it: a process in a session of its own, killed with everything it started."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from qagen.convert import sandbox
from qagen.convert.job import Job, WorkerAnswer
from qagen.convert.options import surya_defaults

_CACHES = ("HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME", "MODEL_CACHE_DIR")


class WorkerDied(Exception):
    """The process ended by itself; says how, and its last words."""


class Worker:
    """One process in a session of its own, with its answers in a queue and its stderr in an unnamed file."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        stage: Path,
        *,
        what: str = "converting",
    ) -> None:
        self._what = what
        self.stage = stage
        """Where it may write: a folder of its own, out of which the pool takes what it made."""
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
            # The only place where it may write is where libraries have to find their temporary folder.
            env={**_environment(environment), **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(stage))},
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

    def ask(self, job: Job) -> None:
        """Send a job; raises as `send`."""
        self.send(job.to_json())

    def answer(self, timeout: float) -> WorkerAnswer | None:
        """The next answer to a job, or None after `timeout` seconds; raises as `receive`."""
        line = self.receive(timeout)
        return None if line is None else WorkerAnswer.from_json(line)

    def send(self, line: str) -> None:
        """Send a line.

        Raises:
            WorkerDied: when there is nobody to send it to.
        """
        assert self._process.stdin
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._death() from None

    def receive(self, timeout: float) -> str | None:
        """The next line, or None after `timeout` seconds.

        Raises:
            WorkerDied: when the process has ended instead.
        """
        try:
            line = self._answers.get(timeout=timeout)
        except queue.Empty:
            return None
        if not line:
            raise self._death()
        return line

    def _death(self) -> WorkerDied:
        code = self._process.wait()
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        last = self._last_words()
        return WorkerDied(f"the {self._what} process ended {how} ({last})")

    def _last_words(self) -> str:
        with self._lock:
            if self._errors.closed:
                return "it was told to stop"
            self._errors.seek(0)
            lines = self._errors.read()[-2000:].decode("utf-8", "replace").split("\n")
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "no word on stderr")

    def alive(self) -> bool:
        """Whether the process has not ended yet."""
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


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """What a worker may know: nothing is downloaded (marker fetches a font unless FONT_PATH is a file), one core each."""
    return {
        # Where there are servers, settings of marker's models may stand in the environment, and say how those are asked.
        **sandbox.environment((*surya_defaults(), *_CACHES) if more else ()),
        "FONT_PATH": str(Path(__file__)),
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONUTF8": "1",
        "PYTHONWARNINGS": "ignore",
        **more,
    }
