"""PDFs by the sha256 of their bytes, below the folders that somebody named."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from qagen.papers.papers import labelled_pdfs


class PdfFinder:
    """The PDFs that were named; each is read when somebody first asks for a paper that it could be.

    Paths only come from what was named: a record says which bytes it wants, and its file name only which are tried first.

    Args:
        places: PDFs, and folders that are searched for PDFs as `qagen build` does it.

    Raises:
        InputError: for a path that is not there or cannot be read.
    """

    def __init__(self, places: Iterable[Path]) -> None:
        self._labels = dict.fromkeys(labelled_pdfs(places))
        self._sums: dict[Path, str | None] = {}
        self._found: dict[str, Path] = {}

    def __len__(self) -> int:
        """How many files there are, copies of one counted each."""
        return len(self._labels)

    def find(self, sha256: str, file: str = "") -> Path | None:
        """The PDF with these bytes; None where none of the files is it.

        Args:
            sha256: of its bytes.
            file: its name in a record or manifest. Files of this name are read first; all others only where none of those is it.
        """
        for path in self._likely_first(file):
            if sha256 in self._found:
                break
            if path not in self._sums:
                self._sums[path] = found = _sha256(path)
                if found is not None:
                    self._found.setdefault(found, path)
        return self._found.get(sha256)

    def _likely_first(self, file: str) -> Iterator[Path]:
        name = PurePosixPath(file).name
        likely = [path for label, path in self._labels if PurePosixPath(label).name == name]
        yield from likely
        yield from (path for _, path in self._labels)


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None  # gone, or not to be read: it is no paper that could be shown
