"""`builder.load`: what `load_dataset("qagen", ...)` does, by public means of `datasets` only."""

from typing import Any


def load(
    data_dir: str,
    name: str = "default",
    *,
    split: str | None = None,
    streaming: bool = False,
    cache_dir: str | None = None,
    num_proc: int | None = None,
    download_mode: str | None = None,
    **keywords: Any,
) -> Any:
    """Build a dataset from a folder of papers, or take it from the cache.

    Args:
        data_dir: the folder of PDFs.
        name: `default`, `chat` or `rejected`.
        split: one split; None gives all of them.
        streaming: give iterable datasets, and write nothing to the cache.
        cache_dir: the cache of `datasets`; None takes its own.
        num_proc: processes that write the cache.
        download_mode: as `load_dataset` takes it.
        keywords: those of `QAConfig`.

    Returns:
        What `load_dataset` returns: a DatasetDict, or with `split` a Dataset, or their iterable forms.

    Raises:
        QagenError: where nothing can be built.
    """
    from builder.dataset import QADataset

    made = QADataset(cache_dir=cache_dir, config_name=name, data_dir=data_dir, **keywords)
    if streaming:
        return made.as_streaming_dataset(split=split)
    made.download_and_prepare(num_proc=num_proc, download_mode=download_mode)
    return made.as_dataset(split=split)
