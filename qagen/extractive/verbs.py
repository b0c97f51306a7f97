"""The verbs that the rules know, with what each does to what follows it.

A verb that isn't listed here is never taken for one: the rules rather miss a statement than ask about it in broken English.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a verb as it stands in a sentence.

    Attributes:
        base: the infinitive.
        helper: what asks in its place: does, do, did.
        ambiguous: whether the same word may be something else here, a noun or a participle.
    """

    base: str
    helper: str
    ambiguous: bool


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


AFFECTING = _words(
    """
    increase decrease reduce enhance improve suppress inhibit promote lower raise accelerate delay weaken strengthen
    stabilize stabilise destabilize destabilise facilitate hinder impede boost diminish double triple halve shorten
    extend broaden narrow shift change alter modify modulate regulate influence affect limit restrict minimize
    minimise maximize maximise impair degrade mitigate attenuate amplify slow block disrupt favour favor worsen
    """
)
"""X does this to Y: how does X affect Y?"""

CAUSING = _words("cause trigger induce explain govern determine drive control dominate produce")
"""X does this to Y: what does it to Y?"""

CHANGING = _words(
    """
    increase decrease rise fall drop grow decline shrink change vary decay improve worsen double weaken strengthen
    broaden shift slow accelerate degrade converge saturate
    """
)
"""Y does this by itself: what happens to Y?"""

STATING = _words("suggest indicate imply reveal demonstrate show confirm mean")
"""X does this to a clause: what does X show?"""

ATTAINING = _words(
    "have reach attain achieve show exhibit yield give provide display possess produce offer require need"
)
"""X does this to a property with a value: what value of the property does X have?"""

HOLDING = _words("contain release emit hold store lose cover absorb supply consume")
"""X does this to an amount of something: how much?"""

_OTHERS = _words(
    """
    occur remain become form appear seem differ depend correspond exceed follow gain fail keep make take allow work
    perform act play exist lie lack consist range behave tend begin start stop stay move spread outperform outcompete
    suffer benefit profit cost weigh use include support carry record find get obtain combine learn mask hide plate
    crack break bind react dissolve diffuse interact compete escape enter leave sink feed lead result contribute
    account arise originate stem serve help enable prevent avoid eliminate create generate introduce involve
    represent reflect agree match scale scatter peak emerge vanish disappear persist survive evolve migrate accumulate
    concentrate dissipate transfer transform convert decompose oxidize oxidise adsorb desorb crystallize nucleate
    penetrate propagate encode express activate recognize recognise assemble fold cleave undergo adopt retain
    maintain preserve capture replace compensate expose constrain ensure reach span stack run pass add bring describe delete cut pick corroborate switch specify focus develop target estimate predict
    compute extend accelerate carry catalyze catalyse methylate recruit bypass evoke sustain tolerate favour reject confer
    exploit quantify detect resolve separate distinguish select dominate cluster coincide compensate conduct conserve consume
    correlate couple deliver destroy diffuse eject elicit elongate encounter enrich facilitate fluctuate harbor harbour illustrate
    impose incorporate inherit initiate integrate invade isolate localize localise manifest mediate neglect occupy omit oppose
    orient outnumber overcome oxidise perturb precede prefer proceed prolong quench radiate rearrange recover regenerate relate
    relax rely remove repair repel respond restore rotate secrete sense shield signal simplify soften stimulate store surpass
    surround synthesize terminate trap underestimate overestimate unfold utilize utilise violate withstand share reverse counteract belong miss mistake matter last let defer hamper hinder oscillate
    """
)

_IRREGULAR = {
    "rise": "rose", "fall": "fell", "grow": "grew", "shrink": "shrank", "drive": "drove", "show": "showed",
    "mean": "meant", "give": "gave", "hold": "held", "lose": "lost", "become": "became", "keep": "kept",
    "make": "made", "take": "took", "lie": "lay", "begin": "began", "spread": "spread", "cost": "cost",
    "find": "found", "get": "got", "hide": "hid", "break": "broke", "bind": "bound", "leave": "left", "sink": "sank",
    "feed": "fed", "lead": "led", "arise": "arose", "undergo": "underwent", "outperform": "outperformed",
    "have": "had", "run": "ran", "bring": "brought", "drop": "dropped", "stop": "stopped", "begin ": "began",
    "stem": "stemmed", "slow": "slowed", "control": "controlled", "occur": "occurred", "plate": "plated",
    "transfer": "transferred", "span": "spanned", "cut": "cut", "overcome": "overcame", "trap": "trapped", "prefer": "preferred",
    "couple": "coupled", "repel": "repelled", "omit": "omitted", "withstand": "withstood", "let": "let", "mistake": "mistook", "defer": "deferred",
}  # fmt: skip
_PARTICIPLE_TOO = _words("held lost kept made found got bound left fed led had brought spread cost meant")
_NOUN_TOO = _words(
    """
    increase decrease change shift limit cause result form show need yield range drop fall rise decline gain cost use
    work act play record start stop drive control influence delay block boost trigger double lead hold take crack break
    support benefit store supply feed display plate mean decay influence match scale scatter peak account help stem
    run pass stay lack fold cover stack move slow lower triple bind get release narrow express span
    transfer transform find lie leave escape peak profit mask offer convert estimate switch target focus cut pick trap signal sense shield cluster repair experience select conduct separate
    couple orient relate share reverse matter last miss
    """
)


def _third_person(base: str) -> str:
    if base == "have":
        return "has"
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        return base + "es"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + "s"


def _past(base: str) -> str:
    if base in _IRREGULAR:
        return _IRREGULAR[base]
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ied"
    return base + "ed"


ALL = AFFECTING | CAUSING | CHANGING | STATING | ATTAINING | HOLDING | _OTHERS
THIRD_PERSON = {base: _third_person(base) for base in ALL}
PAST = {base: _past(base) for base in ALL}
PARTICIPLES = {past: base for base, past in PAST.items() if past.endswith("ed")}


def _forms() -> dict[str, Form]:
    forms: dict[str, Form] = {}
    for base in sorted(ALL):
        past = PAST[base]
        forms[base] = Form(base, "do", ambiguous=True)
        forms[THIRD_PERSON[base]] = Form(base, "does", ambiguous=base in _NOUN_TOO)
        if past != base:
            forms[past] = Form(base, "did", ambiguous=past.endswith("ed") or past in _PARTICIPLE_TOO)
    return forms


FORMS = _forms()
"""Every form by the word as it is written; a base form asks with "do"."""
