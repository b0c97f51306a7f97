"""The dataset card: metadata that `load_dataset` reads, and a text for people. Everything quoted is hostile."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
from huggingface_hub import DatasetCardData
from pydantic import JsonValue

from builder.card import plots
from builder.card.markdown import code, code_block, html_text, quote, text
from builder.folder import read
from builder.folder.examples import EXAMPLES
from builder.folder.manifest import Manifest
from builder.folder.manifest_parts import ReleaseNote
from builder.folder.schema import column_names, record_of, yaml_features
from qagen.cli.figures import wilson
from qagen.errors import DatasetError
from qagen.reasons import Reason
from qagen.records import Record

_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
    (1_000_000_000, "100M<n<1B"),
)
_PAPERS_LISTED = 200
_NO_TAG = re.compile(r"[^A-Za-z0-9._/-]+")
_TAG_CHARACTERS = 96
_POINT = re.compile(r"^- ", re.MULTILINE)
_BLANKS, _TWO = re.compile(r"\n{3,}"), "\n\n"


@dataclass(frozen=True, slots=True)
class Publication:
    """What a card says of a version that is published; a folder that is only built has none of it.

    Attributes:
        repo: `name/dataset` on the Hub.
        version: `1.2.0`, without the tag's `v`.
        license: the Hub's identifier, for instance `cc-by-4.0`.
        releases: the last versions, newest first.
        changelog: whether a `CHANGELOG.md` lies beside the card.
        date: when it is published, as an ISO date; empty where that is not known.
        endpoint: the Hub's address.
    """

    repo: str
    version: str
    license: str
    releases: tuple[ReleaseNote, ...] = ()
    changelog: bool = True
    date: str = ""
    endpoint: str = "https://huggingface.co"

    @property
    def url(self) -> str:
        """The dataset's page."""
        return f"{self.endpoint}/datasets/{self.repo}"


def render(folder: Path, made: Manifest, publication: Publication | None = None) -> str:
    """The card's text: YAML between lines of dashes, then Markdown.

    The same folder, manifest and publication give the same text; there is no clock in it.

    Args:
        folder: the dataset folder with its data, prompts and plots; the card and the manifest need not be there yet.
        made: its manifest, see `builder.folder.provenance.compose`; the counts in the YAML have to be exact, or loading
            fails.
        publication: of a version that is published.

    Raises:
        DatasetError: where the example's data file cannot be read, or the manifest is of a qagen that wrote less.
    """
    if missing := [key for key in ("num_bytes", "profile", "example") if not made.tells(key)]:
        raise DatasetError(
            f"the manifest of {str(folder)!r} has no {missing[0]!r}: an earlier qagen wrote it",
            remedy="build the dataset again",
        )
    try:
        return _render(folder, made, publication)
    except (LookupError, TypeError, AttributeError, ValueError, jinja2.UndefinedError) as error:
        if publication is None:  # the manifest was made just now
            raise
        raise DatasetError(
            f"the card of {str(folder)!r} cannot be made of its manifest ({type(error).__name__}: {error}): another qagen wrote it, or "
            "somebody edited it",
            remedy="build the dataset again, which costs no call",
        ) from error


def _render(folder: Path, made: Manifest, publication: Publication | None) -> str:
    papers = sorted(made.papers, key=lambda paper: (-paper.records, paper.file, paper.sha256))
    body = (
        _environment()
        .get_template("card.md.jinja")
        .render(
            title=title(made),
            made=made.provenance,
            settings=made.settings,
            rows=made.configs,
            records=made.records,
            reasons=made.rejections,
            profile=made.profile,
            examples=_examples(folder, made),
            papers=papers[:_PAPERS_LISTED],
            more_papers=max(0, len(papers) - _PAPERS_LISTED),
            read=len(papers),
            used=sum(1 for paper in papers if paper.records),
            licenses=Counter(paper.license or "not stated" for paper in papers if paper.records),
            prompts=_prompts(folder),
            plots={path.stem for path in (folder / plots.FOLDER).glob("*.png")},
            meaning={reason.value: reason.meaning for reason in Reason},
            columns={config: list(column_names(config)) for config in made.configs},
            publication=publication,
            reviews=made.reviews,
            interval=interval(made),
            retracted=made.retracted,
            at=publication.repo if publication else "DIR",
            version=made.tool.version,
        )
    )
    # The Hub's own notion of a card's header: it knows the fields' names and how they are written.
    header = metadata(made, publication).to_yaml()
    return f"---\n{header}\n---\n\n{_BLANKS.sub(_TWO, body).strip()}\n"


def interval(made: Manifest) -> tuple[float, float]:
    """The 95 % interval of the share of right records in the sample that people judged; all of [0, 1] without one."""
    sample = made.reviews.sample
    return wilson(sample.right, sample.judged) if sample else (0.0, 1.0)


def title(made: Manifest) -> str:
    """The dataset's name for people."""
    named = made.setting("dataset", "title")
    return str(named) if named else "Questions and answers from scientific papers"


def citation(made: Manifest, publication: Publication) -> str:
    """A BibTeX entry for a published version."""
    template = _environment().get_template("citation.bib.jinja")
    return template.render(title=title(made), publication=publication, version=made.tool.version).strip()


def limits(made: Manifest) -> list[str]:
    """What the card says of the dataset's limits, each point as one line."""
    template = _environment().get_template("limits.md.jinja")
    text_ = template.render(made=made.provenance, settings=made.settings, profile=made.profile)
    return [" ".join(point.split()) for point in _POINT.split(text_)[1:]]


def _examples(folder: Path, made: Manifest) -> list[Record]:
    """The records that the manifest names, read from the data as a user would read them."""
    wanted = made.examples[:EXAMPLES] or ([made.example] if made.example else [])
    found: dict[str, Record] = {}
    for path in sorted((folder / "data/default").glob("*.parquet")):
        if missing := [name for name in wanted if name not in found]:
            found |= {name: record_of(row) for name, row in read.rows_by_id(path, missing).items()}
    for name in wanted:
        if name not in found:
            raise DatasetError(
                f"{str(folder)!r} has no record {name!r}, which its manifest names",
                remedy="build the dataset again",
            )
    return [found[name] for name in wanted]


def _prompts(folder: Path) -> dict[str, str]:
    """The prompts' texts by file name."""
    return {
        path.name: path.read_text(encoding="utf-8", errors="replace")
        for path in sorted((folder / "prompts").glob("*.md"))
    }


def metadata(made: Manifest, publication: Publication | None = None) -> DatasetCardData:
    """The card's header: what the Hub shows and what `load_dataset` needs.

    Without any record `default` is named nevertheless, with files that are not there: loading then says so, where
    `datasets` would otherwise take whatever else it finds, the rejections or the manifest, for the dataset.

    Args:
        made: the manifest.
        publication: of a version that is published; its licence goes in.
    """
    extractive = made.provenance.engine == "extractive"
    rows, num_bytes = made.configs, made.num_bytes or {}
    records = made.records
    configs = [_config(name, counts) for name, counts in rows.items()]
    if not records:
        configs.append(_config("default", {"train": 0}))
    return DatasetCardData(
        license=publication.license if publication else None,
        pretty_name=title(made),
        language=[language(made)],
        annotations_creators=["machine-generated"],
        language_creators=["found" if extractive else "machine-generated"],
        source_datasets=["original"],
        task_categories=["question-answering", "text-generation"],
        size_categories=[_size(records)],
        tags=tags(made),
        configs=configs,
        dataset_info=[_info(name, counts, num_bytes[name]) for name, counts in rows.items()] or None,
    )


def language(made: Manifest) -> str:
    """The language of questions and answers, as an ISO 639-1 code."""
    return str(made.setting("checks", "language") or "en")  # earlier versions knew no other


def tags(made: Manifest) -> list[str]:
    """The words by which the dataset is found: what it is, and the model that wrote it.

    A model's name is without the signs, a colon above all, by which the Hub reads other things out of a tag.
    """
    extractive = made.provenance.engine == "extractive"
    model = _NO_TAG.sub("-", made.provenance.model or "")[:_TAG_CHARACTERS].strip("-/")
    kind = ["synthetic", "scientific-papers", "provenance", "qagen", *(["extractive"] if extractive else [])]
    return [*kind, model] if model else kind


def _config(name: str, rows: Mapping[str, int]) -> dict[str, object]:
    files = [{"split": split, "path": f"data/{name}/{split}-*.parquet"} for split in rows]
    return {"config_name": name, **({"default": True} if name == "default" else {}), "data_files": files}


def _info(name: str, rows: Mapping[str, int], num_bytes: Mapping[str, int]) -> dict[str, object]:
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
    return next((name for limit, name in _SIZES if records < limit), "1B<n<10B")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("dataset_card", ""),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701  # Markdown wants more than HTML's escapes: `text`, `cell` and `quote` give them
    )
    environment.filters.update(
        text=text, html_text=html_text, cell=text, quote=quote, code=code, code_block=code_block
    )
    environment.filters.update(counted=counted, checks=checks_line, doi=_doi, key=_key, bibtex=_bibtex)
    return environment


def counted(counts: Mapping[str, int]) -> str:
    """Counts in a line, each after its name."""
    return ", ".join(f"{name} ({count:,})" for name, count in counts.items())


def checks_line(settings: Mapping[str, JsonValue]) -> str:
    """The checks' settings in a line: thresholds by name, what they let pass, what was switched off."""
    told = [f"{name} {value}" for name, value in settings.items() if isinstance(value, int | float | str)]
    allow = settings.get("allow")
    allowed = [
        f"{name} {words!r}"
        for name, many in (allow.items() if isinstance(allow, dict) else ())
        for words in _listed(many)
    ]
    if allowed:
        told.append(f"let pass: {', '.join(allowed)}")
    off = ", ".join(map(str, _listed(settings.get("disabled"))))
    return ", ".join(told) + (f"; switched off: {off}" if off else "; none switched off")


def _listed(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


_DOI = re.compile(r"10\.\d{4,9}/[\w.()/:;-]+")


def _doi(value: str) -> str:
    """A link where the value is nothing but a DOI; else its letters."""
    found = _DOI.fullmatch(value)
    return (
        f"[{text(value)}](https://doi.org/{value.replace('(', '%28').replace(')', '%29')})"
        if found
        else text(value)
    )


def _key(value: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", value).strip("-").lower() or "dataset"


def _bibtex(value: str) -> str:
    """Plain words for BibTeX: its signs would break the entry."""
    return " ".join(re.sub(r"[{}\\\\%$#&~^_\"@`]", " ", value).split())
