"""Decisions to and from the tools of others: JSON lines, and the tasks of Label Studio."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

from builder.reviewing.desk import CONFIGS, Desk, Item, edited_pair, origin_of
from qagen.errors import InputError
from qagen.ledger.sums import has_valid_sum
from qagen.records import Rejection, encodable
from qagen.reviews import Decision, Sample, Verdict
from qagen.reviews.file import as_json, entry_of, is_reviewer

Form = Literal["jsonl", "labelstudio"]
_FIELDS = ("verdict", "reason", "new_question", "new_answer", "reviewer")
"""Names of what is asked for in Label Studio; its labelling configuration is in docs/reviewing.md."""
_MOST_BYTES = 1 << 30
_TEXT = {"id", "paper", "question", "answer"}


def exported(desk: Desk, form: Form, only: Collection[str] | None = None) -> Iterator[str]:
    """The pairs of a dataset with what was decided about them, as lines of text.

    Args:
        desk: the dataset and the decisions.
        form: `jsonl`: a JSON object a line; `labelstudio`: one JSON list of tasks.
        only: content ids; None for all pairs, those too that were turned down.
    """
    chosen = None if only is None else frozenset(only)
    tasks = (_task(desk, config, number, form) for config, number in _pairs(desk, chosen))
    if form == "jsonl":
        yield from map(_dumped, tasks)
        return
    yield "["
    last = None
    for task in tasks:
        if last is not None:
            yield f"{last},"
        last = _dumped(task)
    if last is not None:
        yield last
    yield "]"


def _pairs(desk: Desk, only: frozenset[str] | None) -> Iterator[tuple[str, int]]:
    for config in CONFIGS:
        for number, name in enumerate(desk.table(config).content_ids):
            if name and (only is None or name in only):
                yield config, number


def _task(desk: Desk, config: str, number: int, form: Form) -> dict[str, Any]:
    item = desk.item(config, number)
    said = desk.reviews.of_pair(item.id).values()
    data = _data(item)
    if form == "jsonl":
        return {**data, "decisions": [_decided(decision) for decision in said]}
    return {"data": data, "annotations": [{"result": _results(decision)} for decision in said]}


def _data(item: Item) -> dict[str, Any]:
    thing = item.thing
    origin = origin_of(thing)
    return {
        "id": item.id,
        "paper": thing.paper.sha256,
        "file": thing.paper.file,
        "section": " > ".join(thing.section.path) if thing.section else "",
        "question": thing.question,
        "answer": thing.answer,
        "source": "".join(piece.text for piece in item.passage),
        "evidence": [piece.text for piece in item.passage if piece.marked],
        "pages": [place.page for place in item.pages],
        "turned_down": str(thing.reason) if isinstance(thing, Rejection) else None,
        "support": None if isinstance(thing, Rejection) else thing.checks.support,
        "origin": None if origin is None else asdict(origin),
    }


def _decided(decision: Decision) -> dict[str, Any]:
    return {name: value for name, value in as_json(decision).items() if name in (*_FIELDS, "at")}


def _results(decision: Decision) -> list[dict[str, Any]]:
    """What Label Studio would have kept, had the decision been made there."""
    told = _decided(decision)
    verdict = {
        "from_name": "verdict",
        "to_name": "answer",
        "type": "choices",
        "value": {"choices": [told["verdict"]]},
    }
    texts = [
        {"from_name": name, "to_name": "answer", "type": "textarea", "value": {"text": [told[name]]}}
        for name in _FIELDS[1:]
        if name in told
    ]
    return [verdict, *texts]


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def import_file(desk: Desk, path: Path) -> tuple[int, int, list[str]]:
    """Take the decisions of a file in: of an export of either form, or another `reviews.jsonl`. All of them or none.

    Returns:
        How many were taken in, how many were there already as what the same person has said, and what is left out with why.

    Raises:
        InputError: where the file cannot be read, or is no JSON at all.
        WorkspaceError: where the decisions cannot be written.
    """
    faults: list[str] = []
    same = 0
    standing: dict[tuple[str, str], list[Decision]] = {}
    for place, value in _values(path, faults):
        try:
            found = list(_entries(value, desk.reviewer))
        except ValueError as error:
            faults.append(f"{place}: {error}")
            continue
        for entry in found:
            key = (entry.id, entry.reviewer)
            if (
                entry.verdict is Verdict.UNDO
            ):  # of another `reviews.jsonl`: what it takes back was not meant to stay
                if standing.get(key):
                    standing[key].pop()
                continue
            if _is_known(entry, [*desk.reviews.said(*key), *standing.get(key, ())]):
                same += 1
                continue
            standing.setdefault(key, []).append(entry)
    entries = [_with_origin(desk, said[-1]) for said in standing.values() if said]
    if entries:
        desk.append(entries)
    return len(entries), same, faults


def _is_known(entry: Decision, before: Sequence[Decision]) -> bool:
    """Whether a person has said this already: as the last word, or before a later one, unless the file says that it is later still."""
    return any(one.said == entry.said for one in before) and (
        before[-1].said == entry.said or entry.at <= before[-1].at
    )


def _with_origin(desk: Desk, entry: Decision) -> Decision:
    """With the origin that the dataset itself tells, where it has the pair: what a file says of it anybody may have written."""
    found = desk.find(entry.id) if entry.new_answer is not None else None
    return entry if found is None else replace(entry, origin=origin_of(desk.thing(*found)))


def _values(path: Path, faults: list[str]) -> Iterator[tuple[str, object]]:
    """Each task or line with where it stands; lines that are no JSON are faults."""
    try:
        if not path.is_file():
            raise OSError(2, "it is not there, or is no file")
        if path.stat().st_size > _MOST_BYTES:
            raise OSError(27, "it has more than a gigabyte")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot read {str(path)!r}: {getattr(error, 'strerror', None) or error}",
            remedy="name an export with --import",
        ) from None
    if text.lstrip().startswith("["):
        try:
            tasks = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError(
                f"{str(path)!r} is no JSON: {error}", remedy="export the project again as JSON"
            ) from None
        yield from ((f"task {number}", task) for number, task in enumerate(tasks, 1))
        return
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            faults.append(f"line {number}: it is no JSON: {error}")
            continue
        if isinstance(value, dict) and "sha256" in value and not has_valid_sum(line.encode()):
            faults.append(f"line {number}: it is not what was written: its sum is another")
            continue
        yield f"line {number}", value


def _entries(value: object, reviewer: str) -> Iterator[Decision]:
    """The decisions of a task or a line.

    Raises:
        ValueError: where it is none, with why.
    """
    if not isinstance(value, Mapping):
        raise ValueError("it is no JSON object")
    if "sample" in value:
        return
    if "decisions" in value:
        yield from (_entry(value, said, reviewer) for said in _objects(value["decisions"]))
    elif "data" in value:
        (data,) = _objects([value["data"]])
        for annotation in _objects(value.get("annotations") or value.get("completions") or []):
            if not annotation.get("was_cancelled"):
                yield from _annotated(data, annotation, reviewer)
    else:
        yield _entry(value, value, reviewer)


def _objects(value: object) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise ValueError("it has no list of JSON objects where decisions are expected")
    return value


def _annotated(data: Mapping[str, Any], annotation: Mapping[str, Any], reviewer: str) -> Iterator[Decision]:
    """The decision of one annotator; none where nothing was chosen."""
    said: dict[str, Any] = {}
    for result in _objects(annotation.get("result") or []):
        value = result.get("value")
        given = value.get("choices") or value.get("text") if isinstance(value, Mapping) else None
        text = "\n".join(map(str, given)) if isinstance(given, list) else given
        if result.get("from_name") in _FIELDS and isinstance(text, str) and text.strip():
            said[str(result["from_name"])] = text.strip()
    if said.get("verdict") == "edit":
        said = {"new_question": data.get("question"), "new_answer": data.get("answer"), **said}
    who = annotation.get("completed_by")
    named = who.get("email") or who.get("username") if isinstance(who, Mapping) else who
    if "verdict" in said:
        name = (
            reviewer if named in (None, "") else f"Label Studio {named}" if isinstance(named, int) else named
        )
        yield _entry(data, {"reviewer": name, **said}, reviewer)


def _entry(pair: Mapping[str, Any], said: Mapping[str, Any], reviewer: str) -> Decision:
    told = {name: said[name] for name in (*_FIELDS, "at") if said.get(name) not in (None, "")}
    texts = {name: encodable(value) if isinstance(value, str) else value for name, value in told.items()}
    plain = {name: pair.get(name) for name in _TEXT}
    value = {"reviewer": reviewer, **texts, **plain, "origin": pair.get("origin")}
    if texts.get("verdict") != "edit":
        value.update(new_question=None, new_answer=None, origin=None)
    entry = entry_of(value)
    if isinstance(entry, Sample):
        raise ValueError("it is no decision")
    if not is_reviewer(entry.reviewer):
        raise ValueError(f"{entry.reviewer!r} is no name for a reviewer")
    return entry if entry.verdict is not Verdict.EDIT else _as_typed(entry)


def _as_typed(entry: Decision) -> Decision:
    """An edit as the page would have taken it.

    Raises:
        ValueError: where it would not.
    """
    try:
        new = edited_pair((entry.question, entry.answer), (entry.new_question or "", entry.new_answer or ""))
    except InputError as error:
        raise ValueError(error.message) from None
    return replace(entry, new_question=new[0], new_answer=new[1])
