"""The reason that an answer gives stands in the source near what it is a reason for.

A right statement with a reason of the model's own looks well supported: half of its words are the source's. So does one with
a reason that the source has, but for something else.
"""

import re
from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.causes import content, reasons, weight
from qagen.checks.reading.source import PREFIX, IndexedSource
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_SAYS_SOMETHING = 8.0
"""The weight from which on a reason is one: about two rare words."""
_WHY = re.compile(r"\W*why\b", re.IGNORECASE)
_OF_REASON, _OF_MATTER = 0.6, 0.5
"""The share that one sentence has to have, so that the place of a reason, or of its matter, is certain."""
_AS_WELL = 0.8
"""The share of the best place that others need to count as well."""
_APART = 2
"""Sentences between the two from which on the one is no reason for the other."""


def invented_reason(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject an answer with a reason of which the source has little where it speaks of the matter, or that it has elsewhere."""
    before = frozenset(subject.question.stems)
    asks_why = _WHY.match(subject.question.plain) is not None
    for sentence in subject.answer.sentences:
        for claim, reason in reasons(sentence):
            matter = before | content(claim)
            new = content(reason) - matter
            if weight(new) < _SAYS_SOMETHING:
                continue
            share, number = _share_near(matter, new, subject.source)
            if share < settings.min_reason_shared:
                detail = f"the source gives no such reason as {reason.strip(' .,')!r} where it speaks of that"
                spans = _span(subject.source, number)
                yield Fault(Reason.INVENTED_REASON, detail, subject.answer.given, sentence.text, spans)
            elif asks_why and (elsewhere := _elsewhere(matter, new, subject.source)) is not None:
                detail = f"the source says {reason.strip(' .,')!r} of something else"
                spans = _span(subject.source, elsewhere)
                yield Fault(Reason.INVENTED_REASON, detail, subject.answer.given, sentence.text, spans)
        before |= frozenset(sentence.stems)


def _elsewhere(matter: frozenset[str], reason: frozenset[str], source: IndexedSource) -> int | None:
    """The sentence of the source that has a reason, where all such are far from those that have its matter."""
    begin = source.sentence_beginnings
    of_reason = [_share(reason, there, begin[number]) for number, there in enumerate(source.sentence_stems)]
    of_matter = [_share(matter, there, begin[number]) for number, there in enumerate(source.sentence_stems)]
    if max(of_reason, default=0.0) < _OF_REASON or max(of_matter) < _OF_MATTER:
        return None
    ones = [number for number, share in enumerate(of_reason) if share >= _AS_WELL * max(of_reason)]
    others = [number for number, share in enumerate(of_matter) if share >= _AS_WELL * max(of_matter)]
    is_near = any(abs(one - other) < _APART for one in ones for other in others)
    return None if is_near else ones[0]


def _share_near(matter: frozenset[str], reason: frozenset[str], source: IndexedSource) -> tuple[float, int]:
    """How much of a reason stands within a sentence of the place that has most of both, and the number of that place."""
    best, found = -1.0, (0.0, 0)
    begin = source.sentence_beginnings
    for number, place in enumerate(source.windows):
        share = _share(reason, place, frozenset().union(*begin[max(0, number - 1) : number + 2]))
        fit = share + _share(matter, source.sentence_stems[number], begin[number])
        if fit > best:
            best, found = fit, (share, number)
    return found


def _share(wanted: frozenset[str], there: frozenset[str], beginnings: frozenset[str]) -> float:
    total = weight(wanted)
    if not total:
        return 0.0
    had = wanted & there
    had |= {word for word in wanted - had if len(word) >= PREFIX and word[:PREFIX] in beginnings}
    return weight(had) / total


def _span(source: IndexedSource, number: int) -> tuple[tuple[int, int], ...]:
    if not source.sentences:
        return ()
    sentence = source.sentences[number]
    return ((sentence.start, sentence.end),)
