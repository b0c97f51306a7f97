"""Choosing the sentences of a chunk and asking about them."""

from dataclasses import dataclass, replace

from qagen.extractive.questions import RULES, question
from qagen.extractive.wording import (
    MAX_CHARS,
    asks_for_nothing_else,
    can_follow,
    has_citation,
    is_connected,
    plain,
    uncapitalise,
    without_leaning,
)
from qagen.records import Pair
from qagen.text.sentences import sentences


@dataclass(frozen=True, slots=True)
class _Found:
    """A pair that could be made; `rank` is smaller for a better one, `first` and `last` are its sentences.

    `leans`: the answer begins with a connective or with the authors; good only where there is nothing better.
    """

    leans: bool
    rank: tuple[int, int]
    first: int
    last: int
    pair: Pair


def extract(text: str, pairs: int) -> tuple[Pair, ...]:
    """Ask by rule about sentences of a chunk that state causes, effects, comparisons and quantities.

    The same text gives the same pairs. A sentence that no rule can ask about in whole English gives none.

    Args:
        text: the chunk, markdown.
        pairs: how many pairs at most.

    Returns:
        Pairs in the order of the text; each answer is a slice of it, one sentence or two where the second goes on
        with the first. No question comes twice, and no sentence answers two.
    """
    spans = sentences(text)
    taken: set[int] = set()
    asked: set[str] = set()
    chosen: list[_Found] = []
    for found in sorted(_candidates(text, spans), key=lambda found: (found.leans, found.rank)):
        if len(chosen) == pairs or (found.leans and chosen):
            break
        if found.pair.question.casefold() not in asked and taken.isdisjoint({found.first, found.last}):
            taken |= {found.first, found.last}
            asked.add(found.pair.question.casefold())
            chosen.append(found)
    chosen.sort(key=lambda found: found.first)
    return tuple(replace(found.pair, place=place) for place, found in enumerate(chosen))


def _candidates(text: str, spans: tuple[tuple[int, int], ...]) -> list[_Found]:
    found = []
    for index, (start, end) in enumerate(spans):
        sentence = text[start:end]
        leans = not asks_for_nothing_else(sentence)
        if leans:
            sentence = without_leaning(sentence)
            if not asks_for_nothing_else(sentence):
                continue
        made = question(uncapitalise(plain(sentence), text))
        if made is None:
            continue
        last = _last(text, spans, index)
        rule, asked = made
        rank = (rule + len(RULES) * has_citation(sentence), index)
        found.append(_Found(leans, rank, index, last, Pair(asked, text[start : spans[last][1]])))
    return found


def _last(text: str, spans: tuple[tuple[int, int], ...], index: int) -> int:
    """The index of the sentence that ends the answer: the next one where it goes on with this one."""
    if index + 1 == len(spans):
        return index
    start, end = spans[index + 1]
    follows = text[start:end]
    between = text[spans[index][1] : start]
    joins = "\n\n" not in between and is_connected(follows) and can_follow(follows)
    return index + 1 if joins and end - spans[index][0] <= 2 * MAX_CHARS else index
