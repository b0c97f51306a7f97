"""What a person sees of a run on stderr: bars on a terminal, a line now and then in a log."""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

from qagen.terminal import shown_line

_SECONDS_BETWEEN_LINES = 30.0


class Bars:
    """Two bars, papers and chunks, and notes above them."""

    def __init__(self) -> None:
        self._papers = self._bar("papers", "paper", 0)
        self._chunks = self._bar("chunks", "chunk", 1)
        self._at_a_time = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._chunks.close()
        self._papers.close()

    def converting(self, done: int, total: int) -> None:
        """Show how many papers are converted."""
        self._move(self._papers, done, total)

    def asking(self, done: int, known: int, at_a_time: int) -> None:
        """Show how many of the chunks known so far are answered, with how many calls at a time."""
        if at_a_time != self._at_a_time:
            self._at_a_time = at_a_time
            self._chunks.set_postfix_str(f"{at_a_time} at a time", refresh=False)
        self._move(self._chunks, done, known)

    def note(self, text: str) -> None:
        """Print a line above the bars."""
        tqdm.write(shown_line(text), file=sys.stderr)

    @staticmethod
    def _bar(name: str, unit: str, place: int) -> "tqdm[Any]":
        return tqdm(
            desc=name,
            unit=f" {unit}",
            total=0,
            position=place,
            file=sys.stderr,
            leave=False,
            dynamic_ncols=True,
        )

    @staticmethod
    def _move(bar: "tqdm[Any]", done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)


class Lines:
    """The same as lines, at most one in thirty seconds besides the notes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._papers = "0/0"
        self._chunks = "0/0"
        self._clock = clock
        self._next = clock() + _SECONDS_BETWEEN_LINES

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close."""

    def converting(self, done: int, total: int) -> None:
        """Note how many papers are converted."""
        self._papers = f"{done}/{total}"
        self._line()

    def asking(self, done: int, known: int, at_a_time: int) -> None:
        """Note how many of the chunks known so far are answered, with how many calls at a time."""
        self._chunks = f"{done}/{known}, {at_a_time} calls at a time"
        self._line()

    def note(self, text: str) -> None:
        """Print a line."""
        sys.stderr.write(f"{shown_line(text)}\n")

    def _line(self) -> None:
        if self._clock() >= self._next:
            self._next = self._clock() + _SECONDS_BETWEEN_LINES
            self.note(f"papers {self._papers}, chunks {self._chunks}")


def progress() -> Bars | Lines:
    """Bars where stderr is a terminal, else lines."""
    return Bars() if sys.stderr.isatty() else Lines()
