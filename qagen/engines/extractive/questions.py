"""One rule per kind of statement: a plain sentence -> a question, or None.

Each asks for what its sentence says, so that the sentence as it stands is the answer. They are tried in the order of
`RULES`, what explains before what only counts.
"""

import re
from collections.abc import Callable

from qagen.engines.extractive.clauses import (
    BE,
    MAX_REST_WORDS,
    MODAL,
    Clause,
    clause,
    is_noun_phrase,
    is_resolved,
)
from qagen.engines.extractive.verbs import (
    AFFECTING,
    ATTAINING,
    CAUSING,
    CHANGING,
    FORMS,
    HOLDING,
    PARTICIPLES,
    PAST,
    STATING,
    THIRD_PERSON,
)

_HEDGE = r"(?:(?:mainly|partly|probably|presumably|simply|largely|primarily|possibly|likely|perhaps|mostly|only|in part|most likely|precisely|just) )?"
_BECAUSE = re.compile(
    rf"^(?P<main>[^;:]+?)(?:,? {_HEDGE}because(?: of)? |, {_HEDGE}(?:since|as (?=the|a|an|most|all|no)) ?|,? {_HEDGE}(?:due to|owing to|"
    r"as a (?:result|consequence) of|thanks to) )(?P<cause>\S.{12,})$"
)
_BARE = re.compile(
    r"(?:\w+ly|most likely|in part|also|(?:\w+ )?(?:thought|believed|likely|known|assumed|expected) to be|)"
)
_BECAUSE_FIRST = re.compile(
    r"^(?i:because|since) (?!of|then|\d)(?P<cause>[^,;:]{12,140}), (?P<main>[^,;:]+)$"
)
_ATTRIBUTED = re.compile(
    r"^(?:(?P<adverb>mainly|largely|primarily|mostly|partly|likely|probably) )?(?P<way>due to|caused by|explained by|attributed to|driven by|"
    r"(?:the|a) (?:result|consequence) of|triggered by|induced by|dominated by|governed by|determined by|limited by|controlled by) (?!\d|a factor)\S"
)
_CONDITION = re.compile(r"^(?P<word>(?i:when|if|once|as)) (?P<condition>[^,;:()]{12,140}), (?P<main>\S.+)$")
_WHEN = re.compile(r"^(?P<main>[^,;:]+?) (?P<word>when|if|once|as soon as) (?P<condition>[^,;:()]{12,120})$")
_CONSEQUENCE = re.compile(
    r"^(?P<main>[^,;:]{20,160}), (?:(?:and )?(?:thus|thereby|hence|therefore) |which (?:in turn |then )?"
    r"(?:leads? to|led to|results? in|resulted in|gives? rise to|gave rise to|causes?|caused|increases?d?|reduces?d?|lowers|lowered|raises?d?|improves?d?|enhances?d?|prevents?|"
    r"prevented|allows?|allowed|enables?d?|limits?|limited|makes|made|weakens|broadens|shifts|slows|suppresse[sd]|decreases?d?|promotes?d?|accelerates?d?) |leading to |resulting in |causing |so that |so (?=the|a|an)|"
    r"allowing |enabling |preventing |reducing |increasing |making )(?P<effect>.{8,})$"
)
_THAN = re.compile(
    r"^(?P<before>.*?)(?P<more>(?:more|less|fewer|higher|lower|larger|smaller|greater|faster|slower|stronger|weaker|longer|shorter|better|worse|"
    r"thicker|thinner|wider|narrower|broader|deeper|earlier|later|harder|softer|steeper|closer|denser|heavier|lighter|older|younger|cheaper|"
    r"warmer|colder|easier|richer|poorer)\b[^,;:()]{0,60}?) than (?P<other>[^,;:()]+)"
)
_OTHER_ENDS = re.compile(
    r" (?:because|when|while|and|but|which|since|due|whereas|although|so|if|as|by|is|are|was|were|do|does|did|would|can|that (?!of|in|for|at))(?: |$)"
)
_NO_OTHER = re.compile(r"(?:\d|one\b|expected|previous|usual|ever|before|that\b(?! of| in| for| at)|those\b(?! of| in| for| at)|any\b|half|a (?:factor|few|third)|about|two|three|four|five|ten|"
                       r"zero|unity|it\b|they\b|what\b|would|is\b|are\b|was\b|were\b|if\b|when\b|others?\b|twice|once|average|normal|twenty|thirty|the (?:other|others|rest)|"
                       r"approximately|around|just|simply|merely|anticipated|initially|currently|estimated)", re.IGNORECASE)  # fmt: skip
_CONTRAST = re.compile(r"^(?P<first>.+?),? (?:whereas|while) (?P<second>[^;:]+)$")
_OBJECT_ENDS = re.compile(
    r",|;|:| (?:from|to|by|because|since|while|when|at|in|under|than|compared|with|and|as|whereas|but|after|before|during|which|that|due|"
    r"for|on|through|via|over|until|so|using|if|within|without|only|more|toward|towards|is|are|was|were|even|despite|about|not|up|upon|into|"
    r"relative|rather|significantly|substantially|considerably|dramatically|much|further)(?: |$)"
)
_LATE = re.compile(
    r"(?:only|about|approximately|roughly|nearly|almost|just|up|as|at|around|some|more|less|over|under|below|above|ca\.?|an?|~)\b ?"
)
_VALUE = re.compile(
    r"(?:(?:only|about|approximately|roughly|nearly|almost|just|up to|as (?:much|low|high|little) as|at (?:least|most)|around|more than|less than|over|under|below|above|ca\.|estimated (?:to be|at)|found to be|between|equal to|of the order of) )*~?[−-]?\d"
)
_PROPERTY = re.compile(
    r"^(?:an? |the )(?P<name>(?!factor|total|range|number|few|sample|set|series|signal|minimum of|maximum of|mean of|median of|\w+ly )[a-zA-Z][\w -]{3,50}?) (?:of|between) (?P<value>[^,;]*\d.*)$"
)
_AMOUNT = re.compile(
    r"^(?:only |about |approximately |up to |more than |less than |roughly |nearly |around )*\d\S*(?: ?%)?(?: [^\s,]{1,6}){0,3}? of (?P<what>(?!the total\b|all\b|its\b|their\b)[a-z][\w -]{3,50}?)(?=,|;| (?:in|at|on|per|from|within|after|before|during|for|and|with|over|when|under|by)\b|$)"
)
_METHOD = re.compile(
    r"^(?:\w+ly )?(?P<done>measured|determined|calculated|computed|estimated|prepared|synthesi[sz]ed|obtained|deposited|grown|fabricated|analy[sz]ed|fitted|"
    r"detected|quantified|collected|characteri[sz]ed|purified|recorded|extracted|evaluated|identified|normali[sz]ed|derived|tested|"
    r"dried|cleaned|monitored|assessed|generated|removed|produced|separated|modelled|modeled|simulated|interpolated|described|isolated|"
    r"amplified|optimi[sz]ed|trained|stabili[sz]ed|imaged|solved|corrected|calibrated|combined|implemented|visuali[sz]ed|constructed|validated|"
    r"reconstructed|annotated|filtered|computed|sampled|labelled|labeled|classified|performed|carried out|conducted) "
    r"(?:by|using|with|through|via|from|on|in an?|at|according to|as) \S"
)
_STATED_BY = re.compile(
    r"(?:results?|findings?|stud(?:y|ies)|observations?|works?|data|experiments?|evidence|authors?|literature|analys[ei]s|tests?|figures?|methods?|comparison)$",
    re.IGNORECASE,
)
_MANNER = re.compile(
    r"^(?:(?:\w+ly|well|little|much|only|in turn|\w+ less|\w+ more) )?(?P<link>with|on|upon) (?P<what>[^,;:]+)$"
)
_COMMON = re.compile(
    r"(?:what|which|does|happens|happened|effect|have|than|with|when|value|reported|compare|affect|that|from|the|were|was|are|did|into|causes|caused|explains|measured|used|after|before|under|over|between|these|how|why|all|used|been|did|much|value|led|lead|measured|determined|performed|conducted|carried|out|prepared|obtained|calculated)$",
    re.IGNORECASE,
)
_CONTENT_WORD = re.compile(r"[^\W\d_][\w-]{2,}|[A-Z][\w-]*")

Rule = Callable[[str], str | None]


def question(sentence: str) -> tuple[int, str] | None:
    """Ask about a plain sentence by the first rule that fits.

    Returns:
        The rule's place in `RULES`, and the question with its first word capitalised; None where no rule fits.
    """
    for place, rule in enumerate(RULES):
        asked = rule(sentence)
        if asked is not None and _stands(asked):
            text = " ".join(asked.split())
            return place, text[0].upper() + text[1:] + "?"
    return None


def _stands(asked: str) -> bool:
    """Whether a question says enough to be understood, and not so much that it is a riddle."""
    content = {word for word in _CONTENT_WORD.findall(asked) if not _COMMON.match(word)}
    return (
        len(content) >= 3
        and len(asked.split()) <= 34
        and is_resolved(asked)
        and asked.count("(") == asked.count(")")
    )


def why(sentence: str) -> str | None:
    """`X is so because Y` -> Why is X so?"""
    found = _BECAUSE.match(sentence) or _BECAUSE_FIRST.match(sentence)
    if not found:
        return None
    main = re.split(r", (?:and|but|so|yet) ", found["main"])[-1]
    told = clause(main)
    if told is None or not _is_simple(told.rest):
        return None
    if told.word in BE and _BARE.fullmatch(told.rest):
        return _led(
            told,
            f"what {told.word} the reason for {told.subject}".replace("what are", "what is").replace(
                "what were", "what was"
            ),
        )
    return _led(told, f"why {told.asked()}")


def cause_of(sentence: str) -> str | None:
    """`X is due to Y` -> What is X due to?; `X causes Y` -> What causes Y?"""
    told = clause(sentence)
    if told is None:
        return None
    if told.word in BE and (found := _ATTRIBUTED.match(told.rest)):
        return _led(told, f"what {told.word} {told.subject} {found[0][:-2].strip()}")
    if told.form is not None and told.form.base in CAUSING:
        thing = _object(told.rest)
        word = PAST[told.form.base] if told.is_past else THIRD_PERSON[told.form.base]
        return _led(told, f"what {word} {thing}") if thing else None
    return None


def what_happens(sentence: str) -> str | None:
    """`When X, Y` -> What happens when X?; `Y grows when X` -> What happens to Y when X?"""
    if found := _CONDITION.match(sentence):
        told = clause(found["condition"])
        if told is None or told.lead or (found["word"].lower() == "as" and not _is_change(told)):
            return None
        if not is_resolved(found["condition"]) or re.match(r"(?:we|it|this|which)\b", found["main"]):
            return None
        return f"what {_happens(told)} {found['word'].lower()} {found['condition']}"
    if (found := _WHEN.match(sentence)) and (told := clause(found["main"])) and _is_change(told):
        condition = clause(found["condition"])
        if condition is not None and not condition.lead and _is_simple(condition.rest):
            return _led(told, f"what {_happens(told)} to {told.subject} {found['word']} {found['condition']}")
    return None


def consequence(sentence: str) -> str | None:
    """`X, which leads to Y` -> What is the consequence when X?"""
    found = _CONSEQUENCE.match(sentence)
    told = clause(found["main"]) if found else None
    if (
        found is None
        or told is None
        or told.lead
        or not _is_simple(told.rest)
        or told.word in MODAL
        or told.word in {"was", "were"}
    ):
        return None
    return f"what {'was' if told.is_past else 'is'} the consequence of the fact that {found['main']}"


def comparison(sentence: str) -> str | None:
    """`X is larger than Y` -> How does X compare with Y?"""
    told = clause(sentence)
    if told is None:
        return None
    found = _THAN.match(told.rest)
    if (
        found is None
        or len(found["before"].split()) > 7
        or re.search(r"[,;:]|\b(?:no|not|that|which|and)\b", found["before"])
    ):
        return None
    other = _OTHER_ENDS.split(found["other"] + " ")[0].strip()
    if (
        not other
        or _NO_OTHER.match(other)
        or len(other.split()) > 12
        or not is_resolved(other.replace("those of", ""))
    ):
        return None
    if re.match(
        r"(?:in|at|on|for|with|under|during|after|before|without|among|between|from|to|by|using)\b", other
    ):
        other = f"{'those' if told.word in {'are', 'were', 'have', 'do'} else 'that'} {other}"
        if told.form is not None:
            return None
    property_ = re.match(
        r"(?:more|less|higher|lower|larger|smaller|greater|faster|slower|stronger|weaker|longer|shorter|better) (?P<name>[a-z][\w -]{3,40})$",
        found["more"],
    )
    if told.form is not None and told.form.base in ATTAINING and property_:
        return _led(
            told, f"how {told.helper} {told.subject} compare with {other} in terms of {property_['name']}"
        )
    return _led(told, f"how {told.helper} {told.subject} compare with {other}") if told.form is None else None


def contrast(sentence: str) -> str | None:
    """`X does this, whereas Y does that` -> How does X differ from Y?"""
    found = _CONTRAST.match(sentence)
    if not found:
        return None
    first, second = clause(found["first"]), clause(found["second"])
    if first is None or second is None or second.lead or not second.subject:
        return None
    if first.helper in MODAL or first.subject.lower() == second.subject.lower():
        return None
    if len(first.subject.split()) + len(second.subject.split()) < 4:
        return None
    return _led(first, f"how {first.helper} {first.subject} differ from {second.subject}")


def effect(sentence: str) -> str | None:
    """`X raises Y` -> How does X affect Y?; `Y is raised by X` -> What raises Y?"""
    told = clause(sentence)
    if told is None:
        return None
    if told.form is not None and told.form.base in AFFECTING:
        thing = _object(told.rest)
        return _led(told, f"how {told.helper} {told.subject} affect {thing}") if thing else None
    if (
        told.word in MODAL
        and (found := re.match(r"(?P<verb>\w+) (?P<object>.+)$", told.rest))
        and found["verb"] in AFFECTING
    ):
        thing = _object(found["object"])
        return (
            _led(told, f"how {told.helper} {told.subject} affect {thing}")
            if thing and told.word != "cannot"
            else None
        )
    if told.word in BE and (
        found := re.match(
            r"(?:\w+ly )?(?P<verb>\w+) by (?!\d|about|a |an |more|up|half|approx|nearly|almost|\w+ing|\w+ly)\w",
            told.rest,
        )
    ):
        base = PARTICIPLES.get(found["verb"])
        if base in AFFECTING or base in CAUSING:
            word = PAST[base] if told.is_past else THIRD_PERSON[base]
            return _led(told, f"what {word} {told.subject}")
    return None


def change(sentence: str) -> str | None:
    """`X increases with Y` -> How does X change with Y?; `X rose from 1 to 2` -> How did X change?"""
    told = clause(sentence)
    if told is None or not _is_change(told):
        return None
    if found := re.match(
        r"(?:\w+ly )?with (?P<what>(?:increasing|decreasing|the |an? |\w+)[^,;:]{3,60})$", told.rest
    ):
        return (
            _led(told, f"how {told.helper} {told.subject} change with {found['what']}")
            if is_resolved(found["what"])
            else None
        )
    if re.match(r"(?:\w+ly )?(?:from|by|to|below|above|more|less)\b.*\d", told.rest):
        return _led(told, f"how {told.helper} {told.subject} change")
    return None


def leads_to(sentence: str) -> str | None:
    """`X leads to Y` -> What does X lead to?; `X depends on Y` -> What does X depend on?"""
    told = clause(sentence)
    if told is None or told.form is None or len(told.subject.split()) < 2:
        return None
    pairs = {
        "lead": "to",
        "result": "in",
        "contribute": "to",
        "depend": "on",
        "arise": "from",
        "originate": "from",
        "stem": "from",
        "benefit": "from",
        "suffer": "from",
        "correspond": "to",
    }
    base = told.form.base
    link = pairs.get(base)
    if link and re.match(rf"(?:\w+ly |only |mainly )?(?:up)?{link}\b", told.rest):
        return _led(told, f"what {told.helper} {told.subject} {base} {link}")
    if base in {"enable", "prevent", "require", "avoid", "explain", "need"} and _object(told.rest):
        return _led(told, f"what {told.helper} {told.subject} {base}")
    return None


def value(sentence: str) -> str | None:
    """`X had a mass of 3 g` -> What mass did X have?; `the mass of X was 3 g` -> What was the mass of X?"""
    told = clause(sentence)
    if told is None:
        return None
    if (
        told.word in BE
        and _VALUE.match(told.rest)
        and re.match(r"the .+ (?:of|between|for|in|at|per) ", told.subject, re.IGNORECASE)
    ):
        return _led(told, f"what {told.word} {told.subject}")
    if told.form is None:
        return None
    if told.form.base in ATTAINING and (found := _PROPERTY.match(told.rest)) and is_resolved(found["name"]):
        return _led(told, f"what {found['name']} {told.asked('')}")
    if (
        told.form.base in HOLDING
        and (found := _AMOUNT.match(told.rest))
        and not found["what"].startswith(("the ", "all "))
    ):
        return (
            _led(told, f"how much {found['what']} {told.asked('')}")
            if not found["what"].endswith("s")
            else None
        )
    return None


def shows(sentence: str) -> str | None:
    """`X suggests that Y` -> What does X suggest?"""
    told = clause(sentence)
    if (
        told is None
        or told.form is None
        or told.form.base not in STATING
        or not re.match(r"that \w", told.rest)
    ):
        return None
    head = re.split(r" (?:of|in|on|for|at|with|between|from) ", told.subject)[0].split()[-1]
    if _STATED_BY.match(head) or len(told.subject.split()) < 3:
        return None
    return _led(told, f"what {told.helper} {told.subject} {told.form.base}")


def method(sentence: str) -> str | None:
    """`X was measured by Y` -> How was X measured?"""
    told = clause(sentence)
    if told is None or told.word not in BE or len(told.subject.split()) < 2:
        return None
    found = _METHOD.match(told.rest)
    return _led(told, f"how {told.word} {told.subject} {found['done']}") if found else None


RULES: tuple[Rule, ...] = (
    why,
    cause_of,
    what_happens,
    comparison,
    contrast,
    effect,
    change,
    leads_to,
    consequence,
    value,
    shows,
    method,
)


def _led(told: Clause, asked: str) -> str:
    """The question with what stood before the subject in front of it, the subject's article small."""
    return f"{told.lead}, {asked}" if told.lead else asked


def _happens(told: Clause) -> str:
    return "happened" if told.is_past else "happens"


def _is_change(told: Clause) -> bool:
    """Whether the clause says that its subject becomes more or less, and not that it makes something so."""
    return (
        told.form is not None
        and told.form.base in CHANGING
        and not re.match(r"(?:the|an?|its|their|all|[a-z]+(?<!ly) of)\b", told.rest)
        and (
            told.rest == ""
            or bool(
                re.match(
                    r"(?:with|by|from|to|in|at|as|when|if|once|below|above|over|after|more|less|until|only|slightly|\w+ly|less|rapidly|and|for|between|on|within|during|up|steeply|again|much)\b",
                    told.rest,
                )
            )
        )
    )


def _is_simple(rest: str) -> bool:
    """Whether the rest of a clause can follow the subject in a question: no clause of its own, nothing unresolved."""
    return (
        len(rest.split()) <= MAX_REST_WORDS
        and is_resolved(rest)
        and not re.search(
            r"[;:()]|\b(?:that|which|who|where|whether|whereas|while|when|if|although|but|we|because|since)\b|, ",
            rest,
        )
    )


def _object(rest: str) -> str:
    """The noun phrase at the beginning of what follows a verb, or "" where there is none that says enough."""
    ends = _OBJECT_ENDS.search(rest)
    thing = rest[: ends.start()] if ends else rest
    words = thing.split()
    if (
        not words
        or len(words) > 12
        or not is_noun_phrase(thing)
        or (_LATE.fullmatch(words[0])
        and len(words) < 3)
    ):
        return ""
    is_adverb = words[0].endswith("ly") or (words[0] in FORMS and FORMS[words[0]].helper == "does")
    return "" if is_adverb or (len(words) == 1 and len(thing) < 4) else thing
