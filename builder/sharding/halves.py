"""The two halves of the work on a unit, each for a process that works on one unit after another: what comes of it is a value.

A half that is killed leaves what it has done in the workspace, and another attempt goes on from there.
"""

import socket
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from builder.sharding.filling import Part, convert_part, fill_part
from builder.sharding.receipt import FailedConversion
from builder.sharding.units import UnitPlan, UnitWorkspace, is_done, laid_out
from qagen.convert import Converter
from qagen.convert.store import RETRIED, reason_of
from qagen.errors import ConversionError, EngineError, QagenError, ServerUnreachable, WorkspaceError
from qagen.papers.shard import Shard
from qagen.redaction import redact
from qagen.terminal import tell
from qagen.workspace import read_file, write_atomically

_ATTEMPTS = 40
"""At a unit, whose halves count each; then something is wrong with it, and not with the machines that were lost under it."""
_ATTEMPT = "begun\n"
_LOOK = 15.0
"""Seconds between two looks whether a server is back."""


@dataclass(frozen=True, slots=True)
class UnitOutcome:
    """What came of a unit.

    Attributes:
        unit: which one, as in `2/7`.
        converted, reused: documents.
        failed: papers that gave no document and would be tried again.
        calls: made.
        answers: from the ledger.
        unanswered: chunks.
        error: the name of the error that ended it; empty where none did.
        message, remedy: of that error.
    """

    unit: str
    converted: int = 0
    reused: int = 0
    failed: tuple[FailedConversion, ...] = ()
    calls: int = 0
    answers: int = 0
    unanswered: int = 0
    error: str = ""
    message: str = ""
    remedy: str = ""


class Converting:
    """The first half of units, one after another in one process; the converter's own processes stay for the next. Never raises."""

    def __init__(self, about: UnitPlan) -> None:
        self._about, self._held = about, ExitStack()
        self._converter = self._held.enter_context(Converter(about.settings.convert))

    def __call__(self, before: UnitOutcome) -> UnitOutcome:
        """Convert a unit's papers. Where another attempt works on the unit, it is waited for.

        Args:
            before: names the unit.
        """

        def work(part: Part, workspace: UnitWorkspace) -> UnitOutcome:
            done = convert_part(part, workspace, self._about.settings, self._converter)
            failed = tuple(
                FailedConversion(paper, str(error.reason), error.message, error.remedy)
                for paper, error in sorted(done.failures.items())
                if error.reason in RETRIED
            )
            return replace(before, converted=done.converted, reused=done.reused, failed=failed)

        return _attempted(before.unit, self._about, work)

    def close(self) -> None:
        """End the converter's processes."""
        self._held.close()


class Asking:
    """The second half of units, one after another in one process. Never raises.

    A server that was there when the build began, and is gone when a unit has its turn, is waited for as in any build; where it does
    not come back, what has no answer is listed in the unit's receipt, and later units do not wait.

    Args:
        about: the build.
        clock: seconds, from any beginning.
        sleep: waits, in seconds.
    """

    def __init__(
        self,
        about: UnitPlan,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._about, self._clock, self._sleep = about, clock, sleep
        self._given_up = False

    def __call__(self, before: UnitOutcome) -> UnitOutcome:
        """Ask about a unit, and leave the receipt. What the first half could not do stays as it is.

        Args:
            before: what came of the first half.
        """
        if before.error:
            return before

        def work(part: Part, workspace: UnitWorkspace) -> UnitOutcome:
            try:
                return self._asked(part, workspace, before)
            except ServerUnreachable as gone:
                self._given_up = True
                left = self._fill(part, workspace, before, gone)
                return replace(
                    left,
                    error=ServerUnreachable.__name__,
                    message=redact(gone.message),
                    remedy=redact(gone.remedy),
                )

        return _attempted(before.unit, self._about, work)

    def close(self) -> None:
        """There is nothing to end."""

    def _asked(self, part: Part, workspace: UnitWorkspace, before: UnitOutcome) -> UnitOutcome:
        until = self._clock() + self._about.settings.ask.reconnect_timeout
        while True:
            try:
                return self._fill(part, workspace, before)
            except ServerUnreachable:
                if self._given_up or self._clock() >= until:
                    raise
            self._sleep(_LOOK)

    def _fill(
        self, part: Part, workspace: UnitWorkspace, before: UnitOutcome, gone: EngineError | None = None
    ) -> UnitOutcome:
        about = self._about
        report = fill_part(
            part,
            workspace,
            about.settings,
            caches=workspace.own,
            limit=about.limit,
            offline=about.offline,
            model_change=about.model_change,
            failed=_failures_of(before),
            gone=gone,
        )
        if report.plan != about.plan:
            raise WorkspaceError(
                f"{socket.gethostname()} has another plan for the same settings ({report.plan}, not {about.plan})",
                remedy="install the same version of qagen on all machines",
            )
        calls = report.calls
        return replace(
            before, calls=calls["made"], answers=calls["reused"], unanswered=len(report.unanswered)
        )


def _failures_of(before: UnitOutcome) -> dict[str, ConversionError]:
    return {
        one.paper: ConversionError(reason_of(one.reason), one.message, one.remedy) for one in before.failed
    }


def _attempted(unit: str, about: UnitPlan, work: Callable[[Part, UnitWorkspace], UnitOutcome]) -> UnitOutcome:
    """Work on a unit while no other process does; a unit that another attempt has done meanwhile is left as it is."""
    shard = Shard.parse(unit)
    workspace = UnitWorkspace(about.work, shard)
    try:
        part = laid_out(workspace, shard)
        with workspace.locked(patient=True):
            if is_done(part, workspace, about.plan):
                return UnitOutcome(unit, reused=len(part.papers))
            _count_attempt(workspace)
            return work(part, workspace)
    except QagenError as error:
        return UnitOutcome(
            unit, error=type(error).__name__, message=redact(error.message), remedy=redact(error.remedy)
        )
    except Exception as error:  # noqa: BLE001 -- a bug is a value too, and its traceback stays in the log of the process that met it
        tell(redact(traceback.format_exc().rstrip()))
        said = f"{type(error).__name__}: {error}"
        return UnitOutcome(unit, error="bug", message=redact(" ".join(said.split())))


def _count_attempt(workspace: UnitWorkspace) -> None:
    """Count an attempt before it begins: one whose process is killed cannot say so.

    Raises:
        WorkspaceError: where there were too many.
    """
    place = workspace.own / "attempts"
    before = (read_file(place) or b"").decode()
    if len(before) >= _ATTEMPTS * len(_ATTEMPT):
        raise WorkspaceError(
            f"{_ATTEMPTS} attempts came to nothing: the processes that worked on it were killed, perhaps for want of memory",
            remedy="look into the logs of Ray, and run again with more memory a process or fewer processes",
        )
    write_atomically(place, before + _ATTEMPT)
