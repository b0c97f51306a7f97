"""The JSON schemas of responses, for servers that can hold an answer to one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qagen.prompts.rubric import KINDS, MARKS, NO_FAULT

if TYPE_CHECKING:
    from openai.types.shared_params import ResponseFormatJSONSchema

_TEXT = {"type": "string"}
_PAIR = {
    "type": "object",
    "properties": {"question": _TEXT, "answer": _TEXT},
    "required": ["question", "answer"],
    "additionalProperties": False,
}


def json_pairs(most: int | None) -> "ResponseFormatJSONSchema":
    """The schema of a response with pairs; what llama.cpp, vLLM and Ollama take to hold the answer, after the reasoning, to one.

    A small model that never ends its list is held to the pairs that it was asked for. Texts have no `maxLength`: a grammar counts it
    out character by character, and a backend that does not know it turns all of the schema down.

    Args:
        most: the most pairs; None for any number.
    """
    listed: dict[str, object] = {"type": "array", "items": _PAIR}
    if most is not None:
        listed["maxItems"] = most
    return {
        "type": "json_schema",
        "json_schema": {
            "name": "pairs",
            "strict": True,
            "schema": {
                "type": "object",
                "properties": {"pairs": listed},
                "required": ["pairs"],
                "additionalProperties": False,
            },
        },
    }


def json_labels(ids: Sequence[str]) -> "ResponseFormatJSONSchema":
    """The schema of a judge's response about pairs with these ids: a verdict for each, ids and kinds of faults as enumerations."""
    properties: dict[str, object] = {"id": {"type": "string", "enum": list(ids)}, "why": _TEXT}
    properties["fault"] = {"type": "string", "enum": [*KINDS, NO_FAULT]}
    properties |= {mark: {"type": "integer", "enum": [1, 2, 3, 4, 5]} for mark in MARKS}
    verdict = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    listed = {"type": "array", "items": verdict, "minItems": len(ids), "maxItems": len(ids)}
    return {
        "type": "json_schema",
        "json_schema": {
            "name": "labels",
            "strict": True,
            "schema": {
                "type": "object",
                "properties": {"labels": listed},
                "required": ["labels"],
                "additionalProperties": False,
            },
        },
    }
