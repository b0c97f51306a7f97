"""`qagen evalset`."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Unpack

import typer

from builder.commands import options as o
from builder.evaluating.keywords import EvalsetKeywords
from qagen.cli.app import say
from qagen.options.values import other_options

if TYPE_CHECKING:
    from builder.evaluating.evalset import Evalset

app = typer.Typer(add_completion=False)


@app.command(
    epilog="Example: qagen evalset dataset/ --out evalset/ --decontaminate corpus.jsonl --leave-out-overlaps"
)
@o.takes(EvalsetKeywords)
def evalset(
    folder: o.Folder,
    out: Annotated[Path, typer.Option("--out", help="The folder of the set.", metavar="FOLDER")],
    *,
    as_json: o.AsJson = False,
    **options: Unpack[EvalsetKeywords],
) -> None:
    """Make the test split a set that measures: inspect-ai, lm-evaluation-harness, lighteval, the Hub's benchmarks."""
    from builder.evaluating.evalset import EvalsetJob, make_evalset

    given = {name: None if value == [] else value for name, value in options.items()}
    made = make_evalset(EvalsetJob.of(folder, out, other_options(EvalsetKeywords, given)))
    say(json.dumps(made.as_json(), sort_keys=True) if as_json else "\n".join(_lines(made, out)))


def _lines(made: "Evalset", out: Path) -> Iterator[str]:
    yield f"{out}: {made.open:,} of {made.records:,} records as open questions, {made.choice:,} as multiple choice"
    for where, count in made.overlaps.items():
        yield f"overlaps    {count:,} records share words with {where}: overlaps.jsonl"
    for reason, count, meaning in made.reasons():
        yield f"left out    {count:,} {reason}: {meaning}"
    yield f"run         cd {shlex.quote(str(out))}; inspect eval inspect_tasks.py@{made.name}_open --model PROVIDER/MODEL"
    yield "            README.md there has all tasks, with lm-evaluation-harness and lighteval too"
