"""Versions of a dataset by meaning, and what a version's change log says.

major   columns or the meaning of ids change, a config goes, or records move between splits: what was learnt from the old one may be wrong
minor   records come or go, or columns or configs come
patch   labels, scores, the card or other facts about the same records
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from builder.card.markdown import text
from builder.diffing.diff import Diff
from builder.folder.manifest import Manifest
from builder.folder.manifest_parts import ReleaseNote
from qagen.errors import DatasetError
from qagen.records import canonical_json, sha256

CHANGELOG = "CHANGELOG.md"
_HEAD = (
    "# Changelog\n\nVersions by meaning: major where columns change or records move between splits, minor where records come or go, "
    "patch\nfor the rest.\n"
)
_RELEASES_KEPT = 10
_LISTED = 20
_FACTS = (
    "format",
    "schema",
    "made",
    "settings",
    "papers",
    "configs",
    "rejections",
    "profile",
    "example",
    "reviews",
    "license",
    "retracted",
)
"""What makes a version what it is, besides its files."""
_VERSION = re.compile(r"v?(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})")


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """`major.minor.patch`; its tag has a `v` in front.

    Three numbers and no more: what `packaging` and `semver` read besides (1.2, 1.2.0rc1, 1.2.0+build) is no version here.
    """

    major: int
    minor: int
    patch: int

    @classmethod
    def of(cls, value: str) -> "Version | None":
        """Read `1.2.0` or `v1.2.0`; None where it is neither."""
        found = _VERSION.fullmatch(value)
        return cls(*map(int, found.groups())) if found else None

    @property
    def tag(self) -> str:
        """For instance `v1.2.0`."""
        return f"v{self}"

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


FIRST = Version(1, 0, 0)
_PROMISED = ("default", "chat", "sft", "reasoning", "unanswerable")
"""Configs that hold records, in whatever form: who loads one of them misses it."""


@dataclass(frozen=True, slots=True)
class Columns:
    """How the columns of two versions differ: dotted names, each with its config in front.

    Attributes:
        added, removed: columns that only one of them has.
        retyped: column -> types before and after.
        configs_added: configs that only the newer one has.
        configs_removed: configs of records that only the older one has; what was turned down may be published or not.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    retyped: Mapping[str, tuple[str, str]] | None = None
    configs_added: tuple[str, ...] = ()
    configs_removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.retyped, self.configs_added, self.configs_removed))

    @classmethod
    def between(cls, old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]) -> "Columns":
        """Compare `{config: {column: type}}`; of configs without rows in one of the versions only that is told."""
        both = [config for config in new if old.get(config) and new[config]]
        named = [
            {f"{config}.{name}": kind for config in both for name, kind in version[config].items()}
            for version in (old, new)
        ]
        before, after = named
        return cls(
            tuple(name for name in after if name not in before),
            tuple(name for name in before if name not in after),
            {name: (kind, after[name]) for name, kind in before.items() if after.get(name, kind) != kind},
            tuple(config for config in new if new[config] and not old.get(config)),
            tuple(config for config in _PROMISED if old.get(config) and not new.get(config)),
        )


def next_version(last: Version | None, changes: Diff | None, columns: Columns) -> tuple[Version, str]:
    """The version that a change makes, and why.

    Args:
        last: the greatest version that is there; None for the first.
        changes: from the last version of qagen to this one; None where all that are there are of somebody else.
        columns: how the columns changed.
    """
    if last is None:
        return FIRST, "the first version"
    if changes is None:
        return Version(last.major + 1, 0, 0), f"the first of qagen; {last.tag} is not"
    if columns.removed or columns.retyped:
        return Version(last.major + 1, 0, 0), "columns changed"
    if columns.configs_removed:
        return Version(last.major + 1, 0, 0), f"no {', '.join(columns.configs_removed)} any more"
    if changes.moved:
        return Version(last.major + 1, 0, 0), f"{_count(changes.moved, 'record')} moved between splits"
    if changes.added or changes.removed:
        why = f"{_count(changes.added, 'record')} added, {_count(changes.removed, 'record')} removed"
        return Version(last.major, last.minor + 1, 0), why
    if columns.added:
        return Version(last.major, last.minor + 1, 0), "columns added"
    if columns.configs_added:
        return Version(last.major, last.minor + 1, 0), "configs added"
    return Version(last.major, last.minor, last.patch + 1), "the same records, with other scores or facts"


def identity(made: Manifest) -> str:
    """The sha256 of all that makes a version what it is: data, and what the card is made from; no date, no version.

    Args:
        made: the manifest of the version.
    """
    files = {
        name: file.sha256
        for name, file in made.files.items()
        if name.startswith(("data/", "prompts/", "plots/"))
    }
    told = made.as_json()
    facts = {key: told.get(key) for key in _FACTS}
    return sha256(canonical_json([files, facts]))


def is_news(changes: Diff, columns: Columns, before: Manifest, after: Manifest) -> bool:
    """Whether a version says anything that the one before does not: a renamed PDF and another base are no news.

    Args:
        changes: from the version before to this one.
        columns: how the columns changed.
        before: the manifest of the version before, as it was published.
        after: that of this one, as it would be.
    """
    differs = changes.added or changes.removed or changes.moved or changes.changed or columns
    return bool(differs) or _said(before) != _said(after)


def _said(made: Manifest) -> list[object]:
    """What a manifest says but for names of files and the base; data counts by its rows, which are compared one by one."""
    compared = tuple(f"data/{config}/" for config in ("default", "chat", "sft", "unanswerable"))
    files = {
        name: file.sha256
        for name, file in made.files.items()
        if name.startswith(("data/", "prompts/", "plots/")) and not name.startswith(compared)
    }
    told = made.as_json()
    rest = {key: told.get(key) for key in _FACTS if key not in ("made", "papers", "profile", "settings")}
    how = made.provenance.model_copy(update={"base": None})
    papers = [paper.model_copy(update={"file": ""}) for paper in made.papers]
    return [files, how, papers, made.profile, made.settings, rest]


def describe_changes(changes: Diff | None, columns: Columns) -> tuple[str, ...]:
    """A version's changes in short plain sentences, for the card's table.

    Args:
        changes: from the version before; None for the first.
        columns: how the columns changed.
    """
    return tuple(_told(changes, columns)) or ("other facts about the same records",)


def _told(changes: Diff | None, columns: Columns) -> Iterator[str]:
    if changes is None:
        yield "first version"
        return
    for what, names in (
        ("configs added", columns.configs_added),
        ("configs removed", columns.configs_removed),
        ("columns added", columns.added),
        ("columns removed", columns.removed),
    ):
        if names:
            yield f"{what}: {', '.join(names)}"
    for name, (before, after) in (columns.retyped or {}).items():
        yield f"column {name} was {before} and is {after}"
    for verb, found in (("added", changes.added), ("removed", changes.removed)):
        if found:
            causes = Counter(change.cause.value.replace("_", " ") for change in found)
            yield f"{_count(found, 'record')} {verb} ({_counted(causes)})"
    if changes.moved:
        moves = Counter(f"{move.before} to {move.after}" for move in changes.moved)
        yield f"{_count(changes.moved, 'record')} moved between splits ({_counted(moves)})"
    if changes.changed:
        named = Counter(name for edit in changes.changed for name in edit.columns)
        yield f"{_count(changes.changed, 'record')} changed in part ({_counted(named)})"


def _counted(counts: Counter[str]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    more = f", and {len(ordered) - _LISTED} more" if len(ordered) > _LISTED else ""
    return ", ".join(f"{name} {count}" for name, count in ordered[:_LISTED]) + more


def _count(found: Sequence[object], noun: str) -> str:
    return f"{len(found):,} {noun}{'' if len(found) == 1 else 's'}"


def entry(version: Version, day: str, why: str, sentences: Sequence[str], changes: Diff | None) -> str:
    """A version's part of the change log, in Markdown.

    Args:
        version: the version.
        day: its date, `YYYY-MM-DD`.
        why: why it has this number.
        sentences: what `describe_changes` gave.
        changes: from the version before; its settings are listed.
    """
    lines = [f"## {version} ({day})", "", f"{text(why[:1].upper() + why[1:])}.", ""]
    lines += [f"- {text(sentence, 2000)}" for sentence in sentences]
    settings = list((changes.settings if changes else {}).items())
    lines += [
        f"- {text(name.removeprefix('settings.'))}: {text(before)} → {text(after)}"
        for name, (before, after) in settings[:_LISTED]
    ]
    if len(settings) > _LISTED:
        lines.append(f"- and {len(settings) - _LISTED} further settings")
    return "\n".join(lines) + "\n"


def changelog(before: str | None, new: str) -> str:
    """A change log with an entry in front of those that it had.

    Args:
        before: the text of the last version's; None for the first.
        new: what `entry` gave.
    """
    first = before.find("\n## ") if before else -1
    older = before[first + 1 :] if before and first >= 0 else ""
    return f"{_HEAD}\n{new}" + (f"\n{older}" if older else "")


def releases(made: Manifest | None, version: Version, sentences: Sequence[str]) -> tuple[ReleaseNote, ...]:
    """The last versions with their changes, newest first, as a manifest keeps them.

    Args:
        made: the manifest of the version before, or None.
        version: the new one.
        sentences: its changes.
    """
    kept = [one for one in (made.releases if made else ()) if one.version != str(version)]
    return (ReleaseNote(str(version), tuple(sentences)), *kept)[:_RELEASES_KEPT]


def changes_of(made: Manifest) -> tuple[str, ...]:
    """A published version's changes in short sentences; none where its manifest tells none."""
    return made.releases[0].changes if made.releases else ()


def parse_version(value: str) -> Version | None:
    """Read `--version`: None for `auto`.

    Raises:
        DatasetError: where it is neither `auto` nor a version.
    """
    if value == "auto":
        return None
    found = Version.of(value)
    if found is None:
        raise DatasetError(
            f"{value!r} is no version", remedy="write three numbers, for instance 1.2.0, or auto"
        )
    return found
