"""Where a row lacks what a record or a rejection has to have: for Parquet every column may be empty."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from builder.folder.schema import Row
from qagen.records import Record, Rejection

_MADE_OF: dict[str, type] = {"default": Record, "unanswerable": Record, "rejected": Rejection}


def gap(row: Row, config: str) -> str | None:
    """The dotted name of the first column that is empty and must not be; None where there is none. Pure.

    An empty list is no gap, and null in place of a list means the same. Rows of other configs are what they are.
    """
    if row["id"] is None:
        return "id"
    kind = _MADE_OF.get(config)
    return next(_gaps(row, kind, ""), None) if kind else None


def _gaps(value: Any, kind: Any, name: str) -> Iterator[str]:
    if get_origin(kind) is tuple:
        for item in value or ():
            yield from _gaps(item, get_args(kind)[0], f"{name}[]")
    elif value is None:
        yield name
    else:
        for column, inner, may_be_empty in _columns(kind):
            if value.get(column) is not None or not may_be_empty:
                yield from _gaps(value.get(column), inner, f"{name}.{column}" if name else column)


@cache
def _columns(kind: Any) -> tuple[tuple[str, Any, bool], ...]:
    """Name, type without None, and whether it may be None, of every field of a dataclass; other types have none."""
    if not is_dataclass(kind):
        return ()
    hints = get_type_hints(kind)
    found = []
    for part in fields(kind):
        options = get_args(hints[part.name]) if isinstance(hints[part.name], UnionType) else ()
        inner = next((option for option in options if option is not NoneType), hints[part.name])
        found.append((part.name, inner, NoneType in options))
    return tuple(found)
