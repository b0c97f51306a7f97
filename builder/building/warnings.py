"""What a person should look at before trusting a dataset: one line each, however many records or papers it is about."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter

from qagen.records import Record
from qagen.settings import SplitShares

_FEWEST = 20
"""Records below which shares say nothing."""
_OPENING_WORDS = 3
_MOST_OPENINGS = 10_000
_KEPT_OPENINGS = 1_000
_ALIKE = 0.3
"""Share of questions with one opening, from which it is told of."""
_REPEATED = 0.05
"""Share of answers that repeat another one of their paper."""
_UNEVEN = 3.0
"""How many times its even share one paper gives, and at least `_MUCH` of all."""
_MUCH = 0.1
_FAR = 0.1
"""How far a split's share of the records is from what was asked for, and at least twice as much."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What records are like.

    Attributes:
        records: how many.
        by_paper: records by the paper's file.
        openings: questions by their first words; of very many only the most frequent.
        repeated: answers that repeat another one of their paper.
    """

    records: int = 0
    by_paper: Mapping[str, int] = field(default_factory=dict)
    openings: Mapping[str, int] = field(default_factory=dict)
    repeated: int = 0


class TraitsCounter:
    """Counts records as they pass by, paper by paper; what is kept grows with the papers only."""

    def __init__(self) -> None:
        self._by_paper: Counter[str] = Counter()
        self._openings: Counter[str] = Counter()
        self._repeated = 0
        self._paper = ""
        self._answers: set[str] = set()

    def add(self, record: Record) -> None:
        """Count a record; those of one paper come together."""
        if record.paper.sha256 != self._paper:
            self._paper, self._answers = record.paper.sha256, set()
        self._by_paper[record.paper.file] += 1
        answer = " ".join(record.answer.lower().split())
        self._repeated += answer in self._answers
        self._answers.add(answer)
        self._openings[" ".join(record.question.lower().split()[:_OPENING_WORDS])] += 1
        if len(self._openings) > _MOST_OPENINGS:
            # What many questions begin with is among the most frequent at any time.
            self._openings = Counter(dict(self._openings.most_common(_KEPT_OPENINGS)))

    def traits(self) -> Traits:
        """What was counted."""
        return Traits(self._by_paper.total(), dict(self._by_paper), dict(self._openings), self._repeated)


def dataset_warnings(traits: Traits, rows: Mapping[str, int], shares: SplitShares) -> Iterator[str]:
    """The warnings about a dataset.

    Args:
        traits: of its records.
        rows: records by split.
        shares: those that were asked for.
    """
    total = traits.records
    if not total:
        return
    yield from _splits(rows, shares, len(traits.by_paper))
    if total < _FEWEST:
        return
    file, most = max(traits.by_paper.items(), key=itemgetter(1))
    papers = len(traits.by_paper)
    if papers > 1 and most > max(_MUCH, min(_UNEVEN / papers, 0.5)) * total:
        yield f"one of {papers} papers gave {most / total:.0%} of the records: {file} ({most:,})"
    opening, alike = max(traits.openings.items(), key=itemgetter(1))
    if alike > _ALIKE * total:
        yield f"{alike / total:.0%} of the questions begin with {opening!r}"
    if traits.repeated > _REPEATED * total:
        yield f"{traits.repeated:,} answers ({traits.repeated / total:.0%}) repeat another of their paper word for word"


def config_warnings(chosen: Collection[str], rows: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """The warnings about configs that were chosen and hold less than their name promises.

    Args:
        chosen: the configs of the settings.
        rows: config -> rows by split.
    """
    counts = {config: sum(by_split.values()) for config, by_split in rows.items()}
    records = counts.get("default", 0)
    if not records:
        return
    if "reasoning" in chosen and not counts.get("reasoning"):
        yield "'reasoning' has no row and is not there: no trace was kept"
    if "preference" in chosen and not counts.get("preference"):
        yield "'preference' has no row and is not there: no record stands against an answer that was turned down for its content"
    if "kto" in chosen and counts.get("kto") == records:
        yield "'kto' has no row with the label false: no answer was turned down for its content alone"


def _splits(rows: Mapping[str, int], shares: SplitShares, papers: int) -> Iterator[str]:
    wanted = {"train": shares.train, "validation": shares.validation, "test": shares.test}
    total = sum(rows.values())
    missing = [name for name, share in wanted.items() if share and not rows.get(name)]
    works = f"{papers} paper{' has' if papers == 1 else 's have'} records"
    if missing:
        names = " or ".join(repr(name) for name in missing)
        yield f"no record is in {names}: {works}, and a hash of each work decides; set 'splits' in [dataset], or add papers"
    for name, share in wanted.items():
        real = rows.get(name, 0) / total
        if name != "train" and real > max(share / 50, share / 100 + _FAR):
            yield f"{name!r} has {real:.0%} of the records, and {share:g}% was asked for: {works}, and none is divided"
