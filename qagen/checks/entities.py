"""Names in the answer stand in the source or in the question: acronyms, formulas, labels of samples."""

from collections.abc import Iterator
from itertools import islice

from qagen.checks.names import acronyms, folded, is_name, long_form, tokens
from qagen.checks.source import Source
from qagen.checks.subject import Subject
from qagen.checks.support import Span
from qagen.checks.text import stem
from qagen.checks.words import FUNCTION_WORDS
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings


def unknown_name(subject: Subject, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject an answer with a name that neither the source nor the question has."""
    unknown = [token for token in tokens(subject.answer.plain) if not token.islower() and is_name(token)]
    if not unknown:
        return
    known = subject.source.names | {folded(token) for token in tokens(subject.question.plain)}
    for token in unknown:
        name = folded(token)
        if name not in known and name not in subject.source.compact:
            detail = f"the answer names {token!r}, the source does not"
            yield Fault(Reason.UNKNOWN_NAME, detail, subject.answer.given, token)


def wrong_expansion(subject: Subject, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject an answer that spells out an acronym differently from the source."""
    for acronym, before in acronyms(subject.answer.plain):
        forms = [
            *subject.source.expansions.get(folded(acronym), ()),
            *subject.question_expansions.get(folded(acronym), ()),
        ]
        own = long_form(before, acronym)
        is_wrong = _misquotes(before, own, forms) if forms else _is_altered(own, subject)
        if is_wrong or _has_exchanged_word(own, subject.source):
            words = " ".join(before.split()[-5:])
            detail = f"the source does not expand {acronym!r} to {words!r}"
            yield Fault(
                Reason.WRONG_EXPANSION,
                detail,
                subject.answer.given,
                f"{words} ({acronym}",
                _spelled_out_in(subject.source, acronym),
            )


def _spelled_out_in(source: Source, acronym: str) -> tuple[Span, ...]:
    """The first sentence of the source that has the acronym in parentheses."""
    spans = ((item.start, item.end) for item in source.sentences if f"({acronym})" in item.text)
    return tuple(islice(spans, 1))


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


def _is_altered(form: tuple[str, ...], subject: Subject) -> bool:
    """Whether one word of a form is foreign to source and question, which have all the others."""
    content = [word for word in form if word not in FUNCTION_WORDS]
    foreign = [
        word
        for word in content
        if stem(word) not in subject.source.stems
        and stem(word) not in subject.question.stems
        and word not in subject.source.compact
    ]
    return len(foreign) == 1 and len(content) > len(foreign)


def _has_exchanged_word(form: tuple[str, ...], source: Source) -> bool:
    """Whether the source has only other words between the two content words around a word of a form."""
    return any(
        (between := source.around.get((before, after))) is not None and stem(word) not in between
        for before, word, after in zip(form, form[1:], form[2:], strict=False)
        if before not in FUNCTION_WORDS and after not in FUNCTION_WORDS
    )
