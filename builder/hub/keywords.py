"""What publishing takes, on the command line and as keywords: the fields of `PushOptions`, each declared once."""

from typing import Annotated, TypedDict

from pydantic import Field

from qagen.options.option import Option

_Seconds = Annotated[float, Field(ge=1)]


class _Version(TypedDict, total=False):
    version: Annotated[str, Option("auto decides by what changed.", default="auto", metavar="auto|X.Y.Z")]
    license: Annotated[
        str | None,
        Option("The dataset's licence as the Hub spells it, for instance cc-by-4.0.", metavar="ID"),
    ]
    private: Annotated[bool, Option("Make a new repository private.", default=False)]


class _Branch(TypedDict, total=False):
    branch: Annotated[str, Option("Where the commit goes.", default="main")]


class _Sent(TypedDict, total=False):
    create_pr: Annotated[
        bool,
        Option("Into a pull request; push again once it is merged, for the tag.", default=False),
    ]
    with_rejected: Annotated[bool, Option("Send what was turned down too.", default=False)]
    allow_extractive: Annotated[bool, Option("Send records that no model made.", default=False)]
    yes: Annotated[bool, Option("You may publish, whatever the papers' licences look like.", default=False)]


class _DryRun(TypedDict, total=False):
    dry_run: Annotated[bool, Option("Say what would be sent, and send nothing.", default=False)]


class _Deadline(TypedDict, total=False):
    deadline: Annotated[
        _Seconds, Option("Seconds after which no further try is made; 5 at most in a dry run.", default=600.0)
    ]


class PushKeywords(_Version, _Branch, _Sent, _DryRun, _Deadline):
    """What publishing a version takes."""


class RetractKeywords(_Branch, _DryRun, _Deadline):
    """What taking a paper out takes."""
