"""Units on Ray: the only module that knows it. Ray decides where and when; what is done is in `units`."""

import logging
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from builder.sharding.halves import Asking, Converting, UnitOutcome
from builder.sharding.units import UnitPlan
from qagen import convert
from qagen.convert.modes import mode_of
from qagen.errors import EngineError, SettingsError
from qagen.settings import Settings

LOCAL = "ray"
_PREFIX = "ray://"
_ASKERS = 4
"""Processes that ask side by side, at most: each has its share of the calls, and so many keep a server busy."""
_FEWEST_ASKERS = 2
"""... where there are so many units and calls: one asks while the other waits for its unit's last answers."""
_STORE = 128 << 20
"""Bytes that a Ray of our own holds in memory: only ids and counts go through it."""


@dataclass(frozen=True, slots=True)
class Pools:
    """How the work is spread.

    Attributes:
        converters: processes that convert, each with one paper at a time.
        gpus: of each of them.
        askers: processes that ask, each about one unit at a time; none where no model is asked.
        calls: under way at a time at a server, of each of them; None where it finds that out.
    """

    converters: int
    gpus: float
    askers: int
    calls: int | None


def address_of(on: str) -> str | None:
    """The address that `--on` names, as Ray takes it; None for a Ray of our own, on this machine.

    Raises:
        SettingsError: where it is none.
    """
    if on == LOCAL:
        return None
    address = on.removeprefix(_PREFIX)
    if address == on or not address:
        raise SettingsError(
            f"{on!r} is nothing that a build could be spread on",
            remedy="write ray for this machine, ray://auto on a machine of a cluster, or ray://HOST:PORT of its head",
        )
    return address


def import_ray() -> Any:
    """Ray with its data sets, which tells nobody that it is used, and stays silent about itself."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    import ray
    import ray.data
    import ray.exceptions

    logging.getLogger("ray").setLevel(logging.ERROR)
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("ray.data")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # it logs tracebacks of what it raises
    return ray


def refuse_missing() -> None:
    """Refuse to go on without Ray.

    Raises:
        SettingsError: where it is not installed.
    """
    try:
        import_ray()
    except ImportError as error:
        raise SettingsError(
            f"--on wants Ray, which is not installed here ({error.name})",
            remedy="pip install 'qagen[ray]'",
        ) from None


def pools_of(settings: Settings, units: int, cpus: int, gpus: int) -> Pools:
    """How units are spread over a cluster: the calls of all askers together are those that the settings allow.

    Args:
        settings: of the build.
        units: that are left to do.
        cpus: that the cluster has.
        gpus: that it has, and conversions can use.
    """
    converters = max(1, min(units, gpus or cpus))
    calls = settings.ask.concurrency
    if settings.ask.engine == "extractive":
        return Pools(converters, float(gpus > 0), 0, None)
    if calls == "auto":  # what a server stands is found out by one, not by several that disturb each other
        return Pools(converters, float(gpus > 0), 1, None)
    askers = max(1, min(units, _ASKERS, calls, max(cpus, _FEWEST_ASKERS)))
    return Pools(converters, float(gpus > 0), askers, calls // askers)


def run_units(
    units: Sequence[str],
    about: UnitPlan,
    address: str | None,
    engine: Callable[[], Any] = import_ray,
) -> Iterator[UnitOutcome]:
    """Work on units wherever Ray puts them; in the order in which they end.

    Args:
        units: such as `2/7`.
        about: the build.
        address: of a cluster; None starts a Ray on this machine, which ends with the last unit.
        engine: gives Ray.

    Raises:
        EngineError: where Ray is not there, or gives up.
    """
    ray = engine()
    with _connected(ray, about.settings, address):
        there = ray.cluster_resources()
        cpus, gpus = int(there.get("CPU", 1)) or 1, int(there.get("GPU", 0))
        pools = pools_of(
            about.settings, len(units), cpus, 0 if mode_of(about.settings.convert).name == "rules" else gpus
        )
        rows = _spread(ray.data, units, about, pools).iter_rows()
        try:
            for row in rows:
                yield _OUTCOME.validate_json(row["outcome"])
        except ray.exceptions.RayError as error:
            raise EngineError(
                f"Ray gave up ({type(error).__name__})",
                remedy="the same command again goes on with the units that are not done",
            ) from None


def _spread(data: Any, units: Sequence[str], about: UnitPlan, pools: Pools) -> Any:
    context = data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    # By itself Ray Data starts a process that is lost again, elsewhere, and hands it the unit again, as often as it takes; `halves` counts.
    rows = data.from_items([_row(UnitOutcome(unit)) for unit in units], override_num_blocks=len(units))
    for process, fewest, most, cpus, gpus in _stages(about, pools):
        rows = rows.map(
            process,
            compute=data.ActorPoolStrategy(min_size=fewest, max_size=most, max_tasks_in_flight_per_actor=2),
            num_cpus=cpus,
            num_gpus=gpus,
        )
    return rows


def _stages(about: UnitPlan, pools: Pools) -> list[tuple[type, int, int, float, float]]:
    """The pools of processes that a unit passes, each with its class, fewest and most processes, CPUs and GPUs of each."""
    alone = _with(about, "convert", workers=1)
    if not pools.askers:
        return [(_process(alone, Converting, Asking), 1, pools.converters, 1.0, pools.gpus)]
    asked = about if pools.calls is None else _with(about, "ask", concurrency=pools.calls)
    return [  # all askers from the start on, since each has only its share of the calls
        (_process(alone, Converting), 1, pools.converters, 1.0, pools.gpus),
        (_process(asked, Asking), pools.askers, pools.askers, 0.0, 0.0),
    ]


def _with(about: UnitPlan, table: str, **values: object) -> UnitPlan:
    settings = about.settings
    changed = getattr(settings, table).model_copy(update=values)
    return replace(about, settings=settings.model_copy(update={table: changed}))


_OUTCOME: TypeAdapter[UnitOutcome] = TypeAdapter(UnitOutcome)


def _process(about: UnitPlan, *halves: type[Converting] | type[Asking]) -> type:
    """The class of a process that does one half of the work on units, or both, one unit after another."""

    class Process:
        def __init__(self) -> None:
            self._halves = [half(about) for half in halves]

        def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
            outcome = _OUTCOME.validate_json(row["outcome"])
            for half in self._halves:
                outcome = half(outcome)
            return _row(outcome)

        def __del__(self) -> None:
            for half in self._halves:  # Ray lets go of a process for which no unit is left
                half.close()

    Process.__name__ = "".join(half.__name__ for half in halves)
    return Process


def _row(outcome: UnitOutcome) -> dict[str, Any]:
    return {"outcome": _OUTCOME.dump_json(outcome).decode()}


@contextmanager
def _connected(ray: Any, settings: Settings, address: str | None) -> Iterator[None]:
    """Ray, joined or started; a session that is there already is used and left alone.

    Raises:
        EngineError: where nobody answers at the address.
    """
    if ray.is_initialized():
        yield
        return
    own = {
        "num_cpus": settings.convert.workers or convert.cores(),
        "include_dashboard": False,
        "object_store_memory": _STORE,
    }
    try:
        with _own_signals():
            ray.init(
                address=address or "local",
                log_to_driver=False,
                logging_level=logging.ERROR,
                **({} if address else own),
            )
    except Exception as error:  # noqa: BLE001 -- Ray raises just that where a node is too slow to start
        where = f"at {address!r}" if address else "on this machine"
        raise EngineError(
            f"no Ray {where}: {' '.join(str(error).split())[:300]}",
            remedy="look with `ray status` whether the cluster is up"
            if address
            else "run it again when the machine is less busy, or leave --on out",
        ) from None
    try:
        yield
    finally:
        ray.shutdown()


@contextmanager
def _own_signals() -> Iterator[None]:
    """Keep the handlers of signals, which Ray replaces by its own: SIGTERM ends a build as Ctrl-C does."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)
