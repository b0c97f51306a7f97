"""How questions are worded: their first words, and what they ask."""

import re
from collections.abc import Mapping
from itertools import pairwise

_OPENING_WORDS = 3
_LONGEST_OPENING = 60


def opening_of(question: str) -> str:
    """The first words, folded; nothing where there are fewer, or they are no words."""
    words = question[:200].casefold().split()[:_OPENING_WORDS]
    text = " ".join(word.strip("\"'(,.:;?") for word in words)
    plain = len(words) == _OPENING_WORDS and len(text) <= _LONGEST_OPENING
    return text if plain and all(part.isprintable() for part in text) else ""


ASKED = ("what", "which", "how many", "how", "why", "when", "where", "who", "yes or no", "other")
"""What may be asked, in the order of the page."""
_ASKED_WORDS: Mapping[str, str] = {
    **{word: word for word in ("what", "which", "how", "why", "when", "where", "who")},
    **dict.fromkeys(("whose", "whom"), "who"),
}
_YES_OR_NO = re.compile(
    r"\W*(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|may|might|must)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z]+")
_AMOUNTS = frozenset({"many", "much"})


def what_is_asked(question: str) -> str:
    """One of `ASKED`: by the first question word, wherever it stands ("In which ..."), unless the question begins with a verb."""
    if _YES_OR_NO.match(question):
        return "yes or no"
    words = _WORD.findall(question[:1000].casefold())
    for word, following in pairwise([*words, ""]):
        if word == "how" and following in _AMOUNTS:
            return "how many"
        if word in _ASKED_WORDS:
            return _ASKED_WORDS[word]
    return "other"
