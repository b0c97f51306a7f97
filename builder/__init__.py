"""Dataset folders and the builder class; importing this makes "qagen" known to `datasets`.

`datasets` itself is not imported here: it is told about qagen when, and only when, somebody imports it.

    import builder
    from datasets import load_dataset
    load_dataset("qagen", data_dir="papers/", engine="extractive")

`builder.load(...)` does the same without the registry, which is private in `datasets`.
"""

from typing import TYPE_CHECKING, Any

import wrapt

from builder.registry import pass_over_files, register

if TYPE_CHECKING:
    from builder.dataset import QAConfig, QADataset
    from builder.loading import load

__all__ = ["QAConfig", "QADataset", "load"]

wrapt.register_post_import_hook(register, "datasets.packaged_modules")
wrapt.register_post_import_hook(pass_over_files, "datasets.load")


def __getattr__(name: str) -> Any:
    if name in ("QAConfig", "QADataset"):
        from builder import dataset

        return getattr(dataset, name)
    if name == "load":
        from builder.loading import load

        return load
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
