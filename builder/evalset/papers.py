"""One paper: the values that its text states, and where it states them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from builder.evalset.records import TestRecord
from builder.evalset.values import Kind, Value, are_same, values
from qagen.checks import IndexedSource
from qagen.checks.reading.names import folded
from qagen.checks.reading.text import Text


@dataclass(frozen=True)
class PaperText:
    """A paper with all of its text, which alone can say that an answer is false.

    Attributes:
        document: the text that its records were made from.
        records: its records of the split.
    """

    document: str
    records: tuple[TestRecord, ...]

    @cached_property
    def by_kind(self) -> dict[Kind, tuple[Value, ...]]:
        """The values of the document by kind, each once."""
        found: dict[Kind, dict[str, Value]] = {}
        for value in values(Text(self.document).plain):
            known = found.setdefault(value.kind, {})
            before = known.setdefault(value.text, value)
            if not value.beside <= before.beside:
                known[value.text] = replace(before, beside=before.beside | value.beside)
        return {kind: tuple(by_text.values()) for kind, by_text in found.items()}

    @cached_property
    def source(self) -> IndexedSource:
        """The document, with what its records say of it."""
        said = (f"{record.question}\n\n{record.answer}" for record in self.records)
        return IndexedSource("\n\n".join([self.document, *said]))

    def stating(self, value: Value) -> Iterator[int]:
        """The sentences of `source` that state a value, by number, ascending."""
        if value.quantity is None:
            wanted = folded(value.text)
            for number, mentions in enumerate(self.source.mentions):
                if any(name == wanted for _, name in mentions.names):
                    yield number
            return
        for number, stated in enumerate(self.source.quantities):
            if any(are_same(value.quantity, other) for other in stated):
                yield number

    def stands_for_same(self, one: Value, two: Value) -> bool:
        """Whether the text spells two names out in the same words."""
        forms = self.source.expansions
        return not set(forms.get(folded(one.text), ())).isdisjoint(forms.get(folded(two.text), ()))
