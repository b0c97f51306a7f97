"""A copy of a PDF that nobody else can change: what was hashed is what is read."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from qagen.errors import ConversionError, WorkspaceError
from qagen.reasons import Reason

_BLOCK = 2**20


@contextlib.contextmanager
def private_copy(path: Path, sha256: str, folder: Path) -> Iterator[Path]:
    """Copy a PDF, and give the copy's path while the block lasts.

    A PDF may be fetched anew while it is read, and then holds other bytes than those that its paper was named after.

    Args:
        path: of the PDF.
        sha256: that its bytes must have.
        folder: where the copy goes; of this user alone.

    Raises:
        ConversionError: crashed, where the bytes are others.
        OSError: where it cannot be read.
        WorkspaceError: where the copy cannot be written.
    """
    place = folder / f"{os.getpid()}-copy.pdf"
    try:
        digest = hashlib.sha256()
        with path.open("rb") as file, place.open("wb") as copy:
            while block := file.read(_BLOCK):
                digest.update(block)
                _write(copy, block, folder)
        if digest.hexdigest() != sha256:
            raise ConversionError(
                Reason.CRASHED, "the file changed while the run was using it", remedy="run again"
            )
        yield place
    finally:
        place.unlink(missing_ok=True)


def _write(copy: BinaryIO, block: bytes, folder: Path) -> None:
    try:
        copy.write(block)
        copy.flush()
    except OSError as error:
        raise WorkspaceError(
            f"cannot copy a PDF into {str(folder)!r} to read it there: {error.strerror}",
            remedy="free some space, or name another place with the variable TMPDIR",
        ) from None
