"""Write a dataset folder from a stream of results, in one pass and bounded memory.

The same results, settings and installed versions give the same bytes: no clock, no order but that of the rows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from builder import card, manifest, plots, splits
from builder.features import SCHEMAS, SPLITS, Row, chat_row, rejected_row, row_of
from builder.manifest import About, Contents
from builder.profile import Profiler
from builder.swap import replacing
from qagen.records import Record, Rejection, canonical_json, sha256
from qagen.settings import Settings

__all__ = ["About", "Assembled", "Contents", "assemble"]

ROWS_PER_GROUP = 1000
"""Rows that are held in memory and make one row group of a Parquet file."""
CHARACTERS_PER_GROUP = 16_000_000
"""A row group ends sooner when its texts reach this many code points: rejected responses may be megabytes long."""
ROWS_PER_FILE = 100_000


@dataclass(frozen=True, slots=True)
class Assembled:
    """A finished dataset folder."""

    folder: Path
    contents: Contents


def assemble(
    results: Iterable[Record | Rejection],
    out: Path,
    *,
    about: About,
    settings: Settings,
    bodies: Mapping[str, tuple[int, int]] | None = None,
    rows_per_file: int = ROWS_PER_FILE,
) -> Assembled:
    """Write the dataset folder `out` from results in row order; it is replaced as a whole or not at all.

    Args:
        results: records and rejections; the papers' sha256 ascend, and records of one paper have distinct ids.
        out: the folder; absent, empty, or a dataset folder that qagen wrote.
        about: what no single result tells.
        settings: those of the build.
        bodies: paper sha256 -> the main body's `[start, end)` in its document; it may be filled while the results come.
        rows_per_file: after how many rows a split goes on in a further file.

    Raises:
        DatasetError: where `out` holds something else.
        WorkspaceError: where `out` cannot be written.
        ValueError: where results are out of order or an id comes twice: a bug of the caller.
    """
    with replacing(out) as new:
        tally = _Tally(Profiler({} if bodies is None else bodies))
        with _Tables(new / "data", rows_per_file) as tables:
            _fill(results, tables, tally, _splits(about, settings))
        contents = tally.contents(tables)
        if about.prompt_text is not None and about.prompt:
            prompts = new / "prompts"
            prompts.mkdir()
            (prompts / _prompt_file(about.prompt)).write_text(
                about.prompt_text, encoding="utf-8", newline="\n"
            )
        made = manifest.compose(about, settings, contents)
        if settings.dataset.plots:
            plots.draw(new, made["profile"])
        (new / "README.md").write_text(card.render(new, made), encoding="utf-8", newline="\n")
        manifest.write(new, made)
    return Assembled(folder=out, contents=contents)


def _splits(about: About, settings: Settings) -> dict[str, str]:
    return splits.assign(
        about.papers,
        validation_percent=settings.dataset.validation_percent,
        test_percent=settings.dataset.test_percent,
        base=about.assigned,
    )


def _prompt_file(name: str) -> str:
    """The prompt's name as a file name; a name is a user's file name or a built-in's and may hold anything."""
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in Path(name).stem)
    return f"{safe[:80] or 'prompt'}.md"


def _fill(
    results: Iterable[Record | Rejection], tables: "_Tables", tally: "_Tally", split_of: dict[str, str]
) -> None:
    for result in results:
        tally.enter(result.paper.sha256)
        if isinstance(result, Record):
            tally.count(result)
            split = split_of[result.paper.sha256]
            tables.add("default", split, row_of(result))
            tables.add("chat", split, chat_row(result))
        else:
            row = rejected_row(result)
            row["id"] = tally.rejection_id(row["id"], result)
            tables.add("rejected", "train", row)


class _Tally:
    """What is counted while rows pass by; ids are remembered for the current paper only."""

    def __init__(self, profiler: Profiler) -> None:
        self._profiler = profiler
        self._example: tuple[float, str | None] = (-1.0, None)
        self._paper = ""
        self._ids: set[str] = set()
        self._repeats: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._records: Counter[str] = Counter()

    def enter(self, paper: str) -> None:
        if paper < self._paper:
            raise ValueError(f"results are out of order: paper {paper} after {self._paper}")
        if paper > self._paper:
            self._paper = paper
            self._ids.clear()
            self._repeats.clear()

    def count(self, record: Record) -> None:
        if record.id in self._ids:
            raise ValueError(f"two records of paper {record.paper.sha256} have the id {record.id}")
        self._ids.add(record.id)
        self._records[record.paper.sha256] += 1
        self._profiler.add(record)
        if record.checks.support > self._example[0]:
            self._example = (record.checks.support, record.id)

    def rejection_id(self, first: str, rejection: Rejection) -> str:
        """An id of its own also for something that was turned down twice for the same reason."""
        self._reasons[rejection.reason.value] += 1
        self._repeats[first] += 1
        again = self._repeats[first] - 1
        return sha256(canonical_json([first, again]))[:32] if again else first

    def contents(self, tables: "_Tables") -> Contents:
        ordered = sorted(self._reasons.items(), key=lambda item: (-item[1], item[0]))
        return Contents(
            rows=tables.counts("rows"),
            num_bytes=tables.counts("num_bytes"),
            reasons=dict(ordered),
            records_by_paper=dict(sorted(self._records.items())),
            profile=self._profiler.profile(),
            example=self._example[1],
        )


class _Tables:
    """The Parquet files of all configs and splits, each begun with its first row."""

    def __init__(self, folder: Path, rows_per_file: int) -> None:
        self._folder = folder
        self._rows_per_file = rows_per_file
        self._tables: dict[tuple[str, str], _Table] = {}

    def __enter__(self) -> "_Tables":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for table in self._tables.values():
            table.close(whole=kind is None)

    def add(self, config: str, split: str, row: Row) -> None:
        table = self._tables.get((config, split))
        if table is None:
            table = _Table(self._folder / config, split, SCHEMAS[config], self._rows_per_file)
            self._tables[config, split] = table
        table.add(row)

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

    def __init__(self, folder: Path, split: str, schema: pa.Schema, rows_per_file: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.rows = 0
        self.num_bytes = 0
        self._folder, self._split, self._schema, self._limit = folder, split, schema, rows_per_file
        self._waiting: list[Row] = []
        self._characters = 0
        self._files: list[Path] = []
        self._in_file = 0
        self._writer: pq.ParquetWriter | None = None

    def add(self, row: Row) -> None:
        self._waiting.append(row)
        self._characters += sum(len(value) for value in row.values() if isinstance(value, str))
        full = self._in_file + len(self._waiting) >= self._limit
        if full or len(self._waiting) >= ROWS_PER_GROUP or self._characters >= CHARACTERS_PER_GROUP:
            self._flush()
        if full:
            self._finish_file()

    def close(self, *, whole: bool) -> None:
        if whole and self._waiting:
            self._flush()
        self._finish_file()
        if whole:
            for number, path in enumerate(self._files):
                path.rename(self._folder / f"{self._split}-{number:05d}-of-{len(self._files):05d}.parquet")

    def _flush(self) -> None:
        table = pa.Table.from_pylist(self._waiting, schema=self._schema)
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
        self._writer.write_table(table)
        self.rows += table.num_rows
        self.num_bytes += table.nbytes
        self._in_file += table.num_rows
        self._waiting.clear()
        self._characters = 0

    def _finish_file(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._in_file = 0
