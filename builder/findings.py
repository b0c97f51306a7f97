"""What `qagen doctor` found, and how it is shown."""

from dataclasses import dataclass


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


def findings_text(findings: list[Finding]) -> str:
    """A table for a person; below each bad line, what to do."""
    width = max(len(finding.what) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{'ok  ' if finding.ok else 'BAD '} {finding.what:<{width}}  {finding.detail}")
        if not finding.ok:
            lines.append(f"     {'':<{width}}  -> {finding.remedy}")
    return "\n".join(lines)
