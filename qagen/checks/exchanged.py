"""Two things are not exchanged around what is said of them: "the row holds spectra, the column profiles" for the other way round.

Where one sentence of the source has all words of the answer's, their order tells who does what to whom: two words that change
sides of a third one, which stays between them, have changed roles. A part that only moves to the front changes no sides, nor do
the members of a list; and where the voice changes ("A drives B", "B is driven by A"), the sides have to.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.support_model import idf
from qagen.checks.reading.text import Sentence, stem
from qagen.checks.reading.words import FUNCTION_WORDS, word_set
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_LEAST_SHARED = 0.9
"""The share of a sentence's weight that one sentence of the source has to have, so that its order can be compared."""
_WEIGHTY = 3.0
"""What each of the two words has to weigh at least."""
_FEWEST, _MOST = 3, 60
"""Words between which the order is compared."""
_MUTUAL = frozenset(
    map(
        stem,
        word_set(
            """
            and between correlated correlates correlation differs different differ similar same equal comparable interact interacts
            interaction combined combines combine mixed bind binds binding associated associates linked related relation
            relationship compare compared compares coupled connected identical equivalent corresponds match matches versus
            distance difference ratio together react reacts
            """
        ),
    )
)
"""What is as true the other way round."""
_LISTED = re.compile(r"[\s,;/]*(?:and|or|&)?[\s,;/]*")
_BY_WITHIN = 2
"""Words behind a verb in which "by" makes it a passive."""


def exchanged(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject an answer that has all words of a sentence of the source, and two of them on each other's sides."""
    for alignment in subject.alignments:
        said = alignment.sentence
        if not alignment.numbers or not _FEWEST <= len(said.stems) <= _MOST or "respectively" in said.words:
            continue
        stated = subject.source.sentences[alignment.numbers[0]]
        there = frozenset(stated.stems)
        shared = sum(weight for form, weight in alignment.weights.items() if form in there)
        if shared < _LEAST_SHARED * sum(alignment.weights.values()) or "respectively" in stated.words:
            continue
        for one, pivot, other in _crossed(said, stated):
            detail = f"the answer has {one!r} and {other!r} on the other sides of {pivot!r} than the source"
            span = ((stated.start, stated.end),)
            yield Fault(Reason.MISATTRIBUTED, detail, subject.answer.given, said.text, span)


def _crossed(said: Sentence, stated: Sentence) -> Iterator[tuple[str, str, str]]:
    """Two words and one between them, the two exchanged in the one sentence and not in the other; as the answer writes them."""
    mine, theirs = _places(said), _places(stated)
    both = sorted((form for form in mine if form in theirs), key=mine.__getitem__)
    for first, pivot, last in combinations(both, 3):
        if not theirs[last] < theirs[pivot] < theirs[first]:
            continue
        if pivot in _MUTUAL or min(idf(first), idf(last)) < _WEIGHTY:
            continue
        if _is_by(said, mine[pivot]) != _is_by(stated, theirs[pivot]):
            continue
        if not (_is_list(said, mine, first, pivot) or _is_list(said, mine, pivot, last)):
            yield said.tokens[mine[first]], said.tokens[mine[pivot]], said.tokens[mine[last]]


def _places(sentence: Sentence) -> dict[str, int]:
    """Where the content words stand that stand only once."""
    places: dict[str, int] = {}
    again = set()
    for place, (form, word) in enumerate(zip(sentence.forms, sentence.words, strict=True)):
        if word not in FUNCTION_WORDS:
            again.update({form} if form in places else ())
            places[form] = place
    return {form: place for form, place in places.items() if form not in again}


def _is_by(sentence: Sentence, place: int) -> bool:
    return "by" in sentence.words[place + 1 : place + 1 + _BY_WITHIN]


def _is_list(sentence: Sentence, places: dict[str, int], one: str, other: str) -> bool:
    """Whether two words are neighbours in a list."""
    between: Sequence[str] = sentence.words[places[one] + 1 : places[other]]
    return all(_LISTED.fullmatch(word) for word in between)
