"""The walk's last step: every config whose rows are neither records of their own nor rejections follows from these, row by row.

What a config leaves out on purpose may be missing: a record without a trace is not in `reasoning`, and where the rejections are not
there (they are published only when asked for), of an answer that was turned down only its shape is known.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby, zip_longest

from pydantic import ValidationError

from builder.folder.manifest import Manifest
from builder.folder.nulls import gap
from builder.folder.schema import CONFIGS, SPLITS, Row, chat_row, record_of, rejection_of
from builder.folder.trainers import CONTRASTING, contrast_rows, sft_row, whole_row
from builder.verifying.files import Files
from qagen.errors import DatasetError
from qagen.records import Record, Rejection
from qagen.settings import SelectSettings

Fault = tuple[str, str]
"""The id of a row, or a split where there is none; and what is wrong."""


def _whole_sft(record: Record) -> Row:
    return whole_row(sft_row(record))


_WHOLE: Mapping[str, Callable[[Record], Row]] = {"chat": chat_row, "sft": _whole_sft}
"""Configs with a row for every record, which follows from it alone."""
_FIRST = ("default", "chat", "rejected")
"""What the first datasets had, whose settings do not say it."""


def different_rows(files: Files, made: Manifest) -> Iterator[Fault]:
    """For each config and split the first row that is not what it should be; rows beyond damage are not compared.

    Args:
        files: of the dataset folder.
        made: its manifest.

    Raises:
        DatasetError: where the manifest or a rejection says what this version does not know.
    """
    named = made.setting("dataset", "configs")
    chosen = named if isinstance(named, list) else _FIRST
    for config in CONFIGS:
        for split in SPLITS:
            if config in _WHOLE and (config in chosen or files.has(config, split)):
                yield from _different_whole(files, config, split)
            elif config == "reasoning" and files.has(config, split):
                yield from _different_traces(files, split)
            elif config in CONTRASTING and (config in chosen or files.has(config, split)):
                yield from _different_contrasts(files, config, split, _select(made))


def _select(made: Manifest) -> SelectSettings:
    """How alike questions had to be, as the manifest says it.

    Raises:
        DatasetError: where it says something else.
    """
    told = {name: made.setting("select", name) for name in ("similarity", "retry_similarity")}
    given = {name: value for name, value in told.items() if value is not None}
    try:
        return SelectSettings.model_validate(given)
    except ValidationError:
        raise DatasetError(
            f"'settings.select' of the manifest says {given}, which are no shares",
            remedy="build the dataset again",
        ) from None


def _different_whole(files: Files, config: str, split: str) -> Iterator[Fault]:
    sides = (files.undamaged_rows("default", split), files.undamaged_rows(config, split))
    for default, row in zip_longest(*sides):
        if _may_be_lost(files, split, {"default": default, config: row}):
            return
        if default is None or (not gap(default, "default") and _WHOLE[config](record_of(default)) != row):
            yield (default or row)["id"] or split, f"its row in `{config}` is not that of `default`"
            return


def _may_be_lost(files: Files, split: str, rows: Mapping[str, Row | None]) -> bool:
    """Whether a row that is not there may stand in a part of a file that cannot be read."""
    return any(row is None and files.has_damage(config, split) for config, row in rows.items())


def _different_traces(files: Files, split: str) -> Iterator[Fault]:
    """The records with a trace are some of all, in the same order."""
    left = files.undamaged_rows("default", split)
    for row in files.undamaged_rows("reasoning", split):
        default = next((one for one in left if one["id"] == row["id"]), None)
        if default is None:
            if not files.has_damage("default", split):
                yield row["id"] or split, "its row in `reasoning` is of no record of `default`"
            return
        if not gap(default, "default") and not _has_trace_of(row, record_of(default)):
            yield row["id"], "its row in `reasoning` is not that of `default` with a trace"
            return


def _has_trace_of(row: Row, record: Record) -> bool:
    turns = row["completion"] or []
    if len(turns) != 1 or not turns[0]["reasoning_content"] or row["agreement"] is None:
        return False
    bare = {name: value for name, value in row.items() if name != "agreement"}
    turn = {name: value for name, value in turns[0].items() if name != "reasoning_content"}
    return {**bare, "completion": [turn]} == _whole_sft(record)


def _different_contrasts(files: Files, config: str, split: str, settings: SelectSettings) -> Iterator[Fault]:
    known = files.has("rejected", "train")
    if not known and not files.has(config, split):
        return
    wanted = _contrasts(files, config, split, settings) if known else iter(())
    found = files.undamaged_rows(config, split)
    if not known:
        yield from _without_rejections(files, config, split, found)
        return
    for row, there in zip_longest(wanted, found):
        damaged = any(
            files.has_damage(*table) for table in (("default", split), ("rejected", "train"), (config, split))
        )
        if (row is None or there is None) and damaged:
            return
        if row != there:
            name = (there or row)["id"] or split
            yield name, f"its row in `{config}` does not follow from `default` and `rejected`"
            return


def _contrasts(files: Files, config: str, split: str, settings: SelectSettings) -> Iterator[Row]:
    """The rows that follow, one paper of the split after another."""
    rejected = groupby(_whole(files, "rejected", "train"), key=lambda row: row["paper"]["sha256"])
    sha256, rows = next(rejected, (None, iter(())))
    for paper, defaults in groupby(_whole(files, "default", split), key=lambda row: row["paper"]["sha256"]):
        records = [record_of(row) for row in defaults]
        while sha256 is not None and sha256 < paper:
            sha256, rows = next(rejected, (None, iter(())))
        rejections: list[tuple[str, Rejection]] = []
        if sha256 == paper:
            rejections = [(row["id"], _rejection(row)) for row in rows]
        for _, row in contrast_rows(records, rejections, settings, {config}):
            yield whole_row(row)


def _rejection(row: Row) -> Rejection:
    try:
        return rejection_of(row)
    except (ValueError, KeyError):
        raise DatasetError(
            f"`rejected` has a kind or reason that this qagen does not know ({row['kind']!r}, {row['reason']!r})",
            remedy="upgrade qagen",
        ) from None


def _whole(files: Files, config: str, split: str) -> Iterator[Row]:
    return (row for row in files.undamaged_rows(config, split) if not gap(row, config))


def _without_rejections(files: Files, config: str, split: str, found: Iterator[Row]) -> Iterator[Fault]:
    """What can be said of rows whose rejections are not there: what they say of records has to be so."""
    said = {}
    for row in _whole(files, "default", split):
        record = record_of(row)
        whole = _whole_sft(record)
        said[record.id] = (whole["prompt"], whole["completion"])
    for row in found:
        if config == "preference":
            fits = (
                said.get(row["record"]) == (row["prompt"], row["chosen"]) and row["rejected"] != row["chosen"]
            )
        else:
            pair = said.get(row["id"])
            fits = pair == (row["prompt"], row["completion"]) if row["label"] else pair is None
        if not fits:
            if not files.has_damage("default", split):
                yield row["id"] or split, f"its row in `{config}` is not that of `default`"
            return
