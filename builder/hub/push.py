"""Publishing: a dataset folder becomes one commit and one tag, or nothing.

Every try begins with looking at what is there, so that a lost response, another publisher or a killed process leave
nothing to be mended by hand: a commit that has landed is recognised by its manifest and gets its tag, also when it is
somebody else's; one whose tag somebody else took meanwhile is numbered anew by a commit of its own; a branch
that has moved on is looked at again; a tree that is published already is left alone.
"""

import re
import tempfile
from itertools import chain
from pathlib import Path

from builder.diffing import version_number
from builder.folder import manifest, read
from builder.folder.manifest import Manifest
from builder.hub.errors import error_line
from builder.hub.locator import require_repo_id
from builder.hub.options import Attempt, Landed, Overtaken, PushContext, PushOptions, PushResult
from builder.hub.release import TURNED_DOWN, Release
from qagen.errors import DatasetError, HubBusy, HubError
from qagen.workspace import translate_os_errors

_BRANCH = re.compile(r"\w[\w./-]*(?<![./])")
_WAITS = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before the next try."""
_DRY_RUN_SECONDS = 5.0
"""After which a dry run makes no further try: nothing was sent that a Hub that comes back could have."""


def push(folder: Path, repo: str, options: PushOptions, context: PushContext) -> PushResult:
    """Publish a dataset folder.

    Raises:
        DatasetError: where the folder, the licence or the version does not fit; nothing was sent.
        HubError: where the Hub refuses, cannot be reached until the deadline, or gives back other bytes.
    """
    made = _fit(folder, repo, options)
    _tell_what_stays(made, options, context)
    deadline = min(options.deadline, _DRY_RUN_SECONDS) if options.dry_run else options.deadline
    end = context.clock() + deadline
    mine: PushResult | None = None
    commits = 0
    for number in range(10_000):
        came = _tried(folder, repo, made, mine, options, context, first=number == 0)
        if isinstance(came, PushResult):
            return came
        if isinstance(came, Landed):
            mine = came.result
            commits += 1
            if commits > 1 and context.clock() >= end:
                break
            continue
        wait = _WAITS[min(number, len(_WAITS) - 1)]
        if context.clock() + wait >= end:
            raise HubError(
                f"{came.why}; the deadline of {deadline:g} s is over",
                "try again, nothing was to be sent"
                if options.dry_run
                else "push again, what has landed is recognised",
                ": ",
            )
        context.say(f"{came.why}; looking again{f' in {wait:g} s' if wait else ''}")
        context.sleep(wait)
    raise HubError(f"{repo} changes faster than it can be published", remedy="push again")


def _tried(
    folder: Path,
    repo: str,
    made: Manifest,
    mine: PushResult | None,
    options: PushOptions,
    context: PushContext,
    *,
    first: bool,
) -> Attempt:
    """One try, and where it ends the publishing a look at what came back; a Hub that is busy is worth another one."""
    try:
        if first and not options.dry_run:
            context.hub.user()
        with translate_os_errors(folder), tempfile.TemporaryDirectory(prefix="qagen-push-") as stage:
            release = Release(folder, Path(stage), repo, made, options, context)
            came = release.attempt(mine.commit if mine else None)
        if not isinstance(came, PushResult):
            return came
        done = mine if mine and came.commit == mine.commit else came
        return _verified(done, release.made, options, context)
    except HubBusy as error:
        return Overtaken(str(error))


def _tell_what_stays(made: Manifest, options: PushOptions, context: PushContext) -> None:
    """Say which configs that somebody chose are not sent, since they hold answers that were turned down."""
    staying = [config for config in TURNED_DOWN if config in made.configs and config != "rejected"]
    if staying and not options.with_rejected:
        context.say(
            f"{' and '.join(staying)} stay here: they hold answers that were turned down; send them with --with-rejected"
        )


def _fit(folder: Path, repo: str, options: PushOptions) -> Manifest:
    """The manifest of a folder that may be published, licence included.

    Raises:
        DatasetError: where something speaks against it that can be seen without the Hub.
    """
    require_repo_id(repo)
    if not _BRANCH.fullmatch(options.branch) or ".." in options.branch:
        raise DatasetError(f"{options.branch!r} is no name of a branch", remedy="name another with --branch")
    version_number.parse_version(options.version)
    made = manifest.read(folder)
    if not made.provenance.engine or not all(paper.file for paper in made.papers):
        raise DatasetError(
            f"the manifest of {str(folder)!r} does not say how the dataset was made, or from which files",
            remedy="build it again",
        )
    if not made.configs.get("default"):
        raise DatasetError(f"{str(folder)!r} has no records, so there is nothing to publish")
    if made.provenance.engine == "extractive" and not options.allow_extractive:
        raise DatasetError(
            f"the records of {str(folder)!r} were made by rules, without a model",
            remedy="publish them with --allow-extractive if that is what you want",
        )
    license_ = options.license or made.license
    if not license_:
        raise DatasetError(
            "name the dataset's licence with --license, as the Hub spells it, for instance cc-by-4.0",
            remedy="the papers' own licences stay what they are",
        )
    found = next(chain(manifest.faults(folder, made), read.row_count_faults(folder, made.configs)), None)
    if found:
        raise DatasetError(f"{str(folder)!r} is not what its manifest says: {found}", remedy="build it again")
    return made.having(license=license_)


def _verified(done: PushResult, made: Manifest, options: PushOptions, context: PushContext) -> PushResult:
    """Load what was published as somebody would who has nothing of it: by its tag, into an empty cache.

    Raises:
        HubError: where it does not come back as it went.
    """
    if not done.changed or done.commit is None or done.tag is None or options.dry_run:
        return done
    from builder.hub.published import (
        open_by_tag,  # brings `datasets`, which takes longer than to find a mistake
    )

    with translate_os_errors(Path(done.repo)), tempfile.TemporaryDirectory(prefix="qagen-verify-") as empty:
        back = context.hub.fetch(done.repo, done.tag, cache=Path(empty) / "hub")
        there = manifest.read(back)
        if version_number.identity(there) != version_number.identity(made):
            raise HubError(
                f"{done.repo}@{done.tag} came back with other data than was sent",
                remedy="tell the Hub's makers",
            )
        _load_all(back, there, Path(empty) / "datasets", f"{done.repo}@{done.tag}")
        open_by_tag(done.repo, done.tag, there.configs, context.hub, Path(empty) / "datasets")
    return done


def _load_all(folder: Path, made: Manifest, cache: Path, what: str) -> None:
    import datasets

    shown = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    try:
        for config, rows in made.configs.items():
            try:
                loaded = datasets.load_dataset(str(folder), config, cache_dir=str(cache))
            except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
                raise HubError(
                    f"{what} is published, but `datasets` cannot load {config!r} ({type(error).__name__}: {error_line(error)})",
                    remedy="try load_dataset by hand before you tell anybody of it",
                ) from None
            counts = {split: len(table) for split, table in loaded.items()}
            if counts != dict(rows):
                raise HubError(
                    f"{what} loads with {counts} rows of {config!r} instead of {dict(rows)}",
                    remedy="do not use it",
                )
    finally:
        if shown:
            datasets.enable_progress_bars()
