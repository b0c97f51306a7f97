"""`qagen report`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Unpack

import typer

from builder.commands import options as o
from qagen.cli.app import say
from qagen.options.tables import ReportOptions
from qagen.options.values import other_options
from qagen.terminal import tell
from qagen.workspace import Workspace

app = typer.Typer(add_completion=False)


@app.command(
    epilog="Example: qagen report dataset/ --papers papers/ --against me/papers-qa@v1.0.0 --out report.html"
)
@o.takes(ReportOptions)
def report(
    folder: o.Folder,
    out: Annotated[Path, typer.Option("--out", help="The HTML file.", metavar="FILE")] = Path("report.html"),
    against: Annotated[
        Path | None,
        typer.Option("--against", help="Another version, shown beside it.", metavar="DIR|REPO@REV"),
    ] = None,
    papers: Annotated[
        list[Path] | None,
        typer.Option(
            "--papers", help="The PDFs, or folders of them: evidence is shown on its page.", metavar="PATH"
        ),
    ] = None,
    *,
    as_json: o.AsJson = False,
    **options: Unpack[ReportOptions],
) -> None:
    """Show what a dataset is like on one page: what became of papers and pairs, and a sample beside its pages."""
    from builder.reporting.report import ReportRequest, write_report
    from qagen import convert

    settings, others = o.given_settings(ReportOptions, options), other_options(ReportOptions, options)
    request = ReportRequest(
        against=against,
        papers=tuple(papers or ()),
        work=Path(others["work"]),
        sample=others["sample"],
        seed=others["seed"],
        passwords=convert.passwords(settings.convert),
    )
    if not Workspace(request.work).root.is_dir() and request.work != ReportRequest().work:
        tell(f"there is no workspace {str(request.work)!r}, so the page says nothing of time")
    made = write_report(folder, out, request)
    say(json.dumps(asdict(made), sort_keys=True) if as_json else made.text)
