"""The version before: its records win over newcomers, its splits stay."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from builder import manifest, read
from qagen.records import Record, Rejection, sha256
from qagen.select import question_key


@dataclass(frozen=True)
class Base:
    """A dataset folder that a new version follows.

    Attributes:
        name: the folder's name and the beginning of its manifest's hash; no path of this machine.
        assigned: splits, by key of `builder.splits.keys`.
        questions: record id -> question key, in the order of the rows.
    """

    name: str
    assigned: Mapping[str, str]
    questions: Mapping[str, str]

    @classmethod
    def read(cls, folder: Path) -> "Base":
        """Read a dataset folder.

        Raises:
            DatasetError: where it is none.
        """
        manifest.read(folder)
        text = (folder / manifest.FILE).read_text(encoding="utf-8")
        return cls(
            name=f"{folder.resolve().name}@{sha256(text)[:12]}",
            assigned=read.assignments(folder),
            questions={record.id: question_key(record.question) for _, record in read.records(folder)},
        )

    def incumbents(self, results: Iterable[Record | Rejection]) -> dict[str, str]:
        """Question key -> id of those of the base's records that are among new results: a record that is gone wins nothing."""
        back = {result.id for result in results if isinstance(result, Record) and result.id in self.questions}
        found: dict[str, str] = {}
        for record_id, key in self.questions.items():
            if record_id in back:
                found.setdefault(key, record_id)
        return found
