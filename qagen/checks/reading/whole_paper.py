"""The text of a whole paper, in which what a question takes for granted may stand as well as in the excerpt."""

from functools import cached_property, lru_cache

from qagen.checks.reading.names import folded
from qagen.checks.reading.quantities import Quantity, quantities
from qagen.checks.reading.stated import Stated
from qagen.checks.reading.text import Text

_KEPT = 4
"""Papers whose texts stay indexed: the chunks of one come together."""
_SHORTEST_ACRONYM, _SHORTEST_TELLING = 4, 6
"""Letters of an acronym that initials of words may make, and of a name that may stand across words: of fewer, a long text has any."""


class WholePaper:
    """A paper's text, indexed when a question names what its excerpt does not have."""

    def __init__(self, text: str) -> None:
        self._text = Text(text)

    def has(self, name: str) -> bool:
        """Whether the paper has a name, be it in one with other letters or, of an acronym, as the initials of its words."""
        form = folded(name)
        is_telling = len(form) >= _SHORTEST_TELLING or any(map(str.isdigit, form))
        if form in self._tokens or (is_telling and form in self._compact):
            return True
        return len(form) >= _SHORTEST_ACRONYM and name.removesuffix("s").isupper() and form in self._initials

    def states(self, quantity: Quantity, tolerance: float) -> bool:
        """Whether the paper has a number, in whatever notation or unit."""
        return any(self._stated.stating(quantity, tolerance))

    @cached_property
    def _tokens(self) -> frozenset[str]:
        return frozenset(map(folded, self._text.tokens))

    @cached_property
    def _compact(self) -> str:
        return self._text.plain.lower().replace(" ", "").replace("-", "")

    @cached_property
    def _initials(self) -> str:
        return "".join(word[0] for word in self._text.words)

    @cached_property
    def _stated(self) -> Stated:
        return Stated(quantities(self._text.plain))


@lru_cache(maxsize=_KEPT)
def whole_paper(text: str) -> WholePaper:
    """The paper with a text, indexed before or now."""
    return WholePaper(text)
