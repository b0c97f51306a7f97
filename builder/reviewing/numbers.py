"""How far a review is: decisions, the precision of the sample, and how far reviewers agree."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from builder.reviewing.desk import Desk
from qagen.cli.figures import wilson
from qagen.reviews.figures import Agreement, agreements, right_of_sample


@dataclass(frozen=True, slots=True)
class Precision:
    """Of a random sample of the records: how many are right.

    Attributes:
        seed: of the draw.
        size: how many were drawn.
        of: out of how many.
        judged: how many of them are judged.
        right: how many of these are right as they were.
        low: lower end of the 95 % Wilson interval of the share.
        high: its upper end.
    """

    seed: int
    size: int
    of: int
    judged: int
    right: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figures:
    """How far a review is.

    Attributes:
        records: of the dataset.
        pairs: that have a decision, of this dataset or not.
        decisions: verdict -> pairs, as what people decided comes to.
        by_reviewer: name -> pairs.
        disputed: pairs about which people do not agree.
        precision: None where no sample was drawn.
        agreements: of every two people.
    """

    records: int
    pairs: int
    decisions: dict[str, int]
    by_reviewer: dict[str, int]
    disputed: int
    precision: Precision | None
    agreements: tuple[Agreement, ...]

    def as_json(self) -> dict[str, object]:
        """The same as a JSON object."""
        return asdict(self)


def figures(desk: Desk) -> Figures:
    """The figures of now."""
    reviews = desk.reviews
    words = [word for name in reviews.decided if (word := reviews.word(name)) is not None]
    counts = Counter(str(word.verdict) for word in words)
    precision = None
    if (drawn := reviews.sample) is not None:
        right, judged = right_of_sample(reviews)
        low, high = wilson(right, judged)
        precision = Precision(
            drawn.seed, len(drawn.ids), drawn.of, judged, right, round(low, 4), round(high, 4)
        )
    return Figures(
        records=len(desk.table("default")),
        pairs=len(words),
        decisions=dict(sorted(counts.items())),
        by_reviewer={name: len(said) for name, said in sorted(reviews.views().items())},
        disputed=sum(word.disputed for word in words),
        precision=precision,
        agreements=tuple(agreements(reviews)),
    )


def figures_text(found: Figures) -> str:
    """The figures for a person."""
    return "\n".join(_lines(found))


def _lines(found: Figures) -> Iterator[str]:
    counts = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in found.decisions.items())
    yield f"reviewed    {found.pairs:,} pairs{f': {counts}' if counts else ''}; {found.records:,} records in the dataset"
    for name, count in found.by_reviewer.items():
        yield f"reviewer    {name}: {count:,} pairs"
    if found.disputed:
        yield f"disputed    {found.disputed:,} pairs"
    for one in found.agreements:
        kappa = "not defined" if one.kappa is None else f"{one.kappa:.2f}"
        yield f"agreement   {one.first} and {one.second}: {one.same:,} of {one.pairs:,} alike, Cohen's kappa {kappa}"
    if (sample := found.precision) is not None:
        yield f"sample      {sample.judged:,} judged of {sample.size:,} drawn from {sample.of:,} (seed {sample.seed})"
        if sample.judged:
            share = sample.right / sample.judged
            yield f"precision   {sample.right:,} of {sample.judged:,}, {share:.3f}, 95 % interval {sample.low:.3f} to {sample.high:.3f}"
