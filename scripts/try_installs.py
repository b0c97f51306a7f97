"""Install what is shipped as a stranger would, on every Python that is found, and use it away from the checkout.

usage: python scripts/try_installs.py [PYTHON...] [--suite] [--keep DIR]

    PYTHON     3.12, or the path of an interpreter; without one every Python that uv finds and pyproject.toml allows
    --suite    runs the key parts of the tests, too: against what is installed, with the oldest and with the newest releases
    --keep     where the environments are made, and stay; else in a folder that is removed

Needs uv, and a network for the packages. For each Python: the wheel with the newest releases, the sdist with the newest, and the wheel
with the oldest releases that pyproject.toml allows. What is installed says its version, has its own files imported, builds and
verifies the demo without a network, in a folder with blanks in its name and a home that cannot be written to, and says for each extra
that is not installed, in one line, which it is. Prints a row for each, and ends with 1 if one fails.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WAYS = (("wheel", "newest"), ("sdist", "newest"), ("wheel", "oldest"))
EXTRAS = {
    "marker": ("convert", "{papers}", "--out", "out", "--converter", "marker-fast"),
    "ocr": ("convert", "{papers}", "--out", "out", "--ocr", "always"),
    "embedded": ("build", "{papers}", "--out", "out", "--engine", "embedded"),
    "grounding": ("build", "{papers}", "--out", "out", "--engine", "extractive", "--grounding", "nli-xsmall"),
    "ray": ("build", "{papers}", "--out", "out", "--engine", "extractive", "--on", "ray"),
    "review": ("review", "qagen-demo", "--papers", "{papers}"),
    "s3": ("build", "{papers}", "--out", "out", "--engine", "extractive", "--work", "s3://bucket/work"),
}
"""For each extra a command that needs it; {papers} is the folder with the example papers, `qagen-demo` what the demo built."""
KEY_PARTS = (
    "builder/test_build.py", "builder/test_card.py", "builder/test_commands.py", "builder/test_dataset.py", "builder/test_hub_errors.py",
    "builder/test_plan.py", "builder/test_push.py", "builder/test_report.py", "builder/test_retraction.py", "builder/test_schema.py",
    "builder/test_verify.py", "qagen/checks", "qagen/convert", "qagen/engines", "qagen/parsing", "qagen/test_cli.py",
    "qagen/test_papers.py", "qagen/test_run.py", "qagen/test_select.py", "qagen/test_settings.py", "qagen/test_vectors.py",
)  # fmt: skip
TEST_TOOLS = (
    "gguf", "hypothesis", "pdfminer.six", "psutil", "pytest", "pytest-asyncio", "pytest-randomly", "pytest-xdist", "typst",
    "xllamacpp>=2026.10",
)  # fmt: skip
NEEDED_BESIDE = (
    "tests",
    "docs",
    "examples",
    "pyproject.toml",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
)
"""What tests read of the checkout; the packages themselves are those that are installed."""
HOMELESS = "/proc/nobody"
"""Where nobody can make a folder, root neither."""


class Failed(Exception):
    """What an installation did otherwise than it should."""


@dataclass(frozen=True)
class Row:
    """What came of one installation."""

    python: str
    artefact: str
    releases: str
    packages: int = 0
    megabytes: float = 0.0
    install: float = 0.0
    demo: float = 0.0
    outcome: str = "ok"

    def cells(self):
        return (
            self.python, self.artefact, self.releases, str(self.packages), f"{self.megabytes:.0f}",
            f"{self.install:.0f}", f"{self.demo:.0f}", self.outcome,
        )  # fmt: skip


HEAD = ("python", "artefact", "releases", "packages", "MB", "install s", "demo s", "outcome")


def ran(*command, **options):
    """The standard output of a command that has to succeed."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise Failed(f"{Path(command[0]).name} {command[1]}: {(done.stderr or done.stdout).strip()[-2000:]}")
    return done.stdout


def pythons(wanted):
    """The interpreters to try, as paths: the newest of each minor version that the project allows."""
    # Before pyenv's shims, which may lead nowhere.
    pyenv = sorted(map(str, Path.home().glob(".pyenv/versions/3*/bin")), reverse=True)
    looking = {"env": {**os.environ, "PATH": os.pathsep.join([*pyenv, os.environ["PATH"]])}}
    if wanted:
        return [ran("uv", "python", "find", "--no-project", one, **looking).strip() for one in wanted]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    least, below = (
        tuple(map(int, one.split("."))) for one in re.findall(r"[\d.]+", project["requires-python"])
    )
    listing = ("uv", "python", "list", "--only-installed", "--all-versions", "--output-format", "json")
    newest = {}
    for one in json.loads(ran(*listing, **looking)):
        parts = one["version_parts"]
        version = (parts["major"], parts["minor"], parts["patch"])
        if one["implementation"] == "cpython" and least <= version < below:
            newest[version[:2]] = max(newest.get(version[:2], (version, one["path"])), (version, one["path"]))
    return [path for _, path in (newest[minor] for minor in sorted(newest))]


def requirements(wheel):
    """What the wheel itself asks for, without extras."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        headers = message_from_bytes(archive.read(name))
    return [line for line in headers.get_all("Requires-Dist", []) if "extra ==" not in line]


def install(env, python, artefact, releases, place):
    """Make an environment with what is to be tried in it; gives the seconds of the installation alone."""
    ran("uv", "venv", "--quiet", "--clear", "--python", python, env)
    begun = time.monotonic()
    into = ("uv", "pip", "install", "--quiet", "--python", env)
    if releases == "oldest":
        listed = place / "requirements.txt"
        listed.write_text("\n".join(requirements(artefact)), encoding="utf-8")
        ran(*into, "--resolution", "lowest-direct", "--only-binary", ":all:", "--requirement", listed)
        ran(*into, "--no-deps", artefact)
    else:
        ran(*into, artefact)
    return time.monotonic() - begun


def environment(**more):
    """Hardly anything of that of this process: no home to write to, no key, no proxy."""
    return {"PATH": os.defpath, "HOME": HOMELESS, "COLUMNS": "1000", "HF_HUB_DISABLE_TELEMETRY": "1", **more}


def without_network():
    """What a command begins with to have no network, where the system lets us take it away."""
    cut = ("unshare", "--user", "--map-root-user", "--net")
    able = (
        shutil.which("unshare")
        and subprocess.run([*cut, "true"], capture_output=True, check=False).returncode == 0
    )
    return cut if able else ()


def use(env, place, version):
    """Everything that a newcomer does, in a folder with blanks; gives the seconds of the demo."""
    folder = place / "a folder of mine"
    folder.mkdir(parents=True)
    qagen, told = env / "bin" / "qagen", {"cwd": folder, "env": environment()}
    if (said := ran(qagen, "--version", **told)) != f"qagen {version}\n":
        raise Failed(f"--version says {said!r}, and the file is of {version}")
    code = "import builder, qagen; print(builder.__file__, qagen.__file__, sep='\\n')"
    modules = ran(env / "bin" / "python", "-c", code, **told).splitlines()
    if not all(Path(module).is_relative_to(env) for module in modules):
        raise Failed(f"imported from elsewhere: {modules}")
    begun = time.monotonic()
    ran(*without_network(), qagen, "demo", **told)
    seconds = time.monotonic() - begun
    papers = Path(modules[1]).parent / "example_papers"
    ran(*without_network(), qagen, "verify", "qagen-demo", "--papers", papers, "--work", ".qagen", **told)
    ran(qagen, "demo", cwd=folder, env={"PATH": os.defpath})
    for extra, command in EXTRAS.items():
        names_its_extra(extra, [qagen, *(part.format(papers=papers) for part in command)], told)
    return seconds


def names_its_extra(extra, command, told):
    """A command that needs an extra that is not there ends with one line that says which."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, **told)
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    if (
        done.returncode != 1
        or len(errors) != 1
        or f"qagen[{extra}]" not in errors[0]
        or "Traceback" in done.stderr
    ):
        raise Failed(f"without {extra}: {done.returncode}, {done.stderr[-500:]!r}")


def test(env, place, releases):
    """The key parts of the tests, of a copy in which the packages are not.

    Old releases may use what newer ones, which they allow, call deprecated: that is no fault of ours, and users see nothing of it.
    """
    frozen = place / "constraints.txt"
    frozen.write_text(ran("uv", "pip", "freeze", "--python", env, "--exclude", "qagen"), encoding="utf-8")
    ran("uv", "pip", "install", "--quiet", "--python", env, "--constraint", frozen, *TEST_TOOLS)
    copy = place / "copy"
    copy.mkdir()
    for name in NEEDED_BESIDE:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, copy / name)
    parts = [f"tests/{part}" for part in KEY_PARTS]
    calm = ["-W", "ignore::DeprecationWarning"] if releases == "oldest" else []
    tests = [env / "bin" / "python", "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", *calm, *parts]
    ran(*tests, cwd=copy)


def weigh(env):
    """How many packages there are, and what they take, in 10^6 bytes."""
    [packages] = env.glob("lib/python*/site-packages")
    size = sum(
        path.stat().st_size for path in packages.rglob("*") if path.is_file() and path.suffix != ".pyc"
    )
    return len(list(packages.glob("*.dist-info"))), size / 1e6


def attempt(python, artefact, releases, place, *, suite):
    """One installation, used; a failure is a row, too."""
    kind = "wheel" if artefact.suffix == ".whl" else "sdist"
    version = ran(python, "-c", "import platform; print(platform.python_version())").strip()
    env, ours = place / "environment", artefact.name.removesuffix(".tar.gz").split("-")[1]
    try:
        place.mkdir(parents=True)
        install_seconds = install(env, python, artefact, releases, place)
        packages, megabytes = weigh(env)
        demo = use(env, place, ours)
        if suite and kind == "wheel":
            test(env, place, releases)
    except Failed as failure:
        return Row(version, kind, releases, outcome=f"FAILED {failure}")
    return Row(version, kind, releases, packages, megabytes, install_seconds, demo)


def table(rows):
    """The rows as text, columns aligned."""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD) - 1)]
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, [*widths, 0], strict=True)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pythons", nargs="*", metavar="PYTHON")
    parser.add_argument("--suite", action="store_true")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    if shutil.which("uv") is None:
        sys.exit("error: uv is not here; pip install uv")
    with tempfile.TemporaryDirectory(prefix="qagen installs ") as temporary:
        place = (given.keep or Path(temporary)).resolve()
        ran("uv", "build", "--quiet", "--out-dir", place / "dist", ROOT)
        files = {
            "wheel": next((place / "dist").glob("*.whl")),
            "sdist": next((place / "dist").glob("*.tar.gz")),
        }
        rows = []
        try:
            found = pythons(given.pythons)
        except Failed as failure:
            sys.exit(f"error: {failure}")
        for number, python in enumerate(found):
            for artefact, releases in WAYS:
                at = place / f"{number} {artefact} {releases}"
                rows.append(attempt(python, files[artefact], releases, at, suite=given.suite))
                print(" ".join(rows[-1].cells()), file=sys.stderr, flush=True)
    table(rows)
    sys.exit(any(row.outcome != "ok" for row in rows) or not rows)


if __name__ == "__main__":
    main()
