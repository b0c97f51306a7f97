"""What `builder` offers to Python: the commands as functions, their options as keywords, their results as values.

Each takes paths as text or `Path`, works inside a running event loop, shows its progress in a notebook, stops where it is
interrupted (what was converted and answered is kept), and gives a value that a notebook shows as a table.
"""

import os
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack, overload

from builder.evaluating.keywords import EvalsetKeywords
from builder.hub.keywords import PushKeywords
from builder.hub.locator import parse_dataset_ref, refuse_pattern
from qagen.engines.event_loop import interruptible, uninterrupted
from qagen.errors import DatasetError, InputError, SettingsError
from qagen.options.functions import with_keywords
from qagen.options.tables import (
    AssembleOptions,
    BuildOptions,
    LoadOptions,
    PlanOptions,
    ReportOptions,
    StrPath,
    VerifyOptions,
)
from qagen.options.values import other_options, settings_of
from qagen.papers.papers import check_papers
from qagen.papers.shard import Shard
from qagen.redaction import learn_environment
from qagen.settings import Settings
from qagen.terminal import tell

if TYPE_CHECKING:
    from builder.building.plan import Plan
    from builder.building.report import BuildReport
    from builder.diffing.diff import Diff
    from builder.evaluating.evalset import Evalset
    from builder.hub.options import PushResult
    from builder.reporting.report import ReportResult
    from builder.sharding.report import ShardReport
    from builder.verifying.verify import VerifyReport

Papers = StrPath | Iterable[StrPath]
_PAPERS = 'PDFs, and folders of PDFs, as in "papers/" or ["a.pdf", "b.pdf"]'
_WORKS = 'the workspaces that `build(..., shard=...)` has filled, as in ["part-1/", "part-2/"]'
_FOLDER = 'a dataset folder, or name/dataset@revision, as in "dataset/"'


@overload
def build(
    papers: Papers,
    out: StrPath,
    *,
    shard: None = None,
    settings: Settings | None = None,
    **options: Unpack[BuildOptions],
) -> "BuildReport": ...


@overload
def build(
    papers: Papers,
    out: None = None,
    *,
    shard: str,
    settings: Settings | None = None,
    **options: Unpack[BuildOptions],
) -> "ShardReport": ...


@with_keywords(BuildOptions, papers=_PAPERS)
def build(
    papers: Papers,
    out: StrPath | None = None,
    *,
    shard: str | None = None,
    settings: Settings | None = None,
    **options: Unpack[BuildOptions],
) -> "BuildReport | ShardReport":
    """Build a dataset folder from PDFs; what an earlier run has converted or asked is not done again.

        report = builder.build("papers/", "dataset/", model="deepseek-r1:14b", checks={"min_support": 0.5})

    Args:
        papers: PDFs, and folders that are searched for PDFs.
        out: the dataset folder; one that is there already is replaced as a whole, at the end. With `shard` there is none.
        shard: a part of the papers, as in "2/7" for the second of seven: only the workspace is filled, and `assemble` makes the
            dataset of all parts.
        settings: all settings as a value; keywords are laid over them.
        options: the options of `qagen build`; the tables of the settings by their names.

    Returns:
        Counts of papers, chunks, calls, records and rejections by reason; of a part those of papers and calls. Times are in seconds.
        Its `exit_code` is 3 where papers were rejected or chunks have no answer, which the next call with the same arguments tries
        again.

    Raises:
        QagenError: where nothing can be done; the folder is left as it was.
        KeyboardInterrupt: after an interrupt; the next call goes on from there.
    """
    if shard is not None:
        return _fill(papers, out, shard, settings, options)
    if out is None:
        raise InputError(
            'build() needs \'out\': the dataset folder, as in builder.build("papers/", "dataset/")'
        )
    paths, target = _papers(papers), _path("out", out)
    made, others = settings_of(BuildOptions, options, settings), other_options(BuildOptions, options)
    change = _model_change(others)
    refuse_pattern(target)
    check_papers(paths)  # before the imports, which take longer than to find a misspelt path
    with uninterrupted():
        from builder.building.build import build_dataset
        from builder.building.job import Subset
        from qagen.stores.opening import filling

    learn_environment()
    work, refresh = _path("work", others["work"]), others["refresh"]
    with interruptible(), filling(paths, work, limit=others["limit"], refresh=refresh) as here:
        report = build_dataset(
            here.paths,
            target,
            settings=made,
            work=here.work,
            subset=Subset(limit=others["limit"], sample=others["sample"]),
            base=None if others["base"] is None else _dataset("base", others["base"]),
            offline=others["offline"],
            model_change=change,
            sums=here.sums,
        )
        return replace(report, work=here.names[0])


def _fill(
    papers: Papers, out: StrPath | None, shard: Any, settings: Settings | None, options: BuildOptions
) -> "ShardReport":
    """Fill a workspace for a part of the papers."""
    paths, part = _papers(papers), _shard(shard)
    made, others = settings_of(BuildOptions, options, settings), other_options(BuildOptions, options)
    change = _model_change(others)
    check_papers(paths)
    with uninterrupted():
        from builder.sharding.filling import fill_shard, refuse_whole
        from qagen.stores.opening import filling, refuse_vectors

    refuse_whole(
        sample=others["sample"],
        base=None if others["base"] is None else _dataset("base", others["base"]),
        out=None if out is None else _path("out", out),
    )
    learn_environment()
    refuse_vectors(made, [_path("work", others["work"])])
    work, limit, refresh = _path("work", others["work"]), others["limit"], others["refresh"]
    with interruptible(), filling(paths, work, part, limit=limit, refresh=refresh) as here:
        filled = fill_shard(
            here.paths,
            part,
            settings=made,
            work=here.work,
            limit=limit,
            offline=others["offline"],
            model_change=change,
            sums=here.sums,
        )
        return replace(filled, work=here.names[0])


@with_keywords(
    AssembleOptions,
    papers=_PAPERS,
    out='the dataset folder, as in builder.assemble("papers/", "dataset/", work=["part-1/", "part-2/"])',
    work=_WORKS,
)
def assemble(
    papers: Papers,
    out: StrPath,
    *,
    work: StrPath | Iterable[StrPath],
    settings: Settings | None = None,
    **options: Unpack[AssembleOptions],
) -> "BuildReport":
    """Make one dataset of workspaces that were filled part by part: byte for byte what one build makes of the same answers.

        builder.build("papers/", shard="1/2", work="part-1/", model="deepseek-r1:14b")  # on one machine
        builder.build("papers/", shard="2/2", work="part-2/", model="deepseek-r1:14b")  # on another
        builder.assemble("papers/", "dataset/", work=["part-1/", "part-2/"], model="deepseek-r1:14b")

    Args:
        papers: all PDFs of the dataset, and folders that are searched for PDFs.
        out: the dataset folder; one that is there already is replaced as a whole, at the end.
        work: the workspaces, in any order.
        settings: all settings as a value, as for the parts; those of `[select]` and `[dataset]` may be others.
        options: the options of `qagen assemble`; the tables of the settings by their names.

    Returns:
        What `build` returns of the whole dataset.

    Raises:
        WorkspaceError: where a part is missing, or was filled by another plan: it is named, and nothing is written.
        QagenError: where nothing can be made.
    """
    paths, target, works = _papers(papers), _path("out", out), _works(work)
    made, others = settings_of(AssembleOptions, options, settings), other_options(AssembleOptions, options)
    refuse_pattern(target)
    check_papers(paths)
    with uninterrupted():
        from builder.sharding.assembling import assemble_dataset
        from qagen.stores.opening import reading, refuse_vectors

    learn_environment()
    refuse_vectors(made, works)
    with interruptible(), reading(paths, works) as here:
        report = assemble_dataset(
            here.paths,
            target,
            settings=made,
            works=here.works,
            limit=others["limit"],
            base=None if others["base"] is None else _dataset("base", others["base"]),
            accept_model_change=others["accept_model_change"],
            names=here.names,
            sums=here.sums,
        )
        return replace(report, work=here.name_of(report.work))


@with_keywords(PlanOptions, papers=_PAPERS)
def plan(papers: Papers, *, settings: Settings | None = None, **options: Unpack[PlanOptions]) -> "Plan":
    """Say what `build` would do with the same arguments, and do nothing else; a server is asked only which model it has.

    Args:
        papers: PDFs, and folders that are searched for PDFs.
        settings: all settings as a value; keywords are laid over them.
        options: the options of `qagen plan`; the tables of the settings by their names.

    Returns:
        Papers to convert, calls paid and to make, and an estimate with its basis; times are in seconds.

    Raises:
        QagenError: where the build could not begin.
    """
    paths = _papers(papers)
    made, others = settings_of(PlanOptions, options, settings), other_options(PlanOptions, options)
    check_papers(paths)
    with uninterrupted():
        from builder.building.job import Subset
        from builder.building.plan import make_plan
        from qagen.stores.opening import reading

    learn_environment()
    with interruptible(), reading(paths, [_path("work", others["work"])]) as here:
        return make_plan(
            here.paths,
            settings=made,
            work=here.work,
            subset=Subset(limit=others["limit"], sample=others["sample"]),
            offline=others["offline"],
            sums=here.sums,
        )


@with_keywords(LoadOptions, data_dir='the folder of PDFs, as in builder.load("papers/", model=...)')
def load(
    data_dir: StrPath,
    name: str = "default",
    *,
    split: str | None = None,
    streaming: bool = False,
    cache_dir: str | None = None,
    num_proc: int | None = None,
    download_mode: str | None = None,
    revision: str | None = None,
    settings: Settings | None = None,
    **options: Unpack[LoadOptions],
) -> Any:
    """Build a dataset from a folder of papers, or take it from the cache; or load a published version.

    It does what `load_dataset("qagen", ...)` does, by public means of `datasets` only. With `revision` the version is looked up
    first and fetched by its commit, and every file is compared with the manifest: an answer of the Hub that is old, cut or changed
    is an error, not a dataset.

    Args:
        data_dir: the folder of PDFs; with `revision` the dataset's name on the Hub, `name/dataset`.
        name: `default`, `chat`, `sft`, `reasoning`, `preference`, `kto` or `rejected`.
        split: one split; None gives all of them.
        streaming: give iterable datasets, and write nothing to the cache.
        cache_dir: the cache of `datasets`; None takes its own.
        num_proc: processes that write the cache.
        download_mode: as `load_dataset` takes it.
        revision: a version's tag, for instance `v1.2.0`, or a branch or commit.
        settings: all settings as a value; keywords are laid over them.
        options: those of `qagen build`; the tables of the settings by their names.

    Returns:
        What `load_dataset` returns: a DatasetDict, or with `split` a Dataset, or their iterable forms.

    Raises:
        QagenError: where nothing can be built, or the Hub does not have the version as it was published.
    """
    learn_environment()
    taken: dict[str, Any] = {
        "split": split,
        "streaming": streaming,
        "cache_dir": cache_dir,
        "num_proc": num_proc,
        "download_mode": download_mode,
    }
    if revision is not None:
        if options or settings is not None:
            word = next(iter(options), "settings")
            raise SettingsError(
                f"with 'revision' nothing is built, so {word!r} means nothing", remedy="leave it out"
            )
        with uninterrupted():
            from builder.hub.published import load_published

        return load_published(str(data_dir), name, revision, **taken)
    with uninterrupted():
        from builder.dataset import QADataset

    place = str(_path("data_dir", data_dir))
    made = QADataset(cache_dir=cache_dir, config_name=name, data_dir=place, settings=settings, **options)
    if streaming:
        streams = made.as_streaming_dataset()
        _refuse_missing(split, streams, name, place)
        if split is None:
            return streams
        return streams[split] if split in streams else made.as_streaming_dataset(split=split)
    made.download_and_prepare(num_proc=num_proc, download_mode=download_mode)
    _refuse_missing(split, made.info.splits, name, place)
    return made.as_dataset(split=split)


@with_keywords(VerifyOptions, folder=_FOLDER, papers=_PAPERS)
def verify(
    folder: StrPath, papers: Papers, *, settings: Settings | None = None, **options: Unpack[VerifyOptions]
) -> "VerifyReport":
    """Walk every record back to its place in its PDF.

    Args:
        folder: a dataset folder, or `name/dataset@revision`.
        papers: the PDFs, and folders of them.
        settings: how PDFs are converted anew where the workspace does not have them.
        options: those of `qagen verify`.

    Returns:
        How many records are verified, unverifiable or failed, and why each that is not verified is not.

    Raises:
        QagenError: where the folder is no dataset, or there are no papers.
    """
    place, paths = _dataset("folder", folder), _papers(papers)
    made, others = settings_of(VerifyOptions, options, settings), other_options(VerifyOptions, options)
    check_papers(paths)
    with uninterrupted():
        from builder.verifying.report import walk_back

    learn_environment()
    with interruptible():
        return walk_back(place, paths, _path("work", others["work"]), made)


@with_keywords(
    ReportOptions, folder=_FOLDER, out='the HTML file, as in "report.html"', papers=_PAPERS, against=_FOLDER
)
def report(
    folder: StrPath,
    out: StrPath = "report.html",
    *,
    against: StrPath | None = None,
    papers: Papers = (),
    settings: Settings | None = None,
    **options: Unpack[ReportOptions],
) -> "ReportResult":
    """Show what a dataset is like on one page: what became of papers and pairs, and a sample beside its pages.

    Args:
        folder: a dataset folder, or `name/dataset@revision`.
        out: the HTML file, which needs nothing beside it and loads nothing.
        against: another version, shown beside it.
        papers: the PDFs, and folders of them; evidence is shown on its page.
        settings: where passwords of PDFs stand.
        options: those of `qagen report`.

    Returns:
        The file, its size in bytes, and how many records it shows with their page.

    Raises:
        QagenError: where a folder is no dataset, a path is not there, or the file cannot be written.
    """
    place, target = _dataset("folder", folder), _path("out", out)
    other = None if against is None else _dataset("against", against)
    paths = () if papers == () else tuple(_papers(papers))
    made, others = settings_of(ReportOptions, options, settings), other_options(ReportOptions, options)
    with uninterrupted():
        from builder.reporting.report import ReportRequest, write_report
        from qagen import convert

    learn_environment()
    with interruptible():
        request = ReportRequest(
            against=other,
            papers=paths,
            work=_path("work", others["work"]),
            sample=others["sample"],
            seed=others["seed"],
            passwords=convert.passwords(made.convert),
        )
        return write_report(place, target, request)


@with_keywords(old=_FOLDER, new=_FOLDER)
def diff(old: StrPath, new: StrPath) -> "Diff":
    """Say which records came, went, moved between splits or changed, and why.

    Args:
        old: the older version: a dataset folder, or `name/dataset@revision`.
        new: the newer version.

    Returns:
        The differences, sorted by paper and row.

    Raises:
        QagenError: where one of them is no dataset folder or cannot be read.
    """
    before, after = _dataset("old", old), _dataset("new", new)
    with uninterrupted():
        from builder.diffing.diff import diff as compare
        from builder.hub.locator import folder_of

    learn_environment()
    with interruptible():
        return compare(folder_of(before), folder_of(after))


@with_keywords(
    EvalsetKeywords,
    folder=_FOLDER,
    out='the folder of the set, as in builder.evalset("dataset/", "evalset/")',
)
def evalset(folder: StrPath, out: StrPath, **options: Unpack[EvalsetKeywords]) -> "Evalset":
    """Make the test split of a dataset what evaluation harnesses run, as open questions and as multiple choice.

    Args:
        folder: a dataset folder, or `name/dataset@revision`.
        out: the folder of the set; a set that is there already is replaced file by file.
        options: those of `qagen evalset`.

    Returns:
        How many records are in each form, why the others are not, and how many share words with other texts.

    Raises:
        QagenError: where there is no test split, or nothing is left of it; where a file to compare with cannot be read.
    """
    place, target = _dataset("folder", folder), _path("out", out)
    others = other_options(EvalsetKeywords, options)
    with uninterrupted():
        from builder.evaluating.evalset import EvalsetJob, make_evalset

    learn_environment()
    with interruptible():
        return make_evalset(EvalsetJob.of(place, target, others))


@with_keywords(
    PushKeywords,
    folder='a dataset folder, as in "dataset/"',
    repo='the dataset on the Hub, as in "me/papers-qa"',
)
def push(folder: StrPath, repo: str, **options: Unpack[PushKeywords]) -> "PushResult":
    """Publish a dataset folder: one commit, one tag, and a look at what came back.

    Args:
        folder: a dataset folder.
        repo: `name/dataset`.
        options: those of `qagen push`; `deadline` is in seconds.

    Returns:
        The version, its commit and tag, and what was sent; sizes are in bytes.

    Raises:
        DatasetError: where the folder, the licence or the version does not fit; nothing was sent.
        HubError: where the Hub refuses, cannot be reached until the deadline, or gives back other bytes.
    """
    place, others = _path("folder", folder), other_options(PushKeywords, options)
    if not isinstance(repo, str):
        raise InputError(f"'repo': the dataset on the Hub, as in \"me/papers-qa\" (given: {repo!r})")
    with uninterrupted():
        from builder.hub.hub import Hub
        from builder.hub.options import PushContext, PushOptions
        from builder.hub.push import push as publish

    learn_environment()
    with interruptible():
        context = PushContext(Hub(), datetime.now(UTC).date(), time.monotonic, time.sleep, tell)
        return publish(place, repo, PushOptions(**others), context)


def _refuse_missing(split: str | None, there: Iterable[str], name: str, place: str) -> None:
    """Refuse a split without rows, also where it is one of several or only a part is wanted, as in `train[:10%]+test`.

    Raises:
        DatasetError: with those that have some.
    """
    known = list(there)
    for part in split.split("+") if isinstance(split, str) else ():
        wanted = part.partition("[")[0].strip()
        if wanted not in (*known, "all"):
            raise DatasetError(
                f"{place!r} gives no rows for the split {wanted!r} of {name!r}",
                remedy=f"take one of {', '.join(known)}, or give it a share of the works with splits={{{wanted!r}: ...}}",
            )


def _model_change(others: dict[str, Any]) -> Any:
    if others["accept_model_change"] and others["refresh"]:
        raise SettingsError(
            "'accept_model_change' and 'refresh' exclude each other", remedy="leave one of them out"
        )
    if others["offline"] and others["refresh"]:
        raise SettingsError("'offline' asks nobody, and 'refresh' asks anew", remedy="leave one of them out")
    return "accept" if others["accept_model_change"] else "refresh" if others["refresh"] else "stop"


def _papers(papers: Any) -> list[Path]:
    return _paths("papers", papers, _PAPERS)


def _works(work: Any) -> list[Path]:
    return _paths("work", work, _WORKS)


def _paths(name: str, given: Any, wanted: str) -> list[Path]:
    several = [given] if isinstance(given, str | os.PathLike) else given
    if not isinstance(several, Iterable) or isinstance(several, bytes):
        raise InputError(f"{name!r}: {wanted} (given: {given!r})")
    paths = [_path(name, path) for path in several]
    if not paths:
        raise InputError(f"{name!r} is empty: {wanted}")
    return paths


def _shard(shard: Any) -> Shard:
    try:
        return Shard.parse(shard)
    except (ValueError, AttributeError):
        raise InputError(f"'shard': a part of the papers, as in \"2/7\" (given: {shard!r})") from None


def _dataset(name: str, place: Any) -> Path:
    """A folder, or what names a dataset on the Hub, as it is."""
    if isinstance(place, str) and parse_dataset_ref(place):
        return Path(place)
    return _path(name, place)


def _path(name: str, place: Any) -> Path:
    if not isinstance(place, str | os.PathLike) or not str(place) or "\0" in str(place):
        raise InputError(f"{name!r}: a path, as text or as a Path (given: {place!r})")
    return Path(place).expanduser()
