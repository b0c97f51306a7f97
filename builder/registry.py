"""Making "qagen" a name that `load_dataset` knows, when and only when somebody imports `datasets`."""

import functools
import hashlib
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from qagen import __version__

if TYPE_CHECKING:
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec

NAME = "qagen"
MODULE = "builder.dataset"
HASH = hashlib.sha256(f"{NAME} {__version__}".encode()).hexdigest()
"""Part of the cache's path; what decides about it is the fingerprint in the config's id."""

Hook = Callable[[ModuleType], None]


def after_import(name: str, hook: Hook) -> None:
    """Call a hook with a module as soon as somebody has imported it; at once where that has happened."""
    if name in sys.modules:
        hook(import_module(name))  # waits for another thread that is importing it just now
    else:
        sys.meta_path.insert(0, _Watcher(name, hook))


class _Watcher:
    """A finder that finds one module by means of the others, once, and has the hook called when it is executed."""

    def __init__(self, name: str, hook: Hook) -> None:
        self._name = name
        self._hook = hook

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> "ModuleSpec | None":
        """The module's spec, with a loader that calls the hook; None for every other module."""
        if name != self._name:
            return None
        for finder in [finder for finder in sys.meta_path if finder is not self]:
            spec = finder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = cast("Loader", _Loader(spec.loader, self))
                return spec
        return None

    def imported(self, module: ModuleType) -> None:
        """Call the hook and look at no further import."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        self._hook(module)


class _Loader:
    """Loads a module as its own loader does, which is put back first: the module knows of no other."""

    def __init__(self, loader: Any, watcher: _Watcher) -> None:
        self._loader = loader
        self._watcher = watcher

    def create_module(self, spec: "ModuleSpec") -> ModuleType | None:
        """The module, as its own loader makes it."""
        made: ModuleType | None = self._loader.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        """Execute the module, and then what waits for it."""
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._watcher.imported(module)


def register(packaged_modules: ModuleType) -> None:
    """Enter the builder into the registry of `datasets`, which is private: should it be gone, say what to do."""
    registry = getattr(packaged_modules, "_PACKAGED_DATASETS_MODULES", None)
    if isinstance(registry, dict):
        registry[NAME] = (MODULE, HASH)
        return
    import logging  # with all that it imports, which is not in the way of `import builder`

    logging.getLogger(__name__).warning(
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
    found = getattr(factory, "get_module", None)
    if factory is None or module is None or found is None:
        return

    @functools.wraps(found)
    def get_module(self: Any) -> Any:
        if getattr(self, "name", None) != NAME:
            return found(self)
        return module(MODULE, HASH, {"data_files": {}, "dataset_name": NAME})

    factory.get_module = get_module
