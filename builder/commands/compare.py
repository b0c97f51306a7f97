"""`qagen compare`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from builder.commands import options as o
from qagen.cli.app import say
from qagen.errors import InputError, WorkspaceError

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: qagen compare trial-old/ trial-new/ --html compared.html")
def compare(
    first: Annotated[Path, typer.Argument(help="A build, best of a --sample.", metavar="A")],
    second: Annotated[Path, typer.Argument(help="Another of the same papers.", metavar="B")],
    html: Annotated[Path | None, typer.Option("--html", help="Write a page too.", metavar="FILE")] = None,
    examples: Annotated[int, typer.Option(min=0, help="Chunks that are shown in full.")] = 3,
    as_json: o.AsJson = False,
) -> None:
    """Put two prompts or models side by side on the same chunks."""
    from builder.diffing.compare import compare as put_together
    from builder.diffing.compare import comparison_page, comparison_text
    from builder.hub.locator import folder_of
    from qagen.workspace import write_atomically

    found = put_together((folder_of(first), folder_of(second)), (str(first), str(second)), examples)
    if html is not None:
        try:
            write_atomically(html, comparison_page(found))
        except WorkspaceError as error:
            raise InputError(error.message, remedy="name another file with --html") from None
    say(json.dumps(found.as_json(), sort_keys=True) if as_json else comparison_text(found))
