"""Making "qagen" a name that `load_dataset` knows."""

import logging
from types import ModuleType

from qagen import __version__
from qagen.records import sha256

NAME = "qagen"
MODULE = "builder.dataset"
HASH = sha256(f"{NAME} {__version__}")
"""Part of the cache's path; what decides about it is the fingerprint in the config's id."""

_log = logging.getLogger(__name__)


def register(packaged_modules: ModuleType) -> None:
    """Enter the builder into the registry of `datasets`, which is private: should it be gone, say what to do."""
    registry = getattr(packaged_modules, "_PACKAGED_DATASETS_MODULES", None)
    if isinstance(registry, dict):
        registry[NAME] = (MODULE, HASH)
    else:
        _log.warning(
            "this version of datasets has no registry of builders, so load_dataset(%r) is not known to it; "
            "use builder.load(...), which takes the same keywords",
            NAME,
        )
