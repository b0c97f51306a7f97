"""The rows of a dataset as somebody looks through them: what is searched and filtered in columns, a whole row when it is looked at.

A hundred thousand rows are some 100 MB in memory; a filter takes milliseconds, so nothing has to be indexed on the disk.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from builder.folder import read
from builder.folder.nulls import gap
from builder.folder.schema import Row
from qagen.errors import DatasetError
from qagen.records import encodable, record_id

Numbers = npt.NDArray[np.int64]
_COLUMNS = (
    "id",
    "question",
    "answer",
    "paper.sha256",
    "paper.file",
    "section.path",
    "checks.support",
    "reason",
)
_GROUPS_KEPT = 4
"""Row groups of files that stay read: records that are looked at one after another lie in one."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows are wanted; what is empty asks for nothing.

    Attributes:
        text: stands in the question or the answer, whatever its case.
        paper: the sha256 of the PDF.
        section: the last heading of the section's path.
        reason: of a rejection.
        kind: of the column `kind`, where there is one.
        support: `low-high`, the support in [low, high).
    """

    text: str = ""
    paper: str = ""
    section: str = ""
    reason: str = ""
    kind: str = ""
    support: str = ""


class ReviewTable:
    """The rows of one config, by their number from 0 in the order of splits, files and rows.

    Raises:
        DatasetError: where a file is missing or damaged.
    """

    def __init__(self, folder: Path, config: str) -> None:
        self.config = config
        self._groups: list[tuple[int, Path, int]] = []
        parts: list[pa.Table] = []
        count = 0
        for paths in read.files(folder, config).values():
            for path in paths:
                table = _read(path)
                with _whole(path), pq.ParquetFile(path) as file:
                    for group in range(file.num_row_groups):
                        self._groups.append((count, path, group))
                        count += file.metadata.row_group(group).num_rows
                parts.append(table)
        self._table = pa.concat_tables(parts, promote_options="permissive") if parts else None
        self._group = lru_cache(_GROUPS_KEPT)(_read_group)

    def __len__(self) -> int:
        """How many rows there are."""
        return 0 if self._table is None else int(self._table.num_rows)

    def _column(self, name: str) -> Any:
        """A column by its dotted name; None where there is none. Read by itself, a leaf has its own name only."""
        leaf = name.rpartition(".")[2]
        if self._table is None or leaf not in self._table.column_names:
            return None
        return self._table.column(leaf).combine_chunks()

    @cached_property
    def content_ids(self) -> list[str]:
        """The content id of every row's pair; empty where a row has no pair."""
        if self._table is None:
            return []
        if self.config == "default":
            found: list[str] = self._column("id").to_pylist()
            return found
        columns = (self._column(name).to_pylist() for name in ("kind", "paper.sha256", "question", "answer"))
        return [
            record_id(paper, encodable(question), encodable(answer))
            if kind == "pair" and question is not None and answer is not None
            else ""
            for kind, paper, question, answer in zip(*columns, strict=True)
        ]

    @cached_property
    def by_id(self) -> Mapping[str, int]:
        """Content id -> number of the first row that has it."""
        found: dict[str, int] = {}
        for number, name in enumerate(self.content_ids):
            if name:
                found.setdefault(name, number)
        return found

    @cached_property
    def _searched(self) -> tuple[Any, ...]:
        return tuple(pc.utf8_lower(pc.fill_null(self._column(name), "")) for name in ("question", "answer"))

    @cached_property
    def _coded(self) -> Mapping[str, tuple[list[str], npt.NDArray[np.int32]]]:
        """Name of a filter -> its values and, for each row, which of them it has."""
        made: dict[str, tuple[list[str], npt.NDArray[np.int32]]] = {}
        for name, column in (("paper", "paper.sha256"), ("reason", "reason"), ("kind", "kind")):
            found = self._column(column)
            if found is not None and (self.config != "default" or name != "reason"):
                made[name] = _codes(found)
        paths = self._column("section.path")
        if paths is not None:
            last = [path[-1] if path else "" for path in paths.to_pylist()]
            made["section"] = _codes(pa.array(last, pa.string()))
        return made

    @cached_property
    def choices(self) -> Mapping[str, Sequence[tuple[str, str, int]]]:
        """Name of a filter -> its values, what they are called, and how many rows have each; the most frequent first."""
        files = {}
        if self._table is not None:
            files = dict(
                zip(
                    self._column("paper.sha256").to_pylist(),
                    self._column("paper.file").to_pylist(),
                    strict=True,
                )
            )
        found = {}
        for name, (values, codes) in self._coded.items():
            counts = np.bincount(codes, minlength=len(values)).tolist()
            listed = [
                (value, files.get(value, value) if name == "paper" else value, count)
                for value, count in zip(values, counts, strict=True)
                if value
            ]
            found[name] = sorted(listed, key=lambda one: (-one[2], one[1]))
        return found

    def matching(self, query: Query) -> Numbers:
        """The numbers of the rows that a query asks for, ascending."""
        mask = np.ones(len(self), dtype=bool)
        for name, wanted in (
            ("paper", query.paper),
            ("section", query.section),
            ("reason", query.reason),
            ("kind", query.kind),
        ):
            if wanted:
                values, codes = self._coded.get(name, ([], np.zeros(len(self), dtype=np.int32)))
                mask &= codes == (values.index(wanted) if wanted in values else -2)
        if (limits := support_limits(query.support)) is not None:
            column = self._column("checks.support")
            if column is not None:
                support = column.to_numpy(zero_copy_only=False)
                mask &= (support >= limits[0]) & (support < limits[1])
        if query.text and len(self):
            wanted = query.text.lower()
            question, answer = (pc.match_substring(one, wanted) for one in self._searched)
            mask &= pc.or_(question, answer).to_numpy(zero_copy_only=False)
        return np.flatnonzero(mask)

    def numbers_of(self, names: Collection[str]) -> Numbers:
        """The rows that have one of these content ids."""
        found = sorted(self.by_id[name] for name in names if name in self.by_id)
        return np.array(found, dtype=np.int64)

    def brief(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """What a list shows of rows: question, answer, file, path, support, reason, kind."""
        if self._table is None:
            return []
        rows = self._table.take(pa.array(list(numbers), pa.int64())).to_pylist()
        return [{**row, "number": number} for number, row in zip(numbers, rows, strict=True)]

    def row(self, number: int) -> Row:
        """A whole row.

        Raises:
            DatasetError: where its file is damaged, or is another than when the table was made.
        """
        first, path, group = next(one for one in reversed(self._groups) if one[0] <= number)
        table = self._group(path, group, self.config)
        row: Row = table.slice(number - first, 1).to_pylist()[0] if number - first < table.num_rows else {}
        wanted = None if self._table is None else self._table.column("id")[number].as_py()
        if row.get("id") != wanted:
            raise DatasetError(
                f"{str(path)!r} is another file than when this began: the dataset was built anew",
                remedy="end `qagen review`, and start it again: all decisions are kept",
            )
        if column := gap(row, self.config):
            raise DatasetError(
                f"{str(path)!r} is damaged: {column!r} of a row is empty", remedy="build the dataset again"
            )
        return row


def support_limits(value: str) -> tuple[float, float] | None:
    """Read `low-high`; None where it is nothing of the kind. What ends at 1 has 1 in it."""
    low, dash, high = value.partition("-")
    try:
        found = (float(low), float(high)) if dash else None
    except ValueError:
        return None
    return None if found is None else (found[0], found[1] if found[1] < 1 else 2.0)


def _codes(column: Any) -> tuple[list[str], npt.NDArray[np.int32]]:
    coded = pc.dictionary_encode(pc.fill_null(column, ""))
    return coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False)


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Complaints about a file, in one line."""
    try:
        yield
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        said = " ".join(str(error).split())
        raise DatasetError(
            f"{str(path)!r} cannot be read: {said}", remedy="build the dataset again"
        ) from None


def _read(path: Path) -> pa.Table:
    """The columns that are looked through, of one file."""
    with _whole(path):
        if not path.is_file():
            raise FileNotFoundError("it is in the manifest and not there")
        have = set(pq.read_schema(path).names)
        wanted = [name for name in (*_COLUMNS, "kind") if name.split(".")[0] in have]
        return pq.read_table(path, columns=wanted, partitioning=None)


def _read_group(path: Path, group: int, config: str) -> pa.Table:
    with _whole(path), pq.ParquetFile(path) as file:
        return read.in_todays_columns(file.read_row_group(group), config)
