"""Marks of the converted paper are taken out of question and answer: links and citation brackets."""

import re

from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.text import Text

_IMAGE = re.compile(r"!\[[^\[\]]*\]\([^()\s]*\)")
_LINK = re.compile(
    r"(?P<blank> ?)\[(?P<shown>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?:#|https?:|page-|mailto:)[^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)"
)
_SAYS_LINK = re.compile(
    r"\W*(?:(?:the )?(?:source|link|ref(?:erence)?|website|url|doi|see)s?(?: \d{1,3})?|here)\W*",
    re.IGNORECASE,
)
_SPAN = re.compile(r"</?(?:span|a|u|br|div|p)\b[^<>]{0,200}>")
_ACTIVE = re.compile(
    r"<(?P<name>script|style|iframe|object|embed|svg|form|video|audio|template)\b[^<>]{0,400}>(?:[^<]|<(?!/))*</(?P=name)\s?>|</?(?:script|style|iframe|object|embed|svg|img|form|input|button|link|meta|base|video|audio|template)\b[^<>]{0,400}/?>",
    re.IGNORECASE,
)
"""Elements that act where they are shown."""
_FORMULA = re.compile(r"\s*=\s*HYPERLINK\(\"[^\"]*\"\s*[,;]\s*\"(?P<shown>[^\"]*)\"\)\s*\Z", re.IGNORECASE)
_ACTS_IN_A_CELL = re.compile(r"\A\s*[=@+](?=[A-Za-z])")
_NUMBERS = r"\d{1,3}(?: ?[,;–—-] ?\d{1,3}){0,20}"
_CITATION = re.compile(
    rf" ?(?:\\?\[(?:refs?\.? ?)?{_NUMBERS}\\?\]|\[\\?\[{_NUMBERS}\\?\]\])+(?!\()|<sup>\s*\[?{_NUMBERS}\]?\s*</sup>(?=[\s.,;]|$)|\s?\((?:refs?\.?|references?) ?\[?{_NUMBERS}\]?\)",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"\b(?:(?:refs?\.?|references?|citations?|works?|stud(?:y|ies)|papers?)(?= )|(?:in|from|of|by)) ?$",
    re.IGNORECASE,
)
_INTERVAL = re.compile(r"\b(?:range|interval|between|matrix|vector|set|within|domain)$", re.IGNORECASE)


def without_links(text: Text, source: IndexedSource) -> str:  # noqa: ARG001 - every cleanup is called alike
    """Put the words of a link in its place, and take out images, tags, and what acts where it is shown."""
    given = text.given
    if given.lstrip()[:1] in ("=", "@", "+"):
        given = _ACTS_IN_A_CELL.sub("", _FORMULA.sub(r"\g<shown>", given))
    given = _IMAGE.sub("", given) if "![" in given else given
    given = _LINK.sub(_shown, given) if "](" in given else given
    if "<" not in given:
        return given
    bare = _ACTIVE.sub("", given)
    return _SPAN.sub("", bare if bare == given else bare.rstrip())


def _shown(link: re.Match[str]) -> str:
    """The words of a link, unless they only say that it is one."""
    return "" if _SAYS_LINK.fullmatch(link["shown"]) else link["blank"] + link["shown"]


def without_citations(text: Text, source: IndexedSource) -> str:  # noqa: ARG001 - every cleanup is called alike
    """Take out citation marks such as `[12]` and `[3-5, 8]`; what is part of a sentence ("in [12]") stays."""
    given = text.given
    if "[" not in given and "<" not in given and "(ref" not in given.lower():
        return given
    return _CITATION.sub(lambda mark: mark[0] if _is_spoken(given, mark) else "", given)


def _is_spoken(text: str, mark: re.Match[str]) -> bool:
    blank = mark[0].startswith(" ")
    preceding = text[max(0, mark.start() - 20) : mark.start() + blank]
    return not preceding or bool(_SPOKEN.search(preceding) or _INTERVAL.search(preceding.rstrip()))
