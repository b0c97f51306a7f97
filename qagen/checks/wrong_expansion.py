"""Acronyms stand for what they stand for in the source.

Where the source does not spell one out, the words in which the answer's long form may lie are looked at, as far back as
long forms reach: one word among them that is foreign to source and question, while the others are not, was exchanged.
"""

from collections.abc import Iterator, Sequence

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.names import acronyms, folded, leading_words, long_form, tokens
from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.support_model import idf
from qagen.checks.reading.text import stem
from qagen.checks.reading.words import FUNCTION_WORDS
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_SAYS_SOMETHING = 3.5
"""The rarity from which on a foreign word is no word of everyday language."""


def wrong_expansion(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject an answer that spells out an acronym differently from the source, or beside it has a word exchanged."""
    for acronym, before in acronyms(subject.answer.plain):
        forms = [
            *subject.source.expansions.get(folded(acronym), ()),
            *subject.question_expansions.get(folded(acronym), ()),
        ]
        own = long_form(before, acronym)
        is_wrong = _misquotes(before, own, forms) if forms else _is_altered(own, subject)
        words = " ".join(before.split()[-5:])
        other = _stands_for(before, acronym, subject)
        if other:
            detail = f"the source shortens {words!r} to {other!r}, not to {acronym!r}"
        elif is_wrong or _has_exchanged_word(own, subject.source):
            detail = f"the source does not expand {acronym!r} to {words!r}"
        elif own and (foreign := _foreign_beside(leading_words(_behind_comma(before), acronym), subject)):
            detail = f"the source has nothing of {foreign!r} where it speaks of {acronym!r}"
            words = foreign
        else:
            continue
        said = f"{words} ({acronym}" if is_wrong else words
        yield Fault(
            Reason.WRONG_EXPANSION,
            detail,
            subject.answer.given,
            said,
            subject.source.spelling_out(acronym),
        )


def _behind_comma(before: str) -> str:
    """What stands behind the last comma: "In contrast, the language model" speaks of no contrast model."""
    return before.rpartition(", ")[2]


def _stands_for(before: str, acronym: str, subject: CheckInput) -> str:
    """The acronym that source or question have for the words right before another one; empty where they end like none."""
    stems = [stem(word) for word in tokens(before.lower())]
    known = {**subject.question_expansions, **subject.source.expansions}
    if not stems or _is_end(stems, known.get(folded(acronym), ())):
        return ""
    return next((other for other, forms in known.items() if _is_end(stems, forms)), "")


def _is_end(stems: list[str], forms: Sequence[tuple[str, ...]]) -> bool:
    return any(len(form) > 1 and stems[-len(form) :] == [stem(word) for word in form] for form in forms)


def _misquotes(before: str, own: tuple[str, ...], forms: list[tuple[str, ...]]) -> bool:
    """Whether a text ends like one of the known forms of an acronym, and with none of them.

    It means to be a form where all but one of the content words are there, or where its last word is the form's.
    """
    words = tokens(before.lower())
    for form in forms:
        content = [word for word in form if word not in FUNCTION_WORDS]
        stems = [stem(word) for word in words[-len(form) - 1 :]]
        is_whole = all(stems.count(stem(word)) >= content.count(word) for word in content)
        if is_whole and (not own or _same_ending(words[-1], form[-1])):
            return False
    return any(_means(words, form) or words[-1:] == list(form[-1:]) for form in forms)


def _means(words: list[str], form: tuple[str, ...]) -> bool:
    content = [word for word in form if word not in FUNCTION_WORDS]
    stems = [stem(word) for word in words[-len(form) - 1 :]]
    return sum(stem(word) in stems for word in content) >= max(1, len(content) - 1)


def _same_ending(one: str, other: str) -> bool:
    """Whether two words of one stem are words of one kind: "extraction" and "extracted" are not."""
    return stem(one) != stem(other) or one.endswith("ed") == other.endswith("ed")


def _is_altered(form: tuple[str, ...], subject: CheckInput) -> bool:
    """Whether one word of a form is foreign to source and question, which have all the others."""
    content = [word for word in form if word not in FUNCTION_WORDS]
    foreign = [word for word in content if _is_foreign(word, subject)]
    return len(foreign) == 1 and len(content) > len(foreign)


def _is_foreign(word: str, subject: CheckInput) -> bool:
    return not (
        word in FUNCTION_WORDS
        or stem(word) in subject.source.stems
        or stem(word) in subject.question.stems
        or word in subject.source.compact
    )


def _foreign_beside(words: tuple[str, ...], subject: CheckInput) -> str | None:
    """The word among some, the first one aside, that was exchanged for one of the source, or None.

    It is foreign to source and question, and the source has its two neighbours around other words, or it is the only one.
    Neighbours that are both mere grammar tell nothing.
    """
    foreign = [word for word in words[1:] if _is_foreign(word, subject)]
    for before, word, after in zip(words, words[1:], words[2:], strict=False):
        is_grammar = before in FUNCTION_WORDS and after in FUNCTION_WORDS
        if word in foreign and not is_grammar and (before, after) in subject.source.around:
            return word
    content = [word for word in words[1:] if word not in FUNCTION_WORDS]
    is_alone = len(foreign) == 1 and len(content) > 1 and idf(stem(foreign[0])) >= _SAYS_SOMETHING
    return foreign[0] if is_alone else None


def _has_exchanged_word(form: tuple[str, ...], source: IndexedSource) -> bool:
    """Whether the source has only other words between the two content words around a word of a form."""
    return any(
        (between := source.around.get((before, after))) is not None and stem(word) not in between
        for before, word, after in zip(form, form[1:], form[2:], strict=False)
        if before not in FUNCTION_WORDS and after not in FUNCTION_WORDS
    )
