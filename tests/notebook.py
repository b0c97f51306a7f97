"""A kernel as a notebook has it: cells are run, seen and interrupted."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jupyter_client.manager import KernelManager

from tests.conftest import ROOT

SECONDS = 120
"""After which a kernel that says nothing is a failure."""


class Kernel:
    """A kernel in a folder, in which this checkout is imported."""

    def __init__(self, folder: Path, environment: dict[str, str]):
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel(cwd=str(folder), env={**environment, "PYTHONPATH": str(ROOT)})
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
        self._manager.cleanup_resources()

    def begin(self, code: str) -> str:
        """Run a cell without waiting for its end; gives what `end` wants."""
        return self._client.execute(code)

    def interrupt(self) -> None:
        self._manager.interrupt_kernel()

    def end(self, cell: str) -> list[dict[str, Any]]:
        """Wait for a cell's end; gives the contents of its outputs."""
        outputs = []
        while True:
            message = self._client.get_iopub_msg(timeout=SECONDS)
            if message["parent_header"].get("msg_id") != cell:
                continue
            content = message["content"]
            if message["msg_type"] == "status" and content["execution_state"] == "idle":
                return outputs
            if message["msg_type"] in (
                "stream",
                "error",
                "execute_result",
                "display_data",
                "update_display_data",
            ):
                outputs.append(content)

    def run(self, code: str) -> list[dict[str, Any]]:
        return self.end(self.begin(code))

    def value(self, expression: str) -> str:
        """What an expression prints."""
        (printed,) = self.run(f"print({expression})")
        return printed["text"].strip()
