"""The closed schema, once: Arrow types, from which rows, card, documentation and the builder class take it.

Every column is always there and nullable where it may be empty. The names are those of the dataclasses in
`qagen.records`; Rows and records translate into each other without loss but for
floats beyond four decimals.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

import pyarrow as pa

from qagen.reasons import Kind, Reason
from qagen.records import (
    ChunkInfo,
    Edit,
    Evidence,
    Generation,
    PaperInfo,
    PlaceInfo,
    Record,
    Rejection,
    Review,
    Scores,
    SectionInfo,
    Solution,
    encodable,
)

SCHEMA_VERSION = 1
"""Goes up by one with every change of a column's name, type or meaning; a column that may be empty comes without."""
SPLITS = ("train", "validation", "test")
DECIMALS = 4
"""Floats in rows are rounded to this many."""

_STRINGS = pa.list_(pa.string())
_PAPER = pa.struct(
    [
        ("sha256", pa.string()),
        ("work", pa.string()),
        ("file", pa.string()),
        ("title", pa.string()),
        ("authors", _STRINGS),
        ("year", pa.int32()),
        ("doi", pa.string()),
        ("license", pa.string()),
        ("document_sha256", pa.string()),
        ("converter", pa.string()),
    ]
)
_SECTION = pa.struct([("path", _STRINGS), ("start", pa.int32()), ("end", pa.int32())])
_CHUNK = pa.struct(
    [
        ("index", pa.int32()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("sha256", pa.string()),
        ("pages", pa.list_(pa.int32())),
    ]
)
_GENERATION = pa.struct(
    [
        ("engine", pa.string()),
        ("model", pa.string()),
        ("prompt", pa.string()),
        ("prompt_sha256", pa.string()),
        ("temperature", pa.float64()),
        ("top_p", pa.float64()),
        ("max_tokens", pa.int64()),
        ("seed", pa.int64()),
        ("attempt", pa.int32()),
    ]
)
_EVIDENCE = pa.struct(
    [
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("page", pa.int32()),
        ("bbox", pa.list_(pa.float64())),
        ("sha256", pa.string()),
        ("text", pa.string()),
        ("ocr", pa.bool_()),
    ]
)
_PLACES = pa.list_(
    pa.struct(
        [("chunk", _CHUNK), ("section", _SECTION), ("paper", _PAPER), ("evidence", pa.list_(_EVIDENCE))]
    )
)
_SOLUTION = pa.struct([("value", pa.float64()), ("unit", pa.string()), ("tolerance", pa.float64())])
_TURN = pa.struct([("role", pa.string()), ("content", pa.string())])
_THOUGHT_TURN = pa.struct(
    [("role", pa.string()), ("content", pa.string()), ("reasoning_content", pa.string())]
)
_TURNS = pa.list_(_TURN)
_EDIT = pa.struct([("by", pa.string()), ("field", pa.string()), ("before", pa.string())])
_REVIEW = pa.struct([("decision", pa.string()), ("reviewers", pa.int32()), ("overruled", _STRINGS)])


_PLACE = (("page", pa.int32()), ("section", _STRINGS), ("paper_sha256", pa.string()))
"""Where what a trainer reads comes from."""

_RECORD = pa.schema(
    [
        ("id", pa.string()),
        ("question", pa.string()),
        ("answer", pa.string()),
        ("evidence", pa.list_(_EVIDENCE)),
        ("paper", _PAPER),
        ("section", _SECTION),
        ("chunk", _CHUNK),
        ("generation", _GENERATION),
        ("checks", pa.struct([(score.name, pa.float64()) for score in fields(Scores)])),
        ("edits", pa.list_(_EDIT)),
        ("context", pa.string()),
        ("reasoning", pa.string()),
        ("kind", pa.string()),
        ("difficulty", pa.string()),
        ("solution", _SOLUTION),
        ("places", _PLACES),
        ("review", _REVIEW),
    ]
)
OF_RECORDS = ("default", "unanswerable")
"""The configs whose rows are records, each record in one of them."""

SCHEMAS: Mapping[str, pa.Schema] = {
    "default": _RECORD,
    "chat": pa.schema(
        [
            ("id", pa.string()),
            ("messages", _TURNS),
            ("paper_sha256", pa.string()),
            ("support", pa.float64()),
        ]
    ),
    "sft": pa.schema(
        [
            ("id", pa.string()),
            ("prompt", _TURNS),
            ("completion", _TURNS),
            *_PLACE,
            ("support", pa.float64()),
            ("solution", _SOLUTION),
        ]
    ),
    "reasoning": pa.schema(
        [
            ("id", pa.string()),
            ("prompt", _TURNS),
            ("completion", pa.list_(_THOUGHT_TURN)),
            *_PLACE,
            ("support", pa.float64()),
            ("agreement", pa.float64()),
            ("solution", _SOLUTION),
        ]
    ),
    "preference": pa.schema(
        [
            ("id", pa.string()),
            ("prompt", _TURNS),
            ("chosen", _TURNS),
            ("rejected", _TURNS),
            *_PLACE,
            ("record", pa.string()),
            ("reason", pa.string()),
        ]
    ),
    "kto": pa.schema(
        [
            ("id", pa.string()),
            ("prompt", _TURNS),
            ("completion", _TURNS),
            ("label", pa.bool_()),
            *_PLACE,
            ("reason", pa.string()),
        ]
    ),
    "unanswerable": _RECORD,
    "rejected": pa.schema(
        [
            ("id", pa.string()),
            ("kind", pa.string()),
            ("reason", pa.string()),
            ("detail", pa.string()),
            ("question", pa.string()),
            ("answer", pa.string()),
            ("paper", _PAPER),
            ("section", _SECTION),
            ("chunk", _CHUNK),
            ("generation", _GENERATION),
            ("text", pa.string()),
            ("displaced_by", pa.string()),
            ("also", _STRINGS),
            ("places", _PLACES),
            ("question_kind", pa.string()),
            ("difficulty", pa.string()),
        ]
    ),
}

LATER = frozenset(
    {
        *(("default", name) for name in ("kind", "difficulty", "solution", "places", "review")),
        ("unanswerable", "review"),
        *(("rejected", name) for name in ("also", "places", "question_kind", "difficulty")),
    }
)
"""Columns, each after its config, that the first datasets do not have: there they are read as null."""

PLACE_LATER = ("paper", "evidence")
"""What the first datasets with `places` do not have in them: there it is read as null."""

CONFIGS = tuple(SCHEMAS)

_REASONS = {reason.value: reason for reason in Reason}

Row = dict[str, Any]
"""One row as Arrow takes and gives it: the columns of one of `SCHEMAS`."""


def row_of(record: Record) -> Row:
    """The record as a row of `default`."""
    row: Row = {name: _columns(getattr(record, name)) for name in _names(Record)}
    return row


def chat_row(record: Record) -> Row:
    """The record as a row of `chat`: one exchange, as trainers of conversations take it."""
    return {
        "id": record.id,
        "messages": [
            {"role": "user", "content": record.question},
            {"role": "assistant", "content": record.answer},
        ],
        "paper_sha256": record.paper.sha256,
        "support": round(record.checks.support, DECIMALS),
    }


def rejected_row(rejection: Rejection) -> Row:
    """The rejection as a row of `rejected`.

    What a model sent may hold halves of surrogate pairs, which no file can; they become U+FFFD.
    """
    clean = replace(
        rejection,
        detail=encodable(rejection.detail),
        question=rejection.question and encodable(rejection.question),
        answer=rejection.answer and encodable(rejection.answer),
        text=rejection.text and encodable(rejection.text),
    )
    return {"id": clean.id, **_columns(clean)}


def _columns(value: Any) -> Any:
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if kind is float:
        return round(value, DECIMALS)
    if kind is tuple or kind is list:
        return [_columns(item) for item in value]
    if kind is Solution:
        return solution_row(value)
    if names := _names(kind):
        return {name: _columns(getattr(value, name)) for name in names}
    return str(value) if isinstance(value, str) else value


_PLAIN = frozenset({str, int, bool, type(None)})


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a dataclass; none of anything else."""
    return tuple(part.name for part in fields(kind)) if is_dataclass(kind) else ()


def solution_row(solution: Solution | None) -> Row | None:
    """The solution as a column; its numbers are as they were read, since a small one has no four decimals."""
    if solution is None:
        return None
    return {"value": solution.value, "unit": solution.unit, "tolerance": solution.tolerance}


def record_of(row: Row) -> Record:
    """The record that a row of `default` was made from, floats as rounded there; the row has no gaps."""
    plain = dict(row)
    plain["evidence"] = _evidence(row["evidence"])
    plain["paper"] = _paper(row["paper"])
    plain["section"] = _section(row["section"])
    plain["chunk"] = _chunk(row["chunk"])
    plain["generation"] = Generation(**row["generation"])
    plain["checks"] = Scores(**row["checks"])
    plain["edits"] = tuple(Edit(**item) for item in row["edits"] or ())
    plain["solution"] = Solution(**row["solution"]) if row["solution"] else None
    plain["places"] = _places(row["places"])
    plain["review"] = _review(row["review"]) if row["review"] else None
    return Record(**plain)


def rejection_of(row: Row) -> Rejection:
    """The rejection that a row of `rejected` was made from; the row has no gaps.

    Raises:
        ValueError: where its kind is unknown to this version.
        KeyError: where its reason is.
    """
    plain = {name: value for name, value in row.items() if name != "id"}
    plain["kind"] = Kind(row["kind"])
    plain["reason"] = _REASONS[row["reason"]]
    plain["paper"] = _paper(row["paper"])
    plain["section"] = _section(row["section"]) if row["section"] else None
    plain["chunk"] = _chunk(row["chunk"]) if row["chunk"] else None
    plain["generation"] = Generation(**row["generation"]) if row["generation"] else None
    plain["also"] = tuple(_REASONS[also] for also in row["also"] or ())
    plain["places"] = _places(row["places"])
    return Rejection(**plain)


def _paper(row: Row) -> PaperInfo:
    return PaperInfo(**{**row, "authors": tuple(row["authors"] or ())})


def _review(row: Row) -> Review:
    return Review(**{**row, "overruled": tuple(row["overruled"] or ())})


def _section(row: Row) -> SectionInfo:
    return SectionInfo(**{**row, "path": tuple(row["path"] or ())})


def _chunk(row: Row) -> ChunkInfo:
    return ChunkInfo(**{**row, "pages": tuple(row["pages"] or ())})


def _places(rows: list[Row] | None) -> tuple[PlaceInfo, ...] | None:
    if rows is None:
        return None
    return tuple(
        PlaceInfo(
            _chunk(row["chunk"]),
            _section(row["section"]),
            _paper(row["paper"]) if row.get("paper") else None,
            _evidence(row["evidence"]) if row.get("paper") else None,
        )
        for row in rows
    )


def _evidence(rows: list[Row] | None) -> tuple[Evidence, ...]:
    return tuple(Evidence(**{**item, "bbox": tuple(item["bbox"] or ())}) for item in rows or ())


def yaml_features(config: str) -> list[dict[str, object]]:
    """The columns of a config in the form that a dataset card's `dataset_info` takes."""
    return [_yaml(column.name, column.type) for column in SCHEMAS[config]]


def _yaml(name: str, kind: pa.DataType) -> dict[str, object]:
    if pa.types.is_struct(kind):
        return {"name": name, "struct": [_yaml(part.name, part.type) for part in kind]}
    if pa.types.is_list(kind):
        inner = kind.value_type
        items = (
            [_yaml(part.name, part.type) for part in inner] if pa.types.is_struct(inner) else _dtype(inner)
        )
        return {"name": name, "list": items}
    return {"name": name, "dtype": _dtype(kind)}


def _dtype(kind: pa.DataType) -> str:
    return "float64" if pa.types.is_float64(kind) else str(kind)


def column_names(config: str) -> Iterator[tuple[str, str]]:
    """Each column of a config with its dots and its type, for people: `("paper.sha256", "string")`."""
    for column in SCHEMAS[config]:
        yield from leaves(column.name, column.type)


def leaves(name: str, kind: pa.DataType) -> Iterator[tuple[str, str]]:
    """A column's leaves with their dots, each with its type."""
    if pa.types.is_struct(kind):
        for part in kind:
            yield from leaves(f"{name}.{part.name}", part.type)
    elif pa.types.is_list(kind):
        yield from leaves(f"{name}[]", kind.value_type)
    else:
        yield name, _dtype(kind)
