"""A published version, loaded by commit and compared with its manifest."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import datasets
from huggingface_hub.utils import httpx

from builder.hub.errors import error_line
from builder.hub.hub import Hub
from qagen.errors import HubError


def load_published(repo: str, name: str, revision: str, *, hub: Hub | None = None, **keywords: Any) -> Any:
    """Load a published version.

    `datasets` itself gives what its cache has when the Hub stumbles, whatever version that is, and believes bytes of
    the right number. Here the Hub has to say which commit the version is, and the bytes have to be those of the
    manifest.

    Args:
        repo: `name/dataset`.
        name: the config.
        revision: a tag, a branch or a commit.
        hub: where it is; None takes the one of the environment.
        keywords: as `load_dataset` takes them.

    Raises:
        HubError: where the Hub does not have it, or gave something else than its manifest says.
    """
    folder = (hub or Hub()).fetch(repo, revision)
    return datasets.load_dataset(str(folder), name, **keywords)


def open_by_tag(repo: str, tag: str, configs: Mapping[str, Mapping[str, int]], hub: Hub, cache: Path) -> None:
    """Open every split as a trainer does, by the repository's name and tag, and read its first row.

    `datasets` asks only the Hub of the environment; of another one's version nothing is opened here.

    Args:
        repo: `name/dataset`.
        tag: the version's.
        configs: config -> split -> rows, as the manifest has them.
        hub: where it is, and with which token.
        cache: a folder for what `datasets` keeps.

    Raises:
        HubError: where one of them cannot be opened, or has no row.
    """
    if hub.endpoint != datasets.config.HF_ENDPOINT:
        return
    for config, split in ((config, split) for config, rows in configs.items() for split in rows):
        try:
            rows = datasets.load_dataset(
                repo, config, split=split, revision=tag, streaming=True, cache_dir=str(cache), token=hub.token
            )
            found = next(iter(rows), None)
        except (OSError, ValueError, datasets.exceptions.DatasetsError, httpx.HTTPError) as error:
            raise HubError(
                f"{repo}@{tag} is published, but `datasets` cannot open {split!r} of {config!r} ({type(error).__name__}: "
                f"{error_line(error)})",
                remedy="try load_dataset by hand before you tell anybody of it",
            ) from None
        if found is None:
            raise HubError(
                f"{repo}@{tag} is published, but {split!r} of {config!r} has no row", remedy="do not use it"
            )
