"""The question names what it is about: "these reagents", "the tubes" and "they" are known to a reader of the excerpt alone."""

import re
from collections.abc import Callable, Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.names import is_name
from qagen.checks.reading.support_model import idf
from qagen.checks.reading.text import stem, words
from qagen.checks.reading.words import FUNCTION_WORDS, word_set
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_THIS = re.compile(r"\b(?:this|these|those) (?P<noun>[a-z][a-z-]+)", re.IGNORECASE)
_THEY = re.compile(r"\b(?:they|them|their|it|its|he|she|his|her)\b", re.IGNORECASE)
_EXPLETIVE = re.compile(r"\bit\b.{0,40}\b(?:that|to|if|whether)\b", re.IGNORECASE)
_AS_KNOWN = word_set(
    """
    additional other first second third last remaining latter former following same above previous resulting corresponding
    obtained prepared studied investigated final initial measured observed selected used two three four aforementioned
    """
)
_THE = re.compile(
    rf"\bthe (?:(?P<as_known>{'|'.join(sorted(_AS_KNOWN))}) )?(?P<noun>[a-z][a-z-]+)", re.IGNORECASE
)
_VERBS = word_set("is was are were be being been has had do does did can could may might will would there")
_WRITING = word_set(
    "study studies paper work article manuscript research review report excerpt passage text document section"
)
"""What speaks of the paper itself is the matter of another check."""
_RARE = 4.25
_FEWEST_SPECIFIC = 1
_FEWEST_BESIDE_KNOWN = 3
"""Specific words that a question has at least which stands by itself: where it speaks of "the" something, and where it
counts or tells apart what it has not named ("the additional step")."""
_NAMED_BEFORE = 3
"""Specific words before "this" among which what it means may be."""
_FAMILY = 6
"""Letters that two words begin with which are of one family: "catalysis" and "catalysts", but not "compound" and "component"."""
_LONG = 10
"""Letters from which on a word is a term of its own."""


def dangling_reference(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject a question that speaks of "this", "they" or "the" something that it has not named."""
    text = subject.question.plain
    for found in _THIS.finditer(text):
        before = [word for word in words(text[: found.start()].lower()) if word not in FUNCTION_WORDS]
        noun = found["noun"].lower()
        if found[0][:5].lower() == "those" and noun.endswith(("ed", "ing")):
            continue  # "those treated" are named by what was done
        is_named = any(map(_akin(noun), before)) or _is_specific(text[: found.start()], _NAMED_BEFORE)
        if not is_named and noun not in FUNCTION_WORDS | _VERBS | _WRITING:
            yield _fault(found[0], subject)
    pronoun = _THEY.search(text)
    if (
        pronoun
        and not _EXPLETIVE.search(text)
        and all(word in FUNCTION_WORDS for word in words(text[: pronoun.start()].lower()))
    ):
        yield _fault(pronoun[0], subject)
    for found in _THE.finditer(text):
        fewest = _FEWEST_BESIDE_KNOWN if found["as_known"] else _FEWEST_SPECIFIC
        if not _is_specific(text, fewest):
            yield _fault(found[0], subject)


def _akin(noun: str) -> Callable[[str], bool]:
    """Whether a word is a noun in another form, or is of its family: "catalysis" for "catalysts"."""
    own = stem(noun)
    return lambda word: stem(word) == own or (len(own) >= _FAMILY and word.startswith(own[:_FAMILY]))


def _fault(what: str, subject: CheckInput) -> Fault:
    detail = f"the question says {what!r} and does not name what that is"
    return Fault(Reason.DANGLING_REFERENCE, detail, subject.question.given, what)


def _is_specific(text: str, fewest: int) -> bool:
    """Whether a question has a name, a capitalised word, a long term, or enough rare words."""
    tokens = words(text)
    if any(
        is_name(token)
        or (place and token[0].isupper())
        or (len(token) >= _LONG and token.lower() not in _AS_KNOWN)
        for place, token in enumerate(tokens)
    ):
        return True
    rare = {
        stem(token.lower())
        for token in tokens
        if token.lower() not in FUNCTION_WORDS and not token[0].isdigit()
    }
    return sum(idf(form) >= _RARE for form in rare) >= fewest
