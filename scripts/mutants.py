"""How many small changes of the code do the tests notice? Draws mutants at random, runs the tests on each, and says who survived.

    python scripts/mutants.py [--area parsing]... [--sample 120] [--seed 1] [--processes 2] [--out build/mutants]

Every mutant that mutmut makes of an area's functions has the same chance to be drawn. It is killed if one of the area's tests that call
its function fails, or does not come to an end. The share of killed ones is given with its 95 % interval (Wilson's), and
OUT/AREA.json lists every drawn mutant with what came of it and, unless it was killed, its diff.

What mutmut does not change is not measured: values of modules and classes (so the patterns of the checks), and functions with a
decorator. Needs mutmut 3.
"""

import argparse
import contextlib
import io
import json
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from mutmut.configuration import reset_config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("builder", "dataset_card", "docs", "examples", "qagen", "scripts", "tests")
"""What tests of the areas read, beside files at the top."""
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
"""Where the system has it, tests write there: waiting for the disk is most of what those of the ledger take."""
KILLED = ("killed", "timeout")
TOLD = (*KILLED, "survived", "no tests")
PYTEST = (
    *(sys.executable, "-m", "pytest", "-c", "pyproject.toml", "--rootdir=.", "-p", "scripts.mutants_plugin"),
    *("-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider"),
)


@dataclass(frozen=True)
class Area:
    """A room of the code, and the tests that are about it (paths below the root)."""

    room: str
    tests: tuple[str, ...]


AREAS = {
    "parsing": Area(
        "qagen/parsing",
        tuple(
            f"tests/qagen/parsing/test_{name}.py"
            for name in (
                "faults",
                "grammar",
                "jsonpairs",
                "keys",
                "lines",
                "objects",
                "phrases",
                "read_shaped",
                "reader",
                "reasoning",
                "remains",
                "remarks",
                "response_fault",
                "shapes",
                "spellings",
                "trim",
                "unmarked",
                "unwrap",
            )
        ),
    ),
    "checks": Area("qagen/checks", ("tests/qagen/checks",)),
    "chunking": Area(
        "qagen/chunking",
        tuple(
            f"tests/qagen/test_{name}.py"
            for name in ("chunks", "evidence", "sections", "section_kinds", "main_body")
        ),
    ),
    "ledger": Area(
        "qagen/ledger",
        tuple(
            f"tests/qagen/test_{name}.py"
            for name in (
                "ledger",
                "maintenance",
                "merge",
                "models",
                "refresh",
                "sums",
                "vectors",
                "damaged_state",
            )
        ),
    ),
}


@dataclass(frozen=True)
class Drawn:
    """A mutant and what came of it: `killed`, `timeout`, `survived`, `no tests` or another word of mutmut's; the diff of one not killed."""

    name: str
    status: str
    diff: str


def main() -> int:
    """Measure the areas one after the other; exit code 1 where mutmut failed."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--area", choices=AREAS, action="append", help="only this one; may be repeated")
    given.add_argument("--sample", type=int, default=120, help="mutants to draw in each area")
    given.add_argument("--seed", type=int, default=1)
    given.add_argument("--processes", type=int, default=2)
    given.add_argument("--out", type=Path, default=ROOT / "build" / "mutants")
    args = given.parse_args()
    print(
        f"{'area':9} {'mutants':>7} {'drawn':>5} {'killed':>6} {'timeout':>7} {'survived':>8} {'no tests':>8}  rate"
    )
    for name in args.area or AREAS:
        print(measure(name, args.out.resolve(), args.sample, args.seed, args.processes), flush=True)
    return 0


def measure(name: str, out: Path, sample: int, seed: int, processes: int) -> str:
    """A line of the table; the drawn mutants are written to `out`."""
    area, place = AREAS[name], out / name
    _copy(place, area)
    os.chdir(place)
    reset_config()
    everything = _mutated(area, processes)
    names = random.Random(f"{seed} {name}").sample(everything, min(sample, len(everything)))
    (place / "asked.json").write_text(json.dumps({"names": names, "processes": processes}))
    with (
        (out / f"{name}.log").open("w") as log,
        tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as scratch,
    ):
        told = {"PYTHONPATH": str(place / "mutants"), "HYPOTHESIS_PROFILE": "mutants", "TMPDIR": scratch}
        done = subprocess.run(
            [*PYTEST, f"--mutants={place / 'asked.json'}", *area.tests],
            cwd=place / "mutants",
            env=os.environ | told,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    if not (place / "codes.json").exists():
        sys.exit(f"pytest ended with {done.returncode} on {name}; see {log.name}")
    codes = json.loads((place / "codes.json").read_text())
    drawn = [
        _drawn(mutant, codes[mutant], path)
        for path in _modules(area)
        for mutant in _names(path)
        if mutant in codes
    ]
    (out / f"{name}.json").write_text(
        json.dumps([asdict(mutant) for mutant in drawn], indent=1, ensure_ascii=False)
    )
    counted = Counter(mutant.status for mutant in drawn)
    killed = sum(counted[status] for status in KILLED)
    low, high = wilson(killed, len(drawn))
    other = "".join(f"  {status}: {count}" for status, count in counted.items() if status not in TOLD)
    return (
        f"{name:9} {len(everything):7} {len(drawn):5} {counted['killed']:6} {counted['timeout']:7} {counted['survived']:8}"
        f" {counted['no tests']:8}  {killed / len(drawn):.1%} ({low:.1%} to {high:.1%}){other}"
    )


def wilson(successes: int, tries: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of a share, at 95 %."""
    share, square = successes / tries, z * z / tries
    middle, half = share + square / 2, z * math.sqrt(share * (1 - share) / tries + square / (4 * tries))
    return (middle - half) / (1 + square), (middle + half) / (1 + square)


def _copy(place: Path, area: Area) -> None:
    """A copy of the checkout in which mutmut may work, with its settings for this area.

    Modules that have been mutated there before, and have not changed since, stay as they are.
    """
    for old in (*place.glob("*"), *(place / "mutants").glob("*")):
        if old.is_file():
            old.unlink()
        elif old.name != "mutants" and old != place / "mutants" / "qagen":
            shutil.rmtree(old)
    for part in PARTS:
        shutil.copytree(ROOT / part, place / part, ignore=shutil.ignore_patterns("__pycache__", ".qagen"))
    tops = [path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith(".")]
    for path in tops:
        shutil.copy2(path, place / path.name)
    settings = {
        "source_paths": ["qagen"],
        "only_mutate": [f"{area.room}/*"],
        "also_copy": [*(part for part in PARTS if part != "qagen"), *(path.name for path in tops)],
    }
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in settings.items()]
    with (place / "pyproject.toml").open("a") as file:
        file.writelines(["\n[tool.mutmut]\n", *lines])


def _modules(area: Area) -> list[Path]:
    return sorted(Path(area.room).rglob("*.py"))


def _mutated(area: Area, processes: int) -> list[str]:
    """Make all mutants of the copy that is the working folder; their names, file by file."""
    from mutmut.__main__ import create_mutants  # reads the settings of the working folder when it is imported

    Path("mutants").mkdir(exist_ok=True)
    with contextlib.redirect_stdout(io.StringIO()):
        copy_src_dir()
        copy_also_copy_files()
        create_mutants(processes)
    return [name for path in _modules(area) for name in _names(path)]


def _names(path: Path) -> list[str]:
    """The mutants of a module."""
    data = SourceFileMutationData(path=path)
    data.load()
    return list(data.exit_code_by_key)


def _drawn(name: str, code: int, path: Path) -> Drawn:
    status = status_by_exit_code[code]
    return Drawn(name, status, "" if status == "killed" else get_diff_for_mutant(name, path=path))


if __name__ == "__main__":
    sys.exit(main())
