"""`manifest.json`: what a dataset folder was made from, and what is in it, file by file.

It is validated once, where it is read; what goes from module to module is a `Manifest`. One that an older qagen wrote is read with the
defaults of what it does not tell, one of a newer qagen without what this one does not know: both are kept as they stand, so that they
are written again with all that they have.
"""

import errno
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    Field,
    JsonValue,
    PrivateAttr,
    ValidationError,
)

from builder.folder.damage import first_fault
from builder.folder.manifest_parts import (
    Count,
    File,
    InsidePath,
    Lenient,
    ManifestPaper,
    Notices,
    Part,
    Provenance,
    Releases,
    Rows,
    Tool,
)
from builder.folder.profile import Profile
from builder.folder.review_counts import NOTHING_REVIEWED, ReviewCounts
from qagen.errors import DatasetError
from qagen.redaction import redact
from qagen.settings import RENAMED

FILE = "manifest.json"
FORMAT = 1


def _in_todays_names(settings: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Settings under the names that they have today, in their old places."""
    return {
        table: {RENAMED.get(f"{table}.{key}", key): value for key, value in values.items()}
        if isinstance(values, dict)
        else values
        for table, values in settings.items()
    }


class Manifest(Part):
    """What a dataset folder tells of its making and of what is in it.

    Attributes:
        schema_version: of the columns (`schema` in the file).
        provenance: how it was made (`made` in the file).
        settings: those that decided the result, table by table, whatever they were called then under the names of today.
        papers: all that were read.
        configs: rows by config and split.
        num_bytes: bytes in memory, likewise; None of an older qagen.
        rejections: by reason, most frequent first.
        profile: what the records are like as a whole; None of an older qagen.
        example: the id of the best supported record.
        examples: the ids of the records that the card shows; empty of an older qagen, whose card shows `example`.
        answers: responses, prompt_tokens and completion_tokens that the rows were read from.
        reviews: what people decided about pairs that came up.
        files: the files by their paths inside the folder.
        license, version, why, releases: of a published version, the releases newest first.
        retracted: notices of papers that were taken out.
    """

    format: Count
    tool: Tool
    schema_version: JsonValue = Field(default=None, alias="schema")
    provenance: Provenance = Field(default=Provenance(), alias="made")
    settings: Annotated[Mapping[str, JsonValue], AfterValidator(_in_todays_names)] = {}
    papers: tuple[ManifestPaper, ...]
    configs: Rows
    num_bytes: Rows | None = None
    rejections: Mapping[str, Count] = {}
    profile: Profile | None = None
    example: str | None = None
    examples: tuple[str, ...] = ()
    answers: Mapping[str, Count] = {}
    reviews: ReviewCounts = NOTHING_REVIEWED
    files: Mapping[InsidePath, File]
    license: str | None = None
    version: Lenient = None
    why: Lenient = None
    releases: Releases = ()
    retracted: Notices = ()

    _json: Mapping[str, JsonValue] = PrivateAttr(default={})

    @classmethod
    def of(cls, value: Mapping[str, object]) -> Self:
        """The manifest that a JSON object is.

        Raises:
            ValidationError: where it is none, see `builder.folder.damage.first_fault`.
        """
        made = cls.model_validate(value)
        made._json = dict(value)  # type: ignore[arg-type]  # validated just now
        return made

    @property
    def records(self) -> int:
        """All records."""
        return sum(self.configs.get("default", {}).values())

    def setting(self, table: str, key: str) -> JsonValue:
        """The value of a setting, under its name of today; None where the manifest does not tell it."""
        values = self.settings.get(table)
        return values.get(key) if isinstance(values, dict) else None

    def tells(self, key: str) -> bool:
        """Whether the file has a key, be its value null."""
        return key in self._json

    def as_json(self) -> dict[str, JsonValue]:
        """The JSON object as it was read or composed: with all that it has, in its order."""
        return dict(self._json)

    def having(self, **parts: object) -> Self:
        """The same with other parts, given as JSON under the names that they have in the file; new ones come last."""
        return self.of({**self._json, **parts})


def write(folder: Path, value: Manifest) -> None:
    """Write the manifest of a folder whose other files are all there; `files` is made anew."""
    write_listed(folder, value, file_list(folder))


def write_listed(folder: Path, value: Manifest, files: Mapping[str, File]) -> Path:
    """Write a manifest whose list of files is made already; returns its path."""
    listed = {name: file.as_json() for name, file in files.items()}
    text = redact(json.dumps({**value.as_json(), "files": listed}, ensure_ascii=False, indent=1))
    (folder / FILE).write_text(text + "\n", encoding="utf-8", newline="\n")
    return folder / FILE


def file_list(folder: Path) -> dict[str, File]:
    """Bytes and sha256 of every file below a folder but the manifest, by relative path."""
    return {
        path.relative_to(folder).as_posix(): file_entry(path)
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / FILE)
    }


def file_entry(path: Path) -> File:
    """A file as a manifest lists it."""
    return File(bytes=path.stat().st_size, sha256=digest(path))


def digest(path: Path) -> str:
    """The sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(folder: Path) -> Manifest:
    """Read the manifest of a dataset folder.

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
            f"{str(folder)!r} is not a dataset folder of qagen: cannot read its {FILE} ({error.strerror})",
            remedy="name a folder that `qagen build` wrote",
        ) from None
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{str(path)!r} is damaged: {error}", remedy="build the dataset again") from None
    if not is_manifest(value):
        raise DatasetError(
            f"{str(path)!r} is not a manifest of qagen", remedy="name a folder that `qagen build` wrote"
        )
    if value["format"] > FORMAT:
        raise DatasetError(
            f"{str(path)!r} has format {value['format']}, this qagen reads up to {FORMAT}",
            remedy="upgrade qagen",
        )
    try:
        return Manifest.of(value)
    except ValidationError as error:
        raise DatasetError(
            f"{str(path)!r} is damaged: {first_fault(error)}", remedy="build the dataset again"
        ) from None


def of_text(text: str) -> Manifest | None:
    """The manifest that a text is, of whatever format as long as it can be read; None where it is none of qagen's, or damaged."""
    try:
        value = json.loads(text)
        return Manifest.of(value) if is_manifest(value) else None
    except (ValueError, RecursionError):
        return None


def is_manifest(value: object) -> bool:
    """Whether a JSON value is a manifest of this tool, whatever its format's version and whether it is whole."""
    if not isinstance(value, dict) or not isinstance(value.get("tool"), dict):
        return False
    version = value.get("format")
    is_count = isinstance(version, int) and not isinstance(version, bool) and version >= 0
    return is_count and value["tool"].get("name") == "qagen"


def faults(folder: Path, value: Manifest) -> Iterator[str]:
    """Each file of a folder that is missing or not what its manifest says, with how."""
    for name, entry in value.files.items():
        path = folder / name
        if not path.is_file():
            yield f"{name!r} is missing"
        elif path.stat().st_size != entry.size:
            yield f"{name!r} has {path.stat().st_size} bytes instead of {entry.size}"
        elif digest(path) != entry.sha256:
            yield f"{name!r} has another sha256"
