"""The dataset card: metadata that `load_dataset` reads, and a text for people. Everything quoted is hostile."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import jinja2
from huggingface_hub import DatasetCardData

from builder.features import column_names, yaml_features
from builder.manifest import About, Contents, settings_snapshot
from qagen import __version__
from qagen.reasons import Reason
from qagen.records import Record
from qagen.settings import Settings

_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)
_PAPERS_LISTED = 200
_QUOTED_CHARACTERS = 1500


def render(about: About, settings: Settings, contents: Contents, example: Record | None) -> str:
    """The card's text: YAML between lines of dashes, then Markdown.

    Args:
        about: how the dataset was made.
        settings: those of the build.
        contents: what is in the folder; the counts in the YAML have to be exact, or loading fails.
        example: the record to show; None where there is none.
    """
    body = (
        _environment()
        .get_template("card.md.jinja")
        .render(
            about=about,
            settings=settings,
            snapshot=settings_snapshot(settings),
            contents=contents,
            example=example,
            papers=sorted(about.papers, key=lambda paper: (paper.file, paper.sha256))[:_PAPERS_LISTED],
            more_papers=max(0, len(about.papers) - _PAPERS_LISTED),
            meaning={reason.value: reason.meaning for reason in Reason},
            columns={config: list(column_names(config)) for config in contents.rows},
            version=__version__,
        )
    )
    # The Hub's own notion of a card's header: it knows the fields' names and how they are written.
    header = DatasetCardData(**metadata(about, contents)).to_yaml()
    return f"---\n{header}\n---\n\n{body.strip()}\n"


def metadata(about: About, contents: Contents) -> dict[str, Any]:
    """The card's YAML as a value: what the Hub shows and what `load_dataset` needs.

    Without any record `default` is named nevertheless, with files that are not there: loading then says so, where
    `datasets` would otherwise take whatever else it finds, the rejections or the manifest, for the dataset.
    """
    extractive = about.engine == "extractive"
    value: dict[str, Any] = {
        "pretty_name": "Questions and answers from scientific papers",
        "language": ["en"],
        "annotations_creators": ["machine-generated"],
        "language_creators": ["found" if extractive else "machine-generated"],
        "source_datasets": ["original"],
        "task_categories": ["question-answering", "text-generation"],
        "size_categories": [_size(contents.records)],
        "tags": [
            "synthetic",
            "scientific-papers",
            "provenance",
            "qagen",
            *(["extractive"] if extractive else []),
        ],
    }
    value["configs"] = [_config(name, rows) for name, rows in contents.rows.items()]
    if not contents.records:
        value["configs"].append(_config("default", {"train": 0}))
    if contents.rows:
        value["dataset_info"] = [
            _info(name, rows, contents.num_bytes[name]) for name, rows in contents.rows.items()
        ]
    return value


def _config(name: str, rows: Mapping[str, int]) -> dict[str, Any]:
    files = [{"split": split, "path": f"data/{name}/{split}-*.parquet"} for split in rows]
    return {"config_name": name, **({"default": True} if name == "default" else {}), "data_files": files}


def _info(name: str, rows: Mapping[str, int], num_bytes: Mapping[str, int]) -> dict[str, Any]:
    return {
        "config_name": name,
        "features": yaml_features(name),
        "splits": [
            {"name": split, "num_bytes": num_bytes[split], "num_examples": count}
            for split, count in rows.items()
        ],
        "dataset_size": sum(num_bytes.values()),
    }


def _size(records: int) -> str:
    return next((name for limit, name in _SIZES if records < limit), "n>10M")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("dataset_card", ""),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701  # Markdown wants more than HTML's escapes: `text`, `cell` and `quote` give them
    )
    environment.filters.update(text=text, cell=text, quote=quote, code=code)
    return environment


_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>$:@/])")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]+")


def text(value: object, limit: int = 300) -> str:
    """A hostile text as one line of Markdown that shows it letter by letter and does nothing.

    HTML becomes entities, Markdown's signs are escaped, control and direction signs and line ends become blanks,
    and it is cut after `limit` code points.
    """
    line = " ".join(_UNSEEN.sub(" ", str(value)).split())
    line = line if len(line) <= limit else line[:limit].rstrip() + " …"
    line = line.replace("&", "&amp;").replace("<", "&lt;")
    return _MARKDOWN.sub(lambda sign: f"&#{ord(sign[1])};" if sign[1] in "|:@/" else f"\\{sign[1]}", line)


def quote(value: object) -> str:
    """A hostile text of several lines as a block quote."""
    lines = [text(line, _QUOTED_CHARACTERS) for line in str(value)[:_QUOTED_CHARACTERS].splitlines()]
    more = ["…"] if len(str(value)) > _QUOTED_CHARACTERS else []
    return "\n".join(f"> {line}".rstrip() for line in [*lines, *more] or [""])


def code(value: object, limit: int = 200) -> str:
    """A hostile text as inline code that stays inside its backticks and its table cell."""
    line = " ".join(_UNSEEN.sub(" ", str(value)).split())[:limit]
    plain = line.replace("`", "'").replace("|", "¦").replace("<", "‹")
    return f"`{plain or ' '}`"
