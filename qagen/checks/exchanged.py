"""Two things are not exchanged around what is said of them: "the row holds spectra, the column profiles" for the other way round.

Where one sentence of the source has all words of the answer's, their order tells who does what to whom: two words that change
sides of a third one, which stays between them, have changed roles. A part that only moves to the front changes no sides, nor do
the members of a list; and where the voice changes ("A drives B", "B is driven by A"), the sides have to.
"""

from collections.abc import Iterator
from itertools import combinations

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.mentions import Mentions
from qagen.checks.reading.support_model import idf
from qagen.checks.reading.text import stem
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
_LISTING = frozenset({"and", "or"})
_BY_WITHIN = 8
"""Words behind a verb in which "by" makes it a passive."""


def exchanged(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject an answer that has all words of a sentence of the source, and two of them on each other's sides."""
    mentions = {
        id(sentence): found
        for sentence, found in zip(subject.answer.sentences, subject.mentions, strict=True)
    }
    for alignment in subject.alignments:
        said = alignment.sentence
        if not alignment.numbers or not _FEWEST <= len(said.stems) <= _MOST or "respectively" in said.words:
            continue
        stated = subject.source.sentences[alignment.numbers[0]]
        there = frozenset(stated.stems)
        shared = sum(weight for form, weight in alignment.weights.items() if form in there)
        if shared < _LEAST_SHARED * sum(alignment.weights.values()) or "respectively" in stated.words:
            continue
        for one, pivot, other in _crossed(mentions[id(said)], subject.source.mentions[alignment.numbers[0]]):
            detail = f"the answer has {one!r} and {other!r} on the other sides of {pivot!r} than the source"
            span = ((stated.start, stated.end),)
            yield Fault(Reason.EXCHANGED, detail, subject.answer.given, said.text, span)


def _crossed(said: Mentions, stated: Mentions) -> Iterator[tuple[str, str, str]]:
    """Two words and one between them, the two exchanged in the one sentence and not in the other; as the answer writes them."""
    mine, theirs = _places(said), _places(stated)
    both = sorted((form for form in mine if form in theirs), key=mine.__getitem__)
    for first, last in combinations(both, 2):
        if theirs[last] > theirs[first] or min(idf(first), idf(last)) < _WEIGHTY:
            continue
        for pivot in both[both.index(first) + 1 : both.index(last)]:
            is_between = theirs[last] < theirs[pivot] < theirs[first] and pivot not in _MUTUAL
            if (
                is_between
                and _is_same_form(said.tokens[mine[pivot]], stated.tokens[theirs[pivot]])
                and _is_by(said, mine[pivot]) == _is_by(stated, theirs[pivot])
            ):
                listed = _is_list(said, mine[first], mine[pivot]) and _is_list(said, mine[pivot], mine[last])
                if not listed:
                    yield said.tokens[mine[first]], said.tokens[mine[pivot]], said.tokens[mine[last]]


def _is_same_form(word: str, other: str) -> bool:
    """Whether two forms of a word are used alike, the plural aside: "the formation of ions" has after it what "ions are formed" has before."""
    return word.lower().removesuffix("s") == other.lower().removesuffix("s")


def _places(mentions: Mentions) -> dict[str, int]:
    """Where the content words and names stand that stand only once."""
    return {
        form: places[0]
        for form, places in mentions.places.items()
        if len(places) == 1 and mentions.tokens[places[0]].lower() not in FUNCTION_WORDS
    }


def _is_by(mentions: Mentions, place: int) -> bool:
    return "by" in mentions.tokens[place + 1 : place + 1 + _BY_WITHIN]


def _is_list(mentions: Mentions, one: int, other: int) -> bool:
    """Whether two words are neighbours in a list."""
    between = mentions.tokens[one + 1 : other]
    return all(word.lower() in _LISTING for word in between)
