"""The figures of a dataset, counted while its rows pass by.

What is kept grows with the papers (a number, and a bit for each chunk) and by eight bytes with each record: 100,000 records take
a megabyte.
"""

from array import array
from collections import Counter
from dataclasses import replace
from hashlib import blake2b

from builder.folder.manifest import Manifest
from builder.folder.manifest_parts import ManifestPaper
from builder.folder.profile import Profile, Profiler
from builder.reporting.counters import ChunkCounter, LengthCounter, ReasonCounter, WhyCounter, repeated
from builder.reporting.figures import (
    BarrenPaper,
    Cost,
    Figures,
    Funnel,
    Made,
    PerPaper,
    ReasonFigures,
    SectionYield,
    Share,
)
from builder.reporting.rows import RecordRow, RejectedRow
from builder.reporting.wording import ASKED, opening_of, what_is_asked
from qagen.chunking.section_kinds import SectionKind, section_kind
from qagen.reasons import Kind, Reason
from qagen.select.question import question_key

_SELECTION = frozenset({Reason.DUPLICATE, Reason.NEAR_DUPLICATE, Reason.REPEATED_ANSWER, Reason.OVER_QUOTA})
"""Why a pair that passed the checks is no record all the same."""
_REASONS, _BARREN, _OPENINGS, _KINDS = 100, 200, 10, 20
"""Of each, how many are named; rows may come from anybody, and have thousands."""
_CANDIDATES = 20_000
"""Different openings that are counted. Rows come in the order of hashes, so that a frequent one is among the first."""
_QUESTION_BIN, _ANSWER_BIN = 25, 100
"""Characters that a bin of lengths has."""
_PER_PAPER = ((0, 0), (1, 4), (5, 9), (10, 19), (20, 49), (50, 99), (100, None))


class Counting:
    """Counts the rows of one dataset.

    Args:
        made: its manifest.
        name: as the user named it.
        seed: draws the examples.
    """

    def __init__(self, made: Manifest, name: str, seed: int) -> None:
        self._made, self._name, self._seed = made, name, seed
        self._profiler = Profiler({})
        self._by_paper: Counter[str] = Counter()
        self._records: Counter[SectionKind] = Counter()
        self._turned_down: Counter[SectionKind] = Counter()
        self._asked: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._openings: Counter[str] = Counter()
        self._answers = array("Q")
        self._question_lengths, self._answer_lengths = LengthCounter(), LengthCounter()
        self._seen, self._unasked, self._answered = ChunkCounter(), ChunkCounter(), ChunkCounter()
        self._passed = 0
        self._reasons: dict[str, ReasonCounter] = {}
        self._rejected = 0
        self._without_text: set[str] = set()
        self._whys = {paper.sha256: WhyCounter() for paper in made.papers if not paper.records}

    def record(self, row: RecordRow) -> None:
        """Count a record."""
        support = row.checks.support if row.checks else None
        kind = row.kind if row.kind in self._kinds or len(self._kinds) < _KINDS else None
        self._kinds.update([kind] if kind else [])
        self._profiler.count(
            row.path,
            row.question,
            support,
            ocr=any(item.ocr for item in row.evidence),
            kind=kind,
            solution=row.solution is not None,
            places=row.places is not None,
            across=row.is_across,
        )
        self._by_paper[row.paper.sha256] += 1
        self._records[section_kind(row.path)] += 1
        self._asked[what_is_asked(row.question)] += 1
        opening = opening_of(row.question)
        if opening in self._openings or len(self._openings) < _CANDIDATES:
            self._openings[opening] += 1
        self._answers.append(
            int.from_bytes(blake2b(question_key(row.answer).encode(), digest_size=8).digest())
        )
        self._question_lengths.add(len(row.question))
        self._answer_lengths.add(len(row.answer))
        if row.chunk:
            self._seen.add(row.paper.sha256, row.chunk.index)
            self._answered.add(row.paper.sha256, row.chunk.index)

    def rejected(self, row: RejectedRow) -> None:
        """Count something that was turned down."""
        self._rejected += 1
        if row.reason in self._reasons or len(self._reasons) < 10 * _REASONS:
            self._reasons.setdefault(row.reason, ReasonCounter(self._seed)).add(row)
        if why := self._whys.get(row.paper.sha256):
            why.add(row)
        if row.kind == Kind.PAPER:
            self._without_text.add(row.paper.sha256)
        if row.chunk:
            self._seen.add(row.paper.sha256, row.chunk.index)
            if row.kind == Kind.CHUNK and row.reason != Reason.NOTHING_TO_ASK:
                self._unasked.add(row.paper.sha256, row.chunk.index)
            if row.kind == Kind.PAIR:
                self._answered.add(row.paper.sha256, row.chunk.index)
        if row.kind == Kind.PAIR:
            self._turned_down[section_kind(row.path)] += 1
            self._passed += row.reason in _SELECTION

    def figures(self, cost: Cost) -> Figures:
        """What was counted."""
        made = self._made
        told = [item for item in self._openings.most_common() if item[0]][:_OPENINGS]
        records = self._by_paper.total()
        return Figures(
            name=self._name,
            made=_made(made),
            splits=made.configs.get("default", {}),
            funnel=self._funnel(),
            profile=self._profile(),
            unanswerable=sum(made.configs.get("unanswerable", {}).values()),
            yields=tuple(
                SectionYield(kind.value, self._records[kind] + self._turned_down[kind], self._records[kind])
                for kind in SectionKind
                if self._records[kind] or self._turned_down[kind]
            ),
            asked={word: self._asked[word] for word in ASKED if self._asked[word]},
            kinds=dict(self._kinds.most_common()),
            questions=self._question_lengths.lengths(_QUESTION_BIN),
            answers=self._answer_lengths.lengths(_ANSWER_BIN),
            openings=dict(told),
            opening_share=Share(sum(count for _, count in told), records),
            repeated_answers=Share(repeated(self._answers), records),
            reasons=(named := self._named_reasons()),
            other_reasons=self._all_rejections() - sum(reason.count for reason in named),
            per_paper=_per_paper([self._by_paper[paper.sha256] for paper in made.papers]),
            barren=tuple(self._barren(paper) for paper in self._without_records()[:_BARREN]),
            more_barren=max(0, len(self._without_records()) - _BARREN),
            cost=cost,
            has_rejections=self._has_rejections(),
        )

    def _has_rejections(self) -> bool:
        return bool(self._rejected) or not self._made.rejections

    def _all_rejections(self) -> int:
        return self._rejected or sum(self._made.rejections.values())

    def _profile(self) -> Profile:
        counted = self._profiler.profile()
        known = self._made.profile
        return replace(counted, coverage=known.coverage if known else ())

    def _funnel(self) -> Funnel:
        papers, records = len(self._made.papers), self._by_paper.total()
        whole = self._has_rejections()
        pairs, seen = records + self._turned_down.total(), len(self._seen)
        return Funnel(
            papers=papers,
            with_text=papers - len(self._without_text) if whole else None,
            with_records=len(self._by_paper),
            chunks=seen if whole else None,
            asked=seen - len(self._unasked) if whole else None,
            answered=len(self._answered) if whole else None,
            pairs=pairs if whole else None,
            passed=records + self._passed if whole else None,
            records=records,
        )

    def _named_reasons(self) -> tuple[ReasonFigures, ...]:
        if not self._rejected:
            known = sorted(self._made.rejections.items(), key=lambda item: (-item[1], item[0]))
            return tuple(ReasonFigures(reason, count) for reason, count in known[:_REASONS])
        found = [counter.figures(reason) for reason, counter in self._reasons.items()]
        return tuple(sorted(found, key=lambda one: (-one.count, one.reason))[:_REASONS])

    def _without_records(self) -> list[ManifestPaper]:
        found = [paper for paper in self._made.papers if not self._by_paper[paper.sha256]]
        return sorted(found, key=lambda paper: (paper.file, paper.sha256))

    def _barren(self, paper: ManifestPaper) -> BarrenPaper:
        why = self._whys.get(paper.sha256)
        said = why.text() if why else "the manifest counts records that are in no file"
        if not said and not self._has_rejections():
            said = "not known: the rejections are not part of this dataset"
        return BarrenPaper(paper.file, paper.title, said or "nothing came of it, and nothing was turned down")


def _made(made: Manifest) -> Made:
    told = made.provenance
    return Made(
        engine=told.engine,
        model=told.model or "",
        prompt=told.prompt or "",
        judge=told.judge_model or "",
        converter=told.converter or "",
        version=made.version or "",
        qagen=made.tool.version,
    )


def _per_paper(counts: list[int]) -> PerPaper:
    bins = {
        f"{low}" if low == high else f"{low}+" if high is None else f"{low}-{high}": sum(
            1 for count in counts if low <= count and (high is None or count <= high)
        )
        for low, high in _PER_PAPER
    }
    ordered = sorted(counts)
    return PerPaper(bins, ordered[(len(ordered) - 1) // 2] if ordered else 0, ordered[-1] if ordered else 0)
