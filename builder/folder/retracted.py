"""What a manifest says of papers that were retracted, and what that means for later versions."""

from collections.abc import Mapping
from typing import Any

from qagen.errors import DatasetError

KEY = "retracted"
"""Where a manifest keeps them: a list of objects with `sha256`, `title`, `doi`, `reason` and `tags`."""


def refuse_retracted(made: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Refuse to publish papers again that were retracted.

    Args:
        made: the manifest of what is to be published.
        before: that of the version before.

    Raises:
        DatasetError: where one of them is in it.
    """
    gone = {paper["sha256"]: paper for paper in retracted_papers(before)}
    for paper in made["papers"]:
        if found := gone.get(paper["sha256"]):
            raise DatasetError(
                f"{str(paper.get('file'))!r} ({found.get('title') or paper['sha256'][:16]}) was retracted from this dataset",
                remedy="take the PDF out of the papers and build again",
            )


def with_retracted(made: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest with what was retracted before it, too."""
    found = {paper["sha256"]: paper for paper in (*retracted_papers(before), *retracted_papers(made))}
    return {**made, KEY: [found[sha256] for sha256 in sorted(found)]} if found else dict(made)


def retracted_papers(made: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The retracted papers of a manifest that somebody may have edited."""
    found = made.get(KEY)
    return [
        paper
        for paper in (found if isinstance(found, list) else [])
        if isinstance(paper, dict) and isinstance(paper.get("sha256"), str)
    ]
