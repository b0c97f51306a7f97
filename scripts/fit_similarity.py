"""Fit the numbers of the similarity of questions on labelled pairs, and write them to qagen/select/similarity.json.

usage: python scripts/fit_similarity.py PAIRS.jsonl.gz

One JSON object a line: {"q1", "q2", "label": "duplicate"|"distinct"}. Prints F1 at the best threshold, found by five-fold
cross-validation, before it fits on all pairs. Needs numpy and scipy.
"""

import argparse
import gzip
import json
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from qagen.select.question import Question
from qagen.select.similarity import features

FOLDS = 5
PENALTY = 3e-5


def read(path: Path) -> tuple[list[dict[str, float]], np.ndarray]:
    """The features of all pairs, and which are duplicates; pairs with the same key teach nothing and are left out."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    found, labels = [], []
    for row in rows:
        one, other = (Question(row[name]) for name in ("q1", "q2"))
        if one.key != other.key:
            found.append(features(one, other))
            labels.append(row["label"] == "duplicate")
    return found, np.array(labels)


def terms(names: list[str]) -> list[str]:
    """The features, and their products; the square of one that is 0 or 1 is itself."""
    binary = ("same_end", "renamed")
    products = combinations_with_replacement(names, 2)
    return names + [f"{one} * {other}" for one, other in products if one != other or one not in binary]


def table(found: list[dict[str, float]], names: list[str]) -> np.ndarray:
    """One row a pair, one column a term."""
    columns = []
    for name in names:
        first, _, second = name.partition(" * ")
        columns.append([row[first] * (row[second] if second else 1.0) for row in found])
    return np.array(columns).T


def fit(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The weights, the intercept last."""
    spread = values.std(0)
    scaled = np.c_[(values - values.mean(0)) / spread, np.ones(len(values))]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logit = scaled @ weights
        shrunk = np.r_[weights[:-1], 0.0]
        value = np.logaddexp(0, np.where(labels, -logit, logit)).mean() + PENALTY * (shrunk**2).sum()
        return value, scaled.T @ (1 / (1 + np.exp(-logit)) - labels) / len(labels) + 2 * PENALTY * shrunk

    found = minimize(
        loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 5000}
    ).x
    weights = found[:-1] / spread
    return np.r_[weights, found[-1] - weights @ values.mean(0)]


def best_f1(scores: np.ndarray, labels: np.ndarray) -> float:
    """F1 at the threshold where it is highest."""
    hits = np.cumsum(labels[np.argsort(-scores, kind="stable")])
    return float((2 * hits / (np.arange(1, len(labels) + 1) + labels.sum())).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("pairs", type=Path)
    given = parser.parse_args()
    found, labels = read(given.pairs)
    names = terms(list(found[0]))
    values = table(found, names)
    fold = np.random.default_rng(0).integers(0, FOLDS, len(labels))
    scores = np.zeros(len(labels))
    for number in range(FOLDS):
        weights = fit(values[fold != number], labels[fold != number])
        scores[fold == number] = values[fold == number] @ weights[:-1] + weights[-1]
    print(f"F1 {best_f1(scores, labels):.4f} in cross-validation over {len(labels)} pairs")
    weights = fit(values, labels)
    made = {
        "made_by": f"scripts/fit_similarity.py on {len(labels)} pairs of questions of {given.pairs.name.split('.')[0]}",
        "intercept": round(float(weights[-1]), 3),
        "weights": {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=False)},
    }
    place = Path(__file__).parent.parent / "qagen/select/similarity.json"
    place.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
