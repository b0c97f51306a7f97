"""Whether two pairs that look alike tell of different things: other numbers, other names.

"At 300 K" and "at 350 K" share all other words, and so do questions about ZnO and TiO2.
"""

import hashlib

from qagen.checks.names import tokens
from qagen.checks.text import plain
from qagen.select.question import Question, names, numbers

MOST_FACTS = 64
"""Facts of an answer that are looked at; more has only an answer that lists them."""
_BYTES = 4


def differ(one: Question, other: Question) -> bool:
    """Whether two questions ask of different things.

    So they do where one has a number, an acronym, a formula or a label that the other does not have, or each has another name
    that is a common word with a capital ("in Turkey", "in Wales"); a capital alone is too weak a sign to count on one side.
    """
    if one.numbers != other.numbers or one.names - other.words or other.names - one.words:
        return True
    return bool(one.capitals - other.words) and bool(other.capitals - one.words)


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
