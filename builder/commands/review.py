"""`qagen review`."""

import getpass
import json
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from builder.commands import options as o
from qagen.cli.app import say
from qagen.errors import InputError
from qagen.reviews.file import is_reviewer
from qagen.terminal import printable_line, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.reviewing.desk import Desk

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: qagen review dataset/ --papers papers/ --sample 100 --reviewer ada")
def review(
    folder: o.Folder,
    papers: Annotated[
        list[Path] | None,
        typer.Option("--papers", help="The PDFs, or folders of them, to see their pages.", metavar="PATH"),
    ] = None,
    work: o.Work = o.DEFAULT_WORK,
    reviewer: Annotated[
        str | None,
        typer.Option("--reviewer", help="Who decides; your user name where it is left out.", metavar="NAME"),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", help="Where to listen on 127.0.0.1; 0: any free port.", min=0, max=65535)
    ] = 0,
    sample: Annotated[
        int | None,
        typer.Option(
            "--sample", help="Draw so many records at random, for the precision.", min=1, metavar="N"
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the draw.")] = 0,
    export: Annotated[
        Literal["jsonl", "labelstudio"] | None,
        typer.Option("--export", help="Write pairs and decisions to stdout, for another tool."),
    ] = None,
    imported: Annotated[
        Path | None,
        typer.Option("--import", help="Take decisions in from an export of either form.", metavar="FILE"),
    ] = None,
    figures: Annotated[
        bool, typer.Option("--figures", help="Say how far the review is, and serve nothing.")
    ] = False,
    config: o.Config = None,
    as_json: o.AsJson = False,
) -> None:
    """Judge records beside their source in a browser; the next build honours what is decided."""
    from builder.reviewing.numbers import figures as count
    from builder.reviewing.numbers import figures_text

    if as_json and not figures:
        raise typer.BadParameter("--json is for --figures")
    if sum((export is not None, imported is not None, figures)) > 1:
        raise typer.BadParameter("--export, --import and --figures exclude each other")
    serve = None if figures or export is not None or imported is not None else _server()
    with ExitStack() as stack:
        desk = _desk(stack, folder, work, _name(reviewer), papers or [], config)
        drawn = desk.draw(sample, seed) if sample is not None else None
        if figures:
            found = count(desk)
            say(json.dumps(found.as_json(), sort_keys=True) if as_json else figures_text(found))
        elif export is not None:
            from builder.reviewing.exchange import exported

            for text in exported(desk, export, drawn.ids if drawn else None):
                say(text)
        elif imported is not None:
            from builder.reviewing.exchange import import_file

            taken, same, faults = import_file(desk, imported)
            for fault in faults:
                tell(f"{printable_line(str(imported))}: {printable_line(fault)}; it is left out")
            say(f"{taken} decisions taken in, {same} that were there already, {len(faults)} left out")
            raise typer.Exit(3 if faults else 0)
        elif serve is not None:
            tell(
                f"open this address in a browser of this machine; Ctrl-C ends it, and {str(desk.file.path)!r} has every decision"
            )
            serve(desk, port, say_at_once)


def _desk(
    stack: ExitStack, folder: Path, work: Path, reviewer: str, papers: list[Path], config: Path | None
) -> "Desk":
    from builder.hub.locator import folder_of
    from builder.pages import PageRenderer, PdfFinder
    from builder.reviewing.desk import Desk
    from qagen import convert
    from qagen.settings import load_settings
    from qagen.workspace import Workspace

    workspace = Workspace(work)
    workspace.refuse_other_format()
    if not work.is_dir():
        tell(
            f"there is no workspace {str(work)!r}: no passage can be shown, and what is decided goes there, where only a build with this "
            "--work honours it"
        )
    finder = PdfFinder(papers) if papers else None
    passwords = convert.passwords(load_settings(config, {}).convert)
    renderer = stack.enter_context(PageRenderer(passwords=passwords)) if papers else None
    place = folder_of(folder)
    desk = Desk(place, workspace, reviewer, now=lambda: datetime.now(UTC), finder=finder, renderer=renderer)
    for damage in desk.file.damaged:
        tell(f"{str(workspace.reviews)!r}, line {damage.number}: {damage.why}; it counts for nothing")
    return desk


def _server() -> "Callable[[Desk, int, Callable[[str], None]], None]":
    """What serves a desk; whether it is there is known before anything is read.

    Raises:
        InputError: where a package of the extra is not.
    """
    try:
        from builder.reviewing.serve import serve
    except ModuleNotFoundError as error:
        raise InputError(
            f"`qagen review` needs the package {error.name!r}, which is not here",
            remedy="install it with: pip install 'qagen[review]'",
        ) from None
    return serve


def say_at_once(text: str) -> None:
    """Print a line that somebody waits for."""
    say(text)
    sys.stdout.flush()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise InputError(
            "this machine does not say who you are", remedy="name yourself with --reviewer"
        ) from None


def _name(given: str | None) -> str:
    name = (_user() if given is None else given).strip()
    if not is_reviewer(name):
        raise InputError(
            f"{printable_line(name[:120])!r} is no name for a reviewer", remedy="take 1 to 100 letters"
        )
    return name
