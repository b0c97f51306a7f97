"""Numbers and their units, in whatever notation they are written."""

import re
from collections.abc import Iterable, Iterator, Set
from typing import NamedTuple

from qagen.checks.reading.text import stem, words
from qagen.checks.reading.units import PERCENT, PH, Unit, unit_at
from qagen.checks.reading.words import FUNCTION_WORDS, NUMBER_WORDS

_NUMBER = (
    r"[\d.](?:(?<=\d)(?:\d{0,2}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d{0,2}(?: \d{3})+(?![\d.,])|\d*(?:\.\d+)?)"
    r"|(?<=(?<![\d\w])\.)\d+)"
)
"""It begins with a set of characters, which the engine finds much quicker than alternatives; so does `_WORD`."""
_QUANTITY = re.compile(
    rf"(?P<number>{_NUMBER})"
    r"(?: ?[×x·*] ?10 ?\^? ?(?P<power>[+-]?\d{1,2})(?!\d)|[eE](?P<e>[+-]?\d{1,2})(?!\w)|(?<=10)\^(?P<ten>[+-]?\d{1,2}))?"
)
_IS_NUMBER = re.compile(rf"{_QUANTITY.pattern}k?")
"""What has nothing behind it: the 4 of "2 × 3 × 4 mm3" has a unit that is its own in no way."""
_REST = "|".join(f"(?<={word[0]}){word[1:]}" for word in NUMBER_WORDS)
_WORD = re.compile(rf"[efnostzEFNOSTZ](?<=\b\w)(?i:{_REST})\b")
_TENS = frozenset(float(number) for number in range(20, 100, 10))
_ONES = re.compile(
    rf"[- ]({'|'.join(word for word, number in NUMBER_WORDS.items() if 0 < number < 10)})\b", re.IGNORECASE
)
_MULTIPLIERS = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_MULTIPLES = re.compile(rf"[- ]({'|'.join(_MULTIPLIERS)})\b", re.IGNORECASE)
_ONE_IN = re.compile(
    rf" in ({'|'.join(word for word, number in NUMBER_WORDS.items() if number > 1)})\b",
    re.IGNORECASE,
)
_LINK = re.compile(r" ?(?:-|~|to|and|or|,|/|±|\+/-|versus|vs\.?|, and|, or) ?(?=\d|\Z)")
_PH = re.compile(r"\bpHs?(?: [a-z]+){0,2}[ =:]{1,3}$")
_POINTER = re.compile(
    r"\b(?:figs?|figures?|tables?|tab|eqs?|eqns?|equations?|refs?|references?|sections?|sect?|schemes?|chapters?|"
    r"appendix|step|no)\.? ?[(\[]?(?:\d+[a-z]?(?: ?[,-] ?| and ))*$",
    re.IGNORECASE,
)
_APPROXIMATELY = re.compile(
    r"(?:\b(?:about|around|approximately|approx\.|roughly|nearly|almost|some|ca\.|circa|over|above|under|below|than|near|close to)|[~≈]) ?$"
)
_POINTER_HINTS = ("fig", "tab", "eq", "ref", "sec", "scheme", "chapter", "appendix", "step", "no")
"""Every pointer has one of these, which are quicker to look for."""
_BEFORE_ROUGH = (" ", "~", "≈", *"tdyeaxhrnwo.")
"""What "about", "around", "nearly", "≈" and the like leave right before a number."""
_AFTER_ITEM = frozenset(").:")
_FOLLOWING = re.compile(r"[ -]([A-Za-z]{2,})")
_PRECEDING = re.compile(r"([A-Za-z]{2,})[ (:=,~≈±<>≥≤]{1,4}$")
_DECADE = re.compile(r"(?:1[5-9]|20)\d0")


_TIMES = frozenset("×xX")
_EXTENTS = ((("length", 2),), (("length", 3),))
"""In "2 × 3 × 4 mm3" none of the numbers has the unit that stands behind the last."""
_ROUND = 100
"""From which on a whole number that ends in zeros may have been rounded to them, where the text says so."""


class Quantity(NamedTuple):
    """A number as stated in a plain text.

    Attributes:
        text: the number and its unit as they stand there.
        value: the number without its sign: PDFs lose signs, and dashes look like them.
        step: what the last digit of its notation is worth; 0.01 for 3.12.
        unit: None where it has none, or none that is known.
        start: where it begins.
        end: where it ends, the unit included.
        counted: the stem of the word that it counts, or "" where no word follows.
        after: the stem of the content word right before it, or "" where none is.
        joined: whether a hyphen ties it to that word, as in 4-chloroaniline and 3-fold.
        in_name: whether it is part of a name, such as the 2 of CO2 or of 2D.
        is_word: whether it is written as a word.
        is_item: whether it only numbers the items of a list.
        is_pointer: whether it names a figure, a table, a reference or the like.
        is_rough: whether the text says that it is about this much.
        is_decade: whether it names ten years, as in 1980s.
    """

    text: str
    value: float
    step: float
    unit: Unit | None
    start: int
    end: int
    counted: str = ""
    after: str = ""
    joined: bool = False
    in_name: bool = False
    is_word: bool = False
    is_item: bool = False
    is_pointer: bool = False
    is_rough: bool = False
    is_decade: bool = False

    def states(self, other: "Quantity", tolerance: float) -> bool:
        """Whether `other` may be given for this one: the same, rounded, or in another unit.

        tolerance: the relative difference below which a value is the same after its unit was converted.
        """
        if self.unit is None or other.unit is None or self.unit == other.unit:
            return self.value == other.value or (
                self.step < other.coarseness and _close(self.value, other.value, other.rounding)
            )
        if self.unit.dimension != other.unit.dimension:
            return False
        mine, theirs = self.unit.to_base(self.value), other.unit.to_base(other.value)
        return _close(mine, theirs, max(other.rounding * other.unit.factor, tolerance * abs(theirs)))

    def contradicts_unit_of(self, other: "Quantity") -> bool:
        """Whether both are the same number of different units of one kind, such as 5 mg and 5 μg."""
        if self.unit is None or other.unit is None or self.value != other.value:
            return False
        return self.unit.dimension == other.unit.dimension and self.unit != other.unit

    @property
    def rounding(self) -> float:
        """By how much the value may have been rounded; a single digit is rounded only where it says so."""
        rough = self.is_rough or self.value >= 9.5 * self.step
        return self.coarseness / 2 if rough else 0.0

    @property
    def coarseness(self) -> float:
        """What the last digit that counts is worth: of "about 6,000" the first."""
        return max(self.step, self.last_place) if self.is_rough else self.step

    @property
    def last_place(self) -> float:
        """What the last digit is worth that is not zero, of a whole number: 1000 for 6,000; otherwise 0."""
        digits = f"{self.value:.0f}"
        return (
            10.0 ** (len(digits) - len(digits.rstrip("0")))
            if self.value >= _ROUND and self.step == 1
            else 0.0
        )


def _close(one: float, other: float, difference: float) -> bool:
    return abs(one - other) <= difference * (1 + 1e-9)


def quantities(text: str, vocabulary: Set[str] = NUMBER_WORDS.keys()) -> tuple[Quantity, ...]:
    """All numbers of a plain text with their units, in order; the unit of a range or list goes to all its members.

    vocabulary: the words of the text in lower case, where they are known; numbers in words are looked for only if some are there.
    """
    found: list[Quantity] = []
    for match in _QUANTITY.finditer(text):
        if not found or match.start() >= found[-1].end:  # else it is the exponent of the unit before it
            found.append(_quantity(text, match))
    for index in range(len(found) - 2, -1, -1):
        after = found[index + 1]
        if after.unit and _shares_unit(text, found[index], after):
            found[index] = found[index]._replace(unit=after.unit)
    if NUMBER_WORDS.keys().isdisjoint(vocabulary):
        return tuple(found)
    end = 0
    for match in _WORD.finditer(text):
        if match.start() >= end:  # else it is the ones of the number before it
            found.append(_in_words(text, match))
            end = found[-1].end
    return tuple(sorted(found, key=lambda quantity: quantity.start))


def unit_names(stated: Iterable[Quantity]) -> Iterator[str]:
    """The words of the units that numbers have; "μM" is written like a name and is none."""
    for quantity in stated:
        if quantity.unit is not None:
            yield from words(quantity.text)


def _shares_unit(text: str, one: Quantity, following: Quantity) -> bool:
    """Whether the unit of a number also belongs to the one before it, as in "30 to 60 °C"."""
    bare = one.unit is None and not (one.in_name or one.is_pointer or one.is_item or one.step > 1)
    return (
        bare
        and _IS_NUMBER.fullmatch(one.text) is not None
        and bool(_LINK.fullmatch(text[one.end : following.start]))
    )


def _quantity(text: str, match: re.Match[str]) -> Quantity:
    digits = match["number"].replace(",", "").replace(" ", "")
    power = int(match["power"] or match["e"] or 0)
    start, end = match.span()
    if text[end : end + 1] == "k" and not text[end + 1 : end + 2].isalnum():
        power, end = power + 3, end + 1
    value, step = float(f"{digits}e{power}"), float(f"1e{power - len(digits.partition('.')[2])}")
    if match["ten"]:
        value, step = float(f"1e{match['ten']}"), 0.0
    unit, stop = unit_at(text, end)
    if unit is not None and text[max(0, start - 2) : start].strip() in _TIMES and unit.dimension in _EXTENTS:
        unit = None
    preceding = text[max(0, start - 40) : start]
    is_decade = (
        text[end : end + 1] == "s"
        and not text[end + 1 : end + 2].isalnum()
        and _DECADE.fullmatch(digits) is not None
    )
    if is_decade:
        unit, step, stop = None, 10.0, end + 1
    elif unit is None and "pH" in preceding and _PH.search(preceding):
        unit = PH
    counted, joined = _counted(text, stop) if unit is None else ("", False)
    after = text[stop : stop + 1]
    return Quantity(
        text=text[start:stop],
        value=value,
        step=step,
        unit=unit,
        start=start,
        end=stop,
        counted=counted,
        after=_after(preceding) if unit else "",
        joined=joined,
        in_name=_touches_a_name(preceding) or (unit is None and after.isalpha()),
        is_item=unit is None
        and after in _AFTER_ITEM
        and digits.isdigit()
        and _begins_item(text, start, stop),
        is_pointer=unit is None and _is_pointed_at(preceding),
        is_rough=preceding.endswith(_BEFORE_ROUGH) and _APPROXIMATELY.search(preceding[-16:]) is not None,
        is_decade=is_decade,
    )


def _in_words(text: str, match: re.Match[str]) -> Quantity:
    """The number that a word begins: "twelve", "thirty-three", "two hundred", "one in twenty" (of all, so 5 %)."""
    value, end, step = float(NUMBER_WORDS[match[0].lower()]), match.end(), 1.0
    if share := _ONE_IN.match(text, end) if value == 1 else None:
        return Quantity(
            text=text[match.start() : share.end()],
            value=100.0 / NUMBER_WORDS[share[1].lower()],
            step=1.0,
            unit=PERCENT,
            start=match.start(),
            end=share.end(),
            is_word=True,
        )
    if ones := _ONES.match(text, end) if value in _TENS else None:
        value, end = value + NUMBER_WORDS[ones[1].lower()], ones.end()
    while times := _MULTIPLES.match(text, end):
        factor = _MULTIPLIERS[times[1].lower()]
        value, end, step = value * factor, times.end(), factor
    unit, stop = unit_at(text, end)
    counted, joined = _counted(text, stop) if unit is None else ("", False)
    return Quantity(
        text=text[match.start() : stop],
        value=value,
        step=step,
        unit=unit,
        start=match.start(),
        end=stop,
        counted=counted,
        joined=joined,
        is_word=True,
    )


def _counted(text: str, position: int) -> tuple[str, bool]:
    """The stem of the content word that follows, and whether a hyphen ties the number to it."""
    following = _FOLLOWING.match(text, position)
    if following is None or following[1].lower() in FUNCTION_WORDS:
        return "", False
    return stem(following[1].lower()), following[0][0] == "-"


def _is_pointed_at(preceding: str) -> bool:
    """Whether a figure, a table, a reference or the like is named before a number, as in "Figs. 2, 3 and"."""
    tail = preceding[-24:]
    hinted = tail.lower()
    return any(hint in hinted for hint in _POINTER_HINTS) and _POINTER.search(tail) is not None


def _after(preceding: str) -> str:
    """The stem of the content word that comes right before a number, parentheses and the like aside."""
    found = _PRECEDING.search(preceding)
    if found is None or found[1].lower() in FUNCTION_WORDS:
        return ""
    return stem(found[1].lower())


def _touches_a_name(preceding: str) -> bool:
    """Whether a letter comes right before the number, with or without a hyphen: PM2.5, HT-2."""
    return preceding[-1:].isalpha() or (preceding[-1:] == "-" and preceding[-2:-1].isalpha())


def _begins_item(text: str, start: int, end: int) -> bool:
    """Whether the number at `start` is only the mark of a list's item: "1)", "(2)", "3. Next"."""
    before = text[max(0, start - 5) : start].rstrip(" ")
    after = text[end : end + 2]
    if after.startswith(")"):
        return before.endswith(("(", ",", ";", ":", ".", " and", " or")) or start == 0
    return after in (". ", ": ", ".") and (start == 0 or before.endswith((".", ":", ";", "!", "?")))
