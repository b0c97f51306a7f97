"""What a build tells of its making and of what came of it, and the manifest that is composed of both."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import JsonValue

from builder.folder.manifest import FORMAT, Manifest
from builder.folder.profile import EMPTY, Profile
from builder.folder.review_counts import NOTHING_REVIEWED, ReviewCounts
from builder.folder.schema import SCHEMA_VERSION
from qagen import __version__
from qagen.records import PaperInfo
from qagen.redaction import without_secrets
from qagen.reviews import NO_REVIEWS, Reviews
from qagen.settings import Settings

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
        examples_sha256: of the file of examples that a model was shown; None where it was shown none.
        assigned: splits that stay from the base, by key of `builder.folder.splits.keys`.
        reviews: what people decided about pairs.
        joined: the sha256 of papers that some record needs together, in the order of the rows.
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
    reviews: Reviews = NO_REVIEWS
    joined: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """How much of what is in a folder.

    Attributes:
        rows: rows by config and split; only those that were written.
        num_bytes: bytes in memory, by config and split.
        reasons: rejections by reason, most frequent first.
        records_by_paper: records by paper sha256, one of several papers with each of them; papers without any are not in it.
        profile: what the records are like as a whole.
        example: the id of the best supported record; None where there is none.
        examples: the ids of the records that the card shows.
        answers: responses, prompt_tokens and completion_tokens that the rows were read from, as far as servers counted.
        reviews: what people decided about pairs that came up.
    """

    rows: Mapping[str, Mapping[str, int]]
    num_bytes: Mapping[str, Mapping[str, int]]
    reasons: Mapping[str, int]
    records_by_paper: Mapping[str, int]
    profile: Profile = EMPTY
    example: str | None = None
    examples: tuple[str, ...] = ()
    answers: Mapping[str, int] = field(default_factory=dict)
    reviews: ReviewCounts = NOTHING_REVIEWED

    @property
    def records(self) -> int:
        """All records."""
        return sum(self.rows.get("default", {}).values())


def settings_snapshot(settings: Settings) -> dict[str, JsonValue]:
    """The settings that decided the result, table by table; what tells of a machine stays out."""
    tables = settings.model_dump(mode="json", exclude={"embedded"})
    rules = tables.pop("rules")
    tables["convert"]["marker"] = without_secrets(tables["convert"]["marker"])
    told = {
        table: {key: value for key, value in values.items() if key not in _UNTOLD.get(table, ())}
        for table, values in tables.items()
    }
    if isinstance(examples := told["ask"]["examples"], str):
        told["ask"]["examples"] = Path(examples).name
    return {**told, "rules": [{**rule, "prompt": Path(rule["prompt"]).name} for rule in rules]}


def compose(about: BuildProvenance, settings: Settings, contents: Contents) -> Manifest:
    """A manifest whose list of files is empty still: it is made when they are there. The card is made from this value too."""
    reviewed = about.reviews.digest(paper.sha256 for paper in about.papers)
    return Manifest.of(
        {
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
                **({"reviews": reviewed} if reviewed else {}),
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
            "examples": list(contents.examples),
            "answers": contents.answers,
            **({"reviews": contents.reviews.as_json()} if reviewed else {}),
            "files": {},
        }
    )
