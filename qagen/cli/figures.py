"""What a check lets pass of a set that people have labelled: shares with their 95 % intervals.

The interval is Wilson's score interval (E. B. Wilson, Probable inference, the law of succession, and statistical inference,
J. Am. Stat. Assoc. 22, 1927): it holds for small sets, and for shares near 0 and 1.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import sqrt

_Z = 1.959964
"""Of the normal distribution, for 95 %."""


def wilson(count: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share `count / total`; all of [0, 1] where there is nothing to count."""
    if not total:
        return 0.0, 1.0
    share, square = count / total, _Z * _Z
    middle = share + square / (2 * total)
    half = _Z * sqrt(share * (1 - share) / total + square / (4 * total * total))
    scale = 1 + square / total
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


@dataclass
class Figures:
    """Counts pairs that are labelled `good` or `wrong`, by whether they were accepted, and by kind."""

    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    accepted: Counter[tuple[str, str]] = field(default_factory=Counter)
    unlabelled: int = 0

    def add(self, label: object, kind: object, *, accepted: bool) -> None:
        """Count one pair."""
        if label not in ("good", "wrong"):
            self.unlabelled += 1
            return
        key = (str(label), str(kind or ""))
        self.seen[key] += 1
        self.accepted[key] += accepted

    def lines(self) -> Iterator[str]:
        """The figures for a person."""
        for (label, kind), total in sorted(self.seen.items()):
            if kind:
                yield f"  {label}, {kind}: {self.accepted[label, kind]} of {total} accepted"
        wrong, wrongs = self._of("wrong")
        good, goods = self._of("good")
        if wrongs:
            yield _share("wrong ones accepted", wrong, wrongs)
        if goods:
            yield _share("good ones turned down", goods - good, goods)
        if wrong + good:
            yield _share("good among the accepted (precision)", good, wrong + good)
        if self.unlabelled:
            yield f"{self.unlabelled} lines have no label `good` or `wrong` and are not counted"

    def _of(self, label: str) -> tuple[int, int]:
        pairs = [(self.accepted[key], total) for key, total in self.seen.items() if key[0] == label]
        return sum(accepted for accepted, _ in pairs), sum(total for _, total in pairs)


def _share(what: str, count: int, total: int) -> str:
    low, high = wilson(count, total)
    return f"{what}: {count} of {total}, {count / total:.3f}, 95 % interval {low:.3f} to {high:.3f}"
