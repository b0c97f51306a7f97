"""The builder class of `datasets`: a thin skin over a build in the workspace.

The pipeline runs in `_split_generators`, long and resumable; `_generate_examples` only streams finished rows. Splits
are the dataset's own, by work: what `datasets` guesses from words in file names is not looked at.
"""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeVar

import datasets

from builder import local
from builder.folder.schema import CONFIGS, SCHEMA_VERSION, SCHEMAS, Row
from builder.registry import HASH, NAME
from qagen import __version__
from qagen.errors import InputError
from qagen.options.reading import options_of, refuse_unknown
from qagen.options.spelling import keywords_of_table, told_in_keywords
from qagen.options.tables import LoadOptions
from qagen.settings import Settings

_KEYWORDS = frozenset(inspect.signature(datasets.DatasetBuilder).parameters) - {"config_kwargs"}
_DESCRIPTIONS = {
    "default": "Question/answer pairs from scientific papers, each with its provenance.",
    "chat": "The same pairs as messages of a user and an assistant.",
    "sft": "The same pairs as prompts and completions, with page and section.",
    "reasoning": "The pairs whose question, asked anew, led to the same answer, with the thoughts that led there.",
    "preference": "Answers beside others to the same question that were turned down for their content.",
    "kto": "Answers that stayed, and answers that were turned down for their content.",
    "unanswerable": "Questions near what the papers say that they do not answer.",
    "rejected": "What was turned down, and why.",
}


T = TypeVar("T")


def _with_options(cls: type[T]) -> type[T]:
    """Make the options of `load_dataset("qagen", ...)` fields of a config, before it becomes a dataclass."""
    for declared in options_of(LoadOptions):
        cls.__annotations__[declared.name] = declared.plain
        setattr(cls, declared.name, None)
    return cls


@dataclass
@_with_options
class QAConfig(datasets.BuilderConfig):  # type: ignore[misc]  # datasets has no types
    """A config of the builder; its fields are the keywords of `load_dataset("qagen", ...)`.

    They are those of `qagen.options.tables.LoadOptions`: the options of `qagen build`, the tables of the settings by their
    names, `allow_incomplete`. None takes the default.

    Attributes:
        settings: all settings as a value; the other keywords are laid over them.
    """

    settings: Settings | None = None

    def order(self) -> local.LoadRequest:
        """What to build.

        Raises:
            QagenError: where a keyword does not fit.
        """
        keywords = {declared.name: getattr(self, declared.name) for declared in options_of(LoadOptions)}
        return local.LoadRequest.of(self.data_dir, keywords, self.settings, config=self.name)

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
        refuse_unknown(keywords, (*_KEYWORDS, *(field.name for field in fields(QAConfig))))
        name = keywords.get("config_name")
        if name is not None and name not in CONFIGS:
            raise InputError(f"there is no config {name!r}", remedy=f"there are {', '.join(CONFIGS)}")
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
        with told_in_keywords(keywords_of_table(LoadOptions)):
            files = local.built(self.config.order(), self.config.name)
        return [
            datasets.SplitGenerator(name=split, gen_kwargs={"files": paths}) for split, paths in files.items()
        ]

    def _generate_examples(self, files: list[str]) -> Iterator[tuple[str, Row]]:
        yield from local.rows(files, self.config.name)
