"""What is wrong with a file that is read back, in a few words: which field of it, and how."""

import json
import reprlib

from pydantic import ValidationError

_LONGEST = 100
"""Characters of a name inside the file that are shown."""
_WORDS = {
    "missing": "is missing",
    "dict_type": "is no object",
    "mapping_type": "is no object",
    "model_type": "is no object",
    "model_attributes_type": "is no object",
    "dataclass_type": "is no object",
    "tuple_type": "is no list",
    "list_type": "is no list",
    "too_long": "has too many entries",
    "string_type": "is no text",
    "string_unicode": "is no text",
    "string_pattern_mismatch": "is no sha256",
    "int_type": "is no whole number",
    "int_parsing": "is no whole number",
    "int_from_float": "is no whole number",
    "greater_than_equal": "is below 0",
}
"""JSON's words for what pydantic says in Python's."""


def first_fault(error: ValidationError) -> str:
    """The first thing that is wrong, in one line: the field's place, what is the matter, and the value where that tells more."""
    first = error.errors(include_url=False)[0]
    message = _WORDS.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    given = "" if first["type"] == "missing" else f" (it is {_short(first['input'])})"
    return " ".join(f"{_place(first['loc'])} {message}{given}".split())


def _short(value: object) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return reprlib.repr(value) if not isinstance(value, bool | None) else json.dumps(value)


def _place(location: tuple[int | str, ...]) -> str:
    """A field's place as `'papers[0].sha256'`; names that are no plain words stand in quotes."""
    place = ""
    for part in location:
        if part == "[key]":
            continue
        if isinstance(part, int):
            place += f"[{part}]"
        elif part.isidentifier():
            place += f".{part}" if place else part
        else:
            place += f"[{json.dumps(part[:_LONGEST])}]"
    return f"'{place}'" if place else "it"
