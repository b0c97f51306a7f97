"""How a user names a dataset: a folder here, or `name/dataset@revision` on the Hub."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qagen.address import address_of
from qagen.errors import DatasetError

if TYPE_CHECKING:
    from builder.hub.hub import Hub

_NAMED = re.compile(r"(?P<repo>[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?:@(?P<revision>[^@\s]+))?")

_PATTERN = re.compile(r"[\[\]*?$]|::")
"""What `datasets` does not take literally in the path of a folder: patterns, variables, chained file systems."""


@dataclass(frozen=True, slots=True)
class Named:
    """A dataset on the Hub; without a revision it is not said which version."""

    repo: str
    revision: str | None


def parse_dataset_ref(text: str | Path) -> Named | None:
    """Read `name/dataset` or `name/dataset@revision`; None where it is neither, or a file or folder has that name."""
    found = _NAMED.fullmatch(str(text))
    if found is None or Path(text).exists():
        return None
    return Named(found["repo"], found["revision"])


def require_repo_id(repo: str) -> None:
    """Refuse what cannot name a dataset on the Hub.

    Raises:
        DatasetError: where it is not `name/dataset`.
    """
    if repo.count("/") != 1 or "@" in repo or any(not part for part in repo.split("/")):
        raise DatasetError(f"{repo!r} is no name of a dataset on the Hub", remedy="write it as name/dataset")


def refuse_pattern(out: Path) -> None:
    """Refuse a place for a dataset folder that `load_dataset` could not open there.

    Raises:
        DatasetError: where its absolute path has characters that `datasets` reads as a pattern, or it is an address.
    """
    if (address := address_of(out)) is not None:
        raise DatasetError(
            f"{address!r} is an address, and a dataset folder is on a disk",
            remedy="name a folder with --out, and publish it with `qagen push`",
        )
    target = os.path.realpath(out.expanduser().absolute())
    if found := _PATTERN.search(target):
        raise DatasetError(
            f"load_dataset cannot open a folder at {target!r}: it does not take {found[0]!r} in a path literally",
            remedy="name another folder with --out",
        )


def folder_of(text: str | Path, hub: "Hub | None" = None) -> Path:
    """The dataset folder that a user names; one on the Hub is fetched and compared with its manifest.

    Raises:
        DatasetError: where it is on the Hub and its version is not named.
        HubError: where the Hub does not have it, or gave something else than its manifest says.
    """
    place = parse_dataset_ref(text)
    if place is None:
        return Path(text)
    if place.revision is None:
        raise DatasetError(
            f"{str(text)!r} is no folder here",
            remedy=f"for a dataset on the Hub name its version too, for instance {place.repo}@v1.0.0",
        )
    from builder.hub.hub import Hub  # with huggingface_hub, which takes a while

    return (hub or Hub()).fetch(place.repo, place.revision)
