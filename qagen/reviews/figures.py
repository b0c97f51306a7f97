"""Figures of reviews: how many of a sample are right, and how far two people agree. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from qagen.reviews.decisions import Reviews, Verdict, Word


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two people agree about the pairs that both judged.

    Attributes:
        first, second: their names.
        pairs: how many both judged.
        same: about how many they say the same: yes, no, or not as it is.
        kappa: Cohen's kappa (J. Cohen, A coefficient of agreement for nominal scales, Educ. Psychol. Meas. 20, 1960): 1 is full
            agreement, 0 what chance alone gives; None where chance alone would give full agreement, so that it says nothing.
    """

    first: str
    second: str
    pairs: int
    same: int
    kappa: float | None


def cohens_kappa(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[int, int, float | None]:
    """How many items both labelled, how many alike, and Cohen's kappa of these labels.

    Args:
        one: item -> label.
        other: likewise, of somebody else.
    """
    both = sorted(one.keys() & other.keys())
    same = sum(one[item] == other[item] for item in both)
    total = len(both)
    if not total:
        return 0, 0, None
    mine, theirs = (Counter(labels[item] for item in both) for labels in (one, other))
    by_chance = sum(mine[label] * theirs[label] for label in mine)
    if by_chance == total * total:
        return total, same, None
    return total, same, (same * total - by_chance) / (total * total - by_chance)


def agreements(reviews: Reviews) -> Iterator[Agreement]:
    """Of every two people who judged a pair in common."""
    views = reviews.views()
    for first, second in combinations(sorted(views), 2):
        pairs, same, kappa = cohens_kappa(views[first], views[second])
        if pairs:
            yield Agreement(first, second, pairs, same, kappa)


def is_right(word: Word) -> bool:
    """Whether the pair is right as it was."""
    return word.verdict in (Verdict.ACCEPT, Verdict.BRING_BACK)


def right_of_sample(reviews: Reviews) -> tuple[int, int]:
    """Of the pairs of the last sample: how many are right as they were, and how many were judged."""
    sample = reviews.sample
    words = [reviews.word(name) for name in (sample.ids if sample else ())]
    judged = [word for word in words if word is not None]
    return sum(map(is_right, judged)), len(judged)
