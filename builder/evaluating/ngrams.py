"""Overlaps between the records of a set and other texts, by n-grams of words.

The method is that of GPT-3 (Brown et al. 2020, appendix C): texts in lower case without punctuation, cut into words; a text
overlaps where one run of n words is the same. n is 13, for shorter texts all of their words, but not fewer than 8: what has
fewer says too little to be recognised by. Question and answer are looked for each by itself, so that a benchmark that has
only the question is found too.

Only the set's n-grams are kept, by their lengths; the other texts are read once, in order, whatever their size. The time
is linear in the words of both, the memory in those of the set.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from builder.evaluating.records import SourceRecord
from qagen.checks.reading.text import plain

MOST_WORDS = 13
LEAST_WORDS = 8
_ALONE = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Characters of Chinese and Japanese, which have no blanks: each is a word."""
_WORD = re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}]+")


@dataclass(frozen=True, slots=True)
class Overlap:
    """A record of the set that shares words with another text.

    Attributes:
        id: the record's.
        field: `question` or `answer`.
        where: the split `train` or `validation`, or a file's name.
        other: the record's id there, or the line in the file.
        share: the part of the field's n-grams that the other text has, in (0, 1].
        example: the first of them, as compared.
    """

    id: str
    field: str
    where: str
    other: str
    share: float
    example: str


@dataclass(frozen=True, slots=True)
class OtherText:
    """A text that a set must not have been in.

    Attributes:
        where: the split or the file that it is from.
        name: its id there, or its line.
    """

    where: str
    name: str
    text: str


def words(text: str) -> list[str]:
    """The words of a text as they are compared: one notation, lower case, no punctuation."""
    return _WORD.findall(plain(text).lower())


class Grams:
    """The n-grams of a set's questions and answers."""

    def __init__(self, records: Iterable[SourceRecord]) -> None:
        self._fields: list[tuple[str, str, int]] = []
        """Of every field: the record's id, the field's name and how many different n-grams it has."""
        self._places: dict[int, dict[str, list[int]]] = {}
        """By n the n-grams with the fields that have them."""
        for record in records:
            for name, text in (("question", record.question), ("answer", record.answer)):
                self._add(record.id, name, words(text))

    def _add(self, record_id: str, name: str, found: Sequence[str]) -> None:
        length = min(len(found), MOST_WORDS)
        if length < LEAST_WORDS:
            return
        grams = set(_grams(found, length))
        places = self._places.setdefault(length, {})
        for gram in grams:
            places.setdefault(gram, []).append(len(self._fields))
        self._fields.append((record_id, name, len(grams)))

    def overlaps(self, other: OtherText) -> Iterator[Overlap]:
        """Each field of the set that shares an n-gram with a text, in the order of the set."""
        found = words(other.text)
        shared: dict[int, set[str]] = {}
        first: dict[int, str] = {}
        for length, places in self._places.items():
            for gram in _grams(found, length):
                for field in places.get(gram, ()):
                    shared.setdefault(field, set()).add(gram)
                    first.setdefault(field, gram)
        for field, grams in sorted(shared.items()):
            record_id, name, total = self._fields[field]
            share = round(len(grams) / total, 4)
            yield Overlap(record_id, name, other.where, other.name, share, first[field])


def _grams(found: Sequence[str], length: int) -> Iterator[str]:
    """The runs of so many words, a blank between each two; slices of one text, which is quicker than joining each."""
    text = " ".join(found)
    starts = [0]
    for word in found:
        starts.append(starts[-1] + len(word) + 1)
    for start, end in zip(starts, starts[length:], strict=False):
        yield text[start : end - 1]
