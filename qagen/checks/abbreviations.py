"""Abbreviations of a question are spelled out where the source spells them out: who reads the question has not read it.

As the settings tell, the long form is put in place of the abbreviation, or the pair is turned down.
"""

import re
from collections.abc import Iterator

from qagen.checks.names import spelled_out
from qagen.checks.source import Source
from qagen.checks.subject import Subject
from qagen.checks.text import Text
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_STANDING_ALONE = r"(?<![\w/(\[-])(?:{names})(?![\w/)\]-]|\.\w)"


def with_long_forms(text: Text, source: Source) -> str:
    """Put "polyaniline (PANI)" for the first "PANI" of a text that does not spell it out itself.

    An abbreviation inside a compound, such as "PANI-coated", stays: its long form would not fit there.
    """
    given = text.given
    for match, long in reversed(_unexplained(given, source)):
        given = f"{given[: match.start()]}{long} ({match[0]}){given[match.end() :]}"
    return given


def unexplained_abbreviation(subject: Subject, settings: CheckSettings) -> Iterator[Fault]:
    """Reject a question with an abbreviation that only the source spells out, where the settings ask for that."""
    if settings.abbreviations != "reject":
        return
    for match, long in _unexplained(subject.question.given, subject.source):
        detail = f"the question has {match[0]!r}, which only the source spells out, as {long!r}"
        spans = subject.source.spelling_out(match[0])
        yield Fault(Reason.UNEXPLAINED_ABBREVIATION, detail, subject.question.given, match[0], spans)


def _unexplained(text: str, source: Source) -> list[tuple[re.Match[str], str]]:
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
