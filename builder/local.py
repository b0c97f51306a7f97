"""A build for `load_dataset`: what it depends on, and the finished folder whose rows are then streamed.

Kept apart from the builder class, whose module `datasets` patches (`open`, `os.path`, `pathlib`) when it makes one.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder.building.fingerprint import fingerprint
from builder.folder import read
from builder.folder.schema import Row
from builder.hub.locator import parse_dataset_ref
from qagen.convert.store import RETRIED
from qagen.engines.event_loop import interruptible
from qagen.errors import DatasetError, InputError, SettingsError
from qagen.options.tables import LoadOptions
from qagen.options.values import other_options, settings_of
from qagen.papers.papers import find_papers
from qagen.reviews.file import load_reviews
from qagen.settings import CONFIGS, Settings
from qagen.workspace import Workspace

if TYPE_CHECKING:
    from builder.building.report import BuildReport


@dataclass(frozen=True)
class LoadRequest:
    """What to build. `LoadRequest.of` makes one from the keywords of `load_dataset`."""

    papers: Path
    work: Path
    settings: Settings
    limit: int | None
    sample: int | None
    base: Path | None
    offline: bool
    allow_incomplete: bool

    @classmethod
    def of(
        cls,
        data_dir: str | None,
        keywords: Mapping[str, object],
        settings: Settings | None = None,
        *,
        config: str = "default",
    ) -> "LoadRequest":
        """Make a request of keywords, those of `qagen.options.tables.LoadOptions`; what is built has the config that is asked for.

        Raises:
            InputError: where the folder of papers is not named.
            SettingsError: where a value does not fit, or the model is left open: what is cached has to be one model's.
        """
        if not data_dir:
            raise InputError('name the folder of PDFs: load_dataset("qagen", data_dir="papers/", ...)')
        made = _having(config, settings_of(LoadOptions, keywords, settings))
        others = other_options(LoadOptions, keywords)
        if made.ask.engine != "extractive" and made.ask.model is None:
            raise SettingsError(
                'name the model, as in load_dataset("qagen", data_dir=..., model="deepseek-r1:32b"), '
                'or take none with engine="extractive"'
            )
        base = others["base"]
        return cls(
            papers=Path(data_dir).absolute(),
            work=Path(others["work"]).absolute(),
            settings=made,
            limit=others["limit"],
            sample=others["sample"],
            base=(Path(base) if parse_dataset_ref(base) else Path(base).absolute()) if base else None,
            offline=others["offline"],
            allow_incomplete=others["allow_incomplete"],
        )

    def fingerprint(self) -> str:
        """The hash of all that decides the rows; reads every PDF.

        Raises:
            InputError: where there is no PDF, or one cannot be read.
        """
        papers = find_papers([self.papers])[: self.limit]
        subset = {"sample": self.sample, "allow_incomplete": self.allow_incomplete}
        reviews, _ = load_reviews(Workspace(self.work).reviews)
        return fingerprint(papers, self.settings, subset, self.base, reviews)


def _having(config: str, settings: Settings) -> Settings:
    """The same settings with a config among those that are built."""
    chosen = settings.dataset.configs
    named = tuple(name for name in CONFIGS if name in chosen or name == config)
    if named == chosen:
        return settings
    return settings.model_copy(update={"dataset": settings.dataset.model_copy(update={"configs": named})})


def built(request: LoadRequest, config: str) -> dict[str, list[str]]:
    """Build the dataset, as far as it is not built, and name its Parquet files by split.

    It goes on from what the workspace holds, and leaves there what it did, also when it fails.

    Raises:
        DatasetError: where the config has no rows; where papers or chunks are missing that the next build tries again
            (unless the request allows for it), since `datasets` would keep the incomplete result for good.
        QagenError: where nothing can be built.
    """
    from builder.building.build import build_dataset
    from builder.building.job import Subset

    out = request.work / "datasets" / request.fingerprint()
    with interruptible():
        report = build_dataset(
            [request.papers],
            out,
            settings=request.settings,
            work=request.work,
            subset=Subset(limit=request.limit, sample=request.sample),
            base=request.base,
            offline=request.offline,
        )
    missing = _missing(report)
    if missing and not request.allow_incomplete:
        raise DatasetError(
            f"{missing}",
            remedy=f"load it again to go on from there (what is done is kept in {str(request.work)!r}), or take what "
            "there is with allow_incomplete=True",
        )
    _tidy(out)
    files = read.files(out, config)
    if not files:
        raise DatasetError(
            f"{str(request.papers)!r} gives no rows for the config {config!r}",
            remedy=f"{str(out / 'README.md')!r} says what was read and why it was turned down",
        )
    return {split: [str(path) for path in paths] for split, paths in files.items()}


_KEPT = 3


def _tidy(current: Path) -> None:
    """Remove all but the newest folders of this kind: `datasets` has copied their rows, and they can be built again.

    A few stay for programs that stream from them just now, and for the other configs.
    """
    others = [
        path for path in current.parent.iterdir() if path.is_dir() and path != current and path.name[0] != "."
    ]
    for path in sorted(others, key=lambda path: path.stat().st_mtime_ns)[: 1 - _KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def _missing(report: "BuildReport") -> str:
    """What a further build would try again; empty where nothing is."""
    parts = []
    if report.unanswered:
        count = len(report.unanswered)
        parts.append(f"{count} chunk{'' if count == 1 else 's'} {'has' if count == 1 else 'have'} no answer")
    if count := report.sections.get("unanswered", 0):
        parts.append(f"the model has not chosen the sections of {count} paper{'' if count == 1 else 's'}")
    again = [paper.file for paper in report.rejected_papers if paper.reason in RETRIED]
    if again:
        parts.append(f"{len(again)} papers were not converted ({', '.join(map(repr, again[:3]))})")
    return " and ".join(parts)


def rows(files: list[str], config: str) -> Iterator[tuple[str, Row]]:
    """`(id, row)` of Parquet files, in order."""
    for file in files:
        for row in read.rows_of_file(Path(file), config):
            yield row["id"], row
