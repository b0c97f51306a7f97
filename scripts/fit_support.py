"""Fit the numbers of the support score on labelled sets, and write them to qagen/checks/reading/support.json.

usage: python scripts/fit_support.py words SET.jsonl.gz...     (first: how common words are)
       python scripts/fit_support.py weights SET.jsonl.gz...   (then: what the features count)

A set has one JSON object a line: {"source", "question", "answer", "label": "supported"|"unsupported", "kind"}; lines
whose kind ends in one of IGNORED are left out, since they test rules and not the score. Needs numpy and scipy.

Every set and label weighs the same. A supported answer has only supported sentences; of an unsupported one it is the
sentence with the lowest score, found anew in each round. Weights cannot be negative, so the score is monotone.
"""

import argparse
import gzip
import json
import math
import re
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from qagen.checks import clean
from qagen.checks.check_input import CheckInput
from qagen.checks.reading.claims import claims_something
from qagen.checks.reading.source import IndexedSource
from qagen.checks.support import features
from qagen.records import Pair
from qagen.settings import CheckSettings

IGNORED = ("negation", "direction_flip", "unit_swap", "acronym_expansion", "Unwanted", "Consistent", "Benign")
COMMON_SHARE = 0.02
STEP = 0.25
KNOT = 0.6
PENALTY = 1e-4
ROUNDS = 4


def read(path: Path) -> list[dict[str, str]]:
    """The lines of a set that the score is fitted on."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row for row in rows if not row["kind"].endswith(IGNORED)]


def common_words(sources: list[IndexedSource]) -> tuple[dict[str, str], float]:
    """Stems that many sources have, grouped by their rounded rarity, and the rarity of all others."""
    counts = Counter(stem for source in sources for stem in source.stems if stem.isalpha())
    rare = round(-math.log(COMMON_SHARE) / STEP) * STEP + STEP
    groups: dict[float, list[str]] = {}
    for stem, count in sorted(counts.items()):
        if count >= COMMON_SHARE * len(sources):
            weight = max(STEP, round(-math.log(count / len(sources)) / STEP) * STEP)
            groups.setdefault(weight, []).append(stem)
    return {f"{weight:g}": " ".join(groups[weight]) for weight in sorted(groups)}, rare


def sentences(row: dict[str, str], source: IndexedSource) -> list[dict[str, float]]:
    """The features of every claim of an answer, after the cleanups."""
    question, answer, _ = clean(Pair(row["question"], row["answer"]), source, CheckSettings())
    alignments = CheckInput(question, answer, source).alignments
    return [features(item, source) for item in alignments if claims_something(item.sentence)]


def loss(
    parameters: np.ndarray, table: np.ndarray, sign: np.ndarray, weight: np.ndarray
) -> tuple[float, np.ndarray]:
    """The weighted logistic loss with a small penalty, and its gradient."""
    margin = sign * (table @ parameters[1:] + parameters[0])
    slope = -sign * weight * np.exp(-np.logaddexp(0.0, margin))
    value = (weight * np.logaddexp(0.0, -margin)).sum() + PENALTY * (parameters[1:] ** 2).sum()
    return float(value), np.r_[slope.sum(), table.T @ slope + 2 * PENALTY * parameters[1:]]


def fit(items: list[tuple[bool, float, np.ndarray]]) -> np.ndarray:
    """Weights of the columns, the intercept first; items are (supported, weight, rows of one answer)."""
    parameters = np.r_[0.0, np.ones(items[0][2].shape[1])]
    for _ in range(ROUNDS):
        chosen = [
            (supported, weight / len(rows) if supported else weight, row)
            for supported, weight, rows in items
            for row in (rows if supported else rows[[np.argmin(rows @ parameters[1:])]])
        ]
        sign = np.array([1.0 if supported else -1.0 for supported, *_ in chosen])
        weight = np.array([weight for _, weight, _ in chosen])
        table = np.array([row for *_, row in chosen])
        bounds = [(None, None)] + [(0.0, None)] * table.shape[1]
        found = minimize(
            loss, parameters, (table, sign, weight / weight.sum()), jac=True, method="L-BFGS-B", bounds=bounds
        )
        parameters = found.x
    return parameters


def weights(paths: list[Path]) -> dict[str, object]:
    """Fit the model; needs the words to be there."""
    sources: dict[str, IndexedSource] = {}
    items: list[tuple[bool, float, np.ndarray]] = []
    names: list[str] = []
    for path in paths:
        rows = read(path)
        counts = Counter(row["label"] for row in rows)
        for row in rows:
            source = sources.setdefault(row["source"], IndexedSource(row["source"]))
            found = sentences(row, source)
            if not found:
                continue
            names = list(found[0])
            plain = np.array([list(item.values()) for item in found])
            above = np.maximum(0.0, plain - KNOT) / (1.0 - KNOT)
            items.append((row["label"] == "supported", 1.0 / counts[row["label"]], np.hstack([plain, above])))
    parameters = fit(items)
    columns = [round(float(value), 2) for value in parameters]
    half = len(names)
    return {
        "knot": KNOT,
        "intercept": columns[0],
        "weights": {name: [columns[1 + i], columns[1 + half + i]] for i, name in enumerate(names)},
    }


def words(paths: list[Path]) -> dict[str, object]:
    """Count the words of the sources."""
    texts = dict.fromkeys(row["source"] for path in paths for row in read(path))
    common, rare = common_words([IndexedSource(text) for text in texts])
    return {"rare": rare, "common": common}


def _readable(numbers: dict[str, object]) -> str:
    """JSON with one line for each group of words and each feature."""
    text = json.dumps(numbers, indent=1, ensure_ascii=False)
    return re.sub(r"\[\s+([\d.]+),\s+([\d.]+)\s+\]", r"[\1, \2]", text)


def main() -> None:
    """Read the command line, fit, and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["words", "weights"])
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=Path("qagen/checks/reading/support.json"))
    given = parser.parse_args()
    numbers = json.loads(given.out.read_text(encoding="utf-8"))
    numbers |= (words if given.what == "words" else weights)(given.sets)
    numbers["made_by"] = "scripts/fit_support.py words SETS, then weights SETS, on " + ", ".join(
        sorted(path.name.split(".")[0] for path in given.sets)
    )
    given.out.write_text(_readable(numbers) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
