"""What part of a paper a section is, in the field's usual words: introduction, methods, results, discussion, conclusion."""

import re
from collections.abc import Sequence
from enum import StrEnum


class SectionKind(StrEnum):
    """The parts that most papers have."""

    OPENING = "opening"
    """The abstract, and text that stands before the first heading."""
    INTRODUCTION = "introduction"
    METHODS = "methods"
    RESULTS = "results"
    DISCUSSION = "discussion"
    CONCLUSION = "conclusion"
    OTHER = "other"
    """A heading that names its subject and not its part."""


_KINDS = (
    (SectionKind.OPENING, r"abstract|summary|synopsis|highlights|significance|key points|plain language summary"),
    (SectionKind.INTRODUCTION, r"introduction|background|motivation|related works?|literature review|state of the art"),
    (SectionKind.CONCLUSION, r"conclu\w+|closing remarks|concluding remarks|outlook|perspectives?|future (?:work|directions?)"),
    (SectionKind.RESULTS, r"results?|findings|experiments|evaluation|observations"),
    (
        SectionKind.METHODS,
        r"methods?|methodology|materials?|experimental|procedures?|experimental (?:section|details|setup|procedures?)|"
        r"data(?:sets?)?|study area|theory|models?|computational details|sample preparation|data and methods",
    ),
    (SectionKind.DISCUSSION, r"discussions?|implications|limitations"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for kind, words in _KINDS)
_NUMBERING = re.compile(r"^\W*(?:\d{1,2}(?:\.\d{1,2})*|[IVXL]{1,6}|[A-Z])[.):]?\s+(?=\S)")
_WORDS = 6
"""A heading of more words names a subject: "Results of the 2011 expedition to the southern shelf" is no results section."""


def section_kind(path: Sequence[str]) -> SectionKind:
    """What part of a paper a section is.

    Args:
        path: its headings from the top down; empty for text before the first heading.

    Returns:
        The kind that the uppermost telling heading names; of several in one heading the first in the order
        opening, introduction, conclusion, results, methods, discussion ("Results and Discussion" are results).
    """
    if not path:
        return SectionKind.OPENING
    for heading in path:
        name = _NUMBERING.sub("", heading)
        if len(name.split()) > _WORDS:
            continue
        for kind, pattern in _PATTERNS:
            if pattern.search(name):
                return kind
    return SectionKind.OTHER
