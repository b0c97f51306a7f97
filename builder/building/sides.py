"""Records of several papers and the splits: all of a record's papers are on one side, or it is no record."""

from collections.abc import Iterable, Iterator, Mapping

from builder.folder import splits
from builder.folder.provenance import BuildProvenance
from qagen.errors import InputError
from qagen.pipeline.stats import RunStats
from qagen.reasons import Reason
from qagen.records import Record, Rejection
from qagen.select.displaced import turned_down
from qagen.settings import Settings


def papers_joined(results: Iterable[Record | Rejection]) -> tuple[tuple[str, ...], ...]:
    """The sha256 of the papers that records need together, each set once, in the order of the rows."""
    several = (
        tuple(paper.sha256 for paper in one.papers)
        for one in results
        if isinstance(one, Record) and len(one.papers) > 1
    )
    return tuple(dict.fromkeys(several))


class OnOneSide:
    """Results in their order, with every record turned down whose papers are in different splits; gone through as often as wanted."""

    def __init__(self, results: Iterable[Record | Rejection], split_by_paper: Mapping[str, str]) -> None:
        self._results, self._split = results, split_by_paper

    def __iter__(self) -> Iterator[Record | Rejection]:
        """All results; one iteration at a time."""
        for one in self._results:
            if isinstance(one, Record) and len(one.papers) > 1:
                sides = [self._split[paper.sha256] for paper in one.papers]
                if len(set(sides)) > 1:
                    detail = f"its papers are in the splits {' and '.join(dict.fromkeys(sides))}"
                    yield turned_down(one, Reason.ACROSS_SPLITS, detail)
                    continue
            yield one


def refuse_across(settings: Settings) -> None:
    """Refuse questions across papers: which chunks belong together is known where all papers are.

    Raises:
        InputError: where they are asked for.
    """
    if settings.ask.across_papers:
        raise InputError(
            f"`across_papers` in [ask] is {settings.ask.across_papers}, and which papers are asked about together is known only where all "
            "of them are",
            remedy="leave it out for the shards and for `qagen assemble`; then take the answers over into one workspace (`qagen ledger "
            "merge`), and build there with it: it asks the questions across papers alone",
        )


def refuse_too_few(
    about: BuildProvenance, run_stats: RunStats, split_by_paper: Mapping[str, str], settings: Settings
) -> None:
    """Refuse splits with too few works, where questions across papers have moved some.

    Raises:
        DatasetError: where a split has fewer than `require_splits` says.
    """
    if about.joined and settings.dataset.require_splits:
        converted = [paper for paper in about.papers if paper.sha256 not in run_stats.failures]
        splits.require(converted, split_by_paper, settings.dataset.require_splits)
