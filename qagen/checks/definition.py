"""The question is about a finding, not about what a word means."""

import re
from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_TERM = r"[\"'“]?[\w\-/().,+]+[\"'”]?(?: [\"'“]?[\w\-/().,+]+[\"'”]?){0,3}"
_DEFINITION = re.compile(
    r"\bwhat (?:does|do|did|is|are) .{0,200}\b(?:stands? for|abbreviat\w+|acronym\w*|short for)\b"
    r"|\b(?:full|expanded) (?:form|name) of\b|\bwhat is .{0,60}\bthe (?:abbreviation|acronym) (?:of|for)\b"
    r"|^\W{0,12}(?:what (?:is|are|was) (?:the |a )?(?:\w+ )?(?:definitions?|meanings?) of|define|give (?:the|a) definition of|how (?:is|are) (?:\S+ ){1,6}defined\W{0,12}$)"
    r"|^\W{0,12}what (?:does|do) (?:the (?:term|word|abbreviation|acronym|symbol)s? )?(?:\S+ ){1,4}mean\W{0,12}$"
    r"|^\W{0,12}what is meant by (?:the term )?(?:\S+ ?){1,5}$",
    re.IGNORECASE,
)
_RELATION = re.compile(
    r"\b(?:of|for|in|on|by|with|to|from|between|used|at|and|behind|during|when|that|which)\b", re.IGNORECASE
)
_BARE = re.compile(
    rf"^\W{{0,12}}what (?:is|are) (?:an? |the term )?(?!the\b)(?:(?!(?:of|for|in|on|by|with|to|from|between|used|known|at|and)\b){_TERM})\?$",
    re.IGNORECASE,
)


def definition(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject a question that only asks for the meaning of a term or an abbreviation."""
    question = subject.question.plain
    found = _DEFINITION.search(question) or _BARE.search(question)
    if found and not (found.re is _BARE and _RELATION.search(found[0][8:])):
        detail = f"the question only asks {found[0]!r}"
        yield Fault(Reason.DEFINITION, detail, subject.question.given, found[0])
