"""The servers of marker's models that a run starts, and that end with it.

marker would leave its servers behind, each with its model in the card's memory, for whoever comes next. Here each is a child
process of the run: nothing stays, however the run ends.
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
from collections.abc import Sequence
from concurrent.futures import CancelledError

from qagen.convert.job import Mode
from qagen.convert.locks import VARIABLE
from qagen.convert.parts import INFERENCE, LAYOUT, PARTS, READABILITY, Part, Surroundings
from qagen.errors import ConverterMissing
from qagen.settings import ConvertSettings

MODEL_SERVER = (sys.executable, "-P", "-m", "qagen.convert.model_server")
_STARTUP, _DOWNLOAD = 300.0, 7200.0
"""Seconds that a server has to start with its weights here, and with weights that are fetched."""
_POLL = 0.1
_GOODBYE = 40.0
"""Seconds that a server has to end by itself; a container takes its time."""


class Servers:
    """The servers that a mode needs; those that were named are used as they are.

    Args:
        mode: what is to run.
        settings: whether weights may be fetched.
        command: what keeps a server; it is given the part's kind and this process's id.
    """

    def __init__(
        self, mode: Mode, settings: ConvertSettings, *, command: Sequence[str] = MODEL_SERVER
    ) -> None:
        self._parts = _needed(mode)
        self._around = Surroundings(mode.surya)
        self._surya = {name: str(value) for name, value in mode.surya.items()}
        self._download = settings.download
        self._command = tuple(command)
        self._servers: list[_ModelServer] = []
        self._environment: dict[str, str] | None = None

    def start(self, stop: threading.Event) -> dict[str, str]:
        """Start what is not running yet, and say by which environment a worker finds it.

        Raises:
            ConverterMissing: where a server does not come up.
            CancelledError: when `stop` is set meanwhile.
        """
        if self._environment is None:
            # No worker may start a server: marker's would outlive the run.
            quiet = {part.autostart: "false" for part in PARTS} if self._parts else {}
            found = {**self._surya, **quiet}
            for part in self._parts:
                found[part.url] = self._around.setting(part.url) or self._started(part, stop)
            self._environment = found
        return self._environment

    def _started(self, part: Part, stop: threading.Event) -> str:
        offline = "0" if self._download else "1"
        environment = {
            **{name: value for name, value in os.environ.items() if name != VARIABLE},
            **self._surya,
            "HF_HUB_OFFLINE": offline,
            "TRANSFORMERS_OFFLINE": offline,
            "PYTHONUTF8": "1",
            "PYTHONWARNINGS": "ignore",
        }
        server = _ModelServer([*self._command, part.kind, str(os.getpid())], environment)
        self._servers.append(server)
        return server.url(part, stop, _DOWNLOAD if self._download else _STARTUP)

    def stop(self) -> None:
        """End all servers that were started."""
        for server in self._servers:
            server.dismiss()
        for server in self._servers:
            server.end()
        self._servers.clear()


def _needed(mode: Mode) -> list[Part]:
    if mode.name == "rules":
        return []
    layout = [LAYOUT] if mode.name == "marker-fast" else []
    return layout if mode.ocr == "none" and mode.name == "marker-fast" else [*layout, READABILITY, INFERENCE]


class _ModelServer:
    """A process that keeps one server, says its address, and ends when its stdin does."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 -- closed in end()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
            env=environment,
        )
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as stdout:
            self._lines.put(stdout.readline())

    def url(self, part: Part, stop: threading.Event, startup_timeout: float) -> str:
        """The address, once the server is ready.

        Raises:
            ConverterMissing: where it ends instead, or takes too long.
            CancelledError: when `stop` is set meanwhile.
        """
        end = time.monotonic() + startup_timeout
        while time.monotonic() < end:
            if stop.is_set():
                raise CancelledError
            with contextlib.suppress(queue.Empty):
                line = self._lines.get(timeout=_POLL)
                if line:
                    return str(json.loads(line)["url"])
                self._process.wait()
                raise ConverterMissing(
                    f"the server of marker's {part.kind} model did not start ({self._last_words()})",
                    remedy=f"mend that, name a running one in {part.url}, or use --converter rules",
                )
        raise ConverterMissing(
            f"the server of marker's {part.kind} model was not ready after {startup_timeout:g} s",
            remedy=f"start one yourself and name it in {part.url}",
        )

    def _last_words(self) -> str:
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - 4000))
        lines = self._errors.read().decode("utf-8", "replace").split("\n")
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "no word on stderr")

    def dismiss(self) -> None:
        """Tell the process to end, and its server with it."""
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()

    def end(self) -> None:
        """Wait until the process has ended; kill it where it does not."""
        try:
            self._process.wait(_GOODBYE)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                if sys.platform == "win32":
                    self._process.kill()
                else:
                    os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._reader.join()
        self._errors.close()
