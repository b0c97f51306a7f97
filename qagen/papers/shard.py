"""A part of the papers for one machine of many: those whose sha256 falls into it, whatever else lies beside them."""

import re
from dataclasses import dataclass

_DIGITS = 16
"""Hex digits of a paper's sha256 that decide; more than enough to share any number of papers evenly."""
_WRITTEN = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")


@dataclass(frozen=True, slots=True, order=True)
class Shard:
    """The part `index` of `count`, counted from 1; together the parts are all papers, and no paper is in two.

    Parts are ranges of sha256, in order: part by part, the papers come in the order of a dataset's rows.
    """

    index: int
    count: int

    @classmethod
    def parse(cls, text: str) -> "Shard":
        """Read what a user writes, as in `2/7`.

        Raises:
            ValueError: with what is wanted.
        """
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is no part: write I/N, as in 2/7 for the second of seven")
        index, count = map(int, found.groups())
        if not 1 <= index <= count:
            raise ValueError(
                f"{text!r} is no part: they are counted from 1/{count or 1} to {count or 1}/{count or 1}"
            )
        return cls(index, count)

    @classmethod
    def of(cls, paper_sha256: str, count: int) -> "Shard":
        """The one of `count` parts that a paper is in."""
        place = int(paper_sha256[:_DIGITS], 16)
        return cls(place * count // 16**_DIGITS + 1, count)

    def holds(self, paper_sha256: str) -> bool:
        """Whether a paper is in this part."""
        return Shard.of(paper_sha256, self.count) == self

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"
