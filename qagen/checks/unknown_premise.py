"""The question takes nothing for granted that the source does not have: its numbers and names stand there too.

An answer may use what its question states; so what the question states has to be true.
"""

import re
from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.names import folded, is_composition, is_name, tokens
from qagen.checks.reading.quantities import unit_names
from qagen.checks.reading.source import PREFIX, IndexedSource
from qagen.checks.reading.text import stem
from qagen.checks.reading.words import word_set
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_TOKEN = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
_SHORTEST_NAME, _SHORTEST_ACRONYM = 4, 3
_POINTERS = word_set(
    "Figure Figures Figs Table Tables Equation Equations Section Sections Scheme Supplementary Appendix Chapter Ref Refs Eqs"
)
"""What points into the paper is the matter of another check."""
_PLACE, _LONGEST_ENDING = 3, 3
"""Letters that names of a place and of its people share at least, and that the shorter one ends otherwise with at most."""
_AROUND = 3
"""Words on either side of a name with which it may make an acronym."""
_ENDS = frozenset(".?!:\"'")


def unknown_premise(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject a question with a number or a name that the source does not have."""
    question, source = subject.question, subject.source
    paper = subject.paper
    where = "neither the source nor the rest of the paper does" if paper else "the source does not"
    tolerance = settings.number_tolerance
    for quantity in subject.asked:
        if quantity.is_item or quantity.is_pointer or quantity.in_name or quantity.is_word:
            continue
        is_stated = any(source.stated.stating(quantity, tolerance))
        if not (is_stated or (paper and paper.states(quantity, tolerance))):
            detail = f"the question says {quantity.text!r}, {where}"
            yield Fault(Reason.UNKNOWN_PREMISE, detail, question.given, quantity.text)
    units = frozenset(unit_names(subject.asked))
    capitals = settings.language == "en"
    for word in _names(question.plain, capitals=capitals, acronyms=paper is not None):
        if word not in units and not _is_known(word, subject) and not (paper and paper.has(word)):
            detail = f"the question names {word!r}, {where}"
            yield Fault(Reason.UNKNOWN_PREMISE, detail, question.given, word)
    yield from _mistaken(subject)


def _mistaken(subject: CheckInput) -> Iterator[Fault]:
    """Names of the question for which the sentence that the answer comes from has another of the series: mSandy2, mSandy1."""
    asked = {folded(token) for token in subject.question.names if _DIGITS.search(token)}
    if not asked or not subject.alignments or not subject.alignments[0].numbers:
        return
    here = subject.source.sentences[subject.alignments[0].numbers[0]]
    stated = {folded(token) for token in tokens(here.text) if not token.islower() and is_name(token)}
    said = set(map(folded, subject.answer.tokens))
    for name in sorted(asked - said - stated):
        for other in sorted(stated - asked - said):
            if _series(other) == _series(name):
                detail = f"the question names {name!r}, the source says {other!r} where it has the answer"
                yield Fault(Reason.UNKNOWN_PREMISE, detail, subject.question.given, name)


def _series(name: str) -> str:
    """What names that differ in their numbers have in common."""
    return _DIGITS.sub("#", name)


def _names(text: str, *, capitals: bool, acronyms: bool) -> Iterator[str]:
    """What a question names: labels and formulas, and capitalised words that begin no sentence.

    Acronyms of mere capitals are left out where the paper is not known: a reader of one excerpt cannot know what it calls TLS elsewhere.
    """
    for found in _TOKEN.finditer(text):
        token = found[0]
        if token.islower() or token.isdigit():
            continue
        if token[1:].islower() and len(token) >= _SHORTEST_NAME and token not in _POINTERS:
            if capitals and found.start() and text[: found.start()].rstrip()[-1:] not in _ENDS:
                yield token
        elif is_name(token) and (
            not token.removesuffix("s").isupper() or (acronyms and len(token) >= _SHORTEST_ACRONYM)
        ):
            yield token


def _is_known(word: str, subject: CheckInput) -> bool:
    name, source = folded(word), subject.source
    if is_composition(word, subject.question.plain, source.plain):
        return True
    if name in source.folded_tokens or name in source.compact or stem(word.lower()) in source.postings:
        return True
    if word[1:].islower() and re.search(rf"\b{word[0]}\. ?{_next(word, subject)}", source.plain):
        return True
    is_akin = len(name) >= PREFIX and name[:PREFIX] in source.prefixes
    return is_akin or (
        word[1:].islower() and (_is_abbreviated(word, subject) or _is_of_a_place(word, source))
    )


def _is_of_a_place(word: str, source: IndexedSource) -> bool:
    """Whether the source names what a word may be an adjective or people of: Norwegian, Norway; Danes, Danish."""
    return any(
        other[0].isupper() and other[1:].islower() and word.startswith(other[: _shared(word, other)])
        for other in source.tokens
    )


def _shared(one: str, other: str) -> int:
    return max(_PLACE, min(len(one), len(other)) - _LONGEST_ENDING)


def _is_abbreviated(word: str, subject: CheckInput) -> bool:
    """Whether the source has the initials of the words around a word: VHS for "van Hove singularity"."""
    words = subject.question.words
    place = words.index(word.lower()) if word.lower() in words else -1
    acronyms = {
        token for token in subject.source.tokens if token.isupper() and len(token) >= _SHORTEST_ACRONYM
    }
    return any(
        "".join(other[0] for other in words[start:end]).upper() in acronyms
        for start in range(max(0, place - _AROUND), place + 1)
        for end in range(max(place + 1, start + _SHORTEST_ACRONYM), place + _AROUND + 2)
    )


def _next(word: str, subject: CheckInput) -> str:
    """The word that follows a name in the question: "cerevisiae", which the source has behind "S."."""
    words = subject.question.words
    place = words.index(word.lower()) if word.lower() in words else len(words)
    return re.escape(words[place + 1]) if place + 1 < len(words) else r"\Z"
