"""What a person sees of a run on stderr: bars on a terminal, a table in a notebook, a line now and then in a log.

All three show the same rows: what is under way, how far it is, of how many, and how fast. A total that is not known yet is an
estimate, and says so.
"""

import html
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Event, Thread
from types import TracebackType
from typing import Any, Protocol, Self

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.progress import BarColumn, Progress, SpinnerColumn, Task, TaskID, TextColumn
from rich.table import Column, Table

from qagen.terminal import printable_line

_SECONDS_BETWEEN_LINES = 30.0
_SECONDS_BETWEEN_TABLES = 1.0
_NOTES = 20
"""Notes that a notebook shows."""
_INTERRUPT = "^C"
_FEWEST = 3
"""Chunks that are answered before it is said how long the others may take."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How far the asking is.

    Attributes:
        done: chunks that are answered.
        known: chunks of the papers that were cut so far.
        expected: all chunks, as the papers that were cut so far let expect; the same as `known` once all are.
        calls_at_a_time: how many calls may be under way.
        tokens: that were written by this run.
        accepted: pairs that passed all checks and judges so far; None where nobody looked.
        rejected: pairs that did not.
    """

    done: int
    known: int
    expected: int
    calls_at_a_time: int
    tokens: int = 0
    accepted: int | None = None
    rejected: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Something that is under way.

    Attributes:
        name: what it is.
        done: how far it is.
        total: of how many; 0 where nobody knows.
        estimated: whether the total is an estimate.
        more: what else there is to say, shortest first, parted by commas.
    """

    name: str
    done: int
    total: int
    estimated: bool = False
    more: tuple[str, ...] = ()

    @property
    def count(self) -> str:
        """For instance `12 of about 340`."""
        if not self.total:
            return str(self.done) if self.done else "…"
        return f"{self.done:,} of {'about ' if self.estimated else ''}{self.total:,}"


class Watch:
    """What a run tells of itself; what is shown of it is for the classes below."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asking_since: tuple[float, int] | None = None
        self.rows: dict[str, Row] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what is shown; nothing of it is left."""

    def converting(self, done: int, total: int) -> None:
        """So many papers of `total` are converted or rejected."""
        self._put(Row("papers", done, total))

    def asking(self, now: Asking) -> None:
        """So many chunks are answered."""
        began, before = self._asking_since = self._asking_since or (self._clock(), now.done)
        seconds = self._clock() - began
        more = []
        if now.done - before >= _FEWEST and now.expected > now.done and seconds > 0:
            left = seconds / (now.done - before) * (now.expected - now.done)
            more.append(f"{duration_text(left)} left")
        if now.tokens and seconds >= 1:
            more.append(f"{now.tokens / seconds:,.0f} tokens/s")
        if now.accepted is not None:
            more.append(f"{now.accepted:,} accepted, {now.rejected or 0:,} rejected")
        more.append(f"{now.calls_at_a_time} at a time")
        total = max(now.expected, now.known)
        self._put(Row("chunks", now.done, total, total > now.known, tuple(more)))

    def phase(self, name: str, done: int, total: int) -> None:
        """Show that all else is over and something new has begun, for instance the writing."""
        for other in [other for other in self.rows if other != name]:
            self._drop(other)
        self._put(Row(name, done, total))

    def note(self, text: str) -> None:
        """Print a line above all that is shown."""
        sys.stderr.write(f"{printable_line(text)}\n")

    def _put(self, row: Row) -> None:
        if self.rows.get(row.name) != row:
            self.rows[row.name] = row
            self._changed(row)

    def _drop(self, name: str) -> None:
        del self.rows[name]

    def _changed(self, row: Row) -> None:
        """A row is new or other."""


def duration_text(seconds: float) -> str:
    """A time as a person says it: `40 s`, `12 min`, `3 h 5 min`, `2 d 4 h`."""
    minutes, hours, days = round(seconds / 60), round(seconds / 3600), seconds / 86400
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if minutes < 90:
        return f"{minutes} min"
    if hours < 48:
        whole, rest = divmod(minutes, 60)
        return f"{whole} h {rest} min" if whole < 10 and rest else f"{hours} h"
    return f"{int(days)} d {round(days % 1 * 24)} h" if days < 10 else f"{round(days)} d"


class Bars(Watch):
    """A bar for each row, with a clock that ticks, and notes above them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, console: Console | None = None) -> None:
        super().__init__(clock)
        console = console or Console(stderr=True)
        narrow = console.width < 80
        self._bars = _Narrower(
            SpinnerColumn(finished_text=" "),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=10 if narrow else 24),
            TextColumn("{task.fields[count]}", markup=False, table_column=Column(no_wrap=True)),
            _Clock(),
            TextColumn(
                "{task.fields[more]}",
                markup=False,
                table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
            ),
            console=console,
            transient=True,
            expand=True,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def note(self, text: str) -> None:
        """Print a line above the bars."""
        self._bars.console.print(printable_line(text), markup=False, highlight=False, soft_wrap=True)

    def _drop(self, name: str) -> None:
        super()._drop(name)
        self._bars.remove_task(self._tasks.pop(name))

    def _changed(self, row: Row) -> None:
        if row.name not in self._tasks:
            self._tasks[row.name] = self._bars.add_task(row.name, count="", more="")
        self._bars.update(
            self._tasks[row.name],
            completed=row.done,
            total=row.total or None,
            count=row.count,
            more=", ".join(row.more),
        )


class _Narrower(Progress):
    """Bars that leave room at the end of a line: where an interrupt is echoed, it must not begin another one."""

    def get_renderables(self) -> Iterable[RenderableType]:
        """The bars."""
        yield _Narrow(self.make_tasks_table(self.tasks))


@dataclass(frozen=True, slots=True)
class _Narrow:
    table: Table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from console.render(
            self.table, options.update_width(max(1, options.max_width - len(_INTERRUPT) - 1))
        )


class _Clock(TextColumn):
    """How long a row has been under way, which tells a slow model from one that hangs."""

    def __init__(self) -> None:
        super().__init__("", markup=False)

    def render(self, task: Task) -> Any:
        self.text_format = duration_text(task.elapsed or 0) if task.elapsed and task.elapsed >= 1 else ""
        return super().render(task)


class Lines(Watch):
    """The same as lines: one where something begins, then at most one in thirty seconds, besides the notes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._next = clock()

    def phase(self, name: str, done: int, total: int) -> None:
        """Show at once that something new has begun."""
        if name not in self.rows:
            self._next = self._clock()
        super().phase(name, done, total)

    def _changed(self, row: Row) -> None:
        del row  # a line has all of them
        if self._clock() >= self._next:
            self._next = self._clock() + _SECONDS_BETWEEN_LINES
            self.note("; ".join(_line(row) for row in self.rows.values()))


def _line(row: Row) -> str:
    return ", ".join((f"{row.name} {row.count}", *row.more))


class Display(Protocol):
    """What a notebook gives for something that changes: IPython's display handle."""

    def update(self, obj: object) -> None:
        """Show another thing in its place."""


class Notebook(Watch):
    """The same as a table below the cell, drawn once a second, with the notes below it; at the end they alone are left."""

    def __init__(self, display: Display, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._display = display
        self._over = Event()
        self._thread = Thread(target=self._draw_on, name="progress", daemon=True)
        self._notes: list[str] = []
        self._began = clock()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._display.update(Html(self._noted()))

    def note(self, text: str) -> None:
        """Show a line below the table, and leave it there; stderr would be shown as if something were wrong."""
        self._notes.append(printable_line(text))

    def _draw_on(self) -> None:
        self._display.update(Html(self.table()))
        while not self._over.wait(_SECONDS_BETWEEN_TABLES):
            self._display.update(Html(self.table() + self._noted()))

    def _noted(self) -> str:
        """The newest notes as HTML; a run over thousands of papers may have thousands."""
        notes = list(self._notes)
        shown = [f"and {len(notes) - _NOTES:,} before these"] if len(notes) > _NOTES else []
        items = "".join(f"<li>{html.escape(note)}</li>" for note in [*shown, *notes[-_NOTES:]])
        return f"<ul>{items}</ul>" if items else ""

    def table(self) -> str:
        """The rows as HTML."""
        rows = [
            f"<tr><td>{html.escape(row.name)}</td>"
            f'<td><progress value="{row.done}" max="{row.total or 1}"></progress></td>'
            f"<td>{html.escape(row.count)}</td><td>{html.escape(', '.join(row.more))}</td></tr>"
            for row in list(self.rows.values())
        ]
        clock = f"<tr><td></td><td>{duration_text(self._clock() - self._began)}</td></tr>"
        return f"<table>{''.join(rows)}{clock}</table>"


@dataclass(frozen=True, slots=True, repr=False)
class Html:
    """Something that a notebook shows as HTML, and a console not at all."""

    text: str

    def __repr__(self) -> str:
        return ""

    def _repr_html_(self) -> str:
        return self.text


def progress() -> Watch:
    """Bars where stderr is a terminal, a table in a notebook, else lines."""
    if sys.stderr.isatty():
        return Bars()
    display = _notebook_display()
    return Lines() if display is None else Notebook(display)


def _notebook_display() -> Display | None:
    """A display of the notebook that this runs in; None where it runs in none."""
    ipython, shown = sys.modules.get("IPython"), sys.modules.get("IPython.display")
    shell = ipython.get_ipython() if ipython else None
    if shown is None or not hasattr(shell, "kernel"):
        return None
    handle: Display = shown.display(Html(""), display_id=True)
    return handle
