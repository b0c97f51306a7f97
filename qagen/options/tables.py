"""Every option, declared once: its name and type, its help, its place in the settings, and how the command line spells it.

Each stands in a piece, in the order of `--help`; what a command and its Python function take is made of pieces. A TypedDict, so
that a type checker knows the keywords of `builder.build(...)`.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, TypedDict

from pydantic import Field

from qagen.options.option import Option
from qagen.options.typed import least_works, marker_options, number_or_auto
from qagen.settings import (
    AskSettings,
    CheckSettings,
    ChunkSettings,
    ConverterName,
    ConvertSettings,
    DatasetSettings,
    EmbeddedSettings,
    EngineName,
    GroundingSettings,
    JudgeMode,
    JudgeSettings,
    OcrChoice,
    RuleSettings,
    SectionsChoice,
    SelectSettings,
    SplitShares,
)

StrPath = str | os.PathLike[str]
Keys = Mapping[str, object]
"""Some keys of a table of the settings with their values."""
_Count = Annotated[int, Field(ge=1)]


def _table(name: str) -> Option:
    return Option(f"Any keys of the table [{name}] of the settings.", name, command_line=False)


class _Config(TypedDict, total=False):
    config: Annotated[
        StrPath | None, Option("A qagen.toml with settings.", metavar="FILE", typed=Path | None)
    ]


class _Where(_Config, total=False):
    work: Annotated[
        StrPath,
        Option(
            "The workspace: conversions and answers are kept here. For build, convert and plan also in a store, as in s3://bucket/work.",
            default=".qagen",
            typed=Path,
        ),
    ]


class _Base(TypedDict, total=False):
    base: Annotated[
        StrPath | None,
        Option(
            "The version before: its records win over newcomers, its splits stay.",
            metavar="DIR|REPO@REV",
            typed=Path | None,
        ),
    ]


class _Converting(TypedDict, total=False):
    converter: Annotated[
        ConverterName | None,
        Option(
            "How PDFs are read: marker's own modes need its models, `rules` needs none.", "convert.converter"
        ),
    ]
    ocr: Annotated[
        OcrChoice | None,
        Option(
            "Which pages are read by OCR: those without a readable text layer, all, or none.", "convert.ocr"
        ),
    ]
    marker: Annotated[
        Keys | None,
        Option(
            "An option of marker's own, by its name; may be repeated.",
            "convert.marker",
            metavar="NAME=VALUE",
            typed=list[str] | None,
            given=marker_options,
        ),
    ]
    download: Annotated[
        bool | None,
        Option(
            "Fetch weights of marker's models that are not here; their licence is free for research, personal use and "
            "small companies.",
            "convert.download",
        ),
    ]


class _Passwords(TypedDict, total=False):
    password_file: Annotated[
        StrPath | None,
        Option(
            "Passwords of PDFs, one a line; or set QAGEN_PDF_PASSWORD.",
            "convert.password_file",
            metavar="FILE",
            typed=Path | None,
        ),
    ]


class _Asking(TypedDict, total=False):
    engine: Annotated[EngineName | None, Option("What answers.", "ask.engine")]
    model: Annotated[
        str | None,
        Option(
            "The model's name at the server, or a GGUF file or a name of `qagen models list`.",
            "ask.model",
            typed=str | None,
        ),
    ]
    base_url: Annotated[
        str | Sequence[str] | None,
        Option(
            "The server, up to /v1; given more than once, the least busy one.",
            "ask.base_url",
            metavar="URL",
            typed=list[str] | None,
        ),
    ]
    prompt: Annotated[
        StrPath | None,
        Option("A built-in prompt's name, or a file.", "ask.prompt", metavar="NAME|FILE", typed=str | None),
    ]
    pairs: Annotated[int | None, Option("Pairs to ask for, per chunk.", "ask.pairs")]
    places: Annotated[
        int | None,
        Option(
            "Groups of chunks of each paper to ask about together, for questions that need several places.",
            "ask.places",
        ),
    ]
    across_papers: Annotated[
        int | None,
        Option(
            "Groups of chunks of two papers to ask about together, for questions that need both; per paper, at most.",
            "ask.across_papers",
        ),
    ]
    kinds: Annotated[
        Mapping[str, int | Mapping[str, int]] | None,
        Option(
            "How many pairs of which kinds of questions, in place of `pairs`.",
            "ask.kinds",
            command_line=False,
        ),
    ]
    examples: Annotated[
        StrPath | None,
        Option("A file of pairs that show the manner that is wanted.", "ask.examples", command_line=False),
    ]
    records: Annotated[
        int | None,
        Option(
            "Records of the dataset, at most; as many of each paper as can be had.",
            "select.max_records",
            metavar="N",
        ),
    ]
    chunk_chars: Annotated[int | None, Option("Characters of a chunk, at most.", "chunk.chars")]
    overlap: Annotated[int | None, Option("Characters that a chunk repeats, at most.", "chunk.overlap")]
    sections: Annotated[
        SectionsChoice | None, Option("Who chooses the sections of the main body.", "chunk.sections")
    ]
    judge: Annotated[
        JudgeMode | JudgeSettings | Keys | None,
        Option(
            "Which pairs a model judges too: none, those of doubtful support, or all; auto: all, where there is a model that can.",
            "judge.mode",
            typed=JudgeMode | None,
        ),
    ]


class _Grounding(TypedDict, total=False):
    grounding: Annotated[
        StrPath | GroundingSettings | Keys | None,
        Option(
            "An entailment model that reads what the rules let pass, or off.",
            "grounding.model",
            metavar="NAME|off",
            typed=str | None,
        ),
    ]


class _AtATime(TypedDict, total=False):
    concurrency: Annotated[
        int | str | None,
        Option(
            "Calls under way at a time, at each server; auto finds out.",
            "ask.concurrency",
            metavar="N|auto",
            typed=int | None,  # for the type checker alone: Typer cannot declare one or a word
            parse=number_or_auto,
        ),
    ]


class _Limit(TypedDict, total=False):
    limit: Annotated[_Count | None, Option("Only so many papers.")]


class _Subset(_Limit, total=False):
    sample: Annotated[_Count | None, Option("Only so many chunks, the same ones every time.")]


class _Contents(TypedDict, total=False):
    with_context: Annotated[
        bool | None,
        Option("Put the papers' text beside each record; their licences decide.", "dataset.with_context"),
    ]
    with_reasoning: Annotated[
        bool | None,
        Option("Put the model's thoughts beside each record.", "dataset.with_reasoning", command_line=False),
    ]
    splits: Annotated[
        SplitShares | Mapping[str, float] | None,
        Option("How much of the works goes where, in percent.", "dataset.splits", command_line=False),
    ]
    require_splits: Annotated[
        Mapping[str, int] | None,
        Option(
            "The fewest works that splits must have, as in validation=1,test=1; else nothing is asked.",
            "dataset.require_splits",
            metavar="NAME=N,...",
            parse=least_works,
        ),
    ]


class _Offline(TypedDict, total=False):
    offline: Annotated[bool, Option("Make no call; take answers from the ledger only.", default=False)]


class _Accept(TypedDict, total=False):
    accept_model_change: Annotated[
        bool, Option("Go on where another model answers under the name.", default=False)
    ]


class _Changes(_Accept, total=False):
    refresh: Annotated[
        bool, Option("Set the model's answers to these papers aside and ask anew.", default=False)
    ]


class _Cached(TypedDict, total=False):
    allow_incomplete: Annotated[
        bool,
        Option(
            "Make a dataset although some papers or chunks could be tried again.",
            default=False,
            command_line=False,
        ),
    ]


class _Tables(TypedDict, total=False):
    convert: Annotated[ConvertSettings | Keys | None, _table("convert")]
    chunk: Annotated[ChunkSettings | Keys | None, _table("chunk")]
    ask: Annotated[AskSettings | Keys | None, _table("ask")]
    embedded: Annotated[EmbeddedSettings | Keys | None, _table("embedded")]
    checks: Annotated[CheckSettings | Keys | None, _table("checks")]
    select: Annotated[SelectSettings | Keys | None, _table("select")]
    dataset: Annotated[DatasetSettings | Keys | None, _table("dataset")]
    rules: Annotated[Sequence[RuleSettings | Keys] | None, _table("rules")]


class _JudgedLines(TypedDict, total=False):
    judge: Annotated[bool, Option("Have your own model judge the pairs that pass the checks.", default=False)]
    also_rejected: Annotated[
        bool, Option("With --judge: those that the checks turn down, too.", default=False)
    ]
    engine: Annotated[
        Literal["auto", "server", "embedded"] | None, Option("With --judge: what answers.", "ask.engine")
    ]
    model: Annotated[str | None, Option("With --judge: the model's name.", "ask.model", typed=str | None)]
    base_url: Annotated[
        str | Sequence[str] | None,
        Option("With --judge: the server, up to /v1.", "ask.base_url", metavar="URL", typed=list[str] | None),
    ]
    offline: Annotated[bool, Option("With --judge: make no call; take what is kept.", default=False)]


class ConvertOptions(_Where, _Converting, _Passwords):
    """What converting takes."""


class CheckOptions(_Where, _JudgedLines, _Grounding):
    """What judging anybody's pairs takes."""


class PlanOptions(_Where, _Converting, _Passwords, _Asking, _Grounding, _Subset, _Offline, _Tables):
    """What planning a build takes."""


class BuildOptions(
    _Where,
    _Base,
    _Converting,
    _Passwords,
    _Asking,
    _Grounding,
    _AtATime,
    _Subset,
    _Contents,
    _Offline,
    _Changes,
    _Tables,
):
    """What building takes."""


class AssembleOptions(
    _Config, _Base, _Converting, _Passwords, _Asking, _Grounding, _Limit, _Contents, _Accept, _Tables
):
    """What making a dataset of filled workspaces takes."""


class LoadOptions(
    _Where,
    _Base,
    _Converting,
    _Passwords,
    _Asking,
    _Grounding,
    _AtATime,
    _Subset,
    _Contents,
    _Offline,
    _Cached,
    _Tables,
):
    """What building and loading in one step takes."""


class VerifyOptions(_Where):
    """What walking records back takes."""


class _Report(TypedDict, total=False):
    sample: Annotated[int, Field(ge=0, le=500), Option("Records that are drawn and shown.", default=12)]
    seed: Annotated[int, Option("Draws the sample and the examples; another seed draws others.", default=0)]


class ReportOptions(_Where, _Passwords, _Report):
    """What a report takes."""
