"""No name and no direction stands in the very place where the source has another: "is hindered by m5C methylation" for m4C.

A sentence with the source's own words on either side of a place, and there another name or the opposite, is the source's sentence
with one word changed. In a sentence of other words nothing is told.
"""

from collections.abc import Iterator, Sequence

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.directions import DIRECTIONS, are_opposites
from qagen.checks.reading.mentions import Mentions
from qagen.checks.reading.source import IndexedSource
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_AROUND = 3
"""Words on either side of a place that are looked at."""
_ALIKE = 4
"""How many of them have to be the source's, in a row with the place."""
_NEAR = 4
"""Words within which a sentence that has both is a list in another order."""


def replaced(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject an answer that has between the source's words another name than the source, or the opposite."""
    for sentence, mentions in zip(subject.answer.sentences, subject.mentions, strict=True):
        words = mentions.tokens
        places = {place for place, _ in mentions.names}
        places.update(place for place, word in enumerate(words) if word in DIRECTIONS)
        for place in sorted(places):
            if not 0 < place < len(words) - 1:
                continue
            found = _another(place, mentions, subject.source)
            if found is not None:
                number, other = found
                detail = f"the answer has {mentions.tokens[place]!r} where the source has {other!r} between the same words"
                stated = subject.source.sentences[number]
                span = ((stated.start, stated.end),)
                yield Fault(Reason.REPLACED, detail, subject.answer.given, sentence.text, span)


def _another(place: int, mentions: Mentions, source: IndexedSource) -> tuple[int, str] | None:
    """The sentence of the source with the same words around a place, and what it has there; None where it has the same, or no such thing."""
    found: tuple[int, str] | None = None
    words = mentions.tokens
    for number, other in source.between.get((words[place - 1].lower(), words[place + 1].lower()), ()):
        stated = source.mentions[number]
        if _alike(words, place, stated.tokens, other) < _ALIKE:
            continue
        there = stated.tokens[other]
        if there.lower() == words[place].lower():
            return None
        near = {word.lower() for word in words[max(0, place - _NEAR) : place + _NEAR + 1]}
        if there.lower() not in near and _excludes(mentions, place, stated, other):
            found = number, there
    return found


def _alike(words: Sequence[str], place: int, others: Sequence[str], other: int) -> int:
    """How many words in a row are the same on both sides of two places, capitals aside."""
    before = after = 0
    while before < min(_AROUND, place, other) and _same(
        words, place - 1 - before, others, other - 1 - before
    ):
        before += 1
    reach = min(_AROUND, len(words) - 1 - place, len(others) - 1 - other)
    while after < reach and _same(words, place + 1 + after, others, other + 1 + after):
        after += 1
    return before + after


def _same(words: Sequence[str], place: int, others: Sequence[str], other: int) -> bool:
    return words[place].lower() == others[other].lower()


def _excludes(mentions: Mentions, place: int, stated: Mentions, other: int) -> bool:
    """Whether what stands in the one place is said instead of what stands in the other: another name, or the opposite."""
    here, there = dict(mentions.names).get(place), dict(stated.names).get(other)
    if here is not None and there is not None:
        return not (here.startswith(there) or there.startswith(here))
    return are_opposites(mentions.tokens[place].lower(), stated.tokens[other].lower())
