"""The root command `qagen`: mounts qagen's commands and adds those that make, open and walk datasets."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import qagen
from qagen.cli import Config, say, tell
from qagen.cli import app as qagen_app
from qagen.errors import QagenError
from qagen.settings import load_settings

if TYPE_CHECKING:
    from builder.report import BuildReport

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Papers in, a versioned question/answer dataset out.",
)
app.add_typer(qagen_app)

Paths = Annotated[
    list[Path], typer.Argument(help="PDFs, and folders that are searched for PDFs.", metavar="PATHS...")
]
Work = Annotated[Path, typer.Option("--work", help="The workspace: conversions and answers are kept here.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
_WORK = Path(".qagen")


def _version(wanted: bool) -> None:
    if wanted:
        say(f"qagen {qagen.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    """Papers in, a versioned question/answer dataset out."""


@app.command(epilog="Example: qagen build papers/ --out dataset/ --model deepseek-r1:32b")
def build(
    paths: Paths,
    out: Annotated[Path, typer.Option("--out", help="The dataset folder.", metavar="DIR")],
    config: Config = None,
    work: Work = _WORK,
    converter: Annotated[str | None, typer.Option(help="auto or rules.")] = None,
    engine: Annotated[str | None, typer.Option(help="auto, server or extractive.")] = None,
    model: Annotated[str | None, typer.Option(help="The model's name at the server.")] = None,
    base_url: Annotated[str | None, typer.Option(help="The server, up to /v1.", metavar="URL")] = None,
    prompt: Annotated[
        str | None, typer.Option(help="A built-in prompt's name, or a file.", metavar="NAME|FILE")
    ] = None,
    pairs: Annotated[int | None, typer.Option(help="Pairs to ask for, per chunk.")] = None,
    chunk_chars: Annotated[int | None, typer.Option(help="Characters of a chunk, at most.")] = None,
    overlap: Annotated[int | None, typer.Option(help="Characters that a chunk repeats, at most.")] = None,
    concurrency: Annotated[int | None, typer.Option(help="Calls under way at a time.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many papers.")] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Only so many chunks, the same ones every time.")
    ] = None,
    with_context: Annotated[
        bool | None,
        typer.Option(
            "--with-context", help="Put the papers' text beside each record; their licences decide."
        ),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Make no call; take answers from the ledger only.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Build a dataset from PDFs. What an earlier run has converted or asked is not done again."""
    settings = load_settings(
        config,
        {
            "convert": {"converter": converter},
            "chunk": {"chars": chunk_chars, "overlap": overlap},
            "ask": {
                "engine": engine,
                "model": model,
                "base_url": base_url,
                "prompt": prompt,
                "pairs": pairs,
                "concurrency": concurrency,
            },
            "dataset": {"with_context": with_context},
        },
    )
    from builder.build import build_dataset
    from builder.order import Choice

    report = build_dataset(
        paths, out, settings=settings, work=work, choice=Choice(limit=limit, sample=sample), offline=offline
    )
    _show(report, as_json)
    raise typer.Exit(report.exit_code)


@app.command(epilog="Example: qagen demo")
def demo(
    out: Annotated[Path, typer.Option("--out", help="The dataset folder.", metavar="DIR")] = Path(
        "qagen-demo"
    ),
    work: Work = _WORK,
) -> None:
    """Build the example papers with the best engine that is here, open the result and say how to go on."""
    from builder.demo import run_demo

    run_demo(out, work, say)


@app.command(epilog="Example: qagen verify dataset/ --papers papers/")
def verify(
    folder: Annotated[Path, typer.Argument(help="A dataset folder.", metavar="DIR")],
    papers: Annotated[
        list[Path], typer.Option("--papers", help="The PDFs, or folders of them.", metavar="PATH")
    ],
    config: Config = None,
    work: Work = _WORK,
    as_json: AsJson = False,
) -> None:
    """Walk every record back to its place in its PDF: verified, unverifiable or failed."""
    from builder.walk import report_text, walk_back

    report = walk_back(folder, papers, work, load_settings(config))
    say(report_text(report, as_json=as_json))
    raise typer.Exit(report.exit_code)


def _show(report: "BuildReport", as_json: bool) -> None:
    if as_json:
        say(json.dumps(asdict(report), sort_keys=True))
    else:
        from builder.summary import summary

        say(summary(report))


def main() -> None:
    """Run a command; what the user can mend is one line on stderr and exit code 1."""
    try:
        app()
    except QagenError as error:
        tell(f"error: {' '.join(str(error).split())}")
        sys.exit(1)
