"""What a local build depends on, as one hash: the key under which `datasets` caches it."""

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from importlib.metadata import PackageNotFoundError, distribution, distributions
from importlib.resources.abc import Traversable
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from builder.folder import manifest
from builder.folder.provenance import settings_snapshot
from builder.folder.schema import SCHEMA_VERSION
from builder.hub.locator import folder_of, parse_dataset_ref
from qagen import convert
from qagen.asking.examples import load_examples
from qagen.grounding.grounder import grounding_key
from qagen.prompts import load_prompt
from qagen.records import Paper, canonical_json, sha256
from qagen.reviews import NO_REVIEWS, Reviews
from qagen.settings import AUTO, Settings

_PACKAGES = ("builder", "qagen", "dataset_card")
_SOURCES = (".py", ".md", ".jinja", ".toml", ".txt", ".json")


def fingerprint(
    papers: Sequence[Paper],
    settings: Settings,
    subset: Mapping[str, object],
    base: Path | None = None,
    reviews: Reviews = NO_REVIEWS,
) -> str:
    """Sixteen hex digits that change with everything that can change the rows.

    Papers count by their bytes and labels, never by path or time; the prompt by its text; the code by its source.

    Args:
        papers: those that the build reads.
        settings: those of the build; what tells of the machine only is left out.
        subset: further keywords that decide which rows there are, as JSON.
        base: the dataset that the build follows, a folder or `name/dataset@revision`; None without one.
        reviews: what people decided; what they say of these papers counts.

    Raises:
        DatasetError: where `base` is no dataset folder.
    """
    ask = settings.ask
    asked = ["deep-qa", "short-qa"] if ask.prompt == AUTO else [ask.prompt]
    named = [*asked, *(rule.prompt for rule in settings.rules)] if ask.engine != "extractive" else []
    prompts = [load_prompt(name).sha256 for name in named]
    value = [
        SCHEMA_VERSION,
        sorted([paper.sha256, paper.file, *map(list, paper.stated)] for paper in papers),
        settings_snapshot(settings),
        [ask.engine, ask.model, prompts, *([load_examples(ask.examples).sha256] if ask.examples else [])],
        [convert.fingerprint(settings.convert), convert.remarks(settings.convert)],
        dict(subset),
        grounding_key(settings.grounding),
        _base(base) if base else None,
        reviews.digest(paper.sha256 for paper in papers),
        source(),
        libraries(),
    ]
    return sha256(canonical_json(value))[:16]


def _base(base: Path) -> list[object]:
    """What a base is called, its manifest, and every file that the manifest lists, as they are: both may have been edited."""
    folder = folder_of(base)
    files = sorted(manifest.read(folder).files)
    found = [
        [name, manifest.digest(folder / name) if (folder / name).is_file() else None]
        for name in [manifest.FILE, *files]
    ]
    return [str(base) if parse_dataset_ref(base) else folder.resolve().name, found]


@cache
def libraries() -> tuple[str, ...]:
    """Python, and every package that qagen needs or that those need, each with its version."""
    found: dict[str, str] = {}
    left = ["qagen", *_run_from_a_folder()]
    while left:
        name = canonicalize_name(left.pop())
        if name in found:
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:
            found[name] = "not here"
            continue
        found[name] = package.version
        needed = map(Requirement, package.requires or ())
        left += [one.name for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    return (f"python {sys.version}", *(f"{name} {found[name]}" for name in sorted(found)))


def _run_from_a_folder() -> list[str]:
    """Everything that is installed, where qagen itself is not and so cannot say what it needs."""
    here = [package.name for package in distributions()]
    return [] if "qagen" in here else here


@cache
def source() -> str:
    """One hash over the source of the packages, with prompts and templates."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for name, data in _files(resources.files(package), package):
            digest.update(f"{name}\0{len(data)}\0".encode())
            digest.update(data)
    return digest.hexdigest()


def _files(folder: Traversable, place: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{place}/{entry.name}"
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _files(entry, name)
        elif entry.is_file() and entry.name.endswith(_SOURCES):
            yield name, entry.read_bytes()
