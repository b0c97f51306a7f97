"""Abbreviations of a question are spelled out where the source spells them out: who reads the question has not read it."""

from qagen.checks.reading.abbreviations import unexplained
from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.text import Text


def with_long_forms(text: Text, source: IndexedSource) -> str:
    """Put "polyaniline (PANI)" for the first "PANI" of a text that does not spell it out itself.

    An abbreviation inside a compound, such as "PANI-coated", stays: its long form would not fit there.
    """
    given = text.given
    for match, long in reversed(unexplained(given, source)):
        given = f"{given[: match.start()]}{long} ({match[0]}){given[match.end() :]}"
    return given
