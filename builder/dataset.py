"""The builder class of `datasets`: a thin skin over a build in the workspace.

The pipeline runs in `_split_generators`, long and resumable; `_generate_examples` only streams finished rows. Splits
are the dataset's own, by work: what `datasets` guesses from words in file names is not looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import datasets

from builder import local
from builder.folder.schema import CONFIGS, SCHEMA_VERSION, SCHEMAS, Row
from builder.registry import HASH, NAME
from qagen import __version__

_OWN = frozenset(field.name for field in fields(datasets.BuilderConfig))
_DESCRIPTIONS = {
    "default": "Question/answer pairs from scientific papers, each with its provenance.",
    "chat": "The same pairs as messages of a user and an assistant.",
    "unanswerable": "Questions near what the papers say that they do not answer.",
    "rejected": "What was turned down, and why.",
}


@dataclass
class QAConfig(datasets.BuilderConfig):  # type: ignore[misc]  # datasets has no types
    """A config of the builder; its keywords are those of `qagen build`, and None takes the setting's default.

    Attributes:
        config: the path of a `qagen.toml`.
        work: the workspace.
        base: the dataset folder that this one follows: its records win, its splits stay.
        allow_incomplete: whether a dataset is made although some papers or chunks could be tried again.
    """

    config: str | None = None
    work: str = ".qagen"
    converter: str | None = None
    ocr: str | None = None
    marker: dict[str, Any] | None = None
    download: bool | None = None
    password_file: str | None = None
    engine: str | None = None
    model: str | None = None
    base_url: str | list[str] | None = None
    prompt: str | None = None
    pairs: int | None = None
    kinds: dict[str, Any] | None = None
    examples: str | None = None
    records: int | None = None
    chunk_chars: int | None = None
    overlap: int | None = None
    sections: str | None = None
    judge: str | None = None
    grounding: str | None = None
    concurrency: int | str | None = None
    with_context: bool | None = None
    with_reasoning: bool | None = None
    splits: dict[str, float] | None = None
    require_splits: dict[str, int] | None = None
    limit: int | None = None
    sample: int | None = None
    base: str | None = None
    offline: bool = False
    allow_incomplete: bool = False

    def order(self) -> local.LoadRequest:
        """What to build.

        Raises:
            QagenError: where a keyword does not fit.
        """
        keywords = {field.name: getattr(self, field.name) for field in fields(self) if field.name not in _OWN}
        return local.LoadRequest.of(self.data_dir, keywords)

    def create_config_id(self, config_kwargs: dict[str, Any], custom_features: Any = None) -> str:
        """Name the cache's folder after what decides the rows: contents, not paths."""
        del config_kwargs  # they are attributes by now
        own = f"{self.name}-{self.order().fingerprint()}"
        if custom_features is None:
            return own
        return f"{own}-{datasets.fingerprint.Hasher.hash(custom_features)}"

    def _resolve_data_files(self, base_path: str, download_config: Any) -> None:
        """Look at no files: the papers are those of `data_dir`."""


class QADataset(datasets.GeneratorBasedBuilder):  # type: ignore[misc]  # datasets has no types
    """Builds question/answer datasets from a folder of papers."""

    VERSION = datasets.Version(f"{SCHEMA_VERSION}.0.0")
    BUILDER_CONFIG_CLASS = QAConfig
    BUILDER_CONFIGS: ClassVar[list[QAConfig]] = [
        QAConfig(
            name=name, version=datasets.Version(f"{SCHEMA_VERSION}.0.0"), description=_DESCRIPTIONS[name]
        )
        for name in CONFIGS
    ]
    DEFAULT_CONFIG_NAME = "default"

    def __init__(self, *args: Any, data_files: Any = None, **keywords: Any) -> None:
        """Take what `datasets` gives, but for `data_files`: sorted by words in their names, they are of no use here."""
        del data_files
        keywords = {"dataset_name": NAME, "hash": HASH, **keywords}
        super().__init__(*args, **keywords)

    def _info(self) -> Any:
        return datasets.DatasetInfo(
            description=f"{self.config.description} Made by qagen {__version__}.",
            citation="",
            license="unknown: the papers' own licences decide",
            features=datasets.Features.from_arrow_schema(SCHEMAS[self.config.name]),
            version=self.config.version,
        )

    def _split_generators(self, dl_manager: Any) -> list[Any]:
        del dl_manager  # nothing is downloaded
        files = local.built(self.config.order(), self.config.name)
        return [
            datasets.SplitGenerator(name=split, gen_kwargs={"files": paths}) for split, paths in files.items()
        ]

    def _generate_examples(self, files: list[str]) -> Iterator[tuple[str, Row]]:
        yield from local.rows(files, self.config.name)
