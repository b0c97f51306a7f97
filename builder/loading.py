"""`builder.load`: what `load_dataset("qagen", ...)` does, by public means of `datasets` only; and published versions."""

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
    revision: str | None = None,
    **keywords: Any,
) -> Any:
    """Build a dataset from a folder of papers, or take it from the cache; or load a published version.

    With `revision` the version is looked up first and fetched by its commit, and every file is compared with the
    manifest: an answer of the Hub that is old, cut or changed is an error, not a dataset.

    Args:
        data_dir: the folder of PDFs; with `revision` the dataset's name on the Hub, `name/dataset`.
        name: `default`, `chat`, `sft`, `reasoning`, `preference`, `kto` or `rejected`.
        split: one split; None gives all of them.
        streaming: give iterable datasets, and write nothing to the cache.
        cache_dir: the cache of `datasets`; None takes its own.
        num_proc: processes that write the cache.
        download_mode: as `load_dataset` takes it.
        revision: a version's tag, for instance `v1.2.0`, or a branch or commit.
        keywords: those of `QAConfig`.

    Returns:
        What `load_dataset` returns: a DatasetDict, or with `split` a Dataset, or their iterable forms.

    Raises:
        QagenError: where nothing can be built, or the Hub does not have the version as it was published.
    """
    if revision is not None:
        from builder.hub.published import load_published

        return load_published(
            data_dir, name, revision, split=split, streaming=streaming, cache_dir=cache_dir, num_proc=num_proc,
            download_mode=download_mode, **keywords,
        )  # fmt: skip
    from builder.dataset import QADataset

    made = QADataset(cache_dir=cache_dir, config_name=name, data_dir=data_dir, **keywords)
    if streaming:
        return made.as_streaming_dataset(split=split)
    made.download_and_prepare(num_proc=num_proc, download_mode=download_mode)
    return made.as_dataset(split=split)
