"""What stands between two lines that are joined: a blank, nothing, or nothing and the hyphen gone.

A hyphen at a line's end is either the typesetter's or the word's own. The document itself says which: the joined word
or the hyphenated one stands elsewhere in it, inside a line. No typesetter divides a word behind its first letter or before its
last, nor an acronym or a formula.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*")
_TAIL = re.compile(r"([^\W_]+(?:[-‐‑][^\W_]+)*)[-‐‑¬]$")
_HYPHENS, _OF_LINKS = tuple("-‐‑¬"), tuple("/._=&?-")
_HEAD = re.compile(r"[^\W_]+(?:[-‐‑][^\W_]+)*")
_LINK = re.compile(r"(?:https?://|www\.|doi\.org/)\S*$", re.IGNORECASE)
_DIGITS = "0123456789"
_SUSPENDED = frozenset({"and", "or", "to", "und", "oder"})


class Joint(Enum):
    """How two lines are joined."""

    BLANK = "blank"
    NOTHING = "nothing"
    HYPHEN_GONE = "hyphen gone"


@dataclass(frozen=True)
class Vocabulary:
    """The words of a document that stand inside its lines, in lower case, hyphens as "-", with their counts."""

    counts: Counter[str]

    def joint(self, line: str, following: str) -> Joint:
        """What to put between a line and the one after it."""
        line, following = line.rstrip(), following.lstrip()
        in_link = line.endswith(_OF_LINKS) and _LINK.search(line)
        if in_link and re.match(r"[\w/]", following):
            return Joint.NOTHING
        tail, head = _tail(line), _HEAD.match(following)
        if tail is None or head is None:
            return Joint.NOTHING if re.search(r"\w[—–]$", line) else Joint.BLANK
        return self._hyphenated(tail[1].replace("‐", "-").replace("‑", "-"), head[0])

    def _hyphenated(self, first: str, second: str) -> Joint:
        if second in _SUSPENDED:
            return Joint.BLANK
        part = first.rsplit("-", 1)[-1]
        if not second[0].islower() or not part[-1].isalpha() or min(len(part), len(second)) == 1:
            return Joint.NOTHING
        whole = self.counts[(first + second).lower()]
        hyphenated = self.counts[f"{first}-{second}".lower()]
        if whole != hyphenated:
            return Joint.HYPHEN_GONE if whole > hyphenated else Joint.NOTHING
        # A number behind the rest of a word is a note's.
        if _is_no_plain_word(part) or _is_no_plain_word(second.rstrip(_DIGITS)):
            return Joint.NOTHING
        both_are_words = (
            min(len(part), len(second)) > 2 and self.counts[part.lower()] and self.counts[second.lower()]
        )
        return Joint.NOTHING if "-" in first + second or both_are_words else Joint.HYPHEN_GONE


NO_WORDS = Vocabulary(Counter())
"""That of no document."""


def _tail(line: str) -> re.Match[str] | None:
    """The word with a hyphen at the end of a line, if there is one."""
    return _TAIL.search(line) if line.endswith(_HYPHENS) else None


def _is_no_plain_word(part: str) -> bool:
    """Whether a part has capitals behind its first letter, or digits: an acronym, a formula, which nobody divides."""
    return any(char.isupper() or char.isdigit() for char in part[1:]) or part[:1].isdigit()


def vocabulary(lines: Iterable[str]) -> Vocabulary:
    """Count the words of lines; a line's last word does not count where it ends in a hyphen, nor the next one's first."""
    counts: Counter[str] = Counter()
    broken = False
    for line in lines:
        found = _WORD.findall(line.replace("‐", "-").replace("‑", "-").lower())
        if broken:
            found = found[1:]
        broken = bool(_tail(line.rstrip()))
        counts.update(found[:-1] if broken else found)
    return Vocabulary(counts)
