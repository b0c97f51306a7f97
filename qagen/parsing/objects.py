"""The JSON values that stand in a text among other words, in fences or by themselves."""

import json
from collections.abc import Iterator

_MOST_VALUES = 200
"""So many beginnings are tried; a response with more of them is noise."""


def objects_in(text: str) -> Iterator[object]:
    """Every JSON object or list that begins where none has begun yet, from the front; what does not read as JSON is passed over."""
    decoder = json.JSONDecoder()
    place = 0
    for _ in range(_MOST_VALUES):
        starts = [start for start in (text.find("{", place), text.find("[", place)) if start >= 0]
        if not starts:
            return
        try:
            value, place = decoder.raw_decode(text, min(starts))
        except (ValueError, RecursionError):
            place = min(starts) + 1
            continue
        yield value
