"""Write a dataset folder from a stream of results, in one pass and bounded memory.

The same results, settings and installed versions give the same bytes: no clock, no order but that of the rows.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from builder.building.reviews import ReviewCounter
from builder.card import plots
from builder.card.texts import write_texts
from builder.folder import manifest, splits, trainers
from builder.folder.examples import ExampleDraw
from builder.folder.parquet import SHARD_BYTES, Tables
from builder.folder.profile import Profiler
from builder.folder.provenance import BuildProvenance, Contents, compose
from builder.folder.replace import replacing
from builder.folder.schema import chat_row, rejected_row, row_of
from qagen.pipeline.stats import ReplayStats
from qagen.records import Record, Rejection, canonical_json, sha256
from qagen.select.contrast import is_refuted
from qagen.settings import Settings

__all__ = ["Assembled", "BuildProvenance", "Contents", "assemble", "split_of"]


@dataclass(frozen=True, slots=True)
class Assembled:
    """A finished dataset folder; `manifest_sha256` is that of its manifest, taken before anybody else could reach it."""

    folder: Path
    contents: Contents
    manifest_sha256: str


def assemble(
    results: Iterable[Record | Rejection],
    out: Path,
    *,
    about: BuildProvenance,
    settings: Settings,
    seen: ReplayStats | None = None,
    shard_bytes: int = SHARD_BYTES,
) -> Assembled:
    """Write the dataset folder `out` from results in row order; it is replaced as a whole or not at all.

    Args:
        results: records and rejections; the papers' sha256 ascend, and records of one paper have distinct ids.
        out: the folder; absent, empty, or a dataset folder that qagen wrote.
        about: what no single result tells.
        settings: those of the build.
        seen: what the stages saw that is no row.
        shard_bytes: how large the files of a split become, about.

    Raises:
        DatasetError: where `out` holds something else.
        WorkspaceError: where `out` cannot be written.
        ValueError: where results are out of order or an id comes twice: a bug of the caller.
    """
    with replacing(out) as new:
        seen = seen or ReplayStats()
        tally = _Tally(Profiler(seen.bodies), ReviewCounter(about.reviews))
        with Tables(new / "data", shard_bytes) as tables:
            writer = _Writer(tables, tally, split_of(about, settings), settings)
            for result in results:
                writer.add(result)
            writer.end_paper()
        contents = tally.contents(tables, seen)
        _write_prompts(new / "prompts", about)
        made = compose(about, settings, contents)
        if settings.dataset.plots:
            plots.draw(new, contents.profile)
        write_texts(new, made)
        digest = manifest.digest(new / manifest.FILE)
    return Assembled(folder=out, contents=contents, manifest_sha256=digest)


def split_of(about: BuildProvenance, settings: Settings) -> dict[str, str]:
    """The split of every paper, by its sha256."""
    return splits.assign(
        about.papers,
        validation_percent=settings.dataset.splits.validation,
        test_percent=settings.dataset.splits.test,
        base=about.assigned,
        joined=about.joined,
    )


def _write_prompts(folder: Path, about: BuildProvenance) -> None:
    """A file for each prompt; of different ones with the same name the later are told apart by their hash."""
    named = [
        (about.prompt, about.prompt_sha256 or "", about.prompt_text),
        *about.rule_prompts,
        *about.further_prompts,
    ]
    for name, digest, text in named:
        if not name or text is None:
            continue
        folder.mkdir(exist_ok=True)
        place = folder / _prompt_file(name)
        if place.exists() and place.read_text(encoding="utf-8") != text:
            place = place.with_stem(f"{place.stem}-{digest[:8]}")
        place.write_text(text, encoding="utf-8", newline="\n")


def _prompt_file(name: str) -> str:
    """The prompt's name as a file name; a name is a user's file name or a built-in's and may hold anything."""
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in Path(name).stem)
    return f"{safe[:80] or 'prompt'}.md"


class _Writer:
    """Puts results into the tables of the configs that are chosen.

    Of the paper that passes by, records and what was turned down for its content are remembered, where some config sets the one
    against the other.
    """

    def __init__(self, tables: Tables, tally: "_Tally", by_paper: dict[str, str], settings: Settings) -> None:
        self._tables, self._tally, self._by_paper = tables, tally, by_paper
        self._select = settings.select
        self._configs = frozenset(settings.dataset.configs)
        self._contrasting = self._configs & trainers.CONTRASTING
        self._paper = ""
        self._records: list[Record] = []
        self._refuted: list[tuple[str, Rejection]] = []

    def add(self, result: Record | Rejection) -> None:
        """Write a result; the papers' sha256 ascend."""
        sha256 = result.paper.sha256
        self._tally.enter(sha256)
        self._tally.reviews.add(result)
        if sha256 != self._paper:
            self.end_paper()
            self._paper = sha256
        if isinstance(result, Record):
            self._add_record(result)
        else:
            self._add_rejection(result)

    def end_paper(self) -> None:
        """Write what only a whole paper tells."""
        rows = trainers.contrast_rows(self._records, self._refuted, self._select, self._contrasting)
        for config, row in rows:
            self._tables.add(config, self._by_paper[self._paper], self._paper, row)
        self._records.clear()
        self._refuted.clear()

    def _add_record(self, record: Record) -> None:
        split = self._by_paper[self._paper]
        if record.is_unanswerable:
            self._tally.enter_id(record)
            self._tables.add("unanswerable", split, self._paper, row_of(record))
            return
        self._tally.count(record)
        self._tables.add("default", split, self._paper, row_of(record))
        if "chat" in self._configs:
            self._tables.add("chat", split, self._paper, chat_row(record))
        for config, row in trainers.record_rows(record, self._configs):
            self._tables.add(config, split, self._paper, row)
        if self._contrasting:
            self._records.append(record)

    def _add_rejection(self, rejection: Rejection) -> None:
        row = rejected_row(rejection)
        row["id"] = self._tally.rejection_id(row["id"], rejection)
        if "rejected" in self._configs:
            self._tables.add("rejected", "train", self._paper, row)
        if self._contrasting and is_refuted(rejection):
            self._refuted.append(
                (row["id"], replace(rejection, question=row["question"], answer=row["answer"]))
            )


class _Tally:
    """What is counted while rows pass by; ids are remembered for the current paper only."""

    def __init__(self, profiler: Profiler, reviews: ReviewCounter) -> None:
        self._profiler = profiler
        self.reviews = reviews
        self._example: tuple[float, str | None] = (-1.0, None)
        self._examples = ExampleDraw()
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

    def enter_id(self, record: Record) -> None:
        if record.id in self._ids:
            raise ValueError(f"two records of paper {record.paper.sha256} have the id {record.id}")
        self._ids.add(record.id)

    def count(self, record: Record) -> None:
        self.enter_id(record)
        self._examples.add(record)
        self._records.update({paper.sha256 for paper in record.papers})
        self._profiler.add(record)
        if record.checks.support > self._example[0]:
            self._example = (record.checks.support, record.id)

    def rejection_id(self, first: str, rejection: Rejection) -> str:
        """An id of its own also for something that was turned down twice for the same reason."""
        self._reasons[rejection.reason.value] += 1
        self._repeats[first] += 1
        again = self._repeats[first] - 1
        return sha256(canonical_json([first, again]))[:32] if again else first

    def contents(self, tables: Tables, seen: ReplayStats) -> Contents:
        ordered = sorted(self._reasons.items(), key=lambda item: (-item[1], item[0]))
        return Contents(
            rows=tables.counts("rows"),
            num_bytes=tables.counts("num_bytes"),
            reasons=dict(ordered),
            records_by_paper=dict(sorted(self._records.items())),
            profile=self._profiler.profile(),
            example=self._example[1],
            examples=self._examples.ids,
            answers={
                "responses": sum(seen.responses.values()),
                "prompt_tokens": seen.prompt_tokens,
                "completion_tokens": seen.completion_tokens,
            },
            reviews=self.reviews.counts(),
        )
