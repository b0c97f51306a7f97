"""What changed from an older version to the dataset, in counts and causes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from builder.diffing.diff import Change, diff

_SETTINGS = 40
"""Settings that differ and are named."""


@dataclass(frozen=True, slots=True)
class VersionChange:
    """From an older version to the dataset.

    Attributes:
        same, changed, moved: records that both have: equal, with other columns, in another split.
        added, removed: records of one of them only, by cause, most frequent first.
        settings: what differs in their making, before and after; `more_settings` are those beyond them.
    """

    same: int
    changed: int
    moved: int
    added: Mapping[str, int] = field(default_factory=dict)
    removed: Mapping[str, int] = field(default_factory=dict)
    settings: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    more_settings: int = 0


def change_between(older: Path, newer: Path) -> VersionChange:
    """Compare two dataset folders.

    Raises:
        DatasetError: where one of them is no dataset folder or cannot be read.
    """
    found = diff(older, newer)
    settings = {name: (_said(before), _said(after)) for name, (before, after) in found.settings.items()}
    named = dict(list(settings.items())[:_SETTINGS])
    return VersionChange(
        found.same,
        len(found.changed),
        len(found.moved),
        _causes(found.added),
        _causes(found.removed),
        named,
        len(settings) - len(named),
    )


def _causes(changes: Iterable[Change]) -> Mapping[str, int]:
    counts = Counter(
        f"{change.cause}" + (f": {change.reason}" if change.reason else "") for change in changes
    )
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _said(value: object) -> str:
    return "not set" if value is None else str(value)
