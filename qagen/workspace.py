"""The workspace folder: where conversions and calls are kept, and how files are written so that a crash tears none.

WORK/papers/ab/abcd.../convert-<fingerprint>/   a conversion
WORK/papers/ab/abcd.../calls.jsonl              the paper's ledger
WORK/reviews.jsonl                              what people decided about pairs, append-only
WORK/runs/<time>.json                           what each run did
WORK/stamps/<out>.json                          what a dataset folder was made from
WORK/embeddings.sqlite3                         vectors of questions, where an embedding model is used
WORK/grounding.sqlite3                          scores of claims, where an entailment model is used
WORK/models.json                                which models answered, and how large they are
WORK/check/calls.jsonl                          the answers of judges of anybody's pairs (`qagen check --judge`)
WORK/workspace.json                             the format of all that
"""

import errno
import json
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from qagen.address import address_of
from qagen.errors import WorkspaceError

FORMAT = 1
"""Of the workspace as a whole; a change that an older qagen would misread raises it."""


class Workspace:
    """Paths below one root; makes a folder only when something is written into it."""

    def __init__(self, root: Path) -> None:
        """Name a workspace; touches nothing.

        Raises:
            WorkspaceError: where it is the address of a store, which a command that takes one has mirrored to a folder before.
        """
        if (address := address_of(root)) is not None:
            raise WorkspaceError(
                f"{address!r} is an address, and this takes a workspace on a disk",
                remedy="build, convert, plan, assemble, verify and `ledger merge` take one in an object store",
            )
        self.root = root

    def paper(self, paper_sha256: str) -> Path:
        """The folder of a paper, by the sha256 of its bytes."""
        return self.root / "papers" / paper_sha256[:2] / paper_sha256

    def conversion(self, paper_sha256: str, fingerprint: str) -> Path:
        """The folder of one conversion of a paper."""
        return self.paper(paper_sha256) / f"convert-{fingerprint}"

    def calls(self, paper_sha256: str) -> Path:
        """The file of a paper's ledger."""
        return self.paper(paper_sha256) / "calls.jsonl"

    @property
    def reviews(self) -> Path:
        """The file of what people decided."""
        return self.root / "reviews.jsonl"

    @property
    def runs(self) -> Path:
        """The folder of the runs' reports."""
        return self.root / "runs"

    @property
    def lock(self) -> Path:
        """The file that the run which holds the workspace has locked."""
        return self.root / "lock"

    @contextmanager
    def locked(self, *, patient: bool = False) -> Iterator[None]:
        """Hold the workspace for one run.

        Args:
            patient: wait for another run that holds it.

        Raises:
            WorkspaceError: at once, when another run holds it or it cannot be written.
        """
        with translate_os_errors(self.lock):
            self.lock.parent.mkdir(parents=True, exist_ok=True)
            from filelock import (
                FileLock,
                Timeout,
            )  # with asyncio, which workers that only write need not have

            lock = FileLock(self.lock)
            try:
                lock.acquire(timeout=-1 if patient else 0)
            except Timeout:
                raise WorkspaceError(
                    f"another qagen run is using the workspace {str(self.root)!r}",
                    remedy="wait for it, or give this one its own with --work",
                ) from None
        try:
            self._check_format()
            yield
        finally:
            lock.release()

    def _check_format(self) -> None:
        """Refuse a workspace of another qagen; mark a new one, and one of before there were marks."""
        place = self.root / "workspace.json"
        self.refuse_other_format()
        data = read_file(place)
        if data is None or _format_in(data) is None:
            # What is there says itself which format it has, file by file: a damaged mark tells nothing that would be lost with it.
            write_atomically(place, json.dumps({"format": FORMAT}) + "\n")

    def refuse_other_format(self) -> None:
        """Refuse a workspace whose mark is another than ours; one without a mark is from before there were any, or new.

        Raises:
            WorkspaceError: where it is.
        """
        data = read_file(self.root / "workspace.json")
        found = FORMAT if data is None else _format_in(data)
        if found is not None and found != FORMAT:
            raise WorkspaceError(
                f"the workspace {str(self.root)!r} has the format {found!r}, and this qagen knows {FORMAT}",
                remedy="upgrade qagen, or give it another workspace with --work",
            )


def _format_in(data: bytes) -> int | None:
    """The format that a workspace's mark names; None where it is damaged."""
    try:
        found = json.loads(data)["format"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return found if type(found) is int and 0 < found < 1000 else None


_BUGS = frozenset({None, errno.EBADF, errno.EFAULT})
"""Complaints that no user can cause."""


@contextmanager
def translate_os_errors(path: Path) -> Iterator[None]:
    """Turn the operating system's complaints about `path` into a WorkspaceError that says what to do."""
    try:
        yield
    except OSError as error:
        advice = {
            errno.ENOSPC: "free some space and run again; what was finished is kept",
            errno.EDQUOT: "free some space and run again; what was finished is kept",
            errno.EFBIG: "the system limits the size of files here (`ulimit -f`, or the disk's format); what was finished is kept",
            errno.EROFS: "choose a writable place with --work or --out",
            errno.EACCES: "choose a writable place with --work or --out",
            errno.EPERM: "choose a writable place with --work or --out",
            errno.ENOTDIR: "a file stands where a folder is needed; choose another place",
            errno.EEXIST: "a file stands where a folder is needed; choose another place",
            errno.EISDIR: "a folder stands where a file is needed; move it away, or choose another place",
            errno.ENAMETOOLONG: "choose a shorter name with --work or --out",
            errno.ENOENT: "choose a place that is there, or can be made, with --work or --out",
        }.get(error.errno or 0, "see to that and run again; what was finished is kept")
        if error.errno in _BUGS:
            raise
        where = error.filename2 or error.filename or path  # of a rename the name that was to be taken
        raise WorkspaceError(f"cannot write {str(where)!r}: {error.strerror}", remedy=advice) from error


def read_file(path: Path) -> bytes | None:
    """The bytes of a file of the workspace; None where there is none.

    Raises:
        WorkspaceError: where it cannot be read, or something stands there that is no file and might never end, such as a FIFO.
    """
    with translate_os_errors(path):
        file = open_file(path)
        if file is None:
            return None
        with file:
            return file.read()


def open_file(path: Path) -> BinaryIO | None:
    """A file of the workspace, to be read and closed; raises as `read_file`, and OSError where it cannot be opened."""
    try:
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise WorkspaceError(f"{str(path)!r} is no file", remedy="move it away and run again")
    return os.fdopen(opened, "rb")


def sync(place: Path) -> None:
    """Have the disk hold what a file is, or which names are in a folder: a rename alone may be lost in a power cut."""
    if sys.platform == "win32":  # opens no folder for this; NTFS keeps a journal of names
        return
    opened = os.open(place, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def refuse_address(place: Path) -> None:
    """Refuse to write at an address, which as a path would be a folder called like its protocol.

    Raises:
        WorkspaceError: where it is one.
    """
    if (address := address_of(place)) is not None:
        raise WorkspaceError(
            f"{address!r} is an address, and this is written to a disk", remedy="name a path with --out"
        )


def make_folder(folder: Path) -> None:
    """Make a folder and what is missing above it, so that all of it is there after a power cut.

    Raises:
        WorkspaceError: where it is an address.
    """
    refuse_address(folder)
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for place in missing:
        sync(place.parent)


def write_atomically(path: Path, data: str | bytes) -> None:
    """Write a file so that it is there as a whole or not at all, also after a power cut.

    Written out here, since libraries for it stop at the rename, and this makes folders, syncs theirs and says what to do.

    Raises:
        WorkspaceError: where the disk is full, the folder cannot be written, or it is an address.
    """
    refuse_address(path)
    with translate_os_errors(path):
        make_folder(path.parent)
        temporary = path.with_name(f".{path.name[:40]}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
        try:
            with temporary.open("xb") as file:
                file.write(data.encode("utf-8") if isinstance(data, str) else data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            sync(path.parent)
        except BaseException:  # an interrupt too: no half file stays, whoever stops us
            temporary.unlink(missing_ok=True)
            raise
