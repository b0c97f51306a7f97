"""Names in the answer stand in the source or in the question: acronyms, formulas, labels of samples."""

import re
from collections.abc import Iterator
from itertools import chain

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.names import folded, is_composition
from qagen.checks.reading.quantities import unit_names
from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.words import FUNCTION_WORDS, word_set
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_OF_EVERY_FIELD = word_set("dna rna mrna atp")
"""Names that are used beside the things that they are made of or part of, as words are."""
_ALIKE = str.maketrans("il|0", "111o")
"""Letters that are read one for the other in print."""
_LABEL = re.compile(r"\b(?P<word>[A-Za-z]{2,6})-(?P<number>\d{1,4})\b(?!\.\d)")


def unknown_name(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject an answer with a name that neither the source nor the question has."""
    yield from _unknown_labels(subject)
    source = subject.source
    unknown = [token for token in subject.answer.names if folded(token) not in source.folded_tokens]
    if not unknown:
        return
    known = set(map(folded, subject.question.tokens)) | _OF_EVERY_FIELD
    units = frozenset(unit_names(chain.from_iterable(subject.said)))
    for token in unknown:
        name = folded(token)
        if name in known or token in units or name in source.compact:
            continue
        if is_composition(token, subject.answer.plain, source.plain):
            continue
        if name.translate(_ALIKE) not in source.once(_read_alike):
            detail = f"the answer names {token!r}, the source does not"
            yield Fault(Reason.UNKNOWN_NAME, detail, subject.answer.given, token)


def _read_alike(source: IndexedSource) -> frozenset[str]:
    """The names of a source with one letter for all that are read for it."""
    return frozenset(name.translate(_ALIKE) for name in source.folded_tokens)


def _unknown_labels(subject: CheckInput) -> Iterator[Fault]:
    """Labels such as Thr-79 whose word the source has, but with other numbers."""
    for found in _LABEL.finditer(subject.answer.plain) if "-" in subject.answer.plain else ():
        label = found["word"].lower() + found["number"]
        asked = subject.question.plain.lower().replace("-", "")
        is_word = (
            found["word"].lower() in subject.source.vocabulary and found["word"].lower() not in FUNCTION_WORDS
        )
        if is_word and label not in subject.source.compact and label not in asked:
            detail = f"the answer names {found[0]!r}, the source does not"
            yield Fault(Reason.UNKNOWN_NAME, detail, subject.answer.given, found[0])
