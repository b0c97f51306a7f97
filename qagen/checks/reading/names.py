"""Names that are written like no common word: acronyms, formulas, labels of samples; and what acronyms stand for."""

import re
from collections.abc import Iterator, Sequence

from qagen.checks.reading.words import FUNCTION_WORDS

_TOKEN = re.compile(r"[^\W_]+")
_ASCII_TOKEN = re.compile(r"[a-zA-Z0-9]+")
_PARENTHESIS = re.compile(r"\((?P<acronym>[A-Za-z][A-Za-z0-9-]{1,9})\)")
_LONGEST_FORM = 120
"""Characters before a parenthesis in which the long form of an acronym is looked for."""
_FEWEST_CAPITALS = 2
_BEHIND_DECIMAL = re.compile(r"[A-Za-z)]\d+\.$")
_INDICES = re.compile(r"[\d.xyz+-]")
_ROMAN = re.compile(r"[IVX]+")
_PHRASE = re.compile(r"[^\W_]+(?:[ '-][^\W_]+)*")
_LONG_WORD = 2
"""How many times longer than its abbreviation a single word has to be."""


def tokens(text: str) -> list[str]:
    """The runs of letters and digits of a plain text."""
    return (_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text)


def is_name(token: str) -> bool:
    """Whether a token is written like a name: two capitals, a capital and a digit, or a capital inside."""
    if token.islower() or len(token) == 1 or token[1:].islower() or token.isdigit():
        return False
    capitals = sum(letter.isupper() for letter in token)
    has_digit = any(letter.isdigit() for letter in token)
    return capitals >= _FEWEST_CAPITALS or (capitals == 1 and (has_digit or not token[0].isupper()))


def folded(token: str) -> str:
    """One form for the ways to write a name: lower case, no plural s."""
    return token.lower().removesuffix("s")


def is_composition(name: str, text: str, known: str) -> bool:
    """Whether a name is the rest of a formula with a decimal in it, whose elements are known in this order: Cu0.31Bi2Se3, CuxBi2Se3.

    Args:
        name: a run of letters and digits.
        text: where it stands.
        known: the text whose formulas are known.
    """
    if not _BEHIND_DECIMAL.search(text.partition(name)[0]):
        return False
    return _INDICES.sub("", name.lstrip("0123456789")) in _INDICES.sub("", known)


def acronyms(text: str) -> Iterator[tuple[str, str]]:
    """The acronyms in parentheses of a plain text, each with the text before it."""
    for match in _PARENTHESIS.finditer(text):
        if sum(letter.isupper() for letter in match["acronym"]) >= _FEWEST_CAPITALS:
            yield (
                match["acronym"].removesuffix("s"),
                text[max(0, match.start() - _LONGEST_FORM) : match.start()],
            )


def long_form(before: str, acronym: str) -> tuple[str, ...]:
    """The words before an acronym that it stands for, in lower case; none where its letters do not fit."""
    place = _long_form_at(before, acronym)
    return tuple(tokens(before[place:].lower())) if place is not None else ()


def spelled_out(text: str) -> Iterator[tuple[str, str]]:
    """The abbreviations in parentheses of a plain text with the words they surely stand for, both as written.

    Sure is a single long word, or words that all begin with letters of the abbreviation, in its order.
    """
    for match in _PARENTHESIS.finditer(text):
        name = match["acronym"]
        before = text[max(0, match.start() - _LONGEST_FORM) : match.start()].rstrip()
        place = _long_form_at(before, name.removesuffix("s"))
        if place is not None and _is_abbreviation(name) and _is_sure(before[place:], name):
            yield name, before[place:]


def _is_abbreviation(name: str) -> bool:
    return sum(letter.isupper() for letter in name) >= _FEWEST_CAPITALS and not _ROMAN.fullmatch(name)


def _is_sure(form: str, name: str) -> bool:
    words = [word for word in form.lower().replace("-", " ").split() if word not in FUNCTION_WORDS]
    if not _PHRASE.fullmatch(form) or not words or not form.lower().startswith(words[0]):
        return False
    if len(words) == 1:
        return len(form) >= _LONG_WORD * len(name)
    letters = iter(name.lower())
    return all(word[0] in letters for word in words)


def _long_form_at(before: str, acronym: str) -> int | None:
    """Where the words begin that an acronym stands for, by the method of Schwartz and Hearst (2003).

    Letters are matched from the end, the first one at a word's start.
    """
    letters = [letter.lower() for letter in acronym if letter.isalnum()]
    words = list(_TOKEN.finditer(before))[-_reach(letters) :]
    if not words:
        return None
    first = words[0].start()
    lower = before.lower()
    place = len(before)
    for index in range(len(letters) - 1, -1, -1):
        place -= 1
        while place >= first and not _fits(lower, place, letters[index], begins_word=index == 0):
            place -= 1
        if place < first:
            return None
    return place


def _reach(letters: Sequence[str]) -> int:
    """How many words before an acronym its long form may have."""
    return min(len(letters) + 5, 2 * len(letters))


def leading_words(before: str, acronym: str) -> tuple[str, ...]:
    """The words before an acronym among which its long form is, in lower case, and the one before them."""
    letters = [letter for letter in acronym if letter.isalnum()]
    return tuple(tokens(before.lower())[-_reach(letters) - 1 :])


def _fits(text: str, place: int, letter: str, *, begins_word: bool) -> bool:
    return text[place] == letter and not (begins_word and place > 0 and text[place - 1].isalnum())


def expansions(text: str) -> dict[str, list[tuple[str, ...]]]:
    """What the acronyms of a plain text stand for there: long forms in lower case by folded acronym."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for acronym, before in acronyms(text):
        if form := long_form(before, acronym):
            found.setdefault(folded(acronym), []).append(form)
    return found
