"""What a worker that reads a hostile PDF is kept from: secrets, the network, other processes, and files that it has no business with.

    environment     only the variables that finding Python, its libraries and marker's servers needs (everywhere)
    privileges      no new ones; of root's, only that of reading and writing files of others (Linux)
    system calls    no program is started, no process looked into, nothing mounted; no socket where no server is to be reached
                    (seccomp; Linux on x86-64 and ARM64)
    files           nothing is written but below the folders that are named (Landlock; Linux 5.13, cutting files from 6.2)
    network         TCP only to the ports that are named (Landlock; Linux 6.7)

Own code, since no binding of Landlock or seccomp on PyPI is kept that needs no further system library. Facts: the kernel's
documentation of Landlock (userspace-api/landlock) and seccomp (userspace-api/seccomp_filter).
"""

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

_ENVIRONMENT = frozenset(
    [
        "PATH",
        "HOME",
        "USERPROFILE",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TMPDIR",
        "TEMP",
        "TMP",
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "COMSPEC",
        "PATHEXT",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONPYCACHEPREFIX",
        "PYTHONUNBUFFERED",
        "VIRTUAL_ENV",
        "CONDA_PREFIX",
    ]
)
_FAMILIES = ("LC_", "COVERAGE_")

_PR_SET_NO_NEW_PRIVS, _PR_CAPBSET_DROP = 38, 24
_CAP_DAC_OVERRIDE = 1
_CAPABILITIES = 64
_CAPABILITY_VERSION_3 = 0x20080522

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EPERM = 1
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_X32 = 0x40000000
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_TSYNC, _SET_FILTER = 1, 1
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SOCKETS = {"socket": (41, 198), "connect": (42, 203)}
_PROGRAMS = {"execve": (59, 221), "execveat": (322, 281)}
_REFUSED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "mount": (165, 40), "umount2": (166, 39),
    "unshare": (272, 97), "setns": (308, 268), "bpf": (321, 280), "perf_event_open": (298, 241), "keyctl": (250, 219),
    "add_key": (248, 217), "request_key": (249, 218), "kexec_load": (246, 104), "init_module": (175, 105),
    "finit_module": (313, 273), "io_uring_setup": (425, 425), "userfaultfd": (323, 282), "chroot": (161, 51), "pidfd_getfd": (438, 438),
}  # fmt: skip

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION = 1
_BELOW_PATH, _PORT = 1, 2
_WRITE_FILE = 1 << 1
_WRITES = _WRITE_FILE | sum(1 << bit for bit in range(4, 13))
"""Writing, and making and removing whatever can be in a folder."""
_REFER, _TRUNCATE, _DEVICE = 1 << 13, 1 << 14, 1 << 15
_BIND, _CONNECT = 1, 2
_SCOPES = 3
"""Abstract sockets and signals of processes outside."""


def environment(more: Iterable[str] = ()) -> dict[str, str]:
    """The variables of this process that a worker may know.

    Args:
        more: names beyond those that every worker needs.
    """
    wanted = _ENVIRONMENT.union(more)
    return {
        name: value
        for name, value in os.environ.items()
        if name.upper() in wanted or name.upper().startswith(_FAMILIES)
    }


def ports_of(settings: Mapping[str, str]) -> list[int]:
    """The TCP ports of the servers whose addresses stand in a worker's environment."""
    found = [urlsplit(value) for value in settings.values() if value.startswith(("http://", "https://"))]
    return sorted({url.port or (443 if url.scheme == "https" else 80) for url in found})


def confine(writable: Sequence[Path], ports: Sequence[int]) -> list[str]:
    """Confine this process for good, as far as the system can.

    Args:
        writable: folders, and all below them, that may be written.
        ports: TCP ports that may be reached; none keeps the process from all sockets.

    Returns:
        What does not hold here, for a person.
    """
    if sys.platform != "linux":
        return ["files", "network", "system calls"]
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    _drop_privileges(libc)
    missing = _landlock(libc, [*writable, *_traced()], ports)
    if not _seccomp(libc, sockets=bool(ports)):
        missing.append("system calls")
    return missing


def missing() -> list[str]:
    """What `confine` could not do on this system; asks the kernel and changes nothing."""
    if sys.platform != "linux":
        return ["files", "network", "system calls"]
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    version = libc.syscall(_CREATE, None, 0, _VERSION)
    lacking = ["files"] if version < 1 else []
    return lacking if platform.machine() in _ARCHITECTURES else [*lacking, "system calls"]


def _traced() -> list[Path]:
    """Where a measurement of coverage writes, while the tests measure it."""
    return [Path.cwd()] if any(name.startswith("COVERAGE_") for name in os.environ) else []


def _drop_privileges(libc: ctypes.CDLL) -> None:
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for capability in range(_CAPABILITIES):
        if capability != _CAP_DAC_OVERRIDE:
            libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    kept = 1 << _CAP_DAC_OVERRIDE if os.geteuid() == 0 else 0
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    libc.capset(header, struct.pack("=6I", kept, kept, 0, 0, 0, 0))


def _seccomp(libc: ctypes.CDLL, *, sockets: bool) -> bool:
    """Refuse system calls with EPERM, in all threads; whether that could be done."""
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        return False
    refused = {**_REFUSED, **({} if sockets else {**_SOCKETS, **_PROGRAMS})}
    place = [*_ARCHITECTURES].index(machine)
    numbers = [both[place] for both in refused.values()]
    code = _filter(_ARCHITECTURES[machine], numbers)
    program = ctypes.create_string_buffer(code)
    header = struct.pack("@HP", len(code) // 8, ctypes.addressof(program))
    return bool(libc.syscall(_SECCOMP[machine], _SET_FILTER, _TSYNC, header) == 0)


def _filter(architecture: int, numbers: Iterable[int]) -> bytes:
    """A program of the kernel's packet filter: these calls, and all of another architecture, end with EPERM."""

    def step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("=HBBI", code, yes, no, value)

    refuse = step(_RETURN, _ERRNO | _EPERM)
    steps = [step(_LOAD, 4), step(_EQUAL, architecture, 1, 0), refuse, step(_LOAD, 0)]
    steps += [step(_AT_LEAST, _X32, 0, 1), refuse]
    for number in numbers:
        steps += [step(_EQUAL, number, 0, 1), refuse]
    return b"".join([*steps, step(_RETURN, _ALLOW)])


def _landlock(libc: ctypes.CDLL, writable: Sequence[Path], ports: Sequence[int]) -> list[str]:
    version = int(libc.syscall(_CREATE, None, 0, _VERSION))
    if version < 1:
        return ["files", *(["network"] if ports else [])]
    handled = _WRITES | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    handled |= _DEVICE if version >= 5 else 0
    attributes = struct.pack(
        "=QQQ", handled, _BIND | _CONNECT if version >= 4 else 0, _SCOPES if version >= 6 else 0
    )
    size = 8 if version < 4 else 16 if version < 6 else 24
    rules = int(libc.syscall(_CREATE, attributes, size, 0))
    if rules < 0:
        return ["files", *(["network"] if ports else [])]
    try:
        for folder in writable:
            _allow_below(libc, rules, folder, handled)
        _allow_below(libc, rules, Path("/dev/null"), handled & (_WRITE_FILE | _TRUNCATE | _DEVICE))
        for port in ports if version >= 4 else ():
            libc.syscall(_ADD, rules, _PORT, struct.pack("=QQ", _CONNECT, port), 0)
        held = libc.syscall(_RESTRICT, rules, 0) == 0
    finally:
        os.close(rules)
    if not held:
        return ["files", *(["network"] if ports else [])]
    return ["network"] if ports and version < 4 else []


def _allow_below(libc: ctypes.CDLL, rules: int, place: Path, allowed: int) -> None:
    opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
    try:
        libc.syscall(_ADD, rules, _BELOW_PATH, struct.pack("=Qi", allowed, opened), 0)
    finally:
        os.close(opened)
