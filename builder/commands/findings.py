"""What `qagen doctor` found, and how it is shown."""

from dataclasses import dataclass

from qagen.terminal import printable_line

WIDTH = 15
"""Of the longest name, so that lines can be printed one by one."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: its name.
        ok: whether a build can use it.
        detail: what was found.
        remedy: what to do where it is not ok; else empty.
    """

    what: str
    ok: bool
    detail: str
    remedy: str = ""


def finding_text(finding: Finding, width: int = WIDTH) -> str:
    """A line of a table for a person, with what to do below it where it is bad."""
    line = f"{'ok  ' if finding.ok else 'BAD '} {finding.what:<{width}}  {printable_line(finding.detail)}"
    return line if finding.ok else f"{line}\n     {'':<{width}}  -> {printable_line(finding.remedy)}"
