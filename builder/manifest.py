"""`manifest.json`: what a dataset folder was made from, and what is in it, file by file."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from builder.features import SCHEMA_VERSION
from qagen import __version__
from qagen.errors import DatasetError
from qagen.records import PaperInfo
from qagen.settings import Settings

FILE = "manifest.json"
FORMAT = 1

_UNTOLD: Mapping[str, frozenset[str]] = {
    "convert": frozenset({"deadline", "workers"}),
    "ask": frozenset({"base_url", "prompt", "model", "engine", "concurrency", "timeout", "retries"}),
}
"""Settings that change no result, tell of the machine, or are told by `About` as they turned out."""


@dataclass(frozen=True, slots=True)
class About:
    """What a dataset's folder tells of its making and no single record does.

    Attributes:
        papers: every paper that was read, those without a record too; in any order.
        engine: what answered, for instance `server` or `extractive`.
        model: the model as declared; None where the engine has none.
        prompt: the prompt's name; None where the engine has none.
        prompt_text: the prompt's file as it stands; goes into `prompts/`.
        converter: how the documents were made, with versions.
        base: the dataset that this one follows, as the user named it; None without one.
        assigned: splits that stay from the base, by key of `builder.splits.keys`.
    """

    papers: tuple[PaperInfo, ...]
    engine: str
    model: str | None = None
    prompt: str | None = None
    prompt_sha256: str | None = None
    prompt_text: str | None = None
    converter: str | None = None
    base: str | None = None
    assigned: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contents:
    """How much of what is in a folder.

    Attributes:
        rows: rows by config and split; only those that were written.
        num_bytes: bytes in memory, by config and split.
        reasons: rejections by reason, most frequent first.
        records_by_paper: records by paper sha256; papers without any are not in it.
    """

    rows: Mapping[str, Mapping[str, int]]
    num_bytes: Mapping[str, Mapping[str, int]]
    reasons: Mapping[str, int]
    records_by_paper: Mapping[str, int]

    @property
    def records(self) -> int:
        """All records."""
        return sum(self.rows.get("default", {}).values())


def settings_snapshot(settings: Settings) -> dict[str, Any]:
    """The settings that decided the result, table by table; what tells of a machine stays out."""
    tables = settings.model_dump(mode="json")
    return {
        table: {key: value for key, value in values.items() if key not in _UNTOLD.get(table, ())}
        for table, values in tables.items()
    }


def write(folder: Path, about: About, settings: Settings, contents: Contents) -> None:
    """Write the manifest of a folder whose other files are all there."""
    value = {
        "format": FORMAT,
        "schema": SCHEMA_VERSION,
        "tool": {"name": "qagen", "version": __version__},
        "made": {
            "engine": about.engine,
            "model": about.model,
            "prompt": about.prompt,
            "prompt_sha256": about.prompt_sha256,
            "converter": about.converter,
            "base": about.base,
        },
        "settings": settings_snapshot(settings),
        "papers": [
            {**asdict(paper), "records": contents.records_by_paper.get(paper.sha256, 0)}
            for paper in sorted(about.papers, key=lambda paper: paper.sha256)
        ],
        "configs": contents.rows,
        "rejections": contents.reasons,
        "files": file_list(folder),
    }
    text = json.dumps(value, ensure_ascii=False, indent=1)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def file_list(folder: Path) -> dict[str, dict[str, Any]]:
    """Bytes and sha256 of every file below a folder but the manifest, by relative path."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / FILE):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        found[path.relative_to(folder).as_posix()] = {"bytes": path.stat().st_size, "sha256": digest}
    return found


def read(folder: Path) -> dict[str, Any]:
    """Read the manifest of a dataset folder.

    Raises:
        DatasetError: where there is none, it cannot be read, or a newer qagen wrote it.
    """
    path = folder / FILE
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DatasetError(
            f"{str(folder)!r} is not a dataset folder of qagen: cannot read its {FILE} ({error.strerror}); "
            "name a folder that `qagen build` wrote"
        ) from None
    except ValueError as error:
        raise DatasetError(f"{str(path)!r} is damaged: {error}; build the dataset again") from None
    if not is_manifest(value):
        raise DatasetError(
            f"{str(path)!r} is not a manifest of qagen; name a folder that `qagen build` wrote"
        )
    if value["format"] > FORMAT:
        raise DatasetError(
            f"{str(path)!r} has format {value['format']}, this qagen reads up to {FORMAT}; upgrade qagen"
        )
    return dict(value)


def is_manifest(value: Any) -> bool:
    """Whether a JSON value has the shape of a manifest of this tool, whatever its format's version."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("format"), int)
        and isinstance(value.get("tool"), dict)
        and value["tool"].get("name") == "qagen"
        and isinstance(value.get("files"), dict)
    )
