"""The whole of a paper: what it names and states anywhere, for what a question takes for granted, and whether a place answers a question.

What it takes to answer stands in `qagen.checks.reading.answering`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache

from qagen.checks.reading.answering import AKIN, Place, may_answer
from qagen.checks.reading.names import folded, tokens
from qagen.checks.reading.quantities import Quantity, quantities
from qagen.checks.reading.questions import AskedFor, asked_for, form_of_stem
from qagen.checks.reading.source import PREFIX, IndexedSource
from qagen.checks.reading.stated import Stated
from qagen.checks.reading.text import Sentence, Text

_KEPT = 4
"""Papers whose texts stay indexed: the chunks of one come together."""
_SHORTEST_ACRONYM, _SHORTEST_TELLING = 4, 6
"""Letters of an acronym that initials of words may make, and of a name that may stand across words: of fewer, a long text has any."""
_CLOSEST = 40
"""Sentences that are looked at closely: those that share most with the question."""
_CLOSE = 20
"""Sentences that are looked at as what a paper has of one claim."""
_NEAREST = 6
"""Places that are shown to a model."""
_MOST_SHOWN = 6000
"""Characters of them."""


class WholePaper:
    """All that a paper says; each part is indexed when it is asked for.

    Args:
        text: of the paper.
        passages: half-open spans of the text in which an answer counts, in its order; None for all of it.
        headings: of each passage those above it; none are known where they are left out.
    """

    def __init__(
        self,
        text: str,
        passages: Sequence[tuple[int, int]] | None = None,
        headings: Sequence[Sequence[str]] = (),
    ) -> None:
        self._given = text
        self._spans = ((0, len(text)),) if passages is None else tuple(passages)
        self._headings = tuple(" ".join(path) for path in headings) or ("",) * len(self._spans)

    def has(self, name: str) -> bool:
        """Whether the paper has a name, be it in one with other letters or, of an acronym, as the initials of its words."""
        spelled = folded(name)
        is_telling = len(spelled) >= _SHORTEST_TELLING or any(map(str.isdigit, spelled))
        if spelled in self._tokens or (is_telling and spelled in self._compact):
            return True
        return (
            len(spelled) >= _SHORTEST_ACRONYM
            and name.removesuffix("s").isupper()
            and spelled in self._initials
        )

    def states(self, quantity: Quantity, tolerance: float) -> bool:
        """Whether the paper has a number, in whatever notation or unit."""
        return any(self._stated.stating(quantity, tolerance))

    @cached_property
    def _tokens(self) -> frozenset[str]:
        return frozenset(map(folded, self._read.tokens))

    @cached_property
    def _compact(self) -> str:
        return self._read.plain.lower().replace(" ", "").replace("-", "")

    @cached_property
    def _initials(self) -> str:
        return "".join(word[0] for word in self._read.words)

    @cached_property
    def _stated(self) -> Stated:
        return Stated(quantities(self._read.plain))

    @cached_property
    def _read(self) -> Text:
        return Text(self._given)

    @cached_property
    def _passages(self) -> tuple[str, ...]:
        return tuple(self._given[start:end] for start, end in self._spans)

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

    def near(self, claims: Sequence[str]) -> str:
        """The sentences that share most with each of some claims, one after another, in the order of the paper."""
        found = {
            (place.passage, place.number): place
            for claim in claims
            for place, _ in self._closest(asked_for(Text(claim)), _CLOSE)
        }
        return "\n\n".join(
            self._passages[passage][place.sentence.start : place.sentence.end]
            for (passage, _), place in sorted(found.items())
        )

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


@lru_cache(maxsize=_KEPT)
def whole_paper(text: str) -> WholePaper:
    """The paper with a text, indexed before or now."""
    return WholePaper(text)


def _forms(sentence: Sentence) -> frozenset[str]:
    return frozenset(map(form_of_stem, sentence.stems))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that touch or overlap as one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            first, last = merged[-1][0], max(last, merged.pop()[1])
        merged.append((first, last))
    return merged


def _places(source: IndexedSource, passage: int, above: str) -> Iterator[Place]:
    heading = frozenset(map(form_of_stem, Text(above).stems))
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
