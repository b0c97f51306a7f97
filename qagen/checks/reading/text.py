"""Texts as the checks compare them: one notation, words, stems, sentences.

A chunk comes out of a PDF by way of markdown, an answer out of a model; the same quantity may stand in them as
`10<sup>−6</sup>`, `10^{-6}` and `10⁻⁶`. Everything here compares what both become in one plain notation; only
the spans of sentences are offsets into the text as it was given.
"""

import re
import unicodedata
from functools import cached_property, lru_cache
from itertools import chain

from qagen.checks.reading.names import is_name, tokens
from qagen.checks.reading.words import FUNCTION_WORDS, NUMBER_WORDS
from qagen.text.sentences import sentences

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_QUOTES = dict.fromkeys(map(ord, "‘’‚′`´"), "'") | dict.fromkeys(map(ord, "“”„″«»"), '"')
_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_NOTATION = (
    _DASHES
    | _QUOTES
    | _INVISIBLE
    | {ord("∆"): "Δ", ord("µ"): "μ", ord("∙"): "·", ord("⋅"): "·", ord("✕"): "×"}
)

_OTHER_NOTATION = re.compile(f"[{re.escape(''.join(map(chr, _NOTATION)))}]")


def _in_one_notation(character: re.Match[str]) -> str:
    return _NOTATION[ord(character[0])] or ""


_SHIFTED = re.compile(r"[\w)] ?¼ ?[-\w]")
_COLON = re.compile(r"(?<=\d):(?=\d)")
"""Fonts of some journals without a map have "¼" for "=", and then ":" for the decimal point."""
_HYPHENATED = re.compile(r"(?<=[^\W\d_])-\n(?=[a-z])")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_TAG = re.compile(r"</?(?:sup|sub|i|b|em|strong|span|br)\b[^<>]{0,80}>")
_LATEX = {
    r"\times": "×",
    r"\cdot": "·",
    r"\pm": "±",
    r"\mu": "μ",
    r"\alpha": "α",
    r"\beta": "β",
    r"\gamma": "γ",
    r"\Delta": "Δ",
    r"\delta": "δ",
    r"\lambda": "λ",
    r"\sigma": "σ",
    r"\Omega": "Ω",
    r"\circ": "°",
    r"\degree": "°",
    r"\approx": "≈",
    r"\sim": "~",
    r"\leq": "≤",
    r"\geq": "≥",
    r"\le": "≤",
    r"\ge": "≥",
    r"\%": "%",
    r"\,": " ",
    r"\;": " ",
    r"\ ": " ",
}
_COMMAND = re.compile(r"\\(?:[a-zA-Z]+|[%,; ])")
_MARKUP = re.compile(r"[$*{}]|(?<!\w)_|_(?!\w)")
_MARKS = frozenset("$*{}_")

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+(?:[.,]\d+)*")
_ASCII_WORD = re.compile(r"[a-zA-Z]+(?:'[a-zA-Z]+)?|[0-9]+(?:[.,][0-9]+)*")
"""The same for texts of ASCII alone, in which it finds the same nearly twice as fast."""


def words(text: str) -> list[str]:
    """The words and numbers of a plain text, in order, as written."""
    return (_ASCII_WORD if text.isascii() else _WORD).findall(text)


def plain(text: str) -> str:
    """The text in one notation: NFKC, plain dashes and quotes, no markup, single blanks.

    Superscripts become digits on the line, so `10⁻⁶`, `10<sup>-6</sup>` and `$10^{-6}$` end as `10-6`, `10-6` and
    `10^-6`.
    """
    if "¼" in text and _SHIFTED.search(text):
        text = _COLON.sub(".", text.replace("¼", "="))
    if not text.isascii():
        text = _OTHER_NOTATION.sub(_in_one_notation, unicodedata.normalize("NFKC", text))
    if "-\n" in text:
        text = _HYPHENATED.sub("", text)
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if "<" in text:
        text = _TAG.sub("", text)
    if "\\" in text:
        text = _COMMAND.sub(lambda command: _LATEX.get(command[0], " "), text)
    if not _MARKS.isdisjoint(text):
        text = _MARKUP.sub("", text)
    return " ".join(text.split())


_ENDINGS = re.compile(
    r"(?:izations?|isations?|ational|ations?|itions?|ments?|ness|ities|ity|ively|ives?|ions?|ingly|ings?|edly|ed|"
    r"ally|als?|ably|able|ibly|ible|ances?|ences?|ants?|ents?|ously|ous|ically|ics?|ers?|ors?|ly|ies|es|s|e|y)$"
)
_SHORTEST_STEM = 3


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """What forms of one word have in common: `imprinted`, `imprinting` and `imprints` give `imprint`.

    Rougher than a linguist's stemmer on purpose: it only has to make the forms of one word meet.
    """
    if len(word) <= _SHORTEST_STEM or not word[0].isalpha():
        return number_form(word)
    word = word.removesuffix("'s")
    for _ in range(2):
        ending = _ENDINGS.search(word)
        if ending is None or ending.start() < _SHORTEST_STEM:
            break
        word = word[: ending.start()]
    if len(word) > _SHORTEST_STEM and word[-1] == word[-2]:
        word = word[:-1]
    return word


def number_form(word: str) -> str:
    """One way to write a number: `1,000` as `1000`, `5.0` as `5`, `two` as `2`; other words as they are."""
    if word in NUMBER_WORDS:
        return str(NUMBER_WORDS[word])
    if not word[0].isdigit():
        return word
    whole, _, fraction = word.replace(",", "").partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


class Sentence:
    """One sentence: its place in the text that was given, its plain form, its words and what they are forms of.

    `tokens` are the words as written; `forms` has the stem of every word, `stems` only those of content words.
    """

    __slots__ = ("end", "forms", "start", "stems", "text", "tokens", "words")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.text = plain(text)
        self.tokens = tuple(words(self.text))
        self.words = tuple(map(str.lower, self.tokens))
        self.forms = tuple(map(stem, self.words))
        pairs = zip(self.forms, self.words, strict=True)
        self.stems = tuple([form for form, word in pairs if word not in FUNCTION_WORDS])


class Text:
    """A text with what the checks want to know about it, each found out once and only when asked for."""

    def __init__(self, text: str) -> None:
        self.given = text

    @cached_property
    def plain(self) -> str:
        """The whole text in one notation."""
        return plain(self.given)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words and numbers of the plain text in lower case, in order."""
        return tuple(words(self.plain.lower()))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words without order: what a check looks at before it searches."""
        return frozenset(self.words)

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The runs of letters and digits of the plain text, in order, as written."""
        return tuple(tokens(self.plain))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Those of them that are written like names."""
        return tuple([token for token in self.tokens if not token.islower() and is_name(token)])

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of all words that are not mere grammar."""
        return frozenset(stem(word) for word in self.vocabulary - FUNCTION_WORDS)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences in order."""
        return tuple(Sentence(self.given[start:end], start, end) for start, end in sentences(self.given))


class Prose(Text):
    """A text whose sentences are needed in any case."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the plain text: those of its sentences, where no markup reaches from one into the next."""
        if self.plain != " ".join([sentence.text for sentence in self.sentences]):
            return super().words
        return tuple(chain.from_iterable(sentence.words for sentence in self.sentences))
