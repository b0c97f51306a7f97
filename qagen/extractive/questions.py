"""The rules, and what every question has to be, whichever rule made it.

A rule asks for what its sentence says, so that the sentence as it stands is the answer.
"""

import re
from collections.abc import Callable

from qagen.extractive.causes import (
    attribute,
    cause,
    consequence,
    effect,
    implication,
    link,
    role,
    shows,
    what_happens,
    why,
)
from qagen.extractive.clauses import clause, is_resolved
from qagen.extractive.comparisons import change, comparison, contrast, extreme
from qagen.extractive.phrases import Statement
from qagen.extractive.quantities import amount, value
from qagen.extractive.ways import (
    by_doing,
    by_means,
    condition,
    how_handled,
    purpose,
    takes,
    under_condition,
    way,
)

Rule = Callable[[Statement], str | None]

RULES: tuple[Rule, ...] = (
    why, by_doing, cause, what_happens, comparison, contrast, effect, change, link, role, amount, value, extreme,
    consequence, attribute, shows, implication, under_condition, purpose, way, condition, by_means, how_handled, takes,
)  # fmt: skip
"""In the order in which they are tried and preferred: what explains before what only counts."""

_TEMPLATE_WORD = re.compile(
    r"(?:what|which|does|happens|happened|effect|have|than|with|when|value|compare|affect|that|from|the|was|are|were|did|into|causes|"
    r"caused|explains|measured|used|after|before|under|over|between|these|how|why|all|been|much|lead|led|determined|performed|"
    r"conducted|carried|out|prepared|obtained|calculated|due|for|purpose|and|can|consequence|fact|each|our|not)$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w-]{2,}|[A-Z][\w-]*")
MAX_QUESTION_WORDS = 34


def question(sentence: str) -> tuple[int, str] | None:
    """Ask about a sentence by the first rule that fits.

    Args:
        sentence: plain, its first word as it reads in the middle of a sentence, without the stop.

    Returns:
        The rule's place in `RULES`, and the question; None where no rule fits.
    """
    told = Statement(sentence, clause(sentence))
    for place, rule in enumerate(RULES):
        asked = rule(told)
        if asked is not None and _stands(asked):
            text = " ".join(asked.split())
            return place, text[0].upper() + text[1:] + "?"
    return None


def _stands(asked: str) -> bool:
    """Whether a question says enough to be understood by itself, and not so much that it is a riddle."""
    content = {word for word in _WORD.findall(asked) if not _TEMPLATE_WORD.match(word)}
    return len(content) >= 3 and len(asked.split()) <= MAX_QUESTION_WORDS and is_resolved(asked)
