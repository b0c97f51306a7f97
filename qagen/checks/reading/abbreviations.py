"""Abbreviations that a text uses and only its source spells out."""

import re

from qagen.checks.reading.names import spelled_out
from qagen.checks.reading.source import IndexedSource

_STANDING_ALONE = r"(?<![\w/(\[-])(?:{names})(?![\w/)\]-]|\.\w)"


def unexplained(text: str, source: IndexedSource) -> list[tuple[re.Match[str], str]]:
    """The first mention of each abbreviation that the source spells out and the text does not, in order."""
    known = source.long_forms
    if not any(name in text for name in known):
        return []
    names = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    found: dict[str, re.Match[str]] = {}
    for match in re.finditer(_STANDING_ALONE.format(names=names), text):
        found.setdefault(match[0], match)
    told, here = text.lower(), dict(spelled_out(text))
    return [
        (match, known[name])
        for name, match in found.items()
        if known[name].lower() not in told and name not in here
    ]
