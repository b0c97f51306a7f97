"""The root command `qagen`: mounts qagen's commands and adds those that make, open and walk datasets."""

import json
import os
import signal
import sys
import traceback
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, Unpack

import typer

import qagen
from builder.commands import options as o
from builder.commands.compare import app as compare_app
from builder.commands.evalset import app as evalset_app
from builder.commands.ledger import app as ledger_app
from builder.commands.models import app as models_app
from builder.commands.publish import app as publish_app
from builder.commands.report import app as report_app
from builder.commands.review import app as review_app
from builder.hub.locator import refuse_pattern
from qagen.cli.app import app as qagen_app
from qagen.cli.app import say, unwritable
from qagen.errors import QagenError, StoreLost
from qagen.options.tables import AssembleOptions, BuildOptions, PlanOptions, VerifyOptions
from qagen.options.values import other_options
from qagen.papers.papers import check_papers
from qagen.redaction import learn_environment
from qagen.terminal import printable_line, tell

EXIT_INCOMPLETE = 3
EXIT_INTERRUPTED = 130

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Papers in, a versioned question/answer dataset out.",
)
app.add_typer(qagen_app)
app.add_typer(publish_app)
app.add_typer(compare_app)
app.add_typer(report_app)
app.add_typer(evalset_app)
app.add_typer(review_app)
app.add_typer(ledger_app, name="ledger")
app.add_typer(models_app, name="models")


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


@app.command(cls=o.Command, epilog="Example: qagen build papers/ --out dataset/ --model deepseek-r1:32b")
@o.takes(BuildOptions)
def build(
    paths: o.Paths,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="The dataset folder; with --shard there is none.", metavar="DIR"),
    ] = None,
    *,
    shard: o.Shard = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            help="Spread the work by Ray: over this machine (ray) or a cluster (ray://HOST:PORT, ray://auto); --concurrency is then of "
            "all machines together.",
            metavar="ray[://ADDRESS]",
        ),
    ] = None,
    units: Annotated[
        int | None,
        typer.Option(
            "--units", help="With --on: how many units the papers are shared into.", metavar="N", min=1
        ),
    ] = None,
    as_json: o.AsJson = False,
    **options: Unpack[BuildOptions],
) -> None:
    """Build a dataset from PDFs. What an earlier run has converted or asked is not done again.

    With --shard only the workspace is filled, for a part of the papers; `qagen assemble` makes the dataset of all parts.
    """
    settings = o.given_settings(BuildOptions, options)
    others = other_options(BuildOptions, options)
    if others["accept_model_change"] and others["refresh"]:
        raise typer.BadParameter("--accept-model-change and --refresh exclude each other")
    if others["offline"] and others["refresh"]:
        raise typer.BadParameter("--offline asks nobody, and --refresh asks anew; leave one of them out")
    change: Literal["stop", "accept", "refresh"] = (
        "accept" if others["accept_model_change"] else "refresh" if others["refresh"] else "stop"
    )
    _refuse_mixed(on, units, shard=shard, sample=others["sample"])
    if out is not None:
        refuse_pattern(out)
    elif shard is None:
        raise typer.BadParameter("name the dataset folder with --out, or a part of the papers with --shard")
    found = check_papers(paths)  # before the imports, which take longer than to find a misspelt path
    if found and sys.stderr.isatty():  # a log is told of them by its first line
        tell(f"{found} PDF{'' if found == 1 else 's'} found")
    from qagen.stores.opening import filling, refuse_vectors

    if shard is not None:
        from builder.sharding.filling import fill_shard, refuse_whole
        from builder.sharding.report import shard_text

        refuse_whole(sample=others["sample"], base=others["base"], out=out)
        refuse_vectors(settings, [others["work"]])
        with filling(paths, others["work"], shard, limit=others["limit"], refresh=others["refresh"]) as here:
            filled = fill_shard(
                here.paths,
                shard,
                settings=settings,
                work=here.work,
                limit=others["limit"],
                offline=others["offline"],
                model_change=change,
                sums=here.sums,
            )
            filled = replace(filled, work=here.names[0])
            say(json.dumps(asdict(filled), sort_keys=True) if as_json else shard_text(filled))
        raise typer.Exit(filled.exit_code)
    assert out is not None
    from builder.commands.summary import summary

    if on is not None:
        from builder.sharding.spreading import build_spread

        spread = build_spread(
            paths,
            out,
            on=on,
            settings=settings,
            work=others["work"],
            units=units,
            limit=others["limit"],
            base=others["base"],
            offline=others["offline"],
            model_change=change,
        )
        say(json.dumps(asdict(spread), sort_keys=True) if as_json else summary(spread, paths))
        raise typer.Exit(spread.exit_code)
    from builder.building.build import build_dataset
    from builder.building.job import Subset

    with filling(paths, others["work"], limit=others["limit"], refresh=others["refresh"]) as here:
        report = build_dataset(
            here.paths,
            out,
            settings=settings,
            work=here.work,
            subset=Subset(limit=others["limit"], sample=others["sample"]),
            base=others["base"],
            offline=others["offline"],
            model_change=change,
            sums=here.sums,
        )
        report = replace(report, work=here.names[0])
        say(json.dumps(asdict(report), sort_keys=True) if as_json else summary(report, paths))
    raise typer.Exit(report.exit_code)


def _refuse_mixed(on: str | None, units: int | None, *, shard: object, sample: int | None) -> None:
    """Refuse options that exclude each other.

    Raises:
        typer.BadParameter: where there are some.
    """
    if units is not None and on is None:
        raise typer.BadParameter("--units is of --on")
    if on is not None and shard is not None:
        raise typer.BadParameter("--on does all parts, and --shard names one of them")
    if on is not None and sample is not None:
        raise typer.BadParameter("--sample is of all papers, and --on shares them into units")


@app.command(
    cls=o.Command,
    epilog="Example: qagen assemble papers/ --work part-1/ --work part-2/ --out dataset/ --model deepseek-r1:32b",
)
@o.takes(AssembleOptions)
def assemble(
    paths: o.Paths,
    out: o.Out,
    *,
    work: Annotated[
        list[Path],
        typer.Option(
            "--work",
            help="A workspace that `qagen build --shard` has filled, a folder or as in s3://bucket/work; repeat it.",
            metavar="DIR|URL",
        ),
    ],
    as_json: o.AsJson = False,
    **options: Unpack[AssembleOptions],
) -> None:
    """Make one dataset of workspaces that were filled part by part: byte for byte what one build makes of the same answers."""
    settings = o.given_settings(AssembleOptions, options)
    others = other_options(AssembleOptions, options)
    refuse_pattern(out)
    check_papers(paths)
    from builder.commands.summary import summary
    from builder.sharding.assembling import assemble_dataset
    from qagen.stores.opening import reading, refuse_vectors

    refuse_vectors(settings, work)
    with reading(paths, work) as here:
        report = assemble_dataset(
            here.paths,
            out,
            settings=settings,
            works=here.works,
            limit=others["limit"],
            base=others["base"],
            accept_model_change=others["accept_model_change"],
            names=here.names,
            sums=here.sums,
        )
        report = replace(report, work=here.name_of(report.work))
    say(json.dumps(asdict(report), sort_keys=True) if as_json else summary(report, paths))
    raise typer.Exit(report.exit_code)


@app.command(cls=o.Command, epilog="Example: qagen plan papers/ --model deepseek-r1:32b")
@o.takes(PlanOptions)
def plan(
    paths: o.Paths, *, shard: o.Shard = None, as_json: o.AsJson = False, **options: Unpack[PlanOptions]
) -> None:
    """Say what build would do with the same arguments, and do nothing else."""
    settings = o.given_settings(PlanOptions, options)
    others = other_options(PlanOptions, options)
    check_papers(paths)
    from builder.building.job import Subset
    from builder.building.plan import make_plan, plan_text
    from qagen.stores.opening import reading

    if shard is not None and others["sample"] is not None:
        raise typer.BadParameter("--sample is of all papers, and --shard names a part of them")
    subset = Subset(limit=others["limit"], sample=others["sample"], shard=shard)
    with reading(paths, [others["work"]], shard=shard) as here:
        made = make_plan(
            here.paths,
            settings=settings,
            work=here.work,
            subset=subset,
            offline=others["offline"],
            sums=here.sums,
        )
    say(json.dumps(asdict(made), sort_keys=True) if as_json else plan_text(made))


@app.command(epilog="Example: qagen demo")
def demo(out: o.Out = Path("qagen-demo"), work: o.Work = o.DEFAULT_WORK) -> None:
    """Build the example papers with the best engine that is here, open the result and say how to go on."""
    refuse_pattern(out)
    from builder.commands.demo import run_demo

    raise typer.Exit(run_demo(out, work, say).exit_code)


@app.command(epilog="Example: qagen verify dataset/ --papers papers/")
@o.takes(VerifyOptions)
def verify(
    folder: o.Folder,
    papers: Annotated[
        list[Path], typer.Option("--papers", help="The PDFs, or folders of them.", metavar="PATH")
    ],
    *,
    as_json: o.AsJson = False,
    **options: Unpack[VerifyOptions],
) -> None:
    """Walk every record back to its place in its PDF: verified, unverifiable or failed."""
    from builder.verifying.report import report_text, walk_back

    report = walk_back(folder, papers, Path(options["work"]), o.given_settings(VerifyOptions, options))
    say(report_text(report, as_json=as_json))
    raise typer.Exit(report.exit_code)


@app.command(epilog="Example: qagen diff me/papers-qa@v1.0.0 dataset/")
def diff(
    old: Annotated[
        Path,
        typer.Argument(help="The older version: a dataset folder, or name/dataset@revision.", metavar="A"),
    ],
    new: Annotated[Path, typer.Argument(help="The newer version.", metavar="B")],
    changelog: Annotated[
        bool, typer.Option("--changelog", help="As the entry of the newer version's CHANGELOG.md.")
    ] = False,
    as_json: o.AsJson = False,
) -> None:
    """Say which records came, went, moved between splits or changed, and why."""
    from builder.diffing.diff import diff as compare
    from builder.diffing.text import changelog_text, changes_text
    from builder.hub.locator import folder_of

    if changelog:
        say(changelog_text(folder_of(old), folder_of(new), datetime.now(UTC).date().isoformat()).rstrip())
        return
    found = compare(folder_of(old), folder_of(new))
    say(json.dumps(found.as_json(), sort_keys=True) if as_json else changes_text(found))


@app.command(epilog="Example: qagen doctor --base-url http://127.0.0.1:8080/v1")
@o.takes(PlanOptions, only=("config", "work", "engine", "model", "base_url", "prompt", "grounding"))
def doctor(
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="Convert nothing and ask the model nothing: seconds, not minutes.")
    ] = False,
    as_json: o.AsJson = False,
    **options: Unpack[PlanOptions],
) -> None:
    """Look whether everything is here that a build needs, and say what to do where it is not."""
    settings, work = o.given_settings(PlanOptions, options), Path(options["work"])
    from builder.commands.doctor import examine
    from builder.commands.findings import finding_text

    findings = []
    for finding in examine(
        settings, work, quick=quick, waiting=lambda what: tell(f"...  waiting for {what}")
    ):
        findings.append(finding)
        if not as_json:
            say(finding_text(finding))
            sys.stdout.flush()
    good = all(finding.ok for finding in findings)
    if as_json:
        say(json.dumps({"ok": good, "findings": [asdict(finding) for finding in findings]}, sort_keys=True))
    raise typer.Exit(0 if good else 1)


def main() -> None:
    """Run a command; what the user can mend is one line on stderr and exit code 1."""
    if sys.stdout is None:  # closed by the caller, who wants no results
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 -- it lives as long as the process
    learn_environment()
    code: str | int | None = 0
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        app(prog_name=_called_as())
    except SystemExit as end:
        code = end.code
    except QagenError as error:
        tell(f"error: {printable_line(' '.join(str(error).split()))}")
        code = EXIT_INCOMPLETE if isinstance(error, StoreLost) else 1
    except Exception:  # noqa: BLE001 -- a bug keeps its traceback, but not what it may quote
        tell(traceback.format_exc().rstrip())
        code = 1
    if code == EXIT_INTERRUPTED:
        tell("interrupted")
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # nothing is left that a second one could interrupt
    sys.exit(_flushed(code))


def _called_as() -> str | None:
    """What usage lines call the command: as an extension of the Hub's own, `hf qagen`; else by the file that was run."""
    return "hf qagen" if Path(sys.argv[0]).stem == "hf-qagen" else None


def _interrupt(*_: object) -> None:
    """End as Ctrl-C does; where a shell has a job in the background ignore that, by the exception itself."""
    if signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, None):
        raise KeyboardInterrupt
    signal.raise_signal(signal.SIGINT)


def _flushed(code: str | int | None) -> str | int | None:
    """The exit code, after the last of the output is out: a full disk shows only here."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), 1
        )  # what is left would fail again when the interpreter ends
        if not isinstance(error, BrokenPipeError):
            tell(f"error: {unwritable(error)}")
            return 1
    return code
