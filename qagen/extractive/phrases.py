"""What the rules share: a statement, and the phrases that may be moved from it into a question."""

import re
from dataclasses import dataclass

from qagen.extractive.clauses import MAX_REST_WORDS, Clause, is_noun_phrase, is_resolved
from qagen.extractive.verbs import CHANGING, FORMS

_OBJECT_ENDS = re.compile(
    r",|;|:| (?:from|to|by|because|since|while|when|at|in|under|than|compared|with|and|as|whereas|but|after|before|during|"
    r"which|that|due|for|on|through|via|over|until|so|using|if|within|without|only|more|toward|towards|is|are|was|were|even|"
    r"despite|about|not|up|upon|into|relative|rather|significantly|substantially|considerably|dramatically|much|further|"
    r"where|across|along|among|between|except|near|following|below|above|against|throughout|far|leading|resulting|\w+ing the)(?: |$)"
)
_NOT_A_THING = re.compile(
    r"(?:\w+ly|only|about|just|up|as|at|around|some|more|less|over|under|below|above|ca\.?|faster|slower)$"
)
_OF_ITSELF = re.compile(
    r"(?:with|by|from|to|in|at|as|when|if|once|below|above|over|after|more|less|until|only|and|for|between|on|within|during|up|"
    r"again|much|further|again|\w+ly)\b|$"
)
_OWN_CLAUSE = re.compile(
    r"[;:()]|, |\b(?:that|which|who|where|whether|whereas|while|when|if|although|but|we|because|since|so)\b"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence without its capital and stop, and its first clause where the rules see one."""

    text: str
    clause: Clause | None


def with_lead(told: Clause, asked: str) -> str:
    """The question, with what stood before the subject in front of it."""
    return f"{told.lead}, {asked}" if told.lead else asked


def happens(told: Clause) -> str:
    """The verb that asks what happens, in the time of the clause."""
    return "happened" if told.is_past else "happens"


def is_change(told: Clause) -> bool:
    """Whether the clause says that its subject becomes more or less, and not that it makes something so."""
    return told.form is not None and told.form.base in CHANGING and bool(_OF_ITSELF.match(told.rest))


def is_simple(rest: str) -> bool:
    """Whether the rest of a clause can follow the subject in a question: no clause of its own, nothing unresolved."""
    return len(rest.split()) <= MAX_REST_WORDS and is_resolved(rest) and not _OWN_CLAUSE.search(rest)


def thing_in(rest: str) -> str:
    """The noun phrase at the beginning of what follows a verb, or "" where there is none that says enough."""
    ends = _OBJECT_ENDS.search(rest)
    thing = (rest[: ends.start()] if ends else rest).strip()
    words = thing.split()
    if not words or len(thing) < 4 or not is_noun_phrase(thing) or _NOT_A_THING.match(words[0]):
        return ""
    is_verb = words[0] in FORMS and FORMS[words[0]].helper == "does"
    return "" if is_verb else thing


def is_specific(subject: str) -> bool:
    """Whether a noun phrase says what it is about by more than one word."""
    return len(re.findall(r"(?!(?:the|all|and|for|with|from)\b)[^\W\d_][\w'’-]{2,}|[A-Z]\w*", subject)) >= 2
