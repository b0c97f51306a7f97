"""Units of measure: what may be compared with what, and by which factor.

A table of our own, small on purpose: a unit that isn't in it is no unit for the checks, so its number is compared
alone. Symbols keep their case, since `mM` and `MM` are nine powers of ten apart. It is no library of units, since those take
every short word for a unit ("a" is a year, "in" an inch, "d" a day) and have to be told what a text means.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

Dimension = tuple[tuple[str, int], ...]
"""Base quantities with their exponents, sorted: `(("length", 1), ("time", -1))` is a speed."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as a multiple of the base unit of its dimension; `offset` is added after scaling (°C)."""

    dimension: Dimension
    factor: float
    offset: float = 0.0

    def to_base(self, value: float) -> float:
        """The value in base units."""
        return value * self.factor + self.offset


_PREFIXES = {"f": 1e-15, "p": 1e-12, "n": 1e-9, "μ": 1e-6, "u": 1e-6, "m": 1e-3, "c": 1e-2, "d": 1e-1}
_PREFIXES |= {"k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
_PREFIX_WORDS = {"femto": 1e-15, "pico": 1e-12, "nano": 1e-9, "micro": 1e-6, "milli": 1e-3, "centi": 1e-2}
_PREFIX_WORDS |= {"deci": 1e-1, "kilo": 1e3, "mega": 1e6, "giga": 1e9, "tera": 1e12}

_POWER = (("length", 2), ("mass", 1), ("time", -3))
_ENERGY = (("length", 2), ("mass", 1), ("time", -2))
_PRESSURE = (("length", -1), ("mass", 1), ("time", -2))
_VOLTAGE = (("current", -1), ("length", 2), ("mass", 1), ("time", -3))
_CHARGE = (("current", 1), ("time", 1))

_PREFIXED: dict[str, tuple[Dimension, float]] = {
    "m": ((("length", 1),), 1.0),
    "g": ((("mass", 1),), 1.0),
    "s": ((("time", 1),), 1.0),
    "A": ((("current", 1),), 1.0),
    "K": ((("temperature", 1),), 1.0),
    "mol": ((("amount", 1),), 1.0),
    "M": ((("amount", 1), ("length", -3)), 1e3),
    "L": ((("length", 3),), 1e-3),
    "l": ((("length", 3),), 1e-3),
    "Hz": ((("time", -1),), 1.0),
    "V": (_VOLTAGE, 1e3),
    "W": (_POWER, 1e3),
    "J": (_ENERGY, 1e3),
    "eV": (_ENERGY, 1.602176634e-16),
    "cal": (_ENERGY, 4184.0),
    "Wh": (_ENERGY, 3.6e6),
    "Ah": (_CHARGE, 3600.0),
    "N": ((("length", 1), ("mass", 1), ("time", -2)), 1e3),
    "Pa": (_PRESSURE, 1e3),
    "bar": (_PRESSURE, 1e8),
    "Ω": ((("current", -2), ("length", 2), ("mass", 1), ("time", -3)), 1e3),
    "S": ((("current", 2), ("length", -2), ("mass", -1), ("time", 3)), 1e-3),
    "F": ((("current", 2), ("length", -2), ("mass", -1), ("time", 4)), 1e-3),
    "T": ((("current", -1), ("mass", 1), ("time", -2)), 1e3),
    "Da": ((("mass", 1),), 1.66053906660e-24),
    "B": ((("byte", 1),), 1.0),
}
_PLAIN: dict[str, tuple[Dimension, float, float]] = {
    "%": ((("ratio", 1),), 1e-2, 0.0),
    "‰": ((("ratio", 1),), 1e-3, 0.0),
    "ppm": ((("ratio", 1),), 1e-6, 0.0),
    "ppb": ((("ratio", 1),), 1e-9, 0.0),
    "ppt": ((("ratio", 1),), 1e-12, 0.0),
    "fold": ((("ratio", 1),), 1.0, 0.0),
    "°C": ((("temperature", 1),), 1.0, 273.15),
    "°F": ((("temperature", 1),), 5 / 9, 459.67 * 5 / 9),
    "°": ((("angle", 1),), 1.0, 0.0),
    "rad": ((("angle", 1),), 57.29577951308232, 0.0),
    "Å": ((("length", 1),), 1e-10, 0.0),
    "min": ((("time", 1),), 60.0, 0.0),
    "h": ((("time", 1),), 3600.0, 0.0),
    "day": ((("time", 1),), 86400.0, 0.0),
    "week": ((("time", 1),), 604800.0, 0.0),
    "month": ((("month", 1),), 1.0, 0.0),
    "year": ((("month", 1),), 12.0, 0.0),
    "ha": ((("length", 2),), 1e4, 0.0),
    "t": ((("mass", 1),), 1e6, 0.0),
    "atm": (_PRESSURE, 1.01325e8, 0.0),
    "Torr": (_PRESSURE, 1.333224e5, 0.0),
    "mmHg": (_PRESSURE, 1.333224e5, 0.0),
    "psi": (_PRESSURE, 6.894757e6, 0.0),
    "rpm": ((("rotation", 1),), 1.0, 0.0),
    "dB": ((("level", 1),), 1.0, 0.0),
    "mile": ((("length", 1),), 1609.344, 0.0),
    "foot": ((("length", 1),), 0.3048, 0.0),
    "inch": ((("length", 1),), 0.0254, 0.0),
    "pound": ((("mass", 1),), 453.59237, 0.0),
}
_WORDS = {
    "meter": "m",
    "metre": "m",
    "gram": "g",
    "second": "s",
    "sec": "s",
    "ampere": "A",
    "amp": "A",
    "kelvin": "K",
    "mole": "mol",
    "molar": "M",
    "liter": "L",
    "litre": "L",
    "hertz": "Hz",
    "volt": "V",
    "watt": "W",
    "joule": "J",
    "electronvolt": "eV",
    "calorie": "cal",
    "newton": "N",
    "pascal": "Pa",
    "ohm": "Ω",
    "siemens": "S",
    "farad": "F",
    "tesla": "T",
    "dalton": "Da",
    "byte": "B",
}
_PLAIN_WORDS = {
    "percent": "%",
    "oC": "°C",
    "degC": "°C",
    "Celsius": "°C",
    "Fahrenheit": "°F",
    "degree": "°",
    "deg": "°",
    "angstrom": "Å",
    "minute": "min",
    "mins": "min",
    "hour": "h",
    "hr": "h",
    "hrs": "h",
    "d": "day",
    "yr": "year",
    "wk": "week",
    "hectare": "ha",
    "tonne": "t",
    "torr": "Torr",
    "mi": "mile",
    "ft": "foot",
    "feet": "foot",
    "inches": "inch",
    "lb": "pound",
    "lbs": "pound",
    "times": "fold",
    "wt%": "%",
    "vol%": "%",
    "mol%": "%",
    "at%": "%",
    "cc": "mL",
    "secs": "s",
}


PERCENT = Unit((("ratio", 1),), 1e-2)
PH = Unit((("pH", 1),), 1.0)
"""The scale that is named before its number."""


@lru_cache(maxsize=4096)
def _atom(name: str) -> Unit | None:
    """The unit of one symbol or word, with its prefix."""
    name = _PLAIN_WORDS.get(name, name)
    if name in _PLAIN:
        return Unit(*_PLAIN[name])
    if name in _PREFIXED:
        return Unit(*_PREFIXED[name])
    if len(name) > 1 and name[0] in _PREFIXES and name[1:] in _PREFIXED:
        dimension, factor = _PREFIXED[name[1:]]
        return Unit(dimension, factor * _PREFIXES[name[0]])
    return _spelled_out(name.lower())


def _spelled_out(word: str) -> Unit | None:
    """The unit of a word such as `nanometers` or `minutes`."""
    for form in (word, word.removesuffix("s")) if len(word) > 1 else ():
        if form in _WORDS:
            return _atom(_WORDS[form])
        if form in _PLAIN_WORDS or (form in _PLAIN and len(form) > 2):
            return _atom(_PLAIN_WORDS.get(form, form))
        for prefix, scale in _PREFIX_WORDS.items():
            base = _WORDS.get(form.removeprefix(prefix)) if form.startswith(prefix) else None
            if base:
                dimension, factor = _PREFIXED[base]
                return Unit(dimension, factor * scale)
    return None


_NAME = r"(?:(?:wt|vol|mol|at)\.? ?%|[kmμ]?[AW] h(?![a-z])|degrees? (?:Celsius|Fahrenheit|C|F)\b|° ?[CF]\b|[A-Za-zμΩÅ]+|[°%‰])"
_DEGREES = re.compile(r"^(?:degrees? |° ?)([CF])[a-z]*")
_EXPONENT = r"(?:\^?[+-]?[1-9](?!\w|\.\d))"
_FIRST = re.compile(rf"[ -]?(?P<name>{_NAME})(?P<exponent>{_EXPONENT})?")
_NEXT = re.compile(
    rf"(?:(?P<divide> ?/ ?| per )|(?P<times>[ ]?·[ ]?|\.)|[ ])(?P<name>{_NAME})(?P<exponent>{_EXPONENT})?"
)


def unit_at(text: str, position: int) -> tuple[Unit | None, int]:
    """The unit that stands at `position` of a plain text, with where it ends; None where there is none."""
    match = _FIRST.match(text, position)
    if match is None:
        return None, position
    unit = _power(match, inverse=False)
    if unit is None or _runs_on(text, match.end()):
        return None, position
    end, divided = match.end(), False  # what "·" ties to a divisor divides too: J/K·mol is J per K per mol
    while (match := _NEXT.match(text, end)) and not _runs_on(text, match.end()):
        if not (match["divide"] or match["times"]) and "-" not in (match["exponent"] or ""):
            break
        divided = bool(match["divide"]) or (divided and bool(match["times"]))
        factor = _power(match, inverse=divided)
        if factor is None:
            break
        unit, end = _product(unit, factor), match.end()
    return unit, end


def _runs_on(text: str, position: int) -> bool:
    """Whether a word goes on at `position`, so that what stands before it is no unit."""
    return position < len(text) and (text[position].isalnum() or text[position] == "_")


def _power(match: re.Match[str], *, inverse: bool) -> Unit | None:
    unit = _atom(_DEGREES.sub(r"°\1", match["name"]).replace(".", "").replace(" ", ""))
    if unit is None:
        return None
    exponent = int((match["exponent"] or "1").replace("^", "")) * (-1 if inverse else 1)
    if exponent == 1:
        return unit
    return Unit(tuple((base, power * exponent) for base, power in unit.dimension), unit.factor**exponent)


def _product(one: Unit, other: Unit) -> Unit:
    powers = dict(one.dimension)
    for base, power in other.dimension:
        powers[base] = powers.get(base, 0) + power
    return Unit(tuple(sorted((b, p) for b, p in powers.items() if p)), one.factor * other.factor)
