"""What one place says of its thing is not given to the thing of another place.

An answer out of several places puts two statements beside each other, and a model that mixes them up exchanges their ends: "A is
fast, whereas B is slow" for the other way round. For two clauses it is looked whether the head of each with the tail of the other stands
in one sentence of the source, and neither clause as it is. Nor may a thing that no place knows be told what one says of its own. Of a source that is one place other checks say it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, combinations, islice, permutations

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.joined import JoinedSource
from qagen.checks.reading.source import PREFIX
from qagen.checks.reading.support_model import idfs
from qagen.checks.reading.text import Sentence
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_APART = re.compile(
    r"; |, (?=(?:whereas|while|but)\b)| (?=whereas\b)|(?<=^While )|, (?=the other|on the other)"
)
_MOST_CLAUSES = 6
_MOST_STEMS = 40
"""Content words of a clause that are looked at."""
_HEAD, _TAIL = 8, 2
"""Content words that a head has at most, and a tail at least."""
_CLOSEST = 4
"""Sentences of each place that clauses are compared with: those that have most of them."""
_PIECE, _FITS, _BETTER = 0.6, 0.75, 5.0
"""The share of its weight that each head and tail has in the sentence of the other's, and that all of them have together; and by what weight
that is more than the clauses have as they are, a rare word weighing 4.25."""

_NAMES_A_THING = 4.0
"""The weight of words that name a thing: one rare word."""

_Stems = tuple[str, ...]


def recombined(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject an answer two of whose clauses have each the end that the source gives to the other."""
    source = subject.source
    if not isinstance(source, JoinedSource):
        return
    clauses = list(islice(_clauses(subject.answer.sentences), _MOST_CLAUSES))
    for stems, text in clauses:
        if _is_of_nothing_known(stems, subject.question.stems, source):
            detail = f"no place speaks of that of which the answer says {text!r}"
            yield Fault(Reason.RECOMBINED, detail, subject.answer.given, text)
    for (one, first), (other, second) in combinations(clauses, 2):
        if _is_exchanged(one, other, source):
            detail = f"the answer gives the one what the source says of the other: {first!r}, {second!r}"
            yield Fault(Reason.RECOMBINED, detail, subject.answer.given, first)


def _clauses(sentences: Sequence[Sentence]) -> Iterator[tuple[_Stems, str]]:
    for sentence in sentences:
        for text in _APART.split(sentence.text):
            stems = Sentence(text, 0, len(text)).stems[:_MOST_STEMS]
            if len(stems) > _TAIL:
                yield stems, text.strip()


def _is_of_nothing_known(stems: _Stems, asked: frozenset[str], source: JoinedSource) -> bool:
    """Whether a clause says what a sentence says of something else of what the question names and no place knows."""
    weights = idfs(stems)
    unknown = {
        word
        for word in stems[:_HEAD]
        if word in asked and word not in source.postings and word[:PREFIX] not in source.prefixes
    }
    if sum(weights[word] for word in unknown) < _NAMES_A_THING:
        return False
    tail = stems[max(place for place, word in enumerate(stems[:_HEAD]) if word in unknown) + 1 :]
    total = sum(weights[word] for word in tail)
    return len(tail) > _TAIL and any(
        sum(weights[word] for word in tail if word in source.sentence_stems[number]) >= _FITS * total
        for number in _nearest(tail, weights, source)
    )


def _is_exchanged(one: _Stems, other: _Stems, source: JoinedSource) -> bool:
    weights = idfs((*one, *other))
    near = _nearest((*one, *other), weights, source)
    ones = {number: _running(one, weights, _with_the_one_before(number, source)) for number in near}
    others = {number: _running(other, weights, _with_the_one_before(number, source)) for number in near}
    full_one, full_other = (_running(stems, weights, frozenset(stems)) for stems in (one, other))
    total = full_one[-1] + full_other[-1]
    straight = max(found[-1] for found in ones.values()) + max(found[-1] for found in others.values())
    least = max(_FITS * total, straight + _BETTER)
    if least > total:
        return False
    cuts = [
        (cut, end)
        for cut in range(1, min(_HEAD, len(one) - _TAIL) + 1)
        for end in range(1, min(_HEAD, len(other) - _TAIL) + 1)
    ]
    part = source.part_by_sentence
    return any(
        _crossed(
            ones[here][cut],
            others[here][-1] - others[here][end],
            full_one[cut],
            full_other[-1] - full_other[end],
        )
        + _crossed(
            others[there][end],
            ones[there][-1] - ones[there][cut],
            full_other[end],
            full_one[-1] - full_one[cut],
        )
        >= least
        for here, there in permutations(near, 2)
        if part[here] != part[there]
        and ones[there][-1] + others[here][-1] + ones[here][-1] + others[there][-1] >= least
        for cut, end in cuts
    )


def _with_the_one_before(number: int, source: JoinedSource) -> frozenset[str]:
    """The words of a sentence and of the one before it in the same place, which may name what "it" is."""
    here, part = source.sentence_stems[number], source.part_by_sentence
    return here | source.sentence_stems[number - 1] if number and part[number - 1] == part[number] else here


def _crossed(head: float, tail: float, all_of_head: float, all_of_tail: float) -> float:
    """What a sentence has of a head and a tail together; nothing where it has little of one of them."""
    return head + tail if head >= _PIECE * all_of_head and tail >= _PIECE * all_of_tail else float("-inf")


def _running(stems: _Stems, weights: Mapping[str, float], known: frozenset[str]) -> list[float]:
    """The weight of the known ones among the first words, for each number of them from none on."""
    return list(accumulate((weights[word] if word in known else 0.0 for word in stems), initial=0.0))


def _nearest(stems: _Stems, weights: Mapping[str, float], source: JoinedSource) -> list[int]:
    """Of each place the sentences that have most of some words."""
    gains = [
        (part, sum(weights[word] for word in set(stems) & source.sentence_stems[number]), number)
        for number, part in enumerate(source.part_by_sentence)
    ]
    found = []
    for place in range(len(source.parts)):
        best = sorted((gain for gain in gains if gain[0] == place), key=lambda gain: (-gain[1], gain[2]))
        found += [number for _, _, number in best[:_CLOSEST]]
    return found
