"""Words that name one of two ways: more and less, up and down, before and after."""

from collections.abc import Iterable
from dataclasses import dataclass

from qagen.checks.reading.words import word_set

_CHANGES = (
    """
    increase increases increased increasing rise rises rising rose raise raises raised raising enhance enhances enhanced
    enhancing enhancement improve improves improved improving improvement grow grows grew growing growth promote promotes
    promoted promoting accelerate accelerates accelerated accelerating boost boosts boosted strengthen strengthens
    strengthened elevated
    """,
    """
    decrease decreases decreased decreasing decline declines declined declining fall falls falling fell drop drops dropped
    dropping reduce reduces reduced reducing reduction suppress suppresses suppressed suppressing suppression lowers
    lowered lowering worsen worsens worsened deteriorate deteriorates deteriorated degrade degrades degraded inhibit
    inhibits inhibited inhibiting slows slowed diminish diminishes diminished weaken weakens weakened
    """,
)
_COMPARATIVES = (
    "higher more larger greater stronger faster longer better wider broader thicker deeper heavier easier",
    "lower less smaller fewer weaker slower shorter worse poorer narrower thinner shallower lighter harder",
)
_POSITIVES = (
    "high large great strong fast long wide broad thick deep",
    "low small weak slow short narrow thin shallow",
)
_SUPERLATIVES = (
    "highest most largest greatest strongest fastest longest best maximum maximal",
    "lowest least smallest fewest weakest slowest shortest worst minimum minimal",
)
_AMOUNTS = (_CHANGES, _COMPARATIVES, _POSITIVES, _SUPERLATIVES)
_OTHERS = (
    ("positive positively", "negative negatively"),
    ("after following subsequently", "before prior preceding"),
    ("above over exceeding", "below under"),
)

_MERE_AMOUNTS = word_set("more most less least fewer fewest")
"""Only these are opposites of each other: "a more modern court" is not the opposite of "a lower court"."""


@dataclass(frozen=True, slots=True)
class Direction:
    """One of two ways.

    Attributes:
        scale: which words may stand for it.
        family: which words are its opposites, if they are mere amounts as it is, or are none as it is none.
    """

    scale: int
    family: int
    is_up: bool
    is_mere_amount: bool

    def may_be(self, other: "Direction") -> bool:
        """Whether the other word may stand for this one: "higher" for "increased", and "drops" for "goes below"."""
        return self.scale == other.scale or {self.scale, other.scale} == _LIMITS_AND_AMOUNTS

    def is_opposed_by(self, other: "Direction") -> bool:
        """Whether the other word is of the same family, where the two ways are each other's opposites."""
        return self.family == other.family and self.is_mere_amount == other.is_mere_amount


_LIMITS_AND_AMOUNTS = {0, 3}
DIRECTIONS = {
    word: Direction(
        scale=max(0, family - len(_AMOUNTS) + 1),
        family=family,
        is_up=is_up,
        is_mere_amount=word in _MERE_AMOUNTS,
    )
    for family, (ups, downs) in enumerate((*_AMOUNTS, *_OTHERS))
    for words, is_up in ((ups, True), (downs, False))
    for word in words.split()
}
"""What each such word names."""


def are_opposites(one: str, other: str) -> bool:
    """Whether two words in lower case name opposite directions of one kind."""
    if one not in DIRECTIONS or other not in DIRECTIONS:
        return False
    here, there = DIRECTIONS[one], DIRECTIONS[other]
    return here.is_opposed_by(there) and here.is_up != there.is_up


def opposed(words: Iterable[str], others: Iterable[str]) -> bool:
    """Whether of two texts each has a direction of which the other has only the opposite: higher here, lower there."""
    one, other = (
        {(DIRECTIONS[word].scale, DIRECTIONS[word].is_up) for word in text if word in DIRECTIONS}
        for text in (words, others)
    )
    return any((scale, not is_up) in other - one for scale, is_up in one - other)
