"""Reading dataset folders back: rows as the records and rejections that they were made from."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from builder.folder import manifest
from builder.folder.nulls import gap
from builder.folder.schema import (
    LATER,
    OF_RECORDS,
    PLACE_LATER,
    SCHEMA_VERSION,
    SCHEMAS,
    SPLITS,
    Row,
    leaves,
    record_of,
    rejection_of,
)
from builder.folder.splits import keys
from qagen.errors import DatasetError
from qagen.records import Record, Rejection

_BATCH = 500


def files(folder: Path, config: str) -> dict[str, list[Path]]:
    """The Parquet files of a config by split; splits without files are not in it.

    The manifest says which files are the dataset's, so that neither a stray file nor a word in a name counts.
    """
    listed = manifest.read(folder).files
    found: dict[str, list[Path]] = {}
    for split in SPLITS:
        start = f"data/{config}/{split}-"
        names = sorted(name for name in listed if name.startswith(start) and name.endswith(".parquet"))
        if names:
            found[split] = [folder / name for name in names]
    return found


def rows(folder: Path, config: str) -> Iterator[tuple[str, Row]]:
    """`(split, row)` of a config in the order of splits and rows, in bounded memory.

    Raises:
        DatasetError: where a file is missing or damaged, or has other columns.
    """
    for split, paths in files(folder, config).items():
        for path in paths:
            for row in rows_of_file(path, config):
                yield split, row


def rows_of_file(path: Path, config: str) -> Iterator[Row]:
    """The rows of one Parquet file.

    Raises:
        DatasetError: where it is missing or damaged, or has other columns.
    """
    try:
        if not path.is_file():  # a pipe would be waited for
            raise DatasetError(
                f"{str(path)!r} is in the manifest and not there", remedy="build the dataset again"
            )
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_BATCH):
                yield from in_todays_columns(pa.Table.from_batches([batch]), config).to_pylist()
    except OSError as error:
        raise DatasetError(
            f"{str(path)!r} cannot be read: {_line(error)}", remedy="build the dataset again"
        ) from None
    except (ValueError, TypeError, pa.ArrowException) as error:
        raise DatasetError(
            f"{str(path)!r} is damaged, or has other columns than version {SCHEMA_VERSION} of the schema that this "
            f"qagen knows ({_line(error)})",
            remedy="build the dataset again, or use the qagen that its manifest.json names",
        ) from None


def in_todays_columns(table: pa.Table, config: str) -> pa.Table:
    """A table with all columns of today's schema; those that came later are null where it has them not."""
    schema = SCHEMAS[config]
    for place, column in enumerate(schema):
        if (config, column.name) in LATER and column.name not in table.column_names:
            table = table.add_column(place, column, pa.nulls(len(table), column.type))
    return table.cast(schema)


def plain_rows_of_file(path: Path, *, without: Collection[str] = ()) -> Iterator[Row]:
    """The rows of one Parquet file of any version of the schema, with the columns that it has.

    Args:
        path: the file.
        without: columns that are not read.

    Raises:
        DatasetError: where it is missing or damaged.
    """
    try:
        if not path.is_file():
            raise DatasetError(
                f"{str(path)!r} is in the manifest and not there", remedy="build the dataset again"
            )
        with pq.ParquetFile(path) as file:
            wanted = [name for name in file.schema_arrow.names if name not in without]
            for batch in file.iter_batches(batch_size=_BATCH, columns=wanted):
                yield from batch.to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(
            f"{str(path)!r} cannot be read: {_line(error)}", remedy="build the dataset again"
        ) from None


def rows_of_any_version(path: Path, config: str) -> Iterator[Row]:
    """The rows of one Parquet file, also where an earlier or later qagen with other columns wrote it.

    Columns that it lacks are None.

    Raises:
        DatasetError: where it is missing or damaged, or a row lacks what every version has.
    """
    try:
        same = path.is_file() and pq.read_schema(path).equals(SCHEMAS[config])
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(
            f"{str(path)!r} cannot be read: {_line(error)}", remedy="build the dataset again"
        ) from None
    if same:
        yield from whole_rows_of_file(path, config)
        return
    absent = dict.fromkeys(SCHEMAS[config].names)
    for number, row in enumerate(plain_rows_of_file(path), 1):
        if not (row.get("id") and isinstance(row.get("paper"), dict) and row["paper"].get("sha256")):
            raise DatasetError(
                f"{str(path)!r} is damaged: row {number} has no id or no paper",
                remedy="build the dataset again",
            )
        yield {**absent, **row, "places": _places(row.get("places"))}


def _places(places: list[Row] | None) -> list[Row] | None:
    """The places of a row, with null for what came later than the file."""
    return places and [{**dict.fromkeys(PLACE_LATER), **place} for place in places]


def columns(folder: Path, config: str) -> dict[str, str]:
    """The columns of a config and their types as its first file has them; empty where the config has no rows."""
    for paths in files(folder, config).values():
        try:
            schema = pq.read_schema(paths[0])
        except (OSError, pa.ArrowException) as error:
            raise DatasetError(
                f"{str(paths[0])!r} cannot be read: {_line(error)}", remedy="build the dataset again"
            ) from None
        return {name: kind for column in schema for name, kind in leaves(column.name, column.type)}
    return {}


def first_columns(folder: Path, configs: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[str, ...]]:
    """The columns of each config as a file of it has them; the folder's manifest need not be there yet.

    Args:
        folder: the dataset folder.
        configs: config -> split -> rows.

    Raises:
        DatasetError: where a config has no file, or a damaged one.
    """
    found = {}
    for config in configs:
        path = next(iter(sorted((folder / "data" / config).glob("*.parquet"))), folder / "data" / config)
        try:
            found[config] = tuple(pq.read_schema(path).names)
        except (OSError, pa.ArrowException) as error:
            raise DatasetError(
                f"{str(path)!r} cannot be read: {_line(error)}", remedy="build the dataset again"
            ) from None
    return found


def row_count_faults(folder: Path, configs: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Each config whose files do not have the rows that `configs` of the manifest says, with how.

    Raises:
        DatasetError: where a file is damaged.
    """
    for config, said in configs.items():
        found: dict[str, int] = {}
        for split, paths in files(folder, config).items():
            try:
                found[split] = sum(pq.read_metadata(path).num_rows for path in paths)
            except (OSError, pa.ArrowException) as error:
                raise DatasetError(
                    f"{str(paths[0])!r} is damaged: {_line(error)}", remedy="build the dataset again"
                ) from None
        if found != dict(said):
            yield f"{config!r} has the rows {found} instead of {dict(said)}"


def rows_by_id(path: Path, wanted: Collection[str]) -> dict[str, Row]:
    """Those rows of a file of `default` that have one of some ids; only row groups that hold one are read in full.

    Columns that came later than the file are None.

    Raises:
        DatasetError: where the file is damaged.
    """
    later = {name: None for config, name in LATER if config == "default"}
    found: dict[str, Row] = {}
    try:
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                ids = file.read_row_group(group, columns=["id"]).column("id").to_pylist()
                places = [place for place, name in enumerate(ids) if name in wanted and name not in found]
                if places:
                    rows = file.read_row_group(group).take(places).to_pylist()
                    whole = ({**later, **row} for row in rows)
                    found.update({row["id"]: {**row, "places": _places(row["places"])} for row in whole})
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(
            f"{str(path)!r} is damaged: {_line(error)}", remedy="build the dataset again"
        ) from None
    return found


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def whole_rows_of_file(path: Path, config: str) -> Iterator[Row]:
    """The rows of one Parquet file, from each of which a record or a rejection can be made.

    Raises:
        DatasetError: where it is missing or damaged, has other columns, or a row lacks something.
    """
    for number, row in enumerate(rows_of_file(path, config), 1):
        if column := gap(row, config):
            raise DatasetError(
                f"{str(path)!r} is damaged: {column!r} of its row {number} is empty",
                remedy="build the dataset again",
            )
        yield row


def records(folder: Path) -> Iterator[tuple[str, Record]]:
    """`(split, record)` of all records, those without an answer too, in the order of configs, splits and rows.

    Raises:
        DatasetError: where a file is missing or damaged, has other columns, or a row lacks something.
    """
    for config in OF_RECORDS:
        for split, paths in files(folder, config).items():
            for path in paths:
                for row in whole_rows_of_file(path, config):
                    yield split, record_of(row)


def rejections(folder: Path) -> Iterator[tuple[str, Rejection]]:
    """`(id, rejection)` of everything that was turned down.

    Raises:
        DatasetError: where a file is missing or damaged, has other columns, or a row lacks something.
    """
    for paths in files(folder, "rejected").values():
        for path in paths:
            for row in whole_rows_of_file(path, "rejected"):
                try:
                    yield row["id"], rejection_of(row)
                except (ValueError, KeyError):
                    raise DatasetError(
                        f"{str(path)!r} has a kind or reason that this qagen does not know "
                        f"({row['kind']!r}, {row['reason']!r})",
                        remedy="upgrade qagen",
                    ) from None


def assignments(folder: Path) -> dict[str, str]:
    """The split of every work that has records, by each of its keys, as `About.assigned` takes it."""
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for split, record in records(folder):
        for paper in record.papers:
            if (split, paper.sha256) not in seen:
                seen.add((split, paper.sha256))
                found.update(dict.fromkeys(keys(paper), split))
    return found
