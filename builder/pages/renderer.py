"""Pages drawn by a confined process, which is killed where a PDF holds it up, and started anew after one that killed it."""

import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from pydantic import ValidationError

from builder.pages.pictures import REQUEST, DrawingAnswer, DrawingRequest, PagePicture, PageView, picture_of
from qagen.convert.locks import scratch
from qagen.convert.process import Worker, WorkerDied
from qagen.errors import PictureError

WORKER = (sys.executable, "-P", "-m", "builder.pages.worker")
_POLL = 0.05
"""Seconds between two looks at the clock and the memory."""
_MEMORY = 1024
"""MiB that drawing a page may take."""
_DEADLINE = 20.0
"""Seconds that one picture may take; a scan of 600 dpi takes one or two."""
_GOODBYE = 2.0
"""Seconds that a dismissed process has to end; after that it is killed."""
_REMEMBERED = 1000
"""Pages that could not be drawn, whose fault is known without trying them again."""
_SIDES = 4
_REMEDY = "look at the PDF itself"


class PageRenderer:
    """Draws pages; leave it (`with`) and no process and no copy of a PDF is left.

    Any thread may ask; one picture is drawn at a time. The process is started with the first.

    Args:
        passwords: are tried in turn where a PDF wants one, see `qagen.convert.passwords`.
        deadline: seconds for one picture.
        memory: MiB for the process.
        command: what starts it; it is given this process's id, the memory in MiB, and as JSON the folders that it may write and the
            ports that it may reach.
        clock: seconds, from any beginning.
    """

    def __init__(
        self,
        *,
        passwords: tuple[str, ...] = (),
        deadline: float = _DEADLINE,
        memory: int = _MEMORY,
        command: Sequence[str] = WORKER,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._passwords, self._deadline, self._memory = passwords, deadline, memory
        self._command, self._clock = tuple(command), clock
        self._held = ExitStack()
        self._scratch = self._held.enter_context(scratch(passwords))
        # One thread starts the process and talks to it: Linux ends a process with the thread that started it.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="qagen-pages")
        self._worker: Worker | None = None
        self._faults: dict[tuple[str, int], str] = {}

    def __enter__(self) -> "PageRenderer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process; a picture that is still being drawn is finished first, or reaches its deadline."""
        self._thread.submit(self._dismiss)
        self._thread.shutdown(wait=True)
        self._held.close()

    def render(self, path: Path, sha256: str, view: PageView) -> PagePicture:
        """Draw a page of a PDF.

        Args:
            path: of the PDF.
            sha256: that its bytes must have, so that what is shown is what the record was made from.
            view: which page, which part of it, and the boxes.

        Raises:
            PictureError: where there is no picture, with why. The next call is served all the same.
        """
        known = self._faults.get((sha256, view.page))
        if known is not None:
            raise PictureError(known, remedy=_REMEDY)
        _refuse_impossible(view)
        request = DrawingRequest(path.absolute(), sha256, self._scratch, self._passwords, view)
        return self._thread.submit(self._draw, request).result()

    def _draw(self, request: DrawingRequest) -> PagePicture:
        fresh = self._worker is None
        try:
            return self._asked(request)
        except WorkerDied as died:
            self._end()
            if not fresh:  # it may have died of what it did before, or while it waited
                return self._draw(request)
            raise self._remembered(request, str(died)) from None

    def _asked(self, request: DrawingRequest) -> PagePicture:
        if self._worker is None:
            self._worker = self._start()
        self._worker.send(REQUEST.dump_json(request).decode("utf-8") + "\n")
        answer = self._answer(self._worker, request)
        if answer.fault:
            raise PictureError(answer.fault, remedy=answer.remedy or _REMEDY)
        picture = picture_of(answer, len(request.view.boxes))
        if picture is None:
            self._end()
            raise self._remembered(request, f"what came of drawing page {request.view.page} is no picture")
        return picture

    def _answer(self, worker: Worker, request: DrawingRequest) -> DrawingAnswer:
        until = self._clock() + self._deadline
        page = request.view.page
        while (line := worker.receive(_POLL)) is None:
            if self._clock() > until:
                self._end()
                raise self._remembered(request, f"drawing page {page} takes more than {self._deadline:g} s")
            if worker.resident() > self._memory * 2**20:
                self._end()
                raise self._remembered(request, f"drawing page {page} takes more than {self._memory} MiB")
        try:
            return DrawingAnswer.model_validate_json(line)
        except ValidationError:
            self._end()
            raise self._remembered(request, f"what came of drawing page {page} is no picture") from None

    def _remembered(self, request: DrawingRequest, fault: str) -> PictureError:
        """The error, which is known the next time: a page that ended the process once would end it again."""
        if len(self._faults) >= _REMEMBERED:
            self._faults.clear()
        self._faults[request.sha256, request.view.page] = fault
        return PictureError(fault, remedy=_REMEDY)

    def _start(self) -> Worker:
        stage = Path(
            self._held.enter_context(tempfile.TemporaryDirectory(prefix="qagen-pages-", dir=self._scratch))
        )
        allowed = json.dumps([[str(self._scratch)], []])
        command = [*self._command, str(os.getpid()), str(self._memory), allowed]
        return Worker(command, {}, stage, what="drawing")

    def _dismiss(self) -> None:
        """Let the process end by itself, as one should that has nothing to do."""
        if self._worker is not None:
            self._worker.dismiss()
            self._worker.wait(_GOODBYE)
        self._end()

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker = None


def _refuse_impossible(view: PageView) -> None:
    """Boxes come out of files that anybody may have written."""
    sides = [side for box in view.boxes for side in box]
    if any(len(box) != _SIDES for box in view.boxes) or not all(map(math.isfinite, sides)):
        raise PictureError(f"a box on page {view.page} is none: {view.boxes}", remedy="verify the dataset")
