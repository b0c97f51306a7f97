"""A diff of two versions as a person reads it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from builder.diffing.diff import Change, Diff, diff
from builder.diffing.version_number import FIRST, Columns, Version, describe_changes, entry, next_version
from builder.folder import manifest, read
from builder.folder.schema import CONFIGS

_LISTED = 20
_LISTED_OF_ONE = 10
"""Papers that are listed, and records of one of them."""


def changes_text(found: Diff) -> str:
    """Counts first, then what decided them, then the records of each paper."""
    return "\n".join(_lines(found))


def _lines(found: Diff) -> Iterator[str]:
    yield f"same      {found.same}"
    yield f"added     {len(found.added)}{_causes(found.added)}"
    yield f"removed   {len(found.removed)}{_causes(found.removed)}"
    yield f"moved     {len(found.moved)}"
    yield f"changed   {len(found.changed)}"
    for name, (before, after) in found.settings.items():
        yield f"  {name}: {before!r} -> {after!r}"
    papers = _by_paper(found)
    for file, lines in list(papers.items())[:_LISTED]:
        yield f"{file}: {_count(len(lines), 'record')}"
        yield from (f"  {line}" for line in lines[:_LISTED_OF_ONE])
        if len(lines) > _LISTED_OF_ONE:
            yield f"  and {len(lines) - _LISTED_OF_ONE} more; --json lists all"
    if len(papers) > _LISTED:
        yield f"and {_count(len(papers) - _LISTED, 'paper')} more; --json lists all"


def _by_paper(found: Diff) -> dict[str, list[str]]:
    """A line for each record that came, went, moved or changed, by the file of its paper, in the order of their names."""
    lines: dict[str, list[str]] = {}
    for sign, changes in (("+", found.added), ("-", found.removed)):
        for change in changes:
            because = f", {change.reason}" if change.reason else ""
            by = f" by {change.displaced_by}" if change.displaced_by else ""
            line = f"{sign} {change.id} {change.question} ({change.cause}{because}{by})"
            lines.setdefault(change.file, []).append(line)
    for move in found.moved:
        lines.setdefault(move.file, []).append(f"> {move.id} {move.before} -> {move.after}")
    for edit in found.changed:
        lines.setdefault(edit.file, []).append(f"* {edit.id} {', '.join(edit.columns)}")
    return dict(sorted(lines.items()))


def changelog_text(old: Path, new: Path, day: str) -> str:
    """The entry that the newer version's CHANGELOG.md would get: its version by meaning, why, and what changed.

    Args:
        old: the older dataset folder.
        new: the newer one.
        day: the entry's date, `YYYY-MM-DD`.

    Raises:
        DatasetError: where one of them is no dataset folder or cannot be read.
    """
    found = diff(old, new)
    columns = Columns.between(
        *({config: read.columns(place, config) for config in CONFIGS} for place in (old, new))
    )
    last = Version.of(manifest.read(old).version or str(FIRST))
    version, why = next_version(last, found, columns)
    return entry(version, day, why, describe_changes(found, columns), found)


def _causes(changes: Sequence[Change]) -> str:
    counts = Counter(str(change.cause) for change in changes)
    listed = ", ".join(f"{cause} {count}" for cause, count in sorted(counts.items()))
    return f" ({listed})" if listed else ""


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
