"""Finding the PDFs that the user named."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from qagen.address import address_of
from qagen.errors import InputError
from qagen.papers.overrides import Known, read_papers_csv
from qagen.records import Paper, Stated
from qagen.terminal import printable_line


def find_papers(paths: Iterable[Path], sums: Mapping[Path, str] = MappingProxyType({})) -> tuple[Paper, ...]:
    """All PDFs below folders and all files named one by one, sorted by the sha256 of their bytes.

    Of identical files the one with the smallest label counts, and what `papers.csv` says of it before what it says of the others.
    Folders are searched recursively for names that end in
    `.pdf`, in any case; names that begin with a dot are passed over.

    Args:
        paths: PDFs, and folders of PDFs.
        sums: the sha256 of PDFs that is known without reading them.

    Raises:
        InputError: for a path that is not there or cannot be read, where there is no PDF at all, and for a `papers.csv` beside
            them that cannot be understood.
    """
    found: dict[str, list[Paper]] = {}
    for label, path, stated in _listed(paths):
        paper = Paper(sums.get(path) or _sha256_of_file(path), path, label, stated)
        found.setdefault(paper.sha256, []).append(paper)
    return tuple(_one_of(found[sha256]) for sha256 in sorted(found))


def check_papers(paths: Iterable[Path]) -> int:
    """Find out in a moment what `find_papers` would complain of, without reading any PDF.

    Returns:
        How many PDFs there are, copies of one counted each; those in stores are not counted.

    Raises:
        InputError: as `find_papers` does, but for a PDF that cannot be read.
    """
    here = [path for path in paths if address_of(path) is None]
    return len(_listed(here)) if here else 0


def _listed(paths: Iterable[Path]) -> list[tuple[str, Path, tuple[tuple[str, Stated], ...]]]:
    """The label of each PDF, its path, and what `papers.csv` says of it."""
    paths = tuple(paths)
    said: dict[Path, Known] = {}
    found = [(label, path, _stated(path, label, said)) for label, path in labelled_pdfs(paths)]
    if not found:
        named = ", ".join(repr(str(path)) for path in paths)
        raise InputError(
            f"no PDF in {named}", remedy="name a folder that holds some, or the files themselves"
        )
    return found


def _one_of(twins: list[Paper]) -> Paper:
    twins.sort(key=lambda paper: (paper.file, str(paper.path)))
    said: dict[str, Stated] = {}
    for twin in twins:
        said = {**dict(twin.stated), **said}
    return replace(twins[0], stated=tuple(said.items())) if len(twins) > 1 else twins[0]


def _stated(path: Path, label: str, said: dict[Path, Known]) -> tuple[tuple[str, Stated], ...]:
    """What the nearest `papers.csv` says of a paper, from its own folder up to the one that was named."""
    for folder in path.parents[: label.count("/") + 1]:
        if folder not in said:
            said[folder] = read_papers_csv(folder)
        if path in said[folder]:
            return said[folder][path]
    return ()


def labelled_pdfs(paths: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """The label and the path of each PDF that is named or lies below a folder that is, none of them read.

    Raises:
        InputError: for a path that is not there or cannot be read.
    """
    for path in paths:
        if path.is_dir():
            for file in _pdfs_below(path, set()):
                yield _label(file.relative_to(path)), file
        elif path.is_file():
            yield _label(Path(path.name)), path
        elif path.exists():
            raise InputError(
                f"{str(path)!r} is neither a file nor a folder", remedy="name PDFs, or folders that hold some"
            )
        elif (address := address_of(path)) is not None:
            raise InputError(
                f"{address!r} is in a store, and this reads PDFs on a disk",
                remedy="build, convert, plan and assemble take papers in a store",
            )
        else:
            raise InputError(f"there is no file or folder {str(path)!r}", remedy="check the spelling")


def _pdfs_below(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    """Walk in the order of names; a folder that links back to one above it is not entered twice."""
    try:
        status = folder.stat()
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise InputError(
            f"cannot read the folder {str(folder)!r}: {error.strerror}",
            remedy="mend its rights or leave it out",
        ) from None
    here = (status.st_dev, status.st_ino)
    if here in seen:
        return
    seen.add(here)
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _pdfs_below(entry, seen)
        elif entry.suffix.lower() == ".pdf" and entry.is_file():
            yield entry


def _label(path: Path) -> str:
    """A path as it may stand anywhere: in a record, on a card, in a terminal. A name is chosen by whoever made the file."""
    return printable_line(os.fsencode(path.as_posix()).decode("utf-8", "replace"))


def _sha256_of_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"cannot read {str(path)!r}: {error.strerror}", remedy="mend its rights or leave it out"
        ) from None
