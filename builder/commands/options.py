"""What several commands have: arguments, and options that no settings and no Python function know."""

from pathlib import Path
from typing import Annotated

import typer

from qagen.cli.options import ConversionCommand, ShardOption, given_settings, option, takes
from qagen.options.tables import PlanOptions

Command = ConversionCommand

Paths = Annotated[
    list[Path],
    typer.Argument(
        help="PDFs, and folders that are searched for PDFs; also as in s3://bucket/papers.",
        metavar="PATHS...",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Folder = Annotated[
    Path, typer.Argument(help="A dataset folder, or name/dataset@revision.", metavar="DIR|REPO@REV")
]
Shard = ShardOption
Out = Annotated[Path, typer.Option("--out", help="The dataset folder.", metavar="DIR")]
Work = Annotated[Path, option(PlanOptions, "work")]
"""Of commands that take nothing else of the tables."""
Config = Annotated[Path | None, option(PlanOptions, "config")]
DEFAULT_WORK = Path(".qagen")

__all__ = ["given_settings", "takes"]
