"""How many calls a server really serves at a time, found out by looking at how it answers. Pure: times come in as numbers.

A call in company of `k` calls that took `s` seconds for `t` tokens says that the server made `k * t / s` tokens a second (Little's law),
its own queue counted in. Where twice as many calls at a time give no more, the server is full:

    4 -> 8 -> 16 -> ... while doubling gives at least 15 % more
    then back to what the best rate needs at the speed of calls that had not to queue, and a few more, so that none of its places idles
    while an answer is on its way

Where a server says that it has too much (429, 503, no answer in time) in more than a tenth of the calls, there are fewer. After a while,
longer each time, everything is measured anew, since servers get busier and idler.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

FIRST = 4
HIGHEST = 512
"""Bounds of the search: where it begins, and what it never exceeds."""
_MORE = 1.15
"""Doubling the calls has to raise the rate so much to be worth it."""
_SAME = 0.95
"""Half the calls that give so much of the rate are enough."""
_LOADED = 0.75
"""The share of the limit from which on a call counts as one in full company."""
_LEAST_SAMPLES = 6
_TOO_BUSY = 0.1
_FEWER = 0.7
_LONGEST_SHARE = 0.25
"""The search does not double where calls already take so much of their time-out: their queue would time them out."""
_FIRST_REST = 60
_LONGEST_REST = 480
"""How many times the limit is answered before everything is measured anew."""


@dataclass(frozen=True, slots=True)
class _Measured:
    speed: float
    """Tokens a second of one call, its time in the queue counted in."""
    rate: float
    """Tokens a second of all."""
    seconds: float
    """That a call took."""


@dataclass(slots=True)
class _Samples:
    """What the calls at one limit said so far."""

    calls: int = 0
    busy: int = 0
    company: float = 0.0
    seconds: float = 0.0
    tokens: float = 0.0
    ended: int = 0
    """All calls that ended while this limit held, those too that count for nothing else."""

    def rate(self) -> _Measured:
        speed = self.tokens / max(self.seconds, 1e-9)
        return _Measured(speed, speed * self.company / self.calls, self.seconds / self.calls)


@dataclass(slots=True)
class AdaptiveLimit:
    """The limit on the calls at one server, moved by what is told of their ends; a fixed one where `lowest` is `highest`.

    Attributes:
        limit: how many calls may be under way now.
        timeout: seconds that a call may take.
        sent_from: calls with a smaller number were sent under another limit, and say nothing about this one.
    """

    lowest: int = 1
    highest: int = HIGHEST
    timeout: float = math.inf
    limit: int = 0
    sent: int = 0
    sent_from: int = 0
    _levels: dict[int, _Measured] = field(default_factory=dict)
    _samples: _Samples = field(default_factory=_Samples)
    _resting: int = 0
    _rest: int = _FIRST_REST

    def __post_init__(self) -> None:
        """Begin low."""
        self.limit = min(max(FIRST, self.lowest), self.highest)

    def number(self) -> int:
        """The number of a call that is about to be sent, to be told when it ends."""
        self.sent += 1
        return self.sent

    def record_answer(self, number: int, company: int, seconds: float, tokens: int | None) -> None:
        """A call ended with an answer.

        Args:
            number: as `number` gave it.
            company: the calls that were under way when it was sent, itself included.
            seconds: from sending to the last byte.
            tokens: of the answer, where the server says; else all answers count alike.
        """
        samples = self._samples
        samples.ended += 1
        if number > self.sent_from and company > _LOADED * self.limit:
            samples.calls += 1
            samples.company += company
            samples.seconds += seconds
            samples.tokens += tokens or 1
        self._look()

    def turned_away(self, number: int) -> None:
        """A call ended because the server has too much to do."""
        if number > self.sent_from:
            self._samples.ended += 1
            self._samples.busy += 1
            self._look()

    def _look(self) -> None:
        if self.lowest == self.highest:
            return
        samples, wanted = self._samples, max(_LEAST_SAMPLES, self.limit // 2)
        if samples.busy + samples.calls >= wanted and samples.busy > _TOO_BUSY * (
            samples.busy + samples.calls
        ):
            self._rest_at(math.floor(self.limit * _FEWER))
        elif self._resting:
            if samples.ended >= self._resting:
                self._rest = min(2 * self._rest, _LONGEST_REST)
                self._resting = 0
                self._levels.clear()
                self._move(self.limit)
        elif samples.calls >= wanted:
            self._levels[self.limit] = samples.rate()
            self._next()

    def _next(self) -> None:
        """Go to the next level that has to be measured, or come to rest."""
        top = max(self._levels)
        in_time = self._levels[top].seconds < _LONGEST_SHARE * self.timeout
        if in_time and top < self.highest and self._is_worth(top):
            self._move(min(2 * top, self.highest))
            return
        for high, low in self._steps_down(top):
            if low not in self._levels:
                self._move(low)
                return
            if self._levels[low].rate < _SAME * self._levels[high].rate:
                needed = min(max(self._levels[high].rate / self._levels[low].speed, low), high)
                self._rest_at(needed + (spare(needed) if in_time else 0))
                return
        self._rest_at(self.lowest + spare(self.lowest))

    def _is_worth(self, top: int) -> bool:
        below = [level for level in self._levels if level < top]
        return not below or self._levels[top].rate > _MORE * self._levels[max(below)].rate

    def _steps_down(self, top: int) -> Iterator[tuple[int, int]]:
        levels = sorted(self._levels, reverse=True)
        high = top
        while high > self.lowest:
            below = [level for level in levels if level < high]
            low = below[0] if below else max(high // 2, self.lowest)
            yield high, low
            high = low

    def _rest_at(self, limit: float) -> None:
        self._move(min(max(math.ceil(limit), self.lowest), self.highest))
        self._resting = max(self._rest * self.limit, _FIRST_REST)

    def _move(self, limit: int) -> None:
        self.limit = limit
        self.sent_from = self.sent
        self._samples = _Samples()


def spare(slots: float) -> int:
    """How many calls more than a server has places keep it from idling while an answer is on its way to us."""
    return max(1, math.ceil(slots / 8))
