"""Names that are written like no common word: acronyms, formulas, labels of samples; and what acronyms stand for."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"[^\W_]+")
_PARENTHESIS = re.compile(r"\((?P<acronym>[A-Za-z][A-Za-z0-9-]{1,9})\)")
_LONGEST_FORM = 120
"""Characters before a parenthesis in which the long form of an acronym is looked for."""
_FEWEST_CAPITALS = 2


def tokens(text: str) -> list[str]:
    """The runs of letters and digits of a plain text."""
    return _TOKEN.findall(text)


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


def acronyms(text: str) -> Iterator[tuple[str, str]]:
    """The acronyms in parentheses of a plain text, each with the text before it."""
    for match in _PARENTHESIS.finditer(text):
        if sum(letter.isupper() for letter in match["acronym"]) >= _FEWEST_CAPITALS:
            yield (
                match["acronym"].removesuffix("s"),
                text[max(0, match.start() - _LONGEST_FORM) : match.start()],
            )


def long_form(before: str, acronym: str) -> tuple[str, ...]:
    """The words before an acronym that it stands for, in lower case; none where its letters do not fit.

    The method of Schwartz and Hearst (2003): letters are matched from the end, the first one at a word's start.
    """
    letters = [letter.lower() for letter in acronym if letter.isalnum()]
    words = list(_TOKEN.finditer(before))[-min(len(letters) + 5, 2 * len(letters)) :]
    if not words:
        return ()
    first = words[0].start()
    lower = before.lower()
    place = len(before)
    for index in range(len(letters) - 1, -1, -1):
        place -= 1
        while place >= first and not _fits(lower, place, letters[index], begins_word=index == 0):
            place -= 1
        if place < first:
            return ()
    return tuple(tokens(lower[place:]))


def _fits(text: str, place: int, letter: str, *, begins_word: bool) -> bool:
    return text[place] == letter and not (begins_word and place > 0 and text[place - 1].isalnum())


def expansions(text: str) -> dict[str, list[tuple[str, ...]]]:
    """What the acronyms of a plain text stand for there: long forms in lower case by folded acronym."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for acronym, before in acronyms(text):
        if form := long_form(before, acronym):
            found.setdefault(folded(acronym), []).append(form)
    return found
