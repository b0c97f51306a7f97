"""The JSON schema of a response with pairs, for servers that can hold an answer to one."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openai.types.shared_params import ResponseFormatJSONSchema

_TEXT = {"type": "string"}
_PAIR = {
    "type": "object",
    "properties": {"question": _TEXT, "answer": _TEXT},
    "required": ["question", "answer"],
    "additionalProperties": False,
}
JSON_PAIRS: "ResponseFormatJSONSchema" = {
    "type": "json_schema",
    "json_schema": {
        "name": "pairs",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"pairs": {"type": "array", "items": _PAIR}},
            "required": ["pairs"],
            "additionalProperties": False,
        },
    },
}
"""What llama.cpp, vLLM and Ollama take to hold the answer, after the reasoning, to a schema."""
