"""`croissant.json`: the dataset as machines read it, in MLCommons' Croissant format 1.1 with its vocabulary for responsible AI.

Every data file with its sha256, every split of every config as a set of records that `mlcroissant` loads, and how the records
came about, out of the manifest alone: no data file is read, so that the cost does not grow with the records. A split of several files is
a set of records for each: one set over several plain files is in the format, but mlcroissant 1.1 reads none of its columns.

Sources: the specifications of Croissant 1.1 (http://mlcommons.org/croissant/1.1) and Croissant RAI 1.0
(http://mlcommons.org/croissant/RAI/1.0).
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from builder.card import responsible_ai
from builder.card.card import Publication, citation, language, tags, title
from builder.folder.manifest import Manifest
from builder.folder.manifest_parts import File
from builder.folder.schema import yaml_features
from qagen.redaction import redact

FILE = "croissant.json"
_VERSIONS = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
_TYPES = {
    "string": "sc:Text",
    "bool": "sc:Boolean",
    "int32": "cr:Int32",
    "int64": "cr:Int64",
    "float64": "cr:Float64",
}
_CREATIVE_COMMONS = re.compile(r"cc-(by(?:-nc)?(?:-nd|-sa)?)-(\d\.\d)")
_CR = (
    "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileObject", "fileProperty", "fileSet",
    "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex",
    "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform",
)  # fmt: skip
"""Words of the format that its context has as they are; the others follow in `_context`."""


def render(
    made: Manifest,
    files: Mapping[str, File],
    columns: Mapping[str, Collection[str]],
    publication: Publication | None = None,
) -> str:
    """The text of `croissant.json`; the same arguments give the same bytes.

    Args:
        made: the manifest.
        files: the data files by their paths inside the folder; others are passed over.
        columns: config -> the columns that its files have.
        publication: of a version that is published: its files are named by the addresses that they have there, those of a folder that is
            only built by their paths inside it.
    """
    listed = list(_data_files(made, files))
    description: dict[str, Any] = {
        "@context": _context(),
        "@type": "sc:Dataset",
        "conformsTo": _VERSIONS,
        "name": publication.repo.split("/")[1] if publication else title(made),
        "description": responsible_ai.summary(made),
        "inLanguage": language(made),
        "keywords": tags(made),
        **(_published(made, publication) if publication else {}),
        **responsible_ai.properties(made, published=publication is not None),
        "distribution": [_file(one, files[one.path], publication) for one in listed],
        "recordSet": [_record_set(one, columns[one.config]) for one in listed],
    }
    return redact(json.dumps(description, ensure_ascii=False, indent=1)) + "\n"


def sums(text: str) -> dict[str, str]:
    """The sha256 that a `croissant.json` says of the files that it names; of a text that is none nothing.

    Raises:
        ValueError: where the text is no JSON object with a list of files.
    """
    value = json.loads(text)
    try:
        return {one["@id"]: one["sha256"] for one in value["distribution"] if one["@type"] == "cr:FileObject"}
    except (LookupError, TypeError) as error:
        raise ValueError(f"it lists no files ({type(error).__name__}: {error})") from None


def _context() -> dict[str, JsonValue]:
    """What the words below stand for, as the format's specification has it."""
    return {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "sc": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "dct": "http://purl.org/dc/terms/",
        "conformsTo": "dct:conformsTo",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "description": {"@container": "@language"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "name": {"@container": "@language"},
        **{word: f"cr:{word}" for word in _CR},
    }


def _published(made: Manifest, publication: Publication) -> dict[str, JsonValue]:
    owner = publication.repo.split("/")[0]
    return {
        "version": publication.version,
        "license": _license(publication.license),
        "url": publication.url,
        "creator": {"@type": "Organization", "name": owner, "url": f"{publication.endpoint}/{owner}"},
        "citeAs": citation(made, publication),
        **({"datePublished": publication.date} if publication.date else {}),
    }


def _license(identifier: str) -> str:
    """A licence's own address where the Hub's identifier says which that is, else the identifier."""
    if identifier == "cc0-1.0":
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    found = _CREATIVE_COMMONS.fullmatch(identifier)
    return f"https://creativecommons.org/licenses/{found[1]}/{found[2]}/" if found else identifier


@dataclass(frozen=True, slots=True)
class _DataFile:
    """A file of a split.

    Attributes:
        path: inside the folder.
        config, split: what it is of.
        of: how many files the split has.
    """

    path: str
    config: str
    split: str
    of: int

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.rpartition("/")[2]

    @property
    def record_set(self) -> str:
        """The set of its records: `default/train`, or `default/train-00000-of-00002`."""
        return f"{self.config}/{self.split if self.of == 1 else self.name.removesuffix('.parquet')}"


def _data_files(made: Manifest, files: Mapping[str, File]) -> Iterator[_DataFile]:
    for config, rows in made.configs.items():
        for split in rows:
            start = f"data/{config}/{split}-"
            found = sorted(name for name in files if name.startswith(start) and name.endswith(".parquet"))
            yield from (_DataFile(name, config, split, len(found)) for name in found)


def _file(one: _DataFile, file: File, publication: Publication | None) -> dict[str, JsonValue]:
    at = f"{publication.url}/resolve/v{publication.version}/" if publication else ""
    return {
        "@type": "cr:FileObject",
        "@id": one.path,
        "name": one.name,
        "contentUrl": f"{at}{one.path}",
        "contentSize": f"{file.size} B",
        "encodingFormat": "application/x-parquet",
        "sha256": file.sha256,
    }


def _record_set(one: _DataFile, columns: Collection[str]) -> dict[str, Any]:
    told = [feature for feature in yaml_features(one.config) if feature["name"] in columns]
    return {
        "@type": "cr:RecordSet",
        "@id": one.record_set,
        "name": one.record_set,
        "description": f"The configuration {one.config}, split {one.split}.",
        "key": {"@id": f"{one.record_set}/id"},
        "field": _fields(one, one.record_set, (), told),
    }


def _fields(
    one: _DataFile, parent: str, path: tuple[str, ...], features: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Columns, or the parts of one: `path` leads there, the column's name first.

    Parts that are lists of parts in every item of a list are left out: mlcroissant 1.1 would give nothing for what is there.
    """
    deep = "[]" in path
    return [_field(one, parent, path, part) for part in features if not (deep and _has_items(part))]


def _has_items(feature: Mapping[str, Any]) -> bool:
    return isinstance(feature.get("list"), list)


def _field(one: _DataFile, parent: str, path: tuple[str, ...], feature: Mapping[str, Any]) -> dict[str, Any]:
    name, inner = feature["name"], feature.get("list", feature.get("struct"))
    array = {"isArray": True, "arrayShape": "-1"} if "list" in feature else {}
    head = {"@type": "cr:Field", "@id": f"{parent}/{name}", "name": name}
    if isinstance(inner, list):
        below = (*path, name, "[]") if _has_items(feature) else (*path, name)
        return {**head, **array, "subField": _fields(one, head["@id"], below, inner)}
    column, *parts = [part for part in (*path, name) if part != "[]"]
    source: dict[str, Any] = {"fileObject": {"@id": one.path}, "extract": {"column": column}}
    if parts:
        source["transform"] = [{"jsonPath": part} for part in parts]
    return {**head, "dataType": _TYPES[str(inner or feature["dtype"])], **array, "source": source}
