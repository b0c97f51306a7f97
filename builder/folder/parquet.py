"""The Parquet files of a dataset folder, cut where a new paper changes as little as possible.

Rows are sorted by paper. If files and row groups ended after so many rows, one paper more at the front would shift every
end behind it, and nothing of a file would be as it was. So they end after certain papers: which ones is drawn from each
paper's own hash, with a chance in proportion to its size. A paper that comes or goes changes the row group that it is in,
and seldom a neighbour. The method is content-defined chunking, with papers for bytes; inside a row group Parquet's own
writer does the same with pages.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from builder.folder.schema import SCHEMAS, SPLITS, Row
from builder.folder.trainers import ROLES, Thought

SHARD_BYTES = 500_000_000
"""How large a file becomes, about."""
ROWS_PER_GROUP = 5_000
"""How many rows a row group has, about; it is held in memory."""
_PACKED_ROWS = 500
"""Rows that are held as Python's values before they become columns."""
CHARACTERS_PER_GROUP = 16_000_000
"""A row group ends sooner when its texts reach this many code points: rejected responses and thoughts may be megabytes long.

At up to 4 bytes each that is 64 MB. The Hub's viewer reads whole row groups, and no page whose row groups are more than 300 MB
(https://huggingface.co/docs/dataset-viewer/parquet); a page of 100 rows touches two.
"""
_TEXTS = {"evidence": "text", "edits": "before", "messages": "content"}
"""Columns that are lists, each with the part of an item that may be long."""
_LEAST, _MOST = 0.25, 1.5
"""Parts of the wanted size below which nothing ends, and from which on it ends in any case."""
_BYTES_PER_ROW, _BYTES_PER_CHARACTER = 250, 0.4
"""What a row takes on the disk, about: hashes and numbers, which hardly shrink, and text, which does (zstd, measured)."""


@dataclass(slots=True)
class _Part:
    """A file or a row group that grows.

    Attributes:
        name: makes the draws of files and row groups independent.
        wanted: its size when it ends, about.
    """

    name: str
    wanted: float
    size: float = 0.0
    of_paper: float = 0.0

    def add(self, size: float) -> None:
        self.size += size
        self.of_paper += size

    def ends_after(self, paper: str) -> bool:
        """Whether it ends after a paper whose rows are all in it; asked once per paper."""
        share, self.of_paper = self.of_paper / self.wanted, 0.0
        return self.size >= _LEAST * self.wanted and _draw(self.name, paper) < share

    @property
    def is_full(self) -> bool:
        return self.size >= _MOST * self.wanted

    def begin(self) -> None:
        self.size = self.of_paper = 0.0


def _draw(name: str, paper: str) -> float:
    """A number in [0, 1) that is a paper's own."""
    return float(int.from_bytes(hashlib.sha256(f"{name}:{paper}".encode()).digest()[:8]) / 2**64)


def _characters(row: Row) -> int:
    """Code points of a row's texts, wherever they stand in it; the size of a row covers hashes and names inside its columns."""
    count = 0
    for name, value in row.items():
        if isinstance(value, str):
            count += len(value)
        elif isinstance(value, Thought):
            count += len(value.content) + len(value.reasoning)
        elif inner := _TEXTS.get(name):
            count += sum(len(part[inner] or "") for part in value or ())
    return count


def _packed(rows: Sequence[Row], schema: pa.Schema) -> pa.RecordBatch:
    """Rows as columns; a lean text becomes its turn here, where that is a matter of columns and not of every row."""
    return pa.RecordBatch.from_arrays([_column(rows, column) for column in schema], schema=schema)


def _column(rows: Sequence[Row], column: pa.Field) -> pa.Array:
    values = [row[column.name] for row in rows]
    if column.name not in ROLES or not pa.types.is_struct(column.type.value_type):
        return pa.array(values, type=column.type)
    columns: list[Sequence[str]] = [[ROLES[column.name]] * len(values), values]
    if column.type.value_type.num_fields > len(columns):
        columns = [columns[0], [said.content for said in values], [said.reasoning for said in values]]
    turns = pa.StructArray.from_arrays(
        [pa.array(texts, type=pa.string()) for texts in columns], fields=list(column.type.value_type)
    )
    return pa.ListArray.from_arrays(
        pa.array(range(len(values) + 1), type=pa.int32()), turns, type=column.type
    )


class Tables:
    """The Parquet files of all configs and splits, each begun with its first row."""

    def __init__(self, folder: Path, shard_bytes: int = SHARD_BYTES) -> None:
        self._folder = folder
        self._shard_bytes = shard_bytes
        self._tables: dict[tuple[str, str], _Table] = {}

    def __enter__(self) -> "Tables":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for table in self._tables.values():
            table.close(whole=kind is None)

    def add(self, config: str, split: str, paper: str, row: Row) -> None:
        """Add a row of a paper, lean where the config has conversations of one turn; the papers' sha256 ascend."""
        table = self._tables.get((config, split))
        if table is None:
            table = _Table(self._folder / config, split, SCHEMAS[config], self._shard_bytes)
            self._tables[config, split] = table
        table.add(paper, row)

    def counts(self, what: str) -> dict[str, dict[str, int]]:
        """Rows or bytes by config and split, in the order of the schema."""
        found: dict[str, dict[str, int]] = {}
        for config in SCHEMAS:
            for split in SPLITS:
                if table := self._tables.get((config, split)):
                    found.setdefault(config, {})[split] = getattr(table, what)
        return found


class _Table:
    """One split: `<split>-00000-of-00003.parquet` and its siblings."""

    def __init__(self, folder: Path, split: str, schema: pa.Schema, shard_bytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.rows = 0
        self.num_bytes = 0
        self._folder, self._split, self._schema = folder, split, schema
        self._paper = ""
        self._group, self._file = _Part("rows", ROWS_PER_GROUP), _Part("file", shard_bytes)
        self._waiting: list[Row] = []
        self._packed: list[pa.RecordBatch] = []
        self._characters = 0
        self._files: list[Path] = []
        self._writer: pq.ParquetWriter | None = None

    def add(self, paper: str, row: Row) -> None:
        if paper != self._paper:
            if self._paper:
                self._end_paper()
            self._paper = paper
        characters = _characters(row)
        self._waiting.append(row)
        if len(self._waiting) >= _PACKED_ROWS:
            self._pack()
        self._characters += characters
        self._group.add(1)
        self._file.add(_BYTES_PER_ROW + _BYTES_PER_CHARACTER * characters)
        if self._file.is_full:
            self._finish_file()
        elif self._group.is_full or self._characters >= CHARACTERS_PER_GROUP:
            self._flush()

    def close(self, *, whole: bool) -> None:
        self._finish_file(whole=whole)
        if whole:
            for number, path in enumerate(self._files):
                path.rename(self._folder / f"{self._split}-{number:05d}-of-{len(self._files):05d}.parquet")

    def _end_paper(self) -> None:
        group_ends, file_ends = self._group.ends_after(self._paper), self._file.ends_after(self._paper)
        if file_ends:
            self._finish_file()
        elif group_ends:
            self._flush()

    def _pack(self) -> None:
        """Rows as columns take a fifth of the memory; the group that they become is the same."""
        if self._waiting:
            self._packed.append(_packed(self._waiting, self._schema))
            self._waiting.clear()

    def _flush(self) -> None:
        self._pack()
        if self._packed:
            table = pa.Table.from_batches(self._packed, schema=self._schema).combine_chunks()
            self._packed.clear()
            self._open().write_table(table)
            self.rows += table.num_rows
            self.num_bytes += table.nbytes
        self._characters = 0
        self._group.begin()

    def _open(self) -> pq.ParquetWriter:
        if self._writer is None:
            path = self._folder / f"{self._split}-{len(self._files):05d}.parquet"
            self._files.append(path)
            self._writer = pq.ParquetWriter(
                path,
                self._schema,
                compression="zstd",
                write_page_index=True,
                use_content_defined_chunking=True,
            )
        return self._writer

    def _finish_file(self, *, whole: bool = True) -> None:
        if whole:
            self._flush()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._file.begin()
