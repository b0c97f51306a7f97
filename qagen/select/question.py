"""Questions as the selection compares them."""

import re
import unicodedata
from functools import cached_property

from qagen.checks.reading.names import folded, is_name, tokens
from qagen.checks.reading.quantities import quantities
from qagen.checks.reading.support_model import idf
from qagen.checks.reading.text import plain, stem
from qagen.checks.reading.words import FUNCTION_WORDS

_SIGNS = re.compile(r"[^\w\s%°]")
_DIGIT = re.compile(r"\d")
_SENTENCE_START = re.compile(r"[?.!:] +[^\W\d_]+|^\W*[^\W\d_]+")


def question_key(question: str) -> str:
    """What two questions have in common that differ only in case, blanks, punctuation or notation of characters."""
    return " ".join(_SIGNS.sub(" ", unicodedata.normalize("NFKC", question).casefold()).split())


class Question:
    """A question with what is compared of it, each found out once and only when asked for.

    Attributes:
        key: see `question_key`.
        stems: of the words that carry content, in order.
        known: the same stems as a set.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.key = question_key(text)
        self.stems = tuple(stem(word) for word in self.key.split() if word not in FUNCTION_WORDS)
        self.known = frozenset(self.stems)

    @cached_property
    def weight(self) -> float:
        """How much the stems say together."""
        return sum(map(idf, sorted(self.known)))

    @cached_property
    def words(self) -> frozenset[str]:
        """All words, folded."""
        return frozenset(map(folded, tokens(self._plain)))

    @cached_property
    def names(self) -> frozenset[str]:
        """Acronyms, formulas and labels, folded."""
        return names(tokens(self._plain))

    @cached_property
    def capitals(self) -> frozenset[str]:
        """Words with a capital that begin no sentence, folded: names of people, places and methods are among them."""
        inside = tokens(_SENTENCE_START.sub(" ", self._plain))
        return frozenset(folded(word) for word in inside if word[0].isupper())

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Values with their units."""
        return numbers(self._plain)

    @cached_property
    def _plain(self) -> str:
        return plain(self._text)


def renamed(one: Question, other: Question) -> bool:
    """Whether each of two questions has a name that is a common word with a capital and that the other does not have."""
    # The words cost more to find than the capitals, of which most questions have none.
    if not (one.capitals and other.capitals):
        return False
    return bool(one.capitals - other.words and other.capitals - one.words)


def names(parts: list[str]) -> frozenset[str]:
    """The acronyms, formulas and labels among the tokens of a plain text, folded."""
    return frozenset(folded(part) for part in parts if is_name(part))


def numbers(said: str) -> frozenset[str]:
    """The quantities of a plain text, one way to write each: 5 mm and 0.5 cm are the same; numbers in words do not count."""
    if not _DIGIT.search(said):
        return frozenset()
    found = set()
    for quantity in quantities(said):
        if quantity.is_word or quantity.is_pointer or quantity.in_name:
            continue
        value = quantity.unit.to_base(quantity.value) if quantity.unit else quantity.value
        found.add(f"{value:.6g} {quantity.unit.dimension if quantity.unit else ''}")
    return frozenset(found)
