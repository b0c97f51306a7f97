"""How readable a block's text is: a number in [0, 1], from the text alone.

Scrambled formulas, bytes read in the wrong encoding, fonts whose characters are other letters, lost characters and bad OCR
leave texts that a person cannot read either; nothing true can be asked about them. Each sign of damage has a score of its
own, and the worst counts. What is merely rare (numbers, names, another language or script) is no damage.
"""

import re

from ftfy.badness import badness

_PROSE = frozenset(
    {"Text", "Caption", "ListGroup", "Footnote", "SectionHeader", "TextInlineMath", "Bibliography"}
)
_LOST = re.compile("[\ufffd\ue000-\uf8ff]")
_LOST_WEIGHT = 12.0
"""So many times the share of lost characters is taken off: one in 24 leaves half."""
_MOJIBAKE_WEIGHT = 12.0
"""The same for what ftfy counts as signs of a wrong encoding, per character."""
_ENOUGH = 40
"""Small Latin letters from which on their vowels say something."""
_VOWELS = (0.14, 0.26)
"""Shares of vowels: at the lower no language, from the upper any that is written in Latin letters."""
_SMALL = re.compile(r"[^a-z]+")
_SINGLES = (0.85, 0.5)
"""Shares of single characters among a text's tokens: at the first no prose, up to the second nothing is said."""
_TOKENS = 8
_WORDS = 4
_MARKED = re.compile(r"[^\W\d_][|\\~^{}<>¢£¥§©®•«»&;!?\"][^\W\d_]|[a-z][0-9][a-z]{2}|\^|[«»]\w+[^»\w]")
_MARKED_WEIGHT = 3.0
"""So many times the share of words with such signs in them is taken off."""
_MARKUP = re.compile(r"</?su[bp]>|\\(?=[_*$\\|#])|[*`]|^#+ |^- |https?://\S+|\S+@\S+", re.MULTILINE)

_SURENESS = (0.6, 0.95)
"""Confidence of OCR: at the first what it says is guessed, from the second on it reads as people do."""

_EMPTY = re.compile(r"\(\s*\)|\[\s*\]|\{\s*\}")
_DOUBLED = re.compile(r"[=≈≤≥<>∼∝≡]\s*[=≈≤≥<>∼∝≡·×/+∀]|[·×/]\s+[=·×/]|[−+]\s+[=×·]|∑\s*=|=\s+[)\]}]")
_PAIRS = ("()", "[]", "{}")
_FAULT = 4.5
"""Faults of a formula are counted per so many of its tokens."""


def quality(text: str, type_: str) -> float:
    """The quality of a block of some type of marker's, rounded to two decimals."""
    bare = _MARKUP.sub(" ", text).strip()
    if not bare:
        return 1.0
    scores = [_whole(bare), _encoded(bare)]
    if type_ == "Equation":
        scores.append(_formula(bare))
    elif type_ in _PROSE:
        scores.extend((_spelled(bare), _spaced(bare), _clean(bare)))
    return round(max(0.0, min(scores)), 2)


def read_quality(confidence: float) -> float:
    """The quality of a text that OCR read with some mean confidence of its characters, rounded to two decimals."""
    worst, usual = _SURENESS
    return round(min(1.0, max(0.0, (confidence - worst) / (usual - worst))), 2)


def _whole(text: str) -> float:
    return 1 - _LOST_WEIGHT * len(_LOST.findall(text)) / len(text)


def _encoded(text: str) -> float:
    # Each of the signs has a character in it that is not ASCII.
    return 1.0 if text.isascii() else 1 - _MOJIBAKE_WEIGHT * badness(text) / len(text)


def _spelled(text: str) -> float:
    """By the vowels among its small Latin letters; capitals may be sequences and acronyms."""
    letters = _SMALL.sub("", text)
    if len(letters) < _ENOUGH:
        return 1.0
    vowels = sum(map(letters.count, "aeiouy")) / len(letters)
    low, high = _VOWELS
    return (vowels - low) / (high - low)


def _spaced(text: str) -> float:
    """By the tokens that are a single letter or sign."""
    tokens = text.split()
    if len(tokens) < _TOKENS:
        return 1.0
    singles = sum(len(token) == 1 and not token.isdigit() and token.isascii() for token in tokens) / len(
        tokens
    )
    worst, usual = _SINGLES
    return (worst - singles) / (worst - usual)


def _clean(text: str) -> float:
    """By the words with signs or digits among their letters."""
    words = [word for word in text.split() if len(word) >= 3 and (word.isalpha() or _letters(word) >= 3)]
    if len(words) < _WORDS:
        return 1.0
    marked = sum(bool(_MARKED.search(word)) for word in words if not word.isalpha()) / len(words)
    return 1 - _MARKED_WEIGHT * marked


def _letters(word: str) -> int:
    return sum(map(str.isalpha, word))


def _formula(text: str) -> float:
    """By empty and unpaired brackets, and relations without anything between them."""
    tokens = re.findall(r"\w+|[^\w\s]", text)
    faults = len(_EMPTY.findall(text)) + len(_DOUBLED.findall(text))
    faults += sum(abs(text.count(pair[0]) - text.count(pair[1])) for pair in _PAIRS)
    return 1 - _FAULT * faults / max(len(tokens), 8)
