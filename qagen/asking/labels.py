"""What a model that judges is shown of pairs, and how its verdicts are read.

Pairs were written by a model out of a paper, so either may hold words for the judge. The material stands between lines with
hex digits that are a hash of it, and so is a pair's id: no text can hold its own hash or know that of another, so nothing
in it can end the material, or give labels to a pair.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from qagen.checks import CheckResult
from qagen.parsing.objects import objects_in
from qagen.parsing.reasoning import set_apart
from qagen.prompts.rubric import GRAVITY, KINDS, MARKS, NO_FAULT
from qagen.records import Completion, Fault, Pair, canonical_json, sha256
from qagen.settings import JudgeSettings

_MOST_CHARS = 200_000
_MOST_WHY = 300
"""Characters of a judge's own words that are kept."""
_MARK = re.compile(r"\s*([1-5])(?:\.0)?\s*(?:/\s*5(?:\.0)?)?\s*")


@dataclass(frozen=True, slots=True)
class Labels:
    """A judge's labels of one pair, each in [0, 1]: the marks 1 to 5 become 0, 0.25, 0.5, 0.75 and 1."""

    relevance: float
    context_independence: float
    completeness: float
    accuracy: float
    reasonableness: float


LABELS = tuple(MARKS)
_NO_FAULT_WORDS = frozenset(
    {"", NO_FAULT, "no", "null", "no_fault", "n_a", "ok", "faultless", "without_fault"}
)
_SPELLINGS = {
    "overgeneralised": "over_generalised",
    "overgeneralized": "over_generalised",
    "over_generalized": "over_generalised",
    "over_generalisation": "over_generalised",
    "over_generalization": "over_generalised",
    "not_standalone": "not_standing_alone",
    "not_stand_alone": "not_standing_alone",
    "nonanswer": "non_answer",
    "swapped_role": "swapped_roles",
    "invented_reasons": "invented_reason",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge says of one pair.

    Attributes:
        labels: None only where a fault is named without them.
        fault: one of `KINDS`; empty for none.
        why: the judge's own words.
    """

    labels: Labels | None
    fault: str = ""
    why: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a judge's response says of the pairs that were asked about: each is in one of the two.

    Attributes:
        found: id -> its judgement.
        problems: id -> why the response has none for it.
    """

    found: Mapping[str, Judgement]
    problems: Mapping[str, str] = field(default_factory=dict)


def fence(*material: str) -> str:
    """Hex digits that the material cannot hold."""
    return sha256(canonical_json(list(material)))[:12]


def pair_id(text: str, pair: Pair) -> str:
    """A pair's id towards the judge, of its source and itself; pairs that say the same share it."""
    return sha256(canonical_json([text, pair.question, pair.answer]))[:10]


def is_wanted(verdict: CheckResult, settings: JudgeSettings) -> bool:
    """Whether a pair is judged by the model: it passed every check, and its support is in the band or all are judged."""
    low, high = settings.band
    return verdict.accepted and (settings.mode != "grey" or low <= verdict.support < high)


def read_labels(completion: Completion, ids: Sequence[str]) -> Reading:
    """The judgements that a response gives to the pairs that were asked about.

    Those of other ids do not count. A pair that is judged twice in different ways, or with a label missing or impossible, has
    none; nobody has in a response that was cut off.
    """
    if completion.finish_reason == "length":
        return Reading({}, dict.fromkeys(ids, "its answer was cut off at the most tokens that it may have"))
    final = set_apart(completion.text)
    text = completion.text[final.start : final.end][-_MOST_CHARS:]
    if not text.strip():
        return Reading({}, dict.fromkeys(ids, "its answer has no text"))
    said: dict[str, list[Judgement | str]] = {}
    for name, value in _values(text, ids):
        said.setdefault(name, []).append(_judgement(value))
    if len(said) < len(ids):
        by_json = frozenset(said)
        for name, segment in _segments(text, ids):
            if name not in by_json and (value := _fields_in(segment)):
                said.setdefault(name, []).append(_judgement(value))
    found: dict[str, Judgement] = {}
    problems: dict[str, str] = {}
    for name in ids:
        one = _only(said.get(name, []))
        if isinstance(one, Judgement):
            found[name] = one
        else:
            problems[name] = one
    return Reading(found, problems)


def _only(said: Sequence[Judgement | str]) -> Judgement | str:
    """The one thing that was said of a pair, or why there is none."""
    if not said:
        return "its answer has no labels for the pair"
    if any(other != said[0] for other in said):
        return "its answer labels the pair twice, in different ways"
    return said[0]


def _values(text: str, ids: Sequence[str]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The JSON objects with labels of single pairs: with their id inside, or under it."""
    for value in objects_in(text):
        yield from _labelled(value, ids, 0)


def _labelled(value: object, ids: Sequence[str], depth: int) -> Iterator[tuple[str, Mapping[str, object]]]:
    if depth > 4:
        return
    if isinstance(value, list):
        for item in value:
            yield from _labelled(item, ids, depth + 1)
    elif isinstance(value, dict):
        keyed = {_key(key): item for key, item in value.items()}
        name = _known(keyed.get("id", keyed.get("pair", keyed.get("pair_id"))), ids)
        if name is not None:
            yield name, keyed
            return
        for key, item in value.items():
            under = _known(key, ids)
            if under is not None and isinstance(item, dict):
                yield under, {_key(part): given for part, given in item.items()}
            elif isinstance(item, dict | list):
                yield from _labelled(item, ids, depth + 1)


def _known(name: object, ids: Sequence[str]) -> str | None:
    """The id that a judge means: as it was given, with `pair` before it, or in capitals."""
    if not isinstance(name, str):
        return None
    plain = name.strip().strip("`'\"").lower().removeprefix("pair").strip(" :#_")
    return plain if plain in ids else None


def _key(name: object) -> str:
    return re.sub(r"[\W_]+", "_", str(name).strip().lower()).strip("_")


def _segments(text: str, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What stands behind each id up to the next, in an answer that is not JSON, or broken JSON."""
    if not ids:
        return
    any_id = re.compile(rf"(?<![0-9a-z])(?:{'|'.join(map(re.escape, ids))})(?![0-9a-z])", re.IGNORECASE)
    places = list(any_id.finditer(text))
    for number, place in enumerate(places):
        end = places[number + 1].start() if number + 1 < len(places) else len(text)
        yield place[0].lower(), text[place.end() : end]


_NAME = r"[\"'*_`\s]*[:=|-]{1,2}[\"'*_`\s]*"
_IN_WORDS = {
    label: re.compile(
        rf"\b{label.replace('_', '[ _-]')}{_NAME}([0-9](?:\.[0-9])?(?:\s*/\s*5)?)(?![\w.])", re.IGNORECASE
    )
    for label in LABELS
}
_FAULT_IN_WORDS = re.compile(rf"\bfault{_NAME}([a-z][a-z _-]{{1,30}}[a-z])", re.IGNORECASE)


def _fields_in(segment: str) -> dict[str, object]:
    """The labels of a stretch of text: `accuracy: 4`, in whatever quotes; one that is given twice differently is none."""
    found: dict[str, object] = {}
    for label, pattern in _IN_WORDS.items():
        marks = set(pattern.findall(segment))
        if marks:
            found[label] = marks.pop() if len(marks) == 1 else "several"
    faults = {_key(words) for words in _FAULT_IN_WORDS.findall(segment)}
    if faults:
        found["fault"] = faults.pop() if len(faults) == 1 else "several"
    return found


def _judgement(value: Mapping[str, object]) -> Judgement | str:
    """A judgement, or why it cannot be read."""
    fault = _fault(value.get("fault"))
    if fault is None:
        return f"it names the fault {str(value.get('fault'))[:40]!r}, which is none of the kinds"
    given = {label: value.get(label) for label in LABELS}
    why = value.get("why")
    why = " ".join(why.split())[:_MOST_WHY] if isinstance(why, str) else ""
    if fault and all(mark is None for mark in given.values()):
        return Judgement(None, fault, why)
    marks = {label: _mark(mark) for label, mark in given.items()}
    for label, mark in marks.items():
        if mark is None:
            if given[label] is None:
                return f"it gives the pair no {label.replace('_', ' ')}"
            return f"its {label.replace('_', ' ')} is {str(given[label])[:20]!r}, no whole number from 1 to 5"
    return Judgement(Labels(**{label: (mark - 1) / 4 for label, mark in marks.items() if mark}), fault, why)


def _fault(value: object) -> str | None:
    """The kind that a judge names, "" for none, or None for a word that is no kind."""
    if value is None or value is False:
        return ""
    if not isinstance(value, str):
        return None
    name = _key(value)
    name = _SPELLINGS.get(name, name)
    if name in _NO_FAULT_WORDS:
        return ""
    return name if name in KINDS else None


def _mark(value: object) -> int | None:
    """A whole number from 1 to 5, however it is written, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    found = _MARK.fullmatch(str(value))
    return int(found[1]) if found else None


def judged_faults(judgement: Judgement, settings: JudgeSettings) -> tuple[Fault, ...]:
    """What speaks against a pair that was judged so: the kind that is named, then the labels, the gravest first."""
    named: tuple[Fault, ...] = ()
    if judgement.fault:
        why = f": {judgement.why}" if judgement.why else ""
        words = judgement.fault.replace("_", " ")
        named = (Fault(KINDS[judgement.fault], f"the judge finds {words}{why}", found=judgement.fault),)
    return (*named, *(label_faults(judgement.labels, settings) if judgement.labels else ()))


def label_faults(labels: Labels, settings: JudgeSettings) -> tuple[Fault, ...]:
    """What speaks against a pair with these labels, the gravest first."""
    return tuple(
        Fault(MARKS[label], f"the judge's {label.replace('_', ' ')} is {given:g}, below {least:g}")
        for label in GRAVITY
        if (given := getattr(labels, label)) < (least := getattr(settings, f"min_{label}"))
    )
