"""Rules for statements of causes, effects, conditions and purposes."""

import re

from qagen.extractive.clauses import BE, MODAL, Clause, clause, is_resolved
from qagen.extractive.phrases import (
    Statement,
    happens,
    is_change,
    is_simple,
    is_specific,
    thing_in,
    with_lead,
)
from qagen.extractive.verbs import (
    AFFECTING,
    CAUSING,
    HOLDING,
    PARTICIPLES,
    PAST,
    STATING,
    THIRD_PERSON,
)

_HEDGE = (
    r"(?:(?:mainly|partly|probably|presumably|simply|largely|primarily|possibly|likely|perhaps|mostly|only|in part|"
    r"most likely|precisely|just) )?"
)
_BECAUSE = re.compile(
    rf"(?P<main>[^;:]+?)(?:,? {_HEDGE}because(?: of)? |, {_HEDGE}(?:since|as (?=the|most|all|no|their|its)) ?|"
    rf",? {_HEDGE}(?:due to|owing to|as a (?:result|consequence) of|thanks to) )(?P<cause>\S.{{12,}})$"
)
_BECAUSE_FIRST = re.compile(
    r"(?:[Bb]ecause|[Ss]ince) (?!of|then|\d)(?P<cause>[^,;:]{12,140}), (?P<main>[^,;:]+)$"
)
_WHEN_OR_IF = re.compile(r" (?:when|if) (?=the |an? |\w+s )")
_BE = re.compile(r"(?:\w+ly )?(?:be|have been)(?: \w+ly)?")
_REGARDED = re.compile(
    r"(?:interpreted|seen|regarded|considered|viewed|treated|taken|known|described|defined)$"
)
_BARE = re.compile(
    r"(?:\w+ly|most likely|in part|(?:\w+ )?(?:thought|believed|likely|known|assumed|expected) to be|)"
)
_CONDITION = re.compile(
    r"(?P<word>[Ww]hen|[Ii]f|[Oo]nce|[Aa]s) (?P<condition>[^,;:()]{12,140}), (?!we\b|it\b|this\b|which\b)(?P<main>\S.+)$"
)
_WHEN = re.compile(r"(?P<main>[^,;:]+?) (?P<word>when|if|once|as soon as) (?P<condition>[^,;:()]{12,120})$")
_EFFECTS = "|".join(
    sorted(
        form
        for base in (AFFECTING | CAUSING | {"prevent", "allow", "enable", "make", "avoid", "create", "help"})
        for form in (THIRD_PERSON[base], PAST[base])
    )
)
_CONSEQUENCE = re.compile(
    rf"(?P<main>[^,;:]{{20,160}}), (?:which (?:in turn |then |\w+ly )?(?:leads? to|led to|results? in|resulted in|{_EFFECTS}) |"
    r"leading to |resulting in |causing |so that |so (?=the|an?)|allowing |enabling |preventing |reducing |increasing )(?P<effect>.{8,})$"
)
_ATTRIBUTE = re.compile(
    r"(?:(?:mainly|largely|primarily|mostly|partly|likely|probably|closely|strongly|positively|negatively|highly|thus|typically|"
    r"usually|directly|inversely|often|generally|entirely|significantly|essentially|roughly|very|linearly|still|most likely) )?"
    r"(?P<way>(?:due|attributed|proportional|related|linked|sensitive|comparable|similar|equivalent|subject|identical|connected|coupled|"
    r"bound|exposed|attributable|restricted|limited|converted) to|"
    r"(?:caused|explained|driven|triggered|induced|dominated|governed|determined|limited|controlled|accompanied|followed|mediated|"
    r"surrounded|influenced|affected|characterized|characterised|regulated|encoded|supported|constrained) by|"
    r"(?:the|a) (?:result|consequence|function) of|(?:associated|correlated|consistent|compatible) with|"
    r"(?:dependent|based) on|(?:independent|composed|capable|made up) of|(?:responsible|known) for|"
    r"(?:derived|formed|obtained|absent) from|involved in) "
    r"(?!\d|a factor|about \d|(?:the|an?) (?:standard|mean|average|s\.d)\b|it\b|each other)\S"
)
_BY = re.compile(
    r"(?:\w+ly )?(?P<verb>\w+) by (?!\d|about|an? |more|up|half|approx|nearly|almost|less|roughly|\w+ing\b|\w+ly\b|at\b)\w"
)
_CAN = re.compile(r"(?:\w+ly )?(?P<verb>\w+) (?P<object>.+)$")
_LINKS = {
    "lead": "to", "result": "in", "contribute": "to", "depend": "on", "arise": "from", "originate": "from",
    "stem": "from", "benefit": "from", "suffer": "from", "correspond": "to", "allow": "for", "interact": "with",
    "consist": "of", "account": "for", "compete": "with", "bind": "to", "belong": "to", "act": "as", "serve": "as",
    "react": "with", "convert": "to", "agree": "with",
}  # fmt: skip
_WITH_OBJECT = frozenset(
    {
        "enable",
        "prevent",
        "require",
        "avoid",
        "explain",
        "need",
        "allow",
        "mask",
        "encode",
        "maintain",
        "ensure",
        "host",
    }
    | {
        "eliminate",
        "create",
        "generate",
        "replace",
        "outperform",
        "recognize",
        "recognise",
        "activate",
        "exclude",
        "permit",
    }
    | {
        "preserve",
        "retain",
        "capture",
        "introduce",
        "support",
        "absorb",
        "cleave",
        "express",
        "involve",
        "constrain",
        "hide",
    }
)
_STATED_BY = re.compile(
    r"(?:results?|findings?|stud(?:y|ies)|observations?|works?|data|experiments?|evidence|authors?|literature|analys[ei]s|"
    r"tests?|figures?|methods?|comparisons?|images?|curves?|lines?|bars?|dots?|panels?|arrows?|circles?|squares?)$",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"that \w|(?:an?|the) (?!same\b|following\b|results?\b|data\b|schematic\b|comparison\b)\w"
)
_IMPLIED = re.compile(
    r"(?P<main>[^,;:]{20,150}), (?P<verb>suggesting|indicating|implying|demonstrating|showing|revealing|confirming) (?:that |an? |the )"
)
_ROLE = re.compile(r"(?:an?|the) (?:[\w-]+ ){0,2}role (?P<where>in [^,;:]+)")
_NEEDED = re.compile(
    r"(?:\w+ly )?(?P<how>essential|necessary|important|crucial|critical|required|responsible|sufficient|needed|useful|suitable) "
    r"(?P<what>for [^,;:]{6,80})$"
)


def why(told: Statement) -> str | None:
    """`X is so because Y` -> Why is X so?"""
    found = _BECAUSE.match(told.text) or _BECAUSE_FIRST.match(told.text)
    if not found:
        return None
    main = clause(re.split(r", (?:and|but|so|yet) ", found["main"])[-1])
    if main is None or not is_simple(_WHEN_OR_IF.sub(" ", main.rest)):
        return None
    if main.word in BE and _BARE.fullmatch(main.rest):
        return with_lead(main, f"what {'was' if main.is_past else 'is'} the reason for {main.subject}")
    if _REGARDED.search(main.rest) or (main.word in MODAL and _BE.fullmatch(main.rest)):
        return None
    return with_lead(main, f"why {main.behind_question_word()}")


def cause(told: Statement) -> str | None:
    """`X causes Y` -> What causes Y?; `Y is raised by X` -> What raises Y?"""
    main = told.clause
    if main is None:
        return None
    if main.form is not None and main.form.base in CAUSING:
        thing = thing_in(main.rest)
        return with_lead(main, f"what {_singular(main, main.form.base)} {thing}") if thing else None
    found = _BY.match(main.rest) if main.word in BE else None
    base = PARTICIPLES.get(found["verb"]) if found else None
    if base in AFFECTING or base in CAUSING:
        return with_lead(main, f"what {_singular(main, base)} {main.subject}")
    return None


def attribute(told: Statement) -> str | None:
    """`X is due to Y` -> What is X due to?"""
    main = told.clause
    found = _ATTRIBUTE.match(main.rest) if main is not None and main.word in BE else None
    if main is None or found is None or (not is_specific(main.subject) and main.subject.startswith("the ")):
        return None
    return with_lead(main, f"what {main.word} {main.subject} {found['way']}")


def what_happens(told: Statement) -> str | None:
    """`When X, Y` -> What happens when X?; `Y grows when X` -> What happens to Y when X?"""
    if found := _CONDITION.match(told.text):
        condition = clause(found["condition"])
        word = found["word"].lower()
        if condition is None or condition.lead or (word == "as" and not is_change(condition)):
            return None
        return (
            f"what {happens(condition)} {word} {found['condition']}"
            if is_resolved(found["condition"])
            else None
        )
    found = _WHEN.match(told.text)
    main = clause(found["main"]) if found else None
    if found is None or main is None or not is_change(main):
        return None
    condition = clause(found["condition"])
    if condition is None or condition.lead or not is_simple(condition.rest):
        return None
    return with_lead(main, f"what {happens(main)} to {main.subject} {found['word']} {found['condition']}")


def consequence(told: Statement) -> str | None:
    """`X, which leads to Y` -> What is the consequence of the fact that X?"""
    found = _CONSEQUENCE.match(told.text)
    main = clause(found["main"]) if found else None
    if found is None or main is None or main.lead or not is_simple(main.rest):
        return None
    if main.word in MODAL or main.word in {"was", "were"}:
        return None
    return f"what {'was' if main.is_past else 'is'} the consequence of the fact that {found['main']}"


def effect(told: Statement) -> str | None:
    """`X raises Y` -> How does X affect Y?; `X can raise Y` -> How can X affect Y?"""
    main = told.clause
    if main is None:
        return None
    if main.form is not None and main.form.base in AFFECTING:
        thing = thing_in(main.rest)
    elif main.word in MODAL - {"cannot"} and (found := _CAN.match(main.rest)) and found["verb"] in AFFECTING:
        thing = thing_in(found["object"])
    else:
        return None
    return with_lead(main, f"how {main.helper} {main.subject} affect {thing}") if thing else None


def link(told: Statement) -> str | None:
    """`X leads to Y` -> What does X lead to?; `X prevents Y` -> What does X prevent?"""
    main = told.clause
    if main is None or not is_specific(main.subject):
        return None
    base, rest = (main.form.base, main.rest) if main.form else ("", "")
    if main.word in MODAL - {"cannot"} and (found := _CAN.match(main.rest)):
        base, rest = found["verb"], found["object"]
    if (word := _LINKS.get(base)) and re.match(rf"(?:\w+ly |only |mainly |in part )?(?:up)?{word}\b", rest):
        return with_lead(main, f"what {main.helper} {main.subject} {base} {word}")
    is_certain = (
        main.form is None
        and base not in {"", "be", "play", "have", "do"}
        and rest.startswith(("the ", "a ", "an "))
    )
    is_certain = is_certain or (main.form is None and base in HOLDING)
    if (base in _WITH_OBJECT or is_certain) and thing_in(rest):
        return with_lead(main, f"what {main.helper} {main.subject} {base}")
    return None


def role(told: Statement) -> str | None:
    """`X plays a role in Y` -> What role does X play in Y?; `X is essential for Y` -> What is essential for Y?"""
    main = told.clause
    if main is None:
        return None
    rest = main.rest.removeprefix("play ")
    plays = (main.form is not None and main.form.base == "play") or (main.word in MODAL and rest != main.rest)
    if plays and (found := _ROLE.match(rest)) and is_simple(found["where"]):
        return with_lead(main, f"what role {main.helper} {main.subject} play {found['where']}")
    if main.word in BE and (found := _NEEDED.match(main.rest)) and is_simple(found["what"]):
        return with_lead(main, f"what {'was' if main.is_past else 'is'} {found['how']} {found['what']}")
    return None


def shows(told: Statement) -> str | None:
    """`X suggests that Y` -> What does X suggest?"""
    main = told.clause
    if (
        main is None
        or main.form is None
        or main.form.base not in STATING
        or not re.match(r"that \w", main.rest)
    ):
        return None
    head = re.split(r" (?:of|in|on|for|at|with|between|from) ", main.subject)[0].split()[-1]
    if _STATED_BY.match(head) or len(main.subject.split()) < 3:
        return None
    return with_lead(main, f"what {main.helper} {main.subject} {main.form.base}")


def implication(told: Statement) -> str | None:
    """`X, suggesting that Y` -> What does the fact that X suggest?"""
    found = _IMPLIED.match(told.text)
    main = clause(found["main"]) if found else None
    if (
        found is None
        or main is None
        or main.lead
        or not is_simple(main.rest)
        or not is_specific(main.subject)
    ):
        return None
    verb = {"implying": "imply"}.get(found["verb"], re.sub("t?ing$", "", found["verb"]))
    base = {"sugges": "suggest", "indica": "indicate", "demonstra": "demonstrate"}.get(verb, verb)
    return f"what does the fact that {found['main']} {base}"


def _singular(main: Clause, base: str) -> str:
    """The verb after "what", in the time of the clause."""
    return PAST[base] if main.is_past else THIRD_PERSON[base]
