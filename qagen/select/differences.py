"""Whether two pairs that look alike tell of different things: other numbers, other names, the opposite.

"At 300 K" and "at 350 K" share all other words, and so do questions about ZnO and TiO2, or about a higher and a lower strength.
"""

import hashlib

from qagen.checks.reading.directions import opposed
from qagen.checks.reading.names import tokens
from qagen.checks.reading.text import plain
from qagen.checks.reading.words import FUNCTION_WORDS, word_set
from qagen.select.question import Question, names, numbers, renamed

_DENIALS = word_set("not never cannot no without neither nor t")
"""`t` is what a key leaves of "don't"."""
MOST_FACTS = 64
"""Facts of an answer that are looked at; more has only an answer that lists them."""
_BYTES = 4


def differ(one: Question, other: Question) -> bool:
    """Whether two questions ask of different things.

    So they do where one has a number, an acronym, a formula or a label that the other does not have, or each has another name
    that is a common word with a capital ("in Turkey", "in Wales"); a capital alone is too weak a sign to count on one side. And
    where one denies what the other does not, says less where the other says more, or compares the other way round.
    """
    if one.numbers != other.numbers or one.names - other.words or other.names - one.words:
        return True
    if renamed(one, other):
        return True
    words, others = one.key.split(), other.key.split()
    return opposed(words, others) or _denies(words) != _denies(others) or _compared_otherwise(words, others)


def _denies(words: list[str]) -> bool:
    return not _DENIALS.isdisjoint(words)


def _compared_otherwise(words: list[str], others: list[str]) -> bool:
    """Whether what stands before "than" in one text stands behind it in the other."""
    if "than" not in words or "than" not in others:
        return False
    (before, after), (other_before, other_after) = _around_than(words), _around_than(others)
    return bool((before & other_after) - after) or bool((other_before & after) - other_after)


def _around_than(words: list[str]) -> tuple[frozenset[str], frozenset[str]]:
    place = words.index("than")
    return frozenset(words[:place]) - FUNCTION_WORDS, frozenset(words[place:]) - FUNCTION_WORDS


def facts(answer: str) -> bytes:
    """The numbers and names of an answer as sorted hashes of four bytes each."""
    said = plain(answer)
    found = sorted(numbers(said) | names(tokens(said)))
    hashes = [hashlib.blake2b(fact.encode(), digest_size=_BYTES).digest() for fact in found]
    return b"".join(sorted(set(hashes))[:MOST_FACTS])


def contradict(one: bytes, other: bytes) -> bool:
    """Whether each of two answers has a number or a name that the other does not have: they answer different questions.

    One that only says more than the other is no sign of that.
    """
    mine, theirs = _read(one), _read(other)
    return bool(mine - theirs) and bool(theirs - mine)


def _read(packed: bytes) -> set[bytes]:
    return {packed[start : start + _BYTES] for start in range(0, len(packed), _BYTES)}
