"""Which parts of each paper the records come from, in tenths of its main body."""

from collections.abc import Mapping
from dataclasses import dataclass

from builder.folder.profile import BINS, tenth
from qagen.records import Record


@dataclass(frozen=True, slots=True)
class PaperCoverage:
    """Records of one paper by the place of their evidence, in tenths of its main body from front to back."""

    file: str
    sha256: str
    tenths: tuple[int, ...]


class Coverage:
    """Counts records while they pass by; what it keeps grows with the papers only."""

    def __init__(self, bodies: Mapping[str, tuple[int, int]]) -> None:
        """Begin at nought; `bodies` as in `builder.folder.profile.Profiler`."""
        self._bodies = bodies
        self._counts: dict[tuple[str, str], list[int]] = {}

    def add(self, record: Record) -> None:
        """Count a record of a paper whose main body is known."""
        if body := self._bodies.get(record.paper.sha256):
            counts = self._counts.setdefault((record.paper.file, record.paper.sha256), [0] * BINS)
            counts[tenth(record, body)] += 1

    def papers(self) -> list[PaperCoverage]:
        """The papers that gave a record, by name."""
        return [PaperCoverage(*paper, tuple(counts)) for paper, counts in sorted(self._counts.items())]
