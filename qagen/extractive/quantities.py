"""Rules for statements of quantities."""

import re

from qagen.extractive.clauses import BE, is_resolved
from qagen.extractive.phrases import Statement, with_lead
from qagen.extractive.verbs import ATTAINING, HOLDING

_ABOUT = (
    r"(?:(?:only|about|approximately|roughly|nearly|almost|just|up to|as (?:much|low|high|little|few) as|at (?:least|most)|around|more than|"
    r"less than|over|under|below|above|ca\.|estimated (?:to be|at)|found to be|measured to be|between|equal to|of the order of|set to|"
    r"on the order of|well|close to|fixed at|in the range of|fewer than) )*"
)
_VALUE = re.compile(rf"{_ABOUT}[~≈]?[−-]?\d")
_OF_WHAT = re.compile(r"the .+ (?:of|between|for|in|at|per|from|to|with) ", re.IGNORECASE)
_PROPERTY = re.compile(
    r"(?:an? |the )(?P<name>(?!first |second |third |factor|total|range|number|few|sample|set|series|signal|minimum of|maximum of|mean of|median of|\w+ly |"
    r"(?:highest|lowest|largest|smallest|best|similar|higher|lower|larger|smaller)\b)[a-zA-Z][\w -]{3,50}?) (?:of|between) (?P<value>[^,;]*\d.*)$"
)
_AMOUNT = re.compile(
    rf"{_ABOUT}\d\S*(?: [^\s,]{{1,6}}){{0,3}}? of (?P<what>(?!the\b|all\b|its\b|their\b|each\b)[a-z][\w -]{{3,50}}?)"
    r"(?=,|;| (?:in|at|on|per|from|within|after|before|during|for|and|with|over|when|under|by)\b|$)"
)
_SHARE = re.compile(
    rf"{_ABOUT}\d[\d.,–-]* ?%(?: \([^)]*\))? of (?P<what>(?:the |all )?[a-z][\w -]{{3,60}}?)"
    r"(?=,|;| (?:in|at|on|from|within|after|before|during|and|with|over|when|under|by|while|whereas|but)\b|$)"
)
_REACHED = frozenset({"reach", "exceed", "approach", "attain", "span"})
_RANGE = re.compile(r"(?:from|between) .*\d")


def value(told: Statement) -> str | None:
    """`X had a mass of 3 g` -> What mass did X have?; `the mass of X was 3 g` -> What was the mass of X?"""
    main = told.clause
    if main is None:
        return None
    if main.form is None:
        is_value = main.word in BE and _VALUE.match(main.rest) and _OF_WHAT.match(main.subject)
        return with_lead(main, f"what {main.word} {main.subject}") if is_value else None
    if main.form.base in ATTAINING and (found := _PROPERTY.match(main.rest)) and is_resolved(found["name"]):
        return with_lead(main, f"what {found['name']} {main.behind_question_word('')}")
    if main.form.base in _REACHED and _VALUE.match(main.rest):
        return with_lead(main, f"what value {main.behind_question_word('')}")
    if main.form.base in {"cost", "weigh"} and _VALUE.match(main.rest):
        return with_lead(main, f"how much {main.behind_question_word('')}")
    if main.form.base in {"vary", "range"} and _RANGE.match(main.rest):
        return with_lead(main, f"over what range {main.behind_question_word('')}")
    return None


def amount(told: Statement) -> str | None:
    """`X found 9 % of the Y` -> What percentage of the Y did X find?; `X holds 3 g of Y` -> How much Y does X hold?"""
    main = told.clause
    if main is None or main.form is None:
        return None
    if found := _SHARE.match(main.rest):
        return (
            with_lead(main, f"what percentage of {found['what']} {main.behind_question_word('')}")
            if is_resolved(found["what"])
            else None
        )
    found = _AMOUNT.match(main.rest) if main.form.base in HOLDING else None
    if found is None or found["what"].endswith("s"):
        return None
    return with_lead(main, f"how much {found['what']} {main.behind_question_word('')}")
