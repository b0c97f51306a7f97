"""Whether any place of a paper answers a question: looked for in all of its sections, not only in the chunk that it was asked about.

What it takes to answer stands in `qagen.checks.answering`.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from qagen.checks.answering import AKIN, Place, may_answer
from qagen.checks.reading.names import folded, tokens
from qagen.checks.reading.questions import AskedFor, asked_for, form
from qagen.checks.reading.source import PREFIX, IndexedSource
from qagen.checks.reading.text import Sentence, Text

_CLOSEST = 40
"""Sentences that are looked at closely: those that share most with the question."""
_NEAREST = 6
"""Places that are shown to a model."""
_MOST_SHOWN = 6000
"""Characters of them."""


class WholePaper:
    """All that a paper says, passage by passage: its sections with their headings, its captions and tables, without its references.

    Args:
        passages: the texts.
        headings: of each passage those above it; none are known where they are left out.
    """

    def __init__(self, passages: Sequence[str], headings: Sequence[Sequence[str]] = ()) -> None:
        self._passages = tuple(passages)
        self._headings = tuple(" ".join(path) for path in headings) or ("",) * len(self._passages)

    @cached_property
    def _sources(self) -> tuple[IndexedSource, ...]:
        return tuple(IndexedSource(text) for text in self._passages)

    @cached_property
    def _places(self) -> tuple[Place, ...]:
        return tuple(
            place
            for number, source in enumerate(self._sources)
            for place in _places(source, number, self._headings[number])
        )

    @cached_property
    def _by_stem(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, place in enumerate(self._places):
            for word in place.stems | place.beginnings:
                found.setdefault(word, []).append(number)
        return found

    def answering(self, question: str, tolerance: float) -> str | None:
        """The sentence that answers a question; None where none does.

        Args:
            question: as asked.
            tolerance: the relative difference below which two numbers are the same.
        """
        asked = asked_for(Text(question))
        for place, _ in self._closest(asked, _CLOSEST):
            if may_answer(place, self._around(place), asked, tolerance):
                return place.sentence.text
        return None

    def _around(self, place: Place) -> list[Place]:
        """A sentence with its neighbours in the same passage."""
        found = self._by_passage[place.passage]
        at = found.index(place)
        return found[max(0, at - 1) : at + 2]

    @cached_property
    def _by_passage(self) -> dict[int, list[Place]]:
        found: dict[int, list[Place]] = {}
        for place in self._places:
            found.setdefault(place.passage, []).append(place)
        return found

    def nearest(self, question: str) -> str:
        """The places that come nearest to answering a question, with the sentences around them, in the order of the paper."""
        closest = self._closest(asked_for(Text(question)), _NEAREST)
        spans: dict[int, list[tuple[int, int]]] = {}
        for place, _ in closest:
            sentences = self._sources[place.passage].sentences
            first, last = (
                sentences[max(0, place.number - 1)],
                sentences[min(len(sentences) - 1, place.number + 1)],
            )
            spans.setdefault(place.passage, []).append((first.start, last.end))
        texts = [
            self._passages[passage][start:end]
            for passage, found in sorted(spans.items())
            for start, end in _merged(found)
        ]
        return "\n\n".join(texts)[:_MOST_SHOWN]

    def _closest(self, asked: AskedFor, most: int) -> list[tuple[Place, float]]:
        gains: dict[int, float] = {}
        for word, weight in asked.weights.items():
            exact = self._by_stem.get(word, ())
            for number in exact:
                gains[number] = gains.get(number, 0.0) + weight
            if len(word) >= PREFIX:
                for number in set(self._by_stem.get(word[:PREFIX], ())) - set(exact):
                    gains[number] = gains.get(number, 0.0) + AKIN * weight
        ordered = sorted(gains.items(), key=lambda item: (-item[1], item[0]))[:most]
        return [(self._places[number], gain) for number, gain in ordered]


def _forms(sentence: Sentence) -> frozenset[str]:
    return frozenset(f"{one[:-1]}y" if one.endswith("i") else one for one in sentence.stems)


def _merged(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start, end = -1, -1
    for first, last in sorted(spans):
        if first > end:
            if end >= 0:
                yield start, end
            start, end = first, last
        end = max(end, last)
    if end >= 0:
        yield start, end


def _places(source: IndexedSource, passage: int, above: str) -> Iterator[Place]:
    heading = frozenset(map(form, Text(above).stems))
    header: Sentence | None = None
    for number, sentence in enumerate(source.sentences):
        if not sentence.stems:
            continue
        is_row = source.given[sentence.start : sentence.end].lstrip().startswith("|")
        header = (header or sentence) if is_row else None
        if source.given[sentence.start : sentence.end].lstrip().startswith("#"):
            heading |= _forms(sentence)
            continue
        before = (
            header if is_row and header is not sentence else source.sentences[number - 1] if number else None
        )
        beside = _forms(before) if before else frozenset()
        stems = _forms(sentence) | (beside if is_row else frozenset())
        yield Place(
            sentence,
            source.quantities[number],
            stems,
            frozenset(word[:PREFIX] for word in stems if len(word) >= PREFIX),
            _names(sentence.text),
            beside | heading,
            _names(before.text) if before else frozenset(),
            source.quantities[number - 1] if number else (),
            passage,
            number,
        )


_LABEL = re.compile(r"[^\W_]+-\d+[a-z]?")


def _names(text: str) -> frozenset[str]:
    """Whatever may be a name in a plain text, folded."""
    return frozenset(folded(token) for token in (*tokens(text), *_LABEL.findall(text)))
