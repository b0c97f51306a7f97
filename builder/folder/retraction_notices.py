"""What a manifest says of papers that were retracted, and what that means for later versions."""

from builder.folder.manifest import Manifest
from qagen.errors import DatasetError

KEY = "retracted"
"""Where a manifest keeps them: a list of objects with `sha256`, `title`, `doi`, `reason` and `tags`."""


def refuse_retracted(made: Manifest, before: Manifest) -> None:
    """Refuse to publish papers again that were retracted.

    Args:
        made: the manifest of what is to be published.
        before: that of the version before.

    Raises:
        DatasetError: where one of them is in it.
    """
    gone = {notice.sha256: notice for notice in before.retracted}
    for paper in made.papers:
        if found := gone.get(paper.sha256):
            raise DatasetError(
                f"{paper.file!r} ({found.title or paper.sha256[:16]}) was retracted from this dataset",
                remedy="take the PDF out of the papers and build again",
            )


def with_retracted(made: Manifest, before: Manifest) -> Manifest:
    """A manifest with what was retracted before it, too."""
    found = {notice.sha256: notice for notice in (*before.retracted, *made.retracted)}
    told = [found[sha256].as_json() for sha256 in sorted(found)]
    return made.having(**{KEY: told}) if told else made
