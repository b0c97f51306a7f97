"""Citation numbers that lost their brackets or their height are taken out: "decay. 10,11", "software12", "was shown (3)".

A number that says something must stay ("Figure 12", "Cys138", "step (3)"), so each form asks for what only a citation has, and for
the weaker ones the source has to show that it cites so.
"""

import re

from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.support_model import idf
from qagen.checks.reading.text import Text, stem
from qagen.checks.reading.words import word_set

_LIST = r"[1-9]\d{0,2}(?: ?[,–—-] ?[1-9]\d{0,2}){0,12}"
_BEHIND_SENTENCE = re.compile(
    rf"(?P<word>[^\W\d_]{{2,}}[)\]\"”]?)(?P<stop>[.!?]) ?(?P<list>{_LIST})(?=\s+(?:[A-Z][a-z]{{2,}}\b|(?:A|An|In|It|At|As|By|On|To|We|If|Of|No)\b)|\s*\Z)"
)
_BEHIND_WORD = re.compile(
    rf"(?<![\w-])(?P<word>[A-Za-z]?[a-z]{{3,}})(?P<list>{_LIST})(?=[\s.,;:)?!]|\Z)(?![.,]\d)"
)
_BEHIND_COMMA = re.compile(
    rf"(?P<word>[a-z]{{3,}})(?P<stop>,)(?:{_LIST}(?= [a-z]{{2,}}\b)| {_LIST}(?= (?:as|which|while|but|because|where|whereas|although|since|so|thus)\b))"
)
_RAISED = re.compile(
    rf"(?P<word>[A-Za-zÀ-ɏ]{{4,}}[.,;)]?)(?:\^\{{?(?P<list>{_LIST})\}}?|(?P<high>[¹²³⁴-⁹][⁰¹²³⁴-⁹]*(?:[,˒–⁻-][⁰¹²³⁴-⁹]+)*))(?![\w^])"
)
_IN_BRACKETS = re.compile(rf"(?P<word>[^\W\d_]{{3,}}) \((?P<list>{_LIST})\)(?=[.,;:]|\s*\Z)")
_CLOSE_BEHIND = re.compile(r"[1-9](?:(?<=[^\W\d_][1-9])|(?<=[.!?,()\]\"”][1-9])|(?<=[.!?,] [1-9]))")
_HIGH = re.compile(r"[\^¹²³⁴-⁹]")
"""Every match of the others has a number in one of these places or a sign of these, which are quicker to look for."""
_NUMBERED = word_set(
    """
    fig figs figure figures eq eqs equation equations table tables section sections scheme chart box step steps stage phase phases part type types
    class classes group groups grade level levels version versions sample samples case cases day days week weeks month months year years hour
    hours no nos number numbers vol volume page pages line lines chapter model models example reaction reactions compound compounds structure
    item items point points task tasks experiment scenario criterion condition conditions factor rule rules form ca approx about al ref refs
    patient patients subject subjects site sites zone layer layers mode modes rank category score python log vitamin omega square cubic
    """
)
"""Words that are followed by numbers of their own."""


def without_flattened_citations(text: Text, source: IndexedSource) -> str:
    """Take out numbers of references that stand as plain digits, with the blank before them."""
    given = text.given
    if not (_CLOSE_BEHIND.search(given) or _HIGH.search(given)):
        return given
    given = _BEHIND_SENTENCE.sub(lambda mark: mark[0] if _counts_itself(mark["word"]) else _rest(mark), given)
    given = _BEHIND_COMMA.sub(lambda mark: mark[0] if _counts_itself(mark["word"]) else _rest(mark), given)
    given = _RAISED.sub(lambda mark: _rest(mark) if _is_raised(mark) else mark[0], given)
    given = _BEHIND_WORD.sub(lambda mark: _rest(mark) if _is_glued(mark, source) else mark[0], given)
    if "(" in given:
        given = _IN_BRACKETS.sub(
            lambda mark: _rest(mark) if _is_in_brackets(mark, source) else mark[0], given
        )
    return given


def _rest(mark: re.Match[str]) -> str:
    return mark["word"] + (mark.groupdict().get("stop") or "")


def _counts_itself(word: str) -> bool:
    return word.lower().strip('.)]"”,;') in _NUMBERED


def _is_raised(mark: re.Match[str]) -> bool:
    """A raised number behind a word: a power stands behind a unit, which is short or is followed by 2 or 3."""
    raised = mark["list"] or mark["high"]
    return not _counts_itself(mark["word"]) and (
        raised not in ("2", "3", "²", "³") or mark["word"][-1] in ".,;"
    )


def _is_glued(mark: re.Match[str], source: IndexedSource) -> bool:
    """A number glued to an everyday word, which the source has without it or with it raised; names of things have none such."""
    word = mark["word"].lower()
    if _counts_itself(word) or len(word) < 4 or mark["list"] in ("2", "3"):
        return False
    raised = rf"{re.escape(mark['word'])}(?:<sup>|\^|\s?\[|[.,;]\s?)\W{{0,3}}{re.escape(mark['list'])}"
    if re.search(raised, source.given, re.IGNORECASE):
        return True
    if _names_things(word, source):
        return False
    return idf(stem(word)) < _RAREST or (len(word) >= _LONG and _cites_flat(source))


_RAREST = idf("")
_LONG = 7
"""Letters of a word that is no label, such as those of genes and programs."""


def _cites_flat(source: IndexedSource) -> bool:
    """Whether a source has numbers behind full stops, so that all its references lost their form."""
    return any(not _counts_itself(found["word"]) for found in _BEHIND_SENTENCE.finditer(source.given))


def _names_things(word: str, source: IndexedSource) -> bool:
    """Whether the source numbers things by this word: it has "word 1" or several of "word1", "word2"."""
    numbered = re.findall(rf"\b{re.escape(word)}[ -]?(\d{{1,3}})\b", source.plain, re.IGNORECASE)
    return len(set(numbered)) > 1


def _is_in_brackets(mark: re.Match[str], source: IndexedSource) -> bool:
    """A number in parentheses at the end of a clause, where the source has several such numbers and this one in the same place."""
    if _counts_itself(mark["word"]):
        return False
    cited = {found["list"].replace(" ", "") for found in _IN_BRACKETS.finditer(source.plain)}
    return (
        len(cited) > 1
        and mark["list"].replace(" ", "") in cited
        and "1" not in cited
        and not _LISTED.search(source.plain)
    )


_LISTED = re.compile(r"(?:^|[:;.,] )(?:and )?\(1\) \w")
"""The first item of a list in a sentence: numbers in parentheses count then."""
