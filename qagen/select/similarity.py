"""How likely it is that two questions ask the same, by their words alone.

Shared words are measured in a handful of ways, by rapidfuzz over all words and by rarity over those with content; a logistic
model of these and their products makes one score of them. Its numbers lie in `similarity.json`, which says by which command
it was made.
"""

import json
from importlib import resources
from math import exp

from rapidfuzz import fuzz

from qagen.checks.reading.support_model import idf
from qagen.select.question import Question, renamed

_RAREST = idf("")


def features(one: Question, other: Question) -> dict[str, float]:
    """What two questions share, each in [0, 1]; the order of the two does not matter.

    Returns:
        `same_words` is how alike they are when the words of the shorter one are taken as a set, `all_words` when all are counted;
        `shared` the shared part of the weight of all words, `covered` that of the heavier question; `same_end` whether they end
        with the same word; `renamed` whether each has a name that the other does not have; `foreign` the weight of the rarest
        word that only one has.
    """
    shared = sum(map(idf, sorted(one.known & other.known)))
    both = one.weight + other.weight - shared
    return {
        "same_words": fuzz.token_set_ratio(one.key, other.key) / 100,
        "all_words": fuzz.token_sort_ratio(one.key, other.key) / 100,
        "shared": shared / both if both else 1.0,
        "covered": shared / max(one.weight, other.weight) if both else 1.0,
        "same_end": float(one.stems[-1:] == other.stems[-1:]),
        "renamed": float(renamed(one, other)),
        "foreign": max(map(idf, one.known ^ other.known), default=0.0) / _RAREST,
    }


def similarity(one: Question, other: Question) -> float:
    """A score in (0, 1): the share of question pairs like this one in which both ask the same; 1 for equal keys."""
    if one.key == other.key:
        return 1.0
    values = features(one, other) | {"": 1.0}
    logit = _INTERCEPT
    for first, second, weight in _WEIGHTS:
        logit += weight * values[first] * values[second]
    return 1 / (1 + exp(-logit))


def _read() -> tuple[float, list[tuple[str, str, float]]]:
    """The intercept, and the two features of each weight; the second is empty where there is only one."""
    numbers = json.loads(resources.files(__package__).joinpath("similarity.json").read_text(encoding="utf-8"))
    weights = []
    for name, weight in numbers["weights"].items():
        first, _, second = name.partition(" * ")
        weights.append((first, second, float(weight)))
    return float(numbers["intercept"]), weights


_INTERCEPT, _WEIGHTS = _read()
