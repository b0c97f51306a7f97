"""The numbers behind the support score: how rare words are, and what each feature counts.

They lie in `support.json`, which says by which command it was made.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from math import exp

SCALE = 5.0
"""The weight of missing words at which their features are 1/2; about one rare word."""


@dataclass(frozen=True, slots=True)
class SupportModel:
    """A logistic model of features in [0, 1] that is monotone in each, since no weight is negative.

    Attributes:
        weights: by feature, what it counts over all of its range, and what it counts more above the knot.
        knot: where in [0, 1] the second weight sets in.
        intercept: the logit at no support at all.
    """

    weights: dict[str, tuple[float, float]]
    knot: float
    intercept: float

    def score(self, features: dict[str, float]) -> float:
        """The support of a sentence in [0, 1]; 1 where every feature is 1."""
        logit = best = self.intercept
        for name, (weight, above) in self.weights.items():
            value = features[name]
            logit += weight * value
            if value > self.knot:
                logit += above * (value - self.knot) / (1.0 - self.knot)
            best += weight + above
        return min(1.0, (1.0 + exp(-best)) / (1.0 + exp(-logit)))


def _read() -> tuple[SupportModel, dict[str, float], float]:
    numbers = json.loads(resources.files(__package__).joinpath("support.json").read_text(encoding="utf-8"))
    model = SupportModel(
        weights={name: (one, above) for name, (one, above) in numbers["weights"].items()},
        knot=numbers["knot"],
        intercept=numbers["intercept"],
    )
    common = {word: float(weight) for weight, words in numbers["common"].items() for word in words.split()}
    return model, common, numbers["rare"]


MODEL, _COMMON, RARE = _read()
"""The model; what common words weigh; what all others weigh, which are of no everyday language."""


def idfs(stems: Iterable[str]) -> dict[str, float]:
    """The rarity of each of some stems."""
    return {stem: _COMMON.get(stem, RARE) for stem in stems}


def idf(stem: str) -> float:
    """How much a word says: the logarithm of one in how many texts has it, up to that of words that few texts have."""
    return _COMMON.get(stem, RARE)
