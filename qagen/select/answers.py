"""Whether two records of one chunk answer in nearly the same words: a model that asks twice about one sentence does so.

Short answers tell too little: "It was 5 nm." may answer two questions. Numbers and names keep two apart, as they do with questions.
"""

from array import array
from zlib import crc32

from qagen.checks.reading.text import plain, stem, words
from qagen.checks.reading.words import FUNCTION_WORDS

MOST_STEMS = 256
"""Stems of an answer that are kept; more has only an answer that is copied from the source."""
_LEAST = 5
"""Different content words that an answer needs to be compared."""
_LEAST_ALIKE = 8
"""The same to be compared in more than whether it is made of the very same words."""


def answer_stems(answer: str) -> bytes:
    """The stems of an answer's content words as sorted numbers of four bytes each, without repetition; empty for a short answer."""
    found = sorted(
        {
            crc32(stem(word).encode("utf-8", "surrogatepass"))
            for word in words(plain(answer).lower())
            if word not in FUNCTION_WORDS
        }
    )
    return array("I", found[:MOST_STEMS]).tobytes() if len(found) >= _LEAST else b""


def answer_similarity(one: bytes, other: bytes) -> float:
    """The share of the stems of both answers that they have in common; 0 where one is too short to tell, unless they are equal."""
    if one == other:
        return 1.0 if one else 0.0
    mine, theirs = array("I", one), array("I", other)
    if min(len(mine), len(theirs)) < _LEAST_ALIKE:
        return 0.0
    shared = len(set(mine).intersection(theirs))
    return shared / (len(mine) + len(theirs) - shared)
