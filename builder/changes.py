"""A diff of two versions as a person reads it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from builder import manifest, read
from builder.diff import Change, Diff, diff
from builder.features import CONFIGS
from builder.versions import FIRST, Columns, Version, entry, next_version, told

_LISTED = 20


def changes_text(found: Diff) -> str:
    """Counts first, then what decided them, then the records one by one."""
    return "\n".join(_lines(found))


def _lines(found: Diff) -> Iterator[str]:
    yield f"same      {found.same}"
    yield f"added     {len(found.added)}{_causes(found.added)}"
    yield f"removed   {len(found.removed)}{_causes(found.removed)}"
    yield f"moved     {len(found.moved)}"
    yield f"changed   {len(found.changed)}"
    for name, (before, after) in found.settings.items():
        yield f"  {name}: {before!r} -> {after!r}"
    for sign, changes in (("+", found.added), ("-", found.removed)):
        for change in changes[:_LISTED]:
            because = f", {change.reason}" if change.reason else ""
            by = f" by {change.displaced_by}" if change.displaced_by else ""
            yield f"{sign} {change.id} {change.file}: {change.question} ({change.cause}{because}{by})"
        yield from _more(len(changes))
    for move in found.moved[:_LISTED]:
        yield f"> {move.id} {move.file}: {move.before} -> {move.after}"
    yield from _more(len(found.moved))
    for edit in found.changed[:_LISTED]:
        yield f"* {edit.id} {edit.file}: {', '.join(edit.columns)}"
    yield from _more(len(found.changed))


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
    last = Version.of(str(manifest.read(old).get("version", FIRST)))
    version, why = next_version(last, found, columns)
    return entry(version, day, why, told(found, columns), found)


def _causes(changes: Sequence[Change]) -> str:
    counts = Counter(str(change.cause) for change in changes)
    listed = ", ".join(f"{cause} {count}" for cause, count in sorted(counts.items()))
    return f" ({listed})" if listed else ""


def _more(count: int) -> Iterator[str]:
    if count > _LISTED:
        yield f"  and {count - _LISTED} more; --json lists all"
