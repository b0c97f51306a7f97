"""Numbers and their units, in whatever notation they are written."""

import re
from dataclasses import dataclass, replace

from qagen.checks.text import stem
from qagen.checks.units import Unit, unit_at
from qagen.checks.words import FUNCTION_WORDS, NUMBER_WORDS

_NUMBER = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d{1,3}(?: \d{3})+(?![\d.,])|\d+(?:\.\d+)?|(?<![\d\w])\.\d+"
_QUANTITY = re.compile(
    rf"(?P<number>{_NUMBER})"
    r"(?: ?[×x·*] ?10 ?\^? ?(?P<power>[+-]?\d{1,2})(?!\d)|[eE](?P<e>[+-]?\d{1,2})(?!\w)|(?<=10)\^(?P<ten>[+-]?\d{1,2}))?"
)
_WORD = re.compile(rf"\b(?:{'|'.join(NUMBER_WORDS)})\b", re.IGNORECASE)
_LINK = re.compile(r" ?(?:-|~|to|and|or|,|/|±|\+/-|versus|vs\.?|, and|, or) ?(?=\d|\Z)")
_FOLLOWING = re.compile(r"[ -]([A-Za-z]{2,})")
_LARGEST_EXPONENT = 99


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as stated in a plain text.

    Attributes:
        text: the number and its unit as they stand there.
        value: the number without its sign: PDFs lose signs, and dashes look like them.
        step: what the last digit of its notation is worth; 0.01 for 3.12.
        unit: None where it has none, or none that is known.
        start: where it begins.
        end: where it ends, the unit included.
        counted: the stem of the word that it counts, or "" where no word follows.
        in_name: whether it is part of a name, such as the 2 of CO2 or of 2D.
        is_word: whether it is written as a word.
        is_item: whether it only numbers the items of a list.
    """

    text: str
    value: float
    step: float
    unit: Unit | None
    start: int
    end: int
    counted: str = ""
    in_name: bool = False
    is_word: bool = False
    is_item: bool = False

    def states(self, other: "Quantity", tolerance: float) -> bool:
        """Whether `other` may be given for this one: the same, rounded, or in another unit.

        tolerance: the relative difference below which two values are the same.
        """
        if self.unit is None or other.unit is None or self.unit == other.unit:
            return _close(self.value, other.value, max(other.step / 2, tolerance * abs(other.value)))
        if self.unit.dimension != other.unit.dimension:
            return False
        mine, theirs = self.unit.to_base(self.value), other.unit.to_base(other.value)
        return _close(mine, theirs, max(other.step / 2 * other.unit.factor, tolerance * abs(theirs)))


def _close(one: float, other: float, difference: float) -> bool:
    return abs(one - other) <= difference * (1 + 1e-9)


def quantities(text: str) -> tuple[Quantity, ...]:
    """All numbers of a plain text with their units, in order; the unit of a range or list goes to all its members."""
    found = [_quantity(text, match) for match in _QUANTITY.finditer(text)]
    for index in range(len(found) - 2, -1, -1):
        after = found[index + 1]
        if found[index].unit is None and after.unit and _linked(text, found[index], after):
            found[index] = replace(found[index], unit=after.unit, in_name=False)
    words = [_in_words(text, match) for match in _WORD.finditer(text)]
    return tuple(sorted([*found, *words], key=lambda quantity: quantity.start)) if words else tuple(found)


def _linked(text: str, one: Quantity, other: Quantity) -> bool:
    return bool(_LINK.fullmatch(text[one.end : other.start]))


def _quantity(text: str, match: re.Match[str]) -> Quantity:
    digits = match["number"].replace(",", "").replace(" ", "")
    power = int(match["power"] or match["e"] or 0)
    value, step = float(digits), 10.0 ** -len(digits.partition(".")[2])
    if match["ten"]:
        value, step = 10.0 ** int(match["ten"]), 0.0
    value, step = value * 10.0**power, step * 10.0**power
    start, end = match.span()
    unit, stop = unit_at(text, end)
    before, after = text[start - 1 : start], text[stop : stop + 1]
    in_name = before.isalpha() or (unit is None and after.isalpha())
    in_name = in_name or (before == "-" and text[max(0, start - 2) : start - 1].isalpha())
    following = _FOLLOWING.match(text, stop) if unit is None else None
    counted = following[1].lower() if following else ""
    return Quantity(
        text=text[start:stop],
        value=value,
        step=step,
        unit=unit,
        start=start,
        end=stop,
        counted="" if counted in FUNCTION_WORDS else stem(counted) if counted else "",
        in_name=in_name,
        is_item=after in ").:" and _begins_item(text, start, stop),
    )


def _in_words(text: str, match: re.Match[str]) -> Quantity:
    unit, stop = unit_at(text, match.end())
    following = _FOLLOWING.match(text, stop) if unit is None else None
    counted = following[1].lower() if following else ""
    return Quantity(
        text=text[match.start() : stop],
        value=float(NUMBER_WORDS[match[0].lower()]),
        step=1.0,
        unit=unit,
        start=match.start(),
        end=stop,
        counted="" if counted in FUNCTION_WORDS else stem(counted) if counted else "",
        is_word=True,
    )


def _begins_item(text: str, start: int, end: int) -> bool:
    """Whether the number at `start` is only the mark of a list's item: "1)", "(2)", "3. Next"."""
    before = text[max(0, start - 2) : start].rstrip(" ")
    after = text[end : end + 2]
    if after.startswith(")"):
        return before in ("", "(") or before[-1] in "(,;:.d "
    return after in (". ", ": ", ".") and (before == "" or before[-1] in ".:;!?")
