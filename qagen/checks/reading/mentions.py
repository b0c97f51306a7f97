"""Where the sentences of a text mention numbers and names, and how near other words stand to them."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property

from qagen.checks.reading.names import folded, is_name
from qagen.checks.reading.quantities import Quantity
from qagen.checks.reading.text import stem

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*(?![^\W_])|[^\W_]+")
_CLAUSE = re.compile(
    r"[;:,wbah](?:(?<=[;:])"
    r"|(?<=,) (?:and|but|while|whereas|which|where|who|whose|although|because|so|resulting|leading)\b"
    r"|(?<=\b[wbah])(?:(?<=w)(?:hile|hereas)|(?<=b)(?:ut|ecause)|(?<=a)lthough|(?<=h)owever)\b)"
)
"""It begins with a set of characters, which the engine finds much quicker than alternatives."""
_CITATION = re.compile(r"\[\d[\d,;\s-]*\]")
_HALVED_AFTER = 6
"""Words after which closeness counts half."""
_OTHER_CLAUSE = 0.5
"""What a word counts that another clause has."""


class Mentions:
    """The tokens of a plain sentence, and the numbers and names among them; each found out once, when it is asked for."""

    def __init__(self, text: str, quantities: Sequence[Quantity]) -> None:
        self._text = text
        self._quantities = quantities

    @cached_property
    def tokens(self) -> list[str]:
        """The runs of letters and digits, as written."""
        return _TOKEN.findall(self._text)

    @cached_property
    def _starts(self) -> list[int]:
        """Where the tokens begin."""
        return [match.start() for match in _TOKEN.finditer(self._text)]

    def start(self, place: int) -> int:
        """Where the token at a place begins."""
        return self._starts[place]

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """The tokens as they are compared: names folded, other words as stems."""
        names = dict(self.names)
        if not names:
            return tuple([stem(token.lower()) for token in self.tokens])
        return tuple(
            [
                names[place] if place in names else stem(token.lower())
                for place, token in enumerate(self.tokens)
            ]
        )

    @cached_property
    def names(self) -> tuple[tuple[int, str], ...]:
        """The names with their places; "μL" behind a number is a unit."""
        found = [
            (place, folded(token))
            for place, token in enumerate(self.tokens)
            if not (token.islower() or token[1:].islower()) and is_name(token)
        ]
        units = [(one.start, one.end) for one in self._quantities if one.unit] if found else []
        if units:
            starts = self._starts
            found = [
                (place, name)
                for place, name in found
                if not any(start < starts[place] < end for start, end in units)
            ]
        return tuple(found)

    @cached_property
    def numbers(self) -> tuple[tuple[int, Quantity], ...]:
        """The numbers with their places; none that point at something, number a list, cite, or are written as words."""
        if not self._quantities:
            return ()
        cited = [match.span() for match in _CITATION.finditer(self._text)] if "[" in self._text else ()
        return tuple(
            (max(0, bisect_right(self._starts, quantity.start) - 1), quantity)
            for quantity in self._quantities
            if not (quantity.is_item or quantity.is_pointer or quantity.in_name or quantity.is_word)
            and not any(start <= quantity.start < end for start, end in cited)
        )

    @cached_property
    def set_apart(self) -> frozenset[int]:
        """The places of names that stand alone in parentheses, and so are said of what comes before them."""
        if not self.names:
            return frozenset()
        starts, tokens = self._starts, self.tokens
        ends = {place: starts[place] + len(tokens[place]) for place, _ in self.names}
        return frozenset(
            place
            for place, end in ends.items()
            if self._text[starts[place] - 1 : starts[place]] == "(" and self._text[end : end + 1] == ")"
        )

    @cached_property
    def clauses(self) -> tuple[int, ...]:
        """By place which clause of the sentence it is in."""
        cuts = [match.start() for match in _CLAUSE.finditer(self._text)]
        if not cuts:
            return (0,) * len(self.tokens)
        return tuple(bisect_right(cuts, start) for start in self._starts)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The forms without order."""
        return frozenset(self.forms)

    @cached_property
    def places(self) -> Mapping[str, Sequence[int]]:
        """Where each form stands."""
        found: dict[str, list[int]] = {}
        for place, form in enumerate(self.forms):
            found.setdefault(form, []).append(place)
        return found

    def closeness(self, form: str, place: int) -> float:
        """How near a form stands to a place, in [0, 1]; 0 where the sentence has it not."""
        best, clauses = 0.0, self.clauses
        for other in self.places.get(form, ()):
            if other != place:
                near = 1.0 / (1.0 + abs(other - place) / _HALVED_AFTER)
                if clauses[other] != clauses[place]:
                    near *= _OTHER_CLAUSE
                if near > best:
                    best = near
        return best
