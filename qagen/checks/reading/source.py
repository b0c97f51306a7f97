"""The text that an answer has to be grounded in, indexed once."""

import re
from collections.abc import Callable
from functools import cached_property
from itertools import chain, islice, pairwise
from typing import Any, TypeVar

from qagen.checks.reading.causes import Causation, causations
from qagen.checks.reading.directions import DIRECTIONS
from qagen.checks.reading.mentions import Mentions
from qagen.checks.reading.names import expansions, folded, spelled_out, tokens
from qagen.checks.reading.quantities import Quantity, quantities
from qagen.checks.reading.signs import Marked, marked
from qagen.checks.reading.stated import Stated
from qagen.checks.reading.text import Prose, stem
from qagen.checks.reading.words import FUNCTION_WORDS, word_set

_SHORTEST_PART = 3
_BEGIN_WORDS = word_set("over under through with some any other more most here there where each")
"""Function words with which other words begin: "underwater" has lost no blank."""
_LONGEST_FUNCTION_WORD = max(map(len, FUNCTION_WORDS))
PREFIX = 5
"""Letters by which two words begin alike."""
_SHORTENED = re.compile(r"\b(?P<stem>[A-Za-z]+)\d+(?P<others>(?:/\d+)+)\b")
"""Names that are written once for several: "ERG5/6"."""
_CLOSE = 6
"""Content words within which two stand close to each other."""

_Found = TypeVar("_Found")


class IndexedSource(Prose):
    """A source text. Make one per text and judge all its pairs against it: each index is made once, when needed."""

    def once(self, find: Callable[["IndexedSource"], _Found]) -> _Found:
        """What a check finds out about the source alone, found out by its first pair."""
        if find not in self._found:
            self._found[find] = find(self)
        found: _Found = self._found[find]
        return found

    @cached_property
    def _found(self) -> dict[Callable[["IndexedSource"], Any], Any]:
        return {}

    @cached_property
    def postings(self) -> dict[str, tuple[int, ...]]:
        """For each stem the numbers of the sentences that it stands in, ascending."""
        places: dict[str, list[int]] = {}
        for number, sentence in enumerate(self.sentences):
            for word in set(sentence.stems):
                places.setdefault(word, []).append(number)
        return {word: tuple(numbers) for word, numbers in places.items()}

    @cached_property
    def neighbours(self) -> frozenset[tuple[str, str]]:
        """Words that follow each other, function words and all."""
        return frozenset(pairwise(self.words))

    def blank_in(self, word: str) -> int | None:
        """Where a word in lower case lost its blank, if it is two neighbours of the source and no word that the source has.

        One has to be a function word and the other not: two content words may be a compound, and two function words may
        be a word ("overall").
        """
        if word in self.vocabulary:
            return None
        for cut in range(len(word) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
            if _LONGEST_FUNCTION_WORD < cut < len(word) - _LONGEST_FUNCTION_WORD:
                continue
            one, other = word[:cut], word[cut:]
            if (
                (one in FUNCTION_WORDS) != (other in FUNCTION_WORDS)
                and one not in _BEGIN_WORDS
                and (one, other) in self.neighbours
            ):
                return cut
        return None

    @cached_property
    def around(self) -> dict[tuple[str, str], set[str]]:
        """For two words the stems of the single words that stand between them."""
        found: dict[tuple[str, str], set[str]] = {}
        for before, word, after in zip(self.words, self.words[1:], self.words[2:], strict=False):
            found.setdefault((before, after), set()).add(stem(word))
        return found

    @cached_property
    def prefixes(self) -> frozenset[str]:
        """How the longer stems begin."""
        return frozenset(word[:PREFIX] for word in self.postings if len(word) >= PREFIX)

    @cached_property
    def bigrams(self) -> frozenset[tuple[str, str]]:
        """Stems that follow each other in a sentence, function words aside."""
        return frozenset(pair for sentence in self.sentences for pair in pairwise(sentence.stems))

    def has_close(self, one: str, other: str) -> bool:
        """Whether a sentence has two stems close to each other, the one before the other."""
        ones, others = self._places_of_stems.get(one), self._places_of_stems.get(other)
        if ones is None or others is None:
            return False
        return any(0 < there - here < _CLOSE for here in ones for there in others)

    @cached_property
    def _places_of_stems(self) -> dict[str, list[int]]:
        """Where each stem stands among all, with a gap behind each sentence that nothing is close across."""
        found: dict[str, list[int]] = {}
        begin = 0
        for sentence in self.sentences:
            for place, form in enumerate(sentence.stems, begin):
                found.setdefault(form, []).append(place)
            begin += len(sentence.stems) + _CLOSE
        return found

    @cached_property
    def sentence_stems(self) -> tuple[frozenset[str], ...]:
        """The stems of content words, by sentence."""
        return tuple(frozenset(sentence.stems) for sentence in self.sentences)

    @cached_property
    def sentence_beginnings(self) -> tuple[frozenset[str], ...]:
        """How the longer stems begin, by sentence."""
        return tuple(
            frozenset(word[:PREFIX] for word in stems if len(word) >= PREFIX) for stems in self.sentence_stems
        )

    @cached_property
    def windows(self) -> tuple[frozenset[str], ...]:
        """The stems of each sentence with those of its two neighbours."""
        stems = self.sentence_stems
        return tuple(
            frozenset().union(*stems[max(0, number - 1) : number + 2]) for number in range(len(stems))
        )

    @cached_property
    def causations(self) -> tuple[tuple[Causation, tuple[int, int]], ...]:
        """What the source calls the cause of what, each with the sentence's span."""
        return tuple(
            (found, (sentence.start, sentence.end))
            for sentence in self.sentences
            for found in causations(sentence)
        )

    @cached_property
    def quantities(self) -> tuple[tuple[Quantity, ...], ...]:
        """The numbers by sentence; their places are those in the plain sentence."""
        return tuple(quantities(sentence.text, frozenset(sentence.words)) for sentence in self.sentences)

    @cached_property
    def mentions(self) -> tuple[Mentions, ...]:
        """Where each sentence mentions numbers and names."""
        return tuple(
            Mentions(sentence.text, stated)
            for sentence, stated in zip(self.sentences, self.quantities, strict=True)
        )

    @cached_property
    def between(self) -> dict[tuple[str, str], list[tuple[int, int]]]:
        """For two tokens in lower case the sentences and places between the two that have a name or a direction."""
        found: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for number, mentions in enumerate(self.mentions):
            words = mentions.tokens
            places = {place for place, _ in mentions.names}
            places.update(place for place, word in enumerate(words) if word in DIRECTIONS)
            for place in sorted(places):
                if 0 < place < len(words) - 1:
                    sides = words[place - 1].lower(), words[place + 1].lower()
                    found.setdefault(sides, []).append((number, place))
        return found

    @cached_property
    def mentioning(self) -> dict[str, list[int]]:
        """For each form of a word or name the sentences that mention it."""
        found: dict[str, list[int]] = {}
        for number, mentions in enumerate(self.mentions):
            for form in mentions.vocabulary:
                found.setdefault(form, []).append(number)
        return found

    @cached_property
    def named(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """For each name the sentences and places in which it stands."""
        found: dict[str, list[tuple[int, int]]] = {}
        for number, mentions in enumerate(self.mentions):
            for place, name in mentions.names:
                found.setdefault(name, []).append((number, place))
        return {name: tuple(places) for name, places in found.items()}

    @cached_property
    def numbered(self) -> tuple[tuple[int, int, Quantity], ...]:
        """The numbers that state something, with their sentences and places."""
        return tuple(
            (number, place, stated)
            for number, mentions in enumerate(self.mentions)
            for place, stated in mentions.numbers
        )

    @cached_property
    def marked(self) -> tuple[tuple[int, Marked], ...]:
        """The numbers with their signs and relations, each with the number of its sentence."""
        return tuple(
            (number, found)
            for number, (sentence, stated) in enumerate(zip(self.sentences, self.quantities, strict=True))
            for found in marked(sentence.text, stated)
        )

    def spelling_out(self, acronym: str) -> tuple[tuple[int, int], ...]:
        """The first sentence that has an acronym in parentheses, if there is one."""
        spans = ((item.start, item.end) for item in self.sentences if f"({acronym})" in item.text)
        return tuple(islice(spans, 1))

    def places(self, word: str) -> frozenset[int]:
        """The places, each three sentences wide, that a stem stands in."""
        found = self._places.get(word)
        if found is None:
            numbers = self.postings.get(word, ())
            found = frozenset(place for number in numbers for place in (number, number + 1, number + 2))
            self._places[word] = found
        return found

    @cached_property
    def _places(self) -> dict[str, frozenset[int]]:
        return {}

    @cached_property
    def stated(self) -> Stated:
        """The numbers that the source states."""
        return Stated(tuple(chain.from_iterable(self.quantities)))

    @cached_property
    def folded_tokens(self) -> frozenset[str]:
        """All tokens, folded as names are compared."""
        found = set(map(folded, self.tokens))
        for match in _SHORTENED.finditer(self.plain) if "/" in self.plain else ():
            found.update(folded(match["stem"] + number) for number in match["others"].split("/") if number)
        return frozenset(found)

    @cached_property
    def expansions(self) -> dict[str, list[tuple[str, ...]]]:
        """What the acronyms of the source stand for there."""
        return expansions(self.plain)

    @cached_property
    def long_forms(self) -> dict[str, str]:
        """What the abbreviations of the source surely stand for, as written; the first time counts.

        A capital that only the beginning of a sentence asked for is taken back where the source has the word without it.
        """
        found: dict[str, str] = {}
        written = frozenset(self.tokens) if "(" in self.plain else frozenset()
        for name, form in spelled_out(self.plain):
            word = tokens(form)[0]
            begins_low = word[1:].islower() and word.lower() in written
            found.setdefault(name, form[0].lower() + form[1:] if begins_low else form)
        return found

    @cached_property
    def compact(self) -> str:
        """The plain text in lower case without blanks and hyphens, to find words that were cut or joined."""
        return self.plain.lower().replace(" ", "").replace("-", "")
