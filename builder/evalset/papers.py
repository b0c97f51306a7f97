"""One paper: the values that its chunks state, and where its text states one."""

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
    """What is known of a paper's text.

    Attributes:
        records: its records of the split.
        document: all of its text; None where it is not at hand.
    """

    records: tuple[TestRecord, ...]
    document: str | None = None

    @property
    def against(self) -> str:
        """What false answers are checked against: `document`, `chunks`, `evidence` or, with no text at hand, `records`."""
        if self.document is not None:
            return "document"
        if all(record.context is not None for record in self.records):
            return "chunks"
        return "evidence" if all(record.evidence for record in self.records) else "records"

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The document; without it the chunks that were asked about, for a record without one its evidence, and else itself."""
        if self.document is not None:
            return (self.document,)
        return tuple(dict.fromkeys(text for record in self.records for text in texts_of(record)))

    @cached_property
    def by_kind(self) -> dict[Kind, tuple[Value, ...]]:
        """The values of its chunks by kind, each once."""
        found: dict[Kind, dict[str, Value]] = {}
        for text in self.texts:
            for value in values(Text(text).plain):
                known = found.setdefault(value.kind, {})
                before = known.setdefault(value.text, value)
                if not value.beside <= before.beside:
                    known[value.text] = replace(before, beside=before.beside | value.beside)
        return {kind: tuple(by_text.values()) for kind, by_text in found.items()}

    @cached_property
    def source(self) -> IndexedSource:
        """All that is known of its text, with what its records say."""
        said = (f"{record.question}\n\n{record.answer}" for record in self.records)
        return IndexedSource("\n\n".join(dict.fromkeys([*self.texts, *said])))

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


def texts_of(record: TestRecord) -> tuple[str, ...]:
    """The texts that a record came from, the longest there are."""
    if record.context is not None:
        return (record.context,)
    return record.evidence or (f"{record.question}\n\n{record.answer}",)
