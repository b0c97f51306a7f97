"""What the records of a dataset are like as a whole: where in the papers they come from, how well supported, how asked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from qagen.chunking.section_kinds import SectionKind, section_kind
from qagen.records import Record

BINS = 10
_OPENINGS = 8
_OPENING_CHARS = 12


@dataclass(frozen=True, slots=True)
class Profile:
    """Counts of records.

    Attributes:
        sections: records by kind of section, in the order of a paper; kinds without records are not in it.
        support: records by support score, in ten bins of equal width over [0, 1]; 1 is in the last.
        coverage: records by the place of their evidence, in tenths of their paper's main body from front to back.
        openings: records by the question's first word, most frequent first; the rest as `other`.
        ocr: records any of whose evidence was read by OCR.
        kinds: records by the kind of question that was asked for; empty where none was.
        solutions: records whose question one value answers.
        places: records that need several places; `across`, those of them whose places are of several papers.
    """

    sections: Mapping[str, int]
    support: tuple[int, ...]
    coverage: tuple[int, ...]
    openings: Mapping[str, int]
    ocr: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    solutions: int = 0
    places: int = 0
    across: int = 0

    def as_json(self) -> dict[str, object]:
        """The same as a JSON object; without kinds where none was asked for, without `places`, `across` where no record needs several."""
        value = asdict(self)
        for name in ("kinds", "places", "across"):
            if not value[name]:
                del value[name]
        return value


EMPTY = Profile({}, (), (), {})
"""Of a dataset without records."""


class Profiler:
    """Counts records while they pass by; what it keeps does not grow with their number."""

    def __init__(self, bodies: Mapping[str, tuple[int, int]]) -> None:
        """Begin at nought.

        Args:
            bodies: paper sha256 -> the main body's `[start, end)` in its document, there when the paper's first record
                comes. Records of other papers are not in `coverage`.
        """
        self._bodies = bodies
        self._sections: Counter[SectionKind] = Counter()
        self._support = [0] * BINS
        self._coverage = [0] * BINS
        self._openings: Counter[str] = Counter()
        self._ocr = 0
        self._kinds: Counter[str] = Counter()
        self._solutions = 0
        self._places = 0
        self._across = 0

    def add(self, record: Record) -> None:
        """Count a record."""
        self.count(
            record.section.path,
            record.question,
            record.checks.support,
            ocr=any(item.ocr for item in record.evidence),
            kind=record.kind,
            solution=record.solution is not None,
            places=record.places is not None,
            across=len(record.papers) > 1,
        )
        if body := self._bodies.get(record.paper.sha256):
            self._coverage[tenth(record, body)] += 1

    def count(
        self,
        path: Sequence[str],
        question: str,
        support: float | None,
        *,
        ocr: bool,
        kind: str | None = None,
        solution: bool = False,
        places: bool = False,
        across: bool = False,
    ) -> None:
        """Count what a row tells without its paper: all but its place there; one of an older qagen may lack its support."""
        self._sections[section_kind(path)] += 1
        if support is not None:
            self._support[_bin(support)] += 1
        self._openings[_opening(question)] += 1
        self._ocr += ocr
        self._kinds.update([kind] if kind else [])
        self._solutions += solution
        self._places += places
        self._across += across

    def profile(self) -> Profile:
        """What was counted."""
        told = [(word, count) for word, count in self._openings.items() if word]
        told = sorted(told, key=lambda item: (-item[1], item[0]))[:_OPENINGS]
        rest = self._openings.total() - sum(count for _, count in told)
        return Profile(
            sections={kind.value: self._sections[kind] for kind in SectionKind if self._sections[kind]},
            support=tuple(self._support),
            coverage=tuple(self._coverage),
            openings={**dict(told), **({"other": rest} if rest else {})},
            ocr=self._ocr,
            kinds={kind: self._kinds[kind] for kind in sorted(self._kinds)},
            solutions=self._solutions,
            places=self._places,
            across=self._across,
        )


def tenth(record: Record, body: tuple[int, int]) -> int:
    """In which tenth of the main body `[start, end)` a record's evidence lies, 0 to 9."""
    return _bin((_place(record) - body[0]) / max(1, body[1] - body[0]))


def _bin(share: float) -> int:
    return min(BINS - 1, max(0, int(share * BINS)))


def _place(record: Record) -> float:
    """The middle of what supports the answer, in characters of the document; of several places that of the first."""
    chunk = (record.chunk.start, record.chunk.end)
    spans = [
        (item.start, item.end) for item in record.evidence if chunk[0] <= item.start < item.end <= chunk[1]
    ] or [chunk]
    return sum(start + end for start, end in spans) / (2 * len(spans))


def _opening(question: str) -> str:
    """The first word, where it is one that many questions may begin with; else nothing, so that the count stays small."""
    word = question.split(maxsplit=1)[0].strip("\"'(,.:;").lower() if question.split() else ""
    return word if word.isascii() and word.isalpha() and len(word) <= _OPENING_CHARS else ""
