"""What a manifest is made of: papers, files, releases, notices; and how strict each of its values is taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

Count = Annotated[int, Field(ge=0, strict=True)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Rows = Mapping[str, Mapping[str, Count]]
"""A number by config and split."""


def _inside(name: str) -> str:
    path = PurePosixPath(name)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\0" in name:
        raise ValueError("is not a path inside the folder")
    return name


InsidePath = Annotated[str, AfterValidator(_inside)]
"""A relative path that stays inside the folder."""


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []


def _releases(value: object) -> list[JsonValue]:
    """The releases that can be shown; somebody may have edited them, and no version is lost for that."""
    return [
        {"version": str(one.get("version")), "changes": [str(line) for line in one["changes"]]}
        for one in (value if isinstance(value, list) else [])
        if isinstance(one, dict) and isinstance(one.get("changes"), list)
    ]


def _notices(value: object) -> list[JsonValue]:
    """The notices that name a paper; somebody may have edited them, and none of the others is lost for that."""
    found = value if isinstance(value, list) else []
    return [one for one in found if isinstance(one, dict) and isinstance(one.get("sha256"), str)]


Lenient = Annotated[str | None, BeforeValidator(_text_or_none)]
"""Text that somebody may have edited: what is none counts as absent."""


class Part(BaseModel):
    """A part of a manifest: frozen, and without what this qagen does not know of it."""

    model_config = ConfigDict(frozen=True)


class _Open(Part):
    """A part that keeps what this qagen does not know of it."""

    model_config = ConfigDict(extra="allow")

    def as_json(self) -> dict[str, JsonValue]:
        """The same as a JSON object, without what it does not tell."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Tool(Part):
    """What wrote the folder."""

    name: str
    version: str = ""


class Provenance(_Open):
    """How a dataset was made; the manifest's `made`. See `builder.folder.provenance.BuildProvenance`.

    Attributes:
        rule_prompts: name and sha256 of the prompts of the rules, in their order; so `further_prompts`, those that ask about other
            things than chunks.
    """

    engine: str = ""
    model: str | None = None
    prompt: str | None = None
    prompt_sha256: str | None = None
    rule_prompts: tuple[tuple[str, str], ...] = ()
    further_prompts: tuple[tuple[str, str], ...] = ()
    judge_model: str | None = None
    grounding: Mapping[str, str] | None = None
    examples_sha256: str | None = None
    converter: str | None = None
    base: str | None = None
    reviews: str | None = None


class ManifestPaper(_Open):
    """A paper that was read, with how many records came of it; the fields are those of `qagen.records.ListedPaper`."""

    sha256: Sha256
    work: str | None = None
    file: str = ""
    title: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    license: str | None = None
    document_sha256: str | None = None
    converter: str | None = None
    language: str | None = None
    origins: Mapping[str, str] = {}
    records: Count = 0


class File(_Open):
    """A file of the folder: its size in bytes, and the sha256 of its content."""

    size: Count = Field(alias="bytes")
    sha256: Sha256


@dataclass(frozen=True, slots=True)
class ReleaseNote:
    """One published version in a few words.

    Attributes:
        version: `1.2.0`.
        changes: short plain sentences, for instance `12 records added: 1 paper added`.
    """

    version: str
    changes: tuple[str, ...]


class RetractionNotice(_Open):
    """That a paper was taken out of the dataset; `tags` are the published versions that still hold it."""

    sha256: str
    title: Lenient = None
    doi: Lenient = None
    reason: Lenient = None
    tags: Annotated[tuple[str, ...], BeforeValidator(_texts)] = ()


Releases = Annotated[tuple[ReleaseNote, ...], BeforeValidator(_releases)]
Notices = Annotated[tuple[RetractionNotice, ...], BeforeValidator(_notices)]
