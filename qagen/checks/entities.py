"""Names in the answer stand in the source or in the question: acronyms, formulas, labels of samples."""

from qagen.checks.names import acronyms, expansions, folded, is_name, long_form, tokens
from qagen.checks.subject import Subject
from qagen.checks.text import stem
from qagen.checks.words import FUNCTION_WORDS
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings


def unknown_name(subject: Subject, settings: CheckSettings) -> Fault | None:  # noqa: ARG001 - every check is called alike
    """Reject an answer with a name that neither the source nor the question has."""
    unknown = [token for token in tokens(subject.answer.plain) if is_name(token)]
    if not unknown:
        return None
    known = subject.source.names | {folded(token) for token in tokens(subject.question.plain)}
    for token in unknown:
        name = folded(token)
        if name not in known and name not in subject.source.compact:
            return Fault(
                Reason.UNKNOWN_NAME, f"the answer names {token!r}, the source does not", subject.pair.answer
            )
    return None


def wrong_expansion(subject: Subject, settings: CheckSettings) -> Fault | None:  # noqa: ARG001 - every check is called alike
    """Reject an answer that spells out an acronym differently from the source."""
    for acronym, before in acronyms(subject.answer.plain):
        forms = [
            *subject.source.expansions.get(folded(acronym), ()),
            *expansions(subject.question.plain).get(folded(acronym), ()),
        ]
        if forms:
            wrong = not any(_ends_with(before, form) for form in forms) and any(
                _ends_like(before, form) for form in forms
            )
        else:
            wrong = _is_altered(long_form(before, acronym), subject)
        if wrong:
            words = " ".join(before.split()[-5:])
            detail = f"the source does not expand {acronym!r} to {words!r}"
            return Fault(Reason.WRONG_EXPANSION, detail, subject.pair.answer)
    return None


def _last_stems(before: str, count: int) -> list[str]:
    return [stem(token) for token in tokens(before.lower())][-count - 1 :]


def _ends_with(before: str, form: tuple[str, ...]) -> bool:
    """Whether the text ends with all content words of a form, in any order."""
    stems = _last_stems(before, len(form))
    return all(stems.count(word) >= form.count(word) for word in form if word not in FUNCTION_WORDS)


def _ends_like(before: str, form: tuple[str, ...]) -> bool:
    """Whether the text ends with all but one of a form's content words, so that it means to be that form."""
    stems = _last_stems(before, len(form))
    content = [word for word in form if word not in FUNCTION_WORDS]
    return sum(word in stems for word in content) >= max(1, len(content) - 1)


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
