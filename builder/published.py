"""A published version, loaded by commit and compared with its manifest."""

from typing import Any

import datasets

from builder.hub import Hub


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
