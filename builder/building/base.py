"""The version before: its records win over newcomers, its splits stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from builder.folder import manifest, read
from builder.hub.locator import folder_of, parse_dataset_ref
from qagen.errors import DatasetError
from qagen.records import sha256


@dataclass(frozen=True)
class Base:
    """A dataset folder that a new version follows.

    Attributes:
        name: the folder's name and the beginning of its manifest's hash, or `name/dataset@revision`; no path of this
            machine.
        assigned: splits, by key of `builder.folder.splits.keys`.
        ids: those of its records.
    """

    name: str
    assigned: Mapping[str, str]
    ids: frozenset[str]

    @classmethod
    def of(cls, name: Path, *, offline: bool = False) -> "Base":
        """Read what a user names: a dataset folder, or `name/dataset@revision` on the Hub.

        Raises:
            DatasetError: where it is no dataset, or would have to be fetched offline.
            HubError: where the Hub does not have it.
        """
        refuse_hub(name, offline=offline)
        return cls.read(folder_of(name), str(name) if parse_dataset_ref(name) else None)

    @classmethod
    def read(cls, folder: Path, name: str | None = None) -> "Base":
        """Read a dataset folder.

        Args:
            folder: the folder.
            name: how it is called in the new one's manifest; None takes the folder's name.

        Raises:
            DatasetError: where it is none.
        """
        manifest.read(folder)
        text = (folder / manifest.FILE).read_text(encoding="utf-8")
        return cls(
            name=name or f"{folder.resolve().name}@{sha256(text)[:12]}",
            assigned=read.assignments(folder),
            ids=frozenset(record.id for _, record in read.records(folder)),
        )


def refuse_hub(name: Path, *, offline: bool) -> None:
    """Refuse a dataset that would have to be fetched by somebody who asks nobody.

    Raises:
        DatasetError: where it is one.
    """
    if offline and parse_dataset_ref(name):
        raise DatasetError(
            f"{str(name)!r} is on the Hub, and --offline asks nobody",
            remedy="name a folder with --base, or build without --offline",
        )
