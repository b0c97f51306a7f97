"""Making "qagen" a name that `load_dataset` knows."""

import logging
from types import ModuleType
from typing import Any

import wrapt

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


def pass_over_files(load: ModuleType) -> None:
    """Keep `datasets` from searching the folder of papers: it takes brackets in a path for a pattern, and finds nothing.

    Where its loader has another form than is known here, it is left as it is: paths without brackets are found.
    """
    factory, module = (
        getattr(load, name, None) for name in ("PackagedDatasetModuleFactory", "DatasetModule")
    )
    if factory is None or module is None or not hasattr(factory, "get_module"):
        return

    def get_module(wrapped: Any, instance: Any, args: Any, keywords: Any) -> Any:
        if getattr(instance, "name", None) != NAME:
            return wrapped(*args, **keywords)
        return module(MODULE, HASH, {"data_files": {}, "dataset_name": NAME})

    wrapt.wrap_function_wrapper(factory, "get_module", get_module)
