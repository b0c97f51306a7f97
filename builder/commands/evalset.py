"""`qagen evalset`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from builder.commands import options as o
from qagen.cli.app import say

if TYPE_CHECKING:
    from builder.evalset.evalset import Evalset

app = typer.Typer(add_completion=False)


@app.command(
    epilog="Example: qagen evalset dataset/ --out evalset/ --decontaminate corpus.jsonl --leave-out-overlaps"
)
def evalset(
    folder: o.Folder,
    out: Annotated[Path, typer.Option("--out", help="The folder of the set.", metavar="FOLDER")],
    name: Annotated[
        str | None,
        typer.Option(help="What the tasks are called; else the dataset's name.", metavar="NAME"),
    ] = None,
    work: o.Work = o.DEFAULT_WORK,
    choices: Annotated[int, typer.Option(min=2, max=10, help="Answers of a multiple choice.")] = 4,
    seed: Annotated[int, typer.Option(min=0, help="Draws the false answers and the order of all.")] = 0,
    decontaminate: Annotated[
        list[Path] | None,
        typer.Option(
            "--decontaminate",
            help="A file of text, JSON or Parquet to look for the set's n-grams in, besides the other splits.",
            metavar="FILE",
        ),
    ] = None,
    leave_out_overlaps: Annotated[
        bool,
        typer.Option(
            "--leave-out-overlaps", help="Leave out what shares words with those, not only list it."
        ),
    ] = False,
    as_json: o.AsJson = False,
) -> None:
    """Make the test split a set that measures: inspect-ai, lm-evaluation-harness, lighteval, the Hub's benchmarks."""
    from builder.evalset.choices import ChoiceRules
    from builder.evalset.evalset import EvalsetJob, make_evalset
    from builder.evalset.tasks import name_of
    from builder.hub.locator import folder_of, parse_dataset_ref
    from qagen.records import encodable

    place = folder_of(folder)
    source = encodable(str(folder) if parse_dataset_ref(folder) else place.resolve().name)
    job = EvalsetJob(
        folder=place,
        source=source,
        out=out,
        name=name if name is not None else name_of(source.partition("@")[0]),
        work=work,
        rules=ChoiceRules(choices, seed),
        files=tuple(decontaminate or ()),
        leave_out_overlaps=leave_out_overlaps,
    )
    made = make_evalset(job)
    say(json.dumps(made.as_json(), sort_keys=True) if as_json else "\n".join(_lines(made, out)))


def _lines(made: "Evalset", out: Path) -> Iterator[str]:
    from builder.evalset.choices import LeftOut

    meanings = {reason.value: reason.meaning for reason in LeftOut}
    yield f"{out}: {made.open:,} of {made.records:,} records as open questions, {made.choice:,} as multiple choice"
    for where, count in made.overlaps.items():
        yield f"overlaps    {count:,} records share words with {where}: overlaps.jsonl"
    for reason, count in made.left_out.items():
        yield f"left out    {count:,} {reason}: {meanings.get(reason, 'shares words with other texts; in neither form')}"
    yield f"run         cd {out}; inspect eval inspect_tasks.py@{made.name}_open --model PROVIDER/MODEL"
    yield "            README.md there has all tasks, with lm-evaluation-harness and lighteval too"
