"""`manifest.json`: what a dataset folder was made from, and what is in it, file by file."""

import errno
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from builder.folder.profile import EMPTY, Profile
from builder.folder.schema import SCHEMA_VERSION
from qagen import __version__
from qagen.errors import DatasetError
from qagen.records import PaperInfo
from qagen.redaction import redact, without_secrets
from qagen.settings import Settings

FILE = "manifest.json"
FORMAT = 1
_SHA256 = re.compile(r"[0-9a-f]{64}")

_UNTOLD: Mapping[str, frozenset[str]] = {
    "convert": frozenset(
        {"deadline", "download", "memory", "page_deadline", "password_file", "surya", "workers"}
    ),
    "ask": frozenset(
        {"base_url", "prompt", "model", "engine", "concurrency", "timeout", "retries", "reconnect_timeout"}
    ),
}
"""Settings that change no result, tell of the machine, or are told by `BuildProvenance` as they turned out."""


@dataclass(frozen=True, slots=True)
class BuildProvenance:
    """What a dataset's folder tells of its making and no single record does.

    Attributes:
        papers: every paper that was read, those without a record too; in any order.
        engine: what answered, for instance `server` or `extractive`.
        model: the model as declared; None where the engine has none.
        prompt: the prompt's name; None where the engine has none.
        prompt_text: the prompt's file as it stands; goes into `prompts/`.
        rule_prompts: the prompts of the rules, in their order: name, sha256 and text.
        further_prompts: those that ask about other things than chunks, in the same form.
        judge_model: the model that judged pairs; None where none did.
        grounding: the entailment model that read them, its hash and its runtime; None where none did.
        converter: how the documents were made, with versions.
        base: the dataset that this one follows, as the user named it; None without one.
        assigned: splits that stay from the base, by key of `builder.folder.splits.keys`.
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
    rule_prompts: tuple[tuple[str, str, str], ...] = ()
    further_prompts: tuple[tuple[str, str, str], ...] = ()
    judge_model: str | None = None
    grounding: Mapping[str, str] | None = None
    examples_sha256: str | None = None
    """Of the file of examples that a model was shown; None where it was shown none."""


@dataclass(frozen=True, slots=True)
class Contents:
    """How much of what is in a folder.

    Attributes:
        rows: rows by config and split; only those that were written.
        num_bytes: bytes in memory, by config and split.
        reasons: rejections by reason, most frequent first.
        records_by_paper: records by paper sha256; papers without any are not in it.
        profile: what the records are like as a whole.
        example: the id of the record that the card shows; None where there is none.
        answers: responses, prompt_tokens and completion_tokens that the rows were read from, as far as servers counted.
    """

    rows: Mapping[str, Mapping[str, int]]
    num_bytes: Mapping[str, Mapping[str, int]]
    reasons: Mapping[str, int]
    records_by_paper: Mapping[str, int]
    profile: Profile = EMPTY
    example: str | None = None
    answers: Mapping[str, int] = field(default_factory=dict)

    @property
    def records(self) -> int:
        """All records."""
        return sum(self.rows.get("default", {}).values())


def settings_snapshot(settings: Settings) -> dict[str, Any]:
    """The settings that decided the result, table by table; what tells of a machine stays out."""
    tables = settings.model_dump(mode="json", exclude={"embedded"})
    rules = tables.pop("rules")
    tables["convert"]["marker"] = without_secrets(tables["convert"]["marker"])
    told = {
        table: {key: value for key, value in values.items() if key not in _UNTOLD.get(table, ())}
        for table, values in tables.items()
    }
    if told["ask"]["examples"] is not None:
        told["ask"]["examples"] = Path(told["ask"]["examples"]).name
    return {**told, "rules": [{**rule, "prompt": Path(rule["prompt"]).name} for rule in rules]}


def compose(about: BuildProvenance, settings: Settings, contents: Contents) -> dict[str, Any]:
    """All of a manifest but the list of files, which comes when they are there; the card is made from this value too."""
    return {
        "format": FORMAT,
        "schema": SCHEMA_VERSION,
        "tool": {"name": "qagen", "version": __version__},
        "made": {
            "engine": about.engine,
            "model": about.model,
            "prompt": about.prompt,
            "prompt_sha256": about.prompt_sha256,
            "rule_prompts": [[name, digest] for name, digest, _ in about.rule_prompts],
            "further_prompts": [[name, digest] for name, digest, _ in about.further_prompts],
            "judge_model": about.judge_model,
            **({"grounding": dict(about.grounding)} if about.grounding else {}),
            **({"examples_sha256": about.examples_sha256} if about.examples_sha256 else {}),
            "converter": about.converter,
            "base": about.base,
        },
        "settings": settings_snapshot(settings),
        "papers": [
            {**asdict(paper), "records": contents.records_by_paper.get(paper.sha256, 0)}
            for paper in sorted(about.papers, key=lambda paper: paper.sha256)
        ],
        "configs": contents.rows,
        "num_bytes": contents.num_bytes,
        "rejections": contents.reasons,
        "profile": contents.profile.as_json(),
        "example": contents.example,
        "answers": contents.answers,
    }


def write(folder: Path, value: Mapping[str, Any]) -> None:
    """Write the manifest of a folder whose other files are all there.

    Args:
        folder: the dataset folder.
        value: what `compose` or `read` gave, and further keys; `files` is made anew.
    """
    write_listed(folder, value, file_list(folder))


def write_listed(folder: Path, value: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write a manifest whose list of files is made already; returns its path."""
    text = redact(json.dumps({**value, "files": files}, ensure_ascii=False, indent=1))
    (folder / FILE).write_text(text + "\n", encoding="utf-8", newline="\n")
    return folder / FILE


def file_list(folder: Path) -> dict[str, dict[str, Any]]:
    """Bytes and sha256 of every file below a folder but the manifest, by relative path."""
    return {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": digest(path)}
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / FILE)
    }


def digest(path: Path) -> str:
    """The sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(folder: Path) -> dict[str, Any]:
    """Read the manifest of a dataset folder.

    Returns:
        What `write` wrote. `files` has relative paths that stay inside the folder, each with `sha256` and `bytes`;
        `papers` is a list of objects with a `sha256`; `configs` has rows by config and split.

    Raises:
        DatasetError: where there is none, it cannot be read or is damaged, or a newer qagen wrote it.
    """
    path = folder / FILE
    try:
        if path.exists() and not path.is_file():
            raise OSError(errno.EINVAL, "it is no file")
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DatasetError(
            f"{str(folder)!r} is not a dataset folder of qagen: cannot read its {FILE} ({error.strerror}); "
            "name a folder that `qagen build` wrote"
        ) from None
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{str(path)!r} is damaged: {error}; build the dataset again") from None
    if not is_manifest(value):
        raise DatasetError(
            f"{str(path)!r} is not a manifest of qagen; name a folder that `qagen build` wrote"
        )
    if value["format"] > FORMAT:
        raise DatasetError(
            f"{str(path)!r} has format {value['format']}, this qagen reads up to {FORMAT}; upgrade qagen"
        )
    if found := fault(value):
        raise DatasetError(f"{str(path)!r} is damaged: {found}; build the dataset again")
    return dict(value)


def is_manifest(value: Any) -> bool:
    """Whether a JSON value is a manifest of this tool, whatever its format's version and whether it is whole."""
    return (
        isinstance(value, dict)
        and _is_count(value.get("format"))
        and isinstance(value.get("tool"), dict)
        and value["tool"].get("name") == "qagen"
    )


def faults(folder: Path, value: Mapping[str, Any]) -> Iterator[str]:
    """Each file of a folder that is missing or not what the manifest says, with how.

    Args:
        folder: the dataset folder.
        value: its manifest, as `read` gave it.
    """
    for name, entry in value["files"].items():
        path = folder / name
        if not path.is_file():
            yield f"{name!r} is missing"
        elif path.stat().st_size != entry["bytes"]:
            yield f"{name!r} has {path.stat().st_size} bytes instead of {entry['bytes']}"
        elif digest(path) != entry["sha256"]:
            yield f"{name!r} has another sha256"


def fault(value: Mapping[str, Any]) -> str | None:
    """What is not as `write` writes it, of all that is read again."""
    files, papers, configs = value.get("files"), value.get("papers"), value.get("configs")
    if not isinstance(files, dict):
        return "'files' is not an object"
    for name, entry in files.items():
        if not _stays_inside(name):
            return f"{name[:100]!r} in 'files' is not a path inside the folder"
        if not (_has_sha256(entry) and _is_count(entry.get("bytes"))):
            return f"{name[:100]!r} in 'files' is not an object with 'sha256' and 'bytes'"
    if not (isinstance(papers, list) and all(map(_has_sha256, papers))):
        return "'papers' is not a list of objects with 'sha256'"
    if not (isinstance(configs, dict) and all(map(_has_counts, configs.values()))):
        return "'configs' is not an object of rows by config and split"
    return None


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\0" not in name


def _has_sha256(value: Any) -> bool:
    return isinstance(value, dict) and _SHA256.fullmatch(str(value.get("sha256"))) is not None


def _has_counts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_count, value.values()))


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
