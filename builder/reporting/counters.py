"""Small counters, each of which keeps little of what passes by."""

from array import array
from collections import Counter

import numpy as np

from builder.folder.profile import BINS
from builder.reporting.drawing import Smallest
from builder.reporting.figures import EXAMPLES, Lengths, ReasonFigures
from builder.reporting.rows import RejectedRow
from qagen.reasons import Kind

_CHUNKS = 1 << 16
"""Chunks of one paper that are told apart: of 200 characters each, more than any paper has."""
_LENGTHS = 4000
"""Characters up to which each length is counted for itself."""
_DIFFERENT = 20
"""Reasons of one paper that are told apart; rows may come from anybody, and have thousands."""


class ChunkCounter:
    """Chunks, each counted once: a bit for each of a paper's."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}

    def add(self, paper: str, index: int) -> None:
        """Count a chunk by its place in its paper; one that was counted already counts no more."""
        if 0 <= index < _CHUNKS:
            self._bits[paper] = self._bits.get(paper, 0) | 1 << index

    def __len__(self) -> int:
        return sum(bits.bit_count() for bits in self._bits.values())


class ReasonCounter:
    """What was turned down for one reason."""

    def __init__(self, seed: int) -> None:
        self._kinds: Counter[str] = Counter()
        self._examples: Smallest[RejectedRow] = Smallest(EXAMPLES, seed)

    def add(self, row: RejectedRow) -> None:
        """Count a row that has the reason."""
        if row.kind in self._kinds or len(self._kinds) < len(Kind):
            self._kinds[row.kind] += 1
        self._examples.add(row.id, row)

    def figures(self, reason: str) -> ReasonFigures:
        """What was counted."""
        examples = tuple(self._examples.drawn())
        return ReasonFigures(reason, self._kinds.total(), dict(sorted(self._kinds.items())), examples)


class WhyCounter:
    """Why a paper gave nothing."""

    _MOST = 5

    def __init__(self) -> None:
        self._paper = ""
        self._reasons: Counter[str] = Counter()

    def add(self, row: RejectedRow) -> None:
        """Take in a row of the paper."""
        if row.kind == Kind.PAPER:
            self._paper = f"{row.reason}: {row.detail}" if row.detail else row.reason
        elif row.reason in self._reasons or len(self._reasons) < _DIFFERENT:
            self._reasons[row.reason] += 1

    def text(self) -> str:
        """Why, for a person; empty where nothing was turned down."""
        if self._paper:
            return self._paper
        return ", ".join(f"{reason} ({count:,})" for reason, count in self._reasons.most_common(self._MOST))


class LengthCounter:
    """How many texts are how long."""

    def __init__(self) -> None:
        self._counts = [0] * (_LENGTHS + 1)

    def add(self, length: int) -> None:
        """Count a text by its characters."""
        self._counts[min(length, _LENGTHS)] += 1

    def lengths(self, width: int) -> Lengths:
        """What was counted, in bins of so many characters."""
        inner = [sum(self._counts[place * width : (place + 1) * width]) for place in range(BINS - 1)]
        return Lengths(
            width,
            (*inner, sum(self._counts[(BINS - 1) * width :])),
            self._quantile(0.5),
            self._quantile(0.9),
        )

    def _quantile(self, share: float) -> int:
        """The least length that so many texts do not exceed; 0 of none."""
        wanted, seen = share * sum(self._counts), 0
        for length, count in enumerate(self._counts):
            seen += count
            if count and seen >= wanted:
                return length
        return 0


def repeated(hashes: "array[int]") -> int:
    """How many of the hashes come more than once."""
    _, counts = np.unique(np.frombuffer(hashes, dtype=np.uint64), return_counts=True)
    return int(counts[counts > 1].sum())
