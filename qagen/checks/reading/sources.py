"""SourceCache indexed once, as long as memory allows: many lines of a set ask about the same text."""

from collections import OrderedDict

from qagen.checks.reading.source import IndexedSource

MOST_CHARS = 2_000_000
"""Characters of all the texts that are kept; an index takes some 130 bytes for each."""


class SourceCache:
    """The sources that were used last, found by their text."""

    def __init__(self, most_chars: int = MOST_CHARS) -> None:
        self._most = most_chars
        self._kept: OrderedDict[str, IndexedSource] = OrderedDict()
        self._chars = 0

    def __contains__(self, text: str) -> bool:
        return text in self._kept

    def of(self, text: str) -> IndexedSource:
        """The source of a text, indexed before or now."""
        if text in self._kept:
            self._kept.move_to_end(text)
            return self._kept[text]
        self._kept[text] = source = IndexedSource(text)
        self._chars += len(text)
        while self._chars > self._most and len(self._kept) > 1:
            self._chars -= len(self._kept.popitem(last=False)[0])
        return source
