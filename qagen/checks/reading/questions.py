"""What a question asks for: the thing that is to be named, the amount that is to be given, and what it speaks of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from qagen.checks.reading.names import folded, is_name, tokens
from qagen.checks.reading.quantities import Quantity, quantities, unit_names
from qagen.checks.reading.support_model import idfs
from qagen.checks.reading.text import Text, stem, words
from qagen.checks.reading.units import Dimension, unit_at
from qagen.checks.reading.words import FUNCTION_WORDS, word_set
from qagen.text.lexicon import HOW_MUCH

AMOUNT_ASKED = re.compile(
    rf"\bhow (?P<word>{HOW_MUCH}|quickly)\b",
    re.IGNORECASE,
)
_WHAT_IS = re.compile(
    r"\b(?:what|which) (?:is|are|was|were|has been|have been) (?:the |an? )?(?P<focus>[^,?]+?)"
    r"(?= (?:of|for|in|at|to|on|by|with|from|under|over|during|between|when|that|which|used|needed|required|reported|observed|"
    r"obtained|measured|found|reached|applied|achieved|after|before|within|among|per)\b|[,?]|$)",
    re.IGNORECASE,
)
_WHAT_THING = re.compile(
    r"\b(?:what|which) (?P<focus>[^,?]+?)"
    r"(?= (?:is|are|was|were|did|does|do|has|have|had|can|could|would|will|should|may|might|must|of|for|in|at|to|on|by|with|from|that)\b"
    r"|[,?]|$)",
    re.IGNORECASE,
)
_OF = re.compile(
    r"\bwhat (?:is|are|was|were) (?:the |an? )?(?:[\w-]+ ){1,3}(?:of|for) (?:the |an? )?(?P<noun>[^,?]+?)"
    r"(?= (?:of|for|in|at|to|on|by|with|from|per|under|during|between|when|that|which|used|is|are|was|were|did|after|before|within)\b|[,?]|$)",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r" (?P<focus>[^,?]+?)(?= (?:is|are|was|were|did|does|do|has|have|had|can|could|would|will|should|may|might|must|of|for|in|at|to|on|by|with|"
    r"from|that|took|per)\b|[,?]|$)",
    re.IGNORECASE,
)
_DONE = r"[a-z]+ed|held|kept|left|built|grown|fed|drawn|cut|sent|taken|given|spun|ground|chosen|frozen|known|seen|paid|spent|lost|sold|bought|brought|lent|rebuilt|worn|written|driven|taught"
_HOW_DONE = re.compile(
    rf"\W*how (?:\w+ )?(?:is|are|was|were|has|have)\b.*\b(?P<verb>{_DONE})\b", re.IGNORECASE
)
_VERB = re.compile(
    rf"{_DONE}|grew|gave|took|made|led|had|showed|came|went|became|saw|held|kept|ran|rose|fell|lay|drove|chose|cast|set|cut|put|read|spread|split|lost|sold|bought|brought|built|wrote|drew|threw|won|paid|spent|sent|met|left|fed|bred|grow|show|give|cause"
)
_MEASURES = {"thick": "thickness", "wide": "width", "deep": "depth", "heavy": "mass"}
"""What "how" asks for the measure of -> how that is called."""
_ANYHOW = word_set(
    """
    compared defined determined measured obtained calculated computed estimated achieved performed conducted prepared used described
    related affected influenced characterized characterised produced explained tested analysed analyzed assessed evaluated
    """
)
"""What is said to be done in so many words that an answer seldom has the same."""
_ORDINALS = word_set("second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth")
_LABEL = re.compile(r"(?<![\w-])(?:[A-Z]|[A-Za-z]{1,6}-\d+[a-z]?|\d+[A-Z][A-Za-z]?)(?![\w-])")
"""Labels: a lone capital ("sample B"), letters and a number with a hyphen between them ("K-17")."""
REASON_ASKED = re.compile(
    r"\bwhy\b|\bwhat (?:\w+ )?(?:caus\w+|led|leads|explains?|explained|drives?|drove|accounts?)\b|\b(?:reasons?|causes?) (?:for|why|of|that|behind)\b"
    r"|\bfor what (?:reason|purpose)\b",
    re.IGNORECASE,
)

_TEMPERATURE: Dimension = (("temperature", 1),)
_TIME: Dimension = (("time", 1),)
_LENGTH: Dimension = (("length", 1),)
_MASS: Dimension = (("mass", 1),)
_RATIO: Dimension = (("ratio", 1),)
_AMOUNT_OF: tuple[Dimension, ...] = (
    (("amount", 1), ("length", -3)),
    (("length", -3), ("mass", 1)),
    _RATIO,
    (("amount", 1),),
)
_MONTH: Dimension = (("month", 1),)
_TIMES = (_TIME, _MONTH)


def _unit(symbol: str) -> Dimension:
    found, _ = unit_at(symbol, 0)
    assert found is not None
    return found.dimension


_OF_A_KIND: dict[str, tuple[Dimension, ...]] = {
    "temperature": (_TEMPERATURE,),
    "duration": _TIMES,
    "time": _TIMES,
    "period": _TIMES,
    "age": _TIMES,
    "length": (_LENGTH,),
    "thickness": (_LENGTH,),
    "width": (_LENGTH,),
    "depth": (_LENGTH,),
    "height": (_LENGTH,),
    "diameter": (_LENGTH,),
    "radius": (_LENGTH,),
    "distance": (_LENGTH,),
    "wavelength": (_LENGTH,),
    "elevation": (_LENGTH,),
    "mass": (_MASS,),
    "weight": (_MASS,),
    "percentage": (_RATIO,),
    "fraction": (_RATIO,),
    "proportion": (_RATIO,),
    "share": (_RATIO,),
    "concentration": _AMOUNT_OF,
    "dose": (*_AMOUNT_OF, _MASS),
    "pressure": (_unit("Pa"),),
    "voltage": (_unit("V"),),
    "power": (_unit("W"),),
    "current": (_unit("A"),),
    "frequency": (_unit("Hz"),),
    "volume": (_unit("L"),),
    "area": ((("length", 2),),),
    "angle": ((("angle", 1),),),
    "rate": ((("time", -1),),),
    "latitude": ((("angle", 1),),),
    "longitude": ((("angle", 1),),),
    "speed": ((("length", 1), ("time", -1)), (("rotation", 1),)),
    "velocity": ((("length", 1), ("time", -1)),),
}
"""Words that name what a unit measures, so that "at 60 °C" answers a question for a temperature."""
_HOW = {
    "long": (*_TIMES, _LENGTH),
    "old": _TIMES,
    "thick": (_LENGTH,),
    "wide": (_LENGTH,),
    "deep": (_LENGTH,),
    "far": (_LENGTH,),
    "tall": (_LENGTH,),
    "heavy": (_MASS,),
    "hot": (_TEMPERATURE,),
    "cold": (_TEMPERATURE,),
}
_NUMERIC = word_set(
    """
    value number amount quantity count rate ratio size score accuracy precision recall level yield efficiency energy density
    capacity conductivity resistivity strength modulus hardness viscosity coefficient constant index factor-of magnitude
    average mean median maximum minimum range limit threshold ph percent probability error variance deviation gap
    resolution intensity content purity cost price temperature-range sensitivity lifetime half-life porosity humidity salinity
    """
) | set(_OF_A_KIND)
"""Nouns of which a question asks for a number."""
_LOOSE = word_set(
    """
    method approach technique way procedure process mechanism factor role effect reason cause explanation difference relation
    relationship thing kind type sort finding result conclusion evidence purpose advantage disadvantage benefit drawback
    consequence implication outcome impact influence property characteristic feature condition step strategy problem
    limitation challenge aspect name value amount number
    """
)
"""Nouns that an answer seldom has: what is asked for is the rest of the question."""
_KNOWN = _NUMERIC | _LOOSE
_FRAME = FUNCTION_WORDS | word_set(
    """
    reason reasons explain explains describe describes much many value kind type sort way manner extent happen happens happened
    long often large high fast far big old low small hot cold tall quickly short
    compared compare depend depends depending lie lies lay defined define definition determined done carried performed specific exact exactly precise precisely according reported stated given used using use found obtained particular
    """
)


@dataclass(frozen=True)
class AskedFor:
    """A question, taken apart.

    Attributes:
        weights: the stems of what it speaks of, each with its rarity; the focus among them.
        focus: the stems of the noun that it asks for ("melting point"); none where it asks for no thing by its name.
        head: the last of them.
        is_amount: whether it asks for a number.
        dimensions: of which kinds the number may be; none for any.
        names: acronyms, formulas and labels, folded.
        numbers: what it states itself.
        why: whether it asks for a reason.
        is_which: whether it asks which of its kind ("which solvent was used"), and not for something that a thing has ("what was the
            purity of").
        units: the stems of the focus that a unit says too: "temperature".
        of: the stem of what the focus is of: "mowing" of "the cost of mowing".
        counts: whether it asks how many there are of the focus.
        how_often: whether it asks how often something is done.
        needed: stems that a sentence has to have itself: "eighth" of "in the eighth year", "transported" after "how was".
    """

    weights: dict[str, float]
    focus: tuple[str, ...] = ()
    head: str = ""
    is_amount: bool = False
    dimensions: tuple[Dimension, ...] = ()
    names: frozenset[str] = frozenset()
    numbers: tuple[Quantity, ...] = ()
    why: bool = False
    is_which: bool = False
    units: frozenset[str] = frozenset()
    of: str = ""
    counts: bool = False
    how_often: bool = False
    needed: frozenset[str] = frozenset()

    @property
    def names_its_measure(self) -> bool:
        """Whether it asks for a number by what it measures, as "thickness" does and "how long" does not."""
        return bool(self.units)

    @property
    def stems(self) -> frozenset[str]:
        """The stems of what it speaks of."""
        return frozenset(self.weights)

    @property
    def measures(self) -> frozenset[str]:
        """The stems that what it asks for may be called by: "depth", too, after "how deep"."""
        return self.stems | {form(noun) for word, noun in _MEASURES.items() if form(word) in self.units}


def asked_for(question: Text) -> AskedFor:
    """What a question asks for, as far as its words tell."""
    plain = question.plain
    numbers = tuple(
        one
        for one in quantities(plain, question.vocabulary)
        if not (one.is_item or one.is_pointer or one.in_name)
    )
    units = frozenset(unit_names(numbers))
    names = frozenset(folded(token) for token in tokens(plain) if is_name(token) and token not in units)
    names |= frozenset(folded(found) for found in _LABEL.findall(plain[1:]) if found not in units)
    stems = frozenset(
        form(word)
        for word in question.vocabulary - _FRAME
        if len(word) > 1 and not word[0].isdigit() and word not in units
    )
    measure = AMOUNT_ASKED.search(plain)
    focus = tuple(
        word
        for word in (_measured(plain, measure) if measure else _focus(plain))
        if word.isalpha() and len(word) > 1
    )
    singular = [_singular(word) for word in focus]
    head = singular[-1] if singular else ""
    of_kinds = [dimension for word in singular for dimension in _OF_A_KIND.get(word, ())]
    is_loose = head in _LOOSE
    return AskedFor(
        weights=idfs(stems),
        focus=() if is_loose else tuple(form(word) for word in focus if word not in _FRAME),
        head="" if is_loose else form(head) if head else "",
        is_amount=measure is not None or head in _NUMERIC,
        dimensions=_HOW.get(measure["word"].lower(), ()) if measure else tuple(of_kinds),
        names=names,
        numbers=numbers,
        why=REASON_ASKED.search(plain) is not None,
        is_which=measure is None and _WHAT_IS.search(plain) is None,
        units=frozenset(form(word) for word in focus if _singular(word) in _NUMERIC or word in _MEASURES)
        if of_kinds or measure
        else frozenset(),
        of=_complement(plain) if measure is None else "",
        counts=measure is not None and measure["word"].lower() == "many",
        how_often=measure is not None and measure["word"].lower() == "often",
        needed=frozenset(map(form, _needed(plain))),
    )


def form(word: str) -> str:
    """The stem of a word, with which "dried" and "drying" meet."""
    return form_of_stem(stem(word))


def form_of_stem(stemmed: str) -> str:
    """The same of a word that is stemmed already: to stem it again would cut more off."""
    return f"{stemmed[:-1]}y" if stemmed.endswith("i") else stemmed


def _singular(word: str) -> str:
    return next(
        (
            known
            for known in (word, word.removesuffix("s"), word.removesuffix("es"), f"{word[:-3]}y")
            if known in _KNOWN
        ),
        word,
    )


def _needed(plain: str) -> Iterator[str]:
    yield from (found for found in words(plain.lower()) if found in _ORDINALS)
    if found := _HOW_DONE.match(plain):
        word = found["verb"].lower()
        if word not in _ANYHOW:
            yield word


def _focus(plain: str) -> tuple[str, ...]:
    """The words between "what is the" or "which" and what follows the noun that is asked for."""
    found = _WHAT_IS.search(plain) or _WHAT_THING.search(plain)
    told = words(found["focus"].lower()) if found else []
    noun = list(takewhile(lambda word: not _VERB.fullmatch(word), told))
    return tuple(noun[-4:])


def _complement(plain: str) -> str:
    """The noun behind "what was the ... of": its last word before what follows."""
    found = _OF.search(plain)
    told = words(found["noun"].lower()) if found else []
    noun = [word for word in takewhile(lambda one: not _VERB.fullmatch(one), told) if word not in _FRAME]
    return form(noun[-1]) if noun and not noun[-1][0].isdigit() else ""


def _measured(plain: str, measure: re.Match[str]) -> tuple[str, ...]:
    """What is counted after "how many" or "how much", up to the verb; the thickness that "how thick" asks for."""
    word = measure["word"].lower()
    if word in _MEASURES:
        return (word,)
    if word not in ("many", "much"):
        return ()
    found = _COUNTED.match(plain, measure.end())
    told = words(found["focus"].lower()) if found else []
    return tuple(takewhile(lambda one: not _VERB.fullmatch(one), told))[-3:]
