"""`qagen compare`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from builder import options as o
from qagen.cli import say
from qagen.errors import InputError

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
    from builder.compare import compare as put_together
    from builder.compare import comparison_page, comparison_text
    from builder.names import folder_of

    found = put_together((folder_of(first), folder_of(second)), (str(first), str(second)), examples)
    if html is not None:
        try:
            html.write_text(comparison_page(found), encoding="utf-8")
        except OSError as error:
            raise InputError(
                f"cannot write {str(html)!r}: {error.strerror}; name another file with --html"
            ) from None
    say(json.dumps(found.as_json(), sort_keys=True) if as_json else comparison_text(found))
