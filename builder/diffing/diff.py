"""What changed from one version of a dataset to another, and why, as far as the two folders tell.

Both are read once, paper by paper, so that memory does not grow with the datasets.
"""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from builder.diffing.causes import Cause, PaperState, by_review, pair_cause
from builder.folder import manifest, read
from builder.folder.manifest import Manifest
from builder.folder.manifest_parts import ManifestPaper
from builder.folder.schema import OF_RECORDS, SPLITS, Row
from builder.html import listing, page, table
from qagen.reasons import Reason
from qagen.records import record_id

_SHOWN = 20
"""Records that a notebook lists."""


@dataclass(frozen=True, slots=True)
class Change:
    """A record that came or went.

    Attributes:
        id: the record's.
        split: where it is, or was.
        file: the paper's label.
        question: the record's.
        cause: why; `new_pair` and `pair_gone` where the pair itself is in one of the versions only and nothing else says why.
        reason, detail: of the rejection, where the cause is one.
        displaced_by: the id of the record that it gave way to, or that gave way to it.
    """

    id: str
    split: str
    file: str
    question: str
    cause: Cause
    reason: str | None = None
    detail: str | None = None
    displaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A record that is in another split."""

    id: str
    file: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A record of which something other than paper, question and answer changed; its file's name is no part of it.

    `columns`: dotted name -> `[before, after]`.
    """

    id: str
    file: str
    columns: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Diff:
    """All differences, sorted by paper and row; `same` counts the records that are equal in all."""

    same: int
    added: tuple[Change, ...] = ()
    removed: tuple[Change, ...] = ()
    moved: tuple[Move, ...] = ()
    changed: tuple[Edit, ...] = ()
    settings: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    """Settings, engine, model and prompt that differ: dotted name -> `[before, after]`."""

    def as_json(self) -> dict[str, object]:
        """The same as a JSON object."""
        return asdict(self)

    def _repr_html_(self) -> str:
        came_and_went = [("+", change) for change in self.added] + [("-", change) for change in self.removed]
        others = len(came_and_went) - _SHOWN
        return page(
            f"{len(self.added):,} records added, {len(self.removed):,} removed, {len(self.moved):,} moved, "
            f"{len(self.changed):,} changed, {self.same:,} the same",
            table(
                [(name, repr(before), repr(after)) for name, (before, after) in self.settings.items()],
                ("made with", "before", "after"),
            ),
            table(self._causes(), ("", "why", "records")),
            table(
                [
                    (sign, one.question, one.file, one.cause, one.detail)
                    for sign, one in came_and_went[:_SHOWN]
                ],
                ("", "question", "paper", "why", ""),
            ),
            listing([f"and {others:,} more"] if others > 0 else []),
        )

    def _causes(self) -> Iterator[tuple[object, ...]]:
        for sign, changes in (("added", self.added), ("removed", self.removed)):
            for cause, count in Counter(change.cause for change in changes).most_common():
                yield sign, cause, count


def diff(old: Path, new: Path) -> Diff:
    """Compare two dataset folders.

    Raises:
        DatasetError: where one of them is no dataset folder or cannot be read.
    """
    before, after = manifest.read(old), manifest.read(new)
    gone, new_ones = _of_one_only(before, after)
    settings = dict(_columns(_decided(before), _decided(after)))
    found = _Found(settings, came=new_ones, went=gone)
    for sha256, sides in _by_paper(old, new):
        found.compare(sides, new_ones.get(sha256), gone.get(sha256))
    return Diff(
        found.same,
        tuple(found.added),
        tuple(found.removed),
        tuple(found.moved),
        tuple(found.changed),
        settings,
    )


def _of_one_only(before: Manifest, after: Manifest) -> tuple[dict[str, Cause], dict[str, Cause]]:
    """The papers that went and those that came, by sha256, with why: changed where another of the same work or name takes its place."""
    old, new = ({paper.sha256: paper for paper in version.papers} for version in (before, after))
    went = {sha256: _names(old[sha256]) for sha256 in old.keys() - new.keys()}
    came = {sha256: _names(new[sha256]) for sha256 in new.keys() - old.keys()}
    left, taken = set().union(*went.values()), set().union(*came.values())
    return (
        {
            sha256: Cause.PAPER_CHANGED if names & taken else Cause.PAPER_REMOVED
            for sha256, names in went.items()
        },
        {
            sha256: Cause.PAPER_CHANGED if names & left else Cause.PAPER_ADDED
            for sha256, names in came.items()
        },
    )


def _names(paper: ManifestPaper) -> set[str]:
    return {f"{key} {name}" for key, name in (("work", paper.work), ("file", paper.file)) if name}


def _decided(version: Manifest) -> dict[str, object]:
    made = version.provenance.model_dump(mode="json")
    return {"schema": version.schema_version, "made": made, "settings": version.settings}


@dataclass(slots=True)
class _Side:
    """One paper in one version: records by id with their split, and rejections by the id they would have had."""

    records: dict[str, tuple[str, Row]] = field(default_factory=dict)
    rejections: dict[str, Row] = field(default_factory=dict)
    seen: PaperState = field(default_factory=PaperState)


class _Found:
    def __init__(
        self, settings: Mapping[str, object], *, came: Mapping[str, Cause], went: Mapping[str, Cause]
    ) -> None:
        self.settings = settings
        self._came, self._went = came, went
        self.same = 0
        self.added: list[Change] = []
        self.removed: list[Change] = []
        self.moved: list[Move] = []
        self.changed: list[Edit] = []

    def compare(self, sides: tuple[_Side, _Side], came: Cause | None, went: Cause | None) -> None:
        """Compare one paper; `came` and `went` say why, where the paper itself is in one version only."""
        old, new = sides
        for name, (split, row) in old.records.items():
            if name not in new.records:
                cause = (
                    went
                    or self._gone(row)
                    or pair_cause(row, old.seen, new.seen, self.settings, Cause.PAIR_GONE)
                )
                self.removed.append(
                    _change(name, split, row, cause, Cause.REJECTED, new.rejections.get(name))
                )
        for name, (split, row) in new.records.items():
            if name in old.records:
                self._both(old.records[name], (split, row))
            else:
                cause = (
                    came
                    or self._new(row)
                    or pair_cause(row, new.seen, old.seen, self.settings, Cause.NEW_PAIR)
                )
                self.added.append(
                    _change(name, split, row, cause, Cause.WAS_REJECTED, old.rejections.get(name))
                )

    def _gone(self, row: Row) -> Cause | None:
        """Why a record went whose own paper is there still: another that it needs went."""
        return next((self._went[sha256] for sha256 in _papers(row) if sha256 in self._went), None)

    def _new(self, row: Row) -> Cause | None:
        return next((self._came[sha256] for sha256 in _papers(row) if sha256 in self._came), None)

    def _both(self, old: tuple[str, Row], new: tuple[str, Row]) -> None:
        (before, old_row), (after, new_row) = old, new
        name, file = new_row["id"], new_row["paper"]["file"]
        if before != after:
            self.moved.append(Move(name, file, before, after))
        columns = {name: sides for name, sides in _columns(old_row, new_row) if name != "paper.file"}
        if columns:
            self.changed.append(Edit(name, file, columns))
        if before == after and not columns:
            self.same += 1


def _papers(row: Row) -> Iterator[str]:
    """The papers of the places of a record, where these are of several."""
    for place in row.get("places") or ():
        if place.get("paper"):
            yield place["paper"]["sha256"]


def _change(name: str, split: str, row: Row, cause: Cause, rejected: Cause, rejection: Row | None) -> Change:
    known = Change(name, split, row["paper"]["file"], row["question"], cause)
    if rejection is None:
        return known
    displaced_by = rejection["displaced_by"]
    if rejection["reason"] == Reason.TURNED_DOWN_BY_REVIEW or by_review(row):
        rejected = Cause.REVIEWED
    return Change(
        name,
        split,
        known.file,
        known.question,
        Cause.DISPLACED if displaced_by and rejected is Cause.REJECTED else rejected,
        rejection["reason"],
        rejection["detail"],
        displaced_by,
    )


def _columns(before: Any, after: Any, name: str = "") -> Iterator[tuple[str, tuple[Any, Any]]]:
    """The leaves in which two values differ; a list is one leaf."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from _columns(before.get(key), after.get(key), f"{name}.{key}" if name else key)
    elif before != after:
        yield name, (before, after)


def _by_paper(old: Path, new: Path) -> Iterator[tuple[str, tuple[_Side, _Side]]]:
    streams = [stream for place, folder in enumerate((old, new)) for stream in _streams(place, folder)]
    merged = heapq.merge(*streams, key=lambda entry: entry[0])
    for sha256, entries in groupby(merged, key=lambda entry: entry[0]):
        sides = (_Side(), _Side())
        for _, place, split, row in entries:
            sides[place].seen.add(row)
            if split is not None:
                sides[place].records[row["id"]] = (split, row)
            elif row["question"] is not None and row["answer"] is not None:
                would_be = record_id(sha256, row["question"], row["answer"])
                sides[place].rejections.setdefault(would_be, row)
        yield sha256, sides


def _streams(place: int, folder: Path) -> Iterator[Iterator[tuple[str, int, str | None, Row]]]:
    """One stream per split of each config of records and one of rejections, each sorted by paper."""
    for config in OF_RECORDS:
        for split in SPLITS:
            yield _stream(place, split, folder, config, split)
    yield _stream(place, None, folder, "rejected", "train")


def _stream(
    place: int, tag: str | None, folder: Path, config: str, split: str
) -> Iterator[tuple[str, int, str | None, Row]]:
    for path in read.files(folder, config).get(split, ()):
        for row in read.rows_of_any_version(path, config):
            yield row["paper"]["sha256"], place, tag, row
