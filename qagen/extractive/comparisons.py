"""Rules for statements that compare, and for those that say how something changes."""

import re

from qagen.extractive.clauses import BE, MODAL, Clause, clause, is_resolved
from qagen.extractive.phrases import Statement, is_change, is_simple, is_specific, with_lead
from qagen.extractive.verbs import ATTAINING

_DEGREE = (
    r"(?:more|less|fewer|higher|lower|larger|smaller|greater|faster|slower|stronger|weaker|longer|shorter|better|worse|thicker|"
    r"thinner|wider|narrower|broader|deeper|earlier|later|harder|softer|steeper|closer|denser|heavier|lighter|older|younger|"
    r"cheaper|warmer|colder|easier|richer|poorer|simpler|brighter|darker|rarer|safer|bigger|hotter|cooler)"
)
_THAN = re.compile(rf"(?P<before>[^,;:()]*?)(?P<more>{_DEGREE}\b[^,;:()]{{0,60}}?) than (?P<other>[^,;:()]+)")
_AS = re.compile(r"(?P<before>[^,;:()]*?)(?P<more>as \w+) as (?P<other>[^,;:()]+)")
_MORE_OF = re.compile(rf"(?:{_DEGREE}) (?P<name>[a-z][\w -]{{3,40}})$")
_OTHER_ENDS = re.compile(
    r" (?:because|when|while|and|but|which|since|due|whereas|although|so|if|as|by|is|are|was|were|do|does|did|would|can|has|have|"
    r"that (?!of|in|for|at))(?: |$)"
)
_NO_OTHER = re.compile(
    r"(?:\d|(?:one|expected|previous|previously|usual|ever|before|any|half|about|two|three|four|five|ten|zero|unity|it|they|what|"
    r"would|is|are|was|were|if|when|others?|twice|once|average|normal|twenty|thirty|approximately|around|just|simply|merely|"
    r"anticipated|initially|currently|estimated|possible|a (?:factor|few|third|quarter)|the (?:others?|rest)|"
    r"(?:that|those)(?! of| in| for| at))\b)",
    re.IGNORECASE,
)
_PLACED = re.compile(
    r"(?:in|at|on|for|with|under|during|after|before|without|among|between|from|to|by|using)\b"
)
_CONTRAST = re.compile(r"(?P<first>[^;:]+?),? (?:whereas|while|in contrast to) (?P<second>[^;:]+)$")
_WITH = re.compile(
    r"(?:\w+ly )?(?:with|upon|on|as a function of|along with) (?P<what>.{4,80}?)(?=,|;| and | as | due | because | when | while |$)"
)
_BY_HOW_MUCH = re.compile(r"(?:\w+ly )?(?:from|by|to|below|above|more|less|up)\b.*\d")
_AGAINST = re.compile(
    r"(?:\w+ly )?(?:increased|decreased|reduced|lowered|raised|enhanced|improved|enriched|depleted|elevated|higher|lower|longer|shorter|"
    r"slower|faster|larger|smaller|changed|altered|different|impaired|delayed)(?: by [^,;:]{1,20}?)?"
    r" (?P<where>(?:in|at|on|for|under|with|after|during) [^,;:]{3,60}?),? (?:when )?(?:compared|relative|in comparison) (?:to|with) "
    r"(?:(?:that|those) (?:in|of|at|for) )?(?P<other>[^,;:()]{3,60})"
)
_DIFFERS = re.compile(r"(?:\w+ly )?(?P<link>between|across|among|with) (?P<what>[^,;:]{4,60})$")
_BEST = re.compile(
    r"(?:the|an?) (?:(?:\w+ly )?(?P<most>highest|lowest|largest|smallest|greatest|fastest|slowest|strongest|weakest|longest|shortest|best|"
    r"worst|most \w+|least \w+)) (?P<name>[a-z][\w -]{3,50}?)(?=,|;| of \d| at | in | among | with | when | for | \d|$)"
)


def comparison(told: Statement) -> str | None:
    """`X is larger than Y` -> How does X compare with Y?"""
    main = told.clause
    if main is not None and main.word in BE and (against := _AGAINST.match(main.rest)):
        other = _OTHER_ENDS.split(against["other"] + " ")[0].strip()
        if is_simple(against["where"]) and is_resolved(other) and not _NO_OTHER.match(other):
            return _compared(
                main, f"{_pronoun(main)} {against['where'].split()[0]} {other}", against["where"]
            )
    found = (_THAN.match(main.rest) or _AS.match(main.rest)) if main is not None else None
    if main is None or found is None or not _is_degree(found["before"]):
        return None
    other = _OTHER_ENDS.split(found["other"] + " ")[0].strip()
    other = other.split(" between ")[0]
    if not other or _NO_OTHER.match(other) or len(other.split()) > 12 or not is_resolved(other):
        return None
    if main.form is None:
        if _PLACED.match(other):
            other = f"{_pronoun(main)} {other}"
        return _compared(main, other)
    name = _MORE_OF.match(found["more"])
    if name and not _PLACED.match(other):
        return _compared(main, f"{other} in terms of {name['name']}")
    return None


def contrast(told: Statement) -> str | None:
    """`X does this, whereas Y does that` -> How does X differ from Y?"""
    found = _CONTRAST.match(told.text)
    first, second = (clause(found["first"]), clause(found["second"])) if found else (None, None)
    if first is None or second is None or second.lead or first.word in MODAL:
        return None
    is_same = first.subject.casefold() == second.subject.casefold()
    if re.search(r"(?:ly|often|never|always)$", first.subject):
        return None
    if is_same or " that " in first.rest or len(first.subject.split()) + len(second.subject.split()) < 4:
        return None
    return with_lead(first, f"how {first.helper} {first.subject} differ from {second.subject}")


def change(told: Statement) -> str | None:
    """`X increases with Y` -> How does X change with Y?; `X rose from 1 to 2` -> How did X change?"""
    main = told.clause
    if main is None or main.form is None:
        return None
    if is_change(main):
        if (found := _WITH.match(main.rest)) and is_simple(found["what"]):
            return with_lead(main, f"how {main.helper} {main.subject} change with {found['what']}")
        return (
            with_lead(main, f"how {main.helper} {main.subject} change")
            if _BY_HOW_MUCH.match(main.rest)
            else None
        )
    if (
        main.form.base in {"differ", "vary"}
        and (found := _DIFFERS.match(main.rest))
        and is_simple(found["what"])
    ):
        return with_lead(
            main, f"how {main.helper} {main.subject} {main.form.base} {found['link']} {found['what']}"
        )
    return None


def extreme(told: Statement) -> str | None:
    """`X gave the highest Y` -> What gave the highest Y?"""
    main = told.clause
    if main is None or main.form is None or main.form.base not in ATTAINING:
        return None
    found = _BEST.match(main.rest)
    word = {"have": "has", "had": "had"}.get(main.word, main.word)
    if found is None or main.form.helper == "do" or not is_specific(found["name"]):
        return None
    return with_lead(main, f"what {word} the {found['most']} {found['name']}")


def _compared(main: Clause, other: str, where: str = "") -> str:
    return with_lead(main, f"how {main.helper} {main.subject} {where} compare with {other}")


def _pronoun(main: Clause) -> str:
    """What stands for the subject where it is compared with itself elsewhere."""
    return "those" if main.word in {"are", "were", "have", "do"} else "that"


def _is_degree(before: str) -> bool:
    """Whether what stands before a comparative only says by how much."""
    return len(before.split()) <= 7 and not re.search(r"\b(?:no|not|that|which|and|or|to|the)\b", before)
