"""The options that build, plan and doctor share, and the settings that they make."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import typer

from qagen.cli.conversion_options import (
    ConversionCommand,
    Converter,
    Download,
    Marker,
    Ocr,
    PasswordFile,
    conversion_overrides,
)
from qagen.settings import Settings, SplitName, load_settings

Command = ConversionCommand


def _number_or_auto(text: str) -> int | str:
    if text == "auto":
        return text
    if text.isdecimal() and text.isascii() and 1 <= int(text[:5]) <= 4096:
        return int(text[:5])
    raise typer.BadParameter("a number from 1 to 4096, or auto")


Paths = Annotated[
    list[Path], typer.Argument(help="PDFs, and folders that are searched for PDFs.", metavar="PATHS...")
]
Work = Annotated[Path, typer.Option("--work", help="The workspace: conversions and answers are kept here.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Folder = Annotated[
    Path, typer.Argument(help="A dataset folder, or name/dataset@revision.", metavar="DIR|REPO@REV")
]
Out = Annotated[Path, typer.Option("--out", help="The dataset folder.", metavar="DIR")]
Engine = Annotated[
    Literal["auto", "server", "embedded", "extractive"] | None, typer.Option(help="What answers.")
]
Model = Annotated[
    str | None,
    typer.Option(help="The model's name at the server, or a GGUF file or a name of `qagen models list`."),
]
BaseUrl = Annotated[
    list[str] | None,
    typer.Option(help="The server, up to /v1; given more than once, the least busy one.", metavar="URL"),
]
Prompt = Annotated[str | None, typer.Option(help="A built-in prompt's name, or a file.", metavar="NAME|FILE")]
Pairs = Annotated[int | None, typer.Option(min=1, max=100, help="Pairs to ask for, per chunk.")]
ChunkChars = Annotated[int | None, typer.Option(min=200, help="Characters of a chunk, at most.")]
Overlap = Annotated[int | None, typer.Option(min=0, help="Characters that a chunk repeats, at most.")]
Concurrency = Annotated[
    int | None,
    typer.Option(
        parser=_number_or_auto,
        help="Calls under way at a time, at each server; auto finds out.",
        metavar="N|auto",
    ),
]
"""An int for the type checker alone: a Typer option cannot be declared as one or a word."""
Sections = Annotated[
    Literal["auto", "model", "rules"] | None, typer.Option(help="Who chooses the sections of the main body.")
]
Judge = Annotated[
    Literal["auto", "off", "grey", "all"] | None,
    typer.Option(
        help="Which pairs a model judges too: none, those of doubtful support, or all; auto: all, where there is a model that can."
    ),
]
Grounding = Annotated[
    str | None,
    typer.Option(help="An entailment model that reads what the rules let pass, or off.", metavar="NAME|off"),
]
Limit = Annotated[int | None, typer.Option(min=1, help="Only so many papers.")]
Sample = Annotated[int | None, typer.Option(min=1, help="Only so many chunks, the same ones every time.")]
Records = Annotated[
    int | None,
    typer.Option(
        min=1, help="Records of the dataset, at most; as many of each paper as can be had.", metavar="N"
    ),
]
BaseFolder = Annotated[
    Path | None,
    typer.Option(
        "--base",
        help="The version before: its records win over newcomers, its splits stay.",
        metavar="DIR|REPO@REV",
    ),
]
WithContext = Annotated[
    bool | None,
    typer.Option("--with-context", help="Put the papers' text beside each record; their licences decide."),
]


def _least_works(text: str) -> dict[str, int]:
    """Read `validation=2,test=2`; a name alone wants one work."""
    least = {}
    for part in text.split(","):
        name, _, number = (piece.strip() for piece in part.partition("="))
        if name not in get_args(SplitName) or (number and not (number.isdecimal() and number.isascii())):
            raise typer.BadParameter("names of splits with the fewest works, as in validation=1,test=1")
        least[name] = int(number or 1)
    return least


RequireSplits = Annotated[
    Mapping[str, int] | None,
    typer.Option(
        parser=_least_works,
        help="The fewest works that splits must have, as in validation=1,test=1; else nothing is asked.",
        metavar="NAME=N,...",
    ),
]
Offline = Annotated[bool, typer.Option("--offline", help="Make no call; take answers from the ledger only.")]

__all__ = ["Converter", "Download", "Marker", "Ocr", "PasswordFile", "conversion_overrides"]

DEFAULT_WORK = Path(".qagen")


def settings_of(
    config: Path | None,
    *,
    convert: Mapping[str, Any] | None = None,
    chunk_chars: int | None = None,
    overlap: int | None = None,
    sections: str | None = None,
    judge: str | None = None,
    grounding: str | None = None,
    with_context: bool | None = None,
    require_splits: Mapping[str, int] | None = None,
    records: int | None = None,
    **ask: str | int | list[str] | None,
) -> Settings:
    """The settings of a file with the options that were given laid over it; `ask` are those of `[ask]`.

    Raises:
        SettingsError: where one does not fit.
    """
    return load_settings(
        config,
        {
            "convert": dict(convert or {}),
            "chunk": {"chars": chunk_chars, "overlap": overlap, "sections": sections},
            "ask": {key: value or None for key, value in ask.items()},  # no address given is an empty list
            "judge": {"mode": judge},
            "grounding": {"model": grounding},
            "select": {"max_records": records},
            "dataset": {"with_context": with_context, "require_splits": require_splits},
        },
    )
