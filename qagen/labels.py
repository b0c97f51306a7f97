"""What a model that judges is shown of pairs, and how its labels are read.

Pairs were written by a model out of a paper, so either may hold words for the judge. The material stands between lines with
hex digits that are a hash of it, and so is a pair's id: no text can hold its own hash or know that of another, so nothing
in it can end the material, or give labels to a pair.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from qagen.checks import Verdict
from qagen.parse.reasoning import set_apart
from qagen.reasons import Reason
from qagen.records import Completion, Fault, Pair, canonical_json, sha256
from qagen.settings import JudgeSettings

_MOST_OBJECTS = 200
_MOST_CHARS = 200_000
_OBJECT = re.compile(r'\{\s*"(?:labels|id)"\s*:')
_MARK = re.compile(r"\s*([1-5])(?:\.0)?\s*(?:/\s*5)?\s*")


@dataclass(frozen=True, slots=True)
class Labels:
    """A judge's labels of one pair, each in [0, 1]: the marks 1 to 5 become 0, 0.25, 0.5, 0.75 and 1."""

    relevance: float
    context_independence: float
    completeness: float
    accuracy: float
    reasonableness: float


LABELS = tuple(label.name for label in fields(Labels))
_REASONS = {
    "accuracy": Reason.JUDGED_INACCURATE,
    "relevance": Reason.JUDGED_IRRELEVANT,
    "context_independence": Reason.JUDGED_DEPENDENT,
    "completeness": Reason.JUDGED_INCOMPLETE,
    "reasonableness": Reason.JUDGED_UNREASONABLE,
}
"""The reason of each label, the gravest first."""


def fence(*material: str) -> str:
    """Hex digits that the material cannot hold."""
    return sha256(canonical_json(list(material)))[:12]


def pair_id(text: str, pair: Pair) -> str:
    """A pair's id towards the judge, of its source and itself; pairs that say the same share it."""
    return sha256(canonical_json([text, pair.question, pair.answer]))[:10]


def is_wanted(verdict: Verdict, settings: JudgeSettings) -> bool:
    """Whether a pair is judged by the model: it passed every check, and its support is in the band or all are judged."""
    low, high = settings.band
    return verdict.accepted and (settings.mode == "all" or low <= verdict.support < high)


def read_labels(completion: Completion, ids: Sequence[str]) -> dict[str, Labels]:
    """The labels that a response gives to the pairs that were asked about.

    Those of other ids do not count. A pair that is labelled twice in different ways, or with a label missing or impossible, has
    none; nobody has in a response that was cut off.
    """
    if completion.finish_reason == "length":
        return {}
    final = set_apart(completion.text)
    found: dict[str, Labels] = {}
    torn: set[str] = set()
    for value in _objects(completion.text[final.start : final.end][-_MOST_CHARS:]):
        name = value.get("id")
        if not isinstance(name, str) or name not in ids:
            continue
        labels = _labels(value)
        if labels is None or found.setdefault(name, labels) != labels:
            torn.add(name)
    return {name: labels for name, labels in found.items() if name not in torn}


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    """The JSON objects with labels of single pairs, as they stand or in a list."""
    decoder = json.JSONDecoder()
    place = 0
    for _ in range(_MOST_OBJECTS):
        start = _OBJECT.search(text, place)
        if start is None:
            return
        try:
            value, place = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            place = start.end()
            continue
        listed = value.get("labels")
        for item in listed if isinstance(listed, list) else [value]:
            if isinstance(item, dict):
                yield item


def _labels(value: Mapping[str, Any]) -> Labels | None:
    marks = [_mark(value.get(label)) for label in LABELS]
    return Labels(*[(mark - 1) / 4 for mark in marks if mark]) if all(marks) else None


def _mark(value: object) -> int | None:
    """A whole number from 1 to 5, however it is written, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    found = _MARK.fullmatch(str(value))
    return int(found[1]) if found else None


def label_faults(labels: Labels, settings: JudgeSettings) -> tuple[Fault, ...]:
    """What speaks against a pair with these labels, the gravest first."""
    return tuple(
        Fault(reason, f"the judge's {label.replace('_', ' ')} is {given:g}, below {least:g}")
        for label, reason in _REASONS.items()
        if (given := getattr(labels, label)) < (least := getattr(settings, f"min_{label}"))
    )
