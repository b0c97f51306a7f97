"""What making a set takes, on the command line and as keywords, each declared once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypedDict

from pydantic import Field

from qagen.options.option import Option
from qagen.options.tables import StrPath


class EvalsetKeywords(TypedDict, total=False):
    """What making a set takes."""

    name: Annotated[str | None, Option("What the tasks are called; else the dataset's name.", metavar="NAME")]
    work: Annotated[
        StrPath,
        Option("The workspace of the build, which has the papers' texts.", default=".qagen", typed=Path),
    ]
    choices: Annotated[
        int, Field(ge=2, le=10), Option("Answers of a multiple choice, the true one among them.", default=4)
    ]
    seed: Annotated[int, Field(ge=0), Option("Draws the false answers and the order of all.", default=0)]
    decontaminate: Annotated[
        Sequence[StrPath] | None,
        Option(
            "A file of text, JSON or Parquet to look for the set's n-grams in, besides the other splits.",
            metavar="FILE",
            typed=list[Path] | None,
        ),
    ]
    leave_out_overlaps: Annotated[
        bool, Option("Leave out what shares words with those, not only list it.", default=False)
    ]
