"""A build whose converting and asking is spread over the machines of a cluster; the dataset is made here, as of any filled workspace."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from builder.building.build_run import ModelChange
from builder.building.job import BuildJob, Subset, recipe_of
from builder.building.report import BuildReport
from builder.building.sides import refuse_across
from builder.folder.replace import check_target
from builder.sharding import on_ray, receipt
from builder.sharding.assembling import assemble_papers
from builder.sharding.halves import UnitOutcome
from builder.sharding.units import UnitPlan, count_of, is_done, lay_out, parts_of
from qagen.address import address_of
from qagen.asking.recipe import Recipe
from qagen.checks import refuse_unknown
from qagen.errors import (
    EngineError,
    InputError,
    ModelChanged,
    ServerUnreachable,
    SettingsError,
    WorkspaceError,
)
from qagen.papers.papers import find_papers
from qagen.progress import Watch, progress
from qagen.settings import Settings
from qagen.workspace import Workspace

RunUnits = Callable[[Sequence[str], UnitPlan, str | None], Iterator[UnitOutcome]]


def build_spread(
    paths: Sequence[Path],
    out: Path,
    *,
    on: str,
    settings: Settings,
    work: Path,
    units: int | None = None,
    limit: int | None = None,
    base: Path | None = None,
    offline: bool = False,
    model_change: ModelChange = "stop",
    run_units: RunUnits = on_ray.run_units,
) -> BuildReport:
    """Build a dataset folder from PDFs on many machines: byte for byte what one machine makes of the same answers.

    Args:
        paths: PDFs, and folders of them, which all machines see.
        out: the dataset folder.
        on: `ray` for this machine, `ray://ADDRESS` for a cluster.
        settings: as for a build; `concurrency` is of all machines together.
        work: the workspace folder, which all machines see.
        units: how many the papers are shared into; as many as fit them where nobody says.
        limit: only so many papers.
        base: the version before.
        offline: make no call.
        model_change: `stop` or `accept`, as for a build.
        run_units: works on units, and gives what came of each.

    Raises:
        EngineError: where a unit could not be done; all others were, and the same call goes on with those that are left.
        QagenError: where nothing can be done.
    """
    address = on_ray.address_of(on)
    _refuse(settings, work, address, model_change)
    _refuse_stores([*paths, work])
    on_ray.refuse_missing()
    refuse_unknown(settings.checks)
    refuse_across(settings)
    check_target(out, work)
    paths, work = [path.absolute() for path in paths], work.absolute()
    papers = find_papers(paths)[:limit]
    workspace = Workspace(work)
    with workspace.locked(), progress() as watch:
        recipe = recipe_of(BuildJob(papers, workspace, settings, Subset(limit=limit), offline))
        if recipe.engine == "embedded":
            raise _embedded()
        settings = _with_model(settings, recipe)
        plan = receipt.plan_id(receipt.planned_settings(recipe))
        about = UnitPlan(work, settings, plan, offline, model_change, limit)
        parts = parts_of(papers, units or count_of(len(papers)))
        left = [part for part in parts if not is_done(part, workspace, plan)]
        for part in left:
            lay_out(part, work)
        if left:
            names = [str(part.shard) for part in left]
            _worked(run_units(names, about, address), len(parts) - len(left), len(parts), watch)
    return assemble_papers(
        papers,
        out,
        settings=settings,
        works=[work],
        limit=limit,
        base=base,
        accept_model_change=model_change == "accept",
    )


def _refuse(settings: Settings, work: Path, address: str | None, model_change: ModelChange) -> None:
    """Refuse what cannot be spread.

    Raises:
        QagenError: where something of it is asked for.
    """
    if settings.ask.engine == "embedded":
        raise _embedded()
    if model_change == "refresh":
        raise InputError(
            "--refresh sets answers aside in one run, and --on has many",
            remedy="run `qagen build --refresh` without --on, or give the build a new --work",
        )
    if address is not None and not work.is_absolute():
        raise WorkspaceError(
            f"the workspace {str(work)!r} is a path from the folder that this command runs in, and the machines of a cluster run in others",
            remedy="name with --work a folder from the root on, on a file system that all of them see",
        )


def _refuse_stores(paths: Sequence[Path]) -> None:
    """Refuse addresses of object stores: all machines work in one folder.

    Raises:
        InputError: where there is one.
    """
    for path in paths:
        if (address := address_of(path)) is not None:
            raise InputError(
                f"{address!r} is an address, and --on takes papers and a workspace on disks that all machines see",
                remedy="mount it, or give each machine a part with --shard, which takes addresses",
            )


def _embedded() -> SettingsError:
    return SettingsError(
        "the embedded engine answers inside of one process, and --on has many",
        remedy="name a server with --base-url, or leave --on out",
    )


def _with_model(settings: Settings, recipe: Recipe) -> Settings:
    """With the model that was found out here, so that no machine finds another."""
    if recipe.model is None:
        return settings
    return settings.model_copy(update={"ask": settings.ask.model_copy(update={"model": recipe.model})})


def _worked(outcomes: Iterator[UnitOutcome], before: int, total: int, watch: Watch) -> None:
    """Go through what came of the units, and tell a person.

    Where the server went away and there are answers, the receipts of the units that it left have what is missing: as in a build on one
    machine, that ends the asking and not the build.

    Raises:
        EngineError: where one could not be done.
    """
    sums: Counter[str] = Counter()
    failed: list[UnitOutcome] = []
    watch.phase("units", before, total)
    for number, outcome in enumerate(outcomes, before + 1):
        watch.phase("units", number, total)
        for name in ("converted", "calls", "answers"):
            sums[name] += getattr(outcome, name)
        if outcome.error:
            failed.append(outcome)
    watch.note(
        f"{total - len(failed)} of {total} units done, {before} of them before: {sums['converted']} papers converted now, "
        f"{sums['calls']} calls made"
    )
    if not failed:
        return
    error = _error_of(min(failed, key=lambda one: one.unit), len(failed))
    gone = all(one.error == ServerUnreachable.__name__ for one in failed)
    if not (gone and sums["calls"] + sums["answers"]):
        raise error
    watch.note(f"{error}")


def _error_of(first: UnitOutcome, count: int) -> EngineError:
    kind = ModelChanged if first.error == ModelChanged.__name__ else EngineError
    more = f" (and {count - 1} more)" if count > 1 else ""
    remedy = first.remedy or "the same command again goes on with the units that are not done"
    return kind(f"unit {first.unit} was not done{more}: {first.message}", remedy=remedy)
