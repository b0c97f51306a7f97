"""What of an answer can be exchanged for another of its kind: quantities, counts and names.

A kind is what makes two values plausible in each other's place: quantities of one unit, counts of one thing, names of one
form (a formula, an acronym, a label). Where a value's surroundings would let another one be true as well, as "at least
5 mg" and "tools such as BLAST" do, it is passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qagen.checks.reading.names import folded, is_name
from qagen.checks.reading.quantities import Quantity, quantities
from qagen.checks.reading.text import stem
from qagen.checks.reading.units import Dimension, Unit, unit_at
from qagen.checks.reading.words import FUNCTION_WORDS

Kind = tuple[str, Unit | str]
"""`quantity` with its unit, `count` with the stem of what is counted, `name` with its form."""

LEAST_DIFFERENCE = 0.1
"""Relative difference from which on two quantities are no roundings of each other."""
_TOLERANCE = 0.005
_TOKEN = re.compile(r"[^\W_]+")
_WORD_BEFORE = re.compile(r"([^\W\d_]{2,}) $")
_WORD_BEHIND = re.compile(r" ([^\W\d_]{2,})")
_NO_NAMES = frozenset({"pH", "OK"})
_YEARS = range(1500, 2101)
_BEFORE, _AFTER = 48, 24
"""Characters around a value in which words are looked for that leave room for others."""
_OPEN_BEFORE = re.compile(
    r"(?:\b(?:least|most|than|as \w+ as|over|above|below|under|up to|down to|exceed\w*|beyond|within|"
    r"min(?:imum|imal)?\.?(?: \w+)? of|max(?:imum|imal)?\.?(?: \w+)? of|between|from|to|and|or|versus|vs\.?|per|every|"
    r"another|additional|(?:other|further) )|[<>≤≥±+/×^,~-]|\d)"
    r" ?(?:about |approximately |around |roughly |nearly |almost |ca\. ?|a |an |the |[~≈] ?)*$",
    re.IGNORECASE,
)
_OPEN_AFTER = re.compile(
    r"^(?: ?[-/±×^~]| ?, ?(?:\d|and|or)| (?:or|and|to|up|more|less|fewer|higher|lower|versus|vs)\b| ?\()",
    re.IGNORECASE,
)
_EXAMPLES = re.compile(
    r"\b(?:such as|includ\w+|e\.g|for example|for instance|like|among|one of|some of)\b[^.;]*$", re.IGNORECASE
)
_CONDITION = re.compile(
    r"(?:\b(?:at|under|during|for|after|before|until|when|where|if|in|by)(?: [^\W\d_]+){0,2}|=+) ?$",
    re.IGNORECASE,
)
_ASKS_FOR_VALUE = re.compile(
    r"\b(?:(?:at|under|during|for|after|before|until|in|by|to|with|over) (?:what|which)|"
    r"(?:what|which) (?:[\w-]+ ){0,3}(?:temperature|pressure|field|time|duration|concentration|dose|voltage|speed|rate|frequency|"
    r"current|power|distance|depth|age|condition|value|level|thickness|wavelength|energy|length|amount|volume|share|proportion|"
    r"fraction|percentage|number|pH)s?|"
    r"how (?:long|much|many|high|low|fast|far|large|small|often|old))\b",
    re.IGNORECASE,
)
_SHARE: Dimension = (("ratio", 1),)
_ASKS_WHY = re.compile(
    r"\b(?:why|how come|what for|for what|what(?: [\w-]+){0,3} (?:purposes?|reasons?|causes?|rationales?|motivations?|aims?|goals?)|"
    r"what (?:caus\w+|explain\w*|motivat\w+|led|makes|made))\b",
    re.IGNORECASE,
)
_ASKS_HOW_DONE = re.compile(r"\bhow (?:was|were|is|are)\b", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\([^()]*$")
_VERB = re.compile(r"(?:ing|ed)$")
_SCALES = frozenset(
    map(stem, ("hundred", "thousand", "million", "billion", "trillion", "dozen", "score", "fold"))
)
"""What is counted by these is counted in another notation elsewhere: "1.2 million", "1,200,000"."""
_THOUSANDS = re.compile(r"(?:^|[^A-Za-z\d])[\d.,]*\d[KkMB]$")
"""`5.4K` may be kelvins or thousands."""
_ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc "
        "Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi "
        "Po At Rn Fr Ra Ac Th Pa U Np Pu",
    )
)
_ATOM = re.compile(r"([A-Z][a-z]?)\d*")


@dataclass(frozen=True, slots=True)
class Value:
    """One value as a text states it.

    Attributes:
        text: as written, the unit included.
        start: where it begins in that text, in code points.
        end: where it ends.
        quantity: the number that it is; None for a name.
        beside: of a name the stems of the content words right before and behind it, each with its side.
    """

    kind: Kind
    text: str
    start: int
    end: int
    quantity: Quantity | None = None
    beside: frozenset[str] = frozenset()

    def is_same(self, other: "Value") -> bool:
        """Whether both may be given for each other, whatever notation and unit they are written in."""
        if self.quantity is None or other.quantity is None:
            one, two = folded(self.text), folded(other.text)
            return one in two or two in one
        return are_same(self.quantity, other.quantity)


def are_same(one: Quantity, two: Quantity) -> bool:
    """Whether two quantities are equal, roundings of each other, or closer than `LEAST_DIFFERENCE`."""
    if one.states(two, _TOLERANCE) or two.states(one, _TOLERANCE):
        return True
    if one.unit is not None and two.unit is not None:
        if one.unit.dimension != two.unit.dimension:
            return False
        first, second = one.unit.to_base(one.value), two.unit.to_base(two.value)
    else:
        first, second = plain_number(one), plain_number(two)
    return abs(first - second) < LEAST_DIFFERENCE * max(abs(first), abs(second))


def is_share(number: Quantity) -> bool:
    """Whether a number has the unit of a share: %, ppm, -fold."""
    return number.unit is not None and number.unit.dimension == _SHARE


def plain_number(number: Quantity) -> float:
    """A number without a unit; of a share what it is of one, as in 0.3 for 30 %."""
    return number.unit.to_base(number.value) if number.unit and is_share(number) else number.value


def values(text: str) -> Iterator[Value]:
    """The values of a text that are written as one piece: first the quantities, then counts, then names."""
    numbers = quantities(text)
    found = [value for number in numbers if (value := _number(text, number))]
    yield from sorted(found, key=lambda value: value.kind[0] != "quantity")
    for match in _TOKEN.finditer(text):
        if is_name(match[0]) and _stands_alone(text, *match.span()) and not _is_no_name(match[0]):
            yield Value(
                ("name", _form(match[0])), match[0], *match.span(), beside=_beside(text, *match.span())
            )


def exchangeable(text: str, question: str) -> Iterator[Value]:
    """The values of an answer in whose place another one makes it false.

    What holds at one temperature may hold at another: a quantity that is a condition counts only where the question asks for a
    value. What stands in brackets is an aside, but where it is asked how something was done. A quantity that stands for two
    things is passed over. A question for a reason or a purpose asks for no value at all.
    """
    if _ASKS_WHY.search(question):
        return
    conditions = _ASKS_FOR_VALUE.search(question) is not None
    is_procedure = _ASKS_HOW_DONE.search(question) is not None
    stated = tuple(values(text))
    for value in stated:
        before, after = (
            text[max(0, value.start - _BEFORE) : value.start],
            text[value.end : value.end + _AFTER],
        )
        is_aside = _IN_BRACKETS.search(text[: value.start]) and not (value.quantity and is_procedure)
        is_repeated = value.quantity is not None and sum(map(value.is_same, stated)) > 1
        is_condition = value.quantity is not None and not conditions and _CONDITION.search(before)
        room = (
            is_aside
            or is_repeated
            or is_condition
            or _OPEN_BEFORE.search(before)
            or _OPEN_AFTER.match(after)
            or _EXAMPLES.search(before)
        )
        if not room:
            yield value


def exchanged(text: str, value: Value, other: Value) -> str:
    """The text with another value in all places of the first."""
    same = [
        place
        for place in values(text)
        if place.kind == value.kind
        and (place.text == value.text if value.quantity is None else place.is_same(value))
    ]
    for place in sorted(same, key=lambda place: place.start, reverse=True):
        text = text[: place.start] + other.text + text[place.end :]
    return text


def _number(text: str, number: Quantity) -> Value | None:
    if number.is_pointer or number.is_item or number.in_name or number.is_word or number.is_decade:
        return None
    if number.counted in _SCALES or _THOUSANDS.search(number.text):
        return None
    if not _stands_alone(text, number.start, number.end):
        return None
    if number.unit is not None:
        has_unit = not number.text[-1].isdigit()  # else it shares that of the next, as in "30 to 60 °C"
        return (
            Value(("quantity", number.unit), number.text, number.start, number.end, number)
            if has_unit
            else None
        )
    is_year = number.step == 1 and number.value in _YEARS
    if not number.counted or number.joined or is_year:
        return None
    return Value(("count", number.counted), number.text, number.start, number.end, number)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a stretch is no part of a longer name, number or formula."""
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    follows = text[end + 1 : end + 2]
    ends = not after or after.isspace() or after in ")],;:?!" or (after == "." and not follows.isalnum())
    return ends and (not before or before.isspace() or before in "([")


def _is_no_name(name: str) -> bool:
    """Whether a token that looks like a name is a unit or a number."""
    unit, end = unit_at(name, 0)
    return name in _NO_NAMES or _THOUSANDS.search(name) is not None or (unit is not None and end == len(name))


def _beside(text: str, start: int, end: int) -> frozenset[str]:
    """Names that stand beside the same word are of one kind: "DNA sequencing", "RNA sequencing". Behind "using" is anything."""
    before, behind = _WORD_BEFORE.search(text[max(0, start - _BEFORE) : start]), _WORD_BEHIND.match(text, end)
    if before and _VERB.search(before[1]):
        before = None
    found = (("<", before), (">", behind))
    return frozenset(
        side + stem(word)
        for side, match in found
        if match and (word := match[1].lower()) not in FUNCTION_WORDS
    )


def _form(name: str) -> str:
    atoms = _ATOM.findall(name)
    if _ATOM.sub("", name) == "" and _ELEMENTS.issuperset(atoms) and not name.isupper():
        return "formula"
    if name.isalpha():
        return "acronym" if name.isupper() else "mixed"
    return "formula" if _ATOM.sub("", name) == "" and _ELEMENTS.issuperset(atoms) else "label"
