"""Rules for statements of how, under what condition and for what purpose something is so or was done."""

import re

from qagen.extractive.clauses import BE, MODAL, clause, is_resolved
from qagen.extractive.phrases import Statement, is_simple, is_specific, with_lead

_PURPOSE = re.compile(
    r"(?P<done>(?!found|shown|expected|thought|assumed|likely|supposed|known|believed|set|seen|able|said|considered|"
    r"reported|proposed|allowed|observed|suggested|predicted|estimated|assigned|according|equal|due|used|compared|"
    r"related|subjected|added|exposed|led)\w+ed) (?P<object>(?!to |by )[^,;:]{0,60}?)?(?:in order )?to (?=(?!be\b)[a-z]{3,} )(?!the\b|an?\b|\d|room\b|each\b|which\b)"
    r"(?P<aim>avoid|ensure|allow|reduce|increase|obtain|minimi[sz]e|maximi[sz]e|improve|prevent|remove|enable|determine|test|assess|measure|"
    r"evaluate|account|compare|identify|make|keep|study|investigate|confirm|verify|estimate|quantify|detect|simulate|equalize|equalise|"
    r"achieve|capture|facilitate|provide|promote|compensate|correct|exclude|eliminate|describe|enhance|calculate|select|visuali[sz]e) "
)
_USED = re.compile(r"(?:\w+ly )?used to (?P<aim>[a-z]{3,}) ")
_DONE = (
    r"(?:measured|determined|calculated|computed|estimated|prepared|synthesi[sz]ed|obtained|deposited|grown|fabricated|analy[sz]ed|fitted|"
    r"detected|quantified|collected|characteri[sz]ed|purified|recorded|extracted|evaluated|identified|normali[sz]ed|derived|tested|"
    r"dried|cleaned|monitored|assessed|generated|removed|produced|separated|modelled|modeled|simulated|interpolated|described|isolated|"
    r"amplified|optimi[sz]ed|trained|stabili[sz]ed|imaged|solved|corrected|calibrated|combined|implemented|visuali[sz]ed|constructed|"
    r"validated|reconstructed|annotated|filtered|sampled|labelled|labeled|classified|performed|carried out|conducted|achieved|"
    r"reduced|improved|increased|avoided|prevented|introduced|formed|created|controlled|explained|represented|approximated|"
    r"understood|interpreted|applied|added|selected|mixed|investigated|induced|established|accelerated|enhanced|inferred)"
)
_WAY = re.compile(
    rf"(?:\w+ly )?(?P<done>{_DONE}) (?:by|using|with|through|via|from|according to|as) (?!\d|about|approximately|the authors)\S"
)
_CAN_BE = re.compile(
    rf"(?:\w+ly )?be (?:\w+ly )?(?P<done>{_DONE}) (?:by|using|with|through|via|from|as) (?!\d|about|approximately|a factor)\S"
)
_HEATED = re.compile(
    r"(?:\w+ly )?(?:then )?(?P<done>heated|annealed|dried|incubated|boiled|stirred|kept|stored|centrifuged|sintered|calcined|cooled|cultured|"
    r"grown|held|maintained|aged|cured|measured|treated|quenched|pressed|transferred) (?P<how>at|to) \d[\d.,–]* ?(?P<unit>°C|K|℃|MPa|GPa|bar)\b"
)
_MEASURE = {
    "°C": "temperature",
    "℃": "temperature",
    "K": "temperature",
    "MPa": "pressure",
    "GPa": "pressure",
    "bar": "pressure",
}
_HANDLED = re.compile(
    r"(?:\w+ly |then )?(?P<done>incubated|washed|resuspended|blocked|immersed|dissolved|diluted|suspended|coated|aligned|attached|mounted|"
    r"cultured|fixed|stained|rinsed|etched|exposed|pre-?trained|fine-tuned|initialized|initialised|polished|sonicated|cut|split) "
    r"(?:in|on|at|for|to|into|with|by|over) \S"
)
_BY_MEANS = re.compile(
    r"(?:\w+ly )?(?:been |be )?(?:\w+ly )?(?P<done>(?!based|compared|followed|accompanied|associated|correlated|limited|related|concerned|filled|"
    r"replaced|equipped|supplied)\w{3,}(?:ed|grown|driven|shown|made|built|written|taken|drawn|cut)) (?P<object>(?:to|from|in|on|into) (?:the |an? )?[\w -]{2,40}? )?"
    r"(?:by|using|through|via|by means of) (?!\d|about\b|approximately\b|an? factor\b|the authors?\b|\w+ and \w+ (?:in|\[))\S"
)
_TAKES = re.compile(
    r"(?P<link>(?:into|to|onto|from|with|of|through) )?(?:the|an?|all|no|two|three|several|many) \S+"
)
_BY_DOING = re.compile(
    r"(?P<what>[^,;:]+?) by (?:\w+ly )?(?P<way>(?!being\b|having\b|nothing\b|during\b)\w+ing) \S"
)
_ONLY_WHEN = re.compile(
    r"(?P<what>[^,;:]+?)(?: only| even)? (?:when|if|under the condition that|provided that) (?P<condition>[^;:]{8,})$"
)


def by_doing(told: Statement) -> str | None:
    """`X lowers Y by doing Z` -> How does X lower Y?"""
    main = told.clause
    found = _BY_DOING.match(main.rest) if main is not None else None
    if main is None or found is None or (not is_specific(main.subject) and len(found["what"].split()) < 3):
        return None
    is_whole = is_simple(found["what"]) and not re.search(r"\b(?:and|or)\b", found["what"])
    return with_lead(main, f"how {main.behind_question_word(found['what'])}") if is_whole else None


def under_condition(told: Statement) -> str | None:
    """`X is stable when Y` -> Under what condition is X stable?"""
    main = told.clause
    found = _ONLY_WHEN.match(main.rest) if main is not None else None
    if main is None or found is None or main.lead or not is_simple(found["what"]):
        return None
    is_clause = clause(found["condition"].split(",")[0]) is not None
    return f"under what condition {main.behind_question_word(found['what'])}" if is_clause else None


def by_means(told: Statement) -> str | None:
    """`X was recruited through Y` -> How was X recruited?, for every participle."""
    main = told.clause
    found = _BY_MEANS.match(main.rest) if main is not None and main.form is None else None
    if (
        main is None
        or found is None
        or not is_specific(main.subject)
        or main.word in {"has", "have", "cannot"}
    ):
        return None
    be = "be " if main.word in MODAL else ""
    where = (found["object"] or "").strip()
    return (
        with_lead(main, f"how {main.word} {main.subject} {be}{found['done']} {where}")
        if is_resolved(where)
        else None
    )


def takes(told: Statement) -> str | None:
    """`X folds into a Y` -> What does X fold into?, for every verb that is known."""
    main = told.clause
    found = _TAKES.match(main.rest) if main is not None and main.form is not None else None
    if (
        main is None
        or main.form is None
        or found is None
        or main.form.base
        in {"have", "become", "remain", "seem", "appear", "leave", "play", "take", "keep", "hold", "make"}
    ):
        return None
    return (
        with_lead(main, f"what {main.behind_question_word(found['link'] or '')}")
        if is_specific(main.subject)
        else None
    )


def how_handled(told: Statement) -> str | None:
    """`X was washed in Y` -> How was X washed?"""
    main = told.clause
    found = _HANDLED.match(main.rest) if main is not None and main.word in BE else None
    if main is None or found is None or not is_specific(main.subject):
        return None
    return with_lead(main, f"how {main.word} {main.subject} {found['done']}")


def purpose(told: Statement) -> str | None:
    """`X was added to avoid Y` -> For what purpose was X added?; `X is used to measure Y` -> What is X used for?"""
    main = told.clause
    if main is None or main.word not in BE or not is_specific(main.subject):
        return None
    if _USED.match(main.rest):
        return with_lead(main, f"what {main.word} {main.subject} used for")
    found = _PURPOSE.match(main.rest)
    return with_lead(main, f"for what purpose {main.word} {main.subject} {found['done']}") if found else None


def way(told: Statement) -> str | None:
    """`X was measured by Y` -> How was X measured?; `X can be reduced by Y` -> How can X be reduced?"""
    main = told.clause
    if main is None or not is_specific(main.subject):
        return None
    if main.word in BE and (found := _WAY.match(main.rest)):
        return with_lead(main, f"how {main.word} {main.subject} {found['done']}")
    if main.word in MODAL - {"cannot"} and (found := _CAN_BE.match(main.rest)):
        return with_lead(main, f"how {main.word} {main.subject} be {found['done']}")
    return None


def condition(told: Statement) -> str | None:
    """`X was heated to 900 °C` -> To what temperature was X heated?"""
    main = told.clause
    if main is None or main.word not in BE or not is_specific(main.subject):
        return None
    found = _HEATED.match(main.rest)
    if found is None:
        return None
    return with_lead(
        main, f"{found['how']} what {_MEASURE[found['unit']]} {main.word} {main.subject} {found['done']}"
    )
