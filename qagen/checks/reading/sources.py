"""Sources indexed once, as long as memory allows: many lines of a set ask about the same text."""

from cachetools import LRUCache

from qagen.checks.reading.source import IndexedSource

MOST_CHARS = 2_000_000
"""Characters of all the texts that are kept; an index takes some 130 bytes for each."""


class SourceCache(LRUCache[str, IndexedSource]):
    """The sources that were used last, found by their text; one that alone is too long is kept until the next comes."""

    def __init__(self, most_chars: int = MOST_CHARS) -> None:
        super().__init__(most_chars, getsizeof=lambda source: min(len(source.given), most_chars))

    def of(self, text: str) -> IndexedSource:
        """The source of a text, indexed before or now."""
        return self[text]

    def __missing__(self, text: str) -> IndexedSource:
        self[text] = source = IndexedSource(text)
        return source
