"""What leaves the repository: the wheel's files and their licences, the version, the images, how it is cited."""

import fnmatch
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import metadata
from pathlib import PurePosixPath

import pytest
import yaml

import qagen
from tests.command import qagen as command
from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
HADOLINT = shutil.which("hadolint", path=f"{sys.prefix}/bin") or shutil.which("hadolint")


@cache
def wheel_files():
    """Where each file of the wheel comes from, as a path in the repository."""
    wheel = pytest.importorskip("hatchling.builders.wheel", reason="the group `dev` is not installed")
    files = wheel.WheelBuilder(str(ROOT)).recurse_included_files()
    return sorted(PurePosixPath(one.path).relative_to(ROOT).as_posix() for one in files)


def licences_of(path, annotations):
    """The identifiers of all annotations that name the path; the last one counts."""
    return [
        one["SPDX-License-Identifier"]
        for one in annotations
        if any(matches(path, pattern) for pattern in one["path"])
    ]


def matches(path, pattern):
    """Whether a pattern of REUSE.toml means the path: `*` stays within a folder, `**` does not."""
    parts = re.split(r"(\*\*|\*)", pattern)
    said = {"**": ".*", "*": "[^/]*"}
    return bool(re.fullmatch("".join(said.get(part) or re.escape(part) for part in parts), path))


def test_every_file_of_the_wheel_is_under_a_licence_whose_text_travels_along():
    annotations = tomllib.loads((ROOT / "REUSE.toml").read_text("utf-8"))["annotations"]
    found = {path: licences_of(path, annotations) for path in wheel_files()}
    assert len(found) > 300
    assert [path for path, licences in found.items() if not licences] == []
    used = {licences[-1] for licences in found.values()}
    assert used == {path.stem for path in (ROOT / "LICENSES").iterdir()}
    assert set(PROJECT["project"]["license"].split(" AND ")) == used
    assert {path for path, licences in found.items() if licences[-1] == "CC-BY-4.0"} == {
        f"examples/papers/pdf/{name}.pdf" for name in ("aftershocks", "interlayer", "peatland")
    }


@pytest.mark.parametrize(
    "stranger",
    [
        "builder/reviewing/static/font.woff2",
        "qagen/model.onnx",
        "builder/reviewing/static/other.js",
        "qagen/data.json",
    ],
)
def test_a_file_of_a_new_kind_has_no_licence_until_somebody_says_which(stranger):
    annotations = tomllib.loads((ROOT / "REUSE.toml").read_text("utf-8"))["annotations"]
    assert licences_of(stranger, annotations) == []


def test_the_licence_of_the_repository_is_that_of_its_code():
    assert (ROOT / "LICENSE").read_bytes() == (ROOT / "LICENSES" / "Apache-2.0.txt").read_bytes()


def test_the_version_stands_in_one_place():
    assert "version" not in PROJECT["project"]
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert (ROOT / PROJECT["tool"]["hatch"]["version"]["path"]).samefile(qagen.__file__)
    assert metadata("qagen")["Version"] == qagen.__version__
    assert command("--version").stdout == f"qagen {qagen.__version__}\n"


def test_the_citation_has_what_its_format_asks_for_and_no_version_that_grows_old():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert (citation["type"], citation["title"]) == ("software", PROJECT["project"]["name"])
    assert citation["license"] == PROJECT["project"]["license"].split(" AND ")
    assert [one["name"] for one in citation["authors"]] == [
        one["name"] for one in PROJECT["project"]["authors"]
    ]
    assert citation.keys() & {"version", "date-released"} == set()


def stages():
    """Each stage of the Dockerfile by its name: what it begins with, and its lines."""
    parts = re.split(r"^FROM (\S+) AS (\S+)$", DOCKERFILE, flags=re.MULTILINE)[1:]
    return {
        name: (begins, body) for begins, name, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    }


@pytest.mark.parametrize("image", ["core", "marker"])
def test_the_image_runs_as_a_user_without_rights(image):
    begins, body = stages()[image]
    assert "USER" not in body
    assert re.findall(r"^USER (.*)$", stages()[begins][1], re.MULTILINE) == ["1000"]


def test_what_is_built_unless_another_stage_is_named_is_the_core():
    assert list(stages())[-1] == "core"


def test_the_base_of_the_images_is_pinned():
    pinned = re.search(r"^ARG BASE=(\S+)$", DOCKERFILE, re.MULTILINE)[1]
    assert re.fullmatch(r"python:3\.1\d-slim-\w+|python@sha256:[0-9a-f]{64}", pinned)
    assert {begins for begins, _ in stages().values()} <= {"${BASE}", *stages()}


@pytest.mark.skipif(HADOLINT is None, reason="the group `dev` is not installed")
def test_the_dockerfile_passes_its_linter():
    run = subprocess.run(
        [HADOLINT, "--no-color", ROOT / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (0, "")


def goes_to_the_builder(path, rules):
    """What .dockerignore lets pass; the last rule that means a path, or a folder above it, counts."""
    above = [path, *(parent.as_posix() for parent in PurePosixPath(path).parents)][:-1]
    tails = [one[start:] for one in above for start in (0, *(place.end() for place in re.finditer("/", one)))]
    passes = True
    for rule in rules:
        pattern = rule.removeprefix("!")
        where = tails if pattern.startswith("**/") else above
        if fnmatch.filter(where, pattern.removeprefix("**/")):
            passes = rule.startswith("!")
    return passes


def test_an_image_is_made_of_what_the_package_is_built_from_and_of_nothing_that_is_private():
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    needed = {
        *wheel_files(),
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "LICENSES/CC-BY-4.0.txt",
        "REUSE.toml",
    }
    assert sorted(path for path in needed if not goes_to_the_builder(path, rules)) == []
    private = [".git/config", ".env", ".qagen/papers/a.jsonl", "papers/mine.pdf", "dataset/data/default/0.parquet",
               "qagen/.qagen/x", "qagen/__pycache__/x.pyc", "tests/test_docs.py", ".venv/bin/python", "examples/papers/plot.typ"]  # fmt: skip
    assert [path for path in private if goes_to_the_builder(path, rules)] == []


@pytest.mark.slow
def test_in_a_checkout_with_nothing_beside_it_every_test_is_collected(tmp_path):
    left_out = shutil.ignore_patterns(".*", "build", "dist", "__pycache__")
    shutil.copytree(ROOT, tmp_path / "qagen", ignore=left_out)
    told = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(told, cwd=tmp_path / "qagen", capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-2000:]
