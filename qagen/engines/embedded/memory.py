"""How much memory and how many cores a model may use on this machine."""

import os
from collections.abc import Iterator
from pathlib import Path

_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def total_memory(limits: tuple[Path, ...] = _LIMITS) -> int | None:
    """Bytes of memory that this process may use at most, a container's limit counted in; None where nobody says."""
    return min(_totals(limits), default=None)


def _totals(limits: tuple[Path, ...]) -> Iterator[int]:
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        yield os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    else:
        yield from _llama_totals()
    for path in limits:
        try:
            said = path.read_text(encoding="ascii").strip()
        except OSError:
            continue
        if said.isdigit():
            yield int(said)


def _llama_totals() -> Iterator[int]:
    """As llama.cpp counts it, where the system (Windows) has no such question."""
    try:
        from xllamacpp import get_device_info
    except ImportError:
        return
    yield from (device["memory_total"] for device in get_device_info() if device["name"] == "CPU")


def usable_cores(topology: Path = Path("/sys/devices/system/cpu")) -> int:
    """Cores that this process may use; threads of one core count once where the system (Linux) tells them apart.

    Two threads of llama.cpp on one core wait for the same arithmetic units.
    """
    if not hasattr(os, "sched_getaffinity"):
        return os.cpu_count() or 1
    siblings = set()
    for number in os.sched_getaffinity(0):
        try:
            path = topology / f"cpu{number}" / "topology" / "thread_siblings_list"
            siblings.add(path.read_text(encoding="ascii").strip())
        except OSError:
            siblings.add(str(number))
    return len(siblings)
