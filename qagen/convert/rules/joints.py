"""Where lines of Chinese and Japanese meet: these scripts have no blanks between words, so a line's end is none."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from qagen.convert.rules.model import TextLine

_HAN = (
    "\u2e80-\u2fdf\u3001-\u303f\u3040-\u30ff\u31c0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f"
    "\uff01-\uff9f\uffe0-\uffef\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
"""Han, kana and their punctuation; not Hangul, which is written with blanks."""
HAN = re.compile(f"[{_HAN}]")
_AFTER_HAN, _BEFORE_HAN = re.compile(f"[{_HAN}]$"), re.compile(f"[{_HAN}]")
_GLUED = re.compile(f"[{_HAN}][A-Za-z0-9]|[A-Za-z0-9][{_HAN}]")
_SPACED = re.compile(f"[{_HAN}] [A-Za-z0-9]|[A-Za-z0-9] [{_HAN}]")
_LATIN_END, _LATIN_START = re.compile(r"[A-Za-z0-9]$"), re.compile(r"[A-Za-z0-9]")
_WORD_END, _WORD_START = re.compile(r"[A-Za-z]+$"), re.compile(r"[a-z]+")
_ENOUGH = 0.3
"""Share of a line's characters that are Han or kana from which on it is a line of them."""
_ROOM = 0.55
"""Room at a line's end, in sizes, below which a word was cut where the line was full: a Latin letter's."""


class Joints:
    """How the lines of a document meet where one of them is Chinese or Japanese.

    Args:
        texts: of all lines: they say whether a blank stands between Han and Latin letters.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        glued = spaced = 0
        for text in texts:
            if not text.isascii():
                glued += len(_GLUED.findall(text))
                spaced += len(_SPACED.findall(text))
        self._glued = glued >= spaced

    def runs_on(
        self, line: TextLine, following: TextLine, around: Sequence[TextLine], words: Counter[str]
    ) -> bool:
        """Whether nothing stands between two lines.

        Args:
            line: a line.
            following: the one after it.
            around: all lines of the block that they stand in.
            words: the document's words, in lower case, with their counts.
        """
        first, second = line.text.rstrip(), following.text.lstrip()
        if first.isascii() and second.isascii():
            return False
        han = bool(_AFTER_HAN.search(first)), bool(_BEFORE_HAN.match(second))
        if all(han):
            return True
        if any(han):
            other = _LATIN_START.match(second) if han[0] else _LATIN_END.search(first)
            return self._glued if other else True
        return _is_cut(line, following, around, words)


def _is_cut(line: TextLine, following: TextLine, around: Sequence[TextLine], words: Counter[str]) -> bool:
    """Whether a Latin word was cut where a line of Han was full, by its width or by a count of characters."""
    first, second = line.text.strip(), following.text.strip()
    head, tail = _WORD_END.search(first), _WORD_START.match(second)
    if head is None or tail is None or not (_is_han(first) and _is_han(second)):
        return False
    if words[(head[0] + tail[0]).lower()]:
        return True
    if words[head[0].lower()] > 1 and words[tail[0].lower()] > 1:
        return False
    edge = max(other.box[2] for other in around)
    counted = sum(len(other.text.strip()) == len(first) for other in around) > 1
    return counted or edge - line.box[2] < _ROOM * line.style.size


def _is_han(text: str) -> bool:
    return len(HAN.findall(text)) > _ENOUGH * len(text)
